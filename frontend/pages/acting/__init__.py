"""Actions: the list of one's own, one action, and what its owner and those who keep it do."""
