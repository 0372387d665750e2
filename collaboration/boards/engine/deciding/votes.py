"""Votes: one person, one budget, and what a show of hands in the room adds, labelled as such."""

from __future__ import annotations

from collaboration.boards.engine.draft import Draft
from collaboration.boards.engine.refusals import refuse
from collaboration.boards.engine.texts import BOARD


def _item(draft: Draft) -> str:
    """What can be voted on: a group, or a note that is in none."""
    id = draft.op.target
    thing = draft.find(id, "note", "group", shown=True)
    if draft.state.things[thing["in"]]["type"] == "group":
        refuse("in_a_group")
    return id


def vote(draft: Draft) -> None:
    """Spend votes, within the budget and the most on one item. Both count what survived from before."""
    state, board, voter = draft.state, draft.state.things[BOARD], draft.by
    id, count = _item(draft), draft.props.get("count", 1)
    now = state.ballots.get(id, {}).get(voter, 0) + count
    if state.spent.get(voter, 0) + count > board["budget"]:
        refuse("no_votes_left", budget=board["budget"])
    if now > board["most"]:
        refuse("most_on_one", most=board["most"])
    draft.give(id, {voter: now})


def unvote(draft: Draft) -> None:
    """Take votes back, from a note in a group too."""
    id, count = draft.op.target, draft.props.get("count", 1)
    draft.find(id, "note", "group", shown=True)
    held = draft.state.ballots.get(id, {}).get(draft.by, 0)
    if held < count:
        refuse("no_vote_there")
    draft.give(id, {draft.by: held - count})


def count_room(draft: Draft) -> None:
    """The tally of the room for an item: a number of its own beside the votes, never mixed with them."""
    id = _item(draft)
    draft.put(id, room=draft.props["count"] or None)
