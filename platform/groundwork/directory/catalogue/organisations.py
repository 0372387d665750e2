"""``sectors.yaml``, ``organisations.yaml`` and ``organisations/*.yaml``: bodies, groups, names and identifiers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from groundwork.catalogue.catalogue import source_of, sources_of
from groundwork.catalogue.ledger import Ledger
from groundwork.catalogue.reading import Catalogue, Mapping, longest
from groundwork.catalogue.registry import section
from groundwork.directory.catalogue.dated import (
    end,
    last_day,
    organisations_called,
    references,
    refuse_circles,
    settle_successors,
)
from groundwork.directory.catalogue.place import PlaceRow
from groundwork.directory.models import (
    Area,
    Organisation,
    OrganisationIdentifier,
    OrganisationName,
    Place,
    Sector,
)
from groundwork.directory.queries import fold, former_slugs

_Kind = OrganisationName.Kind


@dataclass(frozen=True)
class SectorRow:
    code: str
    values: dict[str, Any]


@section("sectors", after=("place",))
class Sectors:
    """``sectors.yaml``: the parts of the system that organisations belong to."""

    @staticmethod
    def read(catalogue: Catalogue) -> list[SectorRow]:
        top = catalogue.file("sectors.yaml", required=True)
        rows: list[SectorRow] = []
        for order, entry in enumerate(top.mappings("sectors", required=True) if top else [], start=1):
            code = entry.slug("code", longest=60)
            catalogue.declare("sector", code, entry, on="code")
            rows.append(SectorRow(code, {"title": entry.text("title", longest=100), "order": order}))
        return rows

    @staticmethod
    def write(rows: list[SectorRow], ledger: Ledger) -> None:
        known = {sector.code: sector for sector in Sector.objects.all()}
        for row in rows:
            ledger.settle(Sector, "sector", row.code, known.get(row.code), row.values, at_birth={"code": row.code})
        for code in sorted(known.keys() - {row.code for row in rows}):
            sector = known[code]
            # Organisations that left the catalogue, or that people added, may still belong to it: then it stays.
            if not sector.organisations.exists():
                ledger.remove("sector", code, sector, {"title": sector.title})


@dataclass(frozen=True)
class OrganisationRow:
    slug: str
    values: dict[str, Any]
    sector: str
    area: str | None
    part_of: str | None
    successors: list[str]
    names: list[tuple[str, str]]
    """(kind, name), the official one first."""
    identifiers: list[tuple[str, str, date | None, date | None]]
    written: Mapping = field(compare=False)


@section("organisations", after=("areas", "sectors"))
class Organisations:
    """``organisations.yaml`` and ``organisations/*.yaml``: bodies, groups of bodies, their names and identifiers."""

    @staticmethod
    def read(catalogue: Catalogue) -> list[OrganisationRow]:
        rows = [
            _read_organisation(catalogue, entry)
            for top in catalogue.files("organisations")
            for entry in top.mappings("organisations", required=True)
        ]
        _refuse_ambiguous_names(rows)
        _refuse_shared_identifiers(rows)
        refuse_circles(
            "organisation",
            "is part of",
            {row.slug: row.part_of for row in rows},
            {row.slug: row.written for row in rows},
        )
        return rows

    @staticmethod
    def write(rows: list[OrganisationRow], ledger: Ledger) -> None:
        areas = {area.code: area for area in Area.objects.all()}
        sectors = {sector.code: sector for sector in Sector.objects.all()}
        known = {each.slug: each for each in Organisation.objects.select_related("sector", "area", "part_of")}
        # The catalogue goes on calling by its old address what was renamed since.
        written = {row.slug for row in rows}
        for former, slug in former_slugs()["organisation"].items():
            if former in written and former not in known and slug not in written and slug in known:
                known[former] = known.pop(slug)
        for row in rows:
            values = {
                **row.values,
                "sector": sectors[row.sector],
                "area": areas[row.area] if row.area else None,
                "from_catalogue": True,
            }
            known[row.slug] = ledger.settle(
                Organisation, "organisation", row.slug, known.get(row.slug), values,
                at_birth={"slug": row.slug, "created_at": ledger.at}, people_may_edit=True,
            )  # fmt: skip
        for row in rows:
            part_of = known[row.part_of] if row.part_of else None
            ledger.settle(
                Organisation, "organisation", row.slug, known[row.slug], {"part_of": part_of}, people_may_edit=True
            )
        settle_successors(
            ledger, "organisation", Organisation, {row.slug: (known[row.slug], row.successors) for row in rows}, known
        )
        _settle_identifiers(ledger, [(known[row.slug], row) for row in rows])
        for row in rows:
            _settle_names(ledger, known[row.slug], row)
        for slug in sorted(known.keys() - {row.slug for row in rows}):
            if known[slug].from_catalogue:
                end(ledger, "organisation", slug, known[slug])


@section("convening organisation", after=("place", "organisations"))
class ConveningOrganisation:
    """Who convenes the partnership: named in ``place.yaml``, known only once organisations are."""

    @staticmethod
    def read(catalogue: Catalogue) -> PlaceRow:
        row: PlaceRow = catalogue.parsed["place"]
        return row

    @staticmethod
    def write(row: PlaceRow, ledger: Ledger) -> None:
        convening = organisations_called([row.convening_organisation]).get(row.convening_organisation or "")
        place = Place.objects.select_related("convening_organisation").get(key=row.key)
        # Where it was succeeded, its successor convenes until the catalogue itself says something new.
        ledger.settle(Place, "place", row.key, place, {"convening_organisation": convening}, people_may_edit=True)


def _read_organisation(catalogue: Catalogue, entry: Mapping) -> OrganisationRow:
    slug = entry.slug("key", longest=100)
    catalogue.declare("organisation", slug, entry, on="key")
    most = longest(OrganisationName, "name")
    name = entry.text("name", longest=most)
    abbreviation = entry.text_or_empty("abbreviation", longest=longest(Organisation, "abbreviation"))
    sector, area, part_of = entry.text("sector"), entry.text_or_null("area"), entry.text_or_null("part_of")
    catalogue.refer("sector", sector, entry, on="sector")
    catalogue.refer("area", area, entry, on="area")
    catalogue.refer("organisation", part_of, entry, on="part_of")
    place_name = entry.text_or_null("place_name", longest=most)
    named: list[tuple[str, str]] = [(_Kind.OFFICIAL, name)] if name else []
    named += [(_Kind.FORMER, each) for each in entry.texts("former_names", longest=most)]
    named += [(_Kind.ALIAS, each) for each in entry.texts("also_called", longest=most)]
    named += [(_Kind.ABBREVIATION, abbreviation)] if abbreviation else []
    named += [(_Kind.PLACE, place_name)] if place_name else []
    for _kind, each in named:
        if not fold(each):
            entry.problem(f"The name “{each}” has no letter or figure in it.", "name")
    begins, ends = entry.days()
    source = {
        "documents": sources_of(entry, "documents"),
        "where": entry.text_or_null("where_found", longest=300),
        "note": entry.text_or_null("note", longest=500),
        "founded_by": references(entry, "founded_by", "organisation"),
        **({"source": source_of(entry)} if entry.has("source") else {}),
    }
    values = {
        "name": name,
        "abbreviation": abbreviation,
        "is_group": entry.flag("group"),
        "status": entry.one_of("status", ("active", "proposed", "closed"), "active"),
        "summary": entry.text_or_empty("summary"),
        "website": _website(entry),
        "source": {what: value for what, value in source.items() if value},
        "valid_from": begins,
        "valid_to": ends,
    }
    identifiers: list[tuple[str, str, date | None, date | None]] = []
    for below in entry.mappings("identifiers"):
        since, until = below.days()
        scheme = below.matching("scheme", "[A-Za-z][A-Za-z0-9-]*", "a scheme such as gss, ods or GB-CHC", longest=40)
        identifiers.append((scheme, below.text("value", longest=60), since, until))
    successors = references(entry, "successors", "organisation")
    if slug in successors:
        entry.problem("An organisation cannot succeed itself.", "successors")
    return OrganisationRow(
        slug=slug,
        values=values,
        sector=sector,
        area=area,
        part_of=part_of,
        successors=successors,
        names=named,
        identifiers=identifiers,
        written=entry,
    )


def _website(entry: Mapping) -> str:
    text = entry.text_or_null("website", longest=200)
    if text and not text.startswith(("https://", "http://")):
        entry.problem(f"“website” is “{text}”; it must begin with https:// or http://.", "website")
        return ""
    return text or ""


def _refuse_ambiguous_names(rows: list[OrganisationRow]) -> None:
    """Two organisations must not be found under one name: then neither would be found."""
    owners: dict[str, OrganisationRow] = {}
    for row in rows:
        for name in [row.slug, *(name for _kind, name in row.names)]:
            owner = owners.setdefault(fold(name), row)
            if owner.slug != row.slug:
                row.written.problem(
                    f"“{name}” is also a name of “{owner.slug}” (line {owner.written.line}), so that neither could be "
                    "found by it.",
                    "name",
                )


def _refuse_shared_identifiers(rows: list[OrganisationRow]) -> None:
    holders: dict[tuple[str, str], str] = {}
    for row in rows:
        for scheme, value, _since, until in row.identifiers:
            if value and until is None and holders.setdefault((scheme, value), row.slug) != row.slug:
                holder = holders[scheme, value]
                row.written.problem(f"{scheme}:{value} is already the identifier of “{holder}”.", "identifiers")


def _settle_identifiers(ledger: Ledger, rows: list[tuple[Organisation, OrganisationRow]]) -> None:
    """Identifiers that were given up are closed before any is opened: one may pass from one body to another."""
    held: dict[int, dict[tuple[str, str], OrganisationIdentifier]] = {}
    for each in OrganisationIdentifier.objects.filter(organisation__from_catalogue=True):
        held.setdefault(each.organisation_id, {})[each.scheme, each.value] = each
    for organisation, row in rows:
        stated = {(scheme, value) for scheme, value, _since, _until in row.identifiers}
        said = ledger.last_said("organisation", row.slug, "identifiers", [])
        for (scheme, value), each in sorted(held.get(organisation.pk, {}).items()):
            dropped = any((pair[0], pair[1]) == (scheme, value) for pair in said)
            if (scheme, value) not in stated and dropped and each.valid_to is None:
                each.valid_to = last_day(each, ledger.today)
                each.save(update_fields=["valid_to"])
    for organisation, row in rows:
        now_said = [
            [s, v, a.isoformat() if a else None, b.isoformat() if b else None] for s, v, a, b in row.identifiers
        ]
        said = ledger.last_said("organisation", row.slug, "identifiers", [])
        if said == now_said:
            continue
        for scheme, value, since, until in row.identifiers:
            found = held.get(organisation.pk, {}).get((scheme, value))
            if found is None:
                OrganisationIdentifier.objects.create(
                    organisation=organisation, scheme=scheme, value=value, valid_from=since, valid_to=until
                )
            elif (found.valid_from, found.valid_to) != (since, until):
                found.valid_from, found.valid_to = since, until
                found.save(update_fields=["valid_from", "valid_to"])
        ledger.note("organisation", row.slug, "changed", {"identifiers": [said, now_said]})


def _settle_names(ledger: Ledger, organisation: Organisation, row: OrganisationRow) -> None:
    """Names the catalogue gained are added. An official name it lost becomes a former one; other lost names go.

    Names that people gave are left alone, and so are former ones: who looks for an old name must still find.
    """
    now_said = [[str(kind), name] for kind, name in row.names]
    said = ledger.last_said("organisation", row.slug, "names", [])
    if said == now_said:
        return
    held = {(each.kind, each.folded): each for each in organisation.names.all()}
    stated = {(kind, fold(name)) for kind, name in now_said}
    for kind, name in said:
        each = held.get((kind, fold(name)))
        if each is None or (kind, fold(name)) in stated:
            continue
        if kind == _Kind.OFFICIAL and (_Kind.FORMER, each.folded) not in held:
            each.kind, each.valid_to = _Kind.FORMER, last_day(each, ledger.today)
            each.save(update_fields=["kind", "valid_to"])
            held[_Kind.FORMER, each.folded] = each
        else:
            each.delete()
    for kind, name in now_said:
        each = held.get((kind, fold(name)))
        if each is None:
            held[kind, fold(name)] = OrganisationName.objects.create(
                organisation=organisation, name=name, folded=fold(name), kind=kind
            )
        elif each.name != name:
            each.name = name
            each.save(update_fields=["name"])
    ledger.note("organisation", row.slug, "changed", {"names": [said, now_said]})
