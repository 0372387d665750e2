"""Pages of a meeting while it is held, and of its minutes."""
