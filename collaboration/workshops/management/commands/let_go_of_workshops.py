"""Shows, or does at once, what the retention clock of workshops does each night."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from collaboration.workshops.queries import visible_to
from collaboration.workshops.queries.retention import due
from collaboration.workshops.services.forgetting import CLOCK, let_go
from groundwork.clock import now


class Command(BaseCommand):
    help = "Archive workshops that were reported long ago, and remove what has been kept for its time."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Show what would be done, and change nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        at = now()
        what = due(at) if options["dry_run"] else let_go(at=at)
        titles = dict(visible_to(CLOCK).values_list("pk", "title"))
        for label, ids in (
            ("archive", what.archive),
            ("remove addresses and ways back", what.forget_guests),
            ("remove what was said", what.forget),
            ("kept, because it is on hold", what.held),
        ):
            self.stdout.write(f"{label}: {len(ids)}")
            for pk in ids:
                self.stdout.write(f"  {titles.get(pk, '')} ({pk})")
