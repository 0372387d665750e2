"""Planning and running a workshop through the pages, as a facilitator from a district council does."""

from __future__ import annotations

import json
import re
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from collaboration.boards import services as boards
from collaboration.workshops import queries, services
from collaboration.workshops.models import Participation, Workshop, WorkshopInvitation
from frontend.pages import organising_urls
from groundwork.access.actors import Public
from notifications.models import OutgoingMessage
from tests.collaboration.initiatives import world as worlds
from tests.collaboration.initiatives.world import World, made

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return worlds.build()


def signed_in(world: World, name: str = "owner:member") -> Client:
    client = Client()
    client.force_login(world[name].who)
    return client


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def version(response: Any) -> str:
    found = re.search(r'name="version" value="(\d+)"', response.content.decode())
    assert found, "the form carries no version"
    return found[1]


def planned(
    world: World, title: str = "Getting to the clinic", template: str = "barriers-and-enablers", **fields: Any
) -> Workshop:
    return services.plan_workshop(actor=world["owner:member"], title=title, template=template, **fields)


def opened(world: World, **fields: Any) -> Workshop:
    workshop = planned(world, **fields)
    return services.open_workshop(actor=world["owner:member"], workshop=workshop)


def guest(workshop: Workshop, name: str) -> Participation:
    return services.join(actor=Public(), workshop=workshop, name=name, via="link").participation


def save(client: Client, workshop: Workshop, key: str, **typed: Any) -> Any:
    address = f"/workshops/{workshop.code}/plan/{key}/"
    page = client.get(address)
    assert page.status_code == 200
    return client.post(address, {"version": version(page)} | typed)


WHEN = {
    "starts_on-day": "12",
    "starts_on-month": "3",
    "starts_on-year": "2027",
    "starts_time": "2pm",
    "ends_time": "16.30",
    "venue": "Parish hall",
}


def columns(*titles: str, initial: int = 0) -> dict[str, str]:
    data = {"column-TOTAL_FORMS": str(len(titles)), "column-INITIAL_FORMS": str(initial)}
    return data | {f"column-{n}-title": title for n, title in enumerate(titles)}


def test_from_a_template_to_a_report(world: World) -> None:
    client = signed_in(world)
    chosen = client.post("/workshops/new/", {"template": "barriers-and-enablers"})
    assert chosen["Location"] == "/workshops/new/barriers-and-enablers/"
    assert "What gets in the way" in text(client.get(chosen["Location"]))
    made = client.post(chosen["Location"], {"title": "Getting to the clinic"})
    workshop = Workshop.objects.get()
    assert made["Location"] == f"/workshops/{workshop.code}/plan/"
    assert "of 8 sections are complete" in text(client.get(made["Location"]))

    assert save(client, workshop, "when", **WHEN).status_code == 302
    about = {"title": "Getting to the clinic", "purpose": "Fewer missed appointments.", "visibility": "partners"}
    assert save(client, workshop, "about", prompt="How do people get there?", **about).status_code == 302
    assert save(client, workshop, "subjects", ambitions=["V-A1"], initiatives="").status_code == 302
    stages = {f"stage-{n}-planned": "on" for n in (1, 2, 4, 5)} | {"stage-1-minutes": "15", "stage-1-note": "Pens!"}
    assert save(client, workshop, "stages", **stages).status_code == 302
    assert save(client, workshop, "columns", **columns("Barriers", "Ideas")).status_code == 302
    rules = {"names": "hidden", "budget": "4", "most": "2", "totals": "hidden", "grouping": "everyone"}
    assert save(client, workshop, "rules", has_lobby="on", **rules).status_code == 302

    workshop.refresh_from_db()
    assert [at and at.isoformat() for at in (workshop.starts_at, workshop.ends_at)] == [
        "2027-03-12T14:00:00+00:00",
        "2027-03-12T16:30:00+00:00",
    ]
    assert [c["title"] for c in workshop.columns] == ["Barriers", "Ideas"]
    assert (workshop.budget, workshop.names, workshop.has_lobby) == (4, "hidden", True)
    plan = {planned.stage: planned.minutes for planned in workshop.plan.all()}
    assert plan == {0: 0, 1: 15, 2: 0, 4: 0, 5: 0, 7: 0}
    check = text(client.get(f"/workshops/{workshop.code}/plan/check/"))
    for answer in ("12 March 2027, 14:00 to 16:30", "Parish hall", "Fewer missed appointments.", "4 votes each"):
        assert answer in check, answer

    page = text(client.get(f"/workshops/{workshop.code}/"))
    assert "Open the workshop" in page
    opening = client.get(f"/workshops/{workshop.code}/open/")
    assert "wait until you let them in" in text(opening)
    assert Workshop.objects.get().status == "planned", "looking opens nothing"
    assert client.post(f"/workshops/{workshop.code}/open/").status_code == 302
    person = guest(workshop, "Joan")
    page = text(client.get(f"/workshops/{workshop.code}/"))
    assert "1 person waits in the lobby" in page
    client.post(f"/workshops/{workshop.code}/people/admit/", {"person": str(person.pk)})
    person.refresh_from_db()
    assert person.status == "admitted"
    client.post(f"/workshops/{workshop.code}/lock/")
    assert Workshop.objects.get().locked
    closed = client.post(f"/workshops/{workshop.code}/close/", {"tell": "on"})
    assert closed.status_code == 302
    assert Workshop.objects.get().status == "reported"
    assert "After the workshop" in text(client.get(f"/workshops/{workshop.code}/"))


