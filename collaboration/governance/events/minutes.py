"""What happens in meetings and with their minutes, as other rooms hear of it. Ids only: what was said may be exempt."""

from __future__ import annotations

from groundwork.events.registry import Event


class MeetingBegan(Event, name="meeting.began"):
    meeting_id: int


class MeetingClosed(Event, name="meeting.closed"):
    """It is over, and its minutes are asked for."""

    meeting_id: int


class MinutesCirculated(Event, name="minutes.circulated"):
    """They are sent to the people of the board. ``version``: of the minutes, so that sending again is told anew."""

    meeting_id: int
    minutes_id: int
    version: int


class MinutesCommented(Event, name="minutes.commented"):
    meeting_id: int
    comment_id: int


class MinutesApproved(Event, name="minutes.approved"):
    meeting_id: int
    minutes_id: int


class MinutesPublished(Event, name="minutes.published"):
    meeting_id: int
    minutes_id: int


class MinutesCorrected(Event, name="minutes.corrected"):
    meeting_id: int
    correction_id: int
