"""The API: how it answers, and how it describes itself."""

from typing import Any

REST_FRAMEWORK: dict[str, Any] = {
    # Nothing of Django's sessions: a token says who asks, and for whom.
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["groundwork.web.api.parsing.StrictJSONParser"],
    "EXCEPTION_HANDLER": "groundwork.web.api.problems.handle",
    # The formats of answers are not chosen in the address: "?format=" may be a filter's.
    "URL_FORMAT_OVERRIDE": None,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "UNAUTHENTICATED_USER": None,
}

SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Golden Thread",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
}