def test_a_stale_edit_is_refused_and_nothing_typed_is_lost(world: World) -> None:
    workshop, client = planned(world), signed_in(world)
    about = {"title": "Mine", "purpose": "", "prompt": "", "visibility": "invited"}
    stale = version(client.get(f"/workshops/{workshop.code}/plan/about/"))
    services.change_workshop(actor=world["owner:lead"], workshop=workshop, version=1, title="Theirs")
    refused = client.post(f"/workshops/{workshop.code}/plan/about/", {"version": stale} | about)
    assert refused.status_code == 409
    assert "Owner Lead" in text(refused)
    assert 'value="Mine"' in text(refused)
    again = client.post(f"/workshops/{workshop.code}/plan/about/", {"version": version(refused)} | about)
    assert again.status_code == 302
    assert Workshop.objects.get().title == "Mine"


def test_rules_and_lobby_are_saved_as_one_and_a_stale_page_changes_neither(world: World) -> None:
    workshop, client = planned(world), signed_in(world)
    rules = {"names": "hidden", "budget": "4", "most": "2", "totals": "hidden", "grouping": "everyone"}
    stale = version(client.get(f"/workshops/{workshop.code}/plan/rules/"))
    services.change_workshop(actor=world["owner:lead"], workshop=workshop, version=1, title="Theirs")
    refused = client.post(f"/workshops/{workshop.code}/plan/rules/", {"version": stale, "has_lobby": "on"} | rules)
    assert refused.status_code == 409
    workshop.refresh_from_db()
    assert (workshop.budget, workshop.has_lobby) == (5, False)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"starts_time": "half past"}, "Enter a time such as 14:30 or 2.30pm."),
        ({"starts_time": "25:00"}, "Enter a time such as 14:30 or 2.30pm."),
        ({"starts_time": "13pm"}, "Enter a time such as 14:30 or 2.30pm."),
        ({"starts_time": ""}, "Enter the time it starts."),
        ({"ends_time": "1pm"}, "It must end after it starts."),
        ({"starts_on-day": "31", "starts_on-month": "2"}, "must be a real date"),
        ({"starts_on-day": "", "starts_on-month": "", "starts_on-year": ""}, "Enter the day, or empty the times."),
        ({"link": "not an address"}, "Enter the whole address of the call"),
        ({"venue": "x" * 301}, "must be 300 characters or fewer"),
        ({"ends_on-day": "12", "ends_on-month": "3", "ends_on-year": "2029"}, "A workshop lasts at most a year."),
    ],
)
def test_a_wrong_date_is_told_beside_it(world: World, typed: dict[str, str], sentence: str) -> None:
    workshop, client = planned(world), signed_in(world)
    refused = save(client, workshop, "when", **(WHEN | typed))
    assert refused.status_code == 422
    assert sentence in text(refused)
    assert "Parish hall" in text(refused) or "venue" in typed
    assert Workshop.objects.get().starts_at is None


