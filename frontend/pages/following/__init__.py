"""Following things, and choosing when to hear of them: with an account, and by an address alone."""
