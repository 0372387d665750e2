"""Counts are always what counting afresh would give, and every number is the total of the list it leads to."""

from __future__ import annotations

import random
from decimal import Decimal
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from collaboration.initiatives import finding, indexing
from collaboration.initiatives.models import Alignment, FundingLine, Initiative, Partner
from collaboration.thread import handlers, queries, services
from collaboration.thread.models import Counted, CoverageCell, CoverageTotal
from groundwork.clock import now
from groundwork.events.registry import Envelope, handlers_of
from tests.collaboration.ground import PUBLIC, Ground, initiative, lay

pytestmark = pytest.mark.django_db


@pytest.fixture
def ground() -> Ground:
    finding.choices(fresh=True)
    made = lay()
    finding.choices(fresh=True)
    return made


def kept() -> tuple[set, set]:
    """All counts, without the row that counts wait at."""
    return (
        set(CoverageCell.objects.values_list("row", "columns", "column", "initiatives", "partners", "money")),
        set(
            CoverageTotal.objects.exclude(kind="stamp").values_list("kind", "code", "initiatives", "partners", "money")
        ),
    )


def fresh() -> tuple[set, set]:
    """The same counts made in plain Python from the records, sharing nothing with what is tested."""
    cells: dict[tuple[str, str, str], list[Initiative]] = {}
    totals: dict[tuple[str, str], list[Initiative]] = {}
    for each in Initiative.objects.filter(visibility="public", withdrawn_at=None, merged_into=None):
        facets = {("all", "")}
        for alignment in each.alignments.select_related("element__framework", "element__parent"):
            path = [alignment.element]
            while path[-1].parent:
                path.append(path[-1].parent)
            facets |= {("element", e.code) for e in path}
            part = alignment.element.framework.part
            if part == "vision":
                facets.add(("ambition", path[-1].code))
                facets |= {("strand", path[-2].code)} if len(path) > 1 else set()
            elif part == "building-blocks":
                facets.add(("block", path[-1].code))
        for area in each.areas.all():
            facets |= {("area", a.code) for a in (area, area.within) if a}
        for organisation in _bodies(each):
            facets |= {("organisation", str(organisation.pk)), ("sector", str(organisation.sector_id))}
        for facet in facets:
            totals.setdefault(facet, []).append(each)
        for kind, row in facets:
            for columns, column in facets:
                if kind == "ambition" and columns in ("block", "area"):
                    cells.setdefault((row, columns, column), []).append(each)
    return (
        {(*cell, *_measured(those)) for cell, those in cells.items()},
        {
            (*facet, *(_measured(those) if facet[0] in queries.MEASURED_KINDS else (len(those), 0, Decimal(0))))
            for facet, those in totals.items()
        },
    )


def _bodies(each: Initiative):
    shown = [p.organisation for p in each.partners.exclude(confirmation="declined")]
    return {*shown, *([each.lead] if each.lead else [])}


def _measured(those: list[Initiative]) -> tuple[int, int, Decimal]:
    partners = {o.pk for each in those for o in _bodies(each) if not o.is_group}
    money = sum((line.amount for each in those for line in each.funding.all() if line.amount), Decimal(0))
    return len(those), len(partners), money


def tell(*, event: str = "initiative.changed", **payload) -> None:
    """Hand an event to the handler, as the relay does."""
    handlers_of(event)["thread.coverage"](
        Envelope(
            id=uuid4(),
            name=event,
            version=1,
            payload=payload,
            recorded_at=now(),
            person_id=None,
            organisation_id=None,
            mandate_id=None,
            via="system",
            correlation_id="",
        )
    )


def test_an_initiative_counts_once_in_each_cell_it_stands_in(ground: Ground) -> None:
    one = initiative(
        ground,
        "Home from hospital",
        codes=("V-A1.1", "V-A1.2", "V-A2.1", "B-1", "B-2"),
        areas=("C1",),
        lead="vale-nhs",
        partners=("northwick-council", "vale-nhs", "all-councils"),
        money=(1000, 250),
    )
    services.recount_initiatives([one.pk])
    cell = CoverageCell.objects.get(row="V-A1", column="B-1")
    # The lead, once, and the council; a group is nobody in particular.
    assert (cell.initiatives, cell.partners, cell.money) == (1, 2, Decimal(1250))
    assert CoverageCell.objects.get(row="V-A2", column="C0").initiatives == 1
    assert kept() == fresh()


