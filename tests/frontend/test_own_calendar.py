"""One's own workshops in one's own calendar: by a secret address, until it is ended."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.test import Client

from collaboration.workshops import services
from collaboration.workshops.models import CalendarLink
from goldenthread.logs import without_secrets
from groundwork.access.actors import SystemActor
from groundwork.accounts.services import people as accounts
from groundwork.audit.models import AuditEntry
from tests.collaboration.workshops.ground import Ground, lay, planned
from tests.frontend.test_registering import text
from tests.settings import forget_cache

pytestmark = pytest.mark.django_db


@pytest.fixture
def ground(clock: time_machine.Coordinates) -> Ground:
    forget_cache()
    return lay()


def signed_in(ground: Ground, name: str) -> Client:
    client = Client()
    client.force_login(ground[name].who)
    return client


def path_of(page: Any) -> str:
    address = text(page).split('value="http', 1)[1].split('"', 1)[0]
    return "/" + address.split("/", 3)[3]


def feed(path: str) -> str:
    """What a calendar program reads, with long lines made whole."""
    response = Client().get(path)
    assert response.status_code == 200, response.content
    assert response["Referrer-Policy"] == "no-referrer"
    assert "no-store" in response["Cache-Control"]
    return response.content.decode().replace("\r\n ", "")


def test_it_holds_what_one_goes_to_and_nothing_else(ground: Ground) -> None:
    mine, invited = planned(ground, title="My own"), planned(ground, "nurse", title="Invited to")
    declined, public = planned(ground, "nurse", title="Declined"), planned(ground, "nurse", title="Seen by all")
    services.change_workshop(actor=ground["nurse"], workshop=public, version=None, visibility="public")
    member = ground["member"].who.email
    for workshop in (invited, declined):
        people = [(member, "", "participant"), ("other@vale.example", "", "participant")]
        services.invite(actor=ground["nurse"], workshop=workshop, people=people)
    # Somebody else who declines says nothing about this person.
    invited.invitations.filter(email="other@vale.example").update(answer="no")
    declined.invitations.filter(email=member).update(answer="no")
    client = signed_in(ground, "member")
    assert "Make a link" in text(client.get("/account/calendar/"))
    assert not CalendarLink.objects.exists(), "looking makes none"
    page = client.post("/account/calendar/", {"act": "make"}, follow=True)
    assert "webcal://" in text(page)
    told = feed(path_of(page))
    assert [title for title in ("My own", "Invited to", "Declined", "Seen by all") if title in told] == [
        "My own",
        "Invited to",
    ]
    services.cancel_workshop(actor=ground["member"], workshop=mine)
    assert "STATUS:CANCELLED" in feed(path_of(page))


def test_it_opens_nothing_once_it_was_ended_or_made_anew(ground: Ground) -> None:
    client = signed_in(ground, "member")
    first = path_of(client.post("/account/calendar/", {"act": "make"}, follow=True))
    second = path_of(client.post("/account/calendar/", {"act": "make"}, follow=True))
    assert first != second
    assert Client().get(first).status_code == 404
    feed(second)
    assert path_of(signed_in(ground, "member").get("/account/calendar/")) == second, "it can be copied again"
    for _click in range(2):
        client.post("/account/calendar/", {"act": "end"})
    assert Client().get(second).status_code == 404
    assert Client().get("/calendar/nonsense/workshops.ics").status_code == 404
    third = path_of(client.post("/account/calendar/", {"act": "make"}, follow=True))
    accounts.close(actor=SystemActor(), person=ground["member"].who)
    assert Client().get(third).status_code == 404
    accounts.reopen(actor=SystemActor(), person=ground["member"].who)
    assert Client().get(third).status_code == 404, "an account that is opened again opens no address somebody holds"
    assert set(AuditEntry.objects.filter(action__startswith="calendar").values_list("action", flat=True)) == {
        "calendar.make_link",
        "calendar.end_link",
    }


def test_only_a_digest_is_kept_and_logs_do_not_tell_it(ground: Ground) -> None:
    client = signed_in(ground, "member")
    path = path_of(client.post("/account/calendar/", {"act": "make"}, follow=True))
    token = path.split("/")[2]
    assert token not in repr(list(CalendarLink.objects.values_list()))
    assert token not in without_secrets(f"GET {path}")
    assert Client().get("/account/calendar/").status_code == 302
    assert Client().post("/account/calendar/", {"act": "make"}).status_code == 302
