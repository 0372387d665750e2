"""How much may be sent to us at once. More is read and thrown away, and answered with a sentence.

Django keeps the whole body of a request, on disk when it is large, before a view can say that it is too much. Here it
is stopped at the door. It is read to its end all the same, within reason: a browser that is answered in the middle of
its upload shows a broken connection and not our answer.
"""

from __future__ import annotations

from typing import Any, Final

from csp.utils import build_policy

from frontend.pages.errors import too_large
from groundwork.correlation import correlated
from groundwork.ids import uuid7

MOST_BYTES: Final = 12_000_000
"""A file of 10 MB with the fields beside it and what a multipart body adds."""

DRAINED_BYTES: Final = 64_000_000
"""How much of what is too large is read before the connection is closed with our answer."""


class LimitedBodies:
    """ASGI middleware that answers 413 to a request whose body has more than ``most`` bytes."""

    def __init__(self, app: Any, *, most: int = MOST_BYTES) -> None:
        self.app = app
        self.most = most

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or not _has_body(scope):
            await self.app(scope, receive, send)
            return
        if _declared(scope) > self.most:
            await _refuse(scope, receive, send)
            return
        taken, too_much, ended, answered = 0, False, False, False

        async def counted() -> Any:
            nonlocal taken, too_much, ended
            message = await receive()
            if message["type"] != "http.request":
                return message
            taken += len(message.get("body", b""))
            ended = not message.get("more_body", False)
            if taken <= self.most:
                return message
            too_much = True
            # To Django it is as if the caller had gone: it lets go of what it kept and answers nothing.
            return {"type": "http.disconnect"}

        async def noted(message: Any) -> None:
            nonlocal answered
            answered = True
            await send(message)

        await self.app(scope, counted, noted)
        if too_much and not answered:
            await _refuse(scope, receive, send, already=taken, ended=ended)


async def _refuse(scope: Any, receive: Any, send: Any, *, already: int = 0, ended: bool = False) -> None:
    """Read what is still coming, within reason, and answer."""
    while not ended and already < DRAINED_BYTES:
        message = await receive()
        if message["type"] != "http.request":
            return
        already += len(message.get("body", b""))
        ended = not message.get("more_body", False)
    identifier = str(uuid7())
    with correlated(identifier):
        kind, body = _answer(scope)
    headers = {
        "content-type": kind,
        "content-length": str(len(body)),
        "content-security-policy": build_policy(),
        "x-content-type-options": "nosniff",
        "cache-control": "no-store",
        "x-request-id": identifier,
        "connection": "close",
    }
    await send(
        {
            "type": "http.response.start",
            "status": 413,
            "headers": [(name.encode("ascii"), str(value).encode("ascii")) for name, value in headers.items()],
        }
    )
    await send({"type": "http.response.body", "body": body})


def _answer(scope: Any) -> tuple[str, bytes]:
    """A page, or for the API its own shape of an error."""
    if not scope["path"].startswith("/api/"):
        return "text/html; charset=utf-8", too_large().content
    # Not before Django is ready.
    from groundwork.web.api.problems import CONTENT_TYPE, problem_response

    return CONTENT_TYPE, problem_response(413).content


def _has_body(scope: Any) -> bool:
    return any(name in (b"content-length", b"transfer-encoding") for name, _value in scope["headers"])


def _declared(scope: Any) -> int:
    """The length that the caller says the body has; 0 where it does not say, or nonsense."""
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value) if value.isdigit() else 0
    return 0
