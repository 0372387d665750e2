"""Registering and changing through the API: there and back, one at a time, and whatever else may be sent."""

from __future__ import annotations

from typing import Any

import pytest

from collaboration.initiatives.models import Initiative, Partner
from groundwork.audit.models import AuditEntry
from tests.api.place import Place, Program
from tests.collaboration.initiatives import world as worlds

NEW: dict[str, Any] = {
    "title": "Warm homes on prescription",
    "summary": "Surgeries refer people to energy advisers.",
    "difference": "Fewer people fall ill in winter.",
    "stage": "active",
    "scale": "district",
    "participation": "A residents' panel.",
    "start": "2026-04-01",
    "end": "2028-03-31",
    "money": 120000.5,
    "contact": "Housing team",
    "contact_email": "homes@example.org",
    "lead": "southwick-council",
    "partnerships": [
        {"organisation": "Vale NHS", "role": "funder", "contribution": "Pays for surveys"},
        {"organisation": "all-councils", "role": "adviser"},
    ],
    "main_strands": [{"code": "V-A1.1", "contribution": "People stay in their own homes."}],
    "strands": ["Preventing illness"],
    "blocks": ["B-1"],
    "areas": ["Northwick", "C2"],
    "elements": ["P-1"],
    "principles": ["PR-1"],
    "visibility": "public",
    "source": "Housing plan, page 4",
    "original_labels": ["Theme A"],
}


def registered(program: Program, body: dict[str, Any] | None = None, **headers: str) -> Any:
    answer = program.post("initiatives/", body or NEW, **headers)
    assert answer.status_code == 201, answer.content
    return answer


def test_there_and_back(place: Place) -> None:
    """Registered, read, changed, published, confirmed by a partner, and said to be still accurate."""
    lead = place.program("owner:lead")
    made = registered(lead)
    told = made.json()
    ref = told["ref"]
    assert made["Location"].endswith(f"/api/v1/initiatives/{ref}/")
    assert lead.get(made["Location"]).json() == told
    assert made["ETag"] == f'"{told["version"]}"'
    for name in (
        "title",
        "summary",
        "difference",
        "stage",
        "scale",
        "participation",
        "start",
        "end",
        "money",
        "contact",
    ):
        assert told[name] == NEW[name], name
    assert told["contact_email"] == "homes@example.org"
    assert (told["lead"], told["owner"]) == ("southwick-council", "northwick-council")
    assert told["partners"] == ["all-councils", "vale-nhs"]
    assert [(p["organisation"], p["role"], p["contribution"]) for p in told["partnerships"] if p["role"] != "lead"] == [
        ("all-councils", "adviser", ""),
        ("vale-nhs", "funder", "Pays for surveys"),
    ]
    assert told["main_strands"] == NEW["main_strands"]
    assert told["strands"] == ["V-A1.1", "V-A1.2"]
    assert (told["blocks"], told["areas"], told["elements"]) == (["B-1"], ["C1", "C2"], ["P-1"])
    assert (told["principles"], told["ambitions"]) == (["PR-1"], ["V-A1"])
    assert (told["visibility"], told["intended_visibility"]) == ("draft", "public")
    assert told["source"] == "Housing plan, page 4"
    assert told["original_labels"] == {"labels": ["Theme A"]}

    changed = lead.patch(f"initiatives/{ref}/", {"stage": "paused", "areas": ["C3"]}, If_Match=made["ETag"])
    assert changed.status_code == 200, changed.content
    assert changed["ETag"] != made["ETag"]
    now = changed.json()
    # The moment of the change is told in seconds: it may be the same.
    assert {name for name in told if told[name] != now[name]} - {"changed"} == {"stage", "areas", "version"}

    published = lead.post(f"initiatives/{ref}/publish/", If_Match=changed["ETag"])
    assert published.status_code == 200, published.content
    assert (published.json()["visibility"], published.json()["verified"]) == ("public", published.json()["published"])
    assert [each["ref"] for each in place.program("public").whole("initiatives/?area=C3")] == [ref]

    nhs = next(p for p in published.json()["partnerships"] if p["organisation"] == "vale-nhs")
    assert (nhs["asked"], nhs["confirmed"]) == (True, False)
    confirmed = place.program("partner:lead").post(f"initiatives/{ref}/confirm/")
    assert confirmed.status_code == 200, confirmed.content
    nhs = next(p for p in confirmed.json()["partnerships"] if p["organisation"] == "vale-nhs")
    assert (nhs["asked"], nhs["confirmed"]) == (False, True)

    assert place.program("partner:member").post(f"initiatives/{ref}/verify/").status_code == 200
    acts = AuditEntry.objects.filter(object_id=str(Initiative.objects.get(reference=ref).pk)).order_by("at", "id")
    by = [(each.action, each.person, each.organisation) for each in acts]
    owner, partner = place.world["owner:lead"], place.world["partner:lead"]
    assert ("initiative.draft", owner.who, owner.organisation) in by
    assert ("initiative.edit", owner.who, owner.organisation) in by
    assert ("initiative.publish", owner.who, owner.organisation) in by
    assert ("partner.confirm", partner.who, partner.organisation) in by
    assert by[-1][0] == "initiative.verify"


