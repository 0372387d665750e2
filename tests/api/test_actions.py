"""Actions through the API: made, asked for, taken on and done; listed to whoever may see them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from collaboration.actions.models import Action
from collaboration.actions.origins import Origin
from collaboration.actions.services import making
from groundwork.audit.models import AuditEntry
from groundwork.clock import now, today
from tests.api.place import DECIDERS, EVERYBODY, KEEPERS, MANDATED, OFFICER, SCRUTINY, Place

NEW = {"what": "Ask the bus company for a stop", "details": "At the clinic.", "due_on": "2030-04-30"}
SEEN_BY = {
    "involved": KEEPERS,
    "partners": MANDATED,
    "public": EVERYBODY,
}
KEEP = {
    "involved": DECIDERS | {"owner:member"},
    "partners": DECIDERS | {"owner:member"} | OFFICER,
    "public": DECIDERS | {"owner:member"} | OFFICER,
}
"""Its maker, those who decide for its organisation, and officers where partners see it."""
ACTS: dict[str, Any] = {
    "accept": None,
    "decline": {"reason": "No time"},
    "claim": None,
    "ask": {"email": "ann@example.org"},
    "update": {"text": "They answer in May."},
    "block": {"reason": "The bus company does not answer"},
    "unblock": None,
    "done": {},
    "drop": {},
    "reopen": None,
}


def made(place: Place, **fields: Any) -> dict[str, Any]:
    """Made by a member of the owner's organisation."""
    answer = place.program("owner:member").post("actions/", NEW | fields)
    assert answer.status_code == 201, answer.content
    told: dict[str, Any] = answer.json()
    return told


def test_an_action_from_its_making_to_its_end(place: Place) -> None:
    maker, asked = place.program("owner:member"), place.program("partner:member")
    address = place.world["partner:member"].who.email
    answer = maker.post("actions/", NEW | {"email": address, "initiative": place.ref("public")}, Idempotency_Key="k")
    assert answer.status_code == 201, answer.content
    told = answer.json()
    assert maker.post("actions/", NEW | {"email": address, "initiative": place.ref("public")}, Idempotency_Key="k")[
        "Idempotent-Replayed"
    ]
    assert (told["status"], told["due_on"], told["initiative"]) == ("asked", "2030-04-30", place.ref("public"))
    assert (told["owner"], told["organisation"], told["mine"]) == ("Partner Member", "northwick-council", False)
    path = answer["Location"]
    assert asked.get(path).json()["acts"] == ["accept", "decline", "done", "update", "block", "ask"]
    assert [each["ref"] for each in asked.whole("actions/?whose=mine&state=open")] == [told["ref"]]
    taken = asked.post(f"{path}accept/")
    assert (taken.status_code, taken.json()["status"], taken.json()["mine"]) == (200, "accepted", True)
    said = asked.post(f"{path}update/", {"text": "They answer in May."}).json()
    assert [(each["text"], each["by"]) for each in said["updates"]] == [("They answer in May.", "Partner Member")]
    changed = maker.patch(path, {"due_on": None}, If_Match=taken["ETag"])
    assert (changed.status_code, changed.json()["due_on"], changed.json()["details"]) == (200, None, "At the clinic.")
    assert maker.patch(path, {"what": "Other"}, If_Match=taken["ETag"]).status_code == 412
    assert maker.patch(path, {"what": "Other"}).status_code == 428
    done = asked.post(f"{path}done/", {"text": "It stops there."}).json()
    assert (done["status"], done["acts"]) == ("done", ["reopen"])
    assert maker.post(f"{path}reopen/").json()["status"] == "accepted"
    assert maker.post(f"{path}drop/", {"reason": "Not needed"}).json()["status"] == "dropped"
    assert maker.post(f"{path}done/").status_code == 409
    by = set(
        AuditEntry.objects.filter(action__startswith="action.", object_id=str(Action.objects.get().pk)).values_list(
            "action", "person"
        )
    )
    assert ("action.accept", place.world["partner:member"].who.pk) in by
    assert ("action.drop", place.world["owner:member"].who.pk) in by


