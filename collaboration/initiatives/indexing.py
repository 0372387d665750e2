"""Writing what initiatives are found by: facets, search texts, and cards ready to be listed.

Everything here is derived: it can be thrown away and made again (``goldenthread rebuild-index``). Services call
:func:`reindex` at the end of every change, in the same transaction, so that a list never disagrees with a record.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import F, Prefetch, Q, QuerySet

from collaboration.initiatives import columns, trigrams
from collaboration.initiatives.models import (
    Alignment,
    Facet,
    IndexedCard,
    Initiative,
    Partner,
    SearchText,
    SearchWord,
    Stage,
    Visibility,
)
from groundwork.clock import today
from groundwork.directory.models import Area, holding_on
from vision.frameworks.models import Element, ElementAlias, Framework

BATCH = 250
MAX_BODY = 60_000
"""Characters of search text per initiative: PostgreSQL refuses a text vector of more than a megabyte."""
MAX_WORD = SearchWord._meta.get_field("word").max_length or 40
MAX_YEARS = 60
CARD_SUMMARY = 240


def normalise(text: str) -> str:
    """Text as words between single spaces: lower case, no accents, no punctuation.

    Both databases' own parsers then cut it alike: PostgreSQL would read "promotion/lobbying" as one file name.
    """
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(re.findall(r"[^\W_]+", bare))


def all_elements() -> dict[int, Element]:
    """Every element by primary key, with its framework, in order (one query)."""
    return {e.pk: e for e in Element.objects.select_related("framework").order_by("framework__order", "order")}


@dataclass(frozen=True)
class Ground:
    """What the frameworks and areas say, read once for a whole batch."""

    elements: dict[int, Element]
    aliases: dict[int, list[str]]
    areas: dict[int, Area]

    @classmethod
    def read(cls) -> Ground:
        aliases: dict[int, list[str]] = {}
        for element_id, title in ElementAlias.objects.values_list("element_id", "title"):
            aliases.setdefault(element_id, []).append(title)
        return cls(
            elements=all_elements(),
            aliases=aliases,
            areas=Area.objects.in_bulk(),
        )

    def path(self, element: Element) -> list[Element]:
        """The element and everything above it, nearest first."""
        path, seen = [element], {element.pk}
        while path[-1].parent_id and path[-1].parent_id not in seen:
            seen.add(path[-1].parent_id)
            path.append(self.elements[path[-1].parent_id])
        return path

    def around(self, area: Area) -> list[Area]:
        """The area and the areas it lies within, nearest first."""
        found, seen = [area], {area.pk}
        while found[-1].within_id and found[-1].within_id not in seen:
            seen.add(found[-1].within_id)
            found.append(self.areas[found[-1].within_id])
        return found


class Made(NamedTuple):
    """Everything derived from one initiative."""

    facets: tuple[tuple[str, str], ...]
    """(kind, value), each once."""
    title: str
    body: str
    stamp: str
    sort_title: str
    card: dict[str, Any]
    said: dict[str, Any]


@dataclass
class _Aligned:
    ambitions: dict[str, Element] = field(default_factory=dict)
    strands: dict[str, Element] = field(default_factory=dict)
    blocks: dict[str, Element] = field(default_factory=dict)
    elements: dict[str, Element] = field(default_factory=dict)


def _aligned(initiative: Initiative, ground: Ground) -> _Aligned:
    found = _Aligned()
    for alignment in initiative.alignments.all():
        path = ground.path(ground.elements[alignment.element_id])
        part = path[0].framework.part
        for element in path:
            found.elements[element.code] = element
        if part == Framework.Part.VISION:
            found.ambitions[path[-1].code] = path[-1]
            if len(path) > 1:
                found.strands[path[-2].code] = path[-2]
        elif part == Framework.Part.BUILDING_BLOCKS:
            found.blocks[path[-1].code] = path[-1]
    return found


def _years(initiative: Initiative) -> range:
    """The calendar years in which an initiative runs, as far as stated."""
    first, last = initiative.starts_on, initiative.ends_on
    if first is None:
        return range(last.year, last.year + 1) if last else range(0)
    if last is None:
        over = initiative.stage in (Stage.COMPLETED, Stage.ENDED)
        until = first.year if over else max(first.year, today().year)
    else:
        until = last.year
    return range(first.year, min(until, first.year + MAX_YEARS) + 1)


def _cut(text: str, length: int) -> str:
    # The items of a list become one line: a dot between them reads better than the dash that began each.
    text = " ".join(re.sub(r"(?m)^\s*[-*•]\s+", "· ", text).split())
    return text if len(text) <= length else text[: length - 1].rsplit(" ", 1)[0].rstrip(",;:.") + "…"


def make(initiative: Initiative, ground: Ground) -> Made:
    """Derive everything from one initiative as :func:`records` reads it."""
    aligned = _aligned(initiative, ground)
    partners = initiative.shown_partners  # type: ignore[attr-defined]
    areas = list(initiative.areas.all())
    around = {a.pk: a for area in areas for a in ground.around(area)}
    organisations = {p.organisation_id: p.organisation for p in partners}
    lead = initiative.lead
    if lead:
        organisations[lead.pk] = lead

    # Who and where it was with before they were succeeded: found by their addresses still, counted as of their days.
    past_areas = {a.pk: a for area in initiative.past_areas.all() for a in ground.around(area)}
    past_partners = [p for p in initiative.succeeded_partners if p.organisation_id not in organisations]  # type: ignore[attr-defined]

    facets = [
        ("all", ""),
        *(("ambition", code) for code in aligned.ambitions),
        *(("strand", code) for code in aligned.strands),
        *(("block", code) for code in aligned.blocks),
        *(("element", code) for code in aligned.elements),
        *(("area", area.code) for area in {**around, **past_areas}.values()),
        *(("organisation", str(pk)) for pk in organisations),
        *(("organisation", str(p.organisation_id)) for p in past_partners),
        *(("sector", str(each.sector_id)) for each in organisations.values()),
        *(("year", str(year)) for year in _years(initiative)),
    ]
    if initiative.stage:
        facets.append(("stage", initiative.stage))
    if initiative.is_exemplar:
        facets.append(("exemplar", "yes"))

    words = [
        initiative.reference,
        initiative.summary,
        initiative.difference,
        initiative.participation,
        *(alignment.contribution for alignment in initiative.alignments.all()),
        *(f"{p.printed_as} {p.organisation.name} {p.organisation.abbreviation} {p.contribution}" for p in partners),
        f"{lead.name} {lead.abbreviation}" if lead else "",
        *(element.title or "" for element in aligned.elements.values()),
        *(title for element in aligned.elements.values() for title in ground.aliases.get(element.pk, [])),
        *(area.name for area in {**around, **past_areas}.values()),
        *(f"{p.printed_as} {p.organisation.name} {p.organisation.abbreviation}" for p in past_partners),
    ]
    others = {pk for pk, each in organisations.items() if not lead or pk != lead.pk}
    card = {
        "reference": initiative.reference,
        "title": initiative.title,
        "summary": _cut(initiative.summary, CARD_SUMMARY),
        "stage": initiative.stage,
        "scale": initiative.scale,
        "starts_on": initiative.starts_on.isoformat() if initiative.starts_on else None,
        "ends_on": initiative.ends_on.isoformat() if initiative.ends_on else None,
        "lead": {"name": lead.name, "slug": lead.slug} if lead else None,
        "ambitions": [_chip(e) for e in aligned.ambitions.values()],
        "strands": [_chip(e) for e in aligned.strands.values()],
        "blocks": [_chip(e) for e in aligned.blocks.values()],
        "areas": [{"code": a.code, "name": a.name, "slug": a.slug} for a in areas],
        "partners": len(others),
        "verified_at": initiative.verified_at.isoformat() if initiative.verified_at else None,
        "changed_at": initiative.changed_at.isoformat(),
        "visibility": initiative.visibility,
        "is_exemplar": initiative.is_exemplar,
    }
    kept = json.dumps(card, sort_keys=True, ensure_ascii=False)
    return Made(
        facets=tuple(dict.fromkeys(facets)),
        title=normalise(initiative.title),
        body=normalise(" \n ".join(words))[:MAX_BODY],
        stamp=hashlib.sha256(kept.encode()).hexdigest()[:16],
        sort_title=normalise(initiative.title)[:200],
        card=card,
        said=columns.said(initiative, partners, ground.elements),
    )


def _chip(element: Element) -> dict[str, str]:
    return {"code": element.code, "title": element.label, "slug": element.slug}


def findable() -> Q:
    """The initiatives that lists may hold: published, neither withdrawn nor merged into another."""
    return ~Q(visibility=Visibility.DRAFT) & Q(withdrawn_at=None, merged_into=None)


def shown_partners() -> Q:
    """The partners that are shown as such: not those that declined, not those whose part has ended."""
    return ~Q(confirmation=Partner.Confirmation.DECLINED) & holding_on(today())


def succeeded_partners() -> Q:
    """The parts that ended with their organisation, because another succeeded it: lists still find by it."""
    return Q(valid_to=F("organisation__valid_to"), valid_to__lte=today()) & ~Q(
        confirmation=Partner.Confirmation.DECLINED
    )


def records(ids: Iterable[int]) -> list[Initiative]:
    """The findable initiatives among ``ids`` with all that :func:`make` reads (eight queries)."""
    found = whole(Initiative.objects.filter(findable(), pk__in=list(ids))).prefetch_related(
        "past_areas",
        Prefetch(
            "partners",
            Partner.objects.filter(succeeded_partners()).select_related("organisation").order_by("pk"),
            to_attr="succeeded_partners",
        ),
    )
    return list(found.order_by("pk"))


def whole(rows: QuerySet[Initiative]) -> QuerySet[Initiative]:
    """Initiatives with what :func:`make` and :func:`columns.said` read of each: five queries for any number."""
    return rows.select_related("lead").prefetch_related(
        "areas",
        "funding",
        Prefetch("alignments", Alignment.objects.order_by("-is_main", "element__framework__order", "element__order")),
        Prefetch(
            "partners",
            Partner.objects.filter(shown_partners())
            .select_related("organisation")
            .order_by("organisation__name", "role", "pk"),
            to_attr="shown_partners",
        ),
    )


def reindex(ids: Iterable[int]) -> None:
    """Write again what these initiatives are found by; forget those that are not published, withdrawn or merged.

    Works set-wise, in batches. Locks the initiatives' rows, so that of two changes the later one is what stays.
    """
    wanted = sorted(set(ids))
    if not wanted:
        return
    ground = Ground.read()
    for start in range(0, len(wanted), BATCH):
        _reindex_batch(wanted[start : start + BATCH], ground)


@transaction.atomic
def _reindex_batch(ids: list[int], ground: Ground) -> None:
    list(Initiative.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk", flat=True))
    found = records(ids)
    gone = set(ids) - {initiative.pk for initiative in found}
    if gone:
        for derived in (Facet, SearchText, IndexedCard):
            derived._default_manager.filter(initiative_id__in=gone).delete()
    if not found:
        return

    kept: dict[int, dict[tuple[str, str], Facet]] = {initiative.pk: {} for initiative in found}
    for facet in Facet.objects.filter(initiative_id__in=kept):
        kept[facet.initiative_id][facet.kind, facet.value] = facet
    new: list[Facet] = []
    stale: list[int] = []
    texts: list[SearchText] = []
    cards: list[IndexedCard] = []
    for initiative in found:
        made = make(initiative, ground)
        is_public = initiative.visibility == Visibility.PUBLIC
        before = kept[initiative.pk]
        stale += [facet.pk for key, facet in before.items() if key not in made.facets]
        new += [
            Facet(
                initiative_id=initiative.pk,
                kind=kind,
                value=value,
                is_public=is_public,
                changed_at=initiative.changed_at,
            )
            for kind, value in made.facets
            if (kind, value) not in before
        ]
        if any(f.is_public != is_public or f.changed_at != initiative.changed_at for f in before.values()):
            Facet.objects.filter(initiative_id=initiative.pk).update(
                is_public=is_public, changed_at=initiative.changed_at
            )
        texts.append(
            SearchText(
                initiative_id=initiative.pk,
                title=made.title,
                body=made.body,
                is_public=is_public,
                changed_at=initiative.changed_at,
            )
        )
        cards.append(
            IndexedCard(
                initiative_id=initiative.pk,
                stamp=made.stamp,
                sort_title=made.sort_title,
                card=made.card,
                said=made.said,
            )
        )
    if stale:
        Facet.objects.filter(pk__in=stale).delete()
    Facet.objects.bulk_create(new, batch_size=1000)
    written = ("title", "body", "is_public", "changed_at")
    before_texts = {row.initiative_id: row for row in SearchText.objects.filter(initiative_id__in=kept)}
    SearchText.objects.bulk_create(
        [
            text
            for text in texts
            if not (old := before_texts.get(text.initiative_id))
            or any(getattr(old, field) != getattr(text, field) for field in written)
        ],
        update_conflicts=True,
        update_fields=written,
        unique_fields=["initiative"],
    )
    IndexedCard.objects.bulk_create(
        cards,
        update_conflicts=True,
        update_fields=["stamp", "sort_title", "card", "said"],
        unique_fields=["initiative"],
    )
    learn(word for text in texts for word in (text.title + " " + text.body).split())


def learn(words: Iterable[str]) -> None:
    """Add words to the vocabulary that spelling help draws on. Short words and numbers are not worth correcting to."""
    seen = {word for word in words if 4 <= len(word) <= MAX_WORD and not word.isdigit()}
    if not seen:
        return
    # Asked for first and added in order: two transactions that add the same words do not wait for each other crosswise.
    known: set[str] = set()
    listed = sorted(seen)
    for start in range(0, len(listed), 500):
        chunk = listed[start : start + 500]
        known |= set(SearchWord.objects.filter(pk__in=chunk).values_list("pk", flat=True))
    SearchWord.objects.bulk_create(
        [SearchWord(word=word, length=len(word)) for word in listed if word not in known],
        ignore_conflicts=True,
        batch_size=400,
    )


def reindex_named(
    *, organisations: Iterable[int] = (), elements: Iterable[int] = (), areas: Iterable[int] = ()
) -> None:
    """Index again whatever shows one of these by name, because it was renamed. Takes primary keys."""
    below = set(elements)
    while more := set(Element.objects.filter(parent_id__in=below).values_list("pk", flat=True)) - below:
        below |= more
    inside = set(areas)
    while more := set(Area.objects.filter(within_id__in=inside).values_list("pk", flat=True)) - inside:
        inside |= more
    named = list(organisations)
    reindex(
        Initiative.objects.filter(
            Q(lead_id__in=named)
            | Q(partners__organisation_id__in=named)
            | Q(alignments__element_id__in=below)
            | Q(areas__in=inside)
        ).values_list("pk", flat=True)
    )


def rebuild() -> Iterator[int]:
    """Index everything again, in batches of its own transactions. Yields how many initiatives were looked at so far."""
    if connection.vendor == "postgresql":
        trigrams.ensure_trigrams()
    ground = Ground.read()
    last, looked_at = 0, 0
    while ids := list(Initiative.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        _reindex_batch(ids, ground)
        last = ids[-1]
        looked_at += len(ids)
        yield looked_at
