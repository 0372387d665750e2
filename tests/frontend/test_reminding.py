"""The officers' page of reminders: who keeps in touch with whom, and on which days mail rests."""

from __future__ import annotations

from typing import Any

import html5lib
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from groundwork.access.errors import Invalid, NotAllowed
from groundwork.audit.models import AuditEntry
from groundwork.clock import today
from groundwork.directory.models import Organisation, OrganisationName, PlaceDate
from notifications.models import Care
from notifications.reminders.registry import reminders
from notifications.services.caring import save_care
from tests.notifications.ground import Ground, lay

pytestmark = pytest.mark.django_db

PAGE = "manage-reminders"


@pytest.fixture
def ground(clock: object) -> Ground:
    return lay()


@pytest.fixture(autouse=True)
def without_second_factor(settings: Any) -> None:
    """That officers need one is shown elsewhere."""
    settings.REQUIRE_MFA = "none"


@pytest.fixture
def officer(ground: Ground) -> Client:
    client = Client()
    client.force_login(ground.people["officer"].who)
    return client


def given(**more: object) -> dict[str, object]:
    return {"relationship_owner": "", "first_days": "30", "second_days": "60", "third_days": "90", **more}


def test_the_page_says_what_is_reminded_of_and_who_keeps_in_touch(officer: Client, ground: Ground) -> None:
    Care.objects.create(
        organisation=ground.hospital, relationship_owner=ground.people["officer"].person, first_days=14, second_days=28
    )
    PlaceDate.objects.create(kind="holiday", name="Lake Day", starts_on=today(), ends_on=today(), from_catalogue=True)
    page = officer.get(reverse(PAGE))
    html5lib.HTMLParser(strict=True).parse(page.text)
    assert "Olive Officer" in page.text
    assert "14, 28 and 90 days" in page.text
    assert "Lake Day" in page.text
    for reminder in reminders():
        assert str(reminder.title) in page.text
    assert "After 7, 21 and 42 days" in page.text
    OrganisationName.objects.create(organisation=ground.hospital, name="Vale NHS Trust", folded="vale nhs trust")
    found = officer.get(reverse(PAGE), {"words": "nhs"})
    assert "Vale NHS Trust" in found.text
    assert "Young Vale" not in found.text
    assert "No organisation found" in officer.get(reverse(PAGE), {"words": "nobody at all"}).text


def test_an_officer_says_who_keeps_in_touch_and_when_records_are_old(officer: Client, ground: Ground) -> None:
    address = reverse("manage-care", args=["vale-nhs"])
    assert "Olive Officer" in officer.get(address).text
    answer = officer.post(address, given(relationship_owner="601", first_days="20"))
    assert answer.status_code == 302
    care = Care.objects.get()
    assert (care.organisation, care.relationship_owner_id, care.first_days) == (ground.hospital, 601, 20)
    officer.post(address, given(relationship_owner="601", first_days="20"))
    assert AuditEntry.objects.filter(action="care.change").count() == 1, "the same again changes nothing"
    officer.post(address, given(first_days="20"))
    assert Care.objects.get().relationship_owner is None


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"first_days": "90"}, "The second reminder must come after the first"),
        ({"third_days": "60"}, "The third reminder must come after the second"),
        ({"first_days": "0"}, "Enter a number of days from 1 to 730"),
        ({"third_days": "99999999999"}, "Enter a number of days from 1 to 730"),
        ({"second_days": "a while"}, "Enter a number of days from 1 to 730"),
        ({"second_days": ""}, "Enter: days until the second"),
        ({"relationship_owner": "605"}, "Select a valid choice"),
    ],
)
def test_what_makes_no_sense_is_said_and_nothing_is_lost(
    officer: Client, ground: Ground, wrong: dict[str, str], sentence: str
) -> None:
    answer = officer.post(reverse("manage-care", args=["vale-nhs"]), given(**wrong))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert not Care.objects.exists()


def test_nobody_else_says_it(ground: Ground) -> None:
    days = {"first_days": 30, "second_days": 60, "third_days": 90}
    for name in ("lead", "nurse", "scrutiny", "operator"):
        with pytest.raises(NotAllowed):
            save_care(actor=ground.people[name], organisation=ground.hospital, relationship_owner=None, **days)
    with pytest.raises(Invalid):
        save_care(actor=ground.people["officer"], organisation=ground.hospital, relationship_owner=605, **days)


def test_a_period_before_an_election_is_added_and_removed(officer: Client, ground: Ground) -> None:
    days = {
        "kind": "election",
        "name": "County election",
        **{f"starts_on-{n}": v for n, v in zip(("day", "month", "year"), ("22", "3", "2027"), strict=True)},
        **{f"ends_on-{n}": v for n, v in zip(("day", "month", "year"), ("6", "5", "2027"), strict=True)},
    }
    wrong = officer.post(reverse("manage-days-new"), {**days, "ends_on-year": "2026"})
    assert wrong.status_code == 422
    assert "must not come before" in wrong.text
    assert 'value="County election"' in wrong.text
    assert officer.post(reverse("manage-days-new"), days).status_code == 302
    (made,) = PlaceDate.objects.all()
    assert str(made) == "County election, 2027-03-22"
    assert "22 March 2027 to 6 May 2027" in officer.get(reverse(PAGE)).text
    remove = reverse("manage-days-remove", args=[made.pk])
    assert "Remove these days" in officer.get(remove).text
    assert PlaceDate.objects.exists()
    assert officer.post(remove).status_code == 302
    assert not PlaceDate.objects.exists()
    assert officer.get(remove).status_code == 404


def test_days_of_the_catalogue_are_not_removed_here(officer: Client, ground: Ground) -> None:
    row = PlaceDate.objects.create(
        kind="holiday", name="Lake Day", starts_on=today(), ends_on=today(), from_catalogue=True
    )
    address = reverse("manage-days-remove", args=[row.pk])
    assert "<button" not in officer.get(address).text.partition("<main")[2].partition("</main")[0]
    assert "catalogue" in officer.post(address, follow=True).text
    assert PlaceDate.objects.exists()


def test_a_group_is_not_looked_after(officer: Client, ground: Ground) -> None:
    group = Organisation.objects.create(slug="all", name="All", sector=ground.council.sector, is_group=True)
    assert officer.get(reverse("manage-care", args=[group.slug])).status_code == 404
    assert f"/{group.slug}/" not in officer.get(reverse(PAGE)).text


def test_the_page_costs_the_same_however_many_organisations(officer: Client, ground: Ground) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert officer.get(reverse(PAGE)).status_code == 200
        return len(asked)

    cost()
    before = cost()
    for number in range(3):
        made = Organisation.objects.create(slug=f"o{number}", name=f"O {number}", sector=ground.council.sector)
        Care.objects.create(organisation=made, relationship_owner=ground.people["lead"].person)
    assert cost() == before
