"""What an account leaves behind when it is closed: no place on a team, no open invitation, no action of its own."""

from __future__ import annotations

import pytest
import time_machine

from collaboration.actions.models import Action
from collaboration.actions.services import asking, making
from collaboration.actions.services.asking import somebody
from collaboration.workshops import queries, services
from collaboration.workshops.models import Participation, WorkshopInvitation
from groundwork.access.actors import SystemActor
from groundwork.accounts.services import people as accounts
from groundwork.audit.queries import history_of
from groundwork.events.models import OutboxEvent
from tests.collaboration.workshops.ground import Ground, lay, opened, planned

pytestmark = pytest.mark.django_db


@pytest.fixture
def ground(clock: time_machine.Coordinates) -> Ground:
    return lay()


def close(ground: Ground, name: str) -> None:
    accounts.close(actor=SystemActor(), person=ground[name].who)


def test_places_on_teams_and_open_invitations_end(ground: Ground) -> None:
    theirs, other, over = opened(ground, "porter"), opened(ground), planned(ground, "porter", title="Over")
    services.open_workshop(actor=ground["porter"], workshop=over)
    services.report_workshop(actor=ground["porter"], workshop=over)
    services.add_facilitator(actor=ground["member"], workshop=other, email="porter@vale.example")
    invited = planned(ground, title="Invited")
    for workshop in (invited, other):
        WorkshopInvitation.objects.create(
            workshop=workshop,
            email="porter@vale.example",
            token_digest=f"digest-{workshop.pk}",
            expires_at=invited.starts_at,
            used_at=invited.created_at if workshop is other else None,
        )
    close(ground, "porter")
    places = {each.workshop_id: (each.role, each.status) for each in Participation.objects.filter(name="Porter")}
    assert places == {
        theirs.pk: ("participant", "left"),
        other.pk: ("participant", "left"),
        over.pk: ("facilitator", "admitted"),
    }
    ended = {each.workshop_id: each.revoked_at is not None for each in WorkshopInvitation.objects.all()}
    assert ended == {invited.pk: True, other.pk: False}
    # Nobody is left on its team, and the leads of its host look after it.
    assert not queries.facilitators(theirs).exists()
    services.change_workshop(actor=ground["nurse"], workshop=theirs, version=None, title="Goes on")


def test_what_they_were_to_do_is_nobodys_and_who_asked_is_told(ground: Ground) -> None:
    porter = somebody(email="porter@vale.example")
    asked = making.make(actor=ground["member"], what="Ask the operator", who=porter)
    taken = asking.accept(actor=ground["porter"], action=making.make(actor=ground["lead"], what="Paint", who=porter))
    own = making.make(actor=ground["porter"], what="Own", who=porter)
    done = making.make(actor=ground["member"], what="Done", who=porter)
    Action.objects.filter(pk=done.pk).update(status="done")
    close(ground, "porter")
    stands = {each.what: (each.status, each.owner) for each in Action.objects.all()}
    assert stands == {
        "Ask the operator": ("unowned", None),
        "Paint": ("unowned", None),
        "Own": ("unowned", None),
        "Done": ("done", ground["porter"].who),
    }
    told = {
        event.payload["reference"]: event.payload["told"]
        for event in OutboxEvent.objects.filter(name="action.released")
    }
    assert told == {
        asked.reference: [ground["member"].who.pk],
        taken.reference: [ground["lead"].who.pk],
        own.reference: [],
    }
    last = history_of(asked).first()
    assert last is not None
    assert (last.action, last.changes["owner"]) == ("action.release", ["Porter", None])
    asking.claim(actor=ground["lead"], action=asked)


def test_closing_costs_little_where_nothing_is_left(ground: Ground, django_assert_max_num_queries: object) -> None:
    with django_assert_max_num_queries(18):  # type: ignore[operator]
        close(ground, "scrutiny")
