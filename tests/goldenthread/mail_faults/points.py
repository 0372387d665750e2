"""Named points at which a process of the drill dies: at statements, at commits, and at every turn of SMTP.

They hang on the database, on psycopg's COPY and on smtplib, and know nothing of how the product is written inside, so
that they stay where they are when that changes.
"""

from __future__ import annotations

import os
import smtplib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.utils import timezone

from tests.goldenthread.mail_faults.state import State

STATEMENTS = {
    ("INSERT", "notifications_outgoingmessage"): ("making", "mail written"),
    ("INSERT", "notifications_digest"): ("making", "digests noted"),
    ("UPDATE", "notifications_follow"): ("making", "follows told"),
    ("UPDATE", "notifications_subscriber"): ("making", "subscribers moved on"),
    ("UPDATE", "notifications_outgoingmessage"): ("sending", "mail marked"),
    ("INSERT", "schedule_jobrun"): ("ticking", "job claimed"),
}
POINTS = {
    "making": [*(point for sort, point in STATEMENTS.values() if sort == "making"), "making commits", "made"],
    "sending": ["mail marked", "sending commits", "sending committed", "named", "announced", "half out", "out", "said"],
    "ticking": ["job claimed", "ticking commits", "ticked"],
}
"""After each statement, before and after each commit; for SMTP after RCPT and DATA, with half and all of the content
out, and with the answer in."""
ANSWER_SECONDS = 1.0

_touched = threading.local()


def install() -> None:
    from notifications.services import digesting, sending
    from notifications.transports.smtp import Smtp

    state = State(Path(os.environ["GT_DRILL_FOLDER"]))
    timezone.now = lambda: datetime.fromtimestamp(state.now(), UTC)  # type: ignore[assignment]
    # Minutes of the product's time, which are seconds: a machine that is busy gives a process less than its due.
    sending.LEASE = timedelta(minutes=float(os.environ["GT_DRILL_LEASE"]))  # type: ignore[misc]
    Smtp.__init__.__kwdefaults__.update(command_seconds=3.0, answer_seconds=ANSWER_SECONDS)  # type: ignore[attr-defined]
    digesting.make_all_due.__kwdefaults__["batch"] = int(os.environ["GT_DRILL_BATCH"])  # type: ignore[attr-defined]
    _at_statements(state)
    _at_copies(state)
    _at_commits(state)
    _in_conversations(state)


def _at_statements(state: State) -> None:
    def look(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        done = execute(sql, params, many, context)
        words = sql.split(None, 3)
        table = (words[2] if words[0] == "INSERT" else words[1]).strip('"') if len(words) > 2 else ""
        found = STATEMENTS.get((words[0], table))
        if found:
            _touched.sort = found[0]
            state.pass_by(*found)
        return done

    def watch(connection: BaseDatabaseWrapper, **_: Any) -> None:
        # The wrapper outlives the line to the database, which is made anew for each task.
        if look not in connection.execute_wrappers:
            connection.execute_wrappers.append(look)

    connection_created.connect(watch, weak=False)


def _at_copies(state: State) -> None:
    """On PostgreSQL many rows go in by COPY, which is no statement to Django."""
    try:
        import psycopg
    except ImportError:
        return
    copy = psycopg.Cursor.copy

    @contextmanager
    def watched(self: Any, statement: Any, *given: Any, **more: Any) -> Iterator[Any]:
        with copy(self, statement, *given, **more) as rows:
            yield rows
        found = STATEMENTS.get(("INSERT", str(statement).split(None, 2)[1].strip('"')))
        if found:
            _touched.sort = found[0]
            state.pass_by(*found)

    psycopg.Cursor.copy = watched  # type: ignore[method-assign, assignment]


def _at_commits(state: State) -> None:
    commit = BaseDatabaseWrapper._commit

    def watched(self: BaseDatabaseWrapper) -> Any:
        sort, _touched.sort = getattr(_touched, "sort", ""), ""
        if sort:
            state.pass_by(sort, f"{sort} commits")
        done = commit(self)
        if sort:
            state.pass_by(sort, {"making": "made", "sending": "sending committed", "ticking": "ticked"}[sort])
        return done

    BaseDatabaseWrapper._commit = watched  # type: ignore[method-assign]


def _in_conversations(state: State) -> None:
    """Several commands may go in one write: each answer belongs to the command that has waited longest for one."""
    send, getreply = smtplib.SMTP.send, smtplib.SMTP.getreply

    def out(self: Any, content: Any) -> None:
        if getattr(self, "is_handing_over", False):
            half = len(content) // 2
            send(self, content[:half])
            state.pass_by("sending", "half out")
            send(self, content[half:])
            state.pass_by("sending", "out")
            return
        said = content if isinstance(content, bytes) else content.encode()
        self.unanswered = [*getattr(self, "unanswered", []), *said.upper().split(b"\r\n")[:-1]]
        send(self, content)

    def said(self: Any) -> Any:
        answer = getreply(self)
        if getattr(self, "is_handing_over", False):
            self.is_handing_over = False
            state.pass_by("sending", "said")
            return answer
        waiting = getattr(self, "unanswered", [])
        command = waiting.pop(0) if waiting else b""
        if command.startswith(b"RCPT"):
            state.pass_by("sending", "named")
        elif command == b"DATA":
            self.is_handing_over = answer[0] == 354
            state.pass_by("sending", "announced")
        return answer

    smtplib.SMTP.send, smtplib.SMTP.getreply = out, said  # type: ignore[method-assign]
