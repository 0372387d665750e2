"""What waits for people with partnership boards: seats to fill, boards to renew or close, turns to chair that come."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Final

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from collaboration.governance.models import ChairTerm, PartnershipBoard, Seat, SeatHolder
from collaboration.governance.queries.board_lists import ASKED_BEFORE
from collaboration.governance.queries.boards import present
from collaboration.governance.standing import boards_kept_by
from groundwork.access.actors import Actor
from groundwork.clock import today
from groundwork.directory.models import holding_on

Status = PartnershipBoard.Status
TURN_AHEAD: Final = timedelta(days=44)


def vacant(*, on: date | None = None, only: Collection[int] | None = None) -> QuerySet[Seat]:
    """Seats of boards that go on which nobody fills, and which somebody could: not those of groups of bodies."""
    day = on or today()
    filled = SeatHolder.objects.filter(present(day), seat=OuterRef("pk"), kind=SeatHolder.Kind.HOLDER)
    found = (
        Seat.objects.filter(holding_on(day), ~Exists(filled), organisation__is_group=False)
        .filter(holding_on_organisation(day))
        .exclude(board__status=Status.CLOSED)
        .select_related("board", "organisation")
        .order_by("board__name", "order", "pk")
    )
    return found if only is None else found.filter(pk__in=only)


def holding_on_organisation(day: date) -> Q:
    """Whose organisation is there on that day."""
    starts = Q(organisation__valid_from=None) | Q(organisation__valid_from__lte=day)
    goes_on = Q(organisation__valid_to=None) | Q(organisation__valid_to__gt=day)
    return starts & goes_on & ~Q(organisation__status="closed")


def vacant_of(actor: Actor) -> QuerySet[Seat]:
    """The vacant seats that the actor can fill, as a lead of their organisation."""
    if actor.organisation_id is None or actor.role != "lead":
        return Seat.objects.none()
    return vacant().filter(organisation=actor.organisation_id)


def vacant_since(seats: Collection[Seat], on: date | None = None) -> dict[int, date]:
    """Since which day each of these seats is vacant: its last member's last day, or the day it was added. One query."""
    day = on or today()
    ended: dict[int, date] = {}
    before = SeatHolder.objects.filter(seat__in=[seat.pk for seat in seats], kind=SeatHolder.Kind.HOLDER)
    for seat, own, mandates in before.filter(valid_from__lt=day).values_list("seat", "valid_to", "mandate__valid_to"):
        # Whichever came first ended it.
        last = min((each for each in (own, mandates) if each is not None), default=None)
        if last is not None and last <= day:
            ended[seat] = max(last, ended.get(seat, last))
    return {seat.pk: ended.get(seat.pk) or seat.valid_from or timezone.localdate(seat.created_at) for seat in seats}


def to_renew(*, on: date | None = None, only: Collection[int] | None = None) -> QuerySet[PartnershipBoard]:
    """Active boards whose end is near or has passed: to be renewed or closed."""
    day = on or today()
    found = PartnershipBoard.objects.filter(status=Status.ACTIVE, ends_on__lte=day + ASKED_BEFORE)
    found = found.select_related("lead").order_by("ends_on", "pk")
    return found if only is None else found.filter(pk__in=only)


def to_renew_by(actor: Actor) -> QuerySet[PartnershipBoard]:
    """Those that the actor keeps."""
    if actor.is_system:
        return to_renew()
    return to_renew().filter(boards_kept_by(actor))


def keepers_seated(boards: Collection[int], on: date | None = None) -> dict[int, set[int]]:
    """People (ids) who keep each of these boards from a seat: secretaries and whoever sits for the chair. One query."""
    day = on or today()
    chairs = ChairTerm.objects.filter(holding_on(day), role=ChairTerm.Role.CHAIR, board__in=boards).values("seat")
    rows = SeatHolder.objects.filter(
        present(day),
        Q(seat__role=Seat.Role.SECRETARY) | Q(seat__in=chairs, kind=SeatHolder.Kind.HOLDER),
        seat__board__in=boards,
    ).filter(Q(seat__valid_to=None) | Q(seat__valid_to__gt=day))
    found: dict[int, set[int]] = {}
    for board, person in rows.values_list("seat__board", "person"):
        if person is not None:
            found.setdefault(board, set()).add(person)
    return found


def turns_coming(*, on: date | None = None, only: Collection[int] | None = None) -> QuerySet[ChairTerm]:
    """Turns to chair that begin within the next weeks, on boards that go on."""
    day = on or today()
    found = (
        ChairTerm.objects.filter(valid_from__gt=day, valid_from__lte=day + TURN_AHEAD)
        .exclude(board__status=Status.CLOSED)
        .exclude(valid_to=F("valid_from"))
        .select_related("board", "seat__organisation")
        .order_by("valid_from", "pk")
    )
    return found if only is None else found.filter(pk__in=only)


def people_of_seats(seats: Collection[int], on: date | None = None) -> dict[int, list[int]]:
    """People (ids) who fill each of these seats on a day, deputies too. One query."""
    found: dict[int, list[int]] = {}
    rows = SeatHolder.objects.filter(present(on or today()), seat__in=seats).order_by("kind", "pk")
    for seat, person in rows.values_list("seat", "person"):
        if person is not None:
            found.setdefault(seat, []).append(person)
    return found


def turns_of(actor: Actor) -> QuerySet[ChairTerm]:
    """Turns to chair that come to the seats the actor fills for the organisation they act for now."""
    if actor.person is None or actor.organisation_id is None:
        return ChairTerm.objects.none()
    mine = SeatHolder.objects.filter(present(today()), person=actor.person, seat__organisation=actor.organisation_id)
    return turns_coming().filter(seat__in=mine.values("seat"))
