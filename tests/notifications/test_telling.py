"""What one line of a digest says of several acts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from collaboration.initiatives.queries import Change
from notifications.queries.changes import Thing
from notifications.queries.telling import Line, line

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
THING = Thing(
    subject="initiative:1",
    id=1,
    title="Warm homes",
    reference="VAL-0001",
    path="/initiatives/VAL-0001/",
    terms=frozenset(),
    is_seen_by=lambda _actors: True,
    acts_for=lambda _actors: (),
)


@dataclass(frozen=True)
class Made:
    """An act, some days ago."""

    days: int
    changes: tuple[Change, ...] = ()
    action: str = "initiative.edit"
    label: str = "Changed"
    organisation: str = "Northwick Council"
    person_id: int | None = None
    id: Any = field(default_factory=uuid4)

    @property
    def at(self) -> datetime:
        return NOON - timedelta(days=self.days)


def change(name: str, before: Any, after: Any, *, told: bool = True) -> Change:
    return Change(field=name, label=name.title(), before=before, after=after, told=told)


def told(*acts: Made) -> list[str]:
    said = line(THING, sorted(acts, key=lambda act: act.days))
    return [f"{part.label}: {part.text}".removesuffix(": ") for part in said.parts] if said else []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([("stage", "Idea", "Active")], ["Stage: Idea → Active"]),
        ([("stage", None, "Active")], ["Stage: not stated → Active"]),
        ([("stage", "Idea", "Proposed"), ("stage", "Proposed", "Active")], ["Stage: Idea → Active"]),
        ([("stage", "Idea", "Active"), ("stage", "Active", "Idea")], []),
        ([("areas", ["A", "B"], ["B", "C"])], ["Areas: added C; taken out A"]),
        ([("areas", [], ["A", "B", "C", "D", "E"])], ["Areas: added A, B, C, 2 more"]),
        ([("summary", "One.", "Two.")], ["Summary: changed"]),
        ([("summary", None, "Two.")], ["Summary: written"]),
        ([("contact_role", "x" * 80, "y")], ["Contact_Role: changed"]),
        ([("visibility", "Partners", "Everyone")], []),
        ([("update", None, "We met.\nTwice.")], ["Update: “We met. Twice.”"]),
        ([("update", None, "First."), ("update", None, "Second.")], ["Update: “Second.” (and 1 more)"]),
    ],
)
def test_several_acts_are_what_was_before_the_first_and_is_after_the_last(
    changes: list[tuple[str, Any, Any]], expected: list[str]
) -> None:
    assert told(*(Made(len(changes) - n, (change(*each),)) for n, each in enumerate(changes))) == expected


def test_what_is_withheld_or_says_nothing_is_no_line() -> None:
    assert told(Made(1, (change("partners", None, None, told=False),))) == []
    assert told(Made(1, action="initiative.verify")) == []
    assert told(Made(1, action="partner.ask", changes=(change("partner", None, "NHS"),))) == []


def test_what_is_new_is_not_compared_with_its_draft() -> None:
    acts = (
        Made(3, (change("stage", None, "Idea"),)),
        Made(2, (change("visibility", "Draft", "Everyone"),), action="initiative.publish"),
        Made(1, (change("update", None, "Begun."), change("health", None, "On track")), action="initiative.update"),
    )
    assert told(*acts) == ["New in the register", "Update: On track. “Begun.”"]


def test_a_line_names_four_changes_and_counts_the_rest() -> None:
    said = line(THING, [Made(1, tuple(change(f"field{n}", "a", "b") for n in range(7)))])
    assert isinstance(said, Line)
    assert (len(said.parts), said.more) == (4, 3)


def test_partners_that_confirmed_are_each_named() -> None:
    acts = [
        Made(n, (change("partner", None, name),), action="partner.confirm") for n, name in ((1, "NHS"), (2, "CCVS"))
    ]
    assert told(*acts) == ["Partner confirmed: NHS", "Partner confirmed: CCVS"]
