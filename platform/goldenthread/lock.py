"""One process per data folder."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from types import TracebackType

from django.core.management.base import CommandError


class DataLock:
    """Holds ``DATA_DIR/lock`` while the process lives. The kernel lets go when it dies, however it dies."""

    def __init__(self, data_dir: Path) -> None:
        self.path = data_dir / "lock"
        self._file: int | None = None

    def __enter__(self) -> DataLock:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.read(descriptor, 40).decode("ascii", "replace").strip() or "unknown"
            os.close(descriptor)
            raise CommandError(
                f"Golden Thread already runs on the data in {self.path.parent} (process {holder}). "
                "Stop it first, or set DATA_DIR to another folder."
            ) from error
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode("ascii"))
        self._file = descriptor
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None
