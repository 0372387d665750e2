"""Making actions, asking people to take them on, and saying how they went."""
