"""Seats of a partnership board: those who keep it add and end them, each organisation says who fills its own."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from collaboration.governance.events.boards import SeatAdded, SeatAskedFor, SeatEnded, SeatFilled, SeatLeft
from collaboration.governance.models import PartnershipBoard, Seat, SeatHolder
from collaboration.governance.queries.boards import present
from collaboration.governance.services.cleaning_boards import organisation as cleaned_organisation
from collaboration.governance.services.clicks import did_just_now
from collaboration.governance.services.ending import cut, end_seats
from collaboration.governance.services.records import (
    DOUBLE_CLICK,
    changed,
    locked,
    locked_seat,
    must_go_on,
    same_version,
    spoken_day,
)
from collaboration.initiatives.services import cleaning
from collaboration.initiatives.services.records import spoken_time
from groundwork.access.actors import Actor
from groundwork.access.errors import Conflict, Invalid
from groundwork.audit.services import keep
from groundwork.clock import now, today
from groundwork.directory.models import Mandate, holding_on
from groundwork.events.services import record

Kind = SeatHolder.Kind
ASKED_AGAIN_AFTER: Final = timedelta(days=7)
FURTHEST: Final = timedelta(days=366)
"""How far ahead somebody can be named."""


@transaction.atomic
def add(
    *,
    actor: Actor,
    board: PartnershipBoard,
    version: int | None,
    organisation: str,
    role: str = Seat.Role.MEMBER,
    title: str = "",
    at: datetime | None = None,
) -> Seat:
    """A seat of ``organisation`` (its slug), from today. Raises :class:`Invalid`; the same seat twice is refused.

    Within ten seconds the same person gets the seat of their first click instead.
    """
    at = at or now()
    row = locked(board, actor=actor, verb="partnership.add_seat")
    must_go_on(row)
    problems = cleaning.Problems()
    whose = cleaned_organisation(organisation, field="organisation", problems=problems)
    kept_role, kept_title = _cleaned(role, title, problems)
    problems.raise_if_any()
    assert whose is not None  # noqa: S101 - else there was a problem
    twins = _twins(row, whose.pk, kept_role, kept_title)
    first = twins.filter(created_at__gt=at - DOUBLE_CLICK, created_at__lte=at + DOUBLE_CLICK).first()
    if first is not None and did_just_now(row, actor=actor, act="seat.add", at=at):
        return first
    if twins.exists():
        raise Invalid(
            {"organisation": [_("%(name)s has this seat already. Say what another one is for.") % {"name": whose.name}]}
        )
    same_version(row, version, actor=actor)
    last = row.seats.order_by("-order").values_list("order", flat=True).first()
    seat = Seat.objects.create(
        board=row,
        organisation=whose,
        role=kept_role,
        title=kept_title,
        order=(last or 0) + 1,
        valid_from=today(),
        created_at=at,
    )
    changes = {
        "organisation": [None, whose.name],
        "role": [None, _role(seat)],
        **({"title": [None, kept_title]} if kept_title else {}),
    }
    changed(actor=actor, board=row, changes=changes, at=at, action="seat.add")
    record(SeatAdded(board_id=row.pk, seat_id=seat.pk), actor=actor)
    return seat


@transaction.atomic
def change(
    *, actor: Actor, seat: Seat, version: int | None, role: str, title: str = "", at: datetime | None = None
) -> Seat:
    """What the seat is for, and whether it has a vote. Saving the same again changes nothing."""
    at = at or now()
    row = locked_seat(seat, actor=actor, verb="seat.change")
    must_go_on(row.board)
    _must_be_there(row)
    problems = cleaning.Problems()
    kept_role, kept_title = _cleaned(role, title, problems)
    problems.raise_if_any()
    changes: dict[str, Any] = {}
    if kept_title != row.title:
        changes["title"] = [row.title or None, kept_title or None]
    if kept_role != row.role:
        changes["role"] = [_role(row), str(Seat.Role(kept_role).label)]
    if not changes:
        return row
    same_version(row.board, version, actor=actor)
    if _twins(row.board, row.organisation_id, kept_role, kept_title).exclude(pk=row.pk).exists():
        raise Invalid({"title": [_("This organisation has such a seat already. Say what this one is for.")]})
    row.role, row.title = kept_role, kept_title
    row.save(update_fields=["role", "title"])
    changed(
        actor=actor,
        board=row.board,
        changes={"organisation": [row.organisation.name, row.organisation.name], **changes},
        at=at,
        action="seat.change",
    )
    return row


@transaction.atomic
def end(*, actor: Actor, seat: Seat, version: int | None, at: datetime | None = None) -> Seat:
    """The seat ends today, with who fills it and its turns to chair. Ending it again changes nothing."""
    at = at or now()
    row = locked_seat(seat, actor=actor, verb="seat.end")
    must_go_on(row.board)
    if row.valid_to is not None and row.valid_to <= today():
        return row
    same_version(row.board, version, actor=actor)
    end_seats(Seat.objects.filter(pk=row.pk), today())
    row.refresh_from_db(fields=["valid_to"])
    changed(
        actor=actor, board=row.board, changes={"organisation": [row.organisation.name, None]}, at=at, action="seat.end"
    )
    record(SeatEnded(board_id=row.board_id, seat_id=row.pk), actor=actor)
    return row


@transaction.atomic
def appoint(
    *,
    actor: Actor,
    seat: Seat,
    mandate: Mandate | int | None,
    kind: str = Kind.HOLDER,
    valid_from: date | str | None = None,
    valid_to: date | str | None = None,
    at: datetime | None = None,
) -> SeatHolder:
    """Say who fills a seat, or stands in (``kind``), under a ``mandate`` of the seat's organisation.

    From today unless another day is said, until ``valid_to`` (not included) where it is given. Who filled it before
    leaves it on that day. Naming the same person for the same days again changes nothing. Raises :class:`Invalid`,
    and :class:`Conflict` for a seat that has ended.
    """
    at = at or now()
    row = locked_seat(seat, actor=actor, verb="seat.appoint")
    must_go_on(row.board)
    _must_be_there(row)
    problems = cleaning.Problems()
    kept_kind = cleaning.choice(kind, Kind, field="kind", label=_("What they are"), problems=problems) or Kind.HOLDER
    begins = cleaning.day(valid_from, field="valid_from", label=_("The first day"), problems=problems) or today()
    ends = cleaning.day(valid_to, field="valid_to", label=_("The last day"), problems=problems)
    if "valid_from" not in problems.errors and not today() <= begins <= today() + FURTHEST:
        problems.add("valid_from", _("The first day must be today or within a year."))
    if ends is not None and not problems and ends <= begins:
        problems.add("valid_to", _("They must leave after they begin."))
    held = _mandate(row, mandate, begins, problems)
    problems.raise_if_any()
    assert held is not None  # noqa: S101 - else there was a problem
    overlapping = row.holders.filter(Q(valid_to=None) | Q(valid_to__gt=begins))
    if ends is not None:
        overlapping = overlapping.filter(valid_from__lt=ends)
    same = overlapping.filter(kind=kept_kind, person=held.person, mandate=held, valid_from__lte=begins, valid_to=ends)
    if (known := same.first()) is not None:
        return known
    # A seat has one member at a time. Nobody is named twice for the same seat, as member and as deputy.
    leaving = (
        overlapping.filter(person=held.person)
        if kept_kind == Kind.DEPUTY
        else overlapping.filter(Q(kind=Kind.HOLDER) | Q(person=held.person))
    )
    before = leaving.filter(kind=kept_kind).values_list("person_id", flat=True).first()
    for each in leaving:
        cut(each, begins)
        each.save(update_fields=["valid_to"])
    holder = SeatHolder.objects.create(
        seat=row,
        kind=kept_kind,
        person=held.person,
        mandate=held,
        valid_from=begins,
        valid_to=ends,
        appointed_by=actor.person,
        created_at=at,
    )
    # People are told by number: the log outlives their names.
    changes: dict[str, Any] = {
        "organisation": [row.organisation.name, row.organisation.name],
        kept_kind: [before, held.person_id],
        "valid_from": [None, spoken_day(begins)],
    }
    if ends:
        changes["valid_to"] = [None, spoken_day(ends)]
    keep(actor=actor, action="seat.appoint", obj=row.board, changes=changes, at=at)
    record(SeatFilled(board_id=row.board_id, seat_id=row.pk, holder_id=holder.pk), actor=actor)
    return holder


@transaction.atomic
def leave(*, actor: Actor, holder: SeatHolder, at: datetime | None = None) -> SeatHolder:
    """Somebody leaves a seat today. Again changes nothing."""
    at = at or now()
    row = locked_seat(holder.seat, actor=actor, verb="seat.appoint")
    must_go_on(row.board)
    held = SeatHolder.objects.select_related("person").get(pk=holder.pk, seat=row)
    if held.valid_to is not None and held.valid_to <= today():
        return held
    cut(held, today())
    held.save(update_fields=["valid_to"])
    changes = {"organisation": [row.organisation.name, row.organisation.name], held.kind: [held.person_id, None]}
    keep(actor=actor, action="seat.leave", obj=row.board, changes=changes, at=at)
    record(SeatLeft(board_id=row.board_id, seat_id=row.pk, holder_id=held.pk), actor=actor)
    return held


@transaction.atomic
def ask_to_fill(*, actor: Actor, seat: Seat, at: datetime | None = None) -> Seat:
    """Ask the leads of the organisation to say who fills its vacant seat: once a week at most."""
    at = at or now()
    row = locked_seat(seat, actor=actor, verb="seat.ask")
    must_go_on(row.board)
    _must_be_there(row)
    if row.holders.filter(present(today()), kind=Kind.HOLDER).exists():
        raise Conflict(_("This seat is filled."))
    if row.organisation.is_group:
        raise Conflict(_("This seat stands for several organisations: there is nobody to ask."))
    if row.vacancy_told_at is not None and at - row.vacancy_told_at < ASKED_AGAIN_AFTER:
        raise Conflict(
            _("They were asked at %(when)s. Ask again a week later.") % {"when": spoken_time(row.vacancy_told_at)}
        )
    row.vacancy_told_at = at
    row.save(update_fields=["vacancy_told_at"])
    changes = {"organisation": [row.organisation.name, row.organisation.name]}
    keep(actor=actor, action="seat.ask", obj=row.board, changes=changes, at=at)
    record(SeatAskedFor(board_id=row.board_id, seat_id=row.pk), actor=actor)
    return row


def _cleaned(role: Any, title: Any, problems: cleaning.Problems) -> tuple[str, str]:
    kept = cleaning.choice(role, Seat.Role, field="role", label=_("The kind of seat"), problems=problems)
    if not kept and "role" not in problems.errors:
        problems.add("role", _("Choose the kind of seat."))
    return kept, cleaning.text(title, field="title", label=_("What it is for"), longest=120, problems=problems)


def _twins(board: PartnershipBoard, organisation_id: int, role: str, title: str) -> Any:
    return Seat.objects.filter(
        holding_on(today()), board=board, organisation=organisation_id, role=role, title__iexact=title
    )


def _must_be_there(seat: Seat) -> None:
    if not seat.holds_on(today()):
        raise Conflict(_("This seat has ended."))


def _mandate(seat: Seat, mandate: Mandate | int | None, day: date, problems: cleaning.Problems) -> Mandate | None:
    """The mandate, where it is of the seat's organisation, of somebody active, and holds on ``day``."""
    pk = mandate.pk if isinstance(mandate, Mandate) else mandate
    found = (
        Mandate.objects.select_related("person").filter(pk=pk, organisation=seat.organisation_id).first()
        if pk is not None
        else None
    )
    if found is None or not found.person.is_active:
        problems.add(
            "mandate", _("Choose somebody who acts for %(organisation)s.") % {"organisation": seat.organisation.name}
        )
        return None
    if not found.holds_on(day):
        problems.add(
            "mandate", _("They do not act for %(organisation)s on that day.") % {"organisation": seat.organisation.name}
        )
        return None
    return found


def _role(seat: Seat) -> str:
    return str(Seat.Role(seat.role).label)
