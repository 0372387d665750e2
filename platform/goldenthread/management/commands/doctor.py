"""Is everything as it should be?"""

from __future__ import annotations

import shutil
from typing import Any

from django.conf import settings
from django.core.checks import run_checks
from django.core.management.base import BaseCommand, CommandError
from django.db import Error as DatabaseError
from django.db import connection

from goldenthread import checks, health
from groundwork.audit import triggers

ENOUGH_SPACE = 500 * 1024 * 1024


class Command(BaseCommand):
    help = "Look at this installation and say, line by line, what is well and what is not."
    requires_system_checks = ()

    def handle(self, *_: Any, **options: Any) -> None:
        environment = settings.ENVIRONMENT
        shape = "everything in one process" if environment.is_embedded else "several processes joined by Redis"
        self.stdout.write(f"Mode {environment.mode}, {shape}, data in {environment.data_dir}")
        failed = 0
        for name, sentences in (
            ("settings", [problem.msg for problem in run_checks() if problem.is_serious()]),
            ("mixture", [problem.msg for problem in checks.mixtures() if problem.is_serious()]),
            ("redis", [problem.msg for problem in checks.of_broker()]),
            ("database", self._database()),
            ("space", self._space()),
            ("kept acts", self._kept_acts()),
        ):
            failed += self._say(name, not sentences, " ".join(sentences) or "well")
        if not self._database():
            for finding in health.look():
                # Cache and layer in memory belong to the process that serves; here they would only test themselves.
                if not environment.is_embedded or finding.name in ("queue", "worker", "beat", "audit log"):
                    failed += self._say(finding.name, finding.ok, finding.says)
        if environment.is_production and not environment.smtp_url:
            self._say("mail", False, "SMTP_URL is not set: no mail leaves this service.")
        if failed:
            raise CommandError(f"{failed} of these need attention.")

    def _say(self, name: str, ok: bool, sentence: str) -> bool:
        self.stdout.write(f"  {'well' if ok else 'NOT WELL':<9} {name:<14} {sentence}")
        return not ok

    def _database(self) -> list[str]:
        try:
            return [problem.msg for problem in (*checks.of_database(), *checks.of_installation())]
        except DatabaseError as error:
            return [f"The database does not answer ({type(error).__name__}). Look at DATABASE_URL."]

    def _kept_acts(self) -> list[str]:
        try:
            absent = triggers.missing(connection)
        except DatabaseError:
            return []  # Said above.
        return ["The database would let acts be changed. Run: goldenthread migrate"] if absent else []

    def _space(self) -> list[str]:
        free = shutil.disk_usage(settings.ENVIRONMENT.data_dir).free
        if free < ENOUGH_SPACE:
            return [f"Only {free // 1024 // 1024} MB are free where the data lie; writes fail when there are none."]
        return []
