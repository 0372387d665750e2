"""Registering an initiative, and changing one: a task list of sections, each saved by itself."""
