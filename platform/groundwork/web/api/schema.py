"""How the description of the API (OpenAPI) is made from the views: what holds for all of them is said here once."""

from __future__ import annotations

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent

from groundwork.web.api.views import SAFE

PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "Why something could not be done (RFC 9457).",
    "required": ["type", "title", "status", "detail", "code", "errors", "request_id"],
    "additionalProperties": False,
    "properties": {
        "type": {"type": "string", "const": "about:blank"},
        "title": {"type": "string", "description": "The name of the status."},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string", "description": "A sentence for a person: what is wrong and what to do."},
        "code": {"type": "string", "description": "For programs; never changes."},
        "errors": {
            "type": "object",
            "description": "Sentences for each field at fault, by its name or path (`partnerships.0.role`).",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
        "request_id": {"type": "string", "description": "Name it when you ask for help; also in `X-Request-ID`."},
    },
}
"""The one shape of refusals, as :mod:`groundwork.web.api.problems` makes it. Every operation refers to it by name."""


class ApiSchema(AutoSchema):
    """Says of every operation that reading needs no token, and knows the shape of a refusal."""

    def get_auth(self) -> list[dict[str, Any]]:
        needed: list[dict[str, Any]] = super().get_auth()
        return [{}, *needed] if self.method in SAFE else needed

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        problem = ResolvedComponent(  # type: ignore[no-untyped-call]
            name="Problem", type=ResolvedComponent.SCHEMA, schema=PROBLEM, object="groundwork.web.api.Problem"
        )
        self.registry.register_on_missing(problem)
        return bodies
