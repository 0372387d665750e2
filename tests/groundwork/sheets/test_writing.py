"""What is written is read again as it was, holds no formula, and takes no memory."""

from __future__ import annotations

import csv
import datetime
import io
import json
import tracemalloc
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundwork.sheets import writing
from groundwork.sheets.cells import LONGEST_CELL, read_cell, safe_cell
from groundwork.sheets.writing import csv_pieces, json_pieces, xlsx_file
from tests.groundwork.sheets.workbooks import cells

ODD = (
    "=1+1",
    "+44",
    "-5",
    "@x",
    "'=x",
    "''",
    " a ",
    "_x000D_",
    "_x005F_",
    'say "x"',
    "a,b;c",
    "two\nlines",
    "\t=x",
    "é😀",
)
TEXTS = st.one_of(
    st.sampled_from(ODD),
    st.text(st.characters(exclude_categories=("Cc", "Cs"))),
    st.text("=+-@'_x0Dd5F,;\"\n\t a", max_size=20),
)
ROWS = st.lists(st.lists(TEXTS, min_size=3, max_size=3), min_size=1, max_size=5)


def workbook_of(headers: Any, rows: Any, **options: Any) -> bytes:
    with xlsx_file(headers, rows, sheet_name="list", **options) as file:
        return file.read()


def csv_of(headers: Any, rows: Any) -> bytes:
    return "".join(csv_pieces(headers, rows)).encode()


@settings(max_examples=80, deadline=None)
@given(ROWS)
def test_what_was_written_is_read_as_it_was(rows: list[list[str]]) -> None:
    # Something must stand in each row: a row of nothing but spaces is an empty one.
    written = [["x", *row] for row in rows]
    expected = [["x", *(read_cell(safe_cell(cell)) for cell in row)] for row in rows]
    for row, line in zip(rows, expected, strict=True):
        assert line[1:] == [
            cell.replace("\ufeff", "").replace("\ufffe", "").replace("\uffff", "").strip() for cell in row
        ]
    headers = ["one", "two", "three", "four"]
    assert cells(csv_of(headers, written)) == [headers, *expected]
    assert cells(workbook_of(headers, written)) == [headers, *expected]


@settings(max_examples=60, deadline=None)
@given(ROWS)
def test_there_is_no_formula_and_no_link_in_a_workbook(rows: list[list[str]]) -> None:
    content = workbook_of(rows[0], rows, kinds=["text", "date", "address"])
    book = openpyxl.load_workbook(io.BytesIO(content))
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert (cell.data_type in ("n", "s"), cell.hyperlink) == (True, None)
                assert str(cell.value or "").lstrip()[:1] not in tuple("=+-@")
    for line in csv.reader(io.StringIO(csv_of(rows[0], rows).decode())):
        assert not [cell for cell in line if cell.lstrip()[:1] in tuple("=+-@")]


def test_numbers_and_days_are_numbers_and_days_in_a_workbook() -> None:
    moment = datetime.datetime(2026, 7, 1, 8, 30, tzinfo=datetime.UTC)
    row = [5, Decimal("1.5"), 10**20, "2026-04-01", datetime.date(1066, 10, 14), moment, True, ["a", "=b"], "1", None]
    kinds = ["number", "number", "number", "date", "date", "moment", "yes_no", "list", "text", "date"]
    content = workbook_of([f"h{n}" for n in range(10)], [row], kinds=kinds)
    sheet = openpyxl.load_workbook(io.BytesIO(content))["list"]
    values = [cell.value for cell in sheet[2]]
    assert values[:9] == [
        5,
        1.5,
        "100000000000000000000",
        datetime.datetime(2026, 4, 1),
        "1066-10-14",
        datetime.datetime(2026, 7, 1, 9, 30),
        "yes",
        "a; =b",
        "1",
    ]
    assert sheet["D2"].number_format == "yyyy-mm-dd"
    read = cells(content)[1]
    assert read[:8] == ["5", "1.5", "1" + "0" * 20, "2026-04-01", "1066-10-14", "2026-07-01T09:30", "yes", "a; =b"]