def test_what_stands_in_the_way_is_said_and_taken_back(place: Place) -> None:
    owner, address = place.program("partner:member"), place.world["partner:member"].who.email
    ref = made(place, email=address)["ref"]
    assert "block" in owner.get(f"actions/{ref}/").json()["acts"]
    for wrong in ({}, {"reason": ""}, {"reason": "x" * 501}):
        assert owner.post(f"actions/{ref}/block/", wrong).status_code == 422
    told = owner.post(f"actions/{ref}/block/", {"reason": "No answer"}).json()
    assert (told["blocked"], "block" in told["acts"], "unblock" in told["acts"]) == ("No answer", False, True)
    assert owner.post(f"actions/{ref}/block/", {"reason": "No money"}).json()["blocked"] == "No money"
    for _twice in range(2):
        told = owner.post(f"actions/{ref}/unblock/").json()
        assert (told["blocked"], "unblock" in told["acts"]) == ("", False)
    owner.post(f"actions/{ref}/done/")
    assert owner.post(f"actions/{ref}/block/", {"reason": "Too late"}).status_code == 409


def test_what_nobody_has_is_taken_on_once(place: Place) -> None:
    told = made(place)
    first = place.program("partner:lead").post(f"actions/{told['ref']}/claim/")
    assert (first.status_code, first.json()["owner"]) == (200, "Partner Lead")
    assert place.program("other:lead").post(f"actions/{told['ref']}/claim/").status_code == 409
    assert place.program("partner:lead").post(f"actions/{told['ref']}/decline/").json()["status"] == "declined"


@pytest.mark.parametrize("role", sorted(EVERYBODY))
def test_who_sees_it_and_who_does_what(place: Place, role: str) -> None:
    program = place.program(role)
    wrong = []
    for visibility, seen_by in SEEN_BY.items():
        ref = made(place, visibility=visibility, what=visibility)["ref"]
        sees = role in seen_by
        status = program.get(f"actions/{ref}/").status_code
        if status != (200 if sees else 404):
            wrong.append(f"{visibility}: {status}")
        if (ref in [each["ref"] for each in program.whole("actions/")]) != sees:
            wrong.append(f"{visibility}: listed otherwise")
        keeps = role in KEEP[visibility]
        may = {
            "accept": False,
            "decline": False,
            "claim": sees and role not in SCRUTINY,
            **dict.fromkeys(("ask", "update", "block", "unblock", "done", "drop", "reopen"), keeps),
        }
        for act, body in ACTS.items():
            ref = made(place, visibility=visibility, what=f"{visibility} {act}")["ref"]
            status = program.post(f"actions/{ref}/{act}/", body).status_code
            wanted = 401 if role == "public" else 404 if not sees else 200 if may[act] else 403
            if status != wanted:
                wrong.append(f"{act}, {visibility}: {status}, not {wanted}")
        status = program.patch(f"actions/{ref}/", {"what": "Else"}, If_Match="*").status_code
        if status != (401 if role == "public" else 404 if not sees else 200 if keeps else 403):
            wrong.append(f"edit, {visibility}: {status}")
    assert wrong == []


@pytest.mark.parametrize("role", sorted(EVERYBODY))
def test_making_one(place: Place, role: str) -> None:
    answer = place.program(role).post("actions/", NEW)
    assert answer.status_code == (401 if role == "public" else 403 if role in SCRUTINY else 201), answer.content


