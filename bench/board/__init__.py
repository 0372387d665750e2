"""Live boards: ours against peers, in one run, by one neutral generator."""
