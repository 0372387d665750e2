"""Asking the API as programs do: a token, a body, and what every answer must have."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client

from groundwork.access.actors import PersonActor
from groundwork.accounts.services import tokens

THINGS = "/api/v1/things/"


def token_of(actor: PersonActor, scope: str = "write", **more: Any) -> str:
    """The secret of a new token of somebody."""
    _token, secret = tokens.create(actor=actor, name=more.pop("name", "Report"), scope=scope, **more)
    return secret


class Program:
    """Sends requests, with a token or without; breaks are answers, as in life."""

    def __init__(self, secret: str = "") -> None:
        self.client = Client(raise_request_exception=False, enforce_csrf_checks=True)
        self.always = {"authorization": f"Bearer {secret}"} if secret else {}

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """``body``: bytes as they are, anything else as JSON. Headers by name with underscores."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        kind = sent.pop("content-type", "application/json")
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        return self.client.generic(method, path, data, content_type=kind, headers={**self.always, **sent})

    def get(self, path: str, **headers: str) -> Any:
        return self.ask("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.ask("POST", path, body, **headers)


def problem(response: Any, status: int) -> dict[str, Any]:
    """The problem of a refusal, after a look at its shape."""
    assert response.status_code == status, response.content[:500]
    assert response["Content-Type"] == "application/problem+json"
    found: dict[str, Any] = json.loads(response.content)
    assert set(found) == {"type", "title", "status", "detail", "code", "errors", "request_id"}
    assert found["type"] == "about:blank"
    assert found["status"] == status
    assert all(found[name] for name in ("title", "code", "detail"))
    assert found["request_id"] == response["X-Request-ID"] != ""
    assert all(isinstance(s, str) for sentences in found["errors"].values() for s in sentences)
    if "Content-Length" in response:
        assert int(response["Content-Length"]) == len(response.content)
    return found
