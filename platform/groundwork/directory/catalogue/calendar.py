"""``calendar.yaml``: the days that the place keeps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from groundwork.catalogue.ledger import Ledger
from groundwork.catalogue.reading import Catalogue, Mapping
from groundwork.catalogue.registry import section
from groundwork.directory.models import PlaceDate

KINDS = {"holidays": PlaceDate.Kind.HOLIDAY, "before_elections": PlaceDate.Kind.PRE_ELECTION}
"""The lists of the file, and what is in them."""


@dataclass(frozen=True)
class DateRow:
    key: str
    values: dict[str, Any]


@section("calendar", after=("place",))
class Calendar:
    """``calendar.yaml``. A place may do without; what people added on the pages is theirs and stays."""

    @staticmethod
    def read(catalogue: Catalogue) -> list[DateRow]:
        top = catalogue.file("calendar.yaml")
        if top is None:
            return []
        return [row for name, kind in KINDS.items() for each in top.mappings(name) if (row := _row(each, kind))]

    @staticmethod
    def write(rows: list[DateRow], ledger: Ledger) -> None:
        known = {(each.kind, each.starts_on, each.name): each for each in PlaceDate.objects.all()}
        kept = set()
        for row in rows:
            values = row.values
            found = known.get((values["kind"], values["starts_on"], values["name"]))
            kept.add(ledger.settle(PlaceDate, "place date", row.key, found, {**values, "from_catalogue": True}).pk)
        for each in known.values():
            if each.from_catalogue and each.pk not in kept:
                last = {name: getattr(each, name) for name in ("kind", "name", "starts_on", "ends_on")}
                ledger.remove("place date", _key(each.kind, each.starts_on), each, last)


def _row(entry: Mapping, kind: PlaceDate.Kind) -> DateRow | None:
    """One day, or a period from a first to a last day."""
    name = entry.text("name", longest=100)
    starts_on = _day(entry, "day") if entry.has("day") else _day(entry, "first_day")
    ends_on = starts_on if entry.has("day") else _day(entry, "last_day")
    if not name or starts_on is None or ends_on is None:
        return None
    if ends_on < starts_on:
        entry.problem("“last_day” must not come before “first_day”.", "last_day")
        return None
    key = _key(kind, starts_on)
    if not entry.catalogue.declare("place date", key, entry):
        return None
    return DateRow(key, {"kind": kind.value, "name": name, "starts_on": starts_on, "ends_on": ends_on})


def _day(entry: Mapping, key: str) -> date | None:
    found = entry.day(key)
    if found is None and entry.text_or_null(key) is None:
        entry.problem(f"“{key}” is missing.", key)
    return found


def _key(kind: str, starts_on: date) -> str:
    return f"{kind}-{starts_on.isoformat()}"
