"""Writing the register. By noun: registering, partners, keeping, lifecycle, nominating."""