@pytest.mark.parametrize(
    ("typed", "hour", "minute"),
    [("14:30", 14, 30), ("1430", 14, 30), ("2.30pm", 14, 30), ("2 p.m.", 14, 0), ("noon", 12, 0), ("12am", 0, 0)],
)
def test_times_are_understood_as_people_write_them(typed: str, hour: int, minute: int) -> None:
    from frontend.pages.organising.fields import TimeField

    found = TimeField().clean(typed)
    assert (found.hour, found.minute) == (hour, minute)


def test_columns_are_added_changed_and_taken_out(world: World) -> None:
    workshop, client = planned(world), signed_in(world)
    data = columns("Barriers", "Enablers", "Ideas", "Offers", initial=3) | {"column-1-DELETE": "on"}
    assert save(client, workshop, "columns", **data).status_code == 302
    assert [c["title"] for c in Workshop.objects.get().columns] == ["Barriers", "Ideas", "Offers"]
    refused = save(client, workshop, "columns", **columns("", ""))
    assert refused.status_code == 422
    assert "at least one column" in text(refused)


def test_an_unknown_initiative_is_told_by_its_reference(world: World) -> None:
    workshop, client = planned(world), signed_in(world)
    refused = save(client, workshop, "subjects", initiatives="VAL-9999")
    assert refused.status_code == 422
    assert "VAL-9999" in text(refused)


def test_invitations_are_asked_about_before_they_are_sent(world: World, drain: Any) -> None:
    workshop, client = planned(world), signed_in(world)
    address = f"/workshops/{workshop.code}/invitations/"
    people = "Priya Anand <priya@council.example>\njoan@ccvs.example; JOAN@ccvs.example"
    asked = client.post(address, {"people": people, "role": "participant"})
    assert "This will email 2 people" in text(asked)
    assert "Getting to the clinic" in text(asked)
    assert "Invitation: Getting to the clinic" in text(asked), "the mail is shown"
    assert "It was sent to priya@council.example" in text(asked)
    assert not WorkshopInvitation.objects.exists(), "nothing is sent before it is confirmed"
    back = client.post(address, {"people": people, "role": "participant", "change": "1"})
    assert "priya@council.example" in text(back)
    assert not WorkshopInvitation.objects.exists()
    for _click in range(2):
        sent = client.post(address, {"people": people, "role": "participant", "send": "1"})
        assert sent.status_code == 302
    drain()
    assert sorted(WorkshopInvitation.objects.values_list("email", flat=True)) == [
        "joan@ccvs.example",
        "priya@council.example",
    ]
    assert OutgoingMessage.objects.filter(recipient="joan@ccvs.example").count() == 1
    again = client.post(address, {"people": people, "role": "participant"})
    assert again.status_code == 422
    assert "invited already" in text(again)
    one = WorkshopInvitation.objects.get(email="joan@ccvs.example")
    assert client.post(f"{address}{one.pk}/withdraw/").status_code == 302
    one.refresh_from_db()
    assert one.revoked_at is not None


def test_an_invitation_is_sent_again_from_its_list(world: World, drain: Any) -> None:
    workshop, client = planned(world), signed_in(world)
    services.invite(actor=world["owner:member"], workshop=workshop, people=[("joan@ccvs.example", "Joan", "observer")])
    one = WorkshopInvitation.objects.get()
    WorkshopInvitation.objects.update(mailed=[one.mailed[0] - 3600])
    address = f"/workshops/{workshop.code}/invitations/"
    assert "Send again" in text(client.get(address))
    asked = client.get(f"{address}{one.pk}/send/")
    assert "One mail goes to joan@ccvs.example" in text(asked)
    assert len(WorkshopInvitation.objects.get().mailed) == 1, "looking sends nothing"
    for _click in range(2):
        assert client.post(f"{address}{one.pk}/send/").status_code == 302
    drain()
    assert OutgoingMessage.objects.filter(recipient="joan@ccvs.example").count() == 2
    WorkshopInvitation.objects.update(answer="no")
    assert "Send again" not in text(client.get(address))


