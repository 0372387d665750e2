"""The socket of one page, as a plain ASGI callable."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import Any, Final

import structlog
from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest
from django.http.cookie import parse_cookie
from django.utils.translation import get_language_from_request, override

from groundwork.live import origins
from notifications.consumers import bells
from notifications.queries.messages import unread_in_words

log = structlog.get_logger(__name__)

MOST_PER_PERSON: Final = 20
"""Pages of one person that are told at the same time."""
GONE, TOO_MANY, NOT_HEARD, LATER = 4003, 4009, 4000, 1012
"""Codes of a close: not signed in any more; too many pages; it said something; come back."""


class Bell:
    """One page. All of it runs on the event loop; of several numbers that wait, the last is told."""

    __slots__ = ("_changed", "_count", "_said", "code", "language", "person_id", "session_key", "since")

    def __init__(self, *, person_id: int, session_key: str, language: str) -> None:
        self.person_id = person_id
        self.session_key = session_key
        self.language = language
        self.since = asyncio.get_running_loop().time()
        self.code: int | None = None
        self._count: int | None = None
        self._said: int | None = None
        self._changed = asyncio.Event()

    def tell(self, count: int) -> None:
        self._count = count
        if count != self._said:
            self._changed.set()

    def end(self, code: int) -> None:
        self.code = self.code or code
        self._changed.set()

    async def next(self) -> str | None:
        """What to say next, when there is something; None at the end."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            if self.code is not None:
                return None
            if self._count is not None and self._count != self._said:
                self._said = self._count
                with override(self.language):
                    words, short = unread_in_words(self._said), unread_in_words(self._said, short=True)
                return json.dumps({"unread": self._said, "words": words, "short": short})


async def bell_socket(scope: Any, receive: Any, send: Any) -> None:
    """Answer one handshake, and tell its page until either goes away."""
    await receive()
    if not origins.is_own(scope):
        log.warning("socket_refused", reason="origin", origin=origins.header(scope, b"origin")[:200], bell=True)
        await send({"type": "websocket.close", "code": 4403})
        return
    # Taken before it is known who asks: a browser writes every refused handshake into its console.
    await send({"type": "websocket.accept"})
    cookies = parse_cookie(origins.header(scope, b"cookie"))
    key = cookies.get(settings.SESSION_COOKIE_NAME, "")
    ours = bells.here()
    try:
        person_id = await ours.whose(key)
    except (DatabaseError, ConnectionError) as error:
        log.warning("socket_not_served", error=type(error).__name__, bell=True)
        await _close(send, LATER)
        return
    if person_id is None:
        await _close(send, GONE)
        return
    bell = Bell(person_id=person_id, session_key=key, language=_language(scope, cookies))
    if not ours.enter(bell, most=MOST_PER_PERSON):
        await _close(send, TOO_MANY)
        return
    telling = asyncio.create_task(_tell(bell, send))
    hearing = asyncio.create_task(_hear(bell, receive))
    try:
        await asyncio.wait((telling, hearing), return_when=asyncio.FIRST_COMPLETED)
        if bell.code is not None and not telling.done():
            # Let the goodbye go out, but wait for nobody who does not read.
            await asyncio.wait((telling,), timeout=1.0)
    finally:
        ours.leave(bell)
        for task in (telling, hearing):
            task.cancel()
        await asyncio.gather(telling, hearing, return_exceptions=True)


async def _tell(bell: Bell, send: Any) -> None:
    with suppress(OSError):
        while (said := await bell.next()) is not None:
            await send({"type": "websocket.send", "text": said})
        await send({"type": "websocket.close", "code": bell.code})


async def _hear(bell: Bell, receive: Any) -> None:
    """A page has nothing to say. One that does is none of ours."""
    message = await receive()
    if message["type"] != "websocket.disconnect":
        bell.end(NOT_HEARD)


async def _close(send: Any, code: int) -> None:
    with suppress(OSError):
        await send({"type": "websocket.close", "code": code})


def _language(scope: Any, cookies: dict[str, str]) -> str:
    request = HttpRequest()
    request.COOKIES = {name: value for name, value in cookies.items() if name == settings.LANGUAGE_COOKIE_NAME}
    request.META = {"HTTP_ACCEPT_LANGUAGE": origins.header(scope, b"accept-language")[:200]}
    return get_language_from_request(request)