def test_the_public_is_not_told_who_is_asked_nor_who_did_what(place: Place) -> None:
    it = worlds.published(place.world)
    told = place.program("public").get(f"initiatives/{it.reference}/")
    assert not any(each["asked"] for each in told.json()["partnerships"])
    assert any(
        each["asked"] for each in place.program("owner:lead").get(f"initiatives/{it.reference}/").json()["partnerships"]
    )
    names = [place.world["owner:lead"].who.name, place.world["owner:lead"].who.email]
    assert not any(name in told.content.decode() for name in names)


def test_only_a_title_is_needed(place: Place) -> None:
    told = registered(place.program("owner:member"), {"title": "Only this"}).json()
    assert told["title"] == "Only this"
    assert (told["stage"], told["lead"], told["money"], told["strands"], told["summary"]) == ("", None, None, [], "")


def test_what_is_left_out_stays_and_what_is_empty_is_taken_away(place: Place) -> None:
    program = place.program("owner:lead")
    made = registered(program)
    path = f"initiatives/{made.json()['ref']}/"
    same = program.patch(path, {}, If_Match=made["ETag"])
    assert (same.status_code, same.json()) == (200, made.json())
    emptied = program.patch(
        path,
        {"stage": "", "money": None, "start": None, "end": None, "partners": [], "lead": "", "original_labels": []},
        If_Match="*",
    ).json()
    assert (emptied["stage"], emptied["money"], emptied["start"], emptied["lead"]) == ("", None, None, None)
    assert (emptied["partners"], emptied["original_labels"]) == ([], {})
    assert emptied["title"] == NEW["title"]


def test_a_stale_change_is_refused_and_changes_nothing(place: Place) -> None:
    program, other = place.program("owner:lead"), place.program("owner:member")
    made = registered(program)
    path = f"initiatives/{made.json()['ref']}/"
    assert other.patch(path, {"title": "Theirs"}, If_Match=made["ETag"]).status_code == 200
    stale = program.patch(path, {"title": "Mine"}, If_Match=made["ETag"])
    assert (stale.status_code, stale.json()["code"]) == (412, "precondition_failed")
    assert program.patch(path, {"title": "Mine"}).status_code == 428
    assert program.patch(path, {"title": "Mine"}, If_Match="nonsense").status_code == 400
    assert program.post(f"{path}publish/", If_Match=made["ETag"]).status_code == 412
    assert program.get(path).json()["title"] == "Theirs"
    assert program.patch(path, {"title": "Mine"}, If_Match="*").status_code == 200


def test_a_repeated_key_is_one_registration(place: Place) -> None:
    program = place.program("owner:lead")
    first = registered(program, Idempotency_Key="row-17")
    again = program.post("initiatives/", NEW, Idempotency_Key="row-17")
    assert (again.status_code, again.json()) == (201, first.json())
    assert (again["Location"], again["ETag"]) == (first["Location"], first["ETag"])
    assert again["Idempotent-Replayed"] == "true"
    assert program.post("initiatives/", {"title": "Else"}, Idempotency_Key="row-17").status_code == 422
    assert Initiative.objects.filter(title=NEW["title"]).count() == 1
    # Another token's key of the same name is another key.
    registered(place.program("owner:member"), Idempotency_Key="row-17")
    assert Initiative.objects.filter(title=NEW["title"]).count() == 2


def test_publishing_says_what_is_missing_and_to_whom(place: Place) -> None:
    program = place.program("owner:lead")
    path = f"initiatives/{registered(program, {'title': 'Bare'}).json()['ref']}/"
    refused = program.post(f"{path}publish/")
    assert refused.status_code == 422
    assert "still missing" in refused.json()["detail"]
    full = f"initiatives/{registered(program).json()['ref']}/"
    assert program.post(f"{full}publish/", {"visibility": "everyone"}).status_code == 422
    told = program.post(f"{full}publish/", {"visibility": "partners"})
    assert (told.status_code, told.json()["visibility"]) == (200, "partners")
    # Published twice it is once.
    assert program.post(f"{full}publish/").json()["version"] == told.json()["version"]
    assert place.program("public").get(full).status_code == 404