def test_what_is_no_address_is_quoted_and_the_list_kept(world: World) -> None:
    workshop, client = planned(world), signed_in(world)
    refused = client.post(
        f"/workshops/{workshop.code}/invitations/",
        {"people": "\n".join(["priya@council.example", *(f"nobody {n}" for n in range(8))]), "role": "participant"},
    )
    assert refused.status_code == 422
    assert "“nobody 0” is not an email address" in text(refused)
    assert "3 more parts are no addresses" in text(refused)
    assert "priya@council.example" in text(refused)


def test_the_team(world: World) -> None:
    workshop, client = planned(world), signed_in(world)
    colleague = world["partner:member"].who
    assert client.post(f"/workshops/{workshop.code}/team/", {"email": colleague.email}).status_code == 302
    client.post(f"/workshops/{workshop.code}/team/", {"email": "new@example.net"})
    page = text(client.get(f"/workshops/{workshop.code}/team/"))
    assert colleague.name in page
    assert "new@example.net" in page
    theirs = signed_in(world, "partner:member")
    assert theirs.get(f"/workshops/{workshop.code}/plan/").status_code == 200
    member = queries.participants(workshop).get(person=colleague)
    client.post(f"/workshops/{workshop.code}/people/{member.pk}/role/", {"role": "observer"})
    assert theirs.get(f"/workshops/{workshop.code}/plan/").status_code == 403


def test_the_poster_and_the_paper_kit(world: World) -> None:
    workshop, client = planned(world), signed_in(world)
    poster = client.get(f"/workshops/{workshop.code}/poster/")
    assert "<svg" in text(poster)
    assert f"{workshop.code[:4]} {workshop.code[4:]}" in text(poster)
    paper = client.get(f"/workshops/{workshop.code}/paper/")
    assert text(paper).count("gt-sheet__dot") == 12 * workshop.budget
    assert "Barriers" in text(paper)
    for stranger in ("other:lead", "owner:scrutiny"):
        assert signed_in(world, stranger).get(f"/workshops/{workshop.code}/poster/").status_code == 404
    assert Client().get(f"/workshops/{workshop.code}/poster/").status_code == 302


def test_a_new_link_is_another_one(world: World) -> None:
    workshop, client = planned(world), signed_in(world)
    before = queries.link_token(workshop)
    assert before in text(client.get(f"/workshops/{workshop.code}/"))
    client.post(f"/workshops/{workshop.code}/renew-link/")
    page = text(client.get(f"/workshops/{workshop.code}/"))
    assert before not in page
    assert queries.link_token(Workshop.objects.get()) in page


def test_what_strangers_see(world: World) -> None:
    hidden, shared, public = (
        planned(world, title=title, visibility=visibility)
        for title, visibility in (("Hidden", "invited"), ("Shared", "partners"), ("Public", "public"))
    )
    stranger, partner = Client(), signed_in(world, "partner:lead")
    assert [client.get(f"/workshops/{hidden.code}/").status_code for client in (stranger, partner)] == [404, 404]
    assert [client.get(f"/workshops/{shared.code}/").status_code for client in (stranger, partner)] == [404, 200]
    page = stranger.get(f"/workshops/{public.code}/")
    assert page.status_code == 200
    assert queries.link_token(public) not in text(page)
    assert "Open the workshop" not in text(page)
    listed = text(stranger.get("/workshops/"))
    assert ("Public" in listed, ">Shared<" in listed, ">Hidden<" in listed) == (True, False, False)
    assert stranger.get("/workshops/ZZZZZZZZ/").status_code == 404
    feed = stranger.get("/workshops.ics")
    assert feed["Content-Type"].startswith("text/calendar")
    assert b"Hidden" not in feed.content


def test_the_list_is_filtered(world: World) -> None:
    planned(world, title="Winter")
    opened(world, title="Now")
    mine = signed_in(world)
    both = text(mine.get("/workshops/"))
    assert ">Winter<" in both
    assert ">Now<" in both
    assert "Winter" not in text(mine.get("/workshops/?when=open"))
    found = text(mine.get("/workshops/?when=mine&q=winter"))
    assert ">Winter<" in found
    assert ">Now<" not in found
    assert mine.get("/workshops/?when=nonsense&page=x").status_code == 200


