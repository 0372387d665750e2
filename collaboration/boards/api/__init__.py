"""The live board in the API: reading it, writing on it, taking it along, and what came of it."""
