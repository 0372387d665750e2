"""Start the product."""

from __future__ import annotations

import logging
import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from goldenthread import web
from goldenthread.assets import collect_if_stale
from goldenthread.checks import refuse_unsafe
from goldenthread.demo.accounts import ACCOUNTS
from goldenthread.embedded import Embedded


class Command(BaseCommand):
    help = "Start the product: everything in one process, or the web part alone where REDIS_URL is set."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default=settings.ENVIRONMENT.host, help="address to listen on (HOST)")
        parser.add_argument("--port", type=int, default=settings.ENVIRONMENT.port, help="port to listen on (PORT)")

    def handle(self, *_: Any, host: str, port: int, **options: Any) -> None:
        environment = settings.ENVIRONMENT
        refuse_unsafe("serve")
        if environment.is_demo:
            collect_if_stale()

        def say() -> None:
            shown = "localhost" if host in ("127.0.0.1", "0.0.0.0", "::", "::1") else host  # noqa: S104
            address = f"http://{shown}:{port}/"
            self.stdout.write(f"Golden Thread serves at {address} (Ctrl-C stops it)")
            if environment.is_demo:
                self.stdout.write(welcome(address))
            self.stdout.flush()

        if environment.is_embedded:
            code = Embedded(data_dir=environment.data_dir, host=host, port=port, on_started=say).run()
            if not code:
                self.stdout.write("Golden Thread has stopped.")
        else:
            code = 0
            web.serve(host=host, port=port, processes=environment.web_processes, on_started=say)
        _leave(code)


def welcome(address: str) -> str:
    """What somebody who starts a demo wants to know first."""
    width = max(len(account.email) for account in ACCOUNTS) + 2
    people = "\n".join(f"  {account.email:<{width}}{account.tries}" for account in ACCOUNTS)
    return f"""
Sign in with one click at {address}sign-in/ as one of these made-up people:
{people}

Try first:
  1. Read without signing in: the ambitions on the home page, then {address}coverage/ and a gap in it.
  2. As district@example.org, register a piece of joint work and name the NHS as a partner.
  3. As nhs@example.org, confirm it from the home page; the mails are at {address}demo/mail/
"""


def _leave(code: int) -> None:
    """End now. A thread that missed its deadline must not keep the process alive."""
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