@pytest.mark.parametrize("address", ["/workshops/", "/workshops/{code}/", "/workshops/{code}/plan/"])
def test_queries_do_not_grow(world: World, address: str) -> None:
    client = signed_in(world)
    workshop = opened(world)
    at = address.format(code=workshop.code)
    client.get(at)
    counts = []
    for number in range(3):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get(at).status_code == 200
        counts.append(len(asked))
        planned(world, title=f"Another {number}")
        guest(workshop, f"Somebody {number}")
        services.invite(
            actor=world["owner:member"], workshop=workshop, people=[(f"{number}@example.net", "", "participant")]
        )
    assert counts[1] == counts[2]


def test_cancelling_says_why_and_cannot_be_undone(world: World, drain: Any) -> None:
    workshop, client = planned(world), signed_in(world)
    services.invite(actor=world["owner:member"], workshop=workshop, people=[("a@example.net", "", "participant")])
    page = client.get(f"/workshops/{workshop.code}/cancel/")
    assert "1 person who was invited is sent a mail" in text(page)
    client.post(f"/workshops/{workshop.code}/cancel/", {"reason": "The hall is flooded."})
    assert Workshop.objects.get().status == "cancelled"
    refused = client.post(f"/workshops/{workshop.code}/open/")
    assert refused.status_code == 409
    assert "was cancelled" in text(refused)


def test_a_day_in_the_past_keeps_the_workshop_open(world: World) -> None:
    workshop, client = opened(world), signed_in(world)
    past = {"next_on-day": "1", "next_on-month": "1", "next_on-year": "2020"}
    refused = client.post(f"/workshops/{workshop.code}/close/", {"tell": "on"} | past)
    assert refused.status_code == 422
    assert "today or a later day" in text(refused)
    assert Workshop.objects.get().status == "open"


def test_what_happened_next_is_told_once(world: World, drain: Any) -> None:
    workshop, client = opened(world), signed_in(world)
    services.report_workshop(actor=world["owner:member"], workshop=workshop, tell=False)
    empty = client.post(f"/workshops/{workshop.code}/next/", {"tell": "1"})
    assert empty.status_code == 422
    for _click in range(2):
        client.post(f"/workshops/{workshop.code}/next/", {"tell": "1", "next_text": "A bus runs on Tuesdays."})
    workshop = Workshop.objects.get()
    assert workshop.next_text == "A bus runs on Tuesdays."
    assert workshop.next_told_at is not None


def test_a_rehearsal_and_a_copy(world: World) -> None:
    workshop, client = planned(world), signed_in(world)
    for _click in range(2):
        made = client.post(f"/workshops/{workshop.code}/rehearse/")
        rehearsal = Workshop.objects.get(rehearses=workshop)
        assert made["Location"] == rehearsal.get_absolute_url()
    assert "rehearsal of" in text(client.get(made["Location"]))
    copied = client.post(f"/workshops/{workshop.code}/copy/", {"title": "The next one"})
    copy = Workshop.objects.get(title="The next one")
    assert copied["Location"] == f"/workshops/{copy.code}/plan/"


def test_a_hold_needs_a_reason(world: World) -> None:
    workshop = opened(world)
    lead = signed_in(world, "owner:lead")
    assert lead.post(f"/workshops/{workshop.code}/hold/").status_code == 422
    lead.post(f"/workshops/{workshop.code}/hold/", {"reason": "Request 42"})
    assert Workshop.objects.get().on_hold
    lead.post(f"/workshops/{workshop.code}/release/")
    assert not Workshop.objects.get().on_hold


