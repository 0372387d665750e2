"""Loading a place catalogue: read it whole, rehearse it, then write it in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import IntegrityError, transaction

from groundwork.access.actors import Actor
from groundwork.access.errors import Conflict, NotAllowed
from groundwork.catalogue.ledger import Change, Kept, Ledger
from groundwork.catalogue.models import CatalogueChange, CatalogueLoad
from groundwork.catalogue.nodes import Problem
from groundwork.catalogue.reading import BrokenCatalogue, Catalogue
from groundwork.catalogue.registry import functions_after_load, sections
from groundwork.clock import now, today


@dataclass(frozen=True)
class Outcome:
    """What a load changed, or a rehearsal would change."""

    place: str
    at: datetime
    is_first: bool
    """Whether there was no place before."""
    changes: Sequence[Change]
    kept: Sequence[Kept]
    """Values that people changed, which the catalogue says otherwise and which stay."""
    load: CatalogueLoad | None
    """None for a rehearsal, and where nothing changed."""


class _Rehearsed(Exception):
    pass


def read_catalogue(directory: Path, *, shown_as: str = "") -> Catalogue:
    """Read and check a whole catalogue, without touching the database.

    Raises :class:`BrokenCatalogue` with every problem found, each naming file and line.
    """
    catalogue = Catalogue(directory, shown_as or directory.as_posix())
    if not directory.is_dir():
        raise BrokenCatalogue([Problem(catalogue.shown_as, 1, "There is no such directory.")])
    for section in sections():
        catalogue.parsed[section.name] = section.reader(catalogue)
    catalogue.finish()
    return catalogue


def rehearse(catalogue: Catalogue, *, actor: Actor, at: datetime | None = None) -> Outcome:
    """What :func:`load_catalogue` would do now. Everything it writes is rolled back."""
    outcome: Outcome | None = None
    try:
        with transaction.atomic():
            outcome = _load(catalogue, actor=actor, at=at or now(), for_good=False)
            raise _Rehearsed
    except _Rehearsed:
        assert outcome is not None  # noqa: S101 - set on the line before
        return outcome
    except IntegrityError as error:
        raise Conflict(_clash(error)) from error


def load_catalogue(
    catalogue: Catalogue, *, actor: Actor, expected: Outcome | None = None, at: datetime | None = None
) -> Outcome:
    """Make the place what its catalogue says, in one transaction, and keep what changed.

    ``expected`` is the rehearsal somebody agreed to: raises :class:`Conflict` when the load would now change something
    else. Raises :class:`NotAllowed` unless the system itself or an operator asks, and :class:`Conflict` when this
    installation serves another place.
    """
    try:
        with transaction.atomic():
            outcome = _load(catalogue, actor=actor, at=at or (expected.at if expected else now()), for_good=True)
            if expected is not None and list(outcome.changes) != list(expected.changes):
                raise Conflict("The place changed since these changes were shown. Nothing was written; look again.")
    except IntegrityError as error:
        raise Conflict(_clash(error)) from error
    return outcome


def _clash(error: IntegrityError) -> str:
    return f"The catalogue and what is already in the database exclude each other; nothing was written ({error})."


def _load(catalogue: Catalogue, *, actor: Actor, at: datetime, for_good: bool) -> Outcome:
    if not (actor.is_system or actor.is_operator):
        raise NotAllowed("Only an operator can load a place catalogue.")
    key = catalogue.place
    ledger = Ledger(place=key, at=at, today=today())
    for section in sections():
        section.writer(catalogue.parsed[section.name], ledger)
    load: CatalogueLoad | None = None
    if ledger.changes and for_good:
        load = CatalogueLoad.objects.create(
            place=key,
            digest=catalogue.digest(),
            at=at,
            added=ledger.count("added"),
            changed=ledger.count("changed"),
            withdrawn=ledger.count("withdrawn"),
        )
        CatalogueChange.objects.bulk_create(
            CatalogueChange(load=load, kind=c.kind, key=c.key, what=c.what, differences=c.differences)
            for c in ledger.changes
        )
        for function in functions_after_load():
            function(ledger)
    is_first = any(c.kind == "place" and c.what == "added" for c in ledger.changes)
    return Outcome(key, at, is_first, tuple(ledger.changes), tuple(ledger.kept), load)
