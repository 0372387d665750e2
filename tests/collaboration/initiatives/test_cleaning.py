"""Whatever is typed is either kept safely or refused with a sentence; nothing else can happen."""

from __future__ import annotations

import unicodedata
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collaboration.initiatives.models import Stage
from collaboration.initiatives.services import cleaning

NASTY = st.text(
    alphabet=st.one_of(
        st.characters(),
        st.sampled_from("\x00\x07\t\n\r\x0b\x85\u2028\u200b\ufeff\u202e\u2066\ud800\udfff\u0301e' <>&=+-@"),
    ),
    max_size=60,
)
ANYTHING = st.one_of(
    NASTY,
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.decimals(),
    st.dates(),
    st.datetimes(),
    st.binary(),
    st.lists(NASTY),
    st.dictionaries(NASTY, NASTY),
)


@given(value=ANYTHING, lines=st.booleans(), required=st.booleans())
def test_text_is_safe_to_keep_or_refused(value: Any, lines: bool, required: bool) -> None:
    problems = cleaning.Problems()
    kept = cleaning.text(value, field="f", label="It", longest=30, problems=problems, required=required, lines=lines)
    kept.encode()
    assert len(kept) <= 30 or problems
    allowed = "\n\t" if lines else ""
    assert not [c for c in kept if unicodedata.category(c) in ("Cc", "Cs") and c not in allowed]
    assert not set(kept) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\u200b")
    if not problems:
        again = cleaning.Problems()
        assert (
            cleaning.text(kept, field="f", label="It", longest=30, problems=again, required=required, lines=lines)
            == kept
        )
        assert not again
        assert kept or not required
    assert all(sentence.endswith(".") for sentences in problems.errors.values() for sentence in sentences)


@given(value=ANYTHING)
def test_other_values_are_kept_or_refused(value: Any) -> None:
    problems = cleaning.Problems()
    amount = cleaning.amount(value, field="a", label="It", problems=problems)
    assert amount is None or 0 <= amount <= cleaning.LARGEST_AMOUNT
    day = cleaning.day(value, field="d", label="It", problems=problems)
    assert day is None or cleaning.EARLIEST <= day <= cleaning.LATEST
    assert cleaning.choice(value, Stage, field="c", label="It", problems=problems) in {"", *Stage.values}
    for code in cleaning.codes(value, field="x", label="It", problems=problems, most=5):
        assert code == code.strip()
        assert code.isprintable()
    assert "\x00" not in cleaning.email(value, field="e", problems=problems)


@pytest.mark.parametrize(
    ("typed", "kept"), [("£12,000", "12000.00"), (" 12 000.5 ", "12000.50"), (7, "7.00"), (Decimal("0.10"), "0.10")]
)
def test_money_is_understood_as_people_write_it(typed: Any, kept: str) -> None:
    problems = cleaning.Problems()
    assert cleaning.amount(typed, field="a", label="It", problems=problems) == Decimal(kept)
    assert not problems
