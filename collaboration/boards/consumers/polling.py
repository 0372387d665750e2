"""Hearing by asking every few seconds: ``GET …/poll``."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from collaboration.boards import oplog
from collaboration.boards.consumers import saying
from collaboration.boards.consumers.asking import asker, held_before, is_own_page, turned_away
from collaboration.boards.consumers.bringing import Wanted, bring
from collaboration.boards.consumers.door import TurnedAway
from collaboration.boards.consumers.saying import Said, Told
from collaboration.boards.pacing import may_look


@never_cache
@require_GET
def poll(request: HttpRequest, board_id: UUID) -> HttpResponse:
    """A list of frames: ``welcome`` and what it announces, or ``heartbeat`` when there is nothing."""
    try:
        if not is_own_page(request):
            raise TurnedAway(4003, "en")
        who = asker(request, board_id)
    except TurnedAway as refused:
        return turned_away(refused)
    if not may_look(who.admitted.standing.participation_id):
        # Nothing is said, and nothing is lost by that: the next time tells everything since.
        return HttpResponse(b"[]", content_type="application/json", status=429, headers={"Retry-After": "1"})
    viewer = who.viewer(board_id)
    since, epoch = held_before(request)
    (brought,) = bring([Wanted(board_id, viewer, since, epoch)])
    if isinstance(brought, Exception):
        return turned_away(TurnedAway(4004, who.admitted.language))
    frames: list[Said] = []
    if brought.resume == "tail" and brought.seq == brought.head:
        frames.append(saying.heartbeat(brought.epoch, brought.head))
    else:
        frames.append(
            saying.welcome(
                board=str(board_id),
                epoch=brought.epoch,
                head=brought.head,
                viewer=viewer,
                resume=brought.resume,
            )
        )
        frames += brought.frames
        if brought.resume == "tail" and (entries := oplog.read(board_id, brought.seq)):
            # At most a page of the log: who lacks more asks again, with a larger seq.
            frames.append(Told(entries, brought.epoch).for_(viewer))
    body = b"[" + b",".join(frame.payload for frame in frames) + b"]"
    return HttpResponse(body, content_type="application/json")
