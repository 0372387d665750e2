"""Organisations are asked for their voice: only people who may see the decision, and narrow words stay off mail."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from collaboration.governance.events.decisions import DecisionOpened
from collaboration.governance.models import AgendaItem, Decision, Meeting
from notifications.models import OutgoingMessage
from tests.notifications.ground import Ground, lay
from tests.notifications.occasions import _decision, happen
from tests.notifications.test_digests import deliver

pytestmark = pytest.mark.django_db
CANARY = "warm"


@pytest.fixture
def ground() -> Ground:
    return lay()


def opened(ground: Ground, *named: str, **fields: Any) -> Decision:
    decision = _decision(ground, **fields)
    decision.named.set([ground.people[name].person for name in named])
    happen(DecisionOpened(decision_id=decision.pk, reference="D-0007", version=2), ground.people["lead"])
    return decision


def exempt(decision: Decision) -> AgendaItem:
    at = datetime(2026, 12, 1, 10, tzinfo=UTC)
    meeting = Meeting.objects.create(board=decision.board, starts_at=at, ends_at=at.replace(hour=12))
    return AgendaItem.objects.create(meeting=meeting, title="Warm", exempt=True, exempt_reason="Paragraph 3")


def asked() -> dict[str, OutgoingMessage]:
    return {row.recipient.split("@")[0]: row for row in OutgoingMessage.objects.all()}


def said(row: OutgoingMessage) -> str:
    return f"{row.subject} {row.text} {row.html}".lower()


def test_people_of_the_board_are_asked_and_quoted_to(ground: Ground) -> None:
    opened(ground)
    assert set(asked()) == {"nurse", "member"}
    assert CANARY in said(asked()["nurse"])


def test_only_named_people_are_asked_for_what_is_for_them_and_it_is_not_quoted(ground: Ground) -> None:
    opened(ground, "nurse", access="named")
    assert set(asked()) == {"nurse"}
    assert CANARY not in said(asked()["nurse"])
    assert "d-0007" in asked()["nurse"].subject.lower()
    deliver()
    assert asked()["nurse"].status == "sent"


def test_what_became_exempt_is_not_quoted_any_more(ground: Ground) -> None:
    decision = opened(ground)
    assert CANARY in said(asked()["nurse"])
    Decision.objects.filter(pk=decision.pk).update(item=exempt(decision))
    deliver()
    assert asked()["nurse"].status == "sent"
    assert CANARY not in said(asked()["nurse"])


def test_who_may_not_see_it_any_more_is_not_asked(ground: Ground) -> None:
    decision = opened(ground)
    Decision.objects.filter(pk=decision.pk).update(access="named")
    deliver()
    assert {name: row.status for name, row in asked().items()} == {"nurse": "suppressed", "member": "suppressed"}
