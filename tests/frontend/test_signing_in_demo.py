"""Demo accounts: one button each in a demo, and no way to them anywhere else."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from types import ModuleType
from typing import Any

import pytest
from django.test import Client
from django.urls import include, path
from django.urls.exceptions import NoReverseMatch

from frontend import urls as frontend_urls
from goldenthread.demo.accounts import ACCOUNTS, ensure_demo_accounts
from goldenthread.settings.environment import ROOT
from groundwork.access.errors import NotAllowed
from groundwork.accounts.models import Person
from groundwork.directory.models import Mandate, Organisation, Place
from groundwork.directory.queries import actor_for, demo_people
from groundwork.directory.services import end_mandate
from tests.groundwork.directory.town import SYSTEM, Town

EMAILS = tuple(account.email for account in ACCOUNTS)


class DemoUrls(ModuleType):
    """The addresses as a demo has them."""

    urlpatterns = [path("demo/", include("goldenthread.demo.urls")), path("", include(frontend_urls))]
    handler404 = "frontend.pages.errors.not_found"


@pytest.fixture
def demo(settings: Any, db: None) -> Any:
    settings.ENVIRONMENT = dataclasses.replace(settings.ENVIRONMENT, mode="demo")
    settings.DEMO_ACCOUNTS = EMAILS
    module = DemoUrls("tests.frontend.demo_urls")
    sys.modules[module.__name__] = module
    settings.ROOT_URLCONF = module.__name__
    yield settings
    del sys.modules[module.__name__]


def test_the_settings_of_a_demo_name_the_accounts_that_are_made():
    code = "from django.conf import settings; print(*settings.DEMO_ACCOUNTS)"
    environ = {**os.environ, "GOLDENTHREAD_MODE": "demo", "DJANGO_SETTINGS_MODULE": "goldenthread.settings"}
    environ["PYTHONPATH"] = f"{ROOT}:{ROOT / 'platform'}"
    told = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True)
    assert tuple(told.stdout.split()) == EMAILS


def test_they_are_made_once_with_their_mandates(demo):
    town = Town()
    Organisation.objects.create(slug="rochford-district-council", name="Rochford", sector=town.council.sector)
    for _each in range(2):
        ensure_demo_accounts()
    assert Person.objects.count() == len(ACCOUNTS) == 6
    held = {
        person.email: [(m.organisation.slug, m.role) for m in person.mandates.order_by("pk")]
        for person in Person.objects.all()
    }
    assert held["convenor@example.org"][0] == ("vale-county-council", "officer")
    assert len(held["convenor@example.org"]) == 2
    assert held["district@example.org"] == [("rochford-district-council", "lead")]
    assert held["operator@example.org"] == []
    assert all(person.is_demo and person.emailaddress_set.get().verified for person in Person.objects.all())


def test_what_somebody_ended_in_the_demo_stays_ended(demo):
    Town()
    ensure_demo_accounts()
    end_mandate(actor=SYSTEM, mandate=Mandate.objects.get(person__email="district@example.org"))
    ensure_demo_accounts()
    assert actor_for(Person.objects.get(email="district@example.org")).organisation is None


def test_another_place_gets_the_nearest_and_an_empty_one_none(demo):
    ensure_demo_accounts()
    assert not Mandate.objects.exists()
    Town()
    Place.objects.update(convening_organisation=None)
    ensure_demo_accounts()
    assert Mandate.objects.filter(person__email="district@example.org", role="lead").count() == 1
    assert not Mandate.objects.filter(role="officer").exists()


def test_one_button_signs_in_and_looking_does_not(demo):
    Town()
    ensure_demo_accounts()
    client = Client()
    page = client.get("/sign-in/").content.decode()
    assert all(account.name in page for account in ACCOUNTS)
    assert client.get("/demo/sign-in/?person=nhs@example.org").status_code == 405
    assert client.get("/account/").status_code == 302
    assert client.post("/demo/sign-in/", {"person": "nhs@example.org"}).status_code == 302
    assert "Dr Leila Haddad" in client.get("/account/").content.decode()


@pytest.mark.parametrize(
    "person", ["", "nobody@example.org", "real@example.org", "colleague@example.org", "\x00", "x" * 5000]
)
def test_only_those_listed_can_be_signed_in_as(demo, person):
    ensure_demo_accounts()
    Person.objects.create_user("real@example.org", name="A real person")
    Person.objects.create_user("colleague@example.org", name="In the background", is_demo=True)
    client = Client()
    assert client.post("/demo/sign-in/", {"person": person}).headers["Location"] == "/sign-in/"
    assert client.get("/account/").status_code == 302


@pytest.mark.django_db
def test_elsewhere_there_is_no_such_address_and_no_such_account(settings):
    from django.urls import reverse

    with pytest.raises(NoReverseMatch):
        reverse("demo_sign_in")
    Person.objects.create_user("nhs@example.org", name="Left behind", is_demo=True)
    assert Client().post("/demo/sign-in/", {"person": "nhs@example.org"}).status_code == 404
    assert demo_people() == []
    with pytest.raises(NotAllowed):
        ensure_demo_accounts()


@pytest.mark.django_db
def test_even_where_the_address_was_routed_by_mistake_it_refuses(settings, demo):
    ensure_demo_accounts()
    settings.ENVIRONMENT = dataclasses.replace(settings.ENVIRONMENT, mode="production")
    client = Client()
    assert client.post("/demo/sign-in/", {"person": "nhs@example.org"}).status_code == 404
    assert client.get("/account/").status_code == 302


def test_production_settings_cannot_have_it(tmp_path):
    """A real start with production's environment: the address is not there, and the list is empty."""
    code = (
        "import django; django.setup()\n"
        "from django.conf import settings\n"
        "from django.urls import resolve, Resolver404\n"
        "assert settings.DEMO_ACCOUNTS == ()\n"
        "assert settings.REQUIRE_MFA == 'officers'\n"
        "assert settings.SESSION_COOKIE_NAME.startswith('__Host-')\n"
        "try:\n    resolve('/demo/sign-in/')\nexcept Resolver404:\n    print('not there')\n"
    )
    environ = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}",
        "DJANGO_SETTINGS_MODULE": "goldenthread.settings",
        "GOLDENTHREAD_MODE": "production",
        "DATA_DIR": str(tmp_path),
        "SECRET_KEY": "only-for-this-test-" * 4,
        "ALLOWED_HOSTS": "thread.example.org",
        "BASE_URL": "https://thread.example.org",
    }
    told = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=False)
    assert told.stdout.strip() == "not there", told.stderr
