"""The frameworks' sections of a place catalogue: frameworks, their elements, links, planning layers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.text import slugify

from groundwork.catalogue.catalogue import source_of, sources_of
from groundwork.catalogue.ledger import Ledger
from groundwork.catalogue.reading import Catalogue, Mapping, longest
from groundwork.catalogue.registry import section
from groundwork.directory.catalogue.dated import organisations_called
from groundwork.directory.queries import fold
from vision.frameworks.models import (
    Element,
    ElementAlias,
    ElementLink,
    Framework,
    PlanningFramework,
    PlanningLayer,
)

_NAMED_IN_ADDRESSES = (Framework.Part.VISION, Framework.Part.BUILDING_BLOCKS)
"""Elements of these frameworks have public pages of their own, addressed by their titles; others by their codes."""

LONGEST_ADDRESS = 60
"""Characters. An element with a longer title is addressed by its short one."""


@dataclass
class LinkRow:
    from_code: str
    to: str
    kind: str
    reason: str


@dataclass
class ElementRow:
    code: str
    slug: str
    parent: str | None
    values: dict[str, Any]
    aliases: list[str]
    links: list[LinkRow]


@dataclass
class FrameworkRow:
    key: str
    owner: str | None
    values: dict[str, Any]
    elements: list[ElementRow] = field(default_factory=list)


@section("frameworks", after=("organisations",))
class Frameworks:
    """``frameworks.yaml`` and ``frameworks/*.yaml``; ``parts`` in ``place.yaml`` says which plays which part."""

    @staticmethod
    def read(catalogue: Catalogue) -> list[FrameworkRow]:
        parts = _read_parts(catalogue)
        rows: list[FrameworkRow] = []
        for top in catalogue.files("frameworks"):
            for entry in top.mappings("frameworks", required=True):
                rows.append(_read_framework(catalogue, entry, parts, len(rows) + 1))
        return rows

    @staticmethod
    def write(rows: list[FrameworkRow], ledger: Ledger) -> None:
        owners = organisations_called(row.owner for row in rows)
        known = {each.key: each for each in Framework.objects.select_related("owner")}
        # A part that passes from one framework to another is laid down before it is taken up.
        for row in rows:
            found = known.get(row.key)
            if found and found.part and found.part != row.values["part"]:
                ledger.settle(Framework, "framework", row.key, found, {"part": ""})
        for key in sorted(known.keys() - {row.key for row in rows}):
            ledger.withdraw("framework", key, known[key], {"part": ""})
            if known[key].withdrawn_on is None:
                ledger.withdraw("framework", key, known[key], {"withdrawn_on": ledger.today})
        for row in rows:
            values = {**row.values, "owner": owners[row.owner] if row.owner else None, "withdrawn_on": None}
            ledger.settle(Framework, "framework", row.key, known.get(row.key), values, at_birth={"key": row.key})


@section("elements", after=("frameworks",))
class Elements:
    """The elements of every framework, in the order and nesting in which the catalogue has them."""

    @staticmethod
    def read(catalogue: Catalogue) -> list[FrameworkRow]:
        rows: list[FrameworkRow] = catalogue.parsed["frameworks"]
        return rows

    @staticmethod
    def write(rows: list[FrameworkRow], ledger: Ledger) -> None:
        frameworks = {each.key: each for each in Framework.objects.all()}
        known = {each.code: each for each in Element.objects.select_related("framework", "parent")}
        aliases: dict[int, dict[str, ElementAlias]] = {}
        for alias in ElementAlias.objects.all():
            aliases.setdefault(alias.element_id, {})[alias.folded] = alias
        for row in rows:
            for element in row.elements:
                values = {
                    "framework": frameworks[row.key],
                    "parent": known[element.parent] if element.parent else None,
                    **element.values,
                    "withdrawn_on": None,
                }
                known[element.code] = ledger.settle(
                    Element,
                    "element",
                    element.code,
                    known.get(element.code),
                    values,
                    at_birth={"code": element.code, "slug": element.slug},
                )
                _settle_aliases(ledger, known[element.code], element, aliases.get(known[element.code].pk, {}))
        for code in sorted(known.keys() - {element.code for row in rows for element in row.elements}):
            if known[code].withdrawn_on is None:
                ledger.withdraw("element", code, known[code], {"withdrawn_on": ledger.today})


@section("links", after=("elements",))
class Links:
    """What an element says of elements of other frameworks, or of a framework as a whole."""

    @staticmethod
    def read(catalogue: Catalogue) -> list[LinkRow]:
        rows: list[FrameworkRow] = catalogue.parsed["frameworks"]
        return [link for row in rows for element in row.elements for link in element.links]

    @staticmethod
    def write(rows: list[LinkRow], ledger: Ledger) -> None:
        elements = {each.code: each for each in Element.objects.all()}
        frameworks = {each.key: each for each in Framework.objects.all()}
        known = {
            (
                link.from_element.code,
                link.to_element.code if link.to_element else link.to_framework.key if link.to_framework else "",
                link.kind,
            ): link
            for link in ElementLink.objects.select_related("from_element", "to_element", "to_framework")
        }
        for row in rows:
            identity = (row.from_code, row.to, row.kind)
            ends = {
                "from_element": elements[row.from_code],
                "to_element": elements.get(row.to),
                "to_framework": None if row.to in elements else frameworks[row.to],
                "kind": row.kind,
            }
            ledger.settle(
                ElementLink, "link", _link_key(identity), known.get(identity), {"reason": row.reason}, at_birth=ends
            )
        for identity in sorted(known.keys() - {(row.from_code, row.to, row.kind) for row in rows}):
            ledger.remove("link", _link_key(identity), known[identity], {"reason": known[identity].reason})


def _link_key(identity: tuple[str, str, str]) -> str:
    return f"{identity[0]} {identity[2]} {identity[1]}"[:100]


def _read_parts(catalogue: Catalogue) -> dict[str, str]:
    """``{framework key: part}``."""
    top = catalogue.file("place.yaml")
    below = top.mapping("parts", required=True) if top else None
    found: dict[str, str] = {}
    if below is None:
        return found
    for part in Framework.Part.values:
        key = below.text(part) if part == Framework.Part.VISION else below.text_or_null(part)
        catalogue.refer("framework", key, below, on=part)
        if key in found:
            below.problem(f"“{key}” cannot play two parts.", part)
        elif key:
            found[key] = part
    return found


def _read_framework(catalogue: Catalogue, entry: Mapping, parts: dict[str, str], order: int) -> FrameworkRow:
    key = entry.slug("key", longest=80)
    catalogue.declare("framework", key, entry, on="key")
    owner = entry.text_or_null("owner")
    catalogue.refer("organisation", owner, entry, on="owner")
    period = entry.mapping("period")
    begins = period.whole("from", least=1000, most=2999) if period else None
    ends = period.whole("to", least=1000, most=2999) if period else None
    if period and begins and ends and ends < begins:
        period.problem("“to” must not be an earlier year than “from”.", "to")
    facts = entry.plain("facts")
    more = sources_of(entry, "other_sources")
    row = FrameworkRow(
        key=key,
        owner=owner,
        values={
            "title": entry.text("title", longest=longest(Framework, "title")),
            "also_called": entry.texts("also_called", longest=200),
            "part": parts.get(key, ""),
            "kind": entry.text("kind", longest=longest(Framework, "kind")),
            "period_from": begins,
            "period_to": ends,
            "launched_on": entry.day("launched"),
            "adopted_on": entry.day("adopted"),
            "summary": entry.text_or_empty("summary"),
            "facts": {**facts, **({"other_sources": more} if more else {})},
            "source": source_of(entry),
            "order": order,
        },
    )
    for below in entry.mappings("elements"):
        _read_element(catalogue, below, row, None, 0)
    return row


def _read_element(
    catalogue: Catalogue, entry: Mapping, framework: FrameworkRow, parent: str | None, depth: int
) -> None:
    code = entry.matching(
        "code", "[A-Za-z0-9][A-Za-z0-9.-]*", "letters, figures, dots and hyphens", longest=longest(Element, "code")
    )
    if catalogue.declare("element", code, entry, on="code"):
        catalogue.at_the_end(lambda: _refuse_both(catalogue, code, entry))
    if not entry.has("title"):
        entry.problem("“title” is missing; write null where the source does not state it.")
    most = longest(Element, "title")
    title = entry.text_or_null("title", longest=most)
    display_title = entry.text_or_null("display_title", longest=120)
    short_title = entry.text_or_null("short_title", longest=120) or display_title or ""
    named = framework.values["part"] in _NAMED_IN_ADDRESSES
    slug = entry.slug("slug", longest=120) if entry.has("slug") else ""
    spoken = title if title and len(title) <= LONGEST_ADDRESS else short_title or title or ""
    slug = slug or (slugify(spoken)[:120].strip("-") if named else "") or slugify(code)
    catalogue.declare("address of an element", slug, entry, on="slug" if entry.has("slug") else "code")
    aliases = [
        *entry.texts("alias_titles", longest=most),
        *entry.texts("title_variants", longest=most),
        *([display_title] if display_title else []),
    ]
    unique = {fold(alias): alias for alias in reversed(aliases) if fold(alias) and fold(alias) != fold(title or "")}
    element = ElementRow(
        code=code,
        slug=slug,
        parent=parent,
        values={
            "kind": entry.text("kind", longest=longest(Element, "kind")),
            "depth": depth,
            "order": len(framework.elements) + 1,
            "title": title,
            "short_title": short_title,
            "summary": entry.text_or_null("summary"),
            "facts": entry.plain("facts"),
        },
        aliases=sorted(unique.values()),
        links=_read_links(catalogue, entry, code),
    )
    framework.elements.append(element)
    for below in entry.mappings("children"):
        _read_element(catalogue, below, framework, code, depth + 1)


def _refuse_both(catalogue: Catalogue, code: str, entry: Mapping) -> None:
    if catalogue.declares("framework", code):
        entry.problem(f"“{code}” is also the key of a framework, so that a link to it could mean either.", "code")


def _read_links(catalogue: Catalogue, entry: Mapping, code: str) -> list[LinkRow]:
    """``links`` to elements or frameworks, and the ``building_blocks`` a recommendation speaks of."""
    found: dict[tuple[str, str], LinkRow] = {}
    stated: list[tuple[str, str, str, int]] = []
    for each in entry.mixed("links"):
        if isinstance(each, Mapping):
            kind = each.text_or_null("kind", longest=longest(ElementLink, "kind")) or "relates"
            stated.append((each.text("to"), kind, each.text_or_empty("reason"), each.line))
        else:
            stated.append((each[0], "relates", "", each[1]))
    stated += [(to, "building block", "", line) for to, line in entry.texts_with_lines("building_blocks")]
    for to, kind, reason, line in stated:
        if (to, kind) in found or to == code:
            entry.problem(f"“{code}” cannot link to itself or twice to “{to}”.", "links")
            continue
        found[to, kind] = LinkRow(code, to, kind, reason)
        # Which of the two it is, is known when every framework is read.
        catalogue.at_the_end(
            lambda to=to, line=line: (  # type: ignore[misc]
                None if catalogue.declares("framework", to) else catalogue.refer("element", to, entry, line=line)
            )
        )
    return list(found.values())


def _settle_aliases(ledger: Ledger, element: Element, row: ElementRow, held: dict[str, ElementAlias]) -> None:
    before = sorted(alias.title for alias in held.values())
    if before == row.aliases:
        return
    wanted = {fold(title): title for title in row.aliases}
    for folded, alias in held.items():
        if folded not in wanted:
            alias.delete()
        elif alias.title != wanted[folded]:
            alias.title = wanted[folded]
            alias.save(update_fields=["title"])
    ElementAlias.objects.bulk_create(
        ElementAlias(element=element, title=title, folded=folded)
        for folded, title in wanted.items()
        if folded not in held
    )
    ledger.note("element", row.code, "changed", {"aliases": [before, row.aliases]})


# --- planning ----------------------------------------------------------------------------------------------------


@dataclass
class PlanningRow:
    key: str
    owner: str | None
    values: dict[str, Any]
    layers: dict[int, dict[str, Any]] = field(default_factory=dict)


@section("planning", after=("organisations",))
class Planning:
    """``planning.yaml``: planning frameworks and their layers. A place may have none."""

    @staticmethod
    def read(catalogue: Catalogue) -> list[PlanningRow]:
        top = catalogue.file("planning.yaml")
        rows: list[PlanningRow] = []
        for entry in top.mappings("planning_frameworks", required=True) if top else []:
            key = entry.slug("key", longest=60)
            catalogue.declare("planning framework", key, entry, on="key")
            owner = entry.text_or_null("owner")
            catalogue.refer("organisation", owner, entry, on="owner")
            facts, more = entry.plain("facts"), sources_of(entry, "other_sources")
            row = PlanningRow(
                key,
                owner,
                {
                    "title": entry.text("title", longest=200),
                    "source": source_of(entry),
                    "facts": {**facts, **({"other_sources": more} if more else {})},
                    "order": len(rows) + 1,
                },
            )
            for below in entry.mappings("layers"):
                _read_layer(below, row)
            rows.append(row)
        return rows

    @staticmethod
    def write(rows: list[PlanningRow], ledger: Ledger) -> None:
        owners = organisations_called(row.owner for row in rows)
        known = {
            each.key: each for each in PlanningFramework.objects.select_related("owner").prefetch_related("layers")
        }
        for row in rows:
            held = {layer.level: layer for layer in known[row.key].layers.all()} if row.key in known else {}
            values = {**row.values, "owner": owners[row.owner] if row.owner else None}
            framework = ledger.settle(
                PlanningFramework, "planning framework", row.key, known.get(row.key), values, at_birth={"key": row.key}
            )
            for level, layer in row.layers.items():
                ledger.settle(
                    PlanningLayer,
                    "planning layer",
                    f"{row.key} {level}",
                    held.get(level),
                    layer,
                    at_birth={"planning_framework": framework, "level": level},
                )
            for level in sorted(held.keys() - row.layers.keys()):
                ledger.remove("planning layer", f"{row.key} {level}", held[level], {"name": held[level].name})
        for key in sorted(known.keys() - {row.key for row in rows}):
            ledger.remove("planning framework", key, known[key], {"title": known[key].title})


def _read_layer(entry: Mapping, row: PlanningRow) -> None:
    level = entry.whole("level", least=1, most=99)
    if level is None:
        if not entry.has("level"):
            entry.problem("“level” is missing.")
        return
    if level in row.layers:
        entry.problem(f"There is already a layer with level {level} here.", "level")
    row.layers[level] = {
        name: entry.text(name, longest=longest(PlanningLayer, name))
        if name == "name"
        else entry.text_or_empty(name, longest=longest(PlanningLayer, name))
        for name in ("name", "band", "horizon", "cadence", "owner", "summary")
    } | {"facts": entry.plain("facts")}
