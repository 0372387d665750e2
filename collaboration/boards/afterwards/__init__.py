"""After a workshop: its report, the files of it, what was made of what was said, and where each came from."""
