"""Notes that say nearly the same: which are suggested, which never, and how long it takes."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collaboration.boards.engine.limits import MOST_AT_ONCE, MOST_NOTES
from collaboration.boards.likeness import Suggestion, suggestions
from collaboration.boards.outline import NOBODY, Column, Group, Marks, Note, Outline, outline
from tests.collaboration.boards.engine.room import Room


def note(id: str, text: str, *, shown: bool = True, erased: bool = False) -> Note:
    return Note(
        id=id,
        text=text,
        pattern=None,
        by="",
        name="",
        organisation="",
        at=None,
        shown=shown,
        mine=False,
        paper=False,
        erased=erased,
        votes=0,
        room=0,
        my_votes=0,
        marks=Marks(),
        my_mark="",
        comments=(),
    )


def board(*columns: Sequence[Note | Group]) -> Outline:
    """A board in its stage Group that holds these."""
    room = Room()
    room.stage(3)
    made = tuple(Column(f"column-{at}", f"Column {at}", "", 0, tuple(items)) for at, items in enumerate(columns))
    return replace(outline(room.state, room.facilitator, NOBODY), columns=made)


def notes(*texts: str) -> list[Note]:
    return [note(f"{at:05}", text) for at, text in enumerate(texts)]


def group(id: str, *inner: Note) -> Group:
    room = Room()
    room.stage(1)
    first, second = room.note(room.ann, "a"), room.note(room.ann, "b")
    room.stage(3)
    room.do(room.ann, "group.make", room.id(), notes=[first, second])
    (made,) = outline(room.state, room.ann, NOBODY).columns[0].groups
    return replace(made, id=id, given_title="", notes=inner)


def said(found: Sequence[Suggestion]) -> list[list[str]]:
    return [[each.text for each in one.notes] for one in found]


@pytest.mark.parametrize(
    "same",
    [
        ("Buses to clinics", "Bus to the clinic", "More buses to clinics!"),
        ("Transport to clinics", "Trasport to the clinic"),
        ("People don’t know who to ask", "People do not know whom to ask"),
        ("GP appointments are hard to get", "Hard to get a GP appointment"),
        ("Damp housing", "Housing is damp"),
        ("Green spaces", "Access to green space"),
        ("Café", "cafe"),
        ("Yes!", "yes"),
        ("👍", "👍"),
    ],
)
def test_what_says_the_same_is_suggested(same: tuple[str, ...]) -> None:
    others = ("Short term funding", "Loneliness of older people", "Trust between partners")
    assert said(suggestions(board(notes(*same, *others)))) == [list(same)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("People know who to ask", "People do not know who to ask"),
        ("Buses run on Sundays", "Buses don’t run on Sundays"),
        ("Community centres", "Communication"),
        ("Support for carers", "Support for careers"),
        ("Phase 1", "Phase 2"),
        ("👍", "👎"),
        ("Yes", "👍"),
    ],
)
def test_what_says_something_else_is_not(one: str, other: str) -> None:
    others = ("Short term funding", "Loneliness of older people", "Trust between partners")
    assert suggestions(board(notes(one, other, *others))) == []


def test_a_suggestion_names_the_note_that_all_are_like() -> None:
    texts = ("Green spaces", "Access to green space", "Access to green spaces", "Parks in green spaces", "Damp")
    (found,) = suggestions(board(notes(*texts)))
    assert found.closest.text == "Access to green space"
    assert found.group is None
    assert said([found]) == [list(texts[:3])], "parks are more than green spaces"


def test_columns_are_not_mixed() -> None:
    here, there = notes("Buses to clinics", "Trust"), [note("x", "Buses to clinics"), note("y", "Bus to the clinic")]
    (found,) = suggestions(board(here, there))
    assert found.column.id == "column-1"
    assert {each.id for each in found.notes} == {"x", "y"}


def test_a_note_like_a_group_may_join_it() -> None:
    made = group("g", note("x", "Buses to clinics"), note("y", "Last bus at six"))
    (found,) = suggestions(board([made, note("z", "Bus to the clinic"), note("w", "Trust")]))
    assert (found.id, found.group) == ("g", made)
    assert [each.id for each in found.notes] == ["z"]
    assert found.closest.id == "x"
    assert suggestions(board([made, note("w", "Trust")])) == [], "what is grouped is not suggested again"


def test_nothing_hidden_erased_or_deleted_is_suggested_or_read() -> None:
    shown = note("a", "Buses to clinics")
    for other in (note("b", "Buses to clinics", shown=False), note("b", "Buses to clinics", erased=True)):
        assert suggestions(board([shown, other])) == []
    room = Room()
    room.stage(1)
    ids = [room.note(who, "Buses to clinics") for who in (room.ann, room.ben, room.cat)]
    assert suggestions(outline(room.state, room.facilitator, NOBODY)) == []
    assert suggestions(outline(room.state, room.ann, NOBODY)) == []
    room.stage(3)
    room.do(room.ann, "note.delete", ids[0])
    (found,) = suggestions(outline(room.state, room.facilitator, NOBODY))
    assert {each.id for each in found.notes} == set(ids[1:])


def test_more_than_one_op_may_name_are_left_for_the_next_look() -> None:
    many = notes(*["Buses to clinics"] * (MOST_AT_ONCE + 3))
    (found,) = suggestions(board(many))
    assert found.notes == tuple(many[:MOST_AT_ONCE])
    (rest,) = suggestions(board([group("g", *found.notes), *many[MOST_AT_ONCE:]]))
    assert rest.notes == tuple(many[MOST_AT_ONCE:])


WORDS = ("bus", "buses", "clinic", "clinics", "transport", "trasport", "not", "no", "the", "1", "2", "👍", "ÉCOLE")
TEXTS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map(" ".join) | st.text(min_size=1, max_size=30)


@st.composite
def boards(draw: st.DrawFn) -> Outline:
    """Columns with loose notes and groups, some hidden or without their words."""
    number = 0
    columns: list[list[Note | Group]] = []
    for _column in range(draw(st.integers(1, 3))):
        items: list[Note | Group] = []
        for size in draw(st.lists(st.sampled_from((0, 0, 0, 1, 2)), max_size=14)):
            made = []
            for _each in range(max(size, 1)):
                number += 1
                shown, erased = draw(st.sampled_from(((True, False),) * 6 + ((False, False), (True, True))))
                id = f"{draw(st.integers(0, 99)):02}-{number}"
                made.append(note(id, "" if erased else draw(TEXTS), shown=shown or size > 0, erased=erased))
            items.append(group(f"g-{number}", *made) if size else made[0])
        columns.append(items)
    return board(*columns)


@settings(max_examples=150, deadline=None)
@given(boards(), st.randoms(use_true_random=False))
def test_suggestions_hold_whatever_is_on_the_board(seen: Outline, random: Random) -> None:
    found = suggestions(seen)
    ids = [each.id for one in found for each in one.notes]
    assert len(ids) == len(set(ids)), "a note is in one suggestion at most"
    assert len({one.id for one in found}) == len(found)
    for one in found:
        assert len(one.notes) >= (1 if one.group else 2)
        loose = [each.id for each in one.column.loose]
        places = [loose.index(each.id) for each in one.notes]
        assert places == sorted(places), "in the order of the board, of one column, in no group"
        assert all(each.shown and not each.erased for each in one.notes)
        assert one.closest in (one.group.notes if one.group else one.notes)
        assert one.closest.shown
        assert not one.closest.erased
    assert suggestions(seen) == found
    mixed = replace(
        seen,
        columns=tuple(
            replace(column, items=tuple(random.sample(column.items, len(column.items))))
            for column in random.sample(seen.columns, len(seen.columns))
        ),
    )
    assert _sets(suggestions(mixed)) == _sets(found), "the order of notes decides nothing"


def _sets(found: Sequence[Suggestion]) -> set[tuple[str, frozenset[str]]]:
    return {(one.id, frozenset(each.id for each in one.notes)) for one in found}


def full_boards() -> dict[str, list[str]]:
    """As many notes as a board holds: as people write them, and as they take the most time."""
    random = Random(7)
    vocabulary = ["".join(random.choices("abcdefghijklmnoprstuvw", k=random.randint(3, 9))) for _ in range(3000)]

    def words(many: int) -> list[str]:
        return [vocabulary[min(2999, int(random.paretovariate(0.7)))] for _ in range(many)]

    kinds = ["Buses to clinics", "Damp housing", "Too few nurses", "Trust between partners", "Short term funding"]
    return {
        "of a few words": [" ".join(words(8)) for _ in range(MOST_NOTES)],
        "all the same": ["Buses to clinics"] * MOST_NOTES,
        "nearly the same": [f"{kinds[at % 5]} {word}" for at, word in enumerate(words(MOST_NOTES))],
        "halves of the same words": [" ".join(random.sample(vocabulary[:20], 10)) for _ in range(MOST_NOTES)],
        "long, of the same words": [" ".join(random.sample(vocabulary[:100], 90)) for _ in range(MOST_NOTES)],
        "long": [" ".join(words(300)) for _ in range(MOST_NOTES)],
    }


@pytest.mark.parametrize("kind", list(full_boards()))
def test_a_full_board_takes_no_time_to_speak_of(kind: str) -> None:
    """Measured in the time of the processor: 0.02 to 0.3 s on the machine this was written on."""
    seen = board(notes(*full_boards()[kind]))
    begun = time.process_time()
    found = suggestions(seen)
    taken = time.process_time() - begun
    print(f"{kind}: {taken:.3f} s, {len(found)} suggestions")
    assert taken < 2.0, f"{kind}: {taken:.2f} s"
