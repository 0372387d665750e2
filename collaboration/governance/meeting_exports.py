"""The list of meetings as a table people can take away: its columns, and its rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from collaboration.governance.models import Meeting
from collaboration.governance.queries import minutes
from collaboration.governance.queries.meeting_lists import MeetingFilters, listed
from groundwork.access.actors import Actor
from groundwork.sheets.chunks import CHUNK, in_chunks
from groundwork.sheets.columns import LICENCE, Column, Table, register_table

MEETINGS: Final = register_table(
    Table(
        name="meetings",
        title=_("Meetings of partnership boards"),
        address="/meetings",
        columns=(
            Column(name="board", kind="code", meaning=_("The code of the partnership board that meets.")),
            Column(name="board_name", kind="text", meaning=_("That board’s name.")),
            Column(name="title", kind="text", meaning=_("What it is called. Empty: an ordinary meeting of the board.")),
            Column(name="status", kind="code", meaning=_("planned, called, running, held or cancelled.")),
            Column(name="starts", kind="moment", meaning=_("When it begins.")),
            Column(name="ends", kind="moment", meaning=_("When it ends.")),
            Column(name="venue", kind="text", meaning=_("Where it takes place.")),
            Column(name="public_may_attend", kind="yes_no", meaning=_("Whether everybody may come and listen.")),
            Column(name="agenda_published", kind="moment", meaning=_("When its agenda was published. Empty: not yet.")),
            Column(name="minutes_published", kind="moment", meaning=_("When its minutes were published.")),
            Column(name="visible_to", kind="code", meaning=_("public, partners, board or named.")),
            Column(name="address", kind="address", meaning=_("Its page here.")),
            LICENCE,
        ),
    )
)


def meeting_records(actor: Actor, filters: MeetingFilters) -> Iterator[dict[str, Any]]:
    """One record for each meeting of the list as its page shows it to this reader."""
    some: list[Meeting] = []
    for each in in_chunks(listed(actor, filters)):
        some.append(each)
        if len(some) == CHUNK:
            yield from records(actor, some)
            some = []
    yield from records(actor, some)


def records(actor: Actor, meetings: list[Meeting]) -> list[dict[str, Any]]:
    """The records of rows of :func:`listed`: one query, however many they are."""
    if not meetings:
        return []
    minuted = dict(
        minutes.visible_to(actor)
        .filter(meeting__in=[each.pk for each in meetings], published_at__isnull=False)
        .values_list("meeting_id", "published_at")
    )
    return [
        {
            "board": each.board.slug,
            "board_name": each.board.name,
            "title": each.title,
            "status": each.status,
            "starts": each.starts_at,
            "ends": each.ends_at,
            "venue": each.venue,
            "public_may_attend": each.public_may_attend,
            "agenda_published": each.agenda_published_at,
            "minutes_published": minuted.get(each.pk),
            "visible_to": each.access,
            "address": settings.BASE_URL + each.get_absolute_url(),
        }
        for each in meetings
    ]
