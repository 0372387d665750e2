"""Demo accounts and invented joint work, for trying the product. Refused outside demo mode."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from goldenthread.demo.accounts import ensure_demo_accounts
from goldenthread.demo.digests import Digests
from goldenthread.demo.governance import Governance
from goldenthread.demo.register import Loader
from goldenthread.demo.workshops import Workshops
from groundwork.clock import now
from groundwork.directory.queries import the_place
from groundwork.events import relay


class Command(BaseCommand):
    help = "Add the demo accounts and invented joint work (demo mode only). A second run adds nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.ENVIRONMENT.is_demo:
            raise CommandError("Demo data is loaded only in demo mode: set GOLDENTHREAD_MODE=demo.")
        if the_place() is None:
            raise CommandError("No place is loaded yet. Run `goldenthread load-place essex` first.")
        ensure_demo_accounts()
        loader = Loader(at=now())
        loader.load()
        workshops = Workshops(at=loader.at)
        workshops.load()
        Governance(at=loader.at).load()
        relay.drain()
        Digests(at=loader.at).load()
        for name in sorted({*loader.left_out, *workshops.left_out}):
            self.stdout.write(f"Left out, because this place does not have it: {name}")
        self.stdout.write(f"Demo data: {loader.registered} initiatives and {workshops.made} workshops added.")