def test_removing_and_letting_back_in(world: World) -> None:
    workshop, client = opened(world), signed_in(world)
    person = guest(workshop, "Joan")
    client.post(f"/workshops/{workshop.code}/people/{person.pk}/remove/")
    person.refresh_from_db()
    assert person.status == "removed"
    client.post(f"/workshops/{workshop.code}/people/admit/", {"person": str(person.pk)})
    person.refresh_from_db()
    assert person.status == "admitted"
    other = opened(world, title="Another")
    elsewhere = guest(other, "Elsewhere")
    assert client.post(f"/workshops/{workshop.code}/people/{elsewhere.pk}/remove/").status_code == 404


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"{", "This file is not JSON"),
        (b"\xff\xfe\x00", "This file is not JSON"),
        (b'{"a": NaN}', "This file is not JSON"),
        (b"[" * 200_000, "This file is not JSON"),
        (b"[]", "cannot be read as a board"),
        (b'{"format": "else"}', "cannot be read as a board"),
        (b"", "This file is empty"),
    ],
)
def test_a_file_that_is_no_board(world: World, content: bytes, sentence: str) -> None:
    workshop, client = planned(world), signed_in(world)
    file = SimpleUploadedFile("board.json", content, "application/json")
    refused = client.post(f"/workshops/{workshop.code}/import/", {"file": file})
    assert refused.status_code == 422
    assert sentence in text(refused)


@pytest.mark.django_db(transaction=True)
def test_an_exported_board_begins_another_workshop(world: World) -> None:
    first, client = opened(world), signed_in(world)
    exported = boards.export_board(first)
    second = planned(world, title="The second")
    file = SimpleUploadedFile("board.json", json.dumps(exported).encode(), "application/json")
    assert client.post(f"/workshops/{second.code}/import/", {"file": file}).status_code == 302
    brought = boards.export_board(second)
    assert _columns(brought) == _columns(exported)
    assert len(_columns(brought)) == 3


def _columns(exported: dict[str, Any]) -> list[str]:
    return [thing["title"] for thing in exported["things"].values() if thing["type"] == "column"]


@pytest.mark.django_db(transaction=True)
def test_an_officer_takes_the_history_and_makes_a_person_unknown(world: World) -> None:
    workshop = opened(world, template="after-action-review", visibility="partners")
    person = guest(workshop, "Joan Whitlock")
    column = next(k for k, v in boards.export_board(workshop)["things"].items() if v["type"] == "column")
    lead = workshop.participations.get(role="facilitator")
    said = [
        ("stage.next", "board", {"from": 0}, lead),
        ("note.add", str(uuid4()), {"column": column, "text": "Buses"}, person),
    ]
    for kind, target, props, who in said:
        op = {"t": "op", "op_id": str(uuid4()), "base_seq": 0, "kind": kind, "target": target, "props": props}
        assert boards.perform(participation=who, device="d" * 43, ops=[op])[0]["t"] == "ack"
    officer = signed_in(world, "other:officer")
    address = f"/workshops/{workshop.code}/history/"
    assert officer.get(address).status_code == 403
    assert "Take the full history" not in text(officer.get(f"/workshops/{workshop.code}/"))
    services.report_workshop(actor=world["owner:lead"], workshop=workshop, tell=False)
    assert "Download it" in text(officer.get(address))
    taken = officer.post(address)
    assert taken["Content-Disposition"].startswith("attachment")
    assert "Buses" in taken.content.decode()
    assert "Take the full history" in text(officer.get(f"/workshops/{workshop.code}/"))
    assert person.key in taken.content.decode()
    assert officer.post(f"/workshops/{workshop.code}/people/{person.pk}/erase/").status_code == 302
    after = officer.post(address).content.decode()
    assert "Buses" in after
    assert person.key not in after
    person.refresh_from_db()
    assert (person.name, person.status) == ("", "removed")


RUN_BY = {"owner:member", "owner:lead", "owner:approver"}
"""Its facilitator, and those who look after all that the host's organisation holds."""
ANSWERS: dict[str, set[str]] = {
    "workshop": {"owner:scrutiny", "partner:member", "other:officer"},
    "workshop-ics": {"owner:scrutiny", "partner:member", "other:officer"},
    "workshop-copy": {"partner:member", "other:officer"},
    "workshop-hold": {"other:officer"},
    "workshop-release": {"other:officer"},
    "workshop-history": {"other:officer"},
    "workshop-erase": {"other:officer"},
}
"""Who else may open a page of a workshop that partners may know of."""
LESS = {
    "workshop-hold": {"owner:member"},
    "workshop-release": {"owner:member"},
    "workshop-history": RUN_BY,
    "workshop-erase": RUN_BY - {"owner:member"},
}
"""Pages that some of those who run it may not open. Whoever planned it is in it, and may be forgotten."""
ROLES = (*sorted(RUN_BY), "owner:scrutiny", "partner:member", "other:officer", "nobody", "public")
ROUTES = [
    str(pattern.name)
    for pattern in organising_urls.urlpatterns
    if "workshop:code" in str(pattern.pattern) and pattern.name != "workshop-admit"
]


