"""Mail about actions says no more of a workshop than its reader may know, and nothing of a sensitive one."""

from __future__ import annotations

import pytest

from collaboration.actions.models import Action
from collaboration.actions.services import asking, making, working
from collaboration.actions.services.asking import Who, somebody
from collaboration.workshops.models import Participation, Workshop
from groundwork.events import relay
from notifications.models import OutgoingMessage
from tests.notifications.ground import Ground, lay

pytestmark = pytest.mark.django_db


@pytest.fixture
def ground() -> Ground:
    return lay()


def from_a_workshop(ground: Ground, *, sensitive: bool, who: Who) -> Action:
    workshop = Workshop.objects.create(
        title="Getting there", template="inquiry", host=ground.council, status="reported", sensitive=sensitive
    )
    nurse = ground.people["nurse"]
    Participation.objects.create(workshop=workshop, person=nurse.person, mandate=nurse.mandate, name="Nora")
    action = making.make(
        actor=ground.people["lead"], what="CANARY what", details="CANARY details", visibility="partners"
    )
    Action.objects.filter(pk=action.pk).update(
        origin_kind="workshop", origin_id=str(workshop.uuid), origin_label="from 3 votes on “LABEL”"
    )
    asking.ask(actor=ground.people["lead"], action=action, who=who)
    relay.drain()
    return action


def mail() -> str:
    return "".join(f"{row.subject}{row.text}{row.html}" for row in OutgoingMessage.objects.all())


def test_of_a_sensitive_workshop_mail_holds_links_only(ground: Ground) -> None:
    nurse = ground.people["nurse"]
    action = from_a_workshop(ground, sensitive=True, who=Who(person=nurse.person))
    assert asking.decline(actor=nurse, action=action, reason="CANARY reason").declined_reason
    relay.drain()
    asking.ask(actor=ground.people["lead"], action=action, who=somebody(email="gwen@example.org"))
    relay.drain()
    working.finish(actor=ground.people["lead"], action=action, text="CANARY text")
    relay.drain()
    said = mail()
    assert OutgoingMessage.objects.count() >= 3
    assert "CANARY" not in said
    assert "LABEL" not in said
    assert action.reference in said


def test_where_it_was_agreed_is_told_to_those_who_were_there(ground: Ground) -> None:
    from_a_workshop(ground, sensitive=False, who=Who(person=ground.people["nurse"].person))
    assert "LABEL" in mail()


@pytest.mark.parametrize("who", ["approver", "guest"])
def test_and_to_nobody_else(ground: Ground, who: str) -> None:
    asked = somebody(email="gwen@example.org") if who == "guest" else Who(person=ground.people["officer"].person)
    from_a_workshop(ground, sensitive=False, who=asked)
    said = mail()
    assert "CANARY what" in said
    assert "LABEL" not in said
