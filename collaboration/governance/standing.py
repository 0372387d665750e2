"""What an actor is on a partnership board, today: the ground under every rule and every list.

Everything follows from the mandate the actor acts under now. Somebody who sits on a board for one organisation and acts
for another just now is, for that while, nobody there; whose mandate has ended has no standing either.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from collaboration.governance.models import Access, ChairTerm, PartnershipBoard, Seat, SeatHolder
from groundwork.access.actors import Actor, Role
from groundwork.clock import today
from groundwork.directory.models import holding_on

KEEPING: Final[tuple[Role, ...]] = ("lead", "officer")
"""Roles in the lead organisation that keep its boards."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What somebody is on one board. ``keeps``: may change the board itself; ``runs``: prepares and runs meetings."""

    sits: bool = False
    votes: bool = False
    is_chair: bool = False
    is_secretary: bool = False
    leads: bool = False

    @property
    def is_of_the_board(self) -> bool:
        """Sees what is for this board."""
        return self.sits or self.leads

    @property
    def keeps(self) -> bool:
        return self.leads or self.is_secretary or self.is_chair

    @property
    def runs(self) -> bool:
        return self.keeps


NOBODY = Standing()


def standing_of(actor: Actor, board: PartnershipBoard) -> Standing:
    """What ``actor`` is on ``board`` today. Two queries at most, once for each object of a board."""
    if actor.is_system:
        return Standing(leads=True)
    if actor.person is None or actor.mandate is None:
        return NOBODY
    known: dict[int, Standing] = board.__dict__.setdefault("_standings", {})
    if actor.mandate.pk not in known:
        known[actor.mandate.pk] = _standing(actor, board)
    return known[actor.mandate.pk]


def _standing(actor: Actor, board: PartnershipBoard) -> Standing:
    leads = actor.acts_for(board.lead_id, *KEEPING) or (board.lead_id is None and actor.is_officer)
    seats = list(Seat.objects.filter(seats_of(actor), board=board))
    if not seats:
        return Standing(leads=leads)
    chair = ChairTerm.objects.filter(holding_on(today()), board=board, role=ChairTerm.Role.CHAIR, seat__in=_held(actor))
    return Standing(
        sits=True,
        votes=any(seat.votes for seat in seats),
        is_chair=chair.exists(),
        is_secretary=any(seat.role == Seat.Role.SECRETARY for seat in seats),
        leads=leads,
    )


def seats_of(actor: Actor, *, prefix: str = "") -> Q:
    """The seats that ``actor`` fills today, as holder or deputy, for the organisation they act for now."""
    if actor.person is None or actor.mandate is None:
        return Q(pk__in=[])
    return holding(prefix, today()) & Q(**{f"{prefix}pk__in": _held(actor)})


def _held(actor: Actor) -> QuerySet[SeatHolder, Any]:
    """The keys of the seats that the actor fills. A deputy stands in for who holds the seat, as chair as well."""
    day, body = today(), actor.organisation_id
    held = SeatHolder.objects.filter(
        holding_on(day), holding("mandate__", day), person=actor.person, seat__organisation=body
    ).filter(mandate__organisation=body)
    return held.order_by().values("seat")


def holding(prefix: str, day: date) -> Q:
    """``holding_on`` for something reached through ``prefix`` (``"mandate__"``)."""
    starts, ends = f"{prefix}valid_from", f"{prefix}valid_to"
    return (Q(**{starts: None}) | Q(**{f"{starts}__lte": day})) & (Q(**{ends: None}) | Q(**{f"{ends}__gt": day}))


def appoints(actor: Actor, board: PartnershipBoard) -> bool:
    """Whether ``actor`` says who fills a seat of ``board``: leads of an organisation that has one today."""
    if actor.role != "lead":
        return False
    return Seat.objects.filter(holding_on(today()), board=board, organisation=actor.organisation_id).exists()


def boards_appointed_to(actor: Actor) -> Q:
    """The set-wise twin of :func:`appoints`."""
    if actor.role != "lead":
        return Q(pk__in=[])
    return Q(Exists(Seat.objects.filter(holding_on(today()), board=OuterRef("pk"), organisation=actor.organisation_id)))


def boards_of(actor: Actor) -> Q:
    """The boards on which ``actor`` has a standing: the set-wise twin of :attr:`Standing.is_of_the_board`."""
    if actor.is_system:
        return Q()
    if actor.person is None or actor.mandate is None:
        return Q(pk__in=[])
    mine = Exists(Seat.objects.filter(seats_of(actor), board=OuterRef("pk")))
    return Q(mine) | _led(actor)


def boards_run_by(actor: Actor) -> Q:
    """The boards of which ``actor`` is chair or secretary: they see also what is for named people only."""
    if actor.is_system:
        return Q()
    if actor.person is None or actor.mandate is None:
        return Q(pk__in=[])
    mine = Seat.objects.filter(seats_of(actor), board=OuterRef("pk"))
    chairs = ChairTerm.objects.filter(
        holding_on(today()),
        role=ChairTerm.Role.CHAIR,
        board=OuterRef("pk"),
        seat__in=Seat.objects.filter(seats_of(actor)).order_by().values("pk"),
    )
    return Q(Exists(mine.filter(role=Seat.Role.SECRETARY))) | Q(Exists(chairs))


def boards_kept_by(actor: Actor) -> Q:
    """The set-wise twin of :attr:`Standing.keeps`."""
    return boards_run_by(actor) | _led(actor)


def _led(actor: Actor) -> Q:
    led = Q(pk__in=[])
    if actor.role in KEEPING:
        led |= Q(lead=actor.organisation_id)
    if actor.is_officer:
        led |= Q(lead=None)
    return led


def admits(actor: Actor, board: PartnershipBoard, level: str, *, is_named: bool = False) -> bool:
    """Whether something of ``board`` with this level of access is shown to ``actor``.

    Named people see it, and those who run the board's meetings, because they minute it.
    """
    if actor.is_system or level == Access.PUBLIC:
        return True
    if level == Access.PARTNERS:
        return actor.is_partner
    standing = standing_of(actor, board)
    if level == Access.BOARD:
        return standing.is_of_the_board
    return is_named or standing.is_chair or standing.is_secretary
