"""Workbooks as spreadsheet programs save them, not as a library writes them."""

from __future__ import annotations

from pathlib import Path

from groundwork.sheets.reading import read_sheet

FILES = Path(__file__).parent / "files"


def test_a_workbook_of_libreoffice_is_read_with_its_dates_lines_and_results() -> None:
    with (FILES / "saved_by_libreoffice_7.xlsx").open("rb") as file:
        sheet = read_sheet(file, name="list.xlsx")
        lines = [(line.number, line.cells, line.problems) for line in sheet.lines]
    assert sheet.headers == ["Project name", "Summary", "Stage", "Who leads", "Start", "Money", "Double"]
    hubs = (
        "Warm hubs",
        "A warm place\non weekdays",
        "Active",
        "Rochford District Council",
        "2025-11-01",
        "12000",
        "24000",
    )
    links = "Cycle links", "Sums & more <x>", "Idea", "Basildon Borough Council", "2026-03-31", "0.5", "1"
    assert lines == [(2, list(hubs), {}), (3, list(links), {})]
    assert any("formulas" in note for note in sheet.notes)
