"""Spreadsheets: how fast and with how much memory lists leave, and how fast a spreadsheet is looked through."""
