"""Frameworks and their elements in the API."""
