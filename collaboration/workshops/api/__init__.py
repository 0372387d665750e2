"""Workshops in the API: planning them, opening and ending them, and the people who take part."""
