"""Start the beat process."""

from __future__ import annotations

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand

from goldenthread.beating import make_beat
from goldenthread.checks import refuse_unsafe


class Command(BaseCommand):
    help = "Start the beat that says when a minute has passed (needs REDIS_URL); two of them do no harm."
    requires_system_checks = ()

    def handle(self, *_: Any, **options: Any) -> None:
        refuse_unsafe("beat")
        service = make_beat()

        def stop(_number: int, _frame: Any) -> None:
            # From a thread of its own: a signal handler must not take the logging locks the main thread may hold.
            threading.Thread(target=service.stop, daemon=True).start()

        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, stop)
        self.stdout.write("The beat runs (Ctrl-C stops it).")
        self.stdout.flush()
        service.start()
