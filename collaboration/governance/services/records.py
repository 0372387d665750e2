"""What every change of a partnership board has in common: the lock, the version, the audit entry, the event."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from collaboration.governance.events.boards import PartnershipChanged
from collaboration.governance.models import PartnershipBoard, Seat
from collaboration.initiatives.services.records import spoken_time
from groundwork.access.actors import Actor
from groundwork.access.errors import Conflict, NotFound
from groundwork.access.rules import require
from groundwork.audit.queries import history_of
from groundwork.audit.services import keep
from groundwork.events.services import record

DOUBLE_CLICK: Final = timedelta(seconds=10)
"""The same thing done again by the same person within this time is the same act, not a second one."""

BESIDE: Final = ("seat.appoint", "seat.leave", "seat.ask")
"""Acts that do not make an open edit of the board stale: organisations say who sits for them at any time."""

Status = PartnershipBoard.Status


def locked(board: PartnershipBoard, *, actor: Actor, verb: str) -> PartnershipBoard:
    """A fresh copy of the row, locked until the transaction ends, once ``actor`` is found to be allowed ``verb``."""
    row = locked_row(board.pk)
    require(actor, verb, row)
    return row


def locked_row(board_id: int) -> PartnershipBoard:
    """The row, locked. For acts whose rule is about something on the board: a seat."""
    row = PartnershipBoard.objects.select_for_update(of=("self",)).select_related("lead").filter(pk=board_id).first()
    if row is None:
        raise NotFound(_("This does not exist, or you may not see it."))
    return row


def locked_seat(seat: Seat, *, actor: Actor, verb: str) -> Seat:
    """A seat with its board, both locked, the board first: everybody locks in this order."""
    board = locked_row(seat.board_id)
    row = (
        Seat.objects.select_for_update(of=("self",))
        .select_related("organisation")
        .filter(pk=seat.pk, board=board)
        .first()
    )
    if row is None:
        raise NotFound(_("This does not exist, or you may not see it."))
    row.board = board
    require(actor, verb, row)
    return row


def same_version(board: PartnershipBoard, version: int | None, *, actor: Actor) -> None:
    """Raise :class:`Conflict`, saying who changed it and when, unless ``version`` is the present one."""
    if version is None or version == board.version:
        return
    last = history_of(board).exclude(action__in=BESIDE).first()
    who = _("somebody")
    if last is not None and last.person is not None:
        who = last.person.display_name
        if last.person == actor.person:
            who = _("you, in another window or by a second click,")
    raise Conflict(
        _("“%(name)s” was changed by %(who)s at %(when)s, after you opened it. Check what changed, then save again.")
        % {"name": board.name, "who": who, "when": spoken_time(last.at if last else board.created_at)}
    )


def must_go_on(board: PartnershipBoard) -> None:
    """Raise :class:`Conflict` when the board is closed."""
    if board.status == Status.CLOSED:
        raise Conflict(_("This board is closed. Nothing about it changes any more."))


def changed(
    *,
    actor: Actor,
    board: PartnershipBoard,
    changes: Mapping[str, Any],
    at: datetime,
    action: str = "partnership.edit",
) -> None:
    """Save the locked row as its next version, with its audit entry and ``partnership.changed``."""
    board.version += 1
    board.save()
    keep(actor=actor, action=action, obj=board, changes=changes, at=at)
    record(
        PartnershipChanged(board_id=board.pk, version=board.version, fields=sorted(changes)),
        actor=actor,
    )


def spoken_day(day: date | None) -> str | None:
    """A day as the audit log shows it to people."""
    return date_format(day, "j F Y") if day else None
