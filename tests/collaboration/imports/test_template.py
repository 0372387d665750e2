"""The empty sheet: what people fill in is understood, and what explains it is true."""

from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook

from collaboration.imports import template
from collaboration.imports.services.uploading import read_file
from collaboration.initiatives.columns import TEMPLATE
from groundwork.access.errors import Invalid
from tests.collaboration.imports.files import checked, verdicts
from tests.collaboration.initiatives.world import World

pytestmark = pytest.mark.django_db

HEADERS = (
    "title, summary, stage, lead, partners, strands, blocks, areas, start, end, money, contact, source, original_labels"
)


def test_the_csv_holds_the_headings_and_says_that_it_is_utf_8() -> None:
    assert ", ".join(TEMPLATE) == HEADERS
    assert template.csv_template() == b"\xef\xbb\xbf" + HEADERS.replace(", ", ",").encode() + b"\r\n"


def test_the_workbook_explains_each_column_and_lists_what_is_known(world: World) -> None:
    book = load_workbook(io.BytesIO(template.xlsx_template()))
    assert len(book.sheetnames) == 2
    assert [cell.value for cell in book.worksheets[0][1]] == list(TEMPLATE)
    assert book.worksheets[0].max_row == 1
    told = [[cell or "" for cell in row] for row in book.worksheets[1].iter_rows(values_only=True)]
    assert {row[0] for row in told} >= {*TEMPLATE, "ref"}
    known = {(row[0], row[1]) for row in told}
    assert {
        ("stage", "active"),
        ("strands", "V-A1"),
        ("strands", "V-A1.1"),
        ("blocks", "B-2"),
        ("areas", "C1"),
    } <= known
    assert ("lead, partners", "vale-nhs") in known


def test_a_template_that_was_filled_in_is_imported(world: World) -> None:
    book = load_workbook(io.BytesIO(template.xlsx_template()))
    book.worksheets[0].append(["Warm homes", "", "active", "Vale NHS", "", "V-A1.1; V-A2", "B-2", "Northwick"])
    file = io.BytesIO()
    book.save(file)
    assert verdicts(checked(world["owner:lead"], file, "template.xlsx")) == ["new"]


def test_an_empty_template_is_told_to_be_empty() -> None:
    for content, name in ((template.csv_template(), "a.csv"), (template.xlsx_template(), "a.xlsx")):
        with pytest.raises(Invalid, match="nothing below"):
            read_file(io.BytesIO(content), name=name)
