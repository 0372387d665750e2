"""What a way of sending must offer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Outcome(StrEnum):
    ACCEPTED = "accepted"
    LATER = "later"
    """Not now (4xx, or the line broke before anything was handed over): try again after a while."""
    REFUSED = "refused"
    """Never (5xx): this address or this message."""
    UNKNOWN = "unknown"
    """It was handed over and no answer came back. It may have arrived (RFC 1047)."""
    UNREACHABLE = "unreachable"
    """Nobody to hand it to. Says nothing about the message."""


@dataclass(frozen=True)
class Answer:
    outcome: Outcome
    text: str
    """The other side's words, for officers."""


class Session(Protocol):
    """One conversation, in which messages are handed over one after the other."""

    def offer(self, sender: str, recipient: str) -> Answer | None:
        """Announce a message to exactly one recipient. Returns None when it may be handed over now."""

    def deliver(self, content: bytes) -> Answer:
        """Hand over the message just announced."""

    def withdraw(self) -> None:
        """Take the announcement back; nothing was handed over."""

    def close(self) -> None: ...


class Transport(Protocol):
    repeatable: bool
    """Whether handing over the same message twice is the same as once, so that nothing is ever uncertain."""

    def open(self) -> Session: ...
