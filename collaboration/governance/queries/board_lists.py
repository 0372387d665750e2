"""Lists of partnership boards: by filters, by what they serve, by who sits on them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from collaboration.governance.models import PartnershipBoard, Seat
from collaboration.governance.queries import boards, visible
from collaboration.governance.standing import boards_of
from groundwork.access.actors import Actor
from groundwork.clock import today
from groundwork.directory.models import Area, Organisation, holding_on
from groundwork.sheets.chunks import CHUNK, in_chunks

Status = PartnershipBoard.Status
LONGEST_WORDS: Final = 100
ASKED_BEFORE: Final = timedelta(days=60)
"""How long before its end a board that is set up for a time asks to be renewed or closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a list shows. ``status``: open (proposed and active), proposed, active, limited, closed, any."""

    status: str = "open"
    kind: str = ""
    whose: str = "all"
    q: str = ""

    STATUSES = {
        "open": gettext_lazy("Proposed and active"),
        "proposed": gettext_lazy("Proposed"),
        "active": gettext_lazy("Active"),
        "limited": gettext_lazy("Active, for a time"),
        "closed": gettext_lazy("Closed"),
        "any": gettext_lazy("Any status"),
    }
    WHOSE = {"all": gettext_lazy("All you can see"), "mine": gettext_lazy("Those you are part of")}

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> tuple[Filters, list[str]]:
        """The filters an address asks for, with a sentence for each word that is none."""
        problems: list[str] = []
        status, kind, whose = query.get("status") or "open", query.get("kind") or "", query.get("whose") or "all"
        if status not in cls.STATUSES:
            problems.append(_("There is no status of that name."))
            status = "open"
        if kind and kind not in PartnershipBoard.Kind.values:
            problems.append(_("There is no kind of board of that name."))
            kind = ""
        if whose not in cls.WHOSE:
            problems.append(_("There is no list of that name."))
            whose = "all"
        words = " ".join("".join(c if c.isprintable() else " " for c in query.get("q", "")).split())[:LONGEST_WORDS]
        return cls(status=status, kind=kind, whose=whose, q=words), problems

    def asked(self) -> dict[str, str]:
        """As an address asks for them: those that are not as they are when nobody asks."""
        usual = Filters()
        return {
            name: getattr(self, name)
            for name in ("status", "kind", "whose", "q")
            if getattr(self, name) != getattr(usual, name)
        }


def listed(actor: Actor, filters: Filters) -> QuerySet[PartnershipBoard]:
    """The boards that the filters let through of those shown to ``actor``, by name."""
    found = visible.boards(actor).select_related("lead", "parent", "body")
    if filters.whose == "mine":
        found = found.filter(boards_of(actor)) if not actor.is_system else found
    found = found.filter(_with_status(filters.status))
    if filters.kind:
        found = found.filter(kind=filters.kind)
    for word in filters.q.split()[:10]:
        found = found.filter(Q(name__icontains=word) | Q(purpose__icontains=word) | Q(abbreviation__iexact=word))
    return found.order_by("name", "pk")


def seen_ids(actor: Actor, ids: Collection[int]) -> set[int]:
    """Of these boards, those the actor may see."""
    return set(visible.boards(actor).filter(pk__in=ids).values_list("pk", flat=True)) if ids else set()


def _with_status(status: str) -> Q:
    if status == "any":
        return Q()
    if status == "open":
        return ~Q(status=Status.CLOSED)
    if status == "limited":
        return Q(status=Status.ACTIVE, ends_on__isnull=False)
    return Q(status=status)


def serving(actor: Actor, codes: Iterable[str]) -> list[PartnershipBoard]:
    """The boards that go on and serve any of these elements, by name. One query."""
    found = visible.boards(actor).filter(elements__code__in=list(codes)).exclude(status=Status.CLOSED)
    return list(found.order_by("name", "pk").distinct())


def in_area(actor: Actor, area: Area) -> list[PartnershipBoard]:
    """The boards that go on and are for this area, by name. One query."""
    return list(visible.boards(actor).filter(areas=area).exclude(status=Status.CLOSED).order_by("name", "pk"))


class SeatOn(NamedTuple):
    """A board on which an organisation has seats: how many, whether one is vacant, and whether it leads the board."""

    board: PartnershipBoard
    seats: int
    vacant: bool
    chairs: str
    leads: bool


def of_organisation(actor: Actor, organisation: Organisation) -> list[SeatOn]:
    """The boards that go on and on which ``organisation`` has a seat, or that it leads, by name. Four queries."""
    seated = Seat.objects.filter(holding_on(today()), organisation=organisation).values("board")
    found = list(
        visible.boards(actor)
        .filter(Q(pk__in=seated) | Q(lead=organisation))
        .exclude(status=Status.CLOSED)
        .order_by("name", "pk")
    )
    if not found:
        return []
    rows = boards.sitting_of_many(found)
    told = []
    for board in found:
        mine = [row for row in rows[board.pk] if row.seat.organisation_id == organisation.pk]
        told.append(
            SeatOn(
                board=board,
                seats=len(mine),
                vacant=any(row.is_vacant for row in mine),
                chairs=next((row.chairs for row in mine if row.chairs), ""),
                leads=board.lead_id == organisation.pk,
            )
        )
    return told


def below(actor: Actor, board: PartnershipBoard) -> list[PartnershipBoard]:
    """The boards that go on and report to this one."""
    return list(visible.boards(actor).filter(parent=board).exclude(status=Status.CLOSED).order_by("name", "pk"))


def parents_for(actor: Actor, board: PartnershipBoard | None) -> list[PartnershipBoard]:
    """Boards that may be named as the one that ``board`` reports to."""
    found = visible.boards(actor).exclude(status=Status.CLOSED).order_by("name", "pk")
    return list(found.exclude(pk=board.pk) if board is not None else found)


def asks_to_be_renewed(board: PartnershipBoard, on: date | None = None) -> bool:
    """Whether its end is near, or has passed without an answer."""
    day = on or today()
    return board.is_time_limited and board.ends_on is not None and board.ends_on - ASKED_BEFORE <= day


def records(actor: Actor, found: QuerySet[PartnershipBoard]) -> Iterator[dict[str, Any]]:
    """Boards as the lines of files and of the API (:mod:`collaboration.governance.exports`): some queries a chunk.

    No people are named: a file travels further than its reader.
    """
    some: list[PartnershipBoard] = []
    for board in in_chunks(found.prefetch_related("elements", "areas")):
        some.append(board)
        if len(some) == CHUNK:
            yield from records_of(actor, some)
            some = []
    yield from records_of(actor, some)


def records_of(actor: Actor, some: list[PartnershipBoard]) -> Iterator[dict[str, Any]]:
    """:func:`records` of boards that were read already. Four queries."""
    seated = boards.sitting_of_many(some) if some else {}
    above = {each.parent_id for each in some if each.parent_id}
    shown = set(visible.boards(actor).filter(pk__in=above).values_list("pk", flat=True)) if above else set()
    for board in some:
        rows = seated[board.pk]
        chair = next((row.organisation.slug for row in rows if row.chairs == "chair"), None)
        parent = board.parent if board.parent_id in shown else None
        yield {
            "key": board.slug,
            "name": board.name,
            "abbreviation": board.abbreviation,
            "kind": board.kind,
            "status": board.status,
            "access": board.access,
            "purpose": board.purpose,
            "lead": board.lead.slug if board.lead else None,
            "parent": parent.slug if parent else None,
            "starts_on": board.starts_on,
            "ends_on": board.ends_on,
            "closed_on": board.closed_on,
            "elements": [each.code for each in board.elements.all()],
            "areas": [each.code for each in board.areas.all()],
            "organisations": list(dict.fromkeys(row.organisation.slug for row in rows)),
            "chair": chair,
            "seats": len(rows),
            "vacant": sum(row.is_vacant for row in rows),
            "path": board.get_absolute_url(),
        }
