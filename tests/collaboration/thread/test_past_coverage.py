"""The coverage of a past day is what was counted on that day, whatever became of the register since."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from collaboration.initiatives import finding, indexing
from collaboration.initiatives.models import Alignment, FundingLine, Initiative
from collaboration.thread import queries, services
from collaboration.thread.exports import coverage_records
from collaboration.thread.models import Stretch
from groundwork.clock import now, today
from groundwork.directory.models import Area, Organisation
from tests.collaboration.ground import Ground, initiative, lay
from tests.settings import forget_cache
from vision.frameworks.models import Element

pytestmark = pytest.mark.django_db

TABLES = [(columns, measure) for columns in queries.COLUMNS for measure in queries.MEASURES]
Seen = dict[tuple[str, str], tuple[list[int], list[int], list[list[int]]]]


@pytest.fixture
def ground(clock: Any) -> Ground:
    forget_cache()
    finding.choices(fresh=True)
    made = lay()
    finding.choices(fresh=True)
    return made


def seen(on: date | None = None) -> Seen:
    """The numbers of every table: rows, columns, cells."""
    found: Seen = {}
    for columns, measure in TABLES:
        table = queries.coverage(columns, measure, on)
        totals = [heading.total for heading in table.rows], [heading.total for heading in table.columns]
        found[columns, measure] = (*totals, table.cells)
    return found


def count(*rows: Initiative) -> None:
    indexing.reindex([row.pk for row in rows])
    services.recount_initiatives([row.pk for row in rows])


def test_every_past_day_is_as_it_was_seen_then(ground: Ground, clock: Any) -> None:
    chance = random.Random(6)
    elements = list(Element.objects.filter(framework__part__in=("vision", "building-blocks")))
    areas = list(Area.objects.all())
    made: list[Initiative] = []
    # From the first day with anything public on it: before, nothing says that there was nothing.
    count(initiative(ground, "Steady", codes=("V-A1.1",)))
    days: dict[date, Seen] = {}
    for number in range(12):
        codes = tuple(each.code for each in chance.sample(elements, 3))
        lead, *partners = chance.sample(list(ground.organisations), 3)
        more: Any = {"lead": lead, "partners": tuple(partners), "areas": (chance.choice(areas).code,)}
        made.append(initiative(ground, f"Work {number}", codes=codes, **more))
        # Several changes in a day: the last of them is what the day was.
        for row in (made[-1], *chance.sample(made, min(3, len(made)))):
            match chance.randrange(5):
                case 0:
                    row.withdrawn_at = None if row.withdrawn_at else now()
                    row.save()
                case 1:
                    row.alignments.all().delete()
                    Alignment.objects.create(initiative=row, element=chance.choice(elements))
                case 2:
                    FundingLine.objects.create(initiative=row, amount=Decimal(chance.randrange(1, 9999)) / 4)
                case 3:
                    row.areas.set(chance.sample(areas, 2))
                case _:
                    row.partners.update(confirmation=chance.choice(["confirmed", "declined"]))
            count(row)
        if number % 4 == 3:
            services.recount()
        days[today()] = seen()
        clock.shift(timedelta(days=chance.choice([1, 1, 3])))
    for day, then in days.items():
        assert seen(day) == then, day
    # Nothing happened on the days between, and counting everything afresh changes no past day.
    before = list(Stretch.objects.order_by("pk").values())
    services.recount()
    assert list(Stretch.objects.order_by("pk").values()) == before
    first, second, *_rest = sorted(days)
    assert seen(second - timedelta(days=1)) == days[first]
    assert queries.kept_since() == first


def test_what_was_public_for_an_hour_is_on_no_day(ground: Ground, clock: Any) -> None:
    row = initiative(ground, "Work", codes=("V-A1.1", "B-1"))
    count(row)
    assert Stretch.objects.count() == 1
    row.withdrawn_at = now()
    row.save()
    count(row)
    assert not Stretch.objects.exists()
    clock.shift(timedelta(days=2))
    row.withdrawn_at = None
    row.save()
    count(row)
    clock.shift(timedelta(days=2))
    services.recount()
    (stretch,) = Stretch.objects.all()
    assert (stretch.valid_from, stretch.valid_to) == (today() - timedelta(days=2), None)


def test_before_it_was_kept_it_is_inferred_and_said_to_be(ground: Ground, clock: Any) -> None:
    old = initiative(ground, "Old", codes=("V-A1.1", "B-1"))
    new = initiative(ground, "New", codes=("V-A1.1", "B-1"))
    Initiative.objects.filter(pk=old.pk).update(published_at=now() - timedelta(days=400))
    Initiative.objects.filter(pk=new.pk).update(published_at=now() - timedelta(days=3))
    services.recount()
    first = today()
    clock.shift(timedelta(days=10))
    count(initiative(ground, "Later", codes=("V-A1.1", "B-1")))

    def number(on: date | None) -> tuple[int, bool]:
        table = queries.coverage("block", on=on)
        return table.cells[0][0], table.is_exact

    assert number(None) == number(today() + timedelta(days=9)) == (3, True)
    assert number(first) == (2, True)
    assert number(first - timedelta(days=30)) == (1, False)
    assert number(first - timedelta(days=4)) == (1, False)
    assert number(first - timedelta(days=3)) == (2, False)
    assert number(first - timedelta(days=900)) == (0, False)
    page = Client().get(f"/coverage/?on={first - timedelta(days=30)}").content.decode()
    assert f"It is exact from {first.day} {first:%B %Y} on" in " ".join(page.split())
    exact = Client().get(f"/coverage/?on={first}").content.decode()
    assert "This is the register as it stood at the end of" in exact
    assert "It is exact from" not in exact
    # Its numbers lead to no list, since lists are of today, and its gaps are not to be filled.
    assert "/initiatives/?ambition=" not in exact
    assert "/initiatives/new/" not in exact
    assert "This is the register" in Client().get(f"/map/?on={first}").content.decode()
    told = Client().get(f"/api/v1/coverage/?on={first - timedelta(days=30)}").json()
    assert (told["cells"][0][0], told["exact"]) == (1, False)
    line = next(iter(coverage_records("block", first)))
    assert (line["initiatives"], line["on"], line["exact"]) == (2, first, True)
    # In each line, because lines are copied out of files.
    before = coverage_records("block", first - timedelta(days=30))
    assert {(line["on"], line["exact"]) for line in before} == {(first - timedelta(days=30), False)}


def test_partners_are_the_organisations_of_the_day(ground: Ground, clock: Any) -> None:
    slug = next(slug for slug, each in ground.organisations.items() if not each.is_group)
    row = initiative(ground, "Work", codes=("V-A1.1", "B-1"), lead=slug)
    count(row)
    first, partners = today(), queries.coverage("block", "partners").cells[0][0]
    assert partners
    clock.shift(timedelta(days=5))
    Organisation.objects.filter(pk=row.lead_id).update(valid_to=today(), status="closed")
    services.recount()
    assert queries.coverage("block", "partners").cells[0][0] == partners - 1
    assert queries.coverage("block", "partners", on=first).cells[0][0] == partners


def test_an_element_withdrawn_since_has_its_row_on_the_days_before(ground: Ground, clock: Any) -> None:
    count(initiative(ground, "Work", codes=("V-A2.1", "B-1")))
    first = today()
    clock.shift(timedelta(days=5))
    Element.objects.filter(code="V-A2").update(withdrawn_on=today())
    assert "V-A2" not in {row.code for row in queries.coverage("block").rows}
    (row,) = (row for row in queries.coverage("block", on=first).rows if row.code == "V-A2")
    assert row.total == 1


def test_a_past_day_costs_the_same_for_one_and_for_three(ground: Ground, clock: Any) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as caught:
            queries.coverage("area", on=today() - timedelta(days=1))
        return len(caught)

    count(initiative(ground, "One", codes=("V-A1.1",), areas=("C1",)))
    clock.shift(timedelta(days=2))
    before = cost()
    count(*(initiative(ground, f"More {n}", codes=("V-A1.1",), areas=("C2",)) for n in range(3)))
    clock.shift(timedelta(days=2))
    assert cost() == before <= 6
