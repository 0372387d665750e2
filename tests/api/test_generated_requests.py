"""Requests made up from the description, right and wrong ones, by everybody: no server error, no answer unlike it.

A few for each operation and role in the suite; hundreds under ``make drill``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
import schemathesis
from django.core import signals
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode

from collaboration.boards import states
from collaboration.workshops import services
from collaboration.workshops.models import Workshop
from groundwork.web.api.description import METHODS, description
from tests.api.place import Place, Program
from tests.api.test_workshops import opened

DRILL = os.environ.get("GT_DRILL") == "1"
EXAMPLES = 200 if DRILL else 6
ROLES = ("public", "owner:member", "owner:lead", "owner:approver", "owner:scrutiny", "partner:lead", "other:officer")
"""Every role, in an organisation that keeps records, is a partner in them, or convenes the place."""

OPERATIONS = [
    (method.upper(), path)
    for path, methods in description()["paths"].items()
    for method in METHODS
    if method in methods
]

CHECKS: dict[str, Any] = {
    # A value can have the right shape and mean nothing here, or come too late.
    "positive_data_acceptance": {
        "expected-statuses": ["2xx", "3xx", "400", "401", "403", "404", "409", "410", "412", "422", "428", "429"]
    },
    "negative_data_rejection": {
        "expected-statuses": [
            *("400", "401", "403", "404", "405", "406", "409", "410", "412", "413", "415", "422", "428", "429")
        ]
    },
    "missing_required_header": {"expected-statuses": ["400", "401", "403", "404", "410", "428"]},
    # These send requests of their own, outside of what is taken back here; the permission matrix asks the same.
    "ignored_auth": {"enabled": False},
    "use_after_free": {"enabled": False},
    "ensure_resource_availability": {"enabled": False},
    "object_level_authorization": {"enabled": False},
}


@pytest.fixture
def wsgi() -> Iterator[Any]:
    # A server lets go of its connection after each request; here the test's transaction is on it.
    events = (signals.request_started, signals.request_finished)
    for event in events:
        event.disconnect(close_old_connections)
    yield get_wsgi_application()
    for event in events:
        event.connect(close_old_connections)


@pytest.fixture
def schema(place: Place, wsgi: Any) -> Any:
    config = SchemathesisConfig.from_dict({"checks": CHECKS})
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", wsgi, config=config)


@pytest.fixture
def workshop(place: Place) -> Workshop:
    """An open one, with somebody who takes part beside its facilitator, somebody invited, and a note to be seen."""
    made = opened(place, visibility="partners")
    services.join(actor=place.world["partner:lead"], workshop=made, name="Ann")
    services.invite(actor=place.world["owner:member"], workshop=made, people=[("ann@parish.example", "", "observer")])
    return made


def requests(operation: Any, place: Place, workshop: Workshop, mode: GenerationMode) -> Iterator[Any]:
    """Requests with anything in the address, and with what exists there."""
    yield operation.as_strategy(generation_mode=mode)
    there: dict[str, list[str]] = {
        "ref": ["A-0001"] if "actions" in operation.path else [place.ref(state) for state in place.initiatives],
        "key": ["plan"],
        "code": ["C1"] if "areas" in operation.path else ["V-A1.1"],
        "slug": ["vale-nhs"],
    }
    if "{id}" in operation.path:
        known: dict[str, Any] = {"id": str(workshop.uuid)}
        if "{key}" in operation.path:
            known["key"] = workshop.participations.get(name="Ann").key
        if "{number}" in operation.path:
            known["number"] = workshop.invitations.get().pk
        yield operation.as_strategy(generation_mode=mode, path_parameters=known)
        return
    for name, values in there.items():
        if f"{{{name}}}" in operation.path:
            for value in values:
                yield operation.as_strategy(generation_mode=mode, path_parameters={name: value})


def sent(case: Any, program: Program, workshop: Workshop) -> None:
    """One request, its traces taken back, and everything about its answer looked at."""
    headers = {"Authorization": f"Bearer {program.secret}"} if program.secret else {}
    # No block around it: boards and the counting of guesses commit by themselves, and see to it that they can.
    before = transaction.savepoint()
    answer = case.call(headers=headers)
    transaction.savepoint_rollback(before)
    states.forget(workshop.board.pk)
    case.validate_response(answer, headers=headers)


def asked(operation: Any, place: Place, workshop: Workshop, program: Program) -> None:
    """Some requests to one operation, right and wrong ones. Raises for the smallest that was answered wrongly."""
    right = st.one_of(*requests(operation, place, workshop, GenerationMode.POSITIVE))
    wrong = st.one_of(*requests(operation, place, workshop, GenerationMode.NEGATIVE))

    @seed(20261123)
    @settings(
        max_examples=EXAMPLES,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink] if DRILL else [Phase.generate],
    )
    @given(case=st.one_of(right, wrong))
    def ask(case: Any) -> None:
        sent(case, program, workshop)

    ask()


@pytest.mark.drill
@pytest.mark.parametrize("role", ROLES)
def test_no_request_breaks_anything(place: Place, workshop: Workshop, schema: Any, role: str) -> None:
    broken = []
    for method, path in OPERATIONS:
        try:
            asked(schema[path][method], place, workshop, place.program(role))
        except (AssertionError, FailureGroup) as found:
            broken.append(f"{method} {path}: {found}")
    assert not broken, "\n".join(broken)


def test_that_sees_an_answer_unlike_the_description(place: Place, workshop: Workshop, wsgi: Any) -> None:
    told = deepcopy(description())
    operation = told["paths"]["/api/v1/areas/{code}/"]["get"]
    del operation["responses"]["404"]
    altered = schemathesis.openapi.from_dict(told)
    altered.app = wsgi
    with pytest.raises(FailureGroup, match="Undocumented status code"):
        asked(altered["/api/v1/areas/{code}/"]["GET"], place, workshop, place.program("public"))
    told = deepcopy(description())
    told["components"]["schemas"]["Area"]["properties"]["name"] = {"type": "integer"}
    altered = schemathesis.openapi.from_dict(told)
    altered.app = wsgi
    with pytest.raises(FailureGroup, match="schema"):
        asked(altered["/api/v1/areas/"]["GET"], place, workshop, place.program("public"))
