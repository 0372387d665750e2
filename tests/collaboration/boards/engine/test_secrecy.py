"""Nothing leaves that its reader may not see: every byte told to everybody else is searched for what was hidden.

Canaries are put where secrets are: texts before the reveal, keys of people who voted, devices of anonymous writers.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Sequence

import pytest

from collaboration.boards.engine.applying import Applied
from collaboration.boards.engine.delivery import encode
from collaboration.boards.engine.exporting import export_board
from collaboration.boards.engine.founding import Rules
from collaboration.boards.engine.people import Actor
from collaboration.boards.engine.projecting import counts
from collaboration.boards.engine.refusals import Rejected
from collaboration.boards.engine.tallies import tally
from tests.collaboration.boards.engine.room import Client, Room

DRILL = bool(os.environ.get("GT_DRILL"))


class Watched(Room):
    """A room in which everything told to anybody is kept, with whose it is."""

    def __init__(self, rules: Rules, seed: int) -> None:
        super().__init__(rules, seed=seed)
        self.others = [self.facilitator, self.person("fred", "facilitator"), self.screen, self.person("o", "observer")]
        self.clients = [self.connect(actor) for actor in [self.ann, self.ben, self.cat, *self.others]]

    def tell(self) -> None:
        """What hubs send: ops to all, a board to one who joins, numbers, refusals; and what an export would hold."""
        for client in self.clients:
            self.catch_up(client)
            for frame in self.connect(client.actor).received:
                client.received.append(frame)
            client.received.append(encode(counts(self.state)))
            client.received.append(encode(export_board(self.state)))
            client.received.append(
                encode({id: str(it) for id, it in tally(self.state, {"ann": "x", "ben": "y"}).items()})
            )

    def heard(self, *but: Actor) -> bytes:
        keys = {key for actor in but for key in actor.keys}
        return b"\n".join(
            frame for client in self.clients if keys.isdisjoint(client.actor.keys) for frame in client.received
        )


def session(seed: int) -> None:
    """One workshop of random acts, with everything hidden that can be."""
    chance = random.Random(seed)
    names = chance.choice(["shown", "hidden"])
    room = Watched(Rules(names=names, totals="hidden"), seed)
    writers = [room.ann, room.ben, room.cat]
    room.stage(1)
    secrets: dict[str, tuple[Actor, list[str]]] = {}
    dropped: list[tuple[Actor, str]] = []
    for n in range(chance.randint(4, 14)):
        writer = chance.choice(writers)
        word = f"CANARY{n}W{chance.getrandbits(40)}"
        mine = [id for id, (owner, _) in secrets.items() if owner is writer]
        act = chance.choice(["add", "add", "edit", "move", "delete", "undo", "spy"])
        if act == "add" or not mine:
            secrets[room.note(writer, word, chance.randint(0, 1))] = (writer, [word])
        elif act == "edit":
            id = chance.choice(mine)
            room.ask(writer, "note.edit", id, text=word)
            secrets[id][1].append(word)
        elif act == "move":
            room.ask(
                writer, "note.move", chance.choice(mine), into=room.columns[1], after=chance.choice([None, *secrets])
            )
        elif act == "delete":
            room.ask(writer, "note.delete", chance.choice(mine))
        elif act == "undo":
            room.ask(writer, "undo")
        else:
            spy(room, chance, [id for id, (owner, _) in secrets.items() if owner is not writer], writer)
        room.tell()
    for writer in writers:
        heard = room.heard(writer)
        for owner, words in secrets.values():
            if owner is writer:
                assert not [word for word in words if word.encode() in heard], "hidden text was told"
    # Edited away before the reveal: those words are nobody's, for ever.
    room.stage(2)
    for id, (owner, words) in secrets.items():
        thing = room.thing(id)
        last = thing["text"]
        dropped += [(owner, word) for word in words if word != last or thing.get("deleted")]
    room.ask(room.facilitator, "reveal")
    room.tell()
    for seq in range(2, room.state.head + 1):
        answer = room.ask(room.facilitator, "undo", seq=seq)
        assert isinstance(answer, Rejected), "a facilitator undid what was done in private"
    room.tell()
    shown = {id for id in secrets if room.thing(id).get("shown") and not room.thing(id).get("deleted")}
    for viewer in (room.screen, room.facilitator, room.ben):
        seen = room.sees(viewer)
        assert all(seen[id]["text"] == room.thing(id)["text"] for id in shown), "the reveal is not whole"
    voting(room, chance, sorted(shown))
    for owner, word in dropped:
        assert word.encode() not in room.heard(owner), "an earlier draft was told"
    if names == "hidden":
        heard = room.heard()
        for writer in writers:
            assert writer.device.encode() not in heard, "the device of an anonymous writer was told"
            # Only a writer hears their own key, with their own votes.
            assert f'"{writer.person}"'.encode() not in room.heard(writer), "an anonymous writer was named"
            stored = encode([entry.as_json() for entry in room.log if entry.kind.startswith("note.")])
            assert f'"{writer.person}"'.encode() not in stored, "an anonymous writer was kept"


def spy(room: Watched, chance: random.Random, others: Sequence[str], actor: Actor) -> None:
    """Poke at what is not there for one: every answer is the same as for what does not exist."""
    if not others:
        return
    target, thief = chance.choice(others), chance.choice([actor, room.facilitator])
    kind, props = chance.choice(
        [
            ("note.edit", {"text": "mine"}),
            ("note.delete", {}),
            ("note.move", {"into": room.columns[0]}),
            ("restore", {}),
        ]
    )
    nowhere = room.ask(thief, kind, room.id(), **props)
    assert room.ask(thief, kind, target, **props) == nowhere == Rejected("unknown_thing")


def voting(room: Watched, chance: random.Random, items: list[str]) -> None:
    """Votes are told to nobody but their giver, in whatever way, until voting ends."""
    room.stage(4)
    room.tell()
    start = {id(client): len(client.received) for client in room.clients}
    given: dict[str, int] = {}
    for _ in range(chance.randint(3, 10)):
        voter = chance.choice([room.ann, room.ben, room.cat])
        item = chance.choice(items or [room.id()])
        room.ask(room.facilitator, "room.votes", item, count=chance.randint(0, 40))
        answer = room.ask(voter, chance.choice(["vote", "vote", "unvote"]), item)
        if isinstance(answer, Applied):
            given[voter.person] = given.get(voter.person, 0) + 1
        room.tell()
    for client in room.clients:
        told = client.received[start[id(client)] :]
        for frame in map(json.loads, told):
            things = {**frame.get("things", {}), **frame.get("set", {})}
            ops = frame.get("ops", [])
            if client.actor.role != "facilitator":
                assert b'"room' not in encode(frame), "the tally for the room was told while people voted"
            assert not any("votes" in thing for thing in things.values() if thing.get("type") != "board")
            for op in ops:
                own = op.get("by") in client.actor.keys
                assert op["t"] == "redacted" or op["kind"] not in ("vote", "unvote") or own, (
                    "a vote was told to another"
                )
        assert client.actor.person in given or not any(b"my_votes" in frame for frame in told)
    before = {thing: room.state.total.get(thing, 0) for thing in items}
    room.stage(5)
    room.tell()
    assert {thing: room.sees(room.screen)[thing].get("votes", 0) for thing in items} == before, (
        "not exact after the end"
    )


@pytest.mark.drill
def test_no_canary_leaves_the_engine() -> None:
    for seed in range(1_000 if DRILL else 60):
        session(seed)


def correlation(first: Sequence[int], second: Sequence[int]) -> float:
    """Spearman's, for two orders of the same length."""
    count = len(first)
    return 1 - 6 * sum((a - b) ** 2 for a, b in zip(first, second, strict=True)) / (count * (count**2 - 1))


