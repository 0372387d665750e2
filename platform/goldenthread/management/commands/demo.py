"""The whole product with demo data, from an empty folder."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from goldenthread.checks import mixtures


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
        for problem in mixtures():
            if problem.is_serious():
                raise CommandError(problem.msg)
        call_command("migrate", interactive=False, verbosity=0)
        call_command("load_place", "essex", "--yes", verbosity=0)
        call_command("load_demo", verbosity=0)
        if not no_serve:
            call_command("serve")
