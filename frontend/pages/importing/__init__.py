"""Bringing a spreadsheet in: upload, match columns, look at what would happen, confirm, undo."""
