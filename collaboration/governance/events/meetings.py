"""What happens to meetings before they begin."""

from __future__ import annotations

from groundwork.events.registry import Event


class MeetingPlanned(Event, name="meeting.planned"):
    meeting_id: int


class MeetingChanged(Event, name="meeting.changed"):
    """Something about it changed. ``tell``: those invited are told, because it is about when, where or its title."""

    meeting_id: int
    version: int
    sequence: int
    fields: list[str]
    tell: bool


class MeetingInvited(Event, name="meeting.invited"):
    """These were invited: each is sent one mail."""

    meeting_id: int
    invitation_ids: list[int]


class MeetingAnswered(Event, name="meeting.answered"):
    meeting_id: int
    invitation_id: int
    answer: str


class MeetingCancelled(Event, name="meeting.cancelled"):
    """``tell``: somebody had been invited to it."""

    meeting_id: int
    sequence: int
    tell: bool


class AgendaPublished(Event, name="meeting.agenda_published"):
    meeting_id: int


class PaperAsked(Event, name="paper.asked"):
    meeting_id: int
    paper_id: int
    person_id: int


class PaperSubmitted(Event, name="paper.submitted"):
    """``late``: after the day by which papers were due."""

    meeting_id: int
    paper_id: int
    late: bool
