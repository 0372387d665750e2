"""``goldenthread recount-coverage``: count every cell and total of the coverage tables again."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from collaboration.thread import services


class Command(BaseCommand):
    help = "Count coverage again from the index. Safe at any time."

    def handle(self, *args: Any, **options: Any) -> None:
        services.recount()
        self.stdout.write("Coverage is counted again.")
