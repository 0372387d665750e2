"""Writing partnership boards: see the modules, named by what they change."""