def test_only_public_live_work_with_partners_that_have_not_declined_counts(ground: Ground) -> None:
    for visibility in ("draft", "partners", "public"):
        initiative(
            ground,
            visibility,
            codes=("V-A1.1", "B-1"),
            visibility=visibility,
            lead="vale-nhs",
            partners=("vale-county",),
        )
    initiative(ground, "gone", codes=("V-A1.1", "B-1"), withdrawn_at=now())
    Partner.objects.update(confirmation="declined")
    indexing.reindex(Initiative.objects.values_list("pk", flat=True))
    services.recount()
    cell = CoverageCell.objects.get(row="V-A1", column="B-1")
    assert (cell.initiatives, cell.partners) == (1, 1)
    assert kept() == fresh()


def test_what_it_moved_away_from_is_counted_again_too(ground: Ground) -> None:
    moving = initiative(ground, "Moving", codes=("V-A1.1", "B-1"), areas=("C1",))
    tell(event="initiative.published", initiative_id=moving.pk)
    moving.alignments.all().delete()
    Alignment.objects.create(initiative=moving, element=ground.elements["V-A3.1"])
    moving.areas.set([])
    indexing.reindex([moving.pk])
    tell(initiative_id=moving.pk)
    assert kept() == fresh()
    assert not CoverageCell.objects.exists()
    assert set(CoverageTotal.objects.filter(kind="ambition").values_list("code", flat=True)) == {"V-A3"}


@pytest.mark.parametrize("seed", range(12))
def test_after_any_sequence_of_changes_counts_are_what_counting_afresh_gives(ground: Ground, seed: int) -> None:
    """Random changes; each tells its event once, twice, or only after the next change has happened."""
    chance = random.Random(seed)
    late: list[dict[str, int]] = []
    codes = [code for code in ground.elements if code not in ("V-A1", "V-A2", "V-A3")]
    organisations = list(ground.organisations)

    def new() -> Initiative:
        return initiative(
            ground,
            "Work",
            codes=tuple(chance.sample(codes, chance.randint(0, 4))),
            areas=tuple(chance.sample(list(ground.areas), chance.randint(0, 2))),
            lead=chance.choice(["", *organisations]),
            partners=tuple(chance.sample(organisations, chance.randint(0, 3))),
            visibility=chance.choice(["public", "public", "partners", "draft"]),
            money=tuple(chance.sample(range(1, 5000), chance.randint(0, 2))),
        )

    def change(each: Initiative) -> None:
        what = chance.randrange(7)
        if what == 0:
            each.visibility = chance.choice(["public", "partners"])
        elif what == 1:
            each.withdrawn_at = None if each.withdrawn_at else now()
        elif what == 2:
            each.alignments.all().delete()
            for code in chance.sample(codes, 2):
                Alignment.objects.create(initiative=each, element=ground.elements[code])
        elif what == 3:
            each.areas.set([ground.areas[chance.choice(list(ground.areas))]])
        elif what == 4:
            each.partners.update(confirmation=chance.choice(["confirmed", "declined"]))
        elif what == 5:
            FundingLine.objects.create(initiative=each, amount=chance.choice([None, Decimal("10.01")]))
        else:
            others = [o for o in Initiative.objects.filter(merged_into=None) if o.pk != each.pk]
            if others:
                each.merged_into = chance.choice(others)
        each.save()
        indexing.reindex([each.pk])

    for _step in range(14):
        everything = list(Initiative.objects.filter(merged_into=None))
        if not everything or chance.random() < 0.4:
            payload = {"initiative_id": new().pk}
        else:
            chosen = chance.choice(everything)
            change(chosen)
            payload = {"initiative_id": chosen.pk}
            if chosen.merged_into_id:
                payload["into_id"] = chosen.merged_into_id
        for _time in range(chance.choice([0, 1, 1, 2])):
            tell(**payload)
        late.append(payload)
    chance.shuffle(late)
    for payload in late:
        tell(**payload)
    assert kept() == fresh()
    call_command("recount_coverage", verbosity=0)
    assert kept() == fresh()
    assert set(Counted.objects.values_list("pk", flat=True)) == set(
        Initiative.objects.filter(visibility="public", withdrawn_at=None, merged_into=None).values_list("pk", flat=True)
    )


def test_recounting_mends_whatever_is_wrong(ground: Ground) -> None:
    initiative(ground, "Work", codes=("V-A1.1", "B-1"), money=(5,))
    CoverageCell.objects.create(row="V-A2", columns="block", column="B-1", initiatives=99)
    CoverageTotal.objects.create(kind="ambition", code="V-A2", initiatives=99)
    services.recount(["V-A2"])
    assert not CoverageCell.objects.exists()
    CoverageCell.objects.create(row="V-A1", columns="block", column="B-1", initiatives=99)
    services.recount()
    assert kept() == fresh()


