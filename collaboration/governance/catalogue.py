"""``partnerships.yaml``: boards, groups, commissions and assemblies that arrive with the place, with their seats.

What is not stated (purpose, lead partner, members) stays so. Once loaded, a board belongs to people: a later load only
brings what the *catalogue* changed, and leaves what people changed; a board they set up under the same address too.
Seats are given when the board first arrives.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import Q

from collaboration.governance.models import Access, PartnershipBoard, Seat
from groundwork.access.actors import SystemActor
from groundwork.audit.services import keep
from groundwork.catalogue.catalogue import source_of
from groundwork.catalogue.ledger import Kept, Ledger
from groundwork.catalogue.reading import Catalogue, Mapping, longest
from groundwork.catalogue.registry import section
from groundwork.directory.catalogue.dated import organisations_called
from groundwork.directory.models import Area, Organisation
from vision.frameworks.models import Element

LEFT_CATALOGUE: Final = "No longer in the place catalogue."
"""Why a board is closed whose entry left the catalogue; one that returns goes on."""

_ACTS: Final = {"added": "load", "changed": "reload", "withdrawn": "withdraw"}
_STATUSES: Final = ("proposed", "active", "closed")


@dataclass
class BoardRow:
    key: str
    values: dict[str, Any]
    body: str | None
    lead: str | None
    parent: str | None
    elements: list[str]
    areas: list[str]
    written: Mapping
    seats: list[tuple[str, str, str]] = field(default_factory=list)
    """(organisation, role, what the seat is for)."""


@section("partnerships", after=("organisations", "areas", "elements"))
class Partnerships:
    """A place may have none."""

    @staticmethod
    def read(catalogue: Catalogue) -> list[BoardRow]:
        top = catalogue.file("partnerships.yaml")
        rows = [_read(catalogue, entry) for entry in top.mappings("partnerships", required=True)] if top else []
        _refuse_circles(rows)
        bodies: set[str] = set()
        for row in rows:
            if row.body in bodies:
                row.written.problem(f"“{row.body}” is the body of another board already.", "body")
            bodies.add(row.body or "")
        return rows

    @staticmethod
    def write(rows: list[BoardRow], ledger: Ledger) -> None:
        slugs = {each for row in rows for each in (row.body, row.lead, *(slug for slug, _r, _t in row.seats)) if each}
        organisations = organisations_called(slugs)
        elements = {each.code: each for each in Element.objects.filter(code__in={c for r in rows for c in r.elements})}
        areas = {each.code: each for each in Area.objects.filter(code__in={c for row in rows for c in row.areas})}
        known = {
            each.slug: each
            for each in PartnershipBoard.objects.filter(Q(from_catalogue=True) | Q(slug__in=[row.key for row in rows]))
            .select_related("lead", "body", "parent")
            .prefetch_related("elements", "areas")
        }
        for row in rows:
            found = known.get(row.key)
            board = known[row.key] = _settle(row, found, organisations, ledger)
            _settle_many(row, board, "elements", row.elements, elements, ledger)
            _settle_many(row, board, "areas", row.areas, areas, ledger)
            if found is None:
                _seat(row, board, organisations, ledger)
        for row in rows:
            parent = known[row.parent] if row.parent else None
            ledger.settle(
                PartnershipBoard, "partnership", row.key, known[row.key], {"parent": parent}, people_may_edit=True
            )
        for key in sorted(key for key in known.keys() - {row.key for row in rows} if known[key].from_catalogue):
            _close(key, known[key], ledger)
        _keep_history(ledger)


def _read(catalogue: Catalogue, entry: Mapping) -> BoardRow:
    key = entry.slug("key", longest=90)
    if key == "new":
        entry.problem("“new” is taken: choose another key.", "key")
    catalogue.declare("partnership", key, entry, on="key")
    named = {name: entry.text_or_null(name) for name in ("body", "lead")}
    for name, slug in named.items():
        catalogue.refer("organisation", slug, entry, on=name)
    parent = entry.text_or_null("parent")
    catalogue.refer("partnership", parent, entry, on="parent")
    elements, areas = entry.texts("elements"), entry.texts("areas")
    for code in elements:
        catalogue.refer("element", code, entry, on="elements")
    for code in areas:
        catalogue.refer("area", code, entry, on="areas")
    starts, ends = entry.day("starts_on"), entry.day("ends_on")
    if starts and ends and ends <= starts:
        entry.problem("“ends_on” must be a later day than “starts_on”.", "ends_on")
        ends = None
    values = {
        # Where the catalogue gives no name, the body's own is used.
        "name": entry.text_or_empty("name", longest=longest(PartnershipBoard, "name")),
        "abbreviation": entry.text_or_empty("abbreviation", longest=longest(PartnershipBoard, "abbreviation")),
        "kind": entry.one_of("kind", tuple(PartnershipBoard.Kind.values), "board"),
        "status": entry.one_of("status", _STATUSES, "active"),
        "purpose": entry.text_or_empty("purpose", longest=longest(PartnershipBoard, "purpose")),
        "terms": entry.text_or_empty("terms", longest=longest(PartnershipBoard, "terms")),
        "starts_on": starts,
        "ends_on": ends,
        "source": source_of(entry),
    }
    if not values["name"] and named["body"] is None:
        entry.problem("A board must state its name or its body.", "name")
    row = BoardRow(key, values, named["body"], named["lead"], parent, elements, areas, entry)
    for below in entry.mappings("members"):
        organisation = below.text("organisation")
        catalogue.refer("organisation", organisation, below, on="organisation")
        role = below.one_of("role", tuple(Seat.Role.values), "member")
        seat = (organisation, role, below.text_or_empty("title", longest=longest(Seat, "title")))
        if seat in row.seats:
            below.problem(f"“{organisation}” stands twice in this board.", "organisation")
        row.seats.append(seat)
    return row


def _refuse_circles(rows: list[BoardRow]) -> None:
    above = {row.key: row.parent for row in rows}
    for row in rows:
        seen, at = {row.key}, row.parent
        while at is not None and at not in seen:
            seen.add(at)
            at = above.get(at)
        if at is not None:
            row.written.problem(f"“{row.key}” reports to itself in the end.", "parent")


def _settle(
    row: BoardRow, found: PartnershipBoard | None, organisations: dict[str, Organisation], ledger: Ledger
) -> PartnershipBoard:
    body = organisations[row.body] if row.body else None
    values = {
        **row.values,
        "name": row.values["name"] or (body.name if body else ""),
        "abbreviation": row.values["abbreviation"] or (body.abbreviation if body else ""),
        "body": body,
        "lead": organisations[row.lead] if row.lead else None,
    }
    birth = {
        "slug": row.key,
        "access": Access.PUBLIC,
        "from_catalogue": True,
        "created_at": ledger.at,
    }
    if found is not None and found.status == "closed" and found.closed_reason == LEFT_CATALOGUE:
        back = {"status": row.values["status"], "closed_on": None, "closed_reason": ""}
        ledger.settle(PartnershipBoard, "partnership", row.key, found, back)
    return ledger.settle(PartnershipBoard, "partnership", row.key, found, values, at_birth=birth, people_may_edit=True)


def _settle_many(
    row: BoardRow, board: PartnershipBoard, name: str, codes: list[str], things: dict[str, Any], ledger: Ledger
) -> None:
    said = ledger.last_said("partnership", row.key, name, [])
    if said == codes:
        return
    held = sorted(each.code for each in getattr(board, name).all())
    if held != sorted(said):
        # People changed it: the record has gone its own way.
        ledger.kept.append(Kept("partnership", row.key, name, held, codes))
        return
    getattr(board, name).set([things[code] for code in codes])
    ledger.note("partnership", row.key, "changed", {name: [said, codes]})


def _seat(row: BoardRow, board: PartnershipBoard, organisations: dict[str, Organisation], ledger: Ledger) -> None:
    for order, (slug, role, title) in enumerate(row.seats, start=1):
        Seat.objects.create(
            board=board,
            organisation=organisations[slug],
            role=role,
            title=title,
            order=order,
            from_catalogue=True,
            created_at=ledger.at,
        )
    if row.seats:
        ledger.note("partnership", row.key, "changed", {"members": [[], [slug for slug, _role, _title in row.seats]]})


def _close(key: str, board: PartnershipBoard, ledger: Ledger) -> None:
    if board.status == "closed":
        return
    if board.seats.filter(from_catalogue=False).exists() or board.lead_id is not None:
        # People made it theirs.
        ledger.kept.append(Kept("partnership", key, "status", board.status, "closed"))
        return
    values = {"status": "closed", "closed_on": ledger.today, "closed_reason": LEFT_CATALOGUE}
    ledger.withdraw("partnership", key, board, values)


def _keep_history(ledger: Ledger) -> None:
    """What the load did to each board, in the history people read, and in its version."""
    actor = SystemActor(name="place catalogue", via="command")
    touched = {change.key: change for change in ledger.changes if change.kind == "partnership"}
    for board in PartnershipBoard.objects.filter(slug__in=touched):
        change = touched[board.slug]
        if change.what != "added":
            board.version += 1
            board.save(update_fields=["version"])
        shown = ("name", "status", "purpose", "lead", "elements", "areas", "members")
        told = {name: pair for name, pair in change.differences.items() if name in shown}
        keep(actor=actor, action=f"partnership.{_ACTS[change.what]}", obj=board, changes=told, at=ledger.at)
