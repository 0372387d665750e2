"""Meetings of partnership boards up to their beginning: planned, invited to, prepared, read of."""
