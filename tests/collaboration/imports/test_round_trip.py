"""What was exported imports as "no change": all demo data, and whatever else can stand in a record."""

from __future__ import annotations

import dataclasses
import io
import unicodedata
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collaboration.imports import services
from collaboration.imports.matching import likeness
from collaboration.imports.services.in_one_go import check_file
from collaboration.imports.services.uploading import read_file
from collaboration.initiatives import indexing
from collaboration.initiatives.columns import COLUMNS, TEMPLATE
from collaboration.initiatives.finding.downloads import find_all
from collaboration.initiatives.finding.filters import Filters
from collaboration.initiatives.models import Alignment, FundingLine, Initiative, Partner
from goldenthread.demo.accounts import ensure_demo_accounts
from goldenthread.demo.register import Loader
from groundwork.access.actors import Actor, Public, SystemActor
from groundwork.clock import now
from groundwork.directory.models import Organisation, Sector
from groundwork.sheets.writing import csv_pieces
from tests.collaboration.imports.files import exported_csv, exported_xlsx, problems, uploaded, verdicts
from tests.collaboration.initiatives.world import World, made, person
from tests.vision.loading import ESSEX, load
from vision.frameworks.models import Element

pytestmark = pytest.mark.django_db

COMMAND = SystemActor(name="import_initiatives", via="command")


def in_template(actor: Actor) -> io.BytesIO:
    return exported_csv(actor, columns=TEMPLATE)


def nothing_changes(actor: Actor, file: io.BytesIO, name: str, lines: int) -> None:
    checked = check_file(actor=actor, read=read_file(file, name=name))
    changes = [
        (each.number, each.verdict, each.problems, each.changes)
        for each in checked.judged
        if each.verdict != "unchanged"
    ]
    assert changes == []
    assert len(checked.judged) == lines


@pytest.fixture
def demo(db: None, settings: Any) -> int:
    """Essex with its table of joint work and the invented initiatives. How many everybody may see."""
    settings.ENVIRONMENT = dataclasses.replace(settings.ENVIRONMENT, mode="demo")
    load(ESSEX)
    ensure_demo_accounts()
    Loader(at=now()).load()
    shown = sum(1 for _row in find_all(Public(), Filters()))
    assert shown >= 30
    return shown


def test_all_demo_data_in_every_format_by_everybody(demo: int, tmp_path: Path) -> None:
    officer = person("officer", Organisation.objects.get(slug="essex-county-council"), "officer")
    member = person("member", Organisation.objects.get(slug="rochford-district-council"), "member")
    names = [column.name for column in COLUMNS]
    rows = [dict(zip(names, row.cells(""), strict=True)) for row in find_all(Public(), Filters())]
    assert sum("row JW-" in row["source"] for row in rows) > 10
    for actor in (COMMAND, officer, member):
        nothing_changes(actor, exported_csv(Public()), "initiatives.csv", demo)
        nothing_changes(actor, exported_xlsx(Public()), "initiatives.xlsx", demo)
        # Without references, the table of joint work among the rest: by source and row, and by title.
        nothing_changes(actor, in_template(Public()), "table.csv", demo)
    nothing_changes(member, exported_csv(member), "initiatives.csv", sum(1 for _row in find_all(member, Filters())))

    for query in ("stage=active", "q=homes", "q=health&sort=title", "area=rochford"):
        filters, told = Filters.from_query(QueryDict(query))
        assert told == []
        found = [row.cells("") for row in find_all(Public(), filters)]
        if found:
            nothing_changes(COMMAND, io.BytesIO("".join(csv_pieces(names, found)).encode()), "some.csv", len(found))

    call_command("export_initiatives", str(tmp_path / "all.xlsx"))
    out = io.StringIO()
    call_command("import_initiatives", str(tmp_path / "all.xlsx"), stdout=out)
    assert out.getvalue().splitlines()[-1] == f"0 new, 0 changed, {demo} unchanged, 0 rejected"


