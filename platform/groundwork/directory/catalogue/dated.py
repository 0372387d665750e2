"""What dated things of the directory share: references, successors, and how they end."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from groundwork.catalogue.ledger import Ledger
from groundwork.catalogue.reading import Mapping
from groundwork.directory.models import Area, FormerAddress, Organisation


def references(entry: Mapping, key: str, kind: str) -> list[str]:
    found = entry.texts_with_lines(key)
    for text, line in found:
        entry.catalogue.refer(kind, text, entry, line=line)
    return [text for text, _line in found]


def refuse_circles(kind: str, verb: str, above: dict[str, str | None], written: dict[str, Mapping]) -> None:
    """Nothing may be above itself. ``above`` says what is directly above each; ``written`` where each is written."""
    for start in above:
        seen: set[str] = set()
        each = above[start]
        while each is not None and each != start and each not in seen:
            seen.add(each)
            each = above.get(each)
        if each == start:
            written[start].problem(f"The {kind} “{start}” {verb} itself, directly or by way of others.")


def settle_successors(
    ledger: Ledger,
    kind: str,
    model: type[Area] | type[Organisation],
    rows: dict[str, tuple[Any, list[str]]],
    known: dict[str, Any],
) -> None:
    natural = "code" if model is Area else "slug"
    held: dict[int, list[str]] = {}
    pairs: Iterable[tuple[int, str]] = model.successors.through.objects.values_list(
        f"from_{model._meta.model_name}_id", f"to_{model._meta.model_name}__{natural}"
    )
    for pk, successor in pairs:
        held.setdefault(pk, []).append(successor)
    for key, (thing, successors) in rows.items():
        before, after = sorted(held.get(thing.pk, [])), sorted(set(successors))
        # What people planned, and what took effect, stays until the catalogue itself says something new.
        if before != after and sorted(ledger.last_said(kind, key, "successors", [])) != after:
            thing.successors.set([known[each] for each in after])
            ledger.note(kind, key, "changed", {"successors": [before, after]})


def organisations_called(slugs: Iterable[str | None]) -> dict[str, Organisation]:
    """Organisations by the slugs that a catalogue calls them by, also by one that they had before a rename."""
    wanted = {slug for slug in slugs if slug}
    found = {each.slug: each for each in Organisation.objects.filter(slug__in=wanted)}
    for former in FormerAddress.objects.filter(slug__in=wanted - found.keys()).select_related("organisation"):
        if former.organisation is not None:
            found[former.slug] = former.organisation
    return found


def last_day(thing: Any, today: date) -> date:
    """Today, or the day after it began where that is later: what ends must have been."""
    return max(today, thing.valid_from + timedelta(days=1)) if thing.valid_from else today


def end(ledger: Ledger, kind: str, key: str, thing: Any) -> None:
    """End what left the catalogue. It stays in the database: initiatives, mandates and history speak of it."""
    if thing.valid_to is None or thing.valid_to > last_day(thing, ledger.today):
        ledger.withdraw(kind, key, thing, {"valid_to": last_day(thing, ledger.today)})
