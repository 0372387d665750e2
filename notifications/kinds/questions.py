"""Somebody says that a record is wrong: scrutiny's challenge, and a problem reported by anybody."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from groundwork.events.registry import Envelope, handles
from notifications.kinds.initiatives import find, page_of, tell_about
from notifications.kinds.registry import Class, Kind, Reader, keepers_of
from notifications.models import Topic
from notifications.rules import condition

RAISED = Kind(
    name="challenge.raised",
    mail_class=Class.ASKED,
    topic=Topic.ASKED,
    template="challenge_raised",
    reason=_("you speak for %(organisation)s, which keeps this initiative"),
)
ANSWERED = Kind(
    name="challenge.answered",
    mail_class=Class.ASKED,
    topic=Topic.ASKED,
    template="challenge_answered",
    reason=_("you challenged this initiative for %(organisation)s"),
)
REPORTED = Kind(
    name="problem.reported",
    mail_class=Class.ASKED,
    topic=Topic.ASKED,
    template="problem_reported",
    reason=_("you speak for %(organisation)s, which looks after this initiative"),
)


@handles("challenge.raised", name="mail.challenge_raised")
def tell_challenged(envelope: Envelope) -> None:
    initiative = find(envelope.payload["reference"])
    challenge = _challenge(initiative, envelope.payload["challenge_id"])
    if challenge is None:
        return
    tell_about(
        RAISED,
        keepers_of(initiative),
        initiative,
        envelope,
        sender=challenge.organisation.name if challenge.organisation else "",
        context={
            "challenge": challenge,
            "respond": page_of(initiative, f"challenge/{challenge.pk}/"),
            "rows": _rows(initiative),
        },
        conditions={"challenge_open": {"reference": initiative.reference, "challenge_id": challenge.pk}},
    )


@handles("challenge.answered", name="mail.challenge_answered")
def tell_challenger(envelope: Envelope) -> None:
    initiative = find(envelope.payload["reference"])
    challenge = _challenge(initiative, envelope.payload["challenge_id"])
    if challenge is None or challenge.person is None or challenge.mandate is None or not challenge.response:
        return
    tell_about(
        ANSWERED,
        [Reader(person=challenge.person, mandate=challenge.mandate)],
        initiative,
        envelope,
        context={"challenge": challenge, "rows": _rows(initiative)},
    )


@handles("problem.reported", name="mail.problem_reported")
def tell_problem(envelope: Envelope) -> None:
    """The reporter's address is not in the mail: who looks into it sees it on the page."""
    initiative = find(envelope.payload["reference"])
    problem = _problem(initiative, envelope.payload["problem_id"])
    if problem is None or problem.closed_at is not None:
        return
    tell_about(
        REPORTED,
        keepers_of(initiative),
        initiative,
        envelope,
        context={
            "problem": problem,
            "close": page_of(initiative, f"problem/{problem.pk}/"),
            "rows": _rows(initiative),
        },
        conditions={"problem_open": {"reference": initiative.reference, "problem_id": problem.pk}},
    )


def _rows(initiative: Any) -> list[tuple[Any, str]]:
    return [(_("Initiative"), f"{initiative.title} ({initiative.reference})")]


def _challenge(initiative: Any, challenge_id: int) -> Any:
    return initiative.challenges.filter(pk=challenge_id).first() if initiative is not None else None


def _problem(initiative: Any, problem_id: int) -> Any:
    return initiative.problem_reports.filter(pk=problem_id).first() if initiative is not None else None


@condition("challenge_open")
def challenge_is_open(*, reference: str, challenge_id: int) -> str:
    challenge = _challenge(find(reference), challenge_id)
    return "" if challenge is not None and not challenge.response else "The challenge was answered."


@condition("problem_open")
def problem_is_open(*, reference: str, problem_id: int) -> str:
    problem = _problem(find(reference), problem_id)
    return "" if problem is not None and problem.closed_at is None else "The report was closed."
