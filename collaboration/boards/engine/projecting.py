"""What a viewer may see: of one entry, of the whole board, and in numbers. The only way anything leaves the engine.

A client keeps things by id and needs one rule: for each op, take every ``set`` into the thing (``null`` takes a
property away), then forget what is ``gone``. What it has then is what :func:`picture` says of the state. An entry in
which a viewer may see nothing is told as ``redacted`` with its seq, so that nobody's count has a hole.

Who sees what hangs on the entry alone, never on what the board has become since: an old entry that is told again after
a reveal says no more than it did at first.
"""

from __future__ import annotations

from typing import Any

from collaboration.boards.engine.draft import is_hidden, owners, told
from collaboration.boards.engine.entries import Entry, Fact
from collaboration.boards.engine.people import Actor
from collaboration.boards.engine.state import State, Thing
from collaboration.boards.engine.texts import DEVICE

_UNSIGNED = frozenset({"vote", "unvote", "react"})
"""Kinds of which only the person is told who it was."""
_SIGNATURES = frozenset({"by", "deleted_by", "typed_by"})
"""Properties that may be secret."""
_OWN = frozenset({"to", "keep", "ballots", "reacts", "new"})
"""What makes a fact say something of their own to somebody."""
_NOBODY = frozenset[str]()


def concerned(entry: Entry) -> frozenset[str]:
    """Keys of the people and devices to whom an entry says something of their own. All others share one form."""
    keys: set[str] = set()
    for fact in entry.facts:
        if _OWN.isdisjoint(fact):
            continue
        for what in ("to", "keep", "ballots", "reacts"):
            if what in fact:
                keys.update(fact[what])
        if fact.get("new"):
            keys.update(owners(fact["set"]))
    return frozenset(keys) if keys else _NOBODY


def project(entry: Entry, viewer: Actor) -> dict[str, Any]:
    """One entry as ``viewer`` may see it: an ``op``, or ``redacted``."""
    put: dict[str, dict[str, Any]] = {}
    gone: list[str] = []
    for fact in entry.facts:
        _show(fact, viewer, put, gone)
    if not put and not gone:
        return {"seq": entry.seq, "t": "redacted"}
    shown: dict[str, Any] = {"seq": entry.seq, "t": "op", "kind": entry.kind, "at": entry.at}
    own = entry.by in viewer.keys
    if own:
        shown["op_id"] = entry.op_id
    if entry.by and not entry.by.startswith(DEVICE) and (own or entry.kind not in _UNSIGNED):
        shown["by"] = entry.by
    if entry.undoes is not None:
        shown["undoes"] = entry.undoes
    if put:
        shown["set"] = put
    if gone:
        shown["gone"] = gone
    return shown


def _show(fact: Fact, viewer: Actor, put: dict[str, dict[str, Any]], gone: list[str]) -> None:
    id, keys = fact["id"], viewer.keys
    if "to" in fact and keys.isdisjoint(fact["to"]):
        return
    keeps = "keep" not in fact or viewer.facilitates or not keys.isdisjoint(fact["keep"])
    if "drop" in fact:
        if keeps:
            gone.append(id)
        return
    if "set" in fact:
        props = fact["set"]
        if "held" in fact and not viewer.facilitates:
            props = {key: value for key, value in props.items() if key != "room"} | fact["held"]
        if keeps:
            if _SIGNATURES.isdisjoint(props):
                thing = {**props}
            else:
                thing = {key: value for key, value in props.items() if not _secret(key, value)}
                if "deleted_by" in props and "deleted_by" not in thing:
                    # It may have said somebody's name before.
                    thing["deleted_by"] = None
            if fact.get("new") and not keys.isdisjoint(owners(props)):
                thing["mine"] = True
            if thing:
                put.setdefault(id, {}).update(thing)
        elif props.get("deleted"):
            gone.append(id)
    for key in keys:
        if key in fact.get("ballots", ()):
            put.setdefault(id, {})["my_votes"] = fact["ballots"][key] or None
        if key in fact.get("reacts", ()):
            put.setdefault(id, {})["my_mark"] = fact["reacts"][key]


def _secret(key: str, value: Any) -> bool:
    return key == "typed_by" or (key in ("by", "deleted_by") and value is not None and value.startswith(DEVICE))


def may_see(thing: Thing, viewer: Actor) -> bool:
    """Whether a thing is in this viewer's picture: not others' hidden notes, not the bins of others."""
    if not viewer.keys.isdisjoint(owners(thing)):
        return True
    if is_hidden(thing):
        return False
    return not thing.get("deleted") or viewer.facilitates


def shown(state: State, thing: Thing, *, facilitates: bool) -> Thing:
    """What is told of a thing to those who see it: the tally for the room waits like totals, but not for those who
    counted it."""
    told_of_it = told(thing)
    if "room" in told_of_it and not facilitates and not state.tells_totals:
        del told_of_it["room"]
    return told_of_it


def own_part(state: State, viewer: Actor) -> dict[str, Thing]:
    """What is in this viewer's picture beside what all of the same role see: own notes, own marks, own votes."""
    part: dict[str, Thing] = {}
    for key in viewer.keys:
        for id in state.owned.get(key, ()):
            thing = state.things[id]
            if is_hidden(thing) or thing.get("deleted"):
                part.setdefault(id, {}).update(shown(state, thing, facilitates=viewer.facilitates))
            part.setdefault(id, {})["mine"] = True
        for id in state.voted.get(key, ()):
            votes = state.ballots.get(id, {}).get(key)
            mark = state.reacts.get(id, {}).get(key)
            if votes:
                part.setdefault(id, {})["my_votes"] = votes
            if mark and may_see(state.things[id], viewer):
                part.setdefault(id, {})["my_mark"] = mark
    return part


def picture(state: State, viewer: Actor) -> dict[str, Thing]:
    """Everything ``viewer`` may see, by id. In the order of ids: no other order says less about who wrote first."""
    role = Actor("", viewer.role)
    things = {
        id: shown(state, thing, facilitates=role.facilitates)
        for id, thing in sorted(state.things.items())
        if may_see(thing, role)
    }
    for id, part in sorted(own_part(state, viewer).items()):
        things.setdefault(id, {}).update(part)
    return things


def counts(state: State) -> dict[str, Any]:
    """What everybody may know of what is hidden: how many notes wait in each column, how many votes by how many.

    Numbers only, and not part of any op: they are told beside, at most once a second.
    """
    return {
        "hidden": {column: len(ids) for column, ids in sorted(state.hidden.items())},
        "votes": sum(state.spent.values()),
        "voters": len(state.spent),
    }
