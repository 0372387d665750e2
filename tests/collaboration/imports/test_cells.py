"""What people write into cells is understood, or told back with what to write instead."""

from __future__ import annotations

import time
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collaboration.imports import cells
from collaboration.imports.cells import Unclear
from collaboration.imports.matching import likeness
from collaboration.initiatives.services.stating import PartnerStatement


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-04-03", date(2026, 4, 3)),
        ("2026-04-03 00:00", date(2026, 4, 3)),
        ("2026-04-03T10:30:00+01:00", date(2026, 4, 3)),
        ("3/4/2026", date(2026, 4, 3)),
        ("03/04/2026", date(2026, 4, 3)),
        ("3.4.2026", date(2026, 4, 3)),
        ("3-4-2026", date(2026, 4, 3)),
        ("03/04/2026 00:00", date(2026, 4, 3)),
        ("3 April 2026", date(2026, 4, 3)),
        ("3rd April 2026", date(2026, 4, 3)),
        ("1st of May 2026", date(2026, 5, 1)),
        ("3 Apr 2026", date(2026, 4, 3)),
        ("12 Sept. 2026", date(2026, 9, 12)),
        ("3-Apr-2026".replace("-", " "), date(2026, 4, 3)),
        ("April 3, 2026", date(2026, 4, 3)),
        ("29/2/2024", date(2024, 2, 29)),
    ],
)
def test_a_whole_date_is_understood(text: str, day: date) -> None:
    assert cells.day(text) == day


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("April 2019", "is a month, not a day. Write the day too, like 1 April 2019"),
        ("4/2019", "is a month"),
        ("2019-04", "is a month"),
        ("2019", "is a year, not a day"),
        ("3/4/26", "four digits"),
        ("4/13/2026", "has no month 13. Write the day first"),
        ("31 June 2026", "not a day of the calendar"),
        ("30/2/2026", "not a day of the calendar"),
        ("45000", "is a number"),
        ("spring 2026", "not a whole date. Write it like 2026-04-03"),
        ("2019/20", "not a whole date"),
        ("Q3 2026", "not a whole date"),
        ("ongoing", "not a whole date"),
        ("3 Foo 2026", "not a whole date"),
        ("٣ April 2026", "not a whole date"),
    ],
)
def test_a_date_that_could_mean_several_days_is_told_back(text: str, told: str) -> None:
    with pytest.raises(Unclear) as refused:
        cells.day(text)
    assert told in refused.value.sentence
    assert text in refused.value.sentence


@pytest.mark.parametrize(
    ("text", "pounds"),
    [
        ("12000", "12000"),
        ("£12,000", "12000"),
        ("12 000", "12000"),
        ("£ 1,234,567.89", "1234567.89"),
        ("12k", "12000"),
        ("£1.5m", "1500000"),
        ("1.5 million", "1500000"),
        ("£2 thousand", "2000"),
        ("0.25bn", "250000000"),
        ("500 pounds", "500"),
        ("GBP 500", "500"),
        ("0", "0"),
    ],
)
def test_money_is_understood(text: str, pounds: str) -> None:
    assert cells.money(text) == Decimal(pounds)


@pytest.mark.parametrize(
    "text", ["10-20k", "about 5000", "€500", "12,50", "1,23,456", "1e5", "-5", "lots", "12.", "NaN", "1" * 90]
)
def test_money_that_is_no_single_amount_is_told_back(text: str) -> None:
    with pytest.raises(Unclear, match=r"not an amount of pounds\. Write one number"):
        cells.money(text)


@pytest.mark.parametrize("text", ["active", "ACTIVE", " Active "])
def test_a_stage_is_its_code_or_label_in_any_case(text: str) -> None:
    assert cells.stage(text) == "active"
    assert cells.stage("Ended early") == cells.stage("ENDED") == "ended"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Live", "active"),
        ("On-going", "active"),
        ("IN PROGRESS", "active"),
        ("On hold", "paused"),
        ("Done", "completed"),
    ],
)
def test_a_word_that_says_just_what_a_stage_says_is_taken_for_it(text: str, code: str) -> None:
    assert cells.stage(text) == code