def test_confirming_twice_there_is_nothing_left(place: Place) -> None:
    program = place.program("partner:lead")
    path = f"initiatives/{place.ref('public')}/confirm/"
    assert program.post(path).status_code == 200
    assert set(place.initiatives["public"].partners.values_list("confirmation", flat=True)) == {"confirmed"}
    again = program.post(path)
    assert (again.status_code, again.json()["code"]) == (409, "conflict")
    assert "already confirmed" in again.json()["detail"]


def test_a_merged_one_leads_to_the_survivor(place: Place) -> None:
    program = place.program("public")
    moved = program.get(f"initiatives/{place.ref('merged')}/")
    assert moved.status_code == 308
    assert program.get(moved["Location"]).json()["ref"] == place.ref("survivor")
    refused = place.program("owner:lead").patch(f"initiatives/{place.ref('merged')}/", {}, If_Match="*")
    assert refused.status_code == 403
    assert "merged" in refused.json()["detail"]


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, {"title"}),
        ({"title": ""}, {"title"}),
        ({"title": "  "}, {"title"}),
        ({"title": 5}, {"title"}),
        ({"title": None}, {"title"}),
        ({"title": ["x"]}, {"title"}),
        ({"title": "x" * 201}, {"title"}),
        ({"title": "a\u202eb"}, {"title"}),
        ({"title": "x", "colour": "red"}, {"colour"}),
        ({"title": "x", "ref": "VAL-1", "owner": "vale-nhs", "version": 1}, {"ref", "owner", "version"}),
        ({"title": "x", "stage": "begun"}, {"stage"}),
        ({"title": "x", "stage": None}, {"stage"}),
        ({"title": "x", "start": "tomorrow"}, {"start"}),
        ({"title": "x", "start": 20260401}, {"start"}),
        ({"title": "x", "start": "0001-01-01"}, {"start"}),
        ({"title": "x", "start": "2026-02-01", "end": "2026-01-01"}, {"end"}),
        ({"title": "x", "money": "much"}, {"money"}),
        ({"title": "x", "money": True}, {"money"}),
        ({"title": "x", "money": -1}, {"money"}),
        ({"title": "x", "money": 0.001}, {"money"}),
        ({"title": "x", "money": 1e30}, {"money"}),
        ({"title": "x", "contact_email": "nobody"}, {"contact_email"}),
        ({"title": "x", "lead": "Nortwick Council"}, {"lead"}),
        ({"title": "x", "lead": "all-councils"}, {"lead"}),
        ({"title": "x", "partners": ["nobody at all"]}, {"partners.0"}),
        ({"title": "x", "partners": "vale-nhs"}, {"partners"}),
        ({"title": "x", "partners": [{"organisation": "vale-nhs"}]}, {"partners.0"}),
        ({"title": "x", "partners": ["vale-nhs"] * 201}, {"partners"}),
        ({"title": "x", "partnerships": [{"organisation": "vale-nhs", "role": "king"}]}, {"partnerships.0.role"}),
        ({"title": "x", "partnerships": [{"role": "funder"}]}, {"partnerships.0.organisation"}),
        ({"title": "x", "partnerships": [{"organisation": "nobody"}]}, {"partnerships.0"}),
        ({"title": "x", "partnerships": [{"organisation": "vale-nhs", "as": "x"}]}, {"partnerships.0.as"}),
        ({"title": "x", "partners": [], "partnerships": []}, {"partnerships"}),
        ({"title": "x", "strands": ["B-1"]}, {"strands"}),
        ({"title": "x", "main_strands": [{"code": "V-A9"}]}, {"main_strands"}),
        ({"title": "x", "blocks": ["V-A1"]}, {"blocks"}),
        ({"title": "x", "areas": ["E07000071"]}, {"areas"}),
        ({"title": "x", "principles": ["V-A1"]}, {"principles"}),
        ({"title": "x", "elements": ["V-A1"]}, {"elements"}),
        ({"title": "x", "visibility": "draft"}, {"visibility"}),
        ({"title": "x", "original_labels": "A"}, {"original_labels"}),
        ({"title": "x", "source": {"document": "A"}}, {"source"}),
    ],
)
def test_what_cannot_be_accepted_is_named(place: Place, body: dict[str, Any], named: set[str]) -> None:
    before = Initiative.objects.count(), Partner.objects.count()
    program = place.program("owner:lead")
    answer = program.post("initiatives/", body)
    assert answer.status_code == 422, answer.content
    assert {name.split(".0")[0] if name not in named else name for name in answer.json()["errors"]} == named
    assert all(sentence for sentences in answer.json()["errors"].values() for sentence in sentences)
    assert (Initiative.objects.count(), Partner.objects.count()) == before
    if "title" in named:
        return
    # The same of one that is there: refused as well, and as it was.
    path = f"initiatives/{place.ref('draft')}/"
    told = program.get(path).json()
    refused = program.patch(path, {name: value for name, value in body.items() if name != "title"}, If_Match="*")
    assert refused.status_code == 422, refused.content
    assert program.get(path).json() == told


