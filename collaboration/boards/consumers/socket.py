"""The WebSocket of a board, as a plain ASGI callable: nothing between the server and the hub."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from functools import partial
from time import monotonic
from typing import Any
from uuid import UUID

import structlog
from django.db import DatabaseError

from collaboration.boards.consumers import hubs, saying
from collaboration.boards.consumers.conversation import Conversation
from collaboration.boards.consumers.door import Knock, TurnedAway, cookies_of
from collaboration.boards.consumers.listener import Direct, Listener, Queued
from collaboration.boards.consumers.saying import Said
from groundwork.access.errors import NotFound
from groundwork.live import origins

log = structlog.get_logger(__name__)

SUBPROTOCOL = "golden-thread.board"
TICKET = "ticket."
HELLO_SECONDS = 15.0
"""How long somebody may be connected without saying who they are to be here."""
LONGEST_SECONDS = 8 * 60 * 60.0
FRAMES = "goldenthread.frames"
"""The extension by which a server lets whole frames through."""


async def board_socket(scope: Any, receive: Any, send: Any, *, board_id: UUID) -> None:
    """Answer one handshake, and the conversation after it."""
    await receive()
    offered = scope.get("subprotocols") or []
    ticket = next((each[len(TICKET) :] for each in offered if each.startswith(TICKET)), "")
    origin = origins.header(scope, b"origin")[:200]
    if not origins.is_own(scope) and not (ticket and not origins.has_origin(scope)):
        log.warning("socket_refused", reason="origin", origin=origin, board=str(board_id))
        await send({"type": "websocket.close", "code": 4403})
        return
    knock = Knock(
        board_id,
        cookies_of("; ".join(_values(scope, b"cookie"))),
        accept_language=origins.header(scope, b"accept-language")[:200],
        ticket=ticket,
    )
    subprotocol = SUBPROTOCOL if SUBPROTOCOL in offered else None
    try:
        ours = hubs.here()
        admitted = await ours.door.ask(knock)
        hub = await ours.hub(board_id)
        if hub.presence.is_full(admitted.standing.key):
            raise TurnedAway(4009, admitted.language)
    except TurnedAway as refused:
        log.info("socket_turned_away", code=refused.code, board=str(board_id))
        await send({"type": "websocket.accept", "subprotocol": subprotocol})
        await _goodbye(send, saying.bye(refused.code, refused.language, sentence=refused.sentence), refused.code)
        return
    except NotFound:
        await send({"type": "websocket.accept", "subprotocol": subprotocol})
        await _goodbye(send, saying.bye(4004, "en"), 4004)
        return
    except (DatabaseError, ConnectionError) as error:
        # Nobody is known while the database is away. Clients come back by themselves, not all at once.
        log.warning("socket_not_served", error=type(error).__name__, board=str(board_id))
        await send({"type": "websocket.accept", "subprotocol": subprotocol})
        await _goodbye(send, saying.bye(1012, "en", after=random.randrange(2_000, 8_000)), 1012)  # noqa: S311
        return
    await send({"type": "websocket.accept", "subprotocol": subprotocol})
    frames = (scope.get("extensions") or {}).get(FRAMES)
    queue = Queued() if frames is None else None
    at = monotonic()
    listener = Listener(
        Direct(frames) if queue is None else queue,
        board_id=board_id,
        standing=admitted.standing,
        holder=admitted.holder,
        device="",
        language=admitted.language,
        ends_at=at + LONGEST_SECONDS,
        greet_by=at + HELLO_SECONDS,
    )
    conversation = Conversation(ours, hub, listener)
    hub.enter(listener)
    if frames is not None:
        # Messages come by a call and go as whole frames: nothing of this waits for the end.
        frames.take(conversation.heard, hubs.stop_all, partial(hub.leave, listener))
        return
    assert queue is not None  # noqa: S101 - there are frames, or there is a queue
    try:
        await _plain(queue, receive, send, conversation)
    finally:
        hub.leave(listener)


def _values(scope: Any, name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in scope["headers"] if key == name]


async def _goodbye(send: Any, said: Said, code: int) -> None:
    with suppress(OSError):
        await send({"type": "websocket.send", "text": said.payload.decode()})
        await send({"type": "websocket.close", "code": code})


async def _plain(carrier: Queued, receive: Any, send: Any, conversation: Conversation) -> None:
    """With any server: one task sends what waits, the other one hears."""
    sending = asyncio.create_task(_send_on(carrier, send))
    hearing = asyncio.create_task(_hear_on(carrier, receive, conversation))
    try:
        await asyncio.wait((sending, hearing), return_when=asyncio.FIRST_COMPLETED)
        if carrier.ended is not None and not sending.done():
            # Said goodbye to: let it go out, but wait for nobody who does not read.
            await asyncio.wait((sending,), timeout=1.0)
    finally:
        for task in (sending, hearing):
            task.cancel()
        await asyncio.gather(sending, hearing, return_exceptions=True)


async def _send_on(carrier: Queued, send: Any) -> None:
    with suppress(OSError):
        while (said := await carrier.next()) is not None:
            await send({"type": "websocket.send", "text": said.payload.decode()})
        await send({"type": "websocket.close", "code": carrier.ended})


async def _hear_on(carrier: Queued, receive: Any, conversation: Conversation) -> None:
    while True:
        message = await receive()
        if message["type"] == "websocket.disconnect":
            return
        if carrier.ended is not None:
            continue
        text = message.get("text")
        conversation.heard(text if text is not None else message.get("bytes") or b"")
        since = carrier.stalled_since
        while since is not None and len(carrier) > Queued.MANY and carrier.ended is None:
            # Whoever sends and does not read is not heard any further.
            await asyncio.sleep(0.05)
            since = carrier.stalled_since
