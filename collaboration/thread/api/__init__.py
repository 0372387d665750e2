"""Coverage in the API."""
