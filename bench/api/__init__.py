"""The API's list of initiatives against a bare Django REST framework list of the same rows."""
