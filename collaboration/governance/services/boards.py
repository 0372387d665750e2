"""Setting a partnership board up, changing it, making it active, renewing and closing it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from collaboration.governance.events.boards import PartnershipClosed, PartnershipMade
from collaboration.governance.models import PartnershipBoard
from collaboration.governance.services.cleaning_boards import MANY, clean
from collaboration.governance.services.ending import end_seats
from collaboration.governance.services.records import (
    DOUBLE_CLICK,
    changed,
    locked,
    must_go_on,
    same_version,
    spoken_day,
)
from collaboration.initiatives.services import cleaning
from groundwork.access.actors import Actor
from groundwork.access.errors import Conflict, Invalid
from groundwork.access.rules import require
from groundwork.audit.services import differences, keep
from groundwork.clock import now, today
from groundwork.events.services import record

Status = PartnershipBoard.Status


@transaction.atomic
def create(*, actor: Actor, at: datetime | None = None, **fields: Any) -> PartnershipBoard:
    """A proposed board whose lead partner is the organisation of ``actor``. ``fields`` as in :func:`edit`.

    The same name from the same person within ten seconds is a double click and gives the same board.
    Raises :class:`Invalid` with sentences by field.
    """
    at = at or now()
    require(actor, "partnership.create")
    problems = cleaning.Problems()
    new = clean(actor, {"name": "", **fields}, None, problems)
    new.pop("lead", None)
    problems.raise_if_any()
    twin = PartnershipBoard.objects.filter(
        name=new["name"], created_by=actor.person, created_at__gt=at - DOUBLE_CLICK, created_at__lte=at + DOUBLE_CLICK
    ).first()
    if twin is not None and actor.person is not None:
        return twin
    if PartnershipBoard.objects.filter(name__iexact=new["name"]).exclude(status=Status.CLOSED).exists():
        raise Invalid({"name": [_("There is a board of this name already. Choose another name.")]})
    plain = {name: value for name, value in new.items() if name not in MANY}
    board = PartnershipBoard.objects.create(
        **plain, lead=actor.organisation, slug=_free_slug(new["name"]), created_by=actor.person, created_at=at
    )
    _set_many(board, new)
    changes = {name: [None, value] for name, value in _readable(board, new).items() if value}
    keep(actor=actor, action="partnership.create", obj=board, changes=changes, at=at)
    record(PartnershipMade(board_id=board.pk), actor=actor)
    return board


@transaction.atomic
def edit(
    *, actor: Actor, board: PartnershipBoard, version: int | None, at: datetime | None = None, **fields: Any
) -> PartnershipBoard:
    """Change what is said of a board; what is not given stays. Saving the same again changes nothing.

    ``elements`` and ``areas`` are codes, ``named`` addresses, ``lead`` and ``parent`` slugs. From when to when it goes
    is part of it only while it is proposed; see :func:`renew`. Raises :class:`Invalid`, :class:`Conflict`.
    """
    at = at or now()
    row = locked(board, actor=actor, verb="partnership.edit")
    must_go_on(row)
    problems = cleaning.Problems()
    new = clean(actor, fields, row, problems)
    if row.status != Status.PROPOSED and "ends_on" in new and new["ends_on"] != row.ends_on:
        problems.add("ends_on", _("Renew the board to change until when it goes."))
    problems.raise_if_any()
    if "lead" in new and (new["lead"].pk if new["lead"] else None) != row.lead_id:
        require(actor, "partnership.hand_over", row)
    before = _readable(row, new)
    for name, value in new.items():
        if name not in MANY:
            setattr(row, name, value)
    different = differences(before, {**_readable(row, new), **_many_readable(new)})
    if not different:
        return row
    same_version(row, version, actor=actor)
    others = PartnershipBoard.objects.filter(name__iexact=row.name).exclude(pk=row.pk).exclude(status=Status.CLOSED)
    if "name" in different and others.exists():
        raise Invalid({"name": [_("There is a board of this name already. Choose another name.")]})
    _set_many(row, new)
    changed(actor=actor, board=row, changes=different, at=at)
    return row


@transaction.atomic
def activate(
    *,
    actor: Actor,
    board: PartnershipBoard,
    version: int | None,
    starts_on: date | str | None = None,
    ends_on: date | str | None = None,
    at: datetime | None = None,
) -> PartnershipBoard:
    """A proposed board begins its work, today unless another day is said, for a time where ``ends_on`` is given."""
    at = at or now()
    row = locked(board, actor=actor, verb="partnership.activate")
    if row.status == Status.ACTIVE:
        return row
    must_go_on(row)
    same_version(row, version, actor=actor)
    before = {"status": status_words(row), "starts_on": spoken_day(row.starts_on), "ends_on": spoken_day(row.ends_on)}
    problems = cleaning.Problems()
    row.starts_on = cleaning.day(starts_on, field="starts_on", label=_("The day it begins"), problems=problems)
    row.starts_on = row.starts_on or today()
    row.ends_on = cleaning.day(ends_on, field="ends_on", label=_("The day it ends"), problems=problems)
    _must_lie_ahead(row.ends_on, problems)
    if not problems and row.ends_on and row.ends_on <= row.starts_on:
        problems.add("ends_on", _("It must end after it begins."))
    problems.raise_if_any()
    row.status = Status.ACTIVE
    after = {"status": status_words(row), "starts_on": spoken_day(row.starts_on), "ends_on": spoken_day(row.ends_on)}
    changed(actor=actor, board=row, changes=differences(before, after), at=at, action="partnership.activate")
    return row


@transaction.atomic
def renew(
    *,
    actor: Actor,
    board: PartnershipBoard,
    version: int | None,
    ends_on: date | str | None,
    at: datetime | None = None,
) -> PartnershipBoard:
    """An active board goes on until ``ends_on``, or without an end where that is None. Again changes nothing."""
    at = at or now()
    row = locked(board, actor=actor, verb="partnership.renew")
    must_go_on(row)
    if row.status != Status.ACTIVE:
        raise Conflict(_("This board is only proposed. Make it active first."))
    problems = cleaning.Problems()
    day = cleaning.day(ends_on, field="ends_on", label=_("The day it ends"), problems=problems)
    _must_lie_ahead(day, problems)
    if not problems and day and row.starts_on and day <= row.starts_on:
        problems.add("ends_on", _("It must end after it begins."))
    problems.raise_if_any()
    if day == row.ends_on:
        return row
    same_version(row, version, actor=actor)
    changes = {"ends_on": [spoken_day(row.ends_on), spoken_day(day)]}
    row.ends_on = day
    changed(actor=actor, board=row, changes=changes, at=at, action="partnership.renew")
    return row


@transaction.atomic
def close(
    *, actor: Actor, board: PartnershipBoard, version: int | None, reason: str = "", at: datetime | None = None
) -> PartnershipBoard:
    """It is over, today: its seats end, with who fills them and the plan of its chairs. Its pages stay."""
    at = at or now()
    row = locked(board, actor=actor, verb="partnership.close")
    if row.status == Status.CLOSED:
        return row
    same_version(row, version, actor=actor)
    problems = cleaning.Problems()
    said = cleaning.text(reason, field="reason", label=_("The reason"), longest=500, problems=problems)
    problems.raise_if_any()
    below = PartnershipBoard.objects.filter(parent=row).exclude(status=Status.CLOSED)
    if below.exists():
        names = ", ".join(below.values_list("name", flat=True)[:5])
        raise Conflict(
            _("Boards that go on report to it: %(names)s. Close them first, or say whom they report to.")
            % {"names": names}
        )
    changes: dict[str, Any] = {"status": [status_words(row), str(Status.CLOSED.label)]}
    if said:
        changes["reason"] = [None, said]
    row.status, row.closed_on, row.closed_reason = Status.CLOSED, today(), said
    ended = end_seats(row.seats.all(), today())
    changed(actor=actor, board=row, changes=changes, at=at, action="partnership.close")
    record(PartnershipClosed(board_id=row.pk, version=row.version, seat_ids=ended), actor=actor)
    return row


def status_words(board: PartnershipBoard) -> str:
    return str(Status(board.status).label)


def _must_lie_ahead(day: date | None, problems: cleaning.Problems) -> None:
    if day is not None and day <= today():
        problems.add("ends_on", _("The day it ends must be after today."))


def _free_slug(name: str) -> str:
    base = slugify(name)[:90] or "board"
    # "new" is the address of the form.
    base = f"{base}-board" if base == "new" else base
    taken = set(PartnershipBoard.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    number, slug = 1, base
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug


def _set_many(board: PartnershipBoard, new: Mapping[str, Any]) -> None:
    for name in MANY:
        if name in new:
            getattr(board, name).set(new[name])


def _readable(board: PartnershipBoard, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Fields as the audit log shows them. People are told by number: the log outlives their names."""
    shown: dict[str, Any] = {}
    for name in fields:
        value = getattr(board, name)
        if name == "named":
            shown[name] = sorted(value.values_list("pk", flat=True))
        elif name in MANY:
            shown[name] = sorted(str(each) for each in value.all())
        elif isinstance(value, date):
            shown[name] = spoken_day(value)
        elif name in ("kind", "access", "deciding"):
            shown[name] = str(getattr(board, f"get_{name}_display")())
        elif isinstance(value, int):
            shown[name] = value
        else:
            shown[name] = str(value) if value else None
    return shown


def _many_readable(new: Mapping[str, Any]) -> dict[str, Any]:
    """Those fields that are written after the row, as they will read."""
    return {
        name: sorted(each.pk for each in new[name]) if name == "named" else sorted(str(each) for each in new[name])
        for name in MANY
        if name in new
    }
