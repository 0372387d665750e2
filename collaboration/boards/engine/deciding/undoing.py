"""Undo and redo: the inverse of one's own, if what it wrote still stands.

All of a step or nothing: half of an undone merge would lose or double votes. Where somebody changed since what the
step had written, undoing would silently take that away, so it is refused instead. Places in a row are left out of this
comparison: rows are renumbered and shuffled, and a place is not worth a refusal.
"""

from __future__ import annotations

from typing import Any

from collaboration.boards.engine.draft import Draft
from collaboration.boards.engine.entries import Fact
from collaboration.boards.engine.limits import FACILITATOR_UNDO_MS
from collaboration.boards.engine.refusals import refuse
from collaboration.boards.engine.stages import refusal
from collaboration.boards.engine.steps import Step
from collaboration.boards.engine.texts import BOARD


def undo(draft: Draft) -> None:
    _turn(draft, undone=False)


def redo(draft: Draft) -> None:
    _turn(draft, undone=True)


def _turn(draft: Draft, *, undone: bool) -> None:
    step = _step(draft, undone=undone)
    draft.undoes = step.seq
    draft.by = step.by if step.by in draft.actor.keys else draft.actor.person
    changes = {"set": _by_id(step, "set"), "ballots": _by_id(step, "ballots"), "reacts": _by_id(step, "reacts")}
    for id, (_, now) in changes["set"].items():
        thing = draft.state.things.get(id)
        if thing is None or any(thing.get(key) != value for key, value in now.items() if key != "order"):
            refuse("overtaken")
        if thing.get("deleted") and "deleted" not in now:
            refuse("overtaken")
    for id, (_, now) in changes["ballots"].items():
        _must_stand(draft.state.ballots.get(id, {}), now)
    for id, (_, now) in changes["reacts"].items():
        _must_stand(draft.state.reacts.get(id, {}), now)
    for id, (was, _) in changes["ballots"].items():
        draft.give(id, was)
    for id, (was, _) in changes["reacts"].items():
        draft.react(id, was)
    for id, (was, now) in changes["set"].items():
        _put_back(draft, id, was, now)
    _must_be_sound(draft)


def _step(draft: Draft, *, undone: bool) -> Step:
    """The step that is meant, if this actor may turn it, and if its kind is possible now."""
    seq, actor, steps = draft.props.get("seq"), draft.actor, draft.state.steps
    step = steps.last(actor.keys, undone=undone) if seq is None else steps.of(seq, undone=undone)
    if step is None:
        refuse("nothing_to_redo" if undone else "nothing_to_undo")
    if step.by not in actor.keys:
        if not actor.facilitates or step.private:
            refuse("not_yours")
        if draft.moment - step.at > FACILITATOR_UNDO_MS:
            refuse("too_late")
    board = draft.board
    code = refusal(
        step.kind,
        actor.role,
        board["stage"],
        bool(board.get("locked")),
        board["grouping"] == "facilitator",
    )
    if code:
        refuse(code, **({"stage": draft.stage.label} if code == "not_in_stage" else {}))
    return step


def _by_id(step: Step, what: str) -> dict[str, tuple[Any, Any]]:
    """Before and after, by thing; several changes of one thing in one entry become one."""
    found: dict[str, tuple[Any, Any]] = {}
    for change in step.changes:
        if what not in change:
            continue
        was, now = change[what]
        if change["id"] in found:
            first, last = found[change["id"]]
            found[change["id"]] = (None if first is None else was | first, last | now)
        else:
            found[change["id"]] = (was, now)
    return found


def _must_stand(held: Any, now: Fact) -> None:
    if any((held.get(key) or None) != (value or None) for key, value in now.items()):
        refuse("overtaken")


def _put_back(draft: Draft, id: str, was: Fact | None, now: Fact) -> None:
    if was is None:
        if draft.state.ballots.get(id) or draft.state.remarks.get(id):
            # Others have voted or commented on it since: they are not to find that gone.
            refuse("overtaken")
        draft.bin(id)
    elif was.get("deleted"):
        draft.bin(id, **{key: value for key, value in was.items() if key not in ("deleted", "deleted_by")})
    elif now.get("deleted"):
        draft.must_have_room(draft.state.things[id]["type"])
        draft.bring_back(id, **was)
    elif was:
        draft.put(id, **was)


def _must_be_sound(draft: Draft) -> None:
    """Nothing may hang in the air afterwards: no note in a deleted group, no vote on a deleted note, none too many."""
    state = draft.state
    after: dict[str, dict[str, Any]] = {}
    for fact in draft.facts:
        if "set" in fact and fact["id"] != BOARD:
            after.setdefault(fact["id"], {**state.things[fact["id"]]}).update(fact["set"])

    def live(id: str) -> bool:
        if id == BOARD:
            return True
        thing = after.get(id) or state.things.get(id)
        return thing is not None and not thing.get("deleted")

    for id, thing in after.items():
        if thing.get("deleted"):
            for child in [child for _, child in state.row(id)] + [*state.remarks.get(id, ())]:
                moved = after.get(child) or state.things[child]
                if not moved.get("deleted") and id in (moved.get("in"), moved.get("on")):
                    refuse("overtaken")
        elif not all(live(thing[key]) for key in ("in", "on") if key in thing):
            refuse("overtaken")
    spending: dict[str, int] = {}
    ballots: dict[str, dict[str, int]] = {}
    for fact in draft.facts:
        given = fact.get("ballots") or fact.get("reacts")
        if given and not live(fact["id"]) and (any(given.values()) or state.things[fact["id"]].get("deleted")):
            refuse("overtaken")
        if "ballots" in fact:
            ballots.setdefault(fact["id"], {}).update(fact["ballots"])
    for id, given in ballots.items():
        held = state.ballots.get(id, {})
        for voter, count in given.items():
            spending[voter] = spending.get(voter, 0) + count - held.get(voter, 0)
    if any(more > 0 and state.spent.get(voter, 0) + more > draft.board["budget"] for voter, more in spending.items()):
        refuse("overtaken")
    for id, thing in after.items():
        if thing.get("deleted") and state.ballots.get(id, {}).keys() - ballots.get(id, {}).keys():
            refuse("overtaken")
    columns = [id for id, thing in after.items() if thing["type"] == "column" and thing.get("deleted")]
    if columns and state.live["column"] <= len([id for id in columns if not state.things[id].get("deleted")]):
        refuse("last_column")
