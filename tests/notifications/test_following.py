"""What somebody follows, as a line of text and back."""

from __future__ import annotations

import pytest

from groundwork.access.actors import Public
from groundwork.access.errors import Invalid
from notifications.following import Followed
from notifications.queries.follows import shown
from tests.notifications.ground import Ground, lay
from tests.settings import forget_cache

pytestmark = pytest.mark.django_db


@pytest.fixture
def ground() -> Ground:
    forget_cache()
    return lay()


@pytest.mark.parametrize(
    ("query", "canonical", "anchor", "title", "path"),
    [
        ("area=V1", "area=V1", "area:V1", "Northwick", "/areas/northwick/"),
        ("organisation=vale-nhs", "organisation=vale-nhs", "organisation:503", "Vale NHS Trust", None),
        (
            "area=V1&organisation=vale-nhs&sort=title&page=3",
            "organisation=vale-nhs&area=V1",
            "organisation:503",
            "Northwick with Vale NHS Trust",
            "/initiatives/?organisation=vale-nhs&area=V1",
        ),
        ("?q=warm++homes", "words=warm+homes", "words:", "“warm homes”", "/initiatives/?words=warm+homes"),
        ("initiative=val-0042", "initiative=VAL-0042", "initiative:VAL-0042", "VAL-0042", "/initiatives/VAL-0042/"),
        ("workshop=12", "workshop=12", "workshop:12", "A workshop", "/workshops/"),
        ("", "", "all:", "Everything in the register", "/initiatives/"),
    ],
)
def test_a_line_and_what_it_means(
    ground: Ground, query: str, canonical: str, anchor: str, title: str, path: str | None
) -> None:
    followed = Followed.parse(query)

    assert followed.query == canonical
    assert followed.anchor == anchor
    assert followed.title == title
    assert followed.path == (path or "/organisations/vale-nhs/")
    assert Followed.parse(followed.query) == followed


@pytest.mark.parametrize(
    "query",
    [
        "area=nowhere",
        "initiative=ESX-",
        "initiative=" + "A" * 200 + "-1",
        "workshop=-1",
        "workshop=0",
        "workshop=" + "9" * 30,
        "workshop=²",
        "year=soon",
        "words=" + "ä" * 190,
    ],
)
def test_what_means_nothing_is_refused_with_a_sentence(ground: Ground, query: str) -> None:
    with pytest.raises(Invalid) as refused:
        Followed.parse(query)

    assert refused.value.message.endswith(".")


def test_titles_are_read_for_somebody(ground: Ground, django_assert_num_queries: object) -> None:
    ground.initiative.visibility = "draft"
    ground.initiative.save()

    found = shown(Public(), ["initiative=VAL-0042", "area=V1", "workshop=12", "area=gone"])

    assert "Warm homes" not in str(found)
    assert [each.path for each in found.values()] == ["", "/areas/northwick/", "", ""]
    assert shown(ground.people["lead"], ["initiative=VAL-0042"])["initiative=VAL-0042"].title.startswith("Warm homes")
