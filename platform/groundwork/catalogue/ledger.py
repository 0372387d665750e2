"""What a load writes, and the record of it: every difference between catalogue and database passes through here."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, TypeVar

from django.db import models

from groundwork.catalogue.models import CatalogueChange

_M = TypeVar("_M", bound=models.Model)
What = Literal["added", "changed", "withdrawn"]
_UNKNOWN = object()


@dataclass(frozen=True)
class Change:
    """One thing a load adds, changes or withdraws. ``differences`` is ``{field: [before, after]}``."""

    kind: str
    key: str
    what: What
    differences: dict[str, list[Any]]


@dataclass(frozen=True)
class Kept:
    """A value that the catalogue changed but people had changed too: theirs stays."""

    kind: str
    key: str
    field: str
    kept: Any
    catalogue: Any


def shown(value: Any) -> Any:
    """A value as history keeps it: JSON, with things named by what people know them by."""
    if isinstance(value, models.Model):
        for name in ("code", "slug", "key", "reference"):
            if hasattr(value, name):
                return getattr(value, name)
        return str(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value


def _same(left: Any, right: Any) -> bool:
    return json.dumps(left, sort_keys=True) == json.dumps(right, sort_keys=True)


@dataclass
class Ledger:
    """The writes of one load.

    :meth:`settle` writes a thing only where it differs, so that a second load of the same catalogue writes nothing.
    For things that people may edit, it writes a value only when the catalogue's *own* value changed since it was last
    loaded and nobody has changed it meanwhile; what the catalogue last said is known from the history of loads.
    """

    place: str
    at: datetime
    today: date
    changes: list[Change] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)
    _last_said: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)

    def note(self, kind: str, key: str, what: What, differences: Mapping[str, list[Any]]) -> None:
        """Record a change that was written by the section itself. Two notes on one thing become one."""
        for index, known in enumerate(self.changes):
            if (known.kind, known.key, known.what) == (kind, key, what) or (
                (known.kind, known.key) == (kind, key) and known.what == "added"
            ):
                merged = {**known.differences, **differences}
                self.changes[index] = Change(kind, key, known.what, merged)
                return
        self.changes.append(Change(kind, key, what, dict(differences)))

    def last_said(self, kind: str, key: str, name: str, default: Any = None) -> Any:
        """The value the catalogue gave to a field when it was last loaded, or ``default``."""
        if kind not in self._last_said:
            known = self._last_said[kind] = {}
            loads = CatalogueChange.objects.filter(kind=kind, load__place=self.place).order_by("pk")
            for each_key, differences in loads.values_list("key", "differences"):
                known.setdefault(each_key, {}).update({n: pair[1] for n, pair in differences.items()})
        return self._last_said[kind].get(key, {}).get(name, default)

    def settle(
        self,
        model: type[_M],
        kind: str,
        key: str,
        found: _M | None,
        values: Mapping[str, Any],
        *,
        at_birth: Mapping[str, Any] | None = None,
        people_may_edit: bool = False,
    ) -> _M:
        """Make the thing so: create it where ``found`` is None, else write the ``values`` that differ.

        ``at_birth`` holds values that are given once and never changed by a later load, such as addresses.
        """
        if found is None:
            everything = {**(at_birth or {}), **values}
            created = model._default_manager.create(**everything)
            self.note(kind, key, "added", {name: [None, shown(value)] for name, value in everything.items()})
            return created
        differences: dict[str, list[Any]] = {}
        for name, value in values.items():
            before, after = shown(getattr(found, name)), shown(value)
            if _same(before, after) or (people_may_edit and not self._is_ours(found, kind, key, name, before, after)):
                continue
            setattr(found, name, value)
            differences[name] = [before, after]
        if differences:
            found.save(update_fields=list(differences))
            self.note(kind, key, "changed", differences)
        return found

    def _is_ours(self, found: models.Model, kind: str, key: str, name: str, before: Any, after: Any) -> bool:
        """Whether a value that differs from the catalogue's is still the one the catalogue gave it."""
        said = self.last_said(kind, key, name, _UNKNOWN)
        if said is _UNKNOWN:
            model_field = found._meta.get_field(name)
            said = shown(model_field.get_default()) if isinstance(model_field, models.Field) else None
        if _same(said, after):
            return False
        if _same(said, before):
            return True
        self.kept.append(Kept(kind, key, name, before, after))
        return False

    def withdraw(self, kind: str, key: str, thing: models.Model, values: Mapping[str, Any]) -> None:
        """Mark something that left the catalogue. Nothing is written where ``values`` already hold."""
        differences = {
            name: [shown(getattr(thing, name)), shown(value)]
            for name, value in values.items()
            if not _same(shown(getattr(thing, name)), shown(value))
        }
        if differences:
            for name in differences:
                setattr(thing, name, values[name])
            thing.save(update_fields=list(differences))
            self.note(kind, key, "withdrawn", differences)

    def remove(self, kind: str, key: str, thing: models.Model, values: Mapping[str, Any]) -> None:
        """Delete something nothing refers to. Its last ``values`` are kept in the history."""
        thing.delete()
        self.note(kind, key, "withdrawn", {name: [shown(value), None] for name, value in values.items()})

    def count(self, what: What) -> int:
        return sum(1 for change in self.changes if change.what == what)

    def keys_of(self, *kinds: str) -> set[str]:
        """The keys of the things of these kinds that this load touched."""
        return {change.key for change in self.changes if change.kind in kinds}


def changes_by_kind(changes: Iterable[Change]) -> dict[str, dict[What, int]]:
    """How many of each kind were added, changed and withdrawn, in the order of the load."""
    counts: dict[str, dict[What, int]] = {}
    for change in changes:
        of_kind = counts.setdefault(change.kind, {"added": 0, "changed": 0, "withdrawn": 0})
        of_kind[change.what] += 1
    return counts
