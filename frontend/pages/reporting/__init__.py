"""After a workshop: the report, its files, and what facilitators make of what was said."""
