"""The pages of decisions: the register, one decision, and what is done to it."""
