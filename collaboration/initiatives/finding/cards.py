"""What a list shows of an initiative, as indexing left it: no list computes anything."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse

from collaboration.initiatives.models import IndexedCard, Scale, Stage, Visibility


@dataclass(frozen=True, slots=True)
class Chip:
    """An ambition, strand or building block as a small label."""

    code: str
    title: str
    slug: str


@dataclass(frozen=True, slots=True)
class Named:
    """An organisation or area by name and address; areas also have a code."""

    name: str
    slug: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Key:
    """The identity of a card before it is read: enough to look for a rendered copy of it."""

    id: int
    reference: str
    stamp: str

    @property
    def cache_key(self) -> str:
        return f"card:{self.reference}:{self.stamp}"


@dataclass(frozen=True, slots=True)
class Card:
    """An initiative in a list. Empty text and None mean "not stated"."""

    id: int
    stamp: str
    reference: str
    title: str
    summary: str
    stage: str
    scale: str
    starts_on: date | None
    ends_on: date | None
    lead: Named | None
    ambitions: tuple[Chip, ...]
    strands: tuple[Chip, ...]
    blocks: tuple[Chip, ...]
    areas: tuple[Named, ...]
    partners: int
    """How many organisations and groups take part, the lead not counted."""
    verified_at: datetime | None
    changed_at: datetime
    visibility: str
    is_exemplar: bool

    @property
    def cache_key(self) -> str:
        """Changes whenever anything the card shows changes, renamed organisations and strands included."""
        return f"card:{self.reference}:{self.stamp}"

    @property
    def url(self) -> str:
        return reverse("initiative", args=[self.reference])

    @property
    def stage_label(self) -> str:
        return str(Stage(self.stage).label) if self.stage else ""

    @property
    def scale_label(self) -> str:
        return str(Scale(self.scale).label) if self.scale else ""

    @property
    def visibility_label(self) -> str:
        return str(Visibility(self.visibility).label)

    @property
    def is_public(self) -> bool:
        return self.visibility == Visibility.PUBLIC


def card_from(pk: int, stamp: str, data: dict[str, Any]) -> Card:
    """A card from what indexing kept."""
    lead = data["lead"]
    return Card(
        id=pk,
        stamp=stamp,
        reference=data["reference"],
        title=data["title"],
        summary=data["summary"],
        stage=data["stage"],
        scale=data["scale"],
        starts_on=date.fromisoformat(data["starts_on"]) if data["starts_on"] else None,
        ends_on=date.fromisoformat(data["ends_on"]) if data["ends_on"] else None,
        lead=Named(lead["name"], lead["slug"]) if lead else None,
        ambitions=tuple(Chip(**chip) for chip in data["ambitions"]),
        strands=tuple(Chip(**chip) for chip in data["strands"]),
        blocks=tuple(Chip(**chip) for chip in data["blocks"]),
        areas=tuple(Named(**area) for area in data["areas"]),
        partners=data["partners"],
        verified_at=datetime.fromisoformat(data["verified_at"]) if data["verified_at"] else None,
        changed_at=datetime.fromisoformat(data["changed_at"]),
        visibility=data["visibility"],
        is_exemplar=data["is_exemplar"],
    )


def cards(ids: Iterable[int]) -> list[Card]:
    """The cards of these initiatives, in the order asked for (one query, none for no ids).

    Asks nothing about who may see them: ``ids`` come from :func:`~collaboration.initiatives.finding.find_keys` or
    another read that did. What is not published has no card and is left out.
    """
    wanted: Sequence[int] = list(ids)
    if not wanted:
        return []
    rows = IndexedCard.objects.filter(pk__in=wanted).values_list("pk", "stamp", "card")
    found = {pk: card_from(pk, stamp, data) for pk, stamp, data in rows}
    return [found[pk] for pk in wanted if pk in found]
