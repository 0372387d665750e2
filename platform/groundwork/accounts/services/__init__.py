"""Writing people, their sign-ins and their sessions."""
