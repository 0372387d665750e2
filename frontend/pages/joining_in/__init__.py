"""Taking part in a workshop: with a code, from any browser, with or without an account."""
