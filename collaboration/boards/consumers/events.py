"""Hearing by server-sent events: ``GET …/events``. The same frames from the same hub, over plain HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from time import monotonic
from uuid import UUID

from asgiref.sync import sync_to_async
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from collaboration.boards.consumers import hubs, saying
from collaboration.boards.consumers.asking import Asker, asker, held_before, is_own_page, turned_away
from collaboration.boards.consumers.door import TurnedAway
from collaboration.boards.consumers.listener import Listener, Queued
from collaboration.boards.consumers.saying import Said
from collaboration.boards.consumers.socket import LONGEST_SECONDS
from groundwork.access.errors import NotFound


@never_cache
@require_GET
async def events(request: HttpRequest, board_id: UUID) -> HttpResponseBase:
    """Each event's data is one frame; the id of one with ops or a snapshot is ``epoch:seq``."""
    try:
        if not is_own_page(request):
            raise TurnedAway(4003, "en")
        who = await sync_to_async(asker)(request, board_id)
        hub = await hubs.here().hub(board_id)
        if hub.presence.is_full(who.admitted.standing.key):
            raise TurnedAway(4009, who.admitted.language)
    except TurnedAway as refused:
        return turned_away(refused)
    except NotFound:
        return turned_away(TurnedAway(4004, "en"))
    # A stream lasts for hours, so the request gives its database connection back before it begins.
    await sync_to_async(close_old_connections)()
    response = StreamingHttpResponse(
        _stream(board_id, who, *held_before(request)), content_type="text/event-stream; charset=utf-8"
    )
    # Proxies that gather answers before they pass them on would gather for ever.
    response["X-Accel-Buffering"] = "no"
    return response


async def _stream(board_id: UUID, who: Asker, since: int | None, epoch: str | None) -> AsyncIterator[bytes]:
    ours = hubs.here()
    hub = await ours.hub(board_id)
    if hub.presence.is_full(who.admitted.standing.key):
        # Several asked at once: each was let in before any of them was counted.
        yield _event(saying.bye(4009, who.admitted.language), hub.epoch)
        return
    carrier = Queued()
    listener = Listener(
        carrier,
        board_id=board_id,
        standing=who.admitted.standing,
        holder=who.admitted.holder,
        device=who.device,
        language=who.admitted.language,
        ends_at=monotonic() + LONGEST_SECONDS,
    )
    hub.enter(listener)
    try:
        ours.spawn(hub.join(listener, since=since, epoch=epoch))
        # How long a browser waits before it asks again by itself.
        yield b"retry: 2000\n\n"
        while (said := await carrier.next()) is not None:
            yield _event(said, hub.epoch)
    finally:
        hub.leave(listener)


def _event(said: Said, epoch: str) -> bytes:
    # JSON as it is made here holds no newline, so one line of data is one frame.
    if said.seq is None:
        return b"data: " + said.payload + b"\n\n"
    return b"id: %s:%d\ndata: %s\n\n" % (epoch.encode(), said.seq, said.payload)