def test_a_day_that_is_none_stays_text() -> None:
    content = workbook_of(
        ["title", "start"], [["a", "someday"], ["b", "2026-02-30"], ["c", "=1"]], kinds=["text", "date"]
    )
    assert [line[1] for line in cells(content)[1:]] == ["someday", "2026-02-30", "=1"]


def test_text_too_long_for_a_cell_is_cut_where_people_see_it() -> None:
    content = workbook_of(["title", "lead"], [["x" * 40_000, "a"], ["😀" * 20_000, "b"], ["y" * LONGEST_CELL, "c"]])
    long, pictures, fitting = (line[0] for line in cells(content)[1:])
    assert (len(long), long[-1]) == (LONGEST_CELL, "…")
    assert pictures.endswith("😀…")
    assert len(pictures.encode("utf-16-le")) // 2 <= LONGEST_CELL
    assert fitting == "y" * LONGEST_CELL


def test_more_rows_than_a_sheet_holds_go_on_in_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "MOST_ROWS", 2)
    content = workbook_of(["title", "n"], [[f"row {n}", n] for n in range(5)])
    assert openpyxl.load_workbook(io.BytesIO(content)).sheetnames == ["list", "list 2", "list 3"]
    assert [cells(content, sheet=name)[1:] for name in ("list", "list 2", "list 3")] == [
        [["row 0", "0"], ["row 1", "1"]],
        [["row 2", "2"], ["row 3", "3"]],
        [["row 4", "4"]],
    ]


def test_a_workbook_says_its_title_and_its_licence() -> None:
    content = workbook_of(["title"], [], about={"title": "Initiatives", "comments": "Open Government Licence v3.0"})
    properties = openpyxl.load_workbook(io.BytesIO(content)).properties
    assert (properties.title, properties.description) == ("Initiatives", "Open Government Licence v3.0")


def test_json_says_what_it_is_and_then_its_rows() -> None:
    records = [{"n": n, "day": datetime.date(2026, 4, 1), "text": "é\u2028=1"} for n in range(450)]
    pieces = list(json_pieces(records, licence="OGL", attribution=""))
    assert len(pieces) == 5
    read = json.loads("".join(pieces))
    assert list(read) == ["licence", "attribution", "results"]
    assert (read["licence"], len(read["results"])) == ("OGL", 450)
    assert read["results"][449] == {"n": 449, "day": "2026-04-01", "text": "é\u2028=1"}
    assert json.loads("".join(json_pieces([]))) == {"results": []}


def test_when_a_row_breaks_no_file_is_left_behind(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def rows() -> Iterator[list[str]]:
        yield ["a", "b"]
        raise LookupError("the database went away")

    with pytest.raises(LookupError, match="went away"):
        xlsx_file(["title", "lead"], rows(), sheet_name="list")
    with xlsx_file(["title", "lead"], [["a", "b"]], sheet_name="list") as file:
        assert file.read(2) == b"PK"
    assert list(tmp_path.iterdir()) == []


def rows_of_some_width(many: int) -> Iterator[list[Any]]:
    for number in range(many):
        yield [f"Title {number}", "=formula " * 5, number, "2026-04-01", ["a", "b"]]


@pytest.mark.parametrize("kind", ["csv", "json", "xlsx"])
def test_memory_stays_the_same_however_many_rows(kind: str) -> None:
    headers = ["title", "text", "number", "day", "list"]

    def write(many: int) -> int:
        tracemalloc.start()
        try:
            if kind == "xlsx":
                xlsx_file(
                    headers, rows_of_some_width(many), sheet_name="x", kinds=["text", "text", "number", "date"]
                ).close()
            elif kind == "csv":
                assert sum(1 for _piece in csv_pieces(headers, rows_of_some_width(many))) > many // 200
            else:
                records = (dict(zip(headers, row, strict=True)) for row in rows_of_some_width(many))
                assert sum(1 for _piece in json_pieces(records)) > many // 200
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    write(400)
    assert write(6_000) < write(1_500) + 200_000
