"""Reading imports: whose they are, what stood in them, what came of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from collaboration.imports.models import Import, ImportedLine
from collaboration.initiatives.columns import COLUMNS, TEMPLATE
from collaboration.initiatives.models import Partner, Visibility
from collaboration.initiatives.rules import DECIDERS, EDITORS
from groundwork.access.actors import Actor
from groundwork.access.errors import NotFound

UNDO_FOR: Final = timedelta(days=30)
"""How long an import can be undone, counted from when its lines were in the register."""

UNDERSTOOD: Final = ("ref", *TEMPLATE)
"""The columns an import reads: the template's, and the reference that an export begins with."""

SAMPLES: Final = 3


def imports_of(actor: Actor) -> QuerySet[Import]:
    """The imports an actor sees, newest first: the set-wise twin of ``can(actor, "import.view", imported)``."""
    everything = Import.objects.select_related("person", "organisation")
    if actor.is_system:
        return everything
    seen = Q(pk=None)
    if actor.organisation_id is not None:
        ours = Q(organisation_id=actor.organisation_id)
        if actor.role in DECIDERS:
            seen |= ours
        elif actor.role in EDITORS and actor.person is not None:
            seen |= ours & Q(person=actor.person)
    if actor.is_officer:
        seen |= Q(organisation=None)
    return everything.filter(seen)


def get_import(actor: Actor, identifier: UUID | str) -> Import:
    """One import that ``actor`` sees. Raises :class:`NotFound`."""
    try:
        wanted = identifier if isinstance(identifier, UUID) else UUID(identifier)
    except (ValueError, AttributeError):
        wanted = None
    found = imports_of(actor).filter(pk=wanted).first() if wanted else None
    if found is None:
        raise NotFound(_("There is no such import, or you may not see it."))
    return found


@dataclass(frozen=True)
class Heading:
    """A column of the file: where it stands, how it is headed, what it is taken for ("" for left out), and samples."""

    index: int
    heading: str
    column: str
    samples: tuple[str, ...]


def headings(imported: Import) -> list[Heading]:
    """The columns of the file in its order; samples are the first filled cells of each (one query)."""
    first = list(ImportedLine.objects.filter(imported=imported).order_by("number").values_list("cells", flat=True)[:20])
    found = []
    for index, heading in enumerate(imported.headers):
        filled = (cells[index] for cells in first if index < len(cells) and cells[index])
        samples = tuple(dict.fromkeys(filled))[:SAMPLES]
        found.append(Heading(index, heading, imported.mapping.get(str(index), ""), samples))
    return found


def choices() -> list[tuple[str, str]]:
    """What a heading may be matched with: nothing first, then each column with its meaning."""
    meanings = {column.name: str(column.meaning) for column in COLUMNS}
    return [("", _("Leave it out")), *((name, f"{name}: {meanings[name]}") for name in UNDERSTOOD)]


def left_out(imported: Import) -> list[str]:
    """The headings that no column was found for, as they stand in the file, without :func:`only_told`."""
    return unmatched(imported.headers, imported.mapping)[0]


def only_told(imported: Import) -> list[str]:
    """The columns of an export that an import passes over: they tell what is worked out, or kept on a record's page."""
    return unmatched(imported.headers, imported.mapping)[1]


def unmatched(headers: Sequence[str], mapping: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Headings that stand for no column of ours: those nobody knows, and those an export writes only to tell."""
    rest = [heading for index, heading in enumerate(headers) if heading and not mapping.get(str(index))]
    told = {column.name for column in COLUMNS} - {*UNDERSTOOD}
    return [heading for heading in rest if heading not in told], [heading for heading in rest if heading in told]


def lines(imported: Import, verdict: str = "", *, after: int = 0, size: int = 50) -> Sequence[ImportedLine]:
    """Lines in the order of the file, those with ``verdict`` or all, from the one below line ``after``."""
    return list(_lines(imported, verdict).filter(number__gt=after)[:size])


def page_of_lines(imported: Import, verdict: str = "", page: int | str = 1, size: int = 50) -> Page[ImportedLine]:
    """One page of lines; a page that does not exist is the nearest one that does."""
    return Paginator(_lines(imported, verdict), size).get_page(page)


def _lines(imported: Import, verdict: str) -> QuerySet[ImportedLine]:
    found = ImportedLine.objects.filter(imported=imported).select_related("initiative").order_by("number")
    return found.filter(verdict=verdict) if verdict else found


@dataclass(frozen=True, kw_only=True)
class Summary:
    """How many lines would do what, or did."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0

    def __str__(self) -> str:
        return f"{self.new} new, {self.changed} changed, {self.unchanged} unchanged, {self.rejected} rejected"


def summary(imported: Import) -> Summary:
    """The counts of an import, by verdict."""
    return Summary(**{name: int(imported.counts.get(name, 0)) for name in ImportedLine.Verdict.values})


def left_alone(imported: Import) -> list[ImportedLine]:
    """After an undo: the lines whose records somebody has worked on since, with the reason in ``outcome_note``."""
    kept = ImportedLine.objects.filter(imported=imported, outcome=ImportedLine.Outcome.KEPT)
    return list(kept.select_related("initiative").order_by("number"))


def undo_until(imported: Import) -> datetime | None:
    """Until when it can be undone; None while there is nothing to undo."""
    if imported.imported_at is None or imported.status != Import.Status.IMPORTED:
        return None
    return imported.imported_at + UNDO_FOR


def asked_by(imported: Import) -> QuerySet[Partner]:
    """The partnerships that this import asked about and that still wait for an answer, by organisation.

    Those of records that are shown now: what was taken back, withdrawn or merged since asks nothing any more.
    """
    if imported.confirmed_at is None:
        return Partner.objects.none()
    done = ImportedLine.objects.filter(imported=imported, outcome=ImportedLine.Outcome.DONE)
    return (
        Partner.objects.filter(
            initiative_id__in=done.values("initiative_id"),
            confirmation=Partner.Confirmation.ASKED,
            asked_at__gte=imported.confirmed_at,
            valid_to=None,
            organisation__is_group=False,
            initiative__withdrawn_at=None,
            initiative__merged_into=None,
        )
        .exclude(initiative__visibility=Visibility.DRAFT)
        .select_related("organisation", "initiative")
        .order_by("organisation__name", "initiative__number", "pk")
    )
