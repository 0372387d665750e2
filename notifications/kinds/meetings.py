"""Meetings of partnership boards: invited, changed, cancelled, asked for a paper.

Each person is written to alone, at the address of their account or of their invitation, with an entry for their
calendar that has the same UID each time. Of a meeting for named people mail says whose it is and when, and no more.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from collaboration.governance import calendar
from collaboration.governance.queries import meetings
from collaboration.governance.queries import reminding_meetings as reading
from collaboration.governance.queries.levels import named_in
from collaboration.governance.queries.told import is_still_for
from collaboration.governance.services import inviting
from groundwork.events.registry import Envelope, handles
from groundwork.ical import Attendee
from notifications.kinds.initiatives import MAIL
from notifications.kinds.registry import Class, Kind, Reader, address
from notifications.kinds.workshops import spoken_when
from notifications.models import Topic
from notifications.rules import condition
from notifications.services.queueing import root_of

INVITED = Kind(
    name="meeting.invited",
    mail_class=Class.SERVICE,
    template="meeting_invited",
    reason=gettext_lazy("you are invited to this meeting by those who run the board"),
    holds_secret=True,
)
CHANGED = Kind(
    name="meeting.changed",
    mail_class=Class.ASKED,
    topic=Topic.ASKED,
    pressing=True,
    template="meeting_changed",
    reason=gettext_lazy("you are invited to this meeting"),
    holds_secret=True,
)
CANCELLED = Kind(
    name="meeting.cancelled",
    mail_class=Class.ASKED,
    topic=Topic.ASKED,
    pressing=True,
    template="meeting_cancelled",
    reason=gettext_lazy("you were invited to this meeting"),
)
PAPER = Kind(
    name="paper.asked",
    mail_class=Class.ASKED,
    topic=Topic.ASKED,
    template="paper_asked",
    reason=gettext_lazy("those who run the board ask you for this paper"),
)


@handles("meeting.invited", name="mail.meeting_invited")
def invite(envelope: Envelope) -> None:
    meeting = _find(envelope)
    if meeting is None or meeting.status != "called":
        return
    invited = list(meetings.invitations(meeting).filter(pk__in=envelope.payload["invitation_ids"]))
    for each in invited:
        _write(INVITED, meeting, each, envelope, status="called")
    inviting.told([each.pk for each in invited], sequence=meeting.sequence)


@handles("meeting.changed", name="mail.meeting_changed")
def tell_change(envelope: Envelope) -> None:
    """To everybody who was invited, whatever they answered: who could not come then may be able to now."""
    meeting = _find(envelope)
    if meeting is None or not envelope.payload["tell"] or meeting.status != "called":
        return
    if meeting.sequence != envelope.payload["sequence"]:
        return  # It was changed again: a later event tells how it stands.
    invited = list(meetings.invitations(meeting))
    for each in invited:
        _write(CHANGED, meeting, each, envelope, status="called", sequence=meeting.sequence)
    inviting.told([each.pk for each in invited], sequence=meeting.sequence)


@handles("meeting.cancelled", name="mail.meeting_cancelled")
def tell_cancelled(envelope: Envelope) -> None:
    """To whoever was told of it: an invitation that has not left is not followed by its cancellation."""
    meeting = _find(envelope)
    if meeting is None or not envelope.payload["tell"] or meeting.status != "cancelled":
        return
    invited = [each for each in meetings.invitations(meeting) if each.told_sequence >= 0]
    for each in invited:
        _write(CANCELLED, meeting, each, envelope, status="cancelled", method="CANCEL")
    inviting.told([each.pk for each in invited], sequence=meeting.sequence, cancelled=True)


@handles("paper.asked", name="mail.paper_asked")
def ask_for_paper(envelope: Envelope) -> None:
    paper = reading.paper(envelope.payload["paper_id"])
    if paper is None or paper.submitted_at is not None or paper.asked_of is None:
        return
    meeting = paper.meeting
    due = date_format(meeting.papers_due_on, "l j F Y") if meeting.papers_due_on else ""
    PAPER.write_to(
        paper.asked_of.email,
        person=paper.asked_of,
        about=envelope.id,
        sender=str(meeting.board),
        context={
            "title": paper.title,
            "named": named(meeting),
            "due": due,
            "rows": [
                (_("Paper"), paper.title),
                (_("Item"), _item(paper)),
                (_("Due by"), due),
                (_("Meeting"), named(meeting)),
                (_("When"), spoken_when(meeting.starts_at, meeting.ends_at)),
            ],
            "link": address(f"{paper.get_absolute_url()}edit/"),
        },
        conditions={**Reader(person=paper.asked_of).conditions, "paper_awaited": {"paper_id": paper.pk}},
        headers=_headers(meeting),
    )


def _item(paper: Any) -> str:
    """What the item is called under which a paper is wanted, unless it is exempt or for named people."""
    item = paper.item
    if item is None or item.exempt or named_in(item) is not None:
        return ""
    return str(item.title)


def named(meeting: Any) -> str:
    """How mail speaks of a meeting: by its board and its title, or, if it is for named people, by its board alone."""
    return str(meeting.board) if meeting.access == "named" else calendar.named(meeting)


def _find(envelope: Envelope) -> Any:
    return reading.meeting(MAIL, envelope.payload["meeting_id"])


def _write(
    kind: Kind,
    meeting: Any,
    invitation: Any,
    envelope: Envelope,
    *,
    status: str,
    sequence: int | None = None,
    method: Any = "REQUEST",
) -> None:
    """One mail to one person, with the entry for their calendar."""
    person = invitation.person
    email = person.email if person is not None else invitation.email
    name = person.name if person is not None else invitation.name
    link = address(f"/meetings/rsvp/{meetings.invitation_token(invitation)}/")
    is_quiet = meeting.access == "named"
    stands = {"meeting_id": meeting.pk, "invitation_id": invitation.pk, "status": status, "sequence": sequence}
    kind.write_to(
        email,
        person=person,
        about=f"{envelope.id}-{invitation.pk}",
        sender=str(meeting.board),
        context={
            "named": named(meeting),
            "board": str(meeting.board),
            "organisation": invitation.organisation.name if invitation.organisation else "",
            "why": "" if is_quiet else meeting.cancelled_reason,
            "notes": "" if is_quiet else meeting.notes,
            "call": "" if is_quiet else meeting.link,
            "rows": list(_facts(meeting, is_quiet)),
            "link": link,
            "page": address("/meetings/"),
        },
        conditions={**(Reader(person=person).conditions if person is not None else {}), "meeting_stands": stands},
        headers=_headers(meeting),
        calendar=calendar.invitation(
            meeting, Attendee(email, name), method, address=link if method == "REQUEST" else ""
        ),
    )


def _facts(meeting: Any, is_quiet: bool) -> Iterable[tuple[str, str]]:
    yield _("Board"), str(meeting.board)
    if meeting.title and not is_quiet:
        yield _("Meeting"), meeting.title
    yield _("When"), spoken_when(meeting.starts_at, meeting.ends_at)
    if not is_quiet:
        yield _("Where"), meeting.venue


def _headers(meeting: Any) -> dict[str, str]:
    return root_of("meeting", meeting.uuid)


@condition("meeting_stands")
def stands(*, meeting_id: int, invitation_id: int, status: str, sequence: int | None) -> str:
    """The meeting is in that state and, where it is told how it changed, has not changed again; they are invited."""
    meeting = reading.meeting(MAIL, meeting_id)
    if meeting is None or meeting.status != status:
        return "The meeting is in another state by now."
    if sequence is not None and meeting.sequence != sequence:
        return "The meeting was changed again: a later mail says how."
    held = meetings.invitations(meeting).select_related("meeting__board").filter(pk=invitation_id).first()
    if held is None:
        return "They are not invited to the meeting any more."
    if status == "called" and not is_still_for(held):
        return "They do not sit on the board any more, or may not see the meeting."
    return ""


@condition("paper_awaited")
def is_awaited(*, paper_id: int) -> str:
    paper = reading.paper(paper_id)
    if paper is None or paper.submitted_at is not None or paper.meeting.status not in ("planned", "called", "running"):
        return "The paper is in, or is not wanted any more."
    return ""
