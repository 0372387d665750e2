"""Excel workbooks as they come, and those that are damaged or hostile: read, or refused with what to do."""

from __future__ import annotations

import datetime
import io
import random
import time
import tracemalloc
import zipfile
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from hypothesis import given, settings
from hypothesis import strategies as st

from groundwork.access.errors import Invalid
from groundwork.sheets.reading import LONGEST_CELL, read_sheet
from tests.groundwork.sheets.workbooks import (
    SHEET,
    cells,
    changed,
    read,
    read_or_refused,
    saved,
    sheet_xml,
    text_row,
    workbook,
)

SMALL = workbook([["title", "lead"], ["a", "b"]])


def written(fill: Any, **options: Any) -> bytes:
    """A workbook made by the other library, which shares texts between cells as Excel does."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, options) as book:
        fill(book)
    return file.getvalue()


def test_every_kind_of_value_comes_as_people_write_it() -> None:
    moment = datetime.datetime(2026, 4, 1, 9, 30)
    rows = [
        ["title", "what"],
        ["day", datetime.date(2026, 4, 1)],
        ["moment", moment],
        ["moment with seconds", moment.replace(second=5)],
        ["time", datetime.time(9, 30)],
        ["whole", 12.0],
        ["fraction", 0.1 + 0.2],
        ["large", 12345678901234],
        ["tiny", 1e-7],
        ["minus", -5],
        ["yes", True],
        ["no", False],
        ["text", "  Café \n £5 "],
    ]
    assert [line[1] for line in cells(workbook(rows))[1:]] == [
        "2026-04-01",
        "2026-04-01T09:30",
        "2026-04-01T09:30:05",
        "09:30",
        "12",
        "0.3",
        "12345678901234",
        "0.0000001",
        "-5",
        "yes",
        "no",
        "Café \n £5",
    ]


@pytest.mark.parametrize("from_1904", [False, True])
def test_days_counted_from_1900_and_from_1904(from_1904: bool) -> None:
    days = [datetime.date(1904, 1, 2), datetime.date(2026, 4, 1), datetime.date(2100, 12, 31)]

    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["title", "start"])
        for row, day in enumerate(days, start=1):
            sheet.write_string(row, 0, "x")
            sheet.write_datetime(row, 1, day, book.add_format({"num_format": "d mmm yyyy"}))

    content = written(fill, date_1904=from_1904)
    assert (b"date1904" in zipfile.ZipFile(io.BytesIO(content)).read("xl/workbook.xml")) == from_1904
    assert [line[1] for line in cells(content)[1:]] == [day.isoformat() for day in days]


def test_the_29_february_1900_that_never_was() -> None:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.append(["title", "start"])
    for number in (1, 59, 61):
        sheet.append(["x", number])
        sheet.cell(sheet.max_row, 2).number_format = "dd/mm/yyyy"
    sheet.append(["x", -1])
    sheet.cell(5, 2).number_format = "dd/mm/yyyy"
    lines = list(read(saved(book)).lines)
    assert [line.cells[1] for line in lines] == ["1900-01-01", "1900-02-28", "1900-03-01", "-1"]
    assert "no such day" in lines[3].problems[1]


def test_texts_that_cells_share_with_parts_in_several_styles() -> None:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["title", "lead"])
        sheet.write_rich_string(1, 0, "Warm ", book.add_format({"bold": True}), "homes", " for all")
        sheet.write_string(1, 1, "_x000D_ typed")
        sheet.write_row(2, 0, ["same", "same"])

    assert cells(written(fill))[1:] == [["Warm homes for all", "_x000D_ typed"], ["same", "same"]]


def test_signs_as_excel_writes_them_and_as_people_type_them() -> None:
    rows = text_row("title", "lead") + text_row("a_x000D_&#10;b", "_x005F_x000D_") + text_row("c_x0000_d_xD800_", "e")
    assert cells(changed(SMALL, sheet=sheet_xml(rows)))[1:] == [["a\nb", "_x000D_"], ["cd�", "e"]]


def test_how_a_text_is_pronounced_is_no_part_of_it() -> None:
    strings = "<sst><si><t>東京</t><rPh><t>トウキョウ</t></rPh></si></sst>"
    content = written(lambda book: book.add_worksheet().write_row(0, 0, ["title", "lead"]))
    rows = text_row("title", "lead") + '<row><c t="s"><v>0</v></c><c><v>1</v></c></row>'
    assert cells(changed(content, **{"sheet": sheet_xml(rows), "xl/sharedStrings.xml": strings}))[1] == ["東京", "1"]


def test_a_formula_gives_its_last_value_and_one_never_calculated_is_a_problem() -> None:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["title", "money"])
        sheet.write_formula(1, 0, '="a"&"b"', None, "ab")
        sheet.write_formula(1, 1, "=6*7", None, 42)

    sheet = read(written(fill))
    (line,) = sheet.lines
    assert (line.cells, line.problems) == (["ab", "42"], {})
    assert "There are formulas. What they last came to was taken." in sheet.notes
    (uncomputed,) = read(workbook([["title", "money"], ["=A1", "=6*7"]])).lines
    assert uncomputed.cells == ["", ""]
    assert set(uncomputed.problems) == {0, 1}
    assert "was never calculated. Open the file in a spreadsheet program" in uncomputed.problems[1]
    empty = '<row><c t="str"><f>""</f><v></v></c><c><v>1</v></c></row>'
    (line,) = read(changed(SMALL, sheet=sheet_xml(text_row("title", "money") + empty))).lines
    assert (line.cells, line.problems) == (["", "1"], {})


def test_an_error_in_a_cell_is_told() -> None:
    rows = text_row("title", "money") + '<row><c t="e"><v>#REF!</v></c><c t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'
    (line,) = read(changed(SMALL, sheet=sheet_xml(rows))).lines
    assert "shows the error #REF!" in line.problems[0]
    assert "shows the error #DIV/0!" in line.problems[1]


def test_titles_and_merged_headings_above_the_list() -> None:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.append(["Joint work of the district"])
    sheet.merge_cells("A1:D1")
    sheet.append([])
    sheet.append(["Title", "Lead", "When", None])
    sheet.append([None, None, "Start", "End"])
    sheet.merge_cells("A3:A4")
    sheet.merge_cells("B3:B4")
    sheet.merge_cells("C3:D3")
    sheet.append(["a", "b", datetime.date(2026, 4, 1), None])
    found = read(saved(book), known_headers=("title", "lead", "start", "end"))
    assert (found.headers, found.header_line) == (["Title", "Lead", "Start", "End"], 4)
    assert found.notes == ["The 2 lines above the headings were left out."]
    assert [(line.number, line.cells) for line in found.lines] == [(5, ["a", "b", "2026-04-01", ""])]


def test_lines_keep_their_numbers_and_cells_their_columns() -> None:
    rows = (
        '<row r="3"><c r="B3" t="inlineStr"><is><t>title</t></is></c><c r="D3" t="inlineStr"><is><t>lead</t></is></c>'
        '</row><row r="7"><c r="D7"><v>2</v></c><c r="B7"><v>1</v></c><c r="F7"><v>9</v></c></row>'
        "<row><c><v>3</v></c></row>"
    )
    sheet = read(changed(SMALL, sheet=sheet_xml(rows)))
    assert (sheet.headers, sheet.header_line) == (["", "title", "", "lead"], 3)
    assert [(line.number, line.cells) for line in sheet.lines] == [(7, ["", "1", "", "2"]), (8, ["3", "", "", ""])]
    assert sheet.notes == ["What stands to the right of the last heading was left out, first in line 7."]


def test_hidden_rows_are_read_and_told() -> None:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for row in (["title", "lead"], ["a", "b"], ["c", "d"]):
        sheet.append(row)
    sheet.row_dimensions[2].hidden = True
    found = read(saved(book))
    assert [line.cells[0] for line in found.lines] == ["a", "c"]
    assert "There are hidden rows, or rows left out by a filter. They were read like all others." in found.notes


def test_the_first_sheet_that_is_shown_and_filled_else_the_one_asked_for() -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.title = "Empty"
    hidden, work, more = book.create_sheet("Hidden"), book.create_sheet("Work"), book.create_sheet("More & <more>")
    hidden.sheet_state = "hidden"
    for sheet in (hidden, work, more):
        sheet.append(["title", "lead"])
        sheet.append([sheet.title, "x"])
    book.create_chartsheet("Chart")
    content = saved(book)
    found = read(content)
    assert (found.name, found.names) == ("Work", ["Empty", "Hidden", "Work", "More & <more>"])
    assert next(found.lines).cells[0] == "Work"
    assert cells(content, sheet="More & <more>")[1][0] == "More & <more>"
    assert cells(content, sheet="Hidden")[1][0] == "Hidden"
    with pytest.raises(Invalid, match=r"no sheet called “Works” in the workbook\. It has: Empty, Hidden, Work"):
        read(content, sheet="Works")
    with pytest.raises(Invalid, match=r"nothing in the sheet “Empty”\. Choose another one"):
        read(content, sheet="Empty")


def test_links_to_other_workbooks_stay_where_they_are() -> None:
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLinkPath" '
        'Target="file:///etc/passwd" TargetMode="External"/></Relationships>'
    )
    rows = text_row("title", "lead") + '<row><c><f>[1]Sheet1!A1</f><v>7</v></c><c t="str"><f>x</f><v>b</v></c></row>'
    content = changed(
        SMALL,
        **{
            "sheet": sheet_xml(rows),
            "xl/externalLinks/externalLink1.xml": "<externalLink/>",
            "xl/externalLinks/_rels/externalLink1.xml.rels": relations,
        },
    )
    assert cells(content)[1] == ["7", "b"]


def test_workbooks_of_other_programs() -> None:
    """Names with prefixes, the strict dialect, days as text, absolute addresses of parts."""
    xml = (
        '<x:worksheet xmlns:x="http://purl.oclc.org/ooxml/spreadsheetml/main"><x:sheetData><x:row>'
        '<x:c t="inlineStr"><x:is><x:t>title</x:t></x:is></x:c><x:c t="inlineStr"><x:is><x:t>start</x:t></x:is></x:c>'
        '</x:row><x:row><x:c t="str"><x:v>a</x:v></x:c><x:c t="d"><x:v>2026-04-01T00:00:00</x:v></x:c></x:row>'
        "</x:sheetData></x:worksheet>"
    )
    assert cells(changed(SMALL, sheet=xml))[1] == ["a", "2026-04-01"]
    assert cells(changed(SMALL, sheet=xml.encode("utf-16")))[1] == ["a", "2026-04-01"]


def other(**names: str | bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in names.items():
            archive.writestr(name, content)
    return file.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (SMALL, "list.xlsm", "workbook with macros"),
        (changed(SMALL, **{"xl/vbaProject.bin": b"x"}), "list.xlsx", "workbook with macros"),
        (changed(SMALL, **{"xl/workbook.bin": b"x"}), "list.xlsb", "binary Excel workbook"),
        (OLE + b"x" * 600, "list.xls", "old Excel file"),
        (OLE + b"x" * 600 + "EncryptedPackage".encode("utf-16-le"), "list.xlsx", "protected by a password"),
        (other(mimetype="x", **{"content.xml": "<x/>"}), "list.ods", "OpenDocument file"),
        (other(**{"Index/Document.iwa": "x"}), "list.numbers", "Numbers file"),
        (other(**{"[Content_Types].xml": "<x/>", "word/document.xml": "<x/>"}), "list.docx", "no spreadsheet"),
        (other(**{"list.csv": "a,b"}), "list.zip", "This is an archive"),
        (SMALL[:-30], "list.xlsx", "The workbook is damaged"),
        (b"PK\x03\x04" + b"junk" * 50, "list.xlsx", "The workbook is damaged"),
        (changed(SMALL, sheet="<worksheet><sheetData><row>"), "list.xlsx", "The workbook is damaged"),
        (changed(SMALL, sheet=b"\x00\x01\x02"), "list.xlsx", "The workbook is damaged"),
        (changed(SMALL, **{"xl/workbook.xml": None}), "list.xlsx", "damaged"),
        (changed(SMALL, **{"xl/_rels/workbook.xml.rels": None}), "list.xlsx", "no sheet in the workbook"),
        (workbook([]), "list.xlsx", "nothing in the file but empty lines"),
        (workbook([["title", "lead"]]), "list.xlsx", "headings in line 1 but nothing below"),
        (workbook([[f"h{n}" for n in range(300)], ["a", "b"]]), "list.xlsx", "more than 200 columns"),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_to_do(content: bytes, name: str, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        list(read(content, name).lines)


def test_files_as_a_form_hands_them_over() -> None:
    for content, name in ((SMALL, "list.xlsx"), (b"title,lead\na,b\n", "list.csv")):
        small = SimpleUploadedFile(name, content)
        assert [line.cells for line in read_sheet(small, name=name).lines] == [["a", "b"]]  # type: ignore[arg-type]
        with TemporaryUploadedFile(name, "", len(content), None) as large:
            large.write(content)
            assert [line.cells for line in read_sheet(large, name=name).lines] == [["a", "b"]]  # type: ignore[arg-type]


def test_a_workbook_is_one_whatever_its_name_says() -> None:
    assert cells(SMALL, "list.csv") == [["title", "lead"], ["a", "b"]]


ENTITIES = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 9))


@pytest.mark.parametrize(
    "document_type",
    [
        f'<!DOCTYPE x [<!ENTITY e0 "ha">{ENTITIES}]>',
        '<!DOCTYPE x [<!ENTITY e8 SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">',
    ],
)
@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/styles.xml", "_rels/.rels"])
def test_entities_are_never_unfolded(document_type: str, part: str) -> None:
    xml = sheet_xml(text_row("title", "lead") + text_row("&e8;", "b")).replace("?>", "?>" + document_type, 1)
    with pytest.raises(Invalid, match="damaged"):
        list(read(changed(SMALL, **{part: xml})).lines)


@pytest.mark.parametrize(
    "content",
    [
        changed(SMALL, sheet=b"0" * 200_000_000),
        changed(SMALL, **{"xl/media/picture.png": b"0" * 9_000_000}),
        changed(SMALL, **{f"xl/media/{n}.png": b"" for n in range(2_001)}),
        changed(SMALL, **{f"xl/{'x' * 100}/{n}.png": b"" for n in range(8_000)}),
    ],
    ids=["a large part", "a swollen part", "many parts", "a large directory"],
)
def test_a_bomb_is_not_unpacked(content: bytes) -> None:
    assert len(content) < 3_000_000
    tracemalloc.start()
    try:
        with pytest.raises(Invalid, match="Unpacked, the workbook would be far larger"):
            read(content)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def test_a_directory_that_lies_about_sizes_is_damaged() -> None:
    content = bytearray(changed(SMALL, sheet=sheet_xml(text_row("title", "lead") + text_row("a", "b") * 20_000)))
    info = zipfile.ZipFile(io.BytesIO(bytes(content))).getinfo(SHEET)
    said = info.file_size.to_bytes(4, "little")
    assert content.count(said) == 2
    content[:] = content.replace(said, (5_000).to_bytes(4, "little"))
    with pytest.raises(Invalid, match="damaged"):
        list(read(bytes(content)).lines)


def test_endless_cells_and_rows_take_no_memory() -> None:
    wide = changed(SMALL, sheet=sheet_xml(text_row("title", "lead") + f"<row>{'<c><v>1</v></c>' * 100_000}</row>"))
    long = changed(SMALL, sheet=sheet_xml(text_row("title", "lead") + text_row("ab" * 1_000_000, "c")))
    tracemalloc.start()
    try:
        (line,) = read(wide).lines
        assert line.cells == ["1", "1"]
        (line,) = read(long).lines
        assert (len(line.cells[0]), list(line.problems)) == (LONGEST_CELL, [0])
        assert tracemalloc.get_traced_memory()[1] < 8_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("place", [SHEET, "xl/workbook.xml", "xl/styles.xml"])
def test_one_tag_of_many_megabytes_is_damage(place: str) -> None:
    """The parser goes through a tag from its beginning with every piece it is fed: minutes for a hundred megabytes."""
    generator = random.Random(1)
    endless = "".join(generator.choices("abcdefgh", k=200_000)) * 10
    rows = text_row("title", "lead") + text_row("a", "b")
    for tag in (f'<row x="{endless}"/>', f"<!--{endless}-->"):
        with pytest.raises(Invalid, match="damaged"):
            list(read(changed(SMALL, **{place: sheet_xml(rows + tag + rows)})).lines)


def test_how_much_of_a_workbook_is_read_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("groundwork.sheets.workbook.MOST_PIECES", 200_000)
    rows = text_row("title", "lead") + text_row("a", "b")
    for more in ("<row>" + "<c/>" * 250_000 + "</row>", "<x/>" * 250_000):
        with pytest.raises(Invalid, match="Unpacked, the workbook would be far larger"):
            list(read(changed(SMALL, sheet=sheet_xml(rows + more))).lines)


def test_sheets_that_are_one_part_are_read_once() -> None:
    book = zipfile.ZipFile(io.BytesIO(SMALL)).read("xl/workbook.xml").decode()
    start, end = book.index("<sheet "), book.index("</sheets>")
    again = "".join(book[start:end].replace('"List"', f'"List {n}"') for n in range(1_000))
    content = changed(
        SMALL, **{"xl/workbook.xml": book[:start] + again + book[end:], SHEET: sheet_xml("<x/>" * 50_000)}
    )
    # A thousand times fifty thousand pieces are too many; once they are few, and nothing stands in them.
    with pytest.raises(Invalid, match="nothing"):
        read(content)


def test_the_name_of_a_sheet_is_no_novel() -> None:
    book = zipfile.ZipFile(io.BytesIO(SMALL)).read("xl/workbook.xml").decode().replace('"List"', f'"{"n" * 50_000}"')
    assert read(changed(SMALL, **{"xl/workbook.xml": book})).names == ["n" * 100]


def test_a_text_that_many_cells_share_is_not_taken_out_for_those_beyond_the_last_column() -> None:
    far = "".join(f'<c r="ZZ{n}" t="s"><v>0</v></c>' for n in range(60_000))
    strings = "xl/sharedStrings.xml"
    shared = f"<sst><si><t>{'ab' * 130_000}</t></si></sst>"
    sheet = sheet_xml(text_row("title", "lead") + text_row("a", "b") + f"<row>{far}<c r='A3' t='s'><v>0</v></c></row>")
    relations = "xl/_rels/workbook.xml.rels"
    link = '<Relationship Id="s" Type="http://x/sharedStrings" Target="/xl/sharedStrings.xml"/></Relationships>'
    old = zipfile.ZipFile(io.BytesIO(SMALL)).read(relations).decode().replace("sharedStrings", "other")
    parts = {strings: shared, relations: old.replace("</Relationships>", link)}
    begun = time.process_time()
    lines = list(read(changed(SMALL, sheet=sheet, **parts)).lines)
    assert time.process_time() - begun < 1.5
    assert (len(lines[1].cells[0]), list(lines[1].problems)) == (LONGEST_CELL, [0])


def test_a_large_directory_does_not_hide_behind_a_number() -> None:
    """Its last record may have a number in it that looks like the beginning of one."""
    content = bytearray(changed(SMALL, **{f"xl/{'x' * 100}/{n}.png": b"" for n in range(8_000)}))
    content[-6:-2] = b"PK\x05\x06"
    with pytest.raises(Invalid, match="Unpacked, the workbook would be far larger"):
        read(bytes(content))


def test_a_million_formatted_rows_with_nothing_in_them() -> None:
    formatted = "".join(f'<row r="{row}" s="1" customFormat="1"/>' for row in range(3, 1_000_001))
    content = changed(SMALL, sheet=sheet_xml(text_row("title", "lead") + text_row("a", "b") + formatted))
    assert cells(content) == [["title", "lead"], ["a", "b"]]


def test_a_large_workbook_takes_little_memory() -> None:
    generator = random.Random(1)

    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, [f"h{n}" for n in range(8)])
        for row in range(1, 6_001):
            sheet.write_row(row, 0, [generator.getrandbits(128).to_bytes(16, "big").hex() for _ in range(8)])

    content = written(fill)
    assert len(content) > 1_000_000
    file = io.BytesIO(content)
    tracemalloc.start()
    try:
        assert sum(1 for _line in read_sheet(file, name="large.xlsx").lines) == 6_000
        # Its 48,000 different texts are 1.5 MB in themselves.
        assert tracemalloc.get_traced_memory()[1] < 3_000_000
    finally:
        tracemalloc.stop()


@settings(max_examples=150)
@given(st.integers(0, len(SMALL) - 1), st.binary(min_size=1, max_size=8))
def test_a_workbook_damaged_anywhere_is_read_or_refused_with_a_sentence(at: int, other_bytes: bytes) -> None:
    assert read_or_refused(SMALL[:at] + other_bytes + SMALL[at + len(other_bytes) :], "list.xlsx")
