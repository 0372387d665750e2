"""Demonstration: accounts to try the product with, and invented joint work. Only in demo mode."""
