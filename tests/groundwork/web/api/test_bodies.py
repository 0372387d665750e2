"""What is sent to the API: strict JSON, within limits, and every refusal in the one shape."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from asgiref.testing import ApplicationCommunicator
from django.core.asgi import get_asgi_application
from hypothesis import given, settings
from hypothesis import strategies as st

from groundwork.directory.models import Organisation
from groundwork.web.api.parsing import DEEPEST, MOST_BYTES, read_json
from groundwork.web.api.problems import Malformed
from groundwork.web.api.serializers import MOST_NAMED
from tests.groundwork.directory.town import Town, acting
from tests.groundwork.web.api.asking import THINGS, Program, problem, token_of

pytestmark = pytest.mark.urls("tests.groundwork.web.api.addresses")

ONE = "/api/v1/things/1/"


@pytest.fixture
def program(db: None) -> Program:
    return Program(token_of(acting(Town().council)))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"{", "line 1, column 2"),
        (b'{"name": "x",}', "The body is not JSON"),
        (b"hello", "The body is not JSON"),
        (b'{"name": "x"} {}', "The body is not JSON"),
        (b'{"name": "a\x00b"}', "The body is not JSON"),
        (b'{"name": NaN}', "NaN is not a number"),
        (b'{"name": Infinity}', "Infinity is not a number"),
        (b'{"name": -Infinity}', "-Infinity is not a number"),
        (b'{"name": 1e999}', "too large"),
        (b'{"name": ' + b"9" * 41 + b"}", "more than 40 digits"),
        (b'{"name": ' + b"9" * 100_000 + b"}", "more than 40 digits"),
        (b'{"name": "a", "name": "b"}', "\u201cname\u201d stands twice"),
        (b'{"name": "\xff"}', "not in UTF-8: byte 11"),
        (b'{"name": "\xed\xa0\x80"}', "not in UTF-8"),
        ('{"name": "é"}'.encode("latin-1"), "not in UTF-8"),
        ('{"name": "é"}'.encode("utf-16"), "not in UTF-8"),
        (rb'{"name": "a\u0000b"}', "NUL"),
        (rb'{"name": "\ud800"}', "half a character"),
        (rb'{"name": "\udc00\ud800"}', "half a character"),
        (rb'{"\u0000": "a"}', "NUL"),
        (rb'["\u0000"]', "NUL"),
        (rb'"\u0000"', "NUL"),
        (b"[" * 1_000_000, "more than 32 lists and objects"),
        (b'{"a":' * 190_000, "more than 32 lists and objects"),
        (b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1), "more than 32 lists and objects"),
        (b'{"name":' + b"[" * 500 + b"]" * 500 + b"}", "more than 32 lists and objects"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_what_is_not_good_json_is_refused_with_a_sentence(program, body, said):
    found = problem(program.post(THINGS, body), 400)
    assert said in found["detail"]
    # Also where nothing would look at the body.
    assert said in problem(program.ask("PATCH", ONE, body, if_match="*"), 400)["detail"]


@pytest.mark.parametrize(
    "body", [b"[" * DEEPEST + b"]" * DEEPEST, b'{"a":' * (DEEPEST - 1) + b"{}" + b"}" * (DEEPEST - 1)]
)
def test_what_is_deep_but_not_too_deep_is_read(body):
    assert read_json(body) == json.loads(body)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(10**38), 10**38) | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=5).filter(lambda k: "\0" not in k), inner),
        max_leaves=20,
    ),
    st.booleans(),
)  # fmt: skip
@settings(max_examples=200, deadline=None)
def test_all_other_json_is_read_as_it_is(value: Any, escaped: bool) -> None:
    assert read_json(json.dumps(value, ensure_ascii=escaped).encode()) == value


@given(st.binary(max_size=60))
@settings(max_examples=500, deadline=None)
def test_no_bytes_break_the_reader(body: bytes) -> None:
    with suppress(Malformed):
        json.dumps(read_json(body))


def test_a_mark_of_the_byte_order_is_passed_over(program):
    assert program.post(THINGS, b'\xef\xbb\xbf{"name": "Marked"}').json()["name"] == "Marked"


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "text/json", "application/xml", "application/x-www-form-urlencoded", "", "nonsense",
     "multipart/form-data; boundary=x", "application/json; charset=latin-1", "application/json; charset=utf-16",
     "application/merge-patch+json", "application/" + "x" * 1000, "application/json; charset=hex"],
)  # fmt: skip
def test_only_json_in_utf_8_is_taken(program, kind):
    for method, path in (("POST", THINGS), ("PATCH", ONE)):
        found = problem(program.ask(method, path, b'{"name": "x"}', content_type=kind, if_match="*"), 415)
        assert "Content-Type: application/json" in found["detail"]


@pytest.mark.parametrize(
    "kind", ["application/json", "application/json; charset=utf-8", 'application/json;charset="UTF-8"']
)
def test_json_is_taken_however_it_is_declared(program, kind):
    assert program.post(THINGS, b'{"name": "x"}', content_type=kind).status_code == 201


def test_nothing_sent_is_nothing_said(program):
    for kind in ("", "application/json", "application/x-www-form-urlencoded"):
        found = problem(program.post(THINGS, b"", content_type=kind), 422)
        assert list(found["errors"]) == ["name"]
        assert program.ask("PATCH", ONE, b"", content_type=kind, if_match="*").json() == {"version": None, "sent": {}}


@pytest.mark.parametrize("size", [MOST_BYTES + 1, 10_000_000])
def test_what_is_too_large_is_refused_at_once(program, size):
    body = b'{"name": "' + b"x" * size + b'"}'
    for sender in (program, Program()):
        for method, path in (("POST", THINGS), ("PATCH", ONE), ("POST", "/api/v1/nothing/"), ("GET", THINGS)):
            begun = time.perf_counter()
            found = problem(sender.ask(method, path, body), 413)
            assert time.perf_counter() - begun < 1
            assert "1 megabyte" in found["detail"]


def test_the_largest_body_is_taken(program):
    around = len(b'{"name": ""}')
    found = problem(program.post(THINGS, b'{"name": "' + b"x" * (MOST_BYTES - around) + b'"}'), 422)
    assert list(found["errors"]) == ["name"]


@pytest.mark.parametrize("length", ["-1", "x", "1e3", "99999999999999999999999"])
def test_a_length_that_cannot_be_is_refused(program, length):
    client = program.client
    response = client.post(
        THINGS, {"name": "x"}, content_type="application/json", headers=program.always, CONTENT_LENGTH=length
    )
    assert response.status_code in (400, 413)
    problem(response, response.status_code)


def test_unknown_fields_are_named_with_the_nearest_that_there_is(program):
    sent = {
        "name": "x" * 51,
        "color": "red",
        "number": 3,
        "shape": 1,
        "parts": [{"role": "a"}, {"rôle": "b", "role": ""}],
    }
    found = problem(program.post(THINGS, sent), 422)
    assert found["errors"] == {
        "name": ["Ensure this field has no more than 50 characters."],
        "color": ["There is no field called “color”. Did you mean “colour”?"],
        "number": ["“number” can be read, not written."],
        "shape": ["There is no field called “shape”. The fields are: name, colour, parts."],
        "parts.1.rôle": ["There is no field called “rôle”. Did you mean “role”?"],
        "parts.1.role": ["This field may not be blank."],
    }
    assert "errors" in found["detail"]
    assert not Organisation.objects.filter(slug__startswith="thing").exists()


def test_no_more_unknown_fields_are_named_than_anybody_reads(program):
    """A megabyte holds a hundred thousand, and each is compared with all that there are."""
    sent = {"name": "x", "parts": [{f"rile{number:05d}": 1 for number in range(500)} for _part in range(50)]}
    begun = time.process_time()
    found = problem(program.post(THINGS, sent), 422)
    assert time.process_time() - begun < 3
    assert sum("rile" in field for field in found["errors"]) == 50 * MOST_NAMED


@pytest.mark.parametrize("sent", [[], [1], "x", 3, True, [{"name": "x"}]])
def test_a_body_that_is_no_object_is_refused(program, sent):
    found = problem(program.post(THINGS, sent), 422)
    assert found["errors"] == {}
    assert found["detail"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/things/?q=%00", 400),
        ("/api/v1/things/?%00=1", 400),
        ("/api/v1/things/%00/", 404),
        ("/api/v1/things/999999999999999999999999/", 200),
        ("/api/v1/things/?q=%ED%A0%80", 200),
        ("/api/v1/things/?q=%FF", 200),
    ],
)
def test_no_address_breaks_it(program, path, status):
    response = program.get(path)
    if status == 200:
        assert response.status_code == 200
    else:
        problem(response, status)


@pytest.mark.django_db(transaction=True)
def test_a_body_in_pieces_is_read_whole_or_refused_whole():
    """Sent without a length, as streaming programs do."""
    secret = token_of(acting(Town().council))
    ask = async_to_sync(in_pieces)
    status, told = ask(secret, [b'{"na', b'me": "In pie', b'ces"}'])
    assert status == 201
    assert told["name"] == "In pieces"
    status, told = ask(secret, [b'{"name": "', *[b"x" * 100_000] * 11, b'"}'])
    assert (status, told["code"]) == (413, "too_large")


async def in_pieces(secret: str, pieces: list[bytes]) -> tuple[int, Any]:
    scope = {
        "type": "http",
        "method": "POST",
        "path": THINGS,
        "query_string": b"",
        "headers": [
            (b"host", b"testserver"),
            (b"authorization", f"Bearer {secret}".encode()),
            (b"content-type", b"application/json"),
            (b"transfer-encoding", b"chunked"),
        ],
    }
    product = ApplicationCommunicator(get_asgi_application(), scope)
    for number, piece in enumerate(pieces, 1):
        await product.send_input({"type": "http.request", "body": piece, "more_body": number < len(pieces)})
    begun = await product.receive_output(timeout=10)
    told = await product.receive_output(timeout=10)
    await product.wait(timeout=10)
    return begun["status"], json.loads(told["body"])
