"""Spreadsheets: what columns mean, how a cell is written and read, files people bring and files people take away."""
