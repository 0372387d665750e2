"""The shapes in which the API tells of meetings. Empty or null: not stated, or not told to whoever asks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from django.utils import timezone
from rest_framework import serializers

from collaboration.governance import meeting_exports
from collaboration.governance.models import Access, AgendaItem, Attendance, Meeting, Minutes, Paper
from collaboration.governance.queries.meetings import Line
from groundwork.access.actors import Actor

Absolute = Callable[[str], str]


class MeetingSerializer(serializers.Serializer[Any]):
    """One meeting as lists give it."""

    id = serializers.UUIDField(help_text="Its identifier. It never changes.")
    board = serializers.SlugField(help_text="The partnership board that meets.")
    title = serializers.CharField(help_text="Empty: an ordinary meeting of the board.")
    status = serializers.ChoiceField(choices=list(Meeting.Status.values))
    access = serializers.ChoiceField(choices=list(Access.values), help_text="Who can see it.")
    starts = serializers.DateTimeField()
    ends = serializers.DateTimeField()
    venue = serializers.CharField(help_text="Empty: not stated.")
    public_may_attend = serializers.BooleanField(help_text="Everybody may come and listen.")
    agenda_published = serializers.DateTimeField(allow_null=True, help_text="null: not yet.")
    minutes_published = serializers.DateTimeField(allow_null=True, help_text="null: not yet.")
    address = serializers.URLField(help_text="Its page.")


class PaperSerializer(serializers.Serializer[Any]):
    """One paper of a meeting; its text stands on its page."""

    title = serializers.CharField()
    organisation = serializers.SlugField(allow_null=True, help_text="Who wrote it; null: not stated.")
    exempt = serializers.BooleanField()
    submitted = serializers.DateTimeField(allow_null=True, help_text="null: it is awaited.")
    link = serializers.CharField(help_text="Where it lies, if that is elsewhere. Empty: on its page.")
    address = serializers.URLField(help_text="Its page.")


class AgendaLineSerializer(serializers.Serializer[Any]):
    """One place on the agenda. Of an exempt item that you may not see, number and reason alone are told."""

    number = serializers.IntegerField()
    title = serializers.CharField()
    text = serializers.CharField()
    kind = serializers.ChoiceField(choices=["", *AgendaItem.Kind.values])
    purpose = serializers.ChoiceField(choices=["", *AgendaItem.Purpose.values])
    minutes = serializers.IntegerField(help_text="How many minutes are planned; 0: not stated.")
    organisation = serializers.SlugField(allow_null=True, help_text="Who speaks to it; null: not stated.")
    exempt = serializers.BooleanField()
    exempt_reason = serializers.CharField()
    papers = PaperSerializer(many=True)
    withheld = serializers.ListField(child=serializers.CharField(), help_text="Why papers are not told to you.")
    minuted = serializers.CharField(help_text="What the minutes say of it, as Markdown; empty before you may read it.")


class OrganisationThereSerializer(serializers.Serializer[Any]):
    organisation = serializers.SlugField()
    state = serializers.ChoiceField(choices=list(Attendance.State.values), help_text="The best of its people’s.")


class MinutesSerializer(serializers.Serializer[Any]):
    status = serializers.ChoiceField(choices=list(Minutes.Status.values))
    summary = serializers.CharField()
    quorum = serializers.CharField(help_text="Whether there was a quorum, in words.")
    approved = serializers.DateTimeField(allow_null=True)
    approved_in = serializers.UUIDField(allow_null=True, help_text="The meeting that approved them.")
    published = serializers.DateTimeField(allow_null=True)


class MeetingDetailSerializer(MeetingSerializer):
    """One meeting with what its pages show to whoever asks, without names of people."""

    version = serializers.IntegerField(help_text="Grows with every change.")
    papers_due_on = serializers.DateField(allow_null=True)
    call = serializers.CharField(help_text="The address of the video call, for the board and those invited.")
    notes = serializers.CharField(help_text="For those who attend.")
    cancelled_reason = serializers.CharField()
    agenda = AgendaLineSerializer(many=True, help_text="Empty: not published, or nothing that you may see.")
    papers = PaperSerializer(many=True, help_text="Those that belong to no item.")
    withheld = serializers.ListField(child=serializers.CharField(), help_text="Why others are not told to you.")
    attendance = OrganisationThereSerializer(many=True, help_text="Told with the minutes.")
    minutes = MinutesSerializer(allow_null=True, help_text="null: there are none that you may read yet.")


def records(actor: Actor, meetings: list[Meeting], absolute: Absolute) -> list[dict[str, Any]]:
    """What lists tell ``actor`` of these meetings."""
    return [
        {
            "id": meeting.uuid,
            "board": record["board"],
            "title": record["title"],
            "status": record["status"],
            "access": record["visible_to"],
            "starts": timezone.localtime(meeting.starts_at),
            "ends": timezone.localtime(meeting.ends_at),
            "venue": record["venue"],
            "public_may_attend": record["public_may_attend"],
            "agenda_published": _moment(record["agenda_published"]),
            "minutes_published": _moment(record["minutes_published"]),
            "address": absolute(meeting.get_absolute_url()),
        }
        for meeting, record in zip(meetings, meeting_exports.records(actor, meetings), strict=True)
    ]


def line(told: Line, written: Minutes | None, absolute: Absolute) -> dict[str, Any]:
    """A place on the agenda; ``written``: the minutes, if whoever asks may read them."""
    item = told.item
    return {
        "number": told.number,
        "title": item.title if item else "",
        "text": item.text if item else "",
        "kind": item.kind if item else "",
        "purpose": item.purpose if item else "",
        "minutes": item.minutes if item else 0,
        "organisation": item.owner_organisation.slug if item and item.owner_organisation else None,
        "exempt": item.exempt if item else True,
        "exempt_reason": item.exempt_reason if item else told.exempt_reason,
        "papers": [paper(each, absolute) for each in told.papers],
        "withheld": told.withheld,
        "minuted": item.minute if item and written else "",
    }


def paper(of: Paper, absolute: Absolute) -> dict[str, Any]:
    return {
        "title": of.title,
        "organisation": of.author_organisation.slug if of.author_organisation else None,
        "exempt": of.exempt or (of.item is not None and of.item.exempt),
        "submitted": _moment(of.submitted_at),
        "link": of.link,
        "address": absolute(of.get_absolute_url()),
    }


_BEST: Final = list(Attendance.State.values)
"""From the one that says most of an organisation to the one that says least."""


def attendance(noted: Iterable[Attendance]) -> list[dict[str, Any]]:
    """Each organisation once, by name, with the best that was noted of its people; guests of none are left out."""
    found: dict[str, str] = {}
    for row in sorted(noted, key=lambda each: each.organisation.name if each.organisation else ""):
        if row.organisation is not None:
            known = found.get(row.organisation.slug, row.state)
            found[row.organisation.slug] = min(known, row.state, key=_BEST.index)
    return [{"organisation": slug, "state": state} for slug, state in found.items()]


def minutes(of: Minutes, quorum: str) -> dict[str, Any]:
    return {
        "status": of.status,
        "summary": of.summary,
        "quorum": quorum,
        "approved": _moment(of.approved_at),
        "approved_in": of.approved_in.uuid if of.approved_in else None,
        "published": _moment(of.published_at),
    }


def _moment(at: Any) -> Any:
    return timezone.localtime(at) if at else None


RECORD: Final[dict[str, Any]] = {
    "id": "0193c6a2-6f0a-7d52-9a55-0c8f1f6d2b11",
    "board": "ready-for-school",
    "title": "",
    "status": "held",
    "access": "public",
    "starts": "2027-03-12T14:00:00+00:00",
    "ends": "2027-03-12T16:00:00+00:00",
    "venue": "County Hall, Chelmsford",
    "public_may_attend": True,
    "agenda_published": "2027-03-05T09:00:00+00:00",
    "minutes_published": "2027-04-01T10:30:00+01:00",
    "address": "https://thread.example.org/meetings/0193c6a2-6f0a-7d52-9a55-0c8f1f6d2b11/",
}
_PAPER: Final[dict[str, Any]] = {
    "title": "Where the places are",
    "organisation": "essex-county-council",
    "exempt": False,
    "submitted": "2027-03-04T17:10:00+00:00",
    "link": "",
    "address": "https://thread.example.org/meetings/0193c6a2-6f0a-7d52-9a55-0c8f1f6d2b11/papers/"
    "0193c6a2-6f0a-7d52-9a55-0c8f1f6d2b12/",
}
DETAIL: Final[dict[str, Any]] = {
    **RECORD,
    "version": 7,
    "papers_due_on": "2027-03-05",
    "call": "",
    "notes": "",
    "cancelled_reason": "",
    "agenda": [
        {
            "number": 1,
            "title": "One budget for school readiness",
            "text": "",
            "kind": "item",
            "purpose": "decision",
            "minutes": 20,
            "organisation": "essex-county-council",
            "exempt": False,
            "exempt_reason": "",
            "papers": [_PAPER],
            "withheld": [],
            "minuted": "**Agreed:** D-0007, by consensus.",
        }
    ],
    "papers": [],
    "withheld": [],
    "attendance": [{"organisation": "essex-county-council", "state": "present"}],
    "minutes": {
        "status": "published",
        "summary": "",
        "quorum": "There is a quorum. 3 organisations of 2 sectors are there.",
        "approved": "2027-03-30T09:00:00+01:00",
        "approved_in": None,
        "published": "2027-04-01T10:30:00+01:00",
    },
}