def test_every_event_that_changes_counts_exists() -> None:
    from groundwork.events.registry import known_events

    assert set(handlers.CHANGES_COUNTS) <= set(known_events())


def test_numbers_are_the_totals_of_the_lists_they_lead_to(ground: Ground) -> None:
    chance = random.Random(7)
    codes = [code for code in ground.elements if "." in code or code.startswith("B")]
    for n in range(25):
        initiative(
            ground,
            f"Work {n}",
            codes=tuple(chance.sample(codes, 3)),
            areas=tuple(chance.sample(list(ground.areas), 1)),
            visibility="public" if n % 5 else "partners",
        )
    services.recount()
    looked_at = 0
    for columns in queries.COLUMNS:
        for row, cells in queries.coverage(columns).lines():
            for cell in cells:
                filters, problems = finding.Filters.from_query(
                    QueryDict(f"ambition={row.code}&{columns}={cell.column.code}")
                )
                assert not problems
                assert finding.find(PUBLIC, filters).total.count == cell.number
                looked_at += cell.number
            filters, _problems = finding.Filters.from_query(QueryDict(f"ambition={row.code}"))
            assert finding.find(PUBLIC, filters).total.count == row.total
    assert looked_at > 25
    assert queries.totals_of("all").initiatives == 20


def test_the_table(ground: Ground) -> None:
    for _n in range(6):
        initiative(ground, "Work", codes=("V-A1.1", "B-2"), areas=("C2",), money=(1,))
    initiative(ground, "Work", codes=("V-A2.1", "B-2"), areas=("C1",))
    services.recount()
    with CaptureQueriesContext(connection) as reads:
        table = queries.coverage("block")
    assert len(reads) <= 4
    assert [row.code for row in table.rows] == ["V-A1", "V-A2", "V-A3"]
    assert [column.code for column in table.columns] == ["B-1", "B-2", "B-3"]
    assert table.cells == [[0, 6, 0], [0, 1, 0], [0, 0, 0]]
    assert table.levels == [[0, 6, 0], [0, 1, 0], [0, 0, 0]]
    assert [row.total for row in table.rows] == [6, 1, 0]
    by_area = queries.coverage("area", "money")
    assert [column.code for column in by_area.columns] == ["C3", "C1", "C2", "C0"]
    assert by_area.cells[0] == [0, 0, 6, 6]
    assert queries.totals("block") == {"B-2": 7}
    with pytest.raises(ValueError, match="no coverage table"):
        queries.coverage("block", "smiles")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("number", "most", "level"),
    [(0, 0, 0), (0, 9, 0), (1, 1, 6), (1, 6, 1), (5, 6, 5), (6, 6, 6), (1, 10**6, 1), (10**6 - 1, 10**6, 6), (3, 7, 3)],
)
def test_levels(number: int, most: int, level: int) -> None:
    assert queries.level(number, most) == level


def test_the_stamp_grows_with_every_count(ground: Ground) -> None:
    seen = [queries.stamp()]
    made = initiative(ground, "Work", codes=("V-A1.1",))
    services.recount_initiatives([made.pk])
    seen.append(queries.stamp())
    services.recount()
    seen.append(queries.stamp())
    services.recount(["V-A1"])
    seen.append(queries.stamp())
    assert seen == sorted(set(seen))


def test_gaps(ground: Ground) -> None:
    initiative(ground, "Work", codes=("V-A1.1", "B-2"), areas=("C2",))
    services.recount()
    gaps = queries.gaps()
    assert [gap.row.code for gap in gaps.strands] == ["V-A1.2", "V-A2.1", "V-A3.1"]
    assert len(gaps.blocks) == 8
    assert len(gaps.areas) == 10
    assert gaps.count == 21
    of_one = queries.gaps("V-A1")
    assert [gap.row.code for gap in of_one.strands] == ["V-A1.2"]
    assert {gap.column.code for gap in of_one.blocks if gap.column} == {"B-1", "B-3"}


def test_an_empty_place_has_an_empty_table() -> None:
    services.recount()
    table = queries.coverage("block")
    assert (table.rows, table.columns, table.cells, table.most) == ([], [], [], 0)
    assert queries.gaps().count == 0
    assert queries.totals_of("all") == queries.Totals()
    with pytest.raises(ValueError, match="alone"):
        queries.totals_of("sector")
