"""`goldenthread describe-api`: the description of the API (OpenAPI 3.1) as a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from groundwork.web.api.description import description

SNAPSHOT = Path("docs") / "api" / "openapi.json"


class Command(BaseCommand):
    help = "Print the description of the API (OpenAPI 3.1), or keep it as the snapshot that changes are compared with."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--keep", action="store_true", help=f"write it into {SNAPSHOT}")

    def handle(self, *args: Any, keep: bool, **options: Any) -> None:
        text = as_text()
        if not keep:
            self.stdout.write(text, ending="")
            return
        target = Path(settings.ROOT) / SNAPSHOT
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        self.stderr.write(f"Kept in {SNAPSHOT}.")


def as_text() -> str:
    """The description as the snapshot has it: a line for each value, so that a difference can be read."""
    return json.dumps(description(), ensure_ascii=False, indent=1) + "\n"
