"""Partnership boards in the API."""
