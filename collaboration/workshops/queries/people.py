"""The people of a workshop: who takes part, who was invited, who is written to, and what they thought of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, Q, QuerySet

from collaboration.workshops.addresses import Invitee
from collaboration.workshops.models import Feedback, Participation, Workshop, WorkshopInvitation
from collaboration.workshops.rules import mandate_holds
from groundwork.access.actors import Actor
from groundwork.access.rules import require
from groundwork.clock import now


def participants(workshop: Workshop) -> QuerySet[Participation]:
    """Everybody who joined, whatever became of them, in the order of joining, with person and organisation."""
    return (
        Participation.objects.filter(workshop=workshop)
        .select_related("person", "organisation", "organisation__sector", "workshop")
        .order_by("joined_at", "pk")
    )


def facilitators(workshop: Workshop) -> QuerySet[Participation]:
    """Those who run it."""
    return participants(workshop).filter(role=Participation.Role.FACILITATOR, status=Participation.Status.ADMITTED)


@dataclass(frozen=True, kw_only=True)
class Heads:
    """How many people, by what they are."""

    waiting: int
    admitted: int
    removed: int
    left: int


def heads(workshop: Workshop) -> Heads:
    Status = Participation.Status
    return Heads(
        **Participation.objects.filter(workshop=workshop).aggregate(
            waiting=Count("pk", filter=Q(status=Status.WAITING)),
            admitted=Count("pk", filter=Q(status=Status.ADMITTED)),
            removed=Count("pk", filter=Q(status=Status.REMOVED)),
            left=Count("pk", filter=Q(status=Status.LEFT)),
        )
    )


def find_participation(actor: Actor, workshop: Workshop, identifier: int) -> Participation | None:
    """One participation of a workshop that the actor runs, or None. Raises unless the actor runs it."""
    require(actor, "workshop.run", workshop)
    return participants(workshop).filter(pk=identifier).first()


def invitations(workshop: Workshop) -> QuerySet[WorkshopInvitation]:
    """Everybody who was invited, by address, those taken back included."""
    return (
        WorkshopInvitation.objects.filter(workshop=workshop)
        .select_related("workshop", "participation", "invited_by")
        .order_by("email")
    )


def standing_invitations(workshop: Workshop) -> QuerySet[WorkshopInvitation]:
    """Invitations of those who expect to hear of a change: not taken back, and not declined."""
    return invitations(workshop).filter(revoked_at=None).exclude(answer=WorkshopInvitation.Answer.NO)


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What inviting these would do: how many are mailed, and who is not, because they have been already."""

    new: tuple[Invitee, ...]
    again: tuple[Invitee, ...]
    """Their invitation was taken back or has run out: they get a new one."""
    known: tuple[Invitee, ...]
    """They hold an invitation that works, or take part already: nothing is sent."""
    later: tuple[Invitee, ...] = ()
    """They were mailed so often in the last day that nothing is sent: see :data:`MAILS_A_DAY`."""

    @property
    def mails(self) -> int:
        return len(self.new) + len(self.again)


def check_invitations(workshop: Workshop, people: Sequence[Invitee]) -> Checked:
    """Sort ``people`` by what inviting them would do (two queries, however many)."""
    at = now()
    before = {each.email: each for each in WorkshopInvitation.objects.filter(workshop=workshop).only("email", *_STATE)}
    inside = set(
        Participation.objects.filter(
            workshop=workshop, person__isnull=False, status__in=("waiting", "admitted")
        ).values_list("person__email", flat=True)
    )
    new, again, known, later = [], [], [], []
    for person in dict.fromkeys(people):
        held = before.get(person.email)
        if person.email in inside:
            known.append(person)
        elif held is None:
            new.append(person)
        elif held.revoked_at is None and held.expires_at > at:
            known.append(person)
        elif mailed_enough(held, at):
            later.append(person)
        else:
            again.append(person)
    return Checked(new=tuple(new), again=tuple(again), known=tuple(known), later=tuple(later))


_STATE = ("revoked_at", "expires_at", "created_at", "mailed")
MAILS_A_DAY: Final = 3
"""To one address about one invitation: whoever withdraws and invites again in a loop floods no inbox."""


def mailed_enough(invitation: WorkshopInvitation, at: datetime) -> bool:
    """Whether the invitation was mailed so often in the day before ``at`` that it is not mailed again for now."""
    return len(invitation.mails_since(at - timedelta(days=1))) >= MAILS_A_DAY


def to_be_told(workshop: Workshop) -> QuerySet[Participation]:
    """Those who left an address to be sent the report, and those with an account, who have one."""
    return participants(workshop).filter(
        mandate_holds(),
        ~Q(email="") | Q(person__is_active=True),
        status__in=(Participation.Status.ADMITTED, Participation.Status.LEFT),
    )


@dataclass(frozen=True, kw_only=True)
class FeedbackSummary:
    """What people thought: how many gave each mark from 1 to 5, and what they wrote, in no order that tells who."""

    answers: int
    marks: tuple[int, int, int, int, int]
    texts: tuple[str, ...]


def feedback_summary(workshop: Workshop) -> FeedbackSummary:
    # By digest: neither the order of answering nor that of joining.
    rows = list(Feedback.objects.filter(workshop=workshop).order_by("giver_digest").values_list("worth_it", "text"))
    given = [mark for mark, _text in rows]
    one, two, three, four, five = (given.count(mark) for mark in range(1, 6))
    return FeedbackSummary(
        answers=len(rows),
        marks=(one, two, three, four, five),
        texts=tuple(text for _mark, text in rows if text),
    )
