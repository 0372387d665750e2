"""Holidays and periods before elections: from the catalogue, and from officers."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from groundwork.access.actors import SystemActor
from groundwork.access.errors import Conflict, Invalid, NotAllowed
from groundwork.audit.models import AuditEntry
from groundwork.catalogue.reading import BrokenCatalogue
from groundwork.directory import queries, services
from groundwork.directory.models import PlaceDate
from tests.conftest import NOON
from tests.notifications.ground import Ground, lay
from tests.vision.loading import ESSEX, WESTMERE, copy_of, load

pytestmark = pytest.mark.django_db

SYSTEM = SystemActor(name="test")


@pytest.fixture
def ground(clock: object) -> Ground:
    return lay()


@pytest.fixture
def place(tmp_path: Path) -> Path:
    copy = copy_of(WESTMERE, tmp_path)
    (copy / "calendar.yaml").write_text(
        "holidays:\n"
        "  - {name: Lake Day, day: 2026-12-01}\n"
        "before_elections:\n"
        "  - {name: Lake election, first_day: 2027-03-22, last_day: 2027-05-06}\n"
    )
    return copy


def test_a_catalogue_says_which_days_a_place_keeps(place: Path) -> None:
    load(place)
    load(place)
    rows = [(row.kind, row.name, row.starts_on, row.ends_on, row.from_catalogue) for row in PlaceDate.objects.all()]
    assert rows == [
        ("holiday", "Lake Day", date(2026, 12, 1), date(2026, 12, 1), True),
        ("election", "Lake election", date(2027, 3, 22), date(2027, 5, 6), True),
    ]
    kept = queries.days_kept(around=NOON.date())
    assert kept["holiday"] == {date(2026, 12, 1)}
    assert len(kept["election"]) == 46


def test_what_leaves_the_catalogue_goes_and_what_people_added_stays(place: Path) -> None:
    load(place)
    services.add_place_date(
        actor=SYSTEM, kind="holiday", name="Office closed", starts_on=date(2026, 12, 24), ends_on=date(2026, 12, 24)
    )
    (place / "calendar.yaml").write_text("holidays:\n  - {name: Lake Day, day: 2026-12-02}\n")
    load(place)
    assert [(row.name, row.starts_on.day) for row in PlaceDate.objects.all()] == [
        ("Lake Day", 2),
        ("Office closed", 24),
    ]


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ("{name: Lake Day}", "“first_day” is missing."),
        ("{name: Lake Day, day: 2026-13-01}", "must be a day like"),
        ("{name: Lake Day, first_day: 2026-12-03, last_day: 2026-12-01}", "must not come before"),
        ("{name: Lake Day, day: 2026-12-01}\n  - {name: Lake Day, day: 2026-12-01}", "There is already a place date"),
        ("{day: 2026-12-01}", "“name” is missing."),
        ("{name: Lake Day, day: 2026-12-01, dya: 1}", "“dya” is not known here"),
    ],
)
def test_every_mistake_is_named(place: Path, entry: str, sentence: str) -> None:
    (place / "calendar.yaml").write_text(f"holidays:\n  - {entry}\n")
    with pytest.raises(BrokenCatalogue) as broken:
        load(place)
    assert any(sentence in str(problem) for problem in broken.value.problems), broken.value.problems


def test_essex_keeps_the_bank_holidays_of_england_and_wales() -> None:
    load(ESSEX)
    for year, easter in ((2026, date(2026, 4, 5)), (2027, date(2027, 3, 28)), (2028, date(2028, 4, 16))):
        days = {row.starts_on: row.name for row in PlaceDate.objects.filter(starts_on__year=year, kind="holiday")}
        assert len(days) == 8
        assert all(day.weekday() < 5 for day in days), "a bank holiday at a weekend has a substitute day"
        assert days[easter - timedelta(days=2)] == "Good Friday"
        assert days[easter + timedelta(days=1)] == "Easter Monday"
        mondays = [day for day, name in days.items() if "bank holiday" in name]
        assert [day.month for day in mondays] == [5, 5, 8]
        assert all(day.weekday() == 0 for day in mondays)


def test_officers_add_and_remove_periods_and_it_is_kept_who_did(ground: Ground) -> None:
    officer = ground.people["officer"]
    given = {"kind": "election", "name": "County election", "starts_on": date(2027, 3, 22), "ends_on": date(2027, 5, 6)}
    made = services.add_place_date(actor=officer, **given)
    assert services.add_place_date(actor=officer, **given) == made
    longer = services.add_place_date(actor=officer, **{**given, "ends_on": date(2027, 5, 7)})
    assert (longer.pk, longer.ends_on) == (made.pk, date(2027, 5, 7))
    services.remove_place_date(actor=officer, place_date=made)
    services.remove_place_date(actor=officer, place_date=made)
    assert not PlaceDate.objects.exists()
    acts = AuditEntry.objects.order_by("at", "pk").values_list("action", "person")
    assert [act for act, _person in acts] == ["place_date.add", "place_date.add", "place_date.remove"]
    assert {person for _act, person in acts} == {officer.person.pk}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kind": "party"}, "kind"),
        ({"name": "  "}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"ends_on": date(2027, 3, 21)}, "ends_on"),
        ({"ends_on": date(2028, 3, 22)}, "ends_on"),
    ],
)
def test_what_makes_no_sense_is_said_beside_its_field(ground: Ground, wrong: dict[str, object], field: str) -> None:
    given = {"kind": "election", "name": "County election", "starts_on": date(2027, 3, 22), "ends_on": date(2027, 5, 6)}
    with pytest.raises(Invalid) as refused:
        services.add_place_date(actor=ground.people["officer"], **{**given, **wrong})  # type: ignore[arg-type]
    assert set(refused.value.errors) == {field}


def test_nobody_else_may_and_the_catalogue_s_own_days_stay(ground: Ground) -> None:
    row = PlaceDate.objects.create(
        kind="holiday", name="Lake Day", starts_on=NOON.date(), ends_on=NOON.date(), from_catalogue=True
    )
    for name in ("lead", "scrutiny", "operator"):
        with pytest.raises(NotAllowed):
            services.remove_place_date(actor=ground.people[name], place_date=row)
    with pytest.raises(Conflict, match="catalogue"):
        services.remove_place_date(actor=ground.people["officer"], place_date=row)
