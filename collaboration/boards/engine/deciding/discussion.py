"""Talking about it: comments, agreement, and the actions that come of it."""

from __future__ import annotations

from collaboration.boards.engine import limits
from collaboration.boards.engine.draft import Draft
from collaboration.boards.engine.refusals import refuse


def _number(draft: Draft) -> int:
    """Comments and actions stand in the order in which they were made."""
    return draft.state.head + 1


def comment(draft: Draft) -> None:
    on = draft.props["on"]
    draft.find(on, "note", "group", shown=True)
    if len(draft.state.remarks.get(on, ())) >= limits.MOST_COMMENTS_ON_ONE:
        refuse("board_full", most=limits.MOST_COMMENTS_ON_ONE)
    draft.make(
        draft.op.target,
        "comment",
        on=on,
        n=_number(draft),
        text=draft.props["text"],
        by=draft.by,
        at=draft.moment,
    )


def edit_comment(draft: Draft) -> None:
    thing = draft.find(draft.op.target, "comment")
    draft.must_own(thing)
    if thing.get("erased"):
        refuse("erased")
    draft.put(draft.op.target, text=draft.props["text"])


def delete_comment(draft: Draft) -> None:
    draft.must_own(draft.find(draft.op.target, "comment"))
    draft.bin(draft.op.target)


def react(draft: Draft) -> None:
    """One mark per person and item; another replaces it, "none" takes it back."""
    id, mark = draft.op.target, draft.props["mark"]
    draft.find(id, "note", "group", shown=True)
    draft.react(id, {draft.by: None if mark == "none" else mark})


def propose(draft: Draft) -> None:
    """Who does what by when, and from which notes it comes. Turning notes into anything else is a facilitator's."""
    props = draft.props
    if props.get("as", "action") != "action" and not draft.actor.facilitates:
        refuse("not_your_role")
    for source in props.get("sources", ()):
        draft.find(source, "note", "group", shown=True)
    draft.make(
        draft.op.target,
        "action",
        n=_number(draft),
        what=props["what"],
        who=props.get("who"),
        due=props.get("due"),
        sources=props.get("sources") or None,
        by=draft.by,
        at=draft.moment,
        **{"as": props.get("as", "action")},
    )


def edit_action(draft: Draft) -> None:
    thing = draft.find(draft.op.target, "action")
    draft.must_own(thing)
    if thing.get("erased"):
        refuse("erased")
    if draft.props.get("as", thing["as"]) != thing["as"] and not draft.actor.facilitates:
        refuse("not_your_role")
    draft.put(draft.op.target, **draft.props)


def claim(draft: Draft) -> None:
    """Say "I do it". The owner's real acceptance follows by mail; this is a word given in the room, under a name."""
    thing = draft.find(draft.op.target, "action")
    if thing.get("claimed_by", draft.by) != draft.by:
        refuse("claimed")
    draft.put(draft.op.target, claimed_by=draft.by)


def release(draft: Draft) -> None:
    thing = draft.find(draft.op.target, "action")
    if thing.get("claimed_by") != draft.by and not draft.actor.facilitates:
        refuse("not_yours")
    draft.put(draft.op.target, claimed_by=None)


def delete_action(draft: Draft) -> None:
    draft.must_own(draft.find(draft.op.target, "action"))
    draft.bin(draft.op.target)
