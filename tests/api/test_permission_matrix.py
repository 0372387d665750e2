"""Who may do what in which state, through the API: every route, every role. An unlisted route fails.

401: a token is needed. 404: one may not know that it exists. 403: one sees it and may not, with a sentence that says
why. 410: it was public and is withdrawn. 409: there is nothing to do.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from collaboration.initiatives.models import Initiative, Partner
from tests.api.place import DECIDERS, EVERYBODY, KEEPERS, MANDATED, PARTNERS, SCRUTINY, SEES, STATES, Place

FOR_ALL: dict[str, list[str]] = {
    "api-index": [],
    "api-frameworks": [],
    "api-framework": ["plan"],
    "api-elements": [],
    "api-element": ["V-A1.1"],
    "api-areas": [],
    "api-area": ["C1"],
    "api-organisations": [],
    "api-organisation": ["vale-nhs"],
    "api-initiatives": [],
    "api-actions": [],
    "api-decisions": [],
    "api-endorsements": [],
    "api-meetings": [],
    "api-partnerships": [],
    "api-workshops": [],
    "api-workshop-templates": [],
    "api-coverage": [],
    "api-columns": [],
    "api-openapi": [],
    "api-docs": [],
}
"""Read by everybody, with what stands in the address."""

OF_ONE = {"api-initiative", "api-initiative-publish", "api-initiative-confirm", "api-initiative-verify"}
"""Of one initiative: the state and the role decide."""

OF_AN_ACTION = {
    "api-action",
    *(f"api-action-{act}" for act in ("accept", "decline", "claim", "ask", "update", "done", "drop", "reopen")),
    "api-action-block",
    "api-action-unblock",
}
"""Who may is in test_actions.py: for every role, whoever sees the action."""

OF_A_DECISION = {"api-decision"}
"""Who sees one is in tests/frontend/test_deciding.py, for every role and state."""

OF_A_WORKSHOP = {
    "api-workshop",
    "api-join",
    "api-participants",
    "api-participants-admit",
    "api-invitations",
    "api-invitation-send",
    "api-invitation-withdraw",
    *(f"api-participant-{act}" for act in ("admit", "remove", "role", "rename", "erase")),
    *(f"api-workshop-{act}" for act in ("open", "lock", "unlock", "report", "reopen", "archive", "cancel")),
    *(f"api-workshop-{act}" for act in ("hold", "release", "renew-link", "tell-next", "rehearse", "copy")),
    *(f"api-workshop-{act}" for act in ("join", "me", "leave", "feedback", "team")),
}
"""Who may is in test_workshops.py; for ``erase`` in test_boards.py."""

OF_A_BOARD = {
    "api-board",
    *(f"api-board-{act}" for act in ("log", "ops", "ticket", "effects", "export", "import", "history", "redact")),
    "api-outcomes",
}
"""Who may is in test_boards.py: for every role on a board, in every stage."""

OF_GOVERNANCE = {"api-partnership", "api-meeting"}
"""Who may is in test_partnerships.py and test_meetings.py: for every role and level of access."""

IN_THEIR_OWN = OF_A_DECISION | OF_GOVERNANCE | OF_AN_ACTION | OF_A_WORKSHOP | OF_A_BOARD
"""Of things that have a matrix of their own."""

ELSEWHERE = {
    # Leads to the documentation; and whatever is no address.
    "api": 302,
    "api-nothing": 404,
}

ACTS: dict[str, tuple[str, str, Any]] = {
    "edit": ("PATCH", "api-initiative", {"stage": "idea"}),
    "publish": ("POST", "api-initiative-publish", None),
    "confirm": ("POST", "api-initiative-confirm", None),
    "verify": ("POST", "api-initiative-verify", None),
}
LIVE = ("partners", "public")

MAY: dict[str, dict[str, set[str]]] = {
    "edit": {"draft": KEEPERS, **dict.fromkeys(LIVE, KEEPERS)},
    "publish": {"draft": DECIDERS, **dict.fromkeys(LIVE, DECIDERS)},
    "confirm": dict.fromkeys(LIVE, PARTNERS - {"partner:member"}),
    "verify": dict.fromkeys(LIVE, KEEPERS | PARTNERS),
}
"""Who may, in the states in which anybody may."""


def routes(resolver: Any = None) -> Iterator[str]:
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern)
        elif isinstance(pattern, URLPattern):
            yield pattern.name or str(pattern.pattern)


def test_every_route_of_the_api_is_written_down() -> None:
    found = {name for name in routes() if name == "api" or name.startswith("api-")}
    known = FOR_ALL.keys() | OF_ONE | IN_THEIR_OWN | ELSEWHERE.keys()
    assert found - known == set(), "say in this file who may use these routes"
    assert known - found == set(), "these routes no longer exist"


@pytest.mark.parametrize("role", sorted(EVERYBODY))
def test_what_everybody_reads(place: Place, role: str) -> None:
    wrong = []
    for route, arguments in FOR_ALL.items():
        for scope in ("read", "write"):
            answer = place.program(role, scope).get(reverse(route, args=arguments))
            if answer.status_code != 200:
                wrong.append(f"{route}: {answer.status_code}")
    assert wrong == []


@pytest.mark.parametrize("role", sorted(EVERYBODY))
def test_reading_an_initiative(place: Place, role: str) -> None:
    wrong = []
    for state in STATES:
        status = place.program(role, "read").get(f"initiatives/{place.ref(state)}/").status_code
        wanted = 410 if state == "withdrawn" else 404
        if role in SEES[state]:
            wanted = 308 if state == "merged" else 200
        if status != wanted:
            wrong.append(f"{state}: {status}, not {wanted}")
    assert wrong == []


def expected(act: str, state: str, role: str) -> int:
    if role == "public":
        return 401
    if role not in SEES[state]:
        return 410 if state == "withdrawn" else 404
    if act == "confirm" and not role.startswith("partner:"):
        # Nobody asked this organisation, whatever the state.
        return 409
    if role not in MAY[act].get(state, set()):
        return 403
    # The draft of this place has nothing but its title.
    return 422 if (act, state) == ("publish", "draft") else 200


@pytest.mark.parametrize("role", sorted(EVERYBODY))
def test_acts_on_an_initiative(place: Place, role: str) -> None:
    wrong = []
    program = place.program(role)
    for act, (method, route, body) in ACTS.items():
        for state in STATES:
            with transaction.atomic():
                answer = program.ask(method, reverse(route, args=[place.ref(state)]), body, If_Match="*")
                transaction.set_rollback(True)
            wanted = expected(act, state, role)
            if answer.status_code != wanted:
                wrong.append(f"{act}, {state}: {answer.status_code}, not {wanted}: {answer.content.decode()[:200]}")
            if answer.status_code >= 400:
                assert answer["Content-Type"] == "application/problem+json"
                assert answer.json()["detail"]
    assert wrong == []


@pytest.mark.parametrize("role", sorted(MANDATED))
def test_a_token_that_may_only_read_changes_nothing(place: Place, role: str) -> None:
    program = place.program(role, "read")
    before = list(Initiative.objects.order_by("pk").values()), list(Partner.objects.order_by("pk").values())
    for method, route, body in ACTS.values():
        for state in STATES:
            answer = program.ask(method, reverse(route, args=[place.ref(state)]), body, If_Match="*")
            assert answer.status_code == 403
            assert answer.json()["code"] == "scope"
    assert program.post("initiatives/", {"title": "New"}).status_code == 403
    assert (list(Initiative.objects.order_by("pk").values()), list(Partner.objects.order_by("pk").values())) == before


@pytest.mark.parametrize("role", sorted(EVERYBODY))
def test_registering(place: Place, role: str) -> None:
    answer = place.program(role).post("initiatives/", {"title": "New work"})
    wanted = 401 if role == "public" else 403 if role in SCRUTINY else 201
    assert answer.status_code == wanted, answer.content
    assert Initiative.objects.filter(title="New work").count() == (wanted == 201)


def test_elsewhere(place: Place) -> None:
    program = place.program("public")
    assert program.get("/api/").status_code == ELSEWHERE["api"]
    for path in ("/api/v2/", "/api/v1/nothing/", "/api/v1/initiatives/VAL-1/nothing/"):
        for method in ("GET", "POST", "PATCH", "DELETE"):
            answer = program.ask(method, path)
            assert (answer.status_code, answer["Content-Type"]) == (
                ELSEWHERE["api-nothing"],
                "application/problem+json",
            )


def test_other_methods_are_refused_with_those_there_are(place: Place) -> None:
    program = place.program("owner:lead")
    for path in ("initiatives/", f"initiatives/{place.ref('public')}/", "coverage/", "frameworks/"):
        answer = program.ask("DELETE", path)
        assert answer.status_code == 405
        assert "GET" in answer["Allow"]
