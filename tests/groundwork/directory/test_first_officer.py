"""The operator's way to let the first officer in."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from groundwork.directory.models import Mandate
from groundwork.events.models import OutboxEvent
from tests.groundwork.directory.town import Town


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("invite_person", *arguments, stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_the_first_officer_gets_in_by_the_link_it_prints(clock):
    town = Town()
    told = run("officer@example.org")
    path = "/" + told.strip().splitlines()[-1].split("/", 3)[3]
    assert Client().post(path, {"name": "First Officer"}).status_code == 302
    mandate = Mandate.objects.get()
    assert (mandate.role, mandate.organisation) == ("officer", town.convening)
    assert OutboxEvent.objects.filter(name="person.invited").exists()


@pytest.mark.django_db
def test_another_organisation_gets_a_lead(clock):
    Town()
    assert "as lead" in run("lead@example.org", "--organisation", "northwick-council")


@pytest.mark.parametrize(
    "arguments",
    [("nobody",), ("a@example.org", "--organisation", "No such"), ("a@example.org", "--role", "king")],
)
@pytest.mark.django_db
def test_what_cannot_be_is_said(clock, arguments):
    Town()
    with pytest.raises(CommandError):
        run(*arguments)


@pytest.mark.django_db
def test_without_a_place_it_says_what_to_do_first():
    with pytest.raises(CommandError, match="load-place"):
        run("a@example.org")
