"""``goldenthread rebuild-index``: make facets, search texts and cards again from the records."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from collaboration.initiatives import indexing


class Command(BaseCommand):
    help = "Write again what initiatives are found by. Safe at any time, also while people work."

    def handle(self, *args: Any, **options: Any) -> None:
        looked_at = 0
        for looked_at in indexing.rebuild():
            if options["verbosity"] > 1:
                self.stdout.write(f"{looked_at} initiatives looked at")
        self.stdout.write(f"The index is rebuilt: {looked_at} initiatives looked at.")
