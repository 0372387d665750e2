"""CSV files as people and programs write them are read, and those that cannot be are refused with what to do."""

from __future__ import annotations

import io
import random
import time
import tracemalloc
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundwork.access.errors import Invalid
from groundwork.sheets.reading import LONGEST_CELL, MOST_BYTES, MOST_COLUMNS, MOST_LINES, read_sheet
from tests.groundwork.sheets.workbooks import cells, read, read_or_refused

TABLE = [["title", "lead"], ["Café £5", "Rochford"], ["Zoë", "Maldon"]]


def text(separator: str = ",", ends: str = "\r\n") -> str:
    return ends.join(separator.join(row) for row in TABLE) + ends


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "utf-32"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_encodings_and_separators_are_found_out(encoding: str, separator: str) -> None:
    assert cells(text(separator).encode(encoding)) == TABLE


@pytest.mark.parametrize("ends", ["\n", "\r", "\r\n"])
def test_line_ends_of_every_system(ends: str) -> None:
    assert cells(text(ends=ends)) == TABLE


def test_an_encoding_that_had_to_be_guessed_is_told() -> None:
    sheet = read(text().encode("cp1252"))
    assert sheet.notes[0].startswith("The file is not in UTF-8. It was read as Windows-1252")
    assert read(text()).notes == []


def test_a_wrong_encoding_late_in_a_long_file_is_noticed() -> None:
    content = b"title,lead\n" + b"a,b\n" * 40_000 + "é,b\n".encode("cp1252")
    sheet = read(content)
    assert [line.cells for line in sheet.lines][-1] == ["é", "b"]
    assert "Windows-1252" in sheet.notes[0]


def test_the_separator_a_file_names_itself() -> None:
    sheet = read("sep=;\ntitle;lead\nA, and B;C\n")
    assert (sheet.headers, sheet.header_line) == (["title", "lead"], 1)
    assert [(line.number, line.cells) for line in sheet.lines] == [(2, ["A, and B", "C"])]
    assert cells("SEP=,\ntitle,lead\nA,B\n") == [["title", "lead"], ["A", "B"]]


def test_commas_in_texts_do_not_hide_another_separator() -> None:
    rows = "".join(f"One, two, {n};Lead, {n}\n" for n in range(9))
    assert cells("title;lead\n" + rows)[1] == ["One, two, 0", "Lead, 0"]


def test_line_ends_and_other_separators_in_quoted_texts_do_not_hide_the_separator() -> None:
    assert cells('title,lead\n"a;b\nc;d\ne;f\ng;h",x\n') == [["title", "lead"], ["a;b\nc;d\ne;f\ng;h", "x"]]
    many = "title;lead;stage\n" + "1,5;2,5;3,5\n" * 3
    assert cells("A, list, of, things\nTitle, lead, and more\n" + many, known_headers=("title", "lead", "stage"))[
        0
    ] == [
        "title",
        "lead",
        "stage",
    ]


def test_quotes_line_ends_in_cells_and_the_numbers_of_lines() -> None:
    sheet = read('title,lead\n"a, ""b""\nand c",d\n\n,\ne,f\n')
    assert [(line.number, line.cells) for line in sheet.lines] == [(2, ['a, "b"\nand c', "d"]), (5, ["e", "f"])]


@pytest.mark.parametrize("content", ['title,lead\n"a,b\nc,d\n', 'title,lead\na,"', 'title,lead\n"' + "x," * 100_000])
def test_a_quotation_mark_that_is_never_closed_is_told_with_its_line(content: str) -> None:
    with pytest.raises(Invalid, match=r"In line 2 a cell begins with a quotation mark that is never closed"):
        list(read(content).lines)


def test_stray_quotation_marks_are_only_signs() -> None:
    assert cells('title,lead\n5" pipe,"say "yes""\n')[1] == ['5" pipe', 'say yes""']


def test_lines_of_different_length() -> None:
    sheet = read("title,lead,stage\na\nb,c,d,\ne,f,g,h\n")
    short, empty, long = sheet.lines
    assert (short.cells, short.problems) == (["a", "", ""], {})
    assert (empty.cells, empty.problems) == (["b", "c", "d"], {})
    assert long.cells == ["e", "f", "g"]
    assert long.problems == {2: long.problems[2]}
    assert "more cells than there are headings" in long.problems[2]


def test_titles_above_the_headings_are_left_out_and_told() -> None:
    content = "Joint work 2026,,\n,,\nPrinted on,1 April,\nTitle,Lead,Stage\na,b,c\n"
    sheet = read(content, known_headers=("title", "lead", "stage"))
    assert (sheet.headers, sheet.header_line) == (["Title", "Lead", "Stage"], 4)
    assert sheet.notes == ["The 2 lines above the headings were left out."]
    assert [line.number for line in sheet.lines] == [5]
    assert read("My list\ntitle,lead\na,b\n").notes == ["The line above the headings was left out."]


