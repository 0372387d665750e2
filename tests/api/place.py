"""A place with one initiative in every state, and a program for everybody who may ask the API."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from collaboration.initiatives import indexing
from collaboration.initiatives.models import Initiative, Partner
from groundwork.accounts.services import tokens
from groundwork.clock import now
from tests.collaboration.initiatives import world as worlds
from tests.collaboration.initiatives.world import World
from tests.settings import forget_cache

ROOT = "/api/v1/"

KEEPERS = {"owner:member", "owner:lead", "owner:approver"}
DECIDERS = {"owner:lead", "owner:approver"}
PARTNERS = {"partner:member", "partner:lead"}
SCRUTINY = {"owner:scrutiny", "other:scrutiny"}
OFFICER = {"other:officer"}
MANDATED = KEEPERS | PARTNERS | SCRUTINY | OFFICER | {"other:lead"}
EVERYBODY = MANDATED | {"public"}
"""The public asks without a token. Who acts for nobody cannot have one: nobody and an operator ask as the public do."""

STATES = ("draft", "partners", "public", "withdrawn", "merged")
SEES = {
    "draft": KEEPERS,
    "partners": MANDATED,
    "public": EVERYBODY,
    "withdrawn": KEEPERS | OFFICER | {"owner:scrutiny"},
    "merged": EVERYBODY,
}
"""Who may know of an initiative in a state. An officer of the convening organisation sees no draft of others."""


@dataclass
class Program:
    """Whoever asks the API, as one role, with a token or (the public) without."""

    secret: str = ""
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """One request. ``path`` without the root of the API, or a whole address that the API has told."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.secret:
            sent["Authorization"] = f"Bearer {self.secret}"
        content = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
        where = path if path.startswith(("/", "http")) else ROOT + path
        return self.client.generic(method, where, headers=sent, **content)

    def get(self, path: str, **headers: str) -> Any:
        return self.ask("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.ask("POST", path, body, **headers)

    def patch(self, path: str, body: Any, **headers: str) -> Any:
        return self.ask("PATCH", path, body, **headers)

    def whole(self, path: str) -> list[dict[str, Any]]:
        """Every result of a list, following ``next`` to its end."""
        found: list[dict[str, Any]] = []
        while path:
            answer = self.get(path)
            assert answer.status_code == 200, answer.content
            found += answer.json()["results"]
            path = answer.json()["next"]
        return found


@dataclass
class Place:
    world: World
    initiatives: dict[str, Initiative]
    _programs: dict[tuple[str, str], Program] = field(default_factory=dict)

    def program(self, role: str, scope: str = "write") -> Program:
        """The program of a role: "public", or "owner:lead" with a token of that scope."""
        if role == "public":
            return Program()
        if (role, scope) not in self._programs:
            _token, secret = tokens.create(actor=self.world[role], name=f"{role} {scope}", scope=scope)
            self._programs[role, scope] = Program(secret)
        return self._programs[role, scope]

    def ref(self, state: str) -> str:
        return self.initiatives[state].reference


def place() -> Place:
    """In each initiative "partner" has one part that it confirmed and one it was asked about."""
    forget_cache()
    world = worlds.build()
    ours = {"owner": world.bodies["owner"], "lead": world.bodies["owner"]}
    survivor = worlds.made(world, visibility="public", title="Survivor", **ours)
    initiatives = {
        "survivor": survivor,
        "draft": worlds.made(world, visibility="draft", **ours),
        "partners": worlds.made(world, visibility="partners", **ours),
        "public": worlds.made(world, visibility="public", **ours),
        "withdrawn": worlds.made(world, visibility="public", withdrawn_at=now(), **ours),
        "merged": worlds.made(world, visibility="public", merged_into=survivor, **ours),
    }
    for each in initiatives.values():
        Partner.objects.create(
            initiative=each,
            organisation=world.bodies["partner"],
            role="funder",
            confirmation=Partner.Confirmation.ASKED,
        )
    indexing.reindex([each.pk for each in initiatives.values()])
    return Place(world, initiatives)
