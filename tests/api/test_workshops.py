"""Workshops through the API: planned, opened, joined and closed; told to whoever may know of them."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from collaboration.workshops import queries, services
from collaboration.workshops.models import Feedback, Participation, Workshop
from groundwork.access.actors import Public
from tests.api.place import EVERYBODY, MANDATED, OFFICER, SCRUTINY, Place

NEW = {"title": "Getting to the clinic", "template": "barriers-and-enablers"}
HOSTS = {"owner:lead", "owner:approver"}
ORGANISE = HOSTS | {"owner:member"}
"""Its planner, and those who look after what their organisation hosts."""
SEEN_BY = {"invited": ORGANISE, "partners": MANDATED, "public": EVERYBODY}
_numbers = itertools.count()


def planned(place: Place, **fields: Any) -> Workshop:
    """By a member of the owner's organisation. Every one has another title: the same within seconds is the same."""
    actor = place.world["owner:member"]
    given = NEW | {"title": f"Workshop {next(_numbers)}"} | fields
    return services.plan_workshop(actor=actor, **given)


def opened(place: Place, **fields: Any) -> Workshop:
    return services.open_workshop(actor=place.world["owner:member"], workshop=planned(place, **fields))


def guest(workshop: Workshop, name: str = "Sam") -> Participation:
    return services.join(actor=Public(), workshop=workshop, name=name, email="sam@parish.example").participation


def test_a_workshop_from_its_plan_to_its_end(place: Place) -> None:
    program = place.program("owner:member")
    body = NEW | {
        "starts_at": "2030-03-12T14:00:00Z",
        "ends_at": "2030-03-12T16:00:00Z",
        "visibility": "partners",
        "link": "https://meet.example.org/1",
        "plan": [{"stage": 1, "minutes": 10, "note": "Quietly"}, {"stage": 4}],
        "columns": [{"title": "In the way"}, {"title": "What helps", "prompt": "Anything"}],
        "rules": {"names": "hidden", "budget": 7},
        "elements": ["V-A1.1"],
        "initiatives": [place.ref("draft"), place.ref("public")],
    }
    made = program.post("workshops/", body, Idempotency_Key="w1")
    assert made.status_code == 201, made.content
    assert program.post("workshops/", body, Idempotency_Key="w1").json() == made.json()
    told, path = made.json(), made["Location"]
    assert Workshop.objects.count() == 1
    assert [(each["stage"], each["minutes"], each["note"]) for each in told["plan"]] == [
        (0, 0, ""),
        (1, 10, "Quietly"),
        (4, 0, ""),
        (7, 0, ""),
    ]
    assert [each["title"] for each in told["columns"]] == ["In the way", "What helps"]
    assert (told["rules"]["names"], told["rules"]["budget"], told["rules"]["grouping"]) == ("hidden", 7, "everyone")
    assert (told["elements"], len(told["initiatives"]), told["you"]["role"]) == (["V-A1.1"], 2, "facilitator")
    assert told["ways_in"]["link"].startswith("http")

    other = place.program("partner:lead").get(path).json()
    assert other["initiatives"] == [place.ref("public")]
    assert (other["link"], other["ways_in"], other["organising"]) == ("", None, None)
    assert {each["note"] for each in other["plan"]} == {""}
    assert other["you"]["state"] == "not_open"

    changed = program.patch(
        path, {"venue": "Library", "rules": {"budget": 9}, "initiatives": [place.ref("public")]}, If_Match=made["ETag"]
    )
    assert changed.status_code == 200, changed.content
    assert (changed.json()["rules"]["names"], changed.json()["rules"]["budget"]) == ("hidden", 9)
    assert program.patch(path, {"venue": "Hall"}, If_Match=made["ETag"]).status_code == 412
    assert program.patch(path, {"venue": "Hall"}).status_code == 428
    assert program.post(f"{path}open/").json()["status"] == "open"
    refused = program.patch(path, {"rules": {"budget": 3}}, If_Match="*")
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    assert program.post(f"{path}lock/").json()["locked"] is True
    assert place.program("partner:lead").post(f"{path}join/").status_code == 409
    assert program.post(f"{path}unlock/").json()["locked"] is False
    joined = place.program("partner:lead").post(f"{path}join/", {"anonymous": True})
    assert (joined.status_code, joined.json()["new"]) == (201, True)
    assert joined.json()["workshop"]["you"] | {"key": ""} == {
        "state": "in",
        "key": "",
        "role": "participant",
        "name": "",
    }
    assert joined.json()["workshop"]["link"] == "https://meet.example.org/1"
    assert place.program("partner:lead").post(f"{path}join/").status_code == 200
    assert place.program("partner:lead").post(f"{path}me/", {"name": "Ann"}).json()["you"]["name"] == "Ann"
    assert place.program("partner:lead").post(f"{path}feedback/", {"worth_it": 4, "text": "Good"}).status_code == 200
    assert Feedback.objects.get().worth_it == 4
    assert place.program("partner:lead").post(f"{path}leave/").json()["status"] == "left"
    assert program.post(f"{path}report/", {"tell": False}).json()["status"] == "reported"
    assert program.post(f"{path}cancel/").status_code == 409
    assert program.post(f"{path}reopen/").json()["status"] == "open"
    assert program.post(f"{path}report/").json()["status"] == "reported"
    said = program.patch(path, {"next_text": "A bus stops there now.", "next_on": "2031-01-01"}, If_Match="*")
    assert said.json()["organising"]["next_text"] == "A bus stops there now."
    assert program.post(f"{path}tell-next/").json()["organising"]["next_told"]
    assert program.post(f"{path}archive/").json()["status"] == "archived"
    copy = program.post(f"{path}copy/", {"title": "Once more"})
    assert (copy.status_code, copy.json()["title"], copy.json()["status"]) == (201, "Once more", "planned")


