"""``place.yaml``: the place itself."""

from __future__ import annotations

import zoneinfo
from dataclasses import dataclass
from typing import Any

from groundwork.access.errors import Conflict
from groundwork.catalogue.ledger import Ledger
from groundwork.catalogue.reading import Catalogue
from groundwork.catalogue.registry import section
from groundwork.directory.models import Place


@dataclass(frozen=True)
class PlaceRow:
    key: str
    values: dict[str, Any]
    convening_organisation: str | None


@section("place")
class ThePlace:
    """``place.yaml``. One installation serves one place: loading another is refused."""

    @staticmethod
    def read(catalogue: Catalogue) -> PlaceRow:
        top = catalogue.file("place.yaml", required=True)
        if top is None:
            return PlaceRow("", {}, None)
        catalogue.place = key = top.slug("key", longest=50)
        zone = top.text("time_zone", longest=50)
        if zone and zone not in zoneinfo.available_timezones():
            top.problem(f"“{zone}” is not a time zone; write one like Europe/London.", "time_zone")
        convening = top.text_or_null("convening_organisation")
        catalogue.refer("organisation", convening, top, on="convening_organisation")
        values = {
            "name": top.text("name", longest=100),
            "reference_prefix": top.matching(
                "reference_prefix", "[A-Z]{2,6}", "two to six capital letters, such as ESX", longest=6
            ),
            "time_zone": zone,
            "introduction": top.text_or_empty("introduction"),
            "data_licence": top.text_or_empty("data_licence", longest=200),
            "attribution": top.text_or_empty("attribution", longest=300),
        }
        return PlaceRow(key, values, convening)

    @staticmethod
    def write(row: PlaceRow, ledger: Ledger) -> None:
        found = Place.objects.select_for_update().first()
        if found is not None and found.key != row.key:
            raise Conflict(
                f"This installation serves {found.name} ({found.key}). Another place ({row.key}) needs an installation "
                "of its own: start one with another DATA_DIR or DATABASE_URL."
            )
        ledger.settle(Place, "place", row.key, found, row.values, at_birth={"key": row.key})