@pytest.mark.drill
def test_where_names_are_hidden_nothing_tells_who_wrote_first() -> None:
    boards, notes = (1_000 if DRILL else 120), 10
    by_place, by_arrival, by_snapshot = [], [], []
    for seed in range(boards):
        room = Room(Rules(names="hidden"), seed=seed)
        room.stage(1)
        written = [room.note(chance, f"n{n}") for n, chance in enumerate([room.ann, room.ben] * (notes // 2))]
        room.stage(2)
        client = Client(room.screen)
        client.since, client.epoch = room.state.head, "?"
        room.do(room.facilitator, "reveal")
        frame = json.loads(room.batch(room.state.head - 1, room.screen))
        arrived = [id for id in frame["ops"][0]["set"] if id in written]
        snapshot = [id for id in json.loads(room.display.snapshot("?"))["things"] if id in written]
        order = {id: n for n, id in enumerate(written)}
        assert sorted(arrived) == sorted(written)
        by_place.append(correlation(range(notes), [order[id] for id in room.row(room.columns[0])]))
        by_arrival.append(correlation(range(notes), [order[id] for id in arrived]))
        by_snapshot.append(correlation(range(notes), [order[id] for id in snapshot]))
        assert all("at" not in thing for id, thing in client.things.items() if id in written)
        assert all("at" not in frame["ops"][0]["set"][id] for id in arrived)
    # The mean of n correlations of 10 has a standard error of 1 / 3 / sqrt(n): four of them.
    for found in (by_place, by_arrival, by_snapshot):
        assert abs(sum(found) / boards) < 4 / 3 / boards**0.5


def test_where_names_are_shown_the_order_stays_the_writers() -> None:
    room = Room()
    room.stage(1)
    written = [room.note(room.ann, f"n{n}") for n in range(6)]
    room.stage(2)
    room.do(room.facilitator, "reveal")
    assert room.row(room.columns[0]) == written


def test_claiming_an_action_under_a_name_does_not_lead_to_the_notes() -> None:
    room = Room(Rules(names="hidden"))
    room.stage(1)
    room.note(room.ann)
    room.stage(6)
    action = room.id()
    proposed = room.do(room.ann, "action.propose", action, what="Ask")
    claimed = room.do(room.ann, "action.claim", action)
    written = next(entry for entry in room.log if entry.kind == "note.add")
    assert claimed.by == "ann"
    assert len({written.by, proposed.by, claimed.by}) == 3
    assert room.sees(room.ann)[action]["mine"] is True
    room.do(room.ann, "action.edit", action, what="Ask twice")


def test_times_are_rounded_where_names_are_hidden() -> None:
    room = Room(Rules(names="hidden"))
    room.stage(1)
    room.now += 123_456
    room.note(room.ann)
    assert room.log[-1].at % 300_000 == 0
    assert room.log[-1].by == room.ann.device