@pytest.mark.parametrize("role", sorted(EVERYBODY))
def test_who_sees_it(place: Place, role: str) -> None:
    program, wrong = place.program(role, "read"), []
    for visibility, seen_by in SEEN_BY.items():
        workshop = opened(place, visibility=visibility)
        sees = role in seen_by
        answer = program.get(f"workshops/{workshop.uuid}/")
        if answer.status_code != (200 if sees else 404):
            wrong.append(f"{visibility}: {answer.status_code}")
        if (str(workshop.uuid) in [each["id"] for each in program.whole("workshops/")]) != sees:
            wrong.append(f"{visibility}: listed otherwise")
        if sees and (answer.json()["ways_in"] is not None) != (role in ORGANISE):
            wrong.append(f"{visibility}: the ways in")
    assert wrong == []


ORGANISERS: dict[str, tuple[Any, set[str]]] = {
    "open": (None, ORGANISE),
    "lock": (None, ORGANISE),
    "unlock": (None, ORGANISE),
    "report": ({"tell": False}, ORGANISE),
    "reopen": (None, ORGANISE),
    "archive": (None, ORGANISE),
    "cancel": ({}, ORGANISE),
    "hold": ({"reason": "Asked for"}, HOSTS | OFFICER),
    "release": (None, HOSTS | OFFICER),
    "renew-link": (None, ORGANISE),
    "tell-next": (None, ORGANISE),
    "rehearse": (None, ORGANISE),
    "copy": ({}, MANDATED - SCRUTINY),
    "team": ({"email": "ann@parish.example"}, ORGANISE),
    "participants/admit": (None, ORGANISE),
    "participants/KEY/admit": (None, ORGANISE),
    "participants/KEY/remove": (None, ORGANISE),
    "participants/KEY/role": ({"role": "observer"}, ORGANISE),
    "participants/KEY/rename": ({"name": "Else"}, ORGANISE),
    "invitations": ({"people": [{"email": "ann@parish.example"}]}, ORGANISE),
    "invitations/1/withdraw": (None, ORGANISE),
}


@pytest.mark.parametrize("role", sorted(EVERYBODY))
def test_who_organises_it(place: Place, role: str) -> None:
    """Whoever may is not refused for what they are: 200, 201, or 404 and 409 for what the state forbids."""
    program, wrong = place.program(role), []
    workshop = opened(place, visibility="partners")
    key = guest(workshop).key
    for act, (body, allowed) in ORGANISERS.items():
        with transaction.atomic():
            status = program.post(f"workshops/{workshop.uuid}/{act.replace('KEY', key)}/", body).status_code
            transaction.set_rollback(True)
        wanted = {401} if role == "public" else {200, 201, 404, 409, 422} if role in allowed else {403}
        if status not in wanted:
            wrong.append(f"{act}: {status}")
    for path in ("participants", "invitations"):
        status = program.get(f"workshops/{workshop.uuid}/{path}/").status_code
        if status != (404 if role == "public" else 200 if role in ORGANISE else 403):
            wrong.append(f"{path}: {status}")
    status = program.patch(f"workshops/{workshop.uuid}/", {"venue": "x"}, If_Match="*").status_code
    if status != (401 if role == "public" else 200 if role in ORGANISE else 403):
        wrong.append(f"edit: {status}")
    assert wrong == []