def test_an_unknown_stage_is_told_with_the_nearest_or_with_all() -> None:
    with pytest.raises(Unclear, match="nearest is “active”"):
        cells.stage("actve")
    for text, near in (("Planned", "proposed"), ("Stalled", "paused"), ("Delivered", "completed")):
        with pytest.raises(Unclear, match=f"nearest is “{near}”"):
            cells.stage(text)
    with pytest.raises(Unclear, match="one of: idea, proposed, active, paused, completed, ended"):
        cells.stage("42")


def test_lists_are_separated_by_semicolons_or_lines_and_each_part_stands_once() -> None:
    assert cells.several("A; B ;;A\nC") == ("A", "B", "C")
    assert cells.several("Smith, Jones and Co") == ("Smith, Jones and Co",)


def test_a_role_in_brackets_is_a_role_and_other_brackets_belong_to_the_name() -> None:
    assert cells.partners("Sport England (funder); Heath (GPs, Community, Acute); Active Essex (Delivery)") == (
        PartnerStatement(organisation="Sport England", role="funder"),
        PartnerStatement(organisation="Heath (GPs, Community, Acute)"),
        PartnerStatement(organisation="Active Essex", role="delivery"),
    )


@pytest.mark.parametrize(
    ("text", "role", "email"),
    [
        ("Housing team <homes@example.org>", "Housing team", "homes@example.org"),
        ("homes@example.org", "", "homes@example.org"),
        ("<homes@example.org>", "", "homes@example.org"),
        ("Housing team", "Housing team", ""),
        ("Housing team, homes@example.org", "Housing team", "homes@example.org"),
        ("Housing team (homes@example.org)", "Housing team", "homes@example.org"),
        ("homes@example.org - Housing team", "Housing team", "homes@example.org"),
    ],
)
def test_a_contact_is_a_role_an_address_or_both(text: str, role: str, email: str) -> None:
    assert cells.contact(text) == (role, email)


def test_two_addresses_are_one_too_many() -> None:
    with pytest.raises(Unclear, match="two addresses"):
        cells.contact("a@example.org; b@example.org")


def test_labels_are_a_list_or_json() -> None:
    assert cells.labels("Heath; Social Care") == ["Heath", "Social Care"]
    assert cells.labels('{"theme": "Ageing", "partners": ["Heath"]}') == {"theme": "Ageing", "partners": ["Heath"]}
    assert cells.labels('["a", "b"]') == ["a", "b"]


@pytest.mark.parametrize(
    "text", ["{broken", "[1, 2]", '{"n": NaN}', '{"n": 1e999}', '{"a": "\\u0000"}', '["\\ud800"]', "[" * 100_000, "{}x"]
)
def test_labels_that_no_database_keeps_are_told_back(text: str) -> None:
    with pytest.raises(Unclear):
        cells.labels(text)


@pytest.mark.parametrize("word", ["Not stated", "n/a", "TBC", "-", "?"])
def test_not_known_is_the_same_as_empty_but_in_columns_of_free_words(word: str) -> None:
    columns = ("stage", "lead", "partners", "strands", "blocks", "areas", "start", "end", "money", "contact")
    assert cells.statements(dict.fromkeys(columns, word)) == ({}, [])
    assert cells.statements({"summary": word}) == ({"summary": word}, [])


@given(st.dictionaries(st.sampled_from(sorted(cells.READERS)), st.text(max_size=60)))
def test_whatever_stands_in_a_cell_gives_a_statement_or_a_sentence(texts: dict[str, str]) -> None:
    said, problems = cells.statements(texts)
    told = {column for column, sentence in problems if sentence}
    for column, text in texts.items():
        filled = text and (column in cells.WORDS or text.casefold() not in cells.NOT_STATED)
        fields = {column} | ({"contact_role", "contact_email"} if column == "contact" else set())
        assert not filled or column in told or fields & set(said) or column == "contact"


@pytest.mark.parametrize(
    "sign", ["a", "-", "@", "a@", "(", "a (", "1", "\u0301", "\ufdfa", "ab;", "a ", "[", "2026-01-01T"]
)
@pytest.mark.parametrize("column", sorted(cells.READERS))
def test_no_cell_takes_long_however_long_it_is(column: str, sign: str) -> None:
    """A workbook may name one long text in every line: what takes a second takes an hour then."""
    text = (sign * 32_767)[:32_767]
    begun = time.process_time()
    cells.statements({column: text})
    likeness(text)
    assert time.process_time() - begun < 0.5