def test_a_word_that_is_none_of_a_few_comes_with_all_of_them(place: Place) -> None:
    answer = place.program("owner:lead").post("initiatives/", {"title": "A", "stage": "Planned"})
    assert answer.status_code == 422
    assert answer.json()["errors"] == {
        "stage": ["“Planned” is none of: idea, proposed, active, paused, completed, ended."]
    }


def test_a_name_that_is_not_known_comes_with_the_nearest(place: Place) -> None:
    answer = place.program("owner:lead").post(
        "initiatives/", {"title": "x", "lead": "Nortwick Counsil", "colour": "red"}
    )
    assert answer.json()["errors"]["colour"][0].startswith("There is no field called “colour”.")
    answer = place.program("owner:lead").post("initiatives/", {"title": "x", "lead": "Nortwick Counsil"})
    assert "Northwick Council" in answer.json()["errors"]["lead"][0]


BODIES: dict[str, tuple[int, str, bytes]] = {
    "no JSON": (400, "application/json", b"title=x"),
    "nothing": (422, "application/json", b""),
    "a list": (422, "application/json", b"[]"),
    "a text": (422, "application/json", b'"title"'),
    "null": (422, "application/json", b"null"),
    "no UTF-8": (400, "application/json", b'{"title": "\xff"}'),
    "NUL": (400, "application/json", b'{"title": "a\\u0000b"}'),
    "half a character": (400, "application/json", b'{"title": "\\ud800"}'),
    "NaN": (400, "application/json", b'{"title": "x", "money": NaN}'),
    "a key twice": (400, "application/json", b'{"title": "x", "title": "y"}'),
    "deep": (400, "application/json", b'{"title": ' + b"[" * 10_000 + b"]" * 10_000 + b"}"),
    "deep labels": (400, "application/json", b'{"title": "x", "original_labels": ' + b'{"a":' * 40 + b"1" + b"}" * 41),
    "10 MB": (413, "application/json", b'{"title": "' + b"x" * 10_000_000 + b'"}'),
    "a form": (415, "application/x-www-form-urlencoded", b"title=x"),
    "parts": (
        415,
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="title"\r\n\r\nx\r\n--x--',
    ),
    "XML": (415, "application/xml", b"<title>x</title>"),
    "another charset": (415, "application/json; charset=utf-16", '{"title": "x"}'.encode("utf-16")),
}


@pytest.mark.parametrize("what", sorted(BODIES))
def test_bodies_of_any_kind(place: Place, what: str) -> None:
    status, kind, body = BODIES[what]
    program = place.program("owner:lead")
    sent = {"Authorization": f"Bearer {program.secret}", "If-Match": "*"}
    before = list(Initiative.objects.order_by("pk").values())
    paths = [("POST", "initiatives/"), ("PATCH", f"initiatives/{place.ref('draft')}/")]
    for method, path in paths:
        answer = program.client.generic(method, f"/api/v1/{path}", body, content_type=kind, headers=sent)
        if what == "nothing" and method == "PATCH":
            assert answer.status_code == 200
            continue
        assert answer.status_code == status, (method, answer.content[:300])
        assert answer["Content-Type"] == "application/problem+json"
    assert list(Initiative.objects.order_by("pk").values()) == before


@pytest.mark.parametrize(
    "ref", ["%00", "%ED%A0%80", "%FF%FE", "9" * 30, "a" * 3000, "..%2F..%2Fetc", "%0d%0aX", "VAL-1%27--"]
)
def test_references_of_any_kind(place: Place, ref: str) -> None:
    program = place.program("owner:lead")
    for method, path in (("GET", ""), ("PATCH", ""), ("POST", "publish/"), ("POST", "confirm/"), ("POST", "verify/")):
        answer = program.ask(method, f"/api/v1/initiatives/{ref}/{path}", {}, If_Match="*")
        assert answer.status_code == 404, (method, path, answer.status_code)
    for path in ("frameworks", "elements", "areas", "organisations"):
        assert program.get(f"/api/v1/{path}/{ref}/").status_code == 404


def test_a_session_is_nobody_here(place: Place) -> None:
    """A browser that is signed in asks the API as the public does: no page can make it write."""
    program = place.program("public")
    program.client.force_login(place.world["owner:lead"].who)
    assert program.get(f"initiatives/{place.ref('draft')}/").status_code == 404
    assert program.post("initiatives/", {"title": "x"}).status_code == 401
    assert program.get("initiatives/?visibility=draft").json()["results"] == []