@pytest.mark.parametrize("role", sorted(EVERYBODY))
def test_what_is_not_seen_is_not_there(place: Place, role: str) -> None:
    if role in ORGANISE:
        return
    workshop, program = opened(place), place.program(role)
    for path in ("", "participants/", "invitations/"):
        assert program.get(f"workshops/{workshop.uuid}/{path}").status_code == 404
    for act in [*(each.replace("KEY", "x") for each in ORGANISERS), "join", "me", "leave", "feedback"]:
        wanted = 401 if role == "public" else 404
        assert program.post(f"workshops/{workshop.uuid}/{act}/", {}).status_code == wanted, act


@pytest.mark.parametrize("role", sorted(EVERYBODY))
def test_planning_one(place: Place, role: str) -> None:
    answer = place.program(role).post("workshops/", NEW)
    assert answer.status_code == (401 if role == "public" else 403 if role in SCRUTINY else 201), answer.content


def test_joining_by_what_one_was_given(place: Place) -> None:
    closed, program = opened(place), place.program("partner:lead")
    assert program.post(f"workshops/{closed.uuid}/join/").status_code == 404
    assert program.post("join/", {"code": "ZZZZZZZZ"}).status_code == 404
    assert program.post("join/", {"code": "ZZZZZZZZ", "link": "x"}).status_code == 404
    code = f"{closed.code[:4].lower()} {closed.code[4:]}"
    assert program.post("join/", {"code": code, "name": "Ann"}).status_code == 201
    assert program.get(f"workshops/{closed.uuid}/").json()["you"]["name"] == "Ann"
    by_link = place.program("partner:member").post(
        "join/", {"code": closed.code, "link": queries.link_token(closed), "anonymous": True}
    )
    assert (by_link.status_code, by_link.json()["workshop"]["people"]) == (201, 3)
    for wrong in ({}, {"link": "x"}, {"code": "A", "invitation": "B"}):
        assert program.post("join/", wrong).status_code == 422
    address = place.world["other:lead"].who.email
    sent = place.program("owner:member").post(
        f"workshops/{closed.uuid}/invitations/", {"people": [{"email": address, "role": "observer"}]}
    )
    done = {"mails": 1, "new": [address], "again": [], "known": [], "later": []}
    assert (sent.status_code, sent.json()) == (200, done)
    token = queries.invitation_token(closed.invitations.get())
    came = place.program("other:lead").post("join/", {"invitation": token})
    assert (came.status_code, came.json()["workshop"]["you"]["role"]) == (201, "observer")
    assert place.program("other:approver").post("join/", {"invitation": token}).status_code == 404
    (row,) = place.program("owner:lead").whole(f"workshops/{closed.uuid}/invitations/")
    assert (row["answer"], bool(row["used"])) == ("yes", True)
    assert place.program("public").post("join/", {"code": closed.code}).status_code == 401


def test_guesses_are_counted(place: Place) -> None:
    program, workshop = place.program("partner:lead"), opened(place)
    statuses = [program.post("join/", {"code": "ZZZZZZZZ"}).status_code for _guess in range(31)]
    assert statuses == [404] * 30 + [429]
    assert program.post("join/", {"code": workshop.code}).status_code == 429
    # Whoever may know of it guesses nothing.
    assert place.program("owner:lead").post("join/", {"code": workshop.code}).status_code == 201


