"""Makes the digests that are due; or shows who would get what and why, the monthly packs of boards too."""

from __future__ import annotations

from argparse import ArgumentTypeError
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from groundwork.clock import now
from notifications.services import digesting, packing


def moment(text: str) -> datetime:
    """An instant in ISO 8601; without an offset it is on the place's clock."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"“{text}” is not a date and time; write 2026-03-29T08:00.") from None
    return at if at.tzinfo else at.replace(tzinfo=ZoneInfo(settings.TIME_ZONE))


class Command(BaseCommand):
    help = "Make the digests that are due, or show who would get what and why (--dry-run)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--at", type=moment, help="As if it were then: 2026-03-29T08:00 on the place's clock. Default: now."
        )
        parser.add_argument("--dry-run", action="store_true", help="Show what would be made, and change nothing.")
        parser.add_argument("--full", action="store_true", help="With --dry-run: the text of each digest too.")

    def handle(self, *args: Any, **options: Any) -> None:
        at = options["at"] or now()
        if not options["dry_run"]:
            if at > now():
                raise CommandError("Digests are not made before their time. Use --dry-run to see what would be made.")
            self.stdout.write(f"{digesting.make_all_due(at=at)} looked at.")
            return
        made = empty = 0
        for each in digesting.plan(at):
            if each.written is None:
                empty += 1
                self.stdout.write(f"{each.address}  {each.kind} {each.period}: nothing to say")
                continue
            made += 1
            counts = ", ".join(f"{name} {count}" for name, count in each.counts.items() if count)
            self.stdout.write(f"{each.address}  {each.kind} {each.period}: {each.written.subject}")
            self.stdout.write(f"  {counts}; because {each.reason}")
            if options["full"]:
                self.stdout.write("  | " + each.written.text.replace("\n", "\n  | "))
        for pack in packing.plan(at):
            if not pack.says:
                empty += 1
                self.stdout.write(f"{pack.address}  pack {pack.board}, {pack.month}: nothing to say")
                continue
            made += 1
            self.stdout.write(f"{pack.address}  pack {pack.board}, {pack.month}")
            self.stdout.write(f"  {pack.says}; because {pack.reason}")
        self.stdout.write(f"{made} would be sent, {empty} have nothing to say. Nothing was changed.")