def test_a_heading_merged_over_two_rows_stands_in_the_upper_one() -> None:
    sheet = read("Name,Dates,,Lead\n,Start,End,\na,b,c,d\n", known_headers=("start", "end"))
    assert sheet.headers == ["Name", "Start", "End", "Lead"]


def test_headings_are_found_whatever_their_case_and_spaces() -> None:
    sheet = read("Things,of,note\nORIGINAL LABELS,Title,x\n1,2,3\n", known_headers=("original_labels", "title"))
    assert sheet.headers == ["ORIGINAL LABELS", "Title", "x"]


def test_headings_that_are_missing_doubled_or_endless_stay_what_they_are() -> None:
    assert cells("title,,title,\na,b,c,d\n") == [["title", "", "title", ""], ["a", "b", "c", "d"]]
    assert len(read(f"title,{'x' * 5000}\na,b\n").headers[1]) == 200
    assert cells("title\na\n\nb\n") == [["title"], ["a"], ["b"]]


def test_signs_that_a_database_refuses_do_not_reach_it() -> None:
    assert cells(b"ti\x00tle,lead\na\x00b,c\x0bd\x7f\x1a") == [["title", "lead"], ["ab", "c\nd"]]
    replaced = cells("title,lead\na,b\n".encode("utf-16-le") + b"\x00\xd8x\x00,\x00y\x00")
    assert all(ord(sign) < 0xD800 or ord(sign) > 0xDFFF for sign in "".join(replaced[2]))


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "list.csv", "The file is empty"),
        (b"\xef\xbb\xbf", "list.csv", "nothing in the file but empty lines"),
        (b"\r\n\r\n,,,\n ; \n", "list.csv", "nothing in the file but empty lines|nothing below them"),
        (b"title,lead\n", "list.csv", "headings in line 1 but nothing below"),
        (b"title,lead\n,\n\n", "list.csv", "headings in line 1 but nothing below"),
        (random.Random(1).randbytes(5000), "list.csv", "not a spreadsheet that can be read here"),
        (b"%PDF-1.7 \xe2\xe3", "list.csv", "This is a PDF"),
        (b"\x89PNG\r\n\x1a\n", "list.csv", "This is a picture"),
        (b"\x1f\x8b\x08\x00", "list.csv", "compressed file"),
        (b"\n <!DOCTYPE html><table>", "list.xls", "web page or XML"),
        (b"<?xml version='1.0'?><Workbook/>", "list.xls", "web page or XML"),
        (b"title,lead\na,b\n", "list.xlsx", "not what its name says"),
        (b'{"title": "a"}', "list.json", "This is JSON"),
        (b"x" * (MOST_BYTES + 1), "list.csv", "larger than 10 MB"),
        (b",".join(b"h%d" % n for n in range(MOST_COLUMNS + 1)) + b"\n1,2\n", "list.csv", "more than 200 columns"),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_to_do(content: bytes, name: str, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        read(content, name)


def test_too_many_lines_are_told_when_they_are_reached() -> None:
    sheet = read("title,lead\n" + "a,b\n" * (MOST_LINES + 1))
    assert sum(1 for _line in islice(sheet.lines, MOST_LINES)) == MOST_LINES
    with pytest.raises(Invalid, match=r"more than 50,000 lines\. Split the file"):
        next(sheet.lines)
    within = read("title,lead\n" + "a,b\n,\n" * MOST_LINES)
    assert sum(1 for _line in within.lines) == MOST_LINES


def test_a_cell_longer_than_a_cell_can_be_is_a_problem_of_its_line() -> None:
    sheet = read(f"title,lead\n{'x' * (LONGEST_CELL + 1)},b\n{'y' * LONGEST_CELL},c\n")
    long, fitting = sheet.lines
    assert (len(long.cells[0]), list(long.problems)) == (LONGEST_CELL, [0])
    assert "longer than a cell can be" in long.problems[0]
    assert fitting.problems == {}


def test_a_large_file_takes_little_memory() -> None:
    generator = random.Random(1)
    lines = (",".join(f"word {generator.random()}" for _ in range(9)) for _ in range(45_000))
    content = ("a,b,c,d,e,f,g,h,i\n" + "\n".join(lines)).encode()
    assert 8_000_000 < len(content) < MOST_BYTES
    file = io.BytesIO(content)
    tracemalloc.start()
    try:
        assert sum(1 for _line in read_sheet(file, name="large.csv").lines) == 45_000
        assert tracemalloc.get_traced_memory()[1] < 4_000_000
    finally:
        tracemalloc.stop()


@given(st.one_of(st.binary(max_size=400), st.text(max_size=200).map(lambda t: t.encode("utf-8", "replace"))))
def test_whatever_comes_is_read_or_refused_with_a_sentence(content: bytes) -> None:
    assert read_or_refused(content, "list.csv")


def test_one_line_of_millions_of_separators_is_refused_soon() -> None:
    begun = time.process_time()
    with pytest.raises(Invalid, match="more than 200 columns"):
        read("a,;\t|" * 400_000)
    assert time.process_time() - begun < 2.5
