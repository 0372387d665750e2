"""Reading partnership boards: one of them, who sits on it on a day, who is its chair, which organisations vote."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from collaboration.governance.models import ChairTerm, PartnershipBoard, Seat, SeatHolder
from collaboration.governance.queries import visible
from collaboration.governance.standing import holding
from groundwork.access.actors import Actor
from groundwork.access.errors import NotFound
from groundwork.access.rules import can, require
from groundwork.accounts.models import Person
from groundwork.clock import today
from groundwork.directory.models import Organisation, holding_on


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatNow:
    """A seat on one day. ``holder`` is None while it is vacant; ``chairs`` is ``chair``, ``vice`` or ""."""

    seat: Seat
    holder: SeatHolder | None
    deputies: tuple[SeatHolder, ...]
    chairs: str = ""

    @property
    def organisation(self) -> Organisation:
        return self.seat.organisation

    @property
    def is_vacant(self) -> bool:
        """Nobody fills it; groups of bodies have no people, so theirs are never called vacant."""
        return self.holder is None and not self.seat.organisation.is_group

    @property
    def people(self) -> tuple[SeatHolder, ...]:
        """The member first, then the deputies."""
        return (*((self.holder,) if self.holder else ()), *self.deputies)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitee:
    """Somebody who is asked to a meeting for a seat. A deputy is asked too: they come when the member cannot."""

    person: Person
    email: str
    name: str
    seat: Seat
    organisation: Organisation
    as_deputy: bool


def get(actor: Actor, slug: str) -> PartnershipBoard:
    """The board of this address. Raises :class:`NotFound`, also for one that is not shown to the actor."""
    found = None
    if slug.isascii() and len(slug) <= 100 and "\x00" not in slug:
        found = (
            PartnershipBoard.objects.select_related("lead", "body", "parent")
            .prefetch_related("elements", "areas")
            .filter(slug=slug)
            .first()
        )
    # One that is hidden and none at all are told in the same words.
    if found is None or not can(actor, "partnership.view", found):
        raise NotFound(_("There is no such board, or you may not see it."))
    return found


def names(actor: Actor, slugs: Collection[str]) -> dict[str, str]:
    """The names of those of these boards that the actor may see, by slug. One query."""
    return dict(visible.boards(actor).filter(slug__in=slugs).values_list("slug", "name"))


def find_seat(actor: Actor, board: PartnershipBoard, pk: int) -> Seat:
    """A seat of ``board``, ended ones included. Raises :class:`NotFound`."""
    found = Seat.objects.select_related("organisation", "board").filter(board=board, pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such seat on this board."))
    require(actor, "seat.view", found)
    return found


def find_holder(seat: Seat, pk: int) -> SeatHolder:
    """Somebody who fills a seat or will, and has not left it. Raises :class:`NotFound`."""
    still = Q(valid_to=None) | Q(valid_to__gt=today())
    found = SeatHolder.objects.select_related("person", "seat").filter(still, seat=seat, pk=pk).first()
    if found is None:
        raise NotFound(_("They are not on this seat any more."))
    return found


def find_term(board: PartnershipBoard, pk: int) -> ChairTerm:
    """A turn to chair of ``board``. Raises :class:`NotFound`."""
    found = ChairTerm.objects.select_related("seat__organisation", "board").filter(board=board, pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such term on this board."))
    return found


def terms_of(board: PartnershipBoard) -> list[ChairTerm]:
    """The turns to chair that go on or are planned, the next first. One query."""
    still = Q(valid_to=None) | Q(valid_to__gt=today())
    # What was planned and dropped ended on the day it would have begun.
    began = ~Q(valid_to=F("valid_from")) | Q(valid_to=None)
    found = board.chair_terms.filter(still & began).select_related("seat__organisation")
    return list(found.order_by("valid_from", "role", "pk"))


def coming(board: PartnershipBoard) -> dict[int, list[SeatHolder]]:
    """Who is named for seats from a later day, by seat. One query."""
    found: dict[int, list[SeatHolder]] = {}
    ahead = SeatHolder.objects.filter(
        Q(valid_to=None) | Q(valid_to__gt=F("valid_from")), seat__board=board, valid_from__gt=today()
    )
    for each in ahead.select_related("person").order_by("valid_from", "pk"):
        found.setdefault(each.seat_id, []).append(each)
    return found


def present(day: date) -> Q:
    """Holders of seats who are there on ``day``: named for it, active, and under a mandate of the seat's organisation.

    Whose mandate has ended has left the seat, though nobody ended that.
    """
    stands = holding("seat__organisation__", day) & ~Q(seat__organisation__status="closed")
    return (
        holding_on(day)
        & holding("mandate__", day)
        & stands
        & Q(mandate__organisation_id=F("seat__organisation_id"), person__is_active=True)
    )


def seats_on(board: PartnershipBoard, day: date) -> QuerySet[Seat]:
    """The seats that the board has on a day, in its order."""
    return Seat.objects.filter(holding_on(day), board=board).select_related("organisation", "organisation__sector")


def sitting(board: PartnershipBoard, on: date | None = None) -> list[SeatNow]:
    """The seats of a day (today), in the board's order, with who fills them and who is chair. Three queries."""
    day = on or today()
    return _filled(seats_on(board, day), [board.pk], day)


