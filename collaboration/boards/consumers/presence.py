"""Who is here: told in changes, at most every two seconds, with names only where names are shown.

A process knows who listens to it, and what the others last said of themselves (:mod:`.neighbours`). Presence is never
needed for anything to be true: it may be late, and it may be lost.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from math import ceil
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from django.conf import settings

from collaboration.boards import oplog, states
from collaboration.boards.consumers.saying import Said
from collaboration.boards.engine.delivery import encode
from collaboration.boards.engine.entries import Entry
from collaboration.boards.engine.texts import BOARD
from collaboration.workshops.models import Participation
from groundwork.live.sending import in_one_process

if TYPE_CHECKING:
    from collaboration.boards.consumers.hub import Hub

TOLD_SECONDS = 2.0
"""Changes are gathered for so long."""
RENEWED_SECONDS = 15.0
"""How often the other processes are told anew who is here, although nothing changed."""


class Roster(NamedTuple):
    """``shown``: whether this board shows names. ``names``: of everybody who takes or took part in it, by key."""

    shown: bool
    names: dict[str, str]


def rosters(board_ids: Sequence[UUID]) -> list[Roster | Exception]:
    """Of several boards, in two queries where their states are here. Runs in a thread."""
    heads = oplog.heads(set(board_ids))
    shown: dict[UUID, bool] = {}
    for board_id, head in heads.items():
        with states.held_near(board_id, head) as held:
            shown[board_id] = not held.state.names_hidden
    names: dict[UUID, dict[str, str]] = {}
    people = Participation.objects.filter(workshop__board__in=set(board_ids))
    people = people.exclude(status=Participation.Status.WAITING)
    for board_id, key, name in people.values_list("workshop__board", "key", "name"):
        names.setdefault(board_id, {})[key] = name
    return [Roster(shown.get(board_id, False), names.get(board_id, {})) for board_id in board_ids]


class Presence:
    """Of one board, as one hub tells it."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._shown = False
        self._roster: dict[str, str] | None = None
        self._others: dict[str, tuple[float, Counter[str]]] = {}
        """Sockets by key in other processes, and until when that is believed."""
        self._told: dict[str, tuple[str, bool]] = {}
        """What those who know people were told last: name, and whether they are here, by key."""
        self._told_here = -1
        self._published: Counter[str] = Counter()
        self._published_at = 0.0
        self._soon = False
        self._stale = True

    def changed(self) -> None:
        """Somebody came or went."""
        if not self._soon:
            self._soon = True
            # At a full half second, so that boards that change at about the same time are read together.
            due = ceil((monotonic() + TOLD_SECONDS) * 2) / 2
            asyncio.get_running_loop().call_later(due - monotonic(), self._begin)

    def people_changed(self) -> None:
        """Names or rights may have changed."""
        self._stale = True
        self.changed()

    def read_names(self, entry: Entry) -> None:
        """Take in a change of the rules."""
        for fact in entry.facts:
            names = fact.get("set", {}).get("names") if fact["id"] == BOARD else None
            if names is not None:
                self._shown = names == "shown"
                self.changed()

    def _begin(self) -> None:
        self._soon = False
        if self._hub.listeners or self._published:
            self._hub.spawn(self._tell())

    def here(self) -> Counter[str]:
        """How many connections each key has, in all processes as far as is known."""
        sockets = self._of_this_process()
        for counted in self._elsewhere():
            sockets.update(counted)
        return sockets

    def is_full(self, key: str) -> bool:
        """Requirement S19: whether this person, or the board, has as many connections as may be.

        Asked by each who comes in, so that nothing is counted anew that is known.
        """
        elsewhere = self._elsewhere()
        every = len(self._hub.listeners) + sum(counted.total() for counted in elsewhere)
        if every >= settings.BOARD_SOCKETS_PER_BOARD:
            return True
        own = sum(listener.standing.key == key for listener in self._hub.listeners)
        return own + sum(counted[key] for counted in elsewhere) >= settings.BOARD_SOCKETS_PER_PERSON

    def _elsewhere(self) -> list[Counter[str]]:
        """What is still believed of other processes."""
        at = monotonic()
        self._others = {process: told for process, told in self._others.items() if told[0] >= at}
        return [counted for _until, counted in self._others.values()]

    def _of_this_process(self) -> Counter[str]:
        return Counter(listener.standing.key for listener in self._hub.listeners)

    async def _tell(self) -> None:
        if self._stale or self._roster is None:
            self._stale = False
            self._shown, self._roster = await self._hub.read_roster()
        self._publish()
        here = self.here()
        roster = self._roster
        if any(key not in roster for key in here):
            # Somebody who joined the workshop after it was read.
            _shown, roster = await self._hub.read_roster()
            self._roster = roster
        now_told = {key: (name, key in here) for key, name in roster.items()} if self._shown else {}
        changes = [self._person(key, *now_told[key]) for key in now_told if now_told[key] != self._told.get(key)]
        count = len(here)
        everybody: Said | None = None
        change: Said | None = None
        for listener in self._hub.listeners:
            if not listener.live or not listener.carrier.clear:
                continue
            if not listener.knows_people:
                listener.knows_people = True
                if everybody is None:
                    frame: dict[str, Any] = {"t": "presence", "here": count}
                    if self._shown:
                        frame["all"] = True
                        frame["people"] = [self._person(key, *value) for key, value in now_told.items()]
                    everybody = Said(encode(frame))
                listener.carrier.write(everybody)
            elif changes or count != self._told_here:
                if change is None:
                    frame = {"t": "presence", "here": count}
                    if changes:
                        frame["people"] = changes
                    change = Said(encode(frame))
                listener.carrier.write(change)
        self._told, self._told_here = now_told, count

    @staticmethod
    def _person(key: str, name: str, here: bool) -> dict[str, Any]:
        return {"key": key, "name": name, "here": here}

    # Several processes

    def look_again(self, at: float) -> None:
        """Now and then: what this process says of itself must not go stale, and others may have ended."""
        if not in_one_process() and at - self._published_at > RENEWED_SECONDS:
            self._published_at = at
            self.changed()

    def _publish(self) -> None:
        own = self._of_this_process()
        at = monotonic()
        if own != self._published or at - self._published_at >= RENEWED_SECONDS:
            self._published, self._published_at = own, at
            self._hub.tell_neighbours(own)

    def hear(self, process: str, counted: Counter[str], until: float) -> None:
        """What another process says of who is there, believed until then."""
        if process not in self._others:
            # It may not have heard of us either.
            self._published_at = 0.0
        self._others[process] = until, counted
        self.changed()
