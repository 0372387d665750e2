"""What a way of sending must offer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, runtime_checkable


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
    about_address: bool = False
    """A refusal of the address itself, not of this message: nothing written to it would ever arrive."""


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


@runtime_checkable
class Queryable(Protocol):
    """A transport that can be asked what became of a message, so that no doubt about it has to stay."""

    def look_up(self, reference: str) -> Answer:
        """What became of the message with that id (:attr:`OutgoingMessage.id`), some time after it was handed over.

        ``ACCEPTED`` or ``REFUSED``: it was taken. ``LATER``: it never arrived there, so it may be handed over again.
        ``UNREACHABLE``: nobody answers; nothing is known yet.
        """
