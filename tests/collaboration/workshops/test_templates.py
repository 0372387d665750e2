"""The templates that ship: sound, ten, and with columns of the place where they ask for them."""

from __future__ import annotations

from pathlib import Path

import pytest

from collaboration.boards.engine import founding
from collaboration.workshops import queries
from collaboration.workshops.models import Workshop
from collaboration.workshops.shipped import shipped
from collaboration.workshops.stages import STAGES
from groundwork.access.errors import NotFound
from tests.collaboration import ground as place
from tests.vision.loading import ESSEX, WESTMERE, load
from vision.frameworks import queries as vision

pytestmark = pytest.mark.django_db

TEN = [
    "nine-block-reflection",
    "ambition-canvas",
    "barriers-and-enablers",
    "principles-inquiry",
    "impact-effort",
    "resident-voices",
    "pre-mortem",
    "partnership-health",
    "after-action-review",
    "golden-thread-repair",
]


def test_there_are_ten() -> None:
    assert list(shipped()) == TEN


@pytest.mark.parametrize("key", TEN)
def test_each_founds_a_board_and_a_workshop(key: str) -> None:
    it = queries.template(key)
    founding.found(
        op_id="00000000-0000-4000-8000-000000000000",
        by="k",
        at=0,
        title=it.title,
        prompt=it.prompt,
        columns=[
            founding.Column(f"00000000-0000-4000-8000-{number:012}", column.title, column.prompt)
            for number, column in enumerate(it.columns, start=1)
        ],
        rules=founding.Rules(**{name: getattr(it.rules, name) for name in it.rules.__slots__}),
    )
    sector = place.Sector.objects.create(code="x", title="X")
    host = place.Organisation.objects.create(slug="x", name="X", sector=sector)
    made = Workshop(title=it.title, prompt=it.prompt, purpose=it.purpose, template=it.key, host=host)
    made.full_clean(exclude=["columns", "created_by"])
    assert 45 <= it.minutes <= 120
    assert {stage for stage, _minutes in it.plan} <= {number for number, *_rest in STAGES}


def test_columns_come_from_the_place_that_is_loaded(django_assert_num_queries) -> None:
    ground = place.lay()
    assert [c.title for c in queries.template("nine-block-reflection").columns] == [
        "Governance",
        "Delivery",
        "Data and evidence",
    ]
    assert [c.title for c in queries.template("ambition-canvas").columns] == [
        "Live well for longer",
        "An equal start for every child",
        "Connected to the world",
    ]
    ground.elements["B-2"].title = None
    ground.elements["B-2"].save()
    assert len(queries.template("nine-block-reflection").columns) == 2
    with django_assert_num_queries(2):
        assert len(queries.templates()) == 10


def test_a_place_without_them_has_columns_all_the_same() -> None:
    it = queries.template("nine-block-reflection")
    assert it.source == ""
    assert [c.title for c in it.columns] == ["What is strong", "What is missing", "What we can offer"]


@pytest.mark.parametrize("key", ["", "nope", "../shipped", "\x00"])
def test_no_such_template(key: str) -> None:
    with pytest.raises(NotFound):
        queries.template(key)


@pytest.mark.parametrize("catalogue", [ESSEX, WESTMERE])
def test_columns_are_what_a_real_place_says(catalogue: Path) -> None:
    """Nothing of a place is in the code: another place, other columns."""
    load(catalogue)
    for key, elements in (("nine-block-reflection", vision.building_blocks()), ("ambition-canvas", vision.ambitions())):
        said = [element.label for element in elements if element.title or element.short_title]
        columns = [column.title for column in queries.template(key).columns]
        assert columns == said or (not said and len(columns) == 3), key
    if catalogue == ESSEX:
        assert len(queries.template("nine-block-reflection").columns) == 9
        assert len(queries.template("ambition-canvas").columns) == 7