def test_the_public_is_told_no_names_and_nobody_an_address(place: Place) -> None:
    ref = made(place, visibility="public", email="ann@parish.example", name="Ann Osei")["ref"]
    place.program("owner:lead").post(f"actions/{ref}/update/", {"text": "It goes well."})
    for role in sorted(EVERYBODY):
        for path in ("actions/", f"actions/{ref}/"):
            text = place.program(role).get(path).content.decode()
            assert "ann@parish.example" not in text
            assert ("Ann Osei" in text) == (role != "public")
            if role == "public":
                assert "Owner Lead" not in text


def test_where_it_was_agreed_is_told_to_those_who_may_read_it(place: Place) -> None:
    making.new_action(
        actor=place.world["owner:lead"],
        said=making.clean(what="From a room", visibility="public"),
        who=None,
        organisation=None,
        initiative=place.initiatives["draft"],
        origin=Origin(kind="workshop", id="3c4e2f6a-0000-4000-8000-000000000000", label="said in a closed room"),
        at=now(),
    )
    (told,) = place.program("public").whole("actions/")
    assert (told["origin"], told["initiative"]) == (None, None)
    (told,) = place.program("owner:lead").whole("actions/?whose=made")
    assert (told["origin"], told["initiative"]) == (None, place.ref("draft"))


def test_lists_are_in_the_order_of_their_days_and_paged(place: Place) -> None:
    days = {"soon": today() + timedelta(days=1), "late": today() - timedelta(days=1), "never": None, "then": None}
    for what, day in days.items():
        made(place, what=what, due_on=day.isoformat() if day else None)
    program = place.program("owner:member")
    assert [each["what"] for each in program.whole("actions/?limit=1")] == ["late", "soon", "never", "then"]
    assert [each["what"] for each in program.whole("actions/?whose=made&state=late")] == ["late"]
    assert program.whole("actions/?whose=ours&state=done") == []
    assert program.whole(f"actions/?initiative={place.ref('public')}") == []
    assert program.whole("actions/?initiative=VAL-9999") == []
    assert place.program("public").whole("actions/?whose=mine") == []
    for wrong in ("whose=everybody", "state=begun", "colour=red"):
        assert program.get(f"actions/?{wrong}").status_code == 400


def test_a_list_costs_the_same_however_long_it_is(place: Place) -> None:
    program = place.program("partner:lead")

    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert program.get("actions/").status_code == 200
        return len(caught)

    made(place, what="first", initiative=place.ref("public"), email="ann@parish.example")
    cost()
    one = cost()
    for number in range(3):
        made(place, what=f"more {number}", initiative=place.ref("public"), email=f"ann{number}@parish.example")
    assert cost() == one


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, {"what"}),
        ({"what": ""}, {"what"}),
        ({"what": 5}, {"what"}),
        ({"what": "x" * 501}, {"what"}),
        ({"what": "a\u202eb"}, {"what"}),
        ({"what": "x", "due_on": "soon"}, {"due_on"}),
        ({"what": "x", "due_on": "0001-01-01"}, {"due_on"}),
        ({"what": "x", "visibility": "nobody"}, {"visibility"}),
        ({"what": "x", "email": "nobody"}, {"email"}),
        ({"what": "x", "initiative": "VAL-9999"}, {"initiative"}),
        ({"what": "x", "status": "done", "owner": "me"}, {"status", "owner"}),
    ],
)
def test_what_cannot_be_accepted_is_named(place: Place, body: dict[str, Any], named: set[str]) -> None:
    answer = place.program("owner:lead").post("actions/", body)
    assert (answer.status_code, answer.json()["errors"].keys()) == (422, named)
    assert not Action.objects.exists()


def test_a_token_that_may_only_read_does_nothing(place: Place) -> None:
    ref = made(place)["ref"]
    program = place.program("owner:member", "read")
    assert program.post("actions/", NEW).status_code == 403
    assert program.patch(f"actions/{ref}/", {}, If_Match="*").status_code == 403
    for act, body in ACTS.items():
        answer = program.post(f"actions/{ref}/{act}/", body)
        assert (answer.status_code, answer.json()["code"]) == (403, "scope")
