"""The page of a workshop's live board."""
