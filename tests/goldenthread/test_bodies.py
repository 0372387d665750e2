"""What is too large is answered with a sentence, and never kept."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pytest

from goldenthread.bodies import DRAINED_BYTES, LimitedBodies


class Caller:
    """Sends a body in pieces and keeps what it is answered."""

    def __init__(self, pieces: Iterable[bytes], headers: dict[str, str], path: str = "/import/") -> None:
        self.pieces = list(pieces)
        self.scope = {
            "type": "http",
            "method": "POST",
            "path": path,
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        }
        self.sent: list[dict[str, Any]] = []

    async def receive(self) -> dict[str, Any]:
        if not self.pieces:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": self.pieces.pop(0), "more_body": bool(self.pieces)}

    async def send(self, message: dict[str, Any]) -> None:
        self.sent.append(message)

    @property
    def status(self) -> int:
        return int(self.sent[0]["status"])

    @property
    def headers(self) -> dict[str, str]:
        return {name.decode(): value.decode() for name, value in self.sent[0]["headers"]}

    @property
    def body(self) -> str:
        return bytes(self.sent[1]["body"]).decode()


class Application:
    """As Django does: reads the whole body, then answers; goes away when the caller does."""

    def __init__(self) -> None:
        self.read = b""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                self.read = b""
                return
            self.read += message["body"]
            more = message["more_body"]
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"fine"})


async def ask(caller: Caller, *, most: int = 10) -> Application:
    application = Application()
    await LimitedBodies(application, most=most)(caller.scope, caller.receive, caller.send)
    return application


@pytest.mark.parametrize("headers", [{"content-length": "10"}, {"transfer-encoding": "chunked"}])
async def test_what_fits_goes_through(headers: dict[str, str]) -> None:
    caller = Caller([b"01234", b"56789"], headers)
    application = await ask(caller)
    assert application.read == b"0123456789"
    assert caller.status == 200


async def test_a_request_without_a_body_is_let_through() -> None:
    caller = Caller([b""], {})
    await ask(caller)
    assert caller.status == 200


@pytest.mark.parametrize(
    "headers",
    [{"content-length": "15"}, {"transfer-encoding": "chunked"}, {"content-length": "5"}, {"content-length": "²"}],
    ids=["declared", "not declared", "understated", "nonsense"],
)
async def test_what_is_too_large_is_refused_with_a_page(headers: dict[str, str]) -> None:
    caller = Caller([b"01234", b"56789", b"abcde"], headers)
    application = await ask(caller)
    assert application.read == b""
    assert caller.status == 413
    assert caller.pieces == [], "a browser shows our answer only when all of its upload was taken"
    assert "up to 10 MB" in caller.body
    assert "<h1" in caller.body
    assert caller.headers["content-length"] == str(len(caller.body.encode()))
    assert "default-src" in caller.headers["content-security-policy"]
    assert len([message for message in caller.sent if message["type"] == "http.response.start"]) == 1


async def test_the_api_answers_in_its_own_shape() -> None:
    caller = Caller([b"x" * 20], {"content-length": "20"}, path="/api/v1/initiatives/")
    await ask(caller)
    assert caller.headers["content-type"] == "application/problem+json"
    told = json.loads(caller.body)
    assert (told["status"], told["code"]) == (413, "too_large")
    assert told["request_id"] == caller.headers["x-request-id"] != ""


async def test_what_never_ends_is_not_read_for_ever() -> None:
    piece = b"x" * 8_000_000
    caller = Caller([piece] * 12, {"content-length": "96000000"})
    await ask(caller)
    assert caller.status == 413
    assert len(caller.pieces) == 12 - DRAINED_BYTES // len(piece)


async def test_a_caller_who_leaves_is_not_answered() -> None:
    caller = Caller([], {"content-length": "99"})
    await ask(caller)
    assert caller.sent == []
