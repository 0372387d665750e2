"""Who chairs a partnership board: a plan of terms, one after another, so that the chair can rotate."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from collaboration.governance.events.boards import ChairNamed
from collaboration.governance.models import ChairTerm, PartnershipBoard, Seat
from collaboration.governance.services.ending import cut
from collaboration.governance.services.records import changed, locked, must_go_on, same_version, spoken_day
from collaboration.initiatives.services import cleaning
from groundwork.access.actors import Actor
from groundwork.access.errors import NotFound
from groundwork.clock import now, today
from groundwork.events.services import record

Role = ChairTerm.Role


@transaction.atomic
def name(
    *,
    actor: Actor,
    board: PartnershipBoard,
    version: int | None,
    seat: Seat | int | None,
    role: str = Role.CHAIR,
    valid_from: date | str | None = None,
    valid_to: date | str | None = None,
    at: datetime | None = None,
) -> ChairTerm:
    """The chair (or vice-chair) belongs to a seat from a day, until another where one is given (not included).

    A term without an end that began before gives way on that day; any other term in the same days is an overlap and
    :class:`Invalid`.
    """
    at = at or now()
    row = locked(board, actor=actor, verb="partnership.name_chair")
    must_go_on(row)
    problems = cleaning.Problems()
    kept = cleaning.choice(role, Role, field="role", label=_("The office"), problems=problems) or Role.CHAIR
    begins = cleaning.day(valid_from, field="valid_from", label=_("The first day"), problems=problems) or today()
    ends = cleaning.day(valid_to, field="valid_to", label=_("The day the term ends"), problems=problems)
    if ends is not None and not problems and ends <= begins:
        problems.add("valid_to", _("The term must end after it begins."))
    if ends is not None and not problems and ends <= today():
        problems.add("valid_to", _("The term must end after today."))
    chosen = _seat(row, seat, begins, problems)
    problems.raise_if_any()
    assert chosen is not None  # noqa: S101 - else there was a problem
    overlapping = row.chair_terms.select_related("seat__organisation").filter(
        Q(valid_to=None) | Q(valid_to__gt=begins), role=kept
    )
    if ends is not None:
        overlapping = overlapping.filter(valid_from__lt=ends)
    gives_way = None
    for other in overlapping:
        if other.valid_to is None and other.valid_from < begins:
            gives_way = other
            continue
        if other.seat_id == chosen.pk and (other.valid_from, other.valid_to) == (begins, ends):
            return other
        until = _("until %(day)s") % {"day": spoken_day(other.valid_to)} if other.valid_to else _("without an end")
        problems.add(
            "valid_from",
            _("%(organisation)s has it from %(day)s %(until)s. Terms cannot overlap.")
            % {"organisation": other.seat.organisation.name, "day": spoken_day(other.valid_from), "until": until},
        )
    problems.raise_if_any()
    same_version(row, version, actor=actor)
    if gives_way is not None:
        gives_way.valid_to = begins
        gives_way.save(update_fields=["valid_to"])
    term = ChairTerm.objects.create(board=row, seat=chosen, role=kept, valid_from=begins, valid_to=ends)
    changes: dict[str, Any] = {
        kept: [gives_way.seat.organisation.name if gives_way else None, chosen.organisation.name],
        "valid_from": [None, spoken_day(begins)],
        "valid_to": [None, spoken_day(ends)],
    }
    changed(actor=actor, board=row, changes=changes, at=at, action="chair.name")
    record(ChairNamed(board_id=row.pk, term_id=term.pk), actor=actor)
    return term


@transaction.atomic
def end(*, actor: Actor, term: ChairTerm, version: int | None, at: datetime | None = None) -> ChairTerm:
    """A term ends today; one that was planned never begins. Again changes nothing."""
    at = at or now()
    row = locked(term.board, actor=actor, verb="partnership.name_chair")
    must_go_on(row)
    held = ChairTerm.objects.select_related("seat__organisation").filter(pk=term.pk, board=row).first()
    if held is None:
        raise NotFound(_("There is no such term on this board."))
    if held.valid_to is not None and held.valid_to <= max(today(), held.valid_from):
        return held
    same_version(row, version, actor=actor)
    before = spoken_day(held.valid_to)
    cut(held, today())
    held.save(update_fields=["valid_to"])
    changes = {
        held.role: [held.seat.organisation.name, held.seat.organisation.name],
        "valid_to": [before, spoken_day(held.valid_to)],
    }
    changed(actor=actor, board=row, changes=changes, at=at, action="chair.end")
    return held


def _seat(board: PartnershipBoard, seat: Seat | int | None, day: date, problems: cleaning.Problems) -> Seat | None:
    pk = seat.pk if isinstance(seat, Seat) else seat
    found = board.seats.select_related("organisation").filter(pk=pk).first() if pk is not None else None
    if found is None or not found.holds_on(max(day, today())):
        problems.add("seat", _("Choose a seat that this board has on that day."))
        return None
    if found.role == Seat.Role.SECRETARY:
        problems.add("seat", _("The secretary cannot be chair. Choose another seat."))
        return None
    return found
