"""One statement on its way to a plan: what is known, what was found wrong, and what has to be written so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from collaboration.initiatives.models import Initiative
from collaboration.initiatives.services.cleaning import Problems
from collaboration.initiatives.services.stating.naming import Directory
from collaboration.initiatives.services.stating.statements import Plan, Present, Statement, Target
from groundwork.access.actors import Actor


@dataclass
class Work:
    """Handed from one part of the record to the next; each adds what it finds."""

    actor: Actor
    directory: Directory
    initiative: Initiative | None
    statement: Statement
    present: Present = field(default_factory=Present)
    problems: Problems = field(default_factory=Problems)
    target: Target = field(default_factory=Target)
    changes: dict[str, list[Any]] = field(default_factory=dict)
    inverse: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # A new one is planned on a blank record, of which nothing is stated yet.
        self.row = self.initiative or Initiative(owner=self.actor.organisation)

    def done(self) -> Plan:
        return Plan(
            initiative=self.initiative,
            statement=self.statement,
            errors=self.problems.errors,
            changes={} if self.problems else self.changes,
            inverse=Statement(**self.inverse),
            target=self.target,
        )
