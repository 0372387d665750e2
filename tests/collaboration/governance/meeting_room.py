"""A meeting that runs, on the ground of the tests of governance: a way to mark, and its minutes at each stage."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from collaboration.governance.models import AgendaItem, Mark, Meeting, Minutes
from collaboration.governance.services import minuting, running
from groundwork.clock import now, today
from tests.collaboration.governance import ground as grounds
from tests.collaboration.governance.ground import MEMBER, SECRETARY, Ground
from tests.collaboration.initiatives.world import World


def running_meeting(ground: Ground, **fields: Any) -> Meeting:
    """A public meeting with a published agenda that the secretary has begun."""
    values = {"access": "public", "status": "called", "agenda_published_at": now(), **fields}
    meeting = ground.meeting(**values)
    return running.begin(actor=ground[SECRETARY], meeting=meeting)


def mark(ground: Ground, item: AgendaItem, text: str = "It was said.", kind: str = "note", **fields: Any) -> Mark:
    values = {"actor": ground[SECRETARY], "uuid": uuid4(), **fields}
    return running.mark(item=item, kind=kind, text=text, **values)


def closed(ground: Ground, meeting: Meeting) -> Minutes:
    running.close(actor=ground[SECRETARY], meeting=meeting)
    return Minutes.objects.get(meeting=meeting)


def circulated(ground: Ground, meeting: Meeting) -> Minutes:
    minutes = closed(ground, meeting)
    until = today() + timedelta(days=10)
    return minuting.circulate(actor=ground[SECRETARY], minutes=minutes, comments_until=until, version=minutes.version)


def published(ground: Ground, meeting: Meeting) -> Minutes:
    minutes = circulated(ground, meeting)
    actor = ground[SECRETARY]
    minutes = minuting.approve(actor=actor, minutes=minutes, version=minutes.version)
    return minuting.publish(actor=actor, minutes=minutes, version=minutes.version)


def minuted(world: World) -> dict[str, Any]:
    """What stands in the addresses of a meeting whose minutes are circulated, with one comment on them."""
    board = grounds.made_board(world)
    seats = {"secretary": grounds.seat(board, world[SECRETARY], role="secretary")}
    ground = Ground(world, board, seats | {"other": grounds.seat(board, world[MEMBER])})
    meeting = running_meeting(ground)
    item = ground.item(meeting)
    mark(ground, item)
    minutes = circulated(ground, meeting)
    said = minuting.comment(actor=ground[MEMBER], minutes=minutes, text="We said more.")
    return {"uuid": meeting.uuid, "item": item.uuid, "number": said.pk}
