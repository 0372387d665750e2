"""Partnership boards: the list, one board, and what its keepers and the organisations on it do."""
