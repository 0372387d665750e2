"""What changed in the register since a moment, read for any number of readers at once.

Which of it a reader may know of is the same as in :mod:`collaboration.initiatives.queries.history`; no reader's name is
needed to read it, so that a thousand digests cost what one costs.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from collaboration.initiatives.finding.words import Words
from collaboration.initiatives.models import Facet, Initiative
from collaboration.initiatives.queries.history import Change, label_of, readable
from collaboration.initiatives.queries.visibility import visible_to
from collaboration.initiatives.rules import keeps, may_view
from groundwork.access.actors import Actor
from groundwork.audit.queries import acts_since

_AT_ONCE = 400
"""Searches in one statement: SQLite takes 500 in one."""


@dataclass(frozen=True, kw_only=True)
class Act:
    """One act on a record. ``person_id`` is who did it, so that they need not be told."""

    id: UUID
    at: datetime
    action: str
    label: str
    organisation: str
    person_id: int | None
    changes: tuple[Change, ...]


@dataclass(kw_only=True)
class Changed:
    """One initiative with the acts on it, the newest first, as each sort of reader may know of them."""

    initiative: Initiative
    terms: frozenset[tuple[str, str]]
    """The facets it has, and ``("initiative", reference)``."""
    public: tuple[Act, ...] = ()
    partners: tuple[Act, ...] = ()
    keepers: tuple[Act, ...] = ()
    is_open: bool = field(init=False)
    """Whether everybody may see the record."""

    def __post_init__(self) -> None:
        self.is_open = self.initiative.visibility == "public" and self.initiative.withdrawn_at is None

    def is_seen_by(self, actors: Iterable[Actor]) -> bool:
        """Whether a reader sees the record under any of their mandates. No query."""
        return self.is_open or any(may_view(actor, self.initiative) for actor in actors)

    def acts_for(self, actors: Iterable[Actor]) -> tuple[Act, ...]:
        """The acts a reader may know of under any of their mandates. No query."""
        found = self.public
        for actor in actors:
            if keeps(actor, self.initiative):
                return self.keepers
            if actor.is_partner:
                found = self.partners
        return found


def changed_since(since: datetime, until: datetime | None = None) -> dict[int, Changed]:
    """Every initiative on which somebody acted after ``since`` (and before ``until``), by primary key. Three queries,
    whoever asks."""
    acts: dict[int, list[Any]] = {}
    happened = acts_since(since, Initiative)
    for entry in happened if until is None else happened.filter(at__lt=until):
        acts.setdefault(int(entry.object_id), []).append(entry)
    if not acts:
        return {}
    terms: dict[int, set[tuple[str, str]]] = {pk: set() for pk in acts}
    for pk, kind, value in Facet.objects.filter(initiative_id__in=acts).values_list("initiative_id", "kind", "value"):
        terms[pk].add((kind, value))
    found: dict[int, Changed] = {}
    for initiative in Initiative.objects.select_related("lead").filter(pk__in=acts):
        entries = acts[initiative.pk]

        def told(*, is_keeper: bool, is_partner: bool, it: Initiative = initiative, of: list[Any] = entries) -> Any:
            return tuple(
                Act(
                    id=entry.pk,
                    at=entry.at,
                    action=entry.action,
                    label=label_of(entry.action),
                    organisation=entry.organisation.name if entry.organisation else "",
                    person_id=entry.person_id,
                    changes=tuple(changes),
                )
                for entry, changes in readable(of, it, is_keeper=is_keeper, is_partner=is_partner)
            )

        found[initiative.pk] = Changed(
            initiative=initiative,
            terms=frozenset(terms[initiative.pk] | {("initiative", initiative.reference)}),
            public=told(is_keeper=False, is_partner=False),
            partners=told(is_keeper=False, is_partner=True),
            keepers=told(is_keeper=True, is_partner=True),
        )
    return found


def with_words(asked: Iterable[str]) -> dict[str, set[int]]:
    """For each of several searches as they were typed, the initiatives that have its words. One query for 400 of them.

    The same words find the same as in a list; whether a reader may see what was found is not asked.
    """
    queries = {text: Words.parse(text) for text in dict.fromkeys(asked)}
    found: dict[str, set[int]] = {text: set() for text in queries}
    searched = [(text, words.query) for text, words in queries.items() if words]
    if connection.vendor == "postgresql":
        one = (
            "SELECT %s AS n, initiative_id AS id FROM initiatives_searchtext "
            "WHERE vector @@ websearch_to_tsquery('english', %s)"
        )
    else:
        one = "SELECT %s AS n, rowid AS id FROM initiatives_fts WHERE initiatives_fts MATCH %s"
    for start in range(0, len(searched), _AT_ONCE):
        part = searched[start : start + _AT_ONCE]
        with connection.cursor() as cursor:
            cursor.execute(
                " UNION ALL ".join([one] * len(part)),
                [value for n, (_text, query) in enumerate(part) for value in (n, query)],
            )
            for n, pk in cursor.fetchall():
                found[part[int(n)][0]].add(pk)
    return found


def seen_ids(actor: Actor, ids: Iterable[int]) -> set[int]:
    """Of these initiatives, those the actor may see (one query)."""
    return set(visible_to(actor).filter(pk__in=list(ids)).values_list("pk", flat=True))


def terms_of(ids: Iterable[int]) -> dict[int, set[tuple[str, str]]]:
    """The facets of some initiatives and their references as ``("initiative", reference)``. Two queries."""
    terms: dict[int, set[tuple[str, str]]] = {}
    wanted = list(ids)
    for pk, reference in Initiative.objects.filter(pk__in=wanted).values_list("pk", "reference"):
        terms[pk] = {("initiative", reference)}
    for pk, kind, value in Facet.objects.filter(initiative_id__in=wanted).values_list("initiative_id", "kind", "value"):
        terms.setdefault(pk, set()).add((kind, value))
    return terms
