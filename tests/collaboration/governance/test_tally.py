"""How voices come out: by vote, by consensus, with a quorum of organisations."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collaboration.governance.tally import ABSTAIN, AGAINST, CONSENSUS, FOR, VOTE, reckon

ABC = {"Ash": "Health", "Birch": "Health", "Cedar": "Police"}


@pytest.mark.parametrize(
    ("how", "said", "quorum", "carried", "words"),
    [
        (VOTE, {}, 0, False, "No organisation has given its voice yet."),
        (VOTE, {"Ash": FOR}, 0, True, "Carried by vote: 1 for, 0 against."),
        (VOTE, {"Ash": FOR, "Birch": AGAINST}, 0, False, "Not carried by vote: 1 for, 1 against."),
        (VOTE, {"Ash": FOR, "Birch": FOR, "Cedar": AGAINST}, 3, True, "Carried by vote: 2 for, 1 against."),
        (VOTE, {"Ash": FOR, "Birch": ABSTAIN}, 2, True, "Carried by vote: 1 for, 0 against, 1 abstains."),
        (VOTE, {"Ash": ABSTAIN, "Birch": ABSTAIN}, 0, False, "Not carried by vote: 0 for, 0 against, 2 abstain."),
        (VOTE, {"Ash": FOR}, 2, False, "Too few organisations have given their voice: 1 of the 2 that are needed."),
        (CONSENSUS, {"Ash": FOR, "Birch": ABSTAIN}, 0, True, "Agreed by consensus: 1 for, 0 against, 1 abstains."),
        (CONSENSUS, {"Ash": FOR, "Birch": FOR, "Cedar": AGAINST}, 0, False, "No consensus: 2 for, 1 against."),
        (CONSENSUS, {"Ash": ABSTAIN}, 0, False, "No consensus: 0 for, 0 against, 1 abstains."),
    ],
)
def test_how_it_comes_out(how: str, said: dict[str, str], quorum: int, carried: bool, words: str) -> None:
    tally = reckon(how=how, voices=said, voting=ABC, quorum=quorum)
    assert (tally.is_carried, tally.in_words) == (carried, words)
    assert tally.heard + len(tally.unheard) == len(ABC)


@pytest.mark.parametrize(
    ("said", "needed", "carried", "words"),
    [
        ({"Ash": FOR, "Cedar": ABSTAIN}, 2, True, "Carried by vote: 1 for, 0 against, 1 abstains."),
        (
            {"Ash": FOR, "Birch": FOR},
            2,
            False,
            "Voices of 2 sectors are needed. Heard so far: Health. Not heard yet: Police.",
        ),
        (
            dict.fromkeys(ABC, FOR),
            3,
            False,
            "Voices of 3 sectors are needed. Heard so far: Health, Police. No other sector has a vote on this board.",
        ),
    ],
)
def test_sectors_are_asked_for_beside_organisations(
    said: dict[str, str], needed: int, carried: bool, words: str
) -> None:
    tally = reckon(how=VOTE, voices=said, voting=ABC, quorum=2, quorum_sectors=needed)
    assert (tally.is_carried, tally.in_words) == (carried, words)


@given(
    how=st.sampled_from([VOTE, CONSENSUS]),
    said=st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from([FOR, AGAINST, ABSTAIN])),
    voting=st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from(["Health", "Police"])),
    quorum=st.integers(0, 8),
)
def test_nobody_without_a_vote_counts_and_one_more_against_carries_nothing(
    how: str, said: dict[str, str], voting: dict[str, str], quorum: int
) -> None:
    tally = reckon(how=how, voices=said, voting=voting, quorum=quorum)
    entitled = {name: choice for name, choice in said.items() if name in voting}
    assert tally == reckon(how=how, voices=entitled, voting=voting, quorum=quorum)
    for name in voting:
        worse = reckon(how=how, voices={**said, name: AGAINST}, voting=voting, quorum=quorum)
        if worse.is_carried:
            assert tally.is_carried or not tally.has_quorum or not tally.in_favour or said.get(name) != AGAINST
            assert len(worse.in_favour) > len(worse.against) > 0
            assert how == VOTE
