"""What is forgotten is nowhere: not in mail, not in the audit log, in no row of any table (promises U13, U14)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from collaboration.actions.models import Action
from collaboration.actions.origins import Origin
from collaboration.actions.services import making
from collaboration.actions.services.asking import somebody
from collaboration.boards import services as boards
from collaboration.workshops import services
from collaboration.workshops.models import Participation
from groundwork.access.actors import Public, SystemActor
from groundwork.access.errors import Conflict
from groundwork.clock import now, today
from groundwork.events import relay
from notifications.models import OutgoingMessage
from notifications.services import send_due
from notifications.transports.mailbox import Mailbox
from tests.notifications.ground import Ground, lay
from tests.notifications.test_workshops import planned
from tests.whole_database import tables_with

pytestmark = pytest.mark.django_db

CANARY = "zebrafinch"


@pytest.fixture
def ground(clock: time_machine.Coordinates) -> Ground:
    return lay()


def test_a_guest_who_is_made_unknown_is_nowhere(ground: Ground) -> None:
    it, lead = planned(ground), ground.people["member"]
    services.open_workshop(actor=lead, workshop=it)
    email = f"{CANARY}@example.org"
    services.invite(actor=lead, workshop=it, people=[(email, f"Ann {CANARY}", "participant")])
    joined = services.join(
        actor=Public(), workshop=it, name=f"Ann {CANARY}", organisation_name=f"{CANARY} Club", email=email
    )
    origin = Origin(kind="workshop", id=str(it.uuid), label="Agreed there")
    for what in ("Ask the operator", "Paint the bench"):
        making.new_action(
            actor=lead,
            said=making.clean(what=what),
            who=somebody(email=email, name=f"Ann {CANARY}"),
            organisation=None,
            initiative=None,
            origin=origin,
            at=now(),
        )
    relay.drain()
    done = Action.objects.get(what="Paint the bench")
    Action.objects.filter(pk=done.pk).update(status="done", done_at=now())
    services.report_workshop(actor=lead, workshop=it)
    relay.drain()
    send_due(transport=Mailbox())
    assert OutgoingMessage.objects.filter(recipient=email).count() == 4
    OutgoingMessage.objects.filter(recipient=email, kind="workshop.report").update(status="sending")
    with pytest.raises(Conflict, match="being sent this moment"):
        boards.erase_person(actor=SystemActor(), participation=joined.participation)
    OutgoingMessage.objects.filter(recipient=email).update(status="sent")

    boards.erase_person(actor=SystemActor(), participation=joined.participation)

    assert tables_with(CANARY) == []
    assert {action.what: action.status for action in Action.objects.all()} == {
        "Ask the operator": "unowned",
        "Paint the bench": "done",
    }
    assert OutgoingMessage.objects.filter(recipient="ann@parish.example").exists(), "others keep their mail"


def test_somebody_with_an_account_keeps_what_is_theirs(ground: Ground) -> None:
    it, lead, nurse = planned(ground), ground.people["member"], ground.people["nurse"]
    services.open_workshop(actor=lead, workshop=it)
    own = services.join(actor=nurse, workshop=it, name=f"Known as {CANARY}").participation
    action = making.make(actor=lead, what="Ask", who=somebody(email="nurse@example.org"))
    services.report_workshop(actor=lead, workshop=it)
    relay.drain()
    theirs = OutgoingMessage.objects.filter(recipient="nurse@example.org")
    assert set(theirs.values_list("kind", flat=True)) == {"action.asked", "workshop.report"}
    boards.erase_person(actor=nurse, participation=own)
    assert tables_with(CANARY) == []
    assert set(theirs.values_list("kind", flat=True)) == {"action.asked"}
    action.refresh_from_db()
    assert action.status == "asked"


def test_what_was_said_and_by_whom_is_nowhere_once_its_time_is_over(
    ground: Ground, clock: time_machine.Coordinates
) -> None:
    it, lead, nurse = planned(ground), ground.people["member"], ground.people["nurse"]
    services.open_workshop(actor=lead, workshop=it)
    services.join(actor=nurse, workshop=it, name=f"Known as {CANARY}", organisation_name=f"{CANARY} Club")
    services.join(actor=Public(), workshop=it, name=f"Ann {CANARY}", email=f"{CANARY}@example.org")
    services.report_workshop(actor=lead, workshop=it)
    it.refresh_from_db()
    services.set_next(actor=lead, workshop=it, on=today() + timedelta(days=7), text=f"The {CANARY} bus runs.")
    services.tell_next(actor=lead, workshop=it)
    relay.drain()
    send_due(transport=Mailbox())
    assert "collaboration" not in "".join(tables_with(f"The {CANARY} bus")).replace("workshops.Workshop", "")
    clock.shift(timedelta(days=1_000))
    services.let_go(at=now())
    relay.drain()
    assert tables_with(CANARY) == []
    assert Participation.objects.filter(workshop=it).count() == 3, "how many took part is still known"
