"""Endorsements in the API: the public register, whoever asks."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.api.place import Place
from vision.frameworks import services
from vision.frameworks.models import Element, Framework

pytestmark = pytest.mark.django_db


def endorse(place: Place, body: str, key: str = "vision") -> None:
    system, framework = place.world["system"], Framework.objects.get(key=key)
    row = services.endorse(
        actor=system, framework=framework, organisation=place.world.bodies[body], endorsed_on=date(2026, 6, 1)
    )
    element = Element.objects.filter(framework=framework).order_by("pk")[0]
    services.translate(actor=system, endorsement=row, words={element.pk: f"In {body}"})


def test_the_register(place: Place) -> None:
    endorse(place, "owner")
    endorse(place, "partner")
    endorse(place, "owner", "plan")
    framework = Framework.objects.get(key="vision")
    services.ask(actor=place.world["system"], framework=framework, organisations=[place.world.bodies["other"]])
    owner, partner, other = (place.world.bodies[each].slug for each in ("owner", "partner", "other"))
    program = place.program("public")
    listed = program.whole("endorsements/?framework=vision&limit=1")
    assert {each["organisation"] for each in listed} == {owner, partner}
    assert program.whole(f"endorsements/?organisation={other}") == []
    assert {each["framework"] for each in program.whole(f"endorsements/?organisation={owner}")} == {"vision", "plan"}
    (told,) = program.whole(f"endorsements/?organisation={partner}")
    assert (told["status"], told["endorsed_on"]) == ("endorsed", "2026-06-01")
    assert [each["words"] for each in told["translations"]] == ["In partner"]
    row = framework.endorsements.get(organisation=place.world.bodies["partner"])
    services.withdraw(
        actor=place.world["system"],
        framework=framework,
        organisation=row.organisation,
        reason="CANARY",
        version=row.version,
    )
    (told,) = program.whole(f"endorsements/?organisation={partner}")
    assert (told["status"], told["translations"]) == ("withdrawn", [])
    assert "CANARY" not in str(told)
    # Whom a framework was put to is nobody's business but theirs, also with a token.
    assert place.program("other:officer").whole(f"endorsements/?organisation={other}") == []


@pytest.mark.parametrize("wrong", ["framework=nothing", "organisation=nobody", "status=asked", "framework="])
def test_what_cannot_be_asked_is_named(place: Place, wrong: str) -> None:
    answer = place.program("public").get(f"endorsements/?{wrong}")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [wrong.partition("=")[0]])


def test_three_cost_what_one_costs(place: Place) -> None:
    program = place.program("public")

    def cost() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert program.get("endorsements/").status_code == 200
        return len(caught)

    endorse(place, "owner")
    cost()
    before = cost()
    endorse(place, "partner")
    endorse(place, "other")
    assert cost() == before
