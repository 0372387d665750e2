"""Log lines hold no secrets and cannot be forged (S28)."""

from __future__ import annotations

import json
import logging
import time
from io import StringIO

import pytest
import structlog
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from goldenthread.logs import formatter, without_secrets


def written(*, as_json: bool, event: str, **values: object) -> str:
    """What one event of the product looks like in the log."""
    out = StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(formatter(json=as_json))
    logger = logging.getLogger("tests.goldenthread.logs")
    logger.handlers, logger.propagate = [handler], False
    try:
        structlog.get_logger("tests.goldenthread.logs").warning(event, **values)
    finally:
        logger.handlers, logger.propagate = [], True
    return out.getvalue()


SECRETS = [
    ("convenor@example.org signed in", "convenor"),
    ("GET /account/confirm/MTY:1tY9cd:3vXZkqI0Hk1v_aQ9/ 200", "3vXZkqI0Hk1v_aQ9"),
    ("GET /sign-in/?token=abcdef123&next=/ 200", "abcdef123"),
    ("redis://golden:hunter2@cache:6379/0", "hunter2"),
    ("GET /u/AbCdEfGhIjKlMnOpQrStUvWxYz012345 200", "AbCdEfGhIjKlMnOpQrStUvWxYz012345"),
]


@pytest.mark.parametrize(("text", "secret"), SECRETS)
@pytest.mark.parametrize("as_json", [True, False])
def test_secrets_are_taken_out_wherever_they_stand(text: str, secret: str, as_json: bool) -> None:
    for line in (
        written(as_json=as_json, event=text),
        written(as_json=as_json, event="said", request=text),
        written(as_json=as_json, event="said", deep={"list": [text]}),
    ):
        assert secret not in line


@pytest.mark.parametrize(
    "key", ["password", "new_password", "token", "api_key", "Authorization", "sessionid", "secret"]
)
def test_values_of_secret_looking_keys_are_taken_out(key: str) -> None:
    line = written(as_json=True, event="said", **{key: "opensesame"}, form={key: "opensesame"})
    assert "opensesame" not in line
    assert json.loads(line)[key] == "[hidden]"


def test_an_exception_is_written_without_what_it_quotes() -> None:
    try:
        raise ValueError("no mail for convenor@example.org at /u/AbCdEfGhIjKlMnOpQrStUvWxYz012345/")
    except ValueError:
        line = written(as_json=True, event="failed", exc_info=True)
    assert "ValueError" in line
    assert "convenor@" not in line
    assert "AbCdEfGh" not in line


def test_the_code_of_a_workshop_is_no_line_of_a_log() -> None:
    line = "request_finished request=GET /w/7KDMQ2RX/simple/ then /w/7KDM-Q2RX"
    assert without_secrets(line) == "request_finished request=GET /w/[hidden]/simple/ then /w/[hidden]"


@pytest.mark.parametrize(
    "kept",
    [
        "GET /initiatives/ESX-0042/",
        "GET /organisations/southend-on-sea-city-council/",
        "GET /static/build/main.5f2c1a9b03de.css",
        "took 3 s @ noon",
        "/api/v1/initiatives/019a1f3e-7d6c-7cc1-8f00-1234567890ab/",
    ],
)
def test_what_an_operator_needs_is_kept(kept: str) -> None:
    assert without_secrets(kept) == kept


@given(st.text())
def test_one_event_is_one_line_of_json(text: str) -> None:
    line = written(as_json=True, event=text, value=text)
    assert line.endswith("\n")
    assert len(line.splitlines()) == 1
    assert json.loads(line)["level"] == "warning"


@given(st.text(st.characters(categories=["L", "Zl", "Zp", "Cc"])))
def test_a_short_line_cannot_be_forged(text: str) -> None:
    line = written(as_json=False, event=f"a{text}b", value=text)
    assert len(line.splitlines()) == 1


def test_a_traceback_cannot_pass_for_another_line() -> None:
    try:
        raise ValueError("first\n12:00:00 info    signed_in user=1")
    except ValueError:
        lines = written(as_json=False, event="failed", exc_info=True).splitlines()
    assert lines[0].endswith("warning failed")
    assert all(line.startswith("    | ") for line in lines[1:])


@pytest.mark.django_db
def test_a_request_is_logged_with_the_id_that_its_answer_carries(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        answer = client.get("/no-such-page/?token=abcdef123")
    finished = [record for record in caplog.records if "request_finished" in str(record.msg)]
    line = formatter(json=True).format(finished[-1])
    assert json.loads(line)["request_id"] == answer["X-Request-ID"]
    assert json.loads(line)["code"] == 404
    assert "abcdef123" not in line


@pytest.mark.parametrize(
    "piece", ["a", "%3D", "a.b-", "/a?", "a:b//", "://", "a1-", "/a-", "a@", "x://a:", "é:", "'a."]
)
def test_looking_for_secrets_takes_no_longer_than_reading(piece: str) -> None:
    """What stands in a line is a stranger's: an address of 100,000 letters must not hold everybody up."""
    text = "GET /x/" + piece * (100_000 // len(piece))
    begun = time.process_time()
    without_secrets(text)
    assert time.process_time() - begun < 1