@pytest.mark.parametrize("role", ROLES)
def test_who_opens_which_page(world: World, role: str) -> None:
    workshop = planned(world, visibility="partners")
    services.invite(actor=world["owner:member"], workshop=workshop, people=[("a@example.net", "", "participant")])
    numbers = {
        "workshop-section": "about",
        "workshop-remove": workshop.participations.get().pk,
        "workshop-role": workshop.participations.get().pk,
        "workshop-erase": workshop.participations.get().pk,
        "workshop-invitation": workshop.invitations.get().pk,
        "workshop-invitation-send": workshop.invitations.get().pk,
    }
    client = Client() if role == "public" else signed_in(world, role)
    before, wrong = Workshop.objects.values().get(), []
    for route in ROUTES:
        more = [numbers[route]] if route in numbers else []
        address = reverse(route, args=[workshop.code, *more])
        may = (RUN_BY | ANSWERS.get(route, set())) - LESS.get(route, set())
        if role == "public":
            wanted = 404 if route in ("workshop", "workshop-ics") else 302
        elif role == "nobody":
            wanted = 404
        else:
            wanted = 200 if role in may else 403
        status = client.get(address).status_code
        if status != wanted:
            wrong.append(f"{route}: {status}, not {wanted}")
        if wanted != 200:
            posted = client.post(address, {"reason": "x", "title": "x", "send": "1"}).status_code
            if posted not in (wanted, 405):
                wrong.append(f"{route}: a POST gets {posted}, not {wanted}")
    assert wrong == []
    assert Workshop.objects.values().get() == before


def test_only_facilitators_let_people_in(world: World) -> None:
    workshop = opened(world, has_lobby=True, visibility="partners")
    people = [guest(workshop, f"Somebody {number}") for number in range(3)]
    address = f"/workshops/{workshop.code}/people/admit/"
    assert signed_in(world, "partner:member").post(address, {"all": "1"}).status_code == 403
    assert Client().post(address, {"all": "1"}).status_code == 302
    assert set(workshop.participations.exclude(role="facilitator").values_list("status", flat=True)) == {"waiting"}
    client = signed_in(world)
    assert client.post(address, {"person": "\u0663"}).status_code == 404
    assert client.post(address, {"person": "9" * 40}).status_code == 404
    for _click in range(2):
        client.post(address, {"person": str(people[0].pk)})
    client.post(address, {"all": "1"})
    assert set(workshop.participations.values_list("status", flat=True)) == {"admitted"}


def test_the_list_as_a_file_is_what_the_reader_sees(world: World) -> None:
    draft = made(world, visibility="draft", title="Warm homes").reference
    for title, visibility in (("All", "public"), ("Partners", "partners"), ("Ours", "invited")):
        workshop = planned(world, title=title, visibility=visibility)
        services.choose_subjects(actor=world["owner:member"], workshop=workshop, version=None, initiatives=[draft])

    def told(client: Client, query: str = "") -> list[dict[str, Any]]:
        response = client.get(f"/workshops.json{query}")
        return json.loads(b"".join(response.streaming_content))["results"]

    assert [row["title"] for row in told(Client())] == ["All"]
    assert {row["title"] for row in told(signed_in(world, "other:member"))} == {"All", "Partners"}
    ours = told(signed_in(world), "?when=mine")
    assert {row["title"] for row in ours} == {"All", "Partners", "Ours"}
    assert {tuple(row["initiatives"]) for row in ours} == {()}, "a draft is named in no file"
    assert told(Client(), "?when=past") == []
    assert Client().get("/workshops.csv?when=odd").status_code == 400
    assert Client().get("/workshops.csv?which=all").status_code == 400
    page = text(Client().get("/workshops/?when=all&q=All"))
    assert "/workshops.csv?when=all&amp;q=All" in page