# Text as a form or an import would keep it, in all its ugliness.
KEPT = st.text(
    alphabet=st.one_of(
        st.sampled_from("abcäß=+-@'\"“;,()<>{}[]|&#\\/ 0123456789£%\u00a0\u2028مرحبא日本😀e\u0301"),
        st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")),
    ),
    max_size=40,
)
LINES = st.lists(KEPT, max_size=3).map("\n".join)
TITLES = st.one_of(
    KEPT,
    st.sampled_from(
        ["=1+1", "'=x", "''", "-", "n/a", "3/4/2026", "12k", "{", "[1]", "TRUE", "0012", "1e5", "a;b", "  a  b "]
    ),
).map(lambda text: text if any(c.isalnum() for c in text) else f"{text}x")
DATES = st.one_of(st.none(), st.dates(date(1900, 1, 1), date(2200, 1, 1)))
LABELS = st.one_of(
    st.just({}),
    st.builds(lambda given: {"labels": given} if given else {}, st.lists(KEPT.filter(bool), max_size=3)),
    st.dictionaries(KEPT, st.one_of(KEPT, st.integers(-5, 5), st.none(), st.lists(KEPT, max_size=2)), max_size=3),
)
SOURCES = st.one_of(
    st.just({}),
    st.fixed_dictionaries({}, optional={"document": KEPT, "section": KEPT, "row": KEPT, "page": st.integers(1, 9)}),
)
RECORDS = st.fixed_dictionaries(
    {
        "title": TITLES,
        "summary": LINES,
        "stage": st.sampled_from(["", "idea", "active", "ended"]),
        "dates": st.tuples(DATES, DATES),
        "contact_role": KEPT,
        "contact_email": st.sampled_from(["", "a@example.org", "o'neil+x@example.co.uk"]),
        "lead": st.sampled_from([None, "lead", "odd", "semicolon", "bracket", "formula"]),
        "partners": st.lists(
            st.tuples(
                st.sampled_from(["partner", "group", "odd", "semicolon", "bracket", "formula"]),
                st.sampled_from(["", "funder", "adviser", "host", "delivery"]),
            ),
            max_size=4,
            unique=True,
        ),
        "codes": st.lists(
            st.sampled_from(["V-A1", "V-A1.1", "V-A1.2", "V-A2.1", "V-A3", "B-1", "B-2", "P-1.1", "PR-1"]),
            max_size=6,
            unique=True,
        ),
        "mains": st.integers(0, 3),
        "areas": st.lists(st.sampled_from(["C0", "C1", "C2", "C3"]), max_size=4, unique=True),
        "money": st.lists(st.decimals(0, 999999999, places=2), max_size=2),
        "source": SOURCES,
        "labels": LABELS,
    }
)


def tidy(text: str, *, lines: bool = False) -> str:
    """Text as the register keeps it; what it refuses is left out, because no record has it."""
    from collaboration.initiatives.services.cleaning import Problems
    from collaboration.initiatives.services.cleaning import text as kept

    problems = Problems()
    found = kept(text, field="x", label="x", longest=4000, problems=problems, lines=lines)
    return "" if problems else found


def write(world: World, bodies: dict[str, Organisation], said: dict[str, Any]) -> Initiative:
    begin, end = said["dates"]
    if begin and end and end < begin:
        begin, end = end, begin
    title = tidy(said["title"])[:200]
    it = made(
        world,
        title=title if any(c.isalnum() for c in title) else "Work",
        summary=tidy(said["summary"], lines=True),
        stage=said["stage"],
        starts_on=begin,
        ends_on=end,
        contact_role=tidy(said["contact_role"])[:120],
        contact_email=said["contact_email"],
        lead=bodies[said["lead"]] if said["lead"] else None,
        visibility="public",
        published_at=now(),
        source=said["source"],
        original_labels=said["labels"],
    )
    it.partners.all().delete()
    for name, role in said["partners"]:
        Partner.objects.create(initiative=it, organisation=bodies[name], role=role)
    for number, code in enumerate(said["codes"]):
        is_main = number < said["mains"] and code.startswith("V-") and "." in code
        Alignment.objects.create(initiative=it, element=world.ground.elements[code], is_main=is_main)
    it.areas.set([world.ground.areas[code] for code in said["areas"]])
    for amount in said["money"]:
        FundingLine.objects.create(initiative=it, amount=amount)
    return it


