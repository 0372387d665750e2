"""What is hinted to whoever has a page open: that there may be something new for them. Never what it is."""

from __future__ import annotations

from dataclasses import dataclass

from groundwork.live import Topic


@dataclass(frozen=True, slots=True)
class PersonTopic(Topic):
    """One person. A hint holds ``look`` (count again what they have not read) or ``ended`` (a session of theirs may
    have)."""

    person_id: int

    @property
    def name(self) -> str:
        return f"person.{self.person_id}"
