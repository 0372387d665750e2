"""The product's ASGI application under uvicorn in a thread of the test, on the test's own database."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import uvicorn
from django.db import connection

from collaboration.boards.committing import writer


@contextlib.contextmanager
def served(application: Any, django_db_blocker: Any, **options: Any) -> Iterator[str]:
    """Serve on a free port until the block ends. Gives the address. ``options`` are uvicorn's, in place of ours."""
    began = _database_time(django_db_blocker)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(128)
        port = listener.getsockname()[1]
        server = uvicorn.Server(
            uvicorn.Config(
                application, **{"ws": "websockets-sansio", "lifespan": "off", "log_level": "warning", **options}
            )
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="uvicorn", daemon=True)
        thread.start()
        deadline = time.monotonic() + 20
        while not server.started:
            assert thread.is_alive(), "the server ended while starting"
            assert time.monotonic() < deadline, "the server did not start in time"
            time.sleep(0.01)
        yield f"http://127.0.0.1:{port}"
        server.should_exit = True
        thread.join(10)
        assert not thread.is_alive(), "the server did not stop"
    # Whoever writes boards keeps a connection for a moment after the last op, and the next test would find it cut.
    writer.stop()
    # A reader that leaves in the middle of an answer can leave a session behind, and PostgreSQL drops no database
    # that somebody uses. Older sessions are those of the tests, or of a server that goes on.
    if began is not None:
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_start >= %s",
                [began],
            )


def _database_time(django_db_blocker: Any) -> datetime | None:
    """What PostgreSQL's clock says; None with another database."""
    if connection.vendor != "postgresql":
        return None
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        row = cursor.fetchone()
    assert row
    return row[0]
