"""Mail as files: for trials, and so that nothing is lost where no mail server is named yet."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from email import message_from_bytes
from pathlib import Path

from notifications.transports.contract import Answer, Outcome


@dataclass(frozen=True)
class Folder:
    """Writes ``<message id>.eml``. A repeat overwrites the same file."""

    path: Path
    repeatable = True

    def open(self) -> Folder:
        return self

    def offer(self, sender: str, recipient: str) -> Answer | None:
        return None

    def deliver(self, content: bytes) -> Answer:
        name = re.sub(r"[^A-Za-z0-9.@-]", "", str(message_from_bytes(content)["Message-ID"]))
        target = self.path / f"{name}.eml"
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Beside, then into place: whoever reads the folder sees whole messages only.
            draft = target.with_suffix(f".{os.getpid()}.part")
            draft.write_bytes(content)
            draft.replace(target)
        except OSError as error:
            return Answer(Outcome.UNREACHABLE, f"The folder for mail cannot be written: {error.strerror}.")
        return Answer(Outcome.ACCEPTED, f"Written to {target.name}.")

    def withdraw(self) -> None:
        pass

    def close(self) -> None:
        pass
