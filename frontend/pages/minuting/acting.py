"""What the pages of a meeting and its minutes share: the meeting, its minutes, a page for one act upon them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format

from collaboration.governance.queries import minutes as reading
from frontend.pages import acts
from frontend.pages.gate import actor_of
from groundwork.access.errors import DomainError
from groundwork.access.rules import require


def found(request: HttpRequest, uuid: UUID, verb: str = "meeting.view") -> Any:
    """The meeting, for somebody who may do ``verb`` to it. Raises :class:`NotFound` where it is not shown to them."""
    actor = actor_of(request)
    meeting = reading.meeting_for(actor, uuid)
    require(actor, verb, meeting)
    return meeting


def found_minutes(request: HttpRequest, uuid: UUID, verb: str = "minutes.view") -> Any:
    """The minutes of the meeting, for somebody who may do ``verb`` to them."""
    actor = actor_of(request)
    minutes = reading.minutes_for(actor, reading.meeting_for(actor, uuid))
    require(actor, verb, minutes)
    return minutes


def act(request: HttpRequest, *, meeting: Any, back: str, **said: Any) -> HttpResponse:
    """A page for one act upon ``meeting``, reached from ``back``."""
    day = date_format(timezone.localtime(meeting.starts_at), "j F Y")
    return acts.act(request, back=(back, str(meeting)), caption=f"{meeting}, {day}", **said)


def tell(request: HttpRequest, error: DomainError) -> None:
    messages.error(request, error.message)


def as_uuid(text: Any) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None
