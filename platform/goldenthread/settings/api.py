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
    "DEFAULT_SCHEMA_CLASS": "groundwork.web.api.schema.ApiSchema",
    "UNAUTHENTICATED_USER": None,
}

SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Golden Thread API",
    "DESCRIPTION": (
        "What a place aims at, who works together on it, and how far it is.\n\n"
        "What is public is read without a token. With a token (`Authorization: Bearer gt_…`, made in your account "
        "under “API tokens”) you see and do what you see and do on the pages, for the organisation the token acts "
        "for.\n\n"
        'Lists answer `{"results": [...], "next": url or null}`: follow `next` until it is null. What is empty or '
        "null is not stated.\n\n"
        "Everything that goes wrong is told in one shape, `application/problem+json` (RFC 9457): `detail` is a "
        "sentence for people, `code` a name for programs, `errors` says what is wrong field by field. A parameter "
        "or a field that does not exist is refused by name."
    ),
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "TAGS": [
        {"name": "Initiatives", "description": "The register of joint work."},
        {"name": "Actions", "description": "Who does what by when, wherever it was agreed."},
        {"name": "Decisions", "description": "What partnership boards decided, why, and by whose voices."},
        {"name": "Meetings", "description": "When partnership boards meet, on what, and what was minuted."},
        {"name": "Partnership boards", "description": "What partners convene, and who sits on it."},
        {"name": "Workshops", "description": "What is planned, who takes part, and what came of it."},
        {"name": "Boards", "description": "The live board of a workshop: reading it, writing on it, taking it along."},
        {"name": "Coverage", "description": "Where work happens, and where nothing does yet."},
        {"name": "Frameworks", "description": "What work answers to: the vision, building blocks, other strategies."},
        {"name": "Areas and organisations", "description": "Where, and who."},
        {"name": "About this API", "description": "Its addresses, its columns, its description."},
    ],
    # Bodies name every field, answers every value where it stands: nothing to look up elsewhere.
    "COMPONENT_SPLIT_PATCH": False,
    "POSTPROCESSING_HOOKS": ["groundwork.web.api.describing.close_bodies"],
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "DISABLE_DOCSTRING_DESCRIPTIONS": True,
}
