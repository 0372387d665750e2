"""The whole product with demo data, from an empty folder."""

from __future__ import annotations

from argparse import ArgumentParser
from io import StringIO
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from goldenthread.checks import refuse_unsafe
from goldenthread.lock import DataLock


class Command(BaseCommand):
    help = "Prepare and start a demo: database, place, demo data, everything in one process."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--no-serve", action="store_true", help="prepare everything, start nothing")

    def handle(self, *_: Any, no_serve: bool, **options: Any) -> None:
        if not settings.ENVIRONMENT.is_demo:
            raise CommandError(
                f"GOLDENTHREAD_MODE is {settings.ENVIRONMENT.mode}. A demo lets anybody sign in as a demo person, so "
                "it never runs on such an installation; set GOLDENTHREAD_MODE=demo and use a DATA_DIR of its own."
            )
        with DataLock(settings.ENVIRONMENT.data_dir):
            # Before anything is written: these data may be somebody's real ones.
            refuse_unsafe("demo")
            self._step("Bringing the database up to date", "migrate", interactive=False)
            self._step("Loading Essex", "load_place", "essex", "--yes")
            self._step("Adding the demo people and their work", "load_demo")
        if not no_serve:
            call_command("serve")

    def _step(self, what: str, command: str, *arguments: str, **options: Any) -> None:
        """One step; it does nothing where it was done before."""
        self.stdout.write(what)
        self.stdout.flush()
        # What a step has to say about itself is for those who call it by its own name.
        call_command(command, *arguments, stdout=StringIO(), verbosity=0, **options)
