"""Initiatives in the API: lists, records, and what the pages do with them."""
