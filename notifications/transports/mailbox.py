"""The mailbox of a demo: the row itself is the mail, and pages show it."""

from __future__ import annotations

from notifications.transports.contract import Answer, Outcome


class Mailbox:
    repeatable = True

    def open(self) -> Mailbox:
        return self

    def offer(self, sender: str, recipient: str) -> Answer | None:
        return None

    def deliver(self, content: bytes) -> Answer:
        return Answer(Outcome.ACCEPTED, "Kept in the demo's mailbox.")

    def withdraw(self) -> None:
        pass

    def close(self) -> None:
        pass
