"""Takes in one report of another mail server, as a mail server hands it to a program."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError

from notifications.reports import NotAReport, read
from notifications.services.reporting import take_report

MOST = 1_000_000
"""Bytes that are looked at. What comes back is a message of ours, of 90 KB at most, and a few lines."""
TRY_LATER = 75
"""EX_TEMPFAIL of sysexits.h: the mail server keeps the report and hands it over again."""


class Command(BaseCommand):
    help = "Take in, from standard input, one mail that came back or that its reader reported as unwanted."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        content = sys.stdin.buffer.read(MOST)
        while sys.stdin.buffer.read(MOST):
            # To the end, or the mail server takes the broken pipe for a failure and tries again.
            pass
        try:
            self.stdout.write(take_report(read(content)))
        except NotAReport as reason:
            # Nothing to do, and no failure either: an error here would have the mail server write back once more.
            self.stdout.write(f"Left alone. {reason}")
        except DatabaseError as error:
            self.stderr.write(f"The database does not answer ({type(error).__name__}).")
            sys.exit(TRY_LATER)
