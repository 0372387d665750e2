"""Actions in the API: lists, records, and what their owners and keepers do with them."""
