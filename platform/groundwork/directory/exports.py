"""Organisations and areas as tables people can take away: their columns, and their rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from groundwork.clock import today
from groundwork.directory.queries import areas, organisations_matching
from groundwork.sheets.chunks import in_chunks
from groundwork.sheets.columns import LICENCE, Column, Table, register_table

ORGANISATIONS: Final = register_table(
    Table(
        name="organisations",
        title=_("Organisations"),
        address="/organisations",
        columns=(
            Column(name="slug", kind="code", meaning=_("Its code here, which never changes.")),
            Column(name="name", kind="text", meaning=_("Its name today.")),
            Column(name="abbreviation", kind="text", meaning=_("Its usual abbreviation.")),
            Column(name="sector", kind="code", meaning=_("The code of the sector it belongs to.")),
            Column(name="sector_title", kind="text", meaning=_("That sector in words.")),
            Column(
                name="is_group",
                kind="yes_no",
                meaning=_("Whether it is a group that a source speaks of as one, such as “all councils”."),
            ),
            Column(name="status", kind="code", meaning=_("active, or proposed.")),
            Column(name="part_of", kind="code", meaning=_("The code of the organisation it is part of.")),
            Column(name="area", kind="code", meaning=_("The official (GSS) code of the area it serves.")),
            Column(
                name="identifiers",
                kind="list",
                meaning=_("Its identifiers in public schemes as scheme:value, such as gss:E07000071."),
            ),
            Column(name="names", kind="list", meaning=_("Other names it is found by, former ones included.")),
            Column(name="valid_from", kind="date", meaning=_("The first day it exists.")),
            Column(name="valid_to", kind="date", meaning=_("The day from which it does not exist.")),
            Column(name="summary", kind="text", meaning=_("What it is.")),
            Column(name="website", kind="address", meaning=_("Its own website.")),
            Column(name="address", kind="address", meaning=_("Its page here.")),
            LICENCE,
        ),
    )
)

AREAS: Final = register_table(
    Table(
        name="areas",
        title=_("Areas"),
        address="/areas",
        columns=(
            Column(name="code", kind="code", meaning=_("Its official (GSS) code.")),
            Column(name="name", kind="text", meaning=_("Its name.")),
            Column(name="kind", kind="text", meaning=_("What sort of area it is: district, unitary, county.")),
            Column(name="within", kind="code", meaning=_("The code of the area it is part of.")),
            Column(name="valid_from", kind="date", meaning=_("The first day it exists.")),
            Column(name="valid_to", kind="date", meaning=_("The day from which it does not exist.")),
            Column(
                name="initiatives",
                kind="number",
                unit=_("public initiatives"),
                meaning=_("How many public initiatives name it."),
            ),
            Column(name="address", kind="address", meaning=_("Its page here.")),
            LICENCE,
        ),
    )
)


def organisation_records(*, words: str = "", sector: str = "") -> Iterator[dict[str, Any]]:
    """The organisations of today, chosen as on their page, by name; four queries for each part of the list."""
    day = today()
    found = (
        organisations_matching(words=words, sector=sector)
        .select_related("sector", "area", "part_of")
        .prefetch_related("names", "identifiers")
    )
    for each in in_chunks(found):
        yield {
            "slug": each.slug,
            "name": each.name,
            "abbreviation": each.abbreviation,
            "sector": each.sector.code,
            "sector_title": each.sector.title,
            "is_group": each.is_group,
            "status": each.status,
            "part_of": each.part_of.slug if each.part_of else None,
            "area": each.area.code if each.area else None,
            "identifiers": [f"{known.scheme}:{known.value}" for known in each.identifiers.all() if known.holds_on(day)],
            "names": list(dict.fromkeys(known.name for known in each.names.all() if known.name != each.name)),
            "valid_from": each.valid_from,
            "valid_to": each.valid_to,
            "summary": each.summary,
            "website": each.website,
            "address": settings.BASE_URL + each.get_absolute_url(),
        }


def area_records(initiatives: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    """The areas of today by name; ``initiatives`` counts the public ones by code."""
    for each in in_chunks(areas().select_related("within")):
        yield {
            "code": each.code,
            "name": each.name,
            "kind": each.kind,
            "within": each.within.code if each.within else None,
            "valid_from": each.valid_from,
            "valid_to": each.valid_to,
            "initiatives": initiatives.get(each.code, 0),
            "address": settings.BASE_URL + each.get_absolute_url(),
        }