def test_the_people_of_a_workshop(place: Place) -> None:
    program = place.program("owner:member")
    workshop = opened(place, has_lobby=True)
    key = guest(workshop).key
    base = f"workshops/{workshop.uuid}/"
    told = program.whole(f"{base}participants/?limit=1")
    assert [(each["role"], each["status"], each["guest"]) for each in told] == [
        ("facilitator", "admitted", False),
        ("participant", "waiting", True),
    ]
    assert "sam@parish.example" not in program.get(f"{base}participants/").content.decode()
    assert program.post(f"{base}participants/admit/").json() == {"count": 1}
    assert program.post(f"{base}participants/{key}/rename/", {"name": "Samuel"}).json()["name"] == "Samuel"
    assert program.post(f"{base}participants/{key}/role/", {"role": "observer"}).json()["role"] == "observer"
    assert program.post(f"{base}participants/{key}/role/", {"role": "king"}).status_code == 422
    assert program.post(f"{base}participants/{key}/remove/").json()["status"] == "removed"
    assert program.post(f"{base}participants/{key}/admit/").json()["status"] == "admitted"
    assert program.post(f"{base}participants/nobody/admit/").status_code == 404
    assert program.post(f"{base}leave/").status_code == 409
    team = program.post(f"{base}team/", {"email": place.world["partner:lead"].who.email}).json()
    assert (team["participant"]["role"], team["invitation"]) == ("facilitator", None)
    asked = program.post(f"{base}team/", {"email": "ann@parish.example", "name": "Ann"}).json()
    assert (asked["participant"], asked["invitation"]["role"]) == (None, "facilitator")
    withdrawn = program.post(f"{base}invitations/{asked['invitation']['id']}/withdraw/").json()
    assert withdrawn["withdrawn"]
    assert program.post(f"{base}invitations/{10**30}/withdraw/").status_code == 404
    # Somebody without a place in it has none to change.
    assert place.program("owner:lead").post(f"{base}me/", {"name": "x"}).status_code == 404


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, {"title", "template"}),
        ({"title": "x", "template": "none"}, {"template"}),
        (NEW | {"title": 5}, {"title"}),
        (NEW | {"starts_at": "soon"}, {"starts_at"}),
        (NEW | {"starts_at": "0001-01-01T00:00:00+14:00"}, {"starts_at"}),
        (NEW | {"ends_at": "2030-01-01T00:00:00Z"}, {"starts_at"}),
        (NEW | {"link": "javascript:alert(1)"}, {"link"}),
        (NEW | {"visibility": "all"}, {"visibility"}),
        (NEW | {"has_lobby": "yes"}, {"has_lobby"}),
        (NEW | {"plan": [{"stage": 9}]}, {"plan.0.stage"}),
        (NEW | {"plan": [{"stage": 0}, {"stage": 1, "minutes": -1}]}, {"plan.1.minutes"}),
        (NEW | {"plan": [{"stage": 1, "note": "a\u202eb"}]}, {"plan.0.note"}),
        (NEW | {"columns": []}, {"columns"}),
        (NEW | {"columns": [{"title": "A"}, {"title": " "}]}, {"columns.1.title"}),
        (NEW | {"columns": [{"title": "A", "prompt": "a\u202eb"}]}, {"columns.0.prompt"}),
        (NEW | {"rules": {"budget": 2, "most": 3}}, {"rules.most"}),
        (NEW | {"rules": {"budget": "5"}}, {"rules.budget"}),
        (NEW | {"rules": {"colour": "red"}}, {"rules.colour"}),
        (NEW | {"elements": ["X-1"]}, {"elements"}),
        (NEW | {"initiatives": ["VAL-9999"]}, {"initiatives"}),
        (NEW | {"host": "vale-nhs", "status": "open"}, {"host", "status"}),
    ],
)
def test_what_cannot_be_accepted_is_named(place: Place, body: dict[str, Any], named: set[str]) -> None:
    answer = place.program("owner:lead").post("workshops/", body)
    assert (answer.status_code, set(answer.json()["errors"])) == (422, named), answer.content
    # Nothing of it is kept, also where it was found late.
    assert not Workshop.objects.exists()


def test_lists_are_in_order_and_cost_the_same(place: Place) -> None:
    program = place.program("owner:lead")
    days = {"violet": "2030-02-01T10:00:00Z", "grey": None, "amber": "2030-01-01T10:00:00Z"}
    for title, begins in days.items():
        assert program.post("workshops/", NEW | {"title": title, "starts_at": begins}).status_code == 201
    assert [each["title"] for each in program.whole("workshops/?which=upcoming&limit=1")] == ["amber", "violet", "grey"]
    assert [each["title"] for each in program.whole("workshops/?limit=1")] == ["violet", "amber", "grey"]
    assert [each["title"] for each in program.whole("workshops/?which=mine&words=amber")] == ["amber"]
    assert program.get("workshops/?which=nice").status_code == 400

    def cost(path: str) -> int:
        with CaptureQueriesContext(connection) as caught:
            assert program.get(path).status_code == 200
        return len(caught)

    assert cost("workshops/?limit=1") == cost("workshops/?limit=3")
    workshop = opened(place)
    one = cost(f"workshops/{workshop.uuid}/participants/")
    for number in range(3):
        guest(workshop, f"Guest {number}")
    assert cost(f"workshops/{workshop.uuid}/participants/") == one


def test_templates_are_read_by_everybody(place: Place) -> None:
    told = place.program("public").get("workshop-templates/").json()["results"]
    assert len(told) == 10
    assert all(each["columns"] and each["plan"] for each in told)


def test_a_token_that_may_only_read_does_nothing(place: Place) -> None:
    workshop = opened(place)
    program = place.program("owner:member", "read")
    key = guest(workshop).key
    paths = [*(each.replace("KEY", key) for each in ORGANISERS), "join", "me", "leave", "feedback"]
    for path in [reverse("api-join"), *(f"workshops/{workshop.uuid}/{each}/" for each in paths)]:
        answer = program.post(path, {})
        assert (answer.status_code, answer.json()["code"]) == (403, "scope"), path