@pytest.fixture
def bodies(world: World) -> dict[str, Organisation]:
    """Organisations with names that lists, roles and formulas could trip over."""
    world.ground.elements["PR-1"] = Element.objects.get(code="PR-1")
    sector = Sector.objects.first()
    odd = {
        "odd": "Ämter & “Söhne”, Ltd.",
        "semicolon": "Alms; Relief and Care",
        "bracket": "Sports Trust (Funder)",
        "formula": "=HYPERLINK Trust",
    }
    found = {
        key: Organisation.objects.create(slug=f"body-{key}", name=name, sector=sector) for key, name in odd.items()
    }
    return {**world.bodies, **found}


def round_trip(world: World, bodies: dict[str, Organisation], records: list[dict[str, Any]]) -> None:
    with transaction.atomic():
        ids = [write(world, bodies, said).pk for said in records]
        indexing.reindex(ids)
        for actor in (COMMAND, world["owner:member"], world["other:lead"]):
            nothing_changes(actor, exported_csv(Public()), "initiatives.csv", len(records))
            nothing_changes(actor, exported_xlsx(Public()), "initiatives.xlsx", len(records))
        nothing_changes(world["owner:member"], in_template(Public()), "template.csv", len(records))
        transaction.set_rollback(True)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
# Records of one title cannot be told apart in a file without references; what is said of them then is tested below.
@given(records=st.lists(RECORDS, min_size=1, max_size=4, unique_by=lambda said: likeness(tidy(said["title"])[:200])))
def test_any_records(world: World, bodies: dict[str, Organisation], records: list[dict[str, Any]]) -> None:
    round_trip(world, bodies, records)


def test_a_title_that_several_records_have_is_no_double(world: World, bodies: dict[str, Organisation]) -> None:
    for stage in ("idea", "idea", "active"):
        made(world, title="Twins", visibility="public", published_at=now(), stage=stage)
    indexing.reindex(Initiative.objects.values_list("pk", flat=True))
    nothing_changes(world["owner:lead"], exported_csv(Public()), "a.csv", 3)
    nothing_changes(world["owner:lead"], in_template(Public()), "a.csv", 3)


@pytest.mark.parametrize("title", ["İ", "Straße", "ǅ", "Caf\u00e9", "ΣΑΣ", "ﬁn", "日本"])
def test_a_title_is_found_however_a_database_lowers_it(world: World, title: str) -> None:
    made(world, title=title, visibility="public", published_at=now())
    indexing.reindex(Initiative.objects.values_list("pk", flat=True))
    nothing_changes(world["owner:lead"], in_template(Public()), "a.csv", 1)
    # As sheets from some machines write it: each accent a sign of its own.
    apart = in_template(Public()).getvalue().decode().replace(title, unicodedata.normalize("NFD", title))
    found = check_file(actor=world["owner:lead"], read=read_file(io.BytesIO(apart.encode()), name="a.csv"))
    assert [each.initiative is not None for each in found.judged] == [True]
    assert found.summary.new == found.summary.rejected == 0


def test_through_the_pages_too(world: World) -> None:
    for number in range(3):
        made(world, title=f"Work {number}", visibility="public", published_at=now(), starts_on=date(2026, 3, 4))
    indexing.reindex(Initiative.objects.values_list("pk", flat=True))
    it = uploaded(world["owner:lead"], exported_xlsx(Public()), "initiatives.xlsx")
    it = services.choose_columns(actor=world["owner:lead"], imported=it, mapping=it.mapping)
    assert (verdicts(it), problems(it)) == (["unchanged"] * 3, [])
