"""Whom a facilitator may ask for what came of a workshop, and to whom it may be shown."""

from __future__ import annotations

from typing import Any

import pytest

from collaboration.actions.models import Action
from collaboration.boards.afterwards.making import make_outcome
from collaboration.boards.afterwards.whom import askable, named
from collaboration.boards.models import Outcome
from collaboration.workshops import services
from collaboration.workshops.models import Participation
from collaboration.workshops.queries import actor_of
from groundwork.access.actors import Actor
from groundwork.access.errors import Invalid
from tests.collaboration.boards.hall import Hall, acting, organisation, person
from tests.collaboration.boards.test_afterwards import a_workshop, lead_of, transport

pytestmark = pytest.mark.django_db


def ask(hall: Hall, actor: Actor, group: str, **said: Any) -> Action:
    made = make_outcome(actor=actor, workshop=hall.workshop, kind="action", sources=[group], title="Do", **said)
    assert made.action is not None
    return made.action


def test_somebody_who_took_part_is_chosen_by_name() -> None:
    hall = a_workshop()
    group, _loose, _ann = transport(hall)
    cleo = hall.join(person=person("Cleo"), organisation=organisation("Brook Trust"))
    nameless = hall.join(person=person("Canary"))
    Participation.objects.filter(pk=nameless.pk).update(name="")
    closed = hall.join(person=person("Closed"))
    closed.person.is_active = False
    closed.person.save()
    hall.join(email="only-for-the-report@example.org")
    hall.join(person=person("Out"), status="removed")
    assert named(askable(hall.workshop)) == [(cleo.key, f"{cleo.name}, Brook Trust")]
    action = ask(hall, lead_of(hall), group, participant=cleo.key)
    assert (action.owner, action.status, action.owner_email) == (cleo.person, "asked", "")
    for other in (nameless.key, closed.key, "nobody", a_workshop().join(person=person()).key):
        with pytest.raises(Invalid) as refused:
            ask(hall, lead_of(hall), group, participant=other)
        assert set(refused.value.errors) == {"participant"}
    assert Outcome.objects.count() == 1


def test_a_guest_asks_people_of_the_workshop_alone() -> None:
    hall = a_workshop(visibility="public")
    group, _loose, _ann = transport(hall)
    cleo = hall.join(person=person("Cleo"))
    outside = person("Outside")
    lead = acting(hall.workshop.host)
    services.invite(actor=lead, workshop=hall.workshop, people=[("invited@example.org", "", "participant")])
    helper = actor_of(hall.facilitator)
    for stranger in ("stranger@example.org", outside.email):
        with pytest.raises(Invalid) as refused:
            ask(hall, helper, group, email=stranger)
        assert set(refused.value.errors) == {"email"}
        assert "Without an account" in refused.value.message
    assert Action.objects.count() == 0
    assert ask(hall, helper, group, email=cleo.person.email).owner == cleo.person
    Outcome.objects.all().delete()
    assert ask(hall, helper, group, email="Invited@example.org").owner_email == "invited@example.org"
    Outcome.objects.all().delete()
    services.withdraw_invitation(actor=lead, invitation=hall.workshop.invitations.get())
    with pytest.raises(Invalid):
        ask(hall, helper, group, email="invited@example.org")
    assert ask(hall, lead, group, email="stranger@example.org").owner_email == "stranger@example.org"


def test_a_guest_shows_nothing_to_everybody() -> None:
    hall = a_workshop(visibility="public")
    group, _loose, _ann = transport(hall)
    helper = actor_of(hall.facilitator)
    with pytest.raises(Invalid) as refused:
        ask(hall, helper, group, visibility="public")
    assert set(refused.value.errors) == {"visibility"}
    assert ask(hall, helper, group).visibility == "partners"
    Outcome.objects.all().delete()
    assert ask(hall, lead_of(hall), group).visibility == "public"
