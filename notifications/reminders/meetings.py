"""How reminders speak of meetings: of one for named people only whose it is."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from notifications.kinds.meetings import named
from notifications.kinds.workshops import spoken_when
from notifications.reminders.words import TITLE


def spoken_of(meeting: Any) -> str:
    said = named(meeting)
    return f"“{said if len(said) <= TITLE else said[: TITLE - 1].rstrip() + '…'}”"


def facts(meeting: Any) -> tuple[str, ...]:
    told = [spoken_when(meeting.starts_at, meeting.ends_at)]
    if meeting.venue and meeting.access != "named":
        told.append(_("Where: %(venue)s") % {"venue": meeting.venue})
    return tuple(told)


def plan_of(meeting: Any) -> str:
    return f"/meetings/{meeting.uuid}/plan/"
