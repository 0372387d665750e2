"""Headings are understood by what people call things, and people have the last word."""

from __future__ import annotations

import pytest

from collaboration.imports import headings
from collaboration.imports.queries import UNDERSTOOD
from collaboration.initiatives.columns import COLUMNS, TEMPLATE
from groundwork.access.errors import Invalid


def guessed(*given: str) -> list[str]:
    found = headings.guess(given)
    return [found.get(str(index), "") for index in range(len(given))]


def test_the_template_and_an_export_are_understood_as_they_are() -> None:
    assert guessed(*TEMPLATE) == list(TEMPLATE)
    names = [column.name for column in COLUMNS]
    assert guessed(*names) == [name if name in UNDERSTOOD else "" for name in names]


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        ("Project name", "title"),
        ("PROJECT", "title"),
        ("Lead organisation", "lead"),
        ("lead_organisation", "lead"),
        ("Lead Organization:", "lead"),
        ("Who leads", "lead"),
        # A person's name more often than a role: only whoever imports may say that it is no name.
        ("Lead officer", ""),
        ("Contact person", ""),
        ("District", "areas"),
        ("Priority", "strands"),
        ("Start date", "start"),
        ("Budget (£)", "money"),
        ("Funding £", "money"),
        ("E-mail", "contact"),
        ("Original_Labels", "original_labels"),
        ("Reference", "ref"),
        ("Colour", ""),
        ("", ""),
    ],
)
def test_common_headings_are_understood(heading: str, column: str) -> None:
    assert guessed(heading) == [column]


def test_a_columns_own_name_goes_before_what_it_is_also_called() -> None:
    assert guessed("Name", "Title") == ["", "title"]
    assert guessed("Ambition", "Strand", "Theme", "Examples of joint working", "Partners") == [
        "",
        "strands",
        "title",
        "summary",
        "partners",
    ]


def test_no_two_columns_share_a_synonym() -> None:
    every = [name for column, names in headings.SYNONYMS.items() for name in (column, *names)]
    assert sorted(every) == sorted(set(every))
    assert set(headings.SYNONYMS) == set(UNDERSTOOD)


def test_what_people_say_is_kept_without_what_they_leave_out() -> None:
    assert headings.settle({"0": "title", "1": "", "2": "stage"}, ["a", "b", "c"]) == {"0": "title", "2": "stage"}
    assert headings.settle({2: "ref"}, ["a", "b", "c"]) == {"2": "ref"}


@pytest.mark.parametrize(
    ("mapping", "where"),
    [
        ({"0": "title", "1": "title"}, "1"),
        ({"0": "colour"}, "0"),
        ({"7": "title"}, ""),
        ({"-1": "title"}, ""),
        ({"x": "title"}, ""),
        ({"٣": "title"}, ""),
        ({"0": "stage"}, ""),
        ({}, ""),
    ],
)
def test_what_cannot_be_is_told_by_column(mapping: dict[str, str], where: str) -> None:
    with pytest.raises(Invalid) as refused:
        headings.settle(mapping, ["Name", "Other"])
    assert list(refused.value.errors) == [where]
