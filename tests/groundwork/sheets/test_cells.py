"""What is written into a cell can do no harm, and what is read from it is what somebody meant."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundwork.sheets.cells import clean, plain_cell, read_cell, safe_cell

TEXTS = st.text(alphabet=st.one_of(st.sampled_from("=+-@'\t\r\n \u00a0\u3000\uff1da1\""), st.characters()))


@pytest.mark.parametrize(
    "formula",
    [
        "=1+1",
        "+44 1702",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "  =1+1",
        "\n@x",
        "\u00a0=cmd|' /C calc'!A0",
        "\uff1d1",
        "'=1",
    ],
)
def test_a_formula_becomes_text(formula: str) -> None:
    assert safe_cell(formula) == "'" + formula


@pytest.mark.parametrize("text", ["'plain", "Bob's", "1=1", "''", "a@b", "", "'", "O'-"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert safe_cell(text) == text == plain_cell(text)


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, ""),
        (True, "yes"),
        (False, "no"),
        (date(2026, 4, 1), "2026-04-01"),
        (datetime(2026, 7, 1, 8, 30, tzinfo=UTC), "2026-07-01T09:30+01:00"),
        (["Rochford", "Maldon"], "Rochford; Maldon"),
        (["=x", "y"], "'=x; y"),
        (12, "12"),
        (Decimal("1E+3"), "1000"),
        ("Café £5", "Café £5"),
        ("with\x00nul", "withnul"),
        ("line\x0btab\x1f\ufeff", "line\ntab"),
        ("half \ud800", "half "),
        (-5, "-5"),
        ("-5", "'-5"),
    ],
)
def test_values_are_written_so_that_people_and_programs_read_them(value: object, cell: str) -> None:
    assert safe_cell(value) == cell


@given(TEXTS)
def test_reading_takes_away_exactly_what_writing_put_there(text: str) -> None:
    assert plain_cell(safe_cell(text)) == clean(text)


@given(TEXTS)
def test_what_is_written_never_begins_like_a_formula(text: str) -> None:
    assert safe_cell(text).lstrip()[:1] not in tuple("=+-@\uff1d\uff0b\uff0d\uff20")


@given(TEXTS)
def test_reading_settles(text: str) -> None:
    """Read, written and read again it says the same, with no spaces around it and nothing that breaks a database."""
    once = read_cell(safe_cell(text))
    assert once == read_cell(safe_cell(once)) == once.strip()
    assert not {sign for sign in once if sign in "\x00\r" or 0xD800 <= ord(sign) <= 0xDFFF}


def test_spaces_around_a_protected_formula_go_too() -> None:
    assert read_cell("'  =1+1 ") == "=1+1"
    assert read_cell("  '=1+1") == "=1+1"
    assert read_cell("''=1") == "'=1"
    assert read_cell("\u00a0a\r\nb\rc ") == "a\nb\nc"


@pytest.mark.parametrize("spaces", ["\t", "\r\n", "\t "])
def test_very_much_space_and_nothing_else_takes_no_time(spaces: str) -> None:
    begun = time.process_time()
    assert safe_cell(spaces * 10_000) == spaces * 10_000
    assert safe_cell(spaces * 10_000 + "=1").startswith("'")
    assert time.process_time() - begun < 0.5
