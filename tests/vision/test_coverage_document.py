"""docs/coverage.md speaks of every recommendation and every system, each once."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from tests.vision.loading import ESSEX

DOCUMENT = Path(__file__).parents[2] / "docs" / "coverage.md"


def rows() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in DOCUMENT.read_text().splitlines():
        if re.match(r"\| (CR|SYS)-", line):
            code, *cells = [cell.strip() for cell in line.strip("| ").split(" | ")]
            assert code not in found
            found[code] = cells
    return found


def test_every_system_is_there_once_and_says_where_it_lives() -> None:
    systems = {code: cells for code, cells in rows().items() if code.startswith("SYS-")}
    assert list(systems) == [f"SYS-{n:03d}" for n in range(1, 102)]
    for name, where, state in systems.values():
        assert name
        assert where
        assert state == "now" or state.startswith("planned: ")
    in_full = sum(1 for cells in systems.values() if cells[2] == "now")
    assert f"Today {in_full} of the 101 work in full" in DOCUMENT.read_text()


def test_the_ten_recommendations_have_their_own_names() -> None:
    road_map = yaml.safe_load((ESSEX / "frameworks" / "3-collaborate-road-map.yaml").read_text())["frameworks"][0]
    assert {code: cells[0] for code, cells in rows().items() if code.startswith("CR-")} == {
        element["code"]: element["title"] for element in road_map["elements"]
    }
