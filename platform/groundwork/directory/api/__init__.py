"""Areas and organisations in the API."""
