"""Quorum counts organisations and sectors, never people; minutes draft themselves; a meeting knows how late it runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collaboration.governance import drafting, pacing, quorum
from collaboration.governance.drafting import Marked, Open

START = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


@dataclass
class Body:
    sector_id: int


@dataclass
class Place:
    organisation_id: int
    organisation: Body
    votes: bool = True


@dataclass
class Row:
    seat: Place | None
    is_present: bool = True
    left_at: datetime | None = None

    @property
    def gone(self) -> list[tuple[datetime | None, datetime | None]]:
        return [(self.left_at, None)] if self.left_at else []


@dataclass
class Rule:
    quorum_organisations: int = 0
    quorum_sectors: int = 0


def row(organisation: int, sector: int = 1, *, votes: bool = True, present: bool = True) -> Row:
    return Row(Place(organisation, Body(sector), votes), present)


def test_two_people_of_one_organisation_count_once() -> None:
    found = quorum.of(Rule(2), [row(1), row(1)])
    assert (found.organisations, found.met) == (1, False)
    assert found.missing == "1 more organisation with a vote is needed."
    assert "1 organisation with a vote is present, of 1 sector." in found.sentence


def test_guests_advisers_apologies_and_who_has_left_do_not_count() -> None:
    gone = row(4)
    gone.left_at = START
    rows = [Row(None), row(1, votes=False), row(2, present=False), gone, row(3)]
    assert quorum.of(Rule(2), rows).organisations == 1
    assert quorum.of(Rule(2), rows, at=START - timedelta(minutes=1)).met


def test_sectors_are_asked_for_beside_organisations() -> None:
    rule = Rule(2, 2)
    assert quorum.of(rule, [row(1, 1), row(2, 1)]).missing == "1 more sector is needed."
    assert quorum.of(rule, [row(1, 1), row(2, 2)]).met
    assert quorum.of(rule, []).sentence.startswith(
        "There is no quorum. 0 organisations with a vote are present. 2 more"
    )


def test_a_board_without_a_rule_says_so() -> None:
    found = quorum.of(Rule(), [])
    assert found.met
    assert not found.is_asked_for
    assert found.sentence.startswith("The board has no rule on quorum.")


ROWS = st.lists(
    st.builds(
        lambda organisation, votes, present: row(organisation, organisation % 3, votes=votes, present=present),
        st.integers(1, 6),
        st.booleans(),
        st.booleans(),
    )
)


@given(ROWS, ROWS, st.integers(0, 5), st.integers(0, 3))
def test_more_people_never_undo_a_quorum(rows: list[Row], more: list[Row], organisations: int, sectors: int) -> None:
    rule = Rule(organisations, sectors)
    before, after = quorum.of(rule, rows), quorum.of(rule, [*rows, *more])
    assert after.met or not before.met
    assert before.met == (before.organisations >= organisations and before.sectors >= sectors)
    assert quorum.of(rule, [*rows, *rows]) == before


def test_a_draft_says_notes_then_decisions_then_actions() -> None:
    marks = [
        Marked(id=1, kind="action", text="Write", reference="A-7", owner="The NHS", due_on=date(2026, 12, 1)),
        Marked(id=2, kind="note", text="The plan was welcomed."),
        Marked(id=3, kind="decision", text="We fund it.", reference="VAL-D1"),
    ]  # fmt: skip
    assert drafting.draft(marks, outcome="deferred").split("\n\n") == [
        "The plan was welcomed.",
        "- Decision VAL-D1: We fund it.",
        "- Action A-7: Write (The NHS, by 1 December 2026)",
        "Deferred to the next meeting.",
    ]


def test_what_was_taken_without_a_mark_says_so_and_what_is_open_says_nothing() -> None:
    assert drafting.draft([], outcome="taken") == "Taken. Nothing was noted."
    assert drafting.draft([]) == ""
    assert drafting.draft([], arising=[Open(reference="A-0001", what="Call")]).endswith("- Action A-0001: Call")


@given(st.lists(st.integers(1, 50), unique=True), st.integers(0, 60))
def test_what_was_marked_since_is_offered_and_what_was_seen_is_not(ids: list[int], upto: int) -> None:
    marks = [Marked(id=each, kind="note", text=f"note {each}.") for each in ids]
    offered = drafting.since(marks, upto)
    assert {mark.id for mark in offered} == {each for each in ids if each > upto}
    text = drafting.added("What I wrote.", offered)
    assert text.startswith("What I wrote.")
    assert all(mark.text in text for mark in offered)


@dataclass
class Item:
    minutes: int
    outcome: str = ""
    started_at: datetime | None = None
    ended_at: datetime | None = None


@pytest.mark.parametrize(
    ("minutes_in", "late"), [(0, 0), (9, 0), (10, 0), (12, 2), (30, 20)]
)  # fmt: skip
def test_late_counts_from_the_time_of_the_item(minutes_in: int, late: int) -> None:
    items = [Item(10, started_at=START), Item(20)]
    at = START + timedelta(minutes=minutes_in)
    found = pacing.of(START, items, at)
    assert found.late == late
    assert found.starts == (START, START + timedelta(minutes=10))
    assert found.ends_at == at + timedelta(minutes=max(0, 10 - minutes_in) + 20)


def test_a_deferred_item_makes_up_time() -> None:
    first = Item(10, "taken", START, START + timedelta(minutes=10))
    deferred = Item(30, "deferred")
    third = Item(5, started_at=START + timedelta(minutes=10))
    found = pacing.of(START, [first, deferred, third], START + timedelta(minutes=11))
    assert found.late == 0
    assert found.sentence == "On time."
    assert pacing.of(START, [Item(5)], START + timedelta(minutes=3)).sentence == "Running 3 minutes late."
