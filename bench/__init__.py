"""Measuring the product, side by side with its baselines, in one run."""
