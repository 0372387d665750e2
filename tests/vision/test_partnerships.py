"""Partnership boards that arrive with a place: another county's too, without a line of code."""

from __future__ import annotations

from pathlib import Path

import pytest

from collaboration.governance.models import PartnershipBoard, Seat
from collaboration.governance.queries.boards import sitting
from groundwork.audit.queries import history_of
from groundwork.catalogue.reading import BrokenCatalogue
from tests.vision.loading import WESTMERE, change, copy_of, load, no_writes

pytestmark = pytest.mark.django_db

LAKE = """partnerships:
- key: lake-board
  name: Lake Board
  kind: board
  purpose: Clean water.
  lead: westmere-council
  parent: valley-assembly
  elements: [WW-b]
  areas: [X01]
  starts_on: 2027-01-01
  ends_on: 2028-01-01
  members:
  - {organisation: westmere-council, role: secretary}
  - {organisation: lake-watch, title: Neighbours}
- {key: valley-assembly, name: Valley Assembly, kind: assembly, status: proposed, purpose: null}
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    copy = copy_of(WESTMERE, tmp_path)
    (copy / "partnerships.yaml").write_text(LAKE)
    load(copy)
    return copy


def test_another_county_loads_its_boards(place: Path) -> None:
    board = PartnershipBoard.objects.get(slug="lake-board")
    assert (board.name, board.status, board.is_time_limited, str(board.lead)) == (
        "Lake Board", "active", True, "Westmere Council",
    )  # fmt: skip
    assert board.parent == PartnershipBoard.objects.get(slug="valley-assembly", status="proposed", purpose="")
    assert [each.code for each in board.elements.all()] == ["WW-b"]
    assert [(str(row.organisation), row.seat.role, row.is_vacant) for row in sitting(board)] == [
        ("Westmere Council", "secretary", True),
        ("Lake Watch", "member", True),
    ]
    with no_writes():
        assert load(place).changes == ()


def test_a_later_load_leaves_what_people_changed(place: Path) -> None:
    board = PartnershipBoard.objects.get(slug="lake-board")
    board.purpose = "Cleaner water."
    board.save()
    assert board.lead is not None
    Seat.objects.create(board=board, organisation=board.lead)
    change(place, "partnerships.yaml", "purpose: Clean water.", "purpose: Clear water.")
    change(place, "partnerships.yaml", "name: Lake Board", "name: Board of the Lake")
    change(place, "partnerships.yaml", "- {key: valley-assembly", "- {key: valley-meeting")
    change(place, "partnerships.yaml", "parent: valley-assembly", "parent: valley-meeting")
    load(place)
    board.refresh_from_db()
    assert (board.purpose, board.name, board.parent and board.parent.slug) == (
        "Cleaner water.", "Board of the Lake", "valley-meeting",
    )  # fmt: skip
    assert board.seats.count() == 3
    assert [entry.action for entry in history_of(board)] == ["partnership.reload", "partnership.load"]
    gone = PartnershipBoard.objects.get(slug="valley-assembly")
    assert (gone.status, gone.closed_reason) == ("closed", "No longer in the place catalogue.")
    change(place, "partnerships.yaml", "- {key: valley-meeting", "- {key: valley-assembly")
    change(place, "partnerships.yaml", "parent: valley-meeting", "parent: valley-assembly")
    load(place)
    gone.refresh_from_db()
    assert (gone.status, gone.closed_on) == ("proposed", None)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("lead: westmere-council", "lead: eastmere", "There is no organisation “eastmere”"),
        ("parent: valley-assembly", "parent: lake-board", "reports to itself"),
        ("kind: board", "kind: club", "must be one of"),
        ("elements: [WW-b]", "elements: [WW-zz]", "There is no element “WW-zz”"),
        ("ends_on: 2028-01-01", "ends_on: 2026-01-01", "must be a later day"),
        ("  name: Lake Board\n", "", "must state its name or its body"),
        ("organisation: lake-watch, title: Neighbours", "organisation: westmere-council, role: secretary", "twice"),
    ],
)
def test_a_broken_one_is_refused(place: Path, old: str, new: str, sentence: str) -> None:
    change(place, "partnerships.yaml", old, new)
    with pytest.raises(BrokenCatalogue) as refused:
        load(place)
    assert [Path(problem.file).name for problem in refused.value.problems] == ["partnerships.yaml"]
    assert sentence in str(refused.value.problems[0])
