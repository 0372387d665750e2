"""Reading catalogue files: values as written, every problem with its line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from groundwork.catalogue.ledger import Change, Ledger, changes_by_kind
from groundwork.catalogue.reading import BrokenCatalogue, Catalogue, Mapping
from groundwork.catalogue.registry import after_load, section, sections
from groundwork.clock import now, today


def reading(folder: Path, text: str) -> Mapping:
    (folder / "x.yaml").write_text(text)
    top = Catalogue(folder, "here").file("x.yaml")
    assert top is not None
    return top


def test_values_are_taken_as_they_are_written(tmp_path: Path) -> None:
    top = reading(
        tmp_path,
        "a: no\nb: 12:30\nc: 2017-09-19\nd: 0123\ne: ~\nf: 3\ng: true\nh: 1.50\ni: {j: off, k: [1_000, 2017-06]}\n"
        "<<: x\n",
    )
    assert [top.text(key) for key in "abcdfh"] == ["no", "12:30", "2017-09-19", "0123", "3", "1.50"]
    assert top.day("c") == date(2017, 9, 19)
    assert (top.text_or_null("e"), top.text_or_empty("e"), top.text_or_null("z")) == (None, "", None)
    assert (top.whole("f"), top.flag("g")) == (3, True)
    assert top.plain("i") == {"j": "off", "k": ["1_000", "2017-06"]}
    assert top.text("<<") == "x"
    top.catalogue.finish()


def test_null_is_not_the_same_as_missing_but_both_are_told(tmp_path: Path) -> None:
    top = reading(tmp_path, "# a comment\na: null\n")
    assert (top.text("a"), top.text("b")) == ("", "")
    assert (top.has("a"), top.has("b")) == (True, False)
    with pytest.raises(BrokenCatalogue) as refusal:
        top.catalogue.finish()
    assert [str(problem) for problem in refusal.value.problems] == [
        "here/x.yaml, line 2: “a” is null, but must be stated.",
        "here/x.yaml, line 2: “b” is missing.",
    ]


def test_a_list_names_the_line_of_its_wrong_entry(tmp_path: Path) -> None:
    top = reading(tmp_path, "a:\n- one\n- [two]\n- ''\n- null\nb:\n- {c: 1}\n- d\n")
    assert top.texts("a", longest=3) == ["one"]
    assert [below.whole("c") for below in top.mappings("b")] == [1]
    assert [(p.line, p.sentence) for p in top.catalogue.problems] == [
        (3, "“a” must hold texts only, not a list."),
        (4, "“a” holds an empty text."),
        (5, "“a” must hold texts only, not null."),
        (8, "“b” must hold sets of keys only, not “d”."),
    ]


def test_the_digest_is_of_what_was_read(tmp_path: Path) -> None:
    first = reading(tmp_path, "a: 1").catalogue.digest()
    (tmp_path / "notes.txt").write_text("nobody reads this")
    assert reading(tmp_path, "a: 1").catalogue.digest() == first
    assert reading(tmp_path, "a: 2").catalogue.digest() != first


def test_sections_run_in_the_order_of_the_house() -> None:
    names = [each.name for each in sections()]
    wanted = [
        "place",
        "areas",
        "sectors",
        "organisations",
        "frameworks",
        "elements",
        "links",
        "planning",
        "joint working",
    ]
    assert [name for name in names if name in wanted] == wanted


def test_a_section_is_registered_once_and_after_what_it_needs() -> None:
    class Nothing:
        @staticmethod
        def read(catalogue: Catalogue) -> None:
            return None

        @staticmethod
        def write(read: None, ledger: Ledger) -> None:
            return None

    with pytest.raises(LookupError):
        section("areas")(Nothing)
    with pytest.raises(LookupError, match="the moon"):
        section("tides", after=("the moon",))(Nothing)
    assert "tides" not in [each.name for each in sections()]
    with pytest.raises(LookupError):
        after_load("initiatives.index")(lambda ledger: None)


def test_notes_on_one_thing_become_one() -> None:
    ledger = Ledger(place="x", at=now(), today=today())
    ledger.note("area", "A", "added", {"name": [None, "Alpha"]})
    ledger.note("area", "A", "changed", {"within": [None, "B"]})
    ledger.note("area", "B", "changed", {"name": ["b", "Beta"]})
    ledger.note("area", "B", "changed", {"kind": ["x", "y"]})
    assert ledger.changes == [
        Change("area", "A", "added", {"name": [None, "Alpha"], "within": [None, "B"]}),
        Change("area", "B", "changed", {"name": ["b", "Beta"], "kind": ["x", "y"]}),
    ]
    assert changes_by_kind(ledger.changes) == {"area": {"added": 1, "changed": 1, "withdrawn": 0}}
    assert ledger.keys_of("area", "sector") == {"A", "B"}
