"""The organisers' pages: planning a workshop, inviting to it, running it, and what is kept of it."""
