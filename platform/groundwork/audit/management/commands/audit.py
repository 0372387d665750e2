"""The audit log's chain, from the command line: look through it, seal what waits, say where it ends."""

from __future__ import annotations

import re
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error as DatabaseError

from groundwork.access.actors import SystemActor
from groundwork.audit.queries import state
from groundwork.audit.services.sealing import ChainBroken, seal_all
from groundwork.audit.services.verifying import verify

TAMPERED, CANNOT = 1, 2
OPERATOR = SystemActor(name="audit", via="command")


class Command(BaseCommand):
    help = """Look through the chain of the audit log (verify), seal what waits (seal), or say where it ends (head).

    verify ends with 0 when the chain holds, with 1 when anything was tampered with (each row is named), and with 2
    when it could not look.
    """

    # A mistake in the pages must not look like a chain that does not hold: both would end with 1.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_subparsers(dest="what", required=True, metavar="verify | seal | head")
        look = what.add_parser("verify", help="Look through the whole chain and name every row that differs.")
        look.add_argument("--seal", action="store_true", help="First seal what waits.")
        look.add_argument(
            "--head",
            metavar="NUMBER:HASH",
            help="A head that was noted down earlier (audit head, or a line audit_sealed in the log): the chain must "
            "still reach it. At least the first 12 digits of the hash.",
        )
        what.add_parser("seal", help="Seal every act that waits, without waiting for the clock.")
        what.add_parser("head", help="Say the number and the hash of the last seal, to be noted down elsewhere.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            getattr(self, f"_{options['what']}")(options)
        except DatabaseError as error:
            raise CommandError(
                f"The database does not answer as it should ({type(error).__name__}). Run migrate, or look at "
                "DATABASE_URL.",
                returncode=CANNOT,
            ) from error

    def _verify(self, options: dict[str, Any]) -> None:
        head = _head(options["head"])
        if options["seal"]:
            try:
                seal_all()
            except ChainBroken as broken:
                self.stderr.write(broken.message)
        report = verify(head=head)
        for problem in report.problems:
            self.stdout.write(f"TAMPERED  {problem}")
        if report.count > len(report.problems):
            self.stdout.write(f"and {report.count - len(report.problems)} more")
        for note in report.notes:
            self.stdout.write(note)
        where = f"{report.number}:{report.hash}" if report.number else "nothing is sealed yet"
        if not report.holds:
            self.stdout.write(f"The chain does not hold: {report.count} problems. It ends at {where}")
            sys.exit(TAMPERED)
        self.stdout.write(f"The chain holds: {report.acts} acts are as they were sealed. Head {where}")

    def _seal(self, options: dict[str, Any]) -> None:
        try:
            self.stdout.write(f"{seal_all()} acts were sealed.")
        except ChainBroken as broken:
            raise CommandError(f"{broken.message} Run: goldenthread audit verify", returncode=TAMPERED) from broken

    def _head(self, options: dict[str, Any]) -> None:
        chain = state(actor=OPERATOR)
        self.stdout.write(f"{chain.number}:{chain.hash}" if chain.number else "Nothing is sealed yet.")


def _head(given: str | None) -> tuple[int, str] | None:
    if given is None:
        return None
    if not (found := re.fullmatch(r"([1-9][0-9]*):([0-9a-f]{12,64})", given.strip())):
        raise CommandError(
            f"“{given}” is no head. Write its number, a colon and its hash, as audit head does.", returncode=CANNOT
        )
    return int(found[1]), found[2]
