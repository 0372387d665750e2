"""Whatever goes wrong under /api/, wherever: one shape."""

from __future__ import annotations

import pytest

from groundwork.directory.models import Organisation
from tests.groundwork.directory.town import Town, acting
from tests.groundwork.web.api.asking import THINGS, Program, problem, token_of

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.groundwork.web.api.addresses")]

ONE = "/api/v1/things/1/"


@pytest.mark.parametrize(
    ("how", "status", "code", "detail", "errors"),
    [
        ("not-found", 404, "not_found", "There is no such thing.", {}),
        ("not-allowed", 403, "not_allowed", "Only its owner may.", {}),
        ("conflict", 409, "conflict", "It is closed.", {}),
        ("invalid", 422, "invalid", "Say more.", {"title": ["Enter a title"]}),
    ],
)
def test_what_a_service_refuses(how, status, code, detail, errors):
    found = problem(Program().get(f"/api/v1/broken/{how}/"), status)
    assert (found["code"], found["detail"], found["errors"]) == (code, detail, errors)


def test_what_nobody_foresaw_is_recorded_and_gives_nothing_away(caplog):
    response = Program().get("/api/v1/broken/bug/")
    found = problem(response, 500)
    assert found["code"] == "server_error"
    assert b"nobody foresaw" not in response.content
    assert any(record.exc_info or "nobody foresaw" in str(record.msg) for record in caplog.records)


def test_what_was_half_done_is_taken_back():
    town = Town()
    program = Program(token_of(acting(town.council)))
    for _twice in range(2):
        problem(program.post("/api/v1/broken/bug/", {}, idempotency_key="k"), 500)
        assert not Organisation.objects.filter(slug="half-done").exists()


@pytest.mark.parametrize(
    "path", ["/api/", "/api/v1/nothing/", "/api/v2/", "/api/v1/things/x/", "/api/v1/things//", "/api/v1/nothing.json"]
)
def test_where_there_is_nothing(path):
    for method in ("GET", "POST", "DELETE", "HEAD", "OPTIONS"):
        response = Program().ask(method, path)
        if method == "HEAD":
            assert response.status_code == 404
        else:
            assert problem(response, 404)["code"] == "not_found"


def test_a_forgotten_slash_is_shown_the_way_and_loses_nothing():
    for method in ("GET", "POST", "PATCH"):
        response = Program().ask(method, "/api/v1/things?q=a%20b&limit=2", b'{"name": "x"}')
        assert response.status_code == 308
        assert response["Location"] == "/api/v1/things/?q=a%20b&limit=2"
        assert response["X-Request-ID"]


def test_no_address_leads_away():
    for path in ("/api//evil.example/things", "/api/v1/things/..//evil.example", "/api"):
        response = Program().get(path)
        assert response.status_code == 404 or response["Location"].startswith("/api/")


def test_a_host_that_is_not_ours(settings):
    settings.ALLOWED_HOSTS = ["thread.example.org"]
    problem(Program().get(THINGS, host="evil.example"), 400)


@pytest.mark.parametrize("accept", ["text/csv", "application/xml", "image/*", "a" * 9000])
def test_answers_come_in_json_only(accept):
    assert "Accept: application/json" in problem(Program().get(ONE, accept=accept), 406)["detail"]


@pytest.mark.parametrize(
    "accept", ["", "*/*", "application/*", "application/json", "text/html,application/xhtml+xml,*/*;q=0.8"]
)
def test_whoever_takes_json_or_anything_gets_it(accept):
    response = Program().get(ONE, accept=accept)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"


def test_format_in_an_address_is_not_ours_to_take():
    assert Program().get(f"{ONE}?format=xml").status_code == 200


@pytest.mark.parametrize(
    ("header", "status", "version"),
    [
        ('"7"', 200, 7),
        ("7", 200, 7),
        ('"1", "7"', 200, 7),
        (' "7" ', 200, 7),
        ("*", 200, None),
        ('"6"', 412, None),
        ('"8","9"', 412, None),
        ('W/"7"', 412, None),
        ('"seven"', 412, None),
        ('"07"', 412, None),
        ("seven", 400, None),
        ('"7', 400, None),
        ('"7" "8"', 400, None),
        ("", 428, None),
        (" ", 428, None),
    ],
)
def test_a_change_says_which_version_it_was_made_of(header, status, version):
    program = Program(token_of(acting(Town().council)))
    response = program.ask("PATCH", ONE, {"a": 1}, if_match=header)
    if status == 200:
        assert response.json() == {"version": version, "sent": {"a": 1}}
        return
    code = {412: "precondition_failed", 428: "precondition_required", 400: "malformed"}[status]
    assert problem(response, status)["code"] == code


def test_a_change_without_a_version_is_told_what_to_send():
    program = Program(token_of(acting(Town().council)))
    assert "ETag" in problem(program.ask("PATCH", ONE, {}), 428)["detail"]
    assert "version 7" in problem(program.ask("PATCH", ONE, {}, if_match='"6"'), 412)["detail"]


LINK = '<https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/>; rel="license"'


def test_every_answer_says_the_licence():
    town = Town()
    town.place.data_licence = "Open Government Licence v3.0"
    town.place.save()
    program = Program(token_of(acting(town.council)))
    answers = [
        program.get(ONE),
        program.get("/api/v1/nothing/"),
        program.post(THINGS, {"name": "x"}),
        program.ask("OPTIONS", THINGS),
        Program().post(THINGS),
    ]
    assert {answer["Link"] for answer in answers} == {LINK}
    assert {answer.status_code for answer in answers} == {200, 404, 201, 204, 401}


def test_another_licence_is_on_our_page_and_none_is_none():
    town = Town()
    assert "Link" not in Program().get(ONE)
    town.place.data_licence = "Something else"
    town.place.save()
    assert Program().get(ONE)["Link"] == '</data-licence/>; rel="license"'


def test_pages_are_left_alone():
    response = Program().get("/robots.txt")
    assert response.status_code == 200
    assert "Link" not in response
    assert Program().get("/nowhere/")["Content-Type"].startswith("text/html")