def sitting_of_many(boards: Iterable[PartnershipBoard], on: date | None = None) -> dict[int, list[SeatNow]]:
    """:func:`sitting` for several boards, by their primary key. Three queries, however many there are."""
    day = on or today()
    ids = [board.pk for board in boards]
    found: dict[int, list[SeatNow]] = {pk: [] for pk in ids}
    seats = Seat.objects.filter(holding_on(day), board__in=ids).select_related("organisation", "organisation__sector")
    for each in _filled(seats, ids, day):
        found[each.seat.board_id].append(each)
    return found


def _filled(seats: QuerySet[Seat], boards: Collection[int], day: date) -> list[SeatNow]:
    there = (
        SeatHolder.objects.filter(present(day)).select_related("person", "mandate").order_by("kind", "valid_from", "pk")
    )
    chairs: dict[int, str] = {}
    for seat_id, role in ChairTerm.objects.filter(holding_on(day), board__in=boards).values_list("seat_id", "role"):
        if chairs.get(seat_id) != ChairTerm.Role.CHAIR:
            chairs[seat_id] = role
    rows = []
    for seat in seats.prefetch_related(Prefetch("holders", there, to_attr="there")):
        members = [each for each in seat.there if each.kind == SeatHolder.Kind.HOLDER]
        deputies = [each for each in seat.there if each.kind == SeatHolder.Kind.DEPUTY]
        rows.append(
            SeatNow(
                seat=seat,
                holder=members[-1] if members else None,
                deputies=tuple(deputies),
                chairs=chairs.get(seat.pk, ""),
            )
        )
    return rows


def voting_organisations(board: PartnershipBoard, on: date | None = None) -> list[Organisation]:
    """The organisations with a voting seat on a day, each once, by name: several seats are still one voice."""
    voting = {
        seat.organisation_id: seat.organisation
        for seat in seats_on(board, on or today()).filter(role=Seat.Role.MEMBER).order_by("organisation__name", "pk")
    }
    return list(voting.values())


def people_to_invite(board: PartnershipBoard, on: date) -> list[Invitee]:
    """Everybody who sits on the board on a day, each once, members before deputies. Three queries."""
    found: dict[int, Invitee] = {}
    rows = [(each, holder) for each in sitting(board, on) for holder in each.people]
    for each, holder in sorted(rows, key=lambda pair: pair[1].kind == SeatHolder.Kind.DEPUTY):
        person = holder.person
        if person is not None and person.pk not in found:
            found[person.pk] = Invitee(
                person=person,
                email=person.email,
                name=person.display_name,
                seat=each.seat,
                organisation=each.organisation,
                as_deputy=holder.kind == SeatHolder.Kind.DEPUTY,
            )
    return list(found.values())


def listed(actor: Actor) -> QuerySet[PartnershipBoard]:
    """The boards shown to an actor, by name."""
    return visible.boards(actor).select_related("lead", "parent")
