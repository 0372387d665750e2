"""Keeping an initiative true: still accurate, updates, answers, challenges, withdrawing and merging."""
