"""``areas.yaml``: dated areas with their codes, tiles and successors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from groundwork.catalogue.ledger import Ledger
from groundwork.catalogue.reading import Catalogue, Mapping, longest
from groundwork.catalogue.registry import section
from groundwork.directory.catalogue.dated import end, references, refuse_circles, settle_successors
from groundwork.directory.models import Area
from groundwork.directory.queries import fold


@dataclass(frozen=True)
class AreaRow:
    code: str
    slug: str
    values: dict[str, Any]
    within: str | None
    successors: list[str]


@section("areas", after=("place",))
class Areas:
    """``areas.yaml``: dated areas, what they lie within, what succeeds them, where their tiles stand."""

    @staticmethod
    def read(catalogue: Catalogue) -> list[AreaRow]:
        top = catalogue.file("areas.yaml", required=True)
        rows: list[AreaRow] = []
        written: dict[str, Mapping] = {}
        tiles: dict[tuple[int, int], str] = {}
        for entry in top.mappings("areas", required=True) if top else []:
            code = entry.text("code", longest=longest(Area, "code"))
            name = entry.text("name", longest=longest(Area, "name"))
            slug = entry.slug("slug", longest=80) if entry.has("slug") else _slug(name)
            catalogue.declare("area", code, entry, on="code")
            catalogue.declare("address of an area", slug, entry, on="slug" if entry.has("slug") else "name")
            begins, ends = entry.days()
            tile = entry.wholes("tile", count=2, most=50)
            if tile and ends is None and (other := tiles.setdefault((tile[0], tile[1]), code)) != code:
                entry.problem(f"The tile of {other} already stands at {tile}.", "tile")
            within = entry.text_or_null("within")
            catalogue.refer("area", within, entry, on="within")
            successors = references(entry, "successors", "area")
            if code in successors:
                entry.problem("An area cannot succeed itself.", "successors")
            values = {
                "name": name,
                "kind": entry.text("kind", longest=longest(Area, "kind")),
                "tile_row": tile[0] if tile else None,
                "tile_column": tile[1] if tile else None,
                "valid_from": begins,
                "valid_to": ends,
            }
            written[code] = entry
            rows.append(AreaRow(code, slug, values, within, successors))
        refuse_circles("area", "lies within", {row.code: row.within for row in rows}, written)
        return rows

    @staticmethod
    def write(rows: list[AreaRow], ledger: Ledger) -> None:
        known = {area.code: area for area in Area.objects.select_related("within")}
        for row in rows:
            known[row.code] = ledger.settle(
                Area, "area", row.code, known.get(row.code), row.values,
                at_birth={"code": row.code, "slug": row.slug}, people_may_edit=True,
            )  # fmt: skip
        for row in rows:
            within = known[row.within] if row.within else None
            ledger.settle(Area, "area", row.code, known[row.code], {"within": within}, people_may_edit=True)
        settle_successors(ledger, "area", Area, {row.code: (known[row.code], row.successors) for row in rows}, known)
        for code in sorted(known.keys() - {row.code for row in rows}):
            # An area that a succession made never was the catalogue's to end.
            if ledger.last_said("area", code, "name") is not None:
                end(ledger, "area", code, known[code])


def _slug(name: str) -> str:
    return fold(name).replace(" ", "-")[:80].strip("-")
