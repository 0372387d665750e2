"""Looks whether the domain that mail comes from says so in DNS."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from notifications.domains import NoAnswer, look


class Command(BaseCommand):
    help = "Look whether SPF, DKIM and DMARC of the domain that mail comes from are in order."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--domain", default="", help="Another domain than that of MAIL_FROM.")
        parser.add_argument(
            "--selector",
            action="append",
            default=[],
            help="A DKIM selector of your mail server, for example default or selector1. May be given several times.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        domain = options["domain"] or settings.DEFAULT_FROM_EMAIL.rpartition("@")[2]
        self.stdout.write(f"Mail comes from {domain}")
        try:
            found = look(domain, selectors=tuple(options["selector"]))
        except NoAnswer as error:
            raise CommandError(f"{error} Nothing could be looked at.") from error
        for each in found:
            self.stdout.write(f"  {'well' if each.ok else 'NOT WELL':<9} {each.name:<20} {each.says}")
        if failed := sum(not each.ok for each in found):
            raise CommandError(f"{failed} of these need attention.")
