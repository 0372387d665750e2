"""The public pages against a bare Django list of the same rows, with few and with many initiatives."""
