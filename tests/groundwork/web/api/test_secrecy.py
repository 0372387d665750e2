"""A token is seen once, by its owner, and by nobody afterwards: not in logs, reports, rows or answers."""

from __future__ import annotations

import io
import json
import logging
from typing import Any

import pytest
import structlog
from django.apps import apps
from django.test import Client, RequestFactory
from django.views.debug import ExceptionReporter

from goldenthread.logs import formatter
from groundwork.accounts.services import tokens
from tests.groundwork.directory.town import Town, acting
from tests.groundwork.web.api.asking import THINGS, Program, token_of

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.groundwork.web.api.addresses")]


@pytest.fixture(params=[True, False], ids=["json", "short"])
def written(request: pytest.FixtureRequest) -> Any:
    """Everything that is logged meanwhile, as the product writes it."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter(json=request.param))
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(before)


def canary(secret: str) -> str:
    """The part of a token that its prefix does not tell."""
    return secret[7:]


def test_no_log_has_a_token(written):
    secret = token_of(acting(Town().council))
    program = Program(secret)
    program.get(THINGS)
    program.get("/api/v1/broken/bug/")
    program.get(f"/api/v1/nothing/{secret}/")
    program.get(f"{THINGS}?cursor={secret}")
    program.post(THINGS, {secret: secret}, idempotency_key=secret)
    program.post(THINGS, f'{{"name": {secret}}}'.encode())
    Program(secret[:-1]).get(THINGS)
    # Whatever somebody should log by mistake.
    for log in (structlog.get_logger("x"), logging.getLogger("y")):
        log.warning(f"asked with Bearer {secret}")
        log.warning(f"'{secret}'")
    structlog.get_logger("x").warning("headers", sent={"Authorization": f"Bearer {secret}", "other": [secret]})
    try:
        raise ValueError(f"wrong: {secret}")
    except ValueError:
        logging.getLogger("y").exception("it broke")
    assert "request_finished" in written.getvalue()
    assert "it broke" in written.getvalue()
    assert canary(secret)[:-1] not in written.getvalue()


def test_no_report_of_an_error_has_a_token():
    """Django's own reports, as would be mailed or shown: the request's headers, and variables of our frames."""
    secret = token_of(acting(Town().council))
    request = RequestFactory().get(THINGS, headers={"authorization": f"Bearer {secret}"})
    try:
        tokens.use(secret=secret, at="not a moment")  # type: ignore[arg-type]
    except TypeError as error:
        data = ExceptionReporter(request, type(error), error, error.__traceback__).get_traceback_data()
    frames = [
        {name: str(value) for name, value in frame["vars"]}
        for frame in data["frames"]
        if "groundwork" in frame["filename"] and "tests" not in frame["filename"]
    ]
    assert any("token" in frame for frame in frames)
    assert canary(secret) not in json.dumps([frames, str(data["request_meta"])])


def test_no_row_has_a_token():
    secret = token_of(acting(Town().council))
    Program(secret).post(THINGS, {"name": "x"}, idempotency_key="one")
    rows = [
        str(list(model._default_manager.values()))
        for model in apps.get_models()
        if model._meta.managed and not model._meta.proxy
    ]
    assert any(tokens.digest_of(secret) in row for row in rows)
    assert not any(canary(secret) in row for row in rows)


def test_no_answer_has_a_token():
    secret = token_of(acting(Town().council))
    program = Program(secret)
    for response in (
        program.get(THINGS),
        program.get("/api/v1/broken/bug/"),
        program.ask("PUT", THINGS),
        Client(raise_request_exception=False).get(THINGS, headers={"authorization": f"Basic {secret}"}),
    ):
        assert canary(secret) not in response.content.decode() + str(response.headers)
