"""Load a place catalogue."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

import vision
from groundwork.access.actors import SystemActor
from groundwork.access.errors import DomainError
from groundwork.catalogue.ledger import changes_by_kind
from groundwork.catalogue.reading import BrokenCatalogue, Catalogue
from groundwork.catalogue.services import Outcome, load_catalogue, read_catalogue, rehearse

PLACES = Path(vision.__file__).parent / "places"
LONGEST_SHOWN = 100


class Command(BaseCommand):
    help = "Load a place from its catalogue: areas, organisations, frameworks and the joint work that comes with them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("place", help="A key (a directory of vision/places, such as essex) or any directory.")
        parser.add_argument("--dry-run", action="store_true", help="Show what would change and write nothing.")
        parser.add_argument("--yes", action="store_true", help="Change an existing place without asking.")

    def handle(self, *args: Any, place: str, dry_run: bool, yes: bool, verbosity: int, **options: Any) -> None:
        actor = SystemActor(name="load-place", via="command")
        try:
            catalogue = self.read(place)
            outcome = rehearse(catalogue, actor=actor)
            must_ask = bool(outcome.changes) and not outcome.is_first and not (yes or dry_run)
            if verbosity > 0 or dry_run or must_ask:
                self.show(outcome, in_full=not outcome.is_first or verbosity > 1)
            if dry_run:
                if outcome.changes:
                    self.stdout.write("This was a dry run: nothing was written.")
                return
            if not outcome.changes:
                return
            if must_ask:
                self.ask()
            load_catalogue(catalogue, actor=actor, expected=outcome)
        except DomainError as refusal:
            raise CommandError(refusal.message) from refusal
        if verbosity > 0:
            count = len(outcome.changes)
            told = f"Loaded: {count:,} change{'s' if count > 1 else ''}, kept in the history."
            self.stdout.write(self.style.SUCCESS(told))

    def read(self, place: str) -> Catalogue:
        directory = PLACES / place
        if "/" in place or not directory.is_dir():
            directory = Path(place).expanduser()
        if not directory.is_dir():
            known = ", ".join(sorted(each.name for each in PLACES.iterdir() if each.is_dir()))
            raise CommandError(f"There is no place “{place}”: give a directory, or one of: {known}.")
        directory = directory.resolve()
        root = PLACES.parent.parent
        shown_as = directory.relative_to(root) if directory.is_relative_to(root) else directory
        try:
            return read_catalogue(directory, shown_as=shown_as.as_posix())
        except BrokenCatalogue as broken:
            count = len(broken.problems)
            heading = f"The catalogue has {count} problem{'s' if count > 1 else ''}; nothing was written."
            raise CommandError("\n".join([heading, *(str(problem) for problem in broken.problems)])) from broken

    def show(self, outcome: Outcome, *, in_full: bool) -> None:
        for kept in outcome.kept:
            self.stdout.write(
                f"Kept as people changed it: {kept.kind} {kept.key}, {kept.field}: {_short(kept.kept)} "
                f"(the catalogue says {_short(kept.catalogue)})"
            )
        if not outcome.changes:
            self.stdout.write(f"{outcome.place}: nothing has changed since the last load.")
            return
        if in_full:
            signs = {"added": "+", "changed": "~", "withdrawn": "-"}
            for change in outcome.changes:
                self.stdout.write(f"{signs[change.what]} {change.kind} {change.key}")
                if change.what != "added":
                    for name, (before, after) in change.differences.items():
                        self.stdout.write(f"    {name}: {_difference(before, after)}")
        for kind, counts in changes_by_kind(outcome.changes).items():
            told = ", ".join(f"{number:,} {what}" for what, number in counts.items() if number)
            self.stdout.write(f"{kind}: {told}")

    def ask(self) -> None:
        if not sys.stdin.isatty():
            raise CommandError("This would change an existing place; nothing was written. Run it again with --yes.")
        self.stdout.write("Apply these changes? Type yes: ", ending="")
        self.stdout.flush()
        if sys.stdin.readline().strip().lower() != "yes":
            raise CommandError("Nothing was written.")


def _difference(before: Any, after: Any) -> str:
    """What became what; of two lists only the entries that differ."""
    if isinstance(before, list) and isinstance(after, list):
        entries = [f"without {_short(each)}" for each in before if each not in after]
        entries += [f"with {_short(each)}" for each in after if each not in before]
        return ", ".join(entries) or "in another order"
    return f"{_short(before)} → {_short(after)}"


def _short(value: Any) -> str:
    if value is None or value == "":
        return "not stated"
    if isinstance(value, list) and all(isinstance(each, str) or each is None for each in value):
        value = " ".join(each for each in value if each)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    text = " ".join(text.split())
    return f"“{text}”" if len(text) <= LONGEST_SHOWN else f"“{text[:LONGEST_SHOWN]}…”"
