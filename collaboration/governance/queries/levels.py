"""Who may read what is said of an item or a decision, and to whom alone it is shown because they are named."""

from __future__ import annotations

from collaboration.governance.models import Access, AgendaItem, Decision, Meeting, PartnershipBoard
from collaboration.governance.models.levels import narrowest

OPEN = (Access.PUBLIC, Access.PARTNERS)
"""What mail may quote of an item: the rest is for the board or for fewer people, and mail is read on other screens."""


def level_of(item: AgendaItem) -> str:
    """Who may read what is said of it: the narrowest of board, meeting and item; an exempt one is for the board.

    Before the agenda is published the item is for the board too, whatever it will be.
    """
    levels = [item.meeting.board.access, item.meeting.access, item.access or Access.PUBLIC]
    if item.exempt or item.meeting.agenda_published_at is None:
        levels.append(Access.BOARD)
    return narrowest(*levels)


def named_in(item: AgendaItem) -> set[int] | None:
    """The people (ids) who see the item because they are named; None where it is for the board or for more people.

    Where both the item and what it is in are for named people, only who is named in each. Whoever runs the board's
    meetings sees it besides.
    """
    return _in_each(item.meeting.board, item.meeting, item)


def named_in_meeting(meeting: Meeting) -> set[int] | None:
    """The same of a meeting."""
    return _in_each(meeting.board, meeting)


def _in_each(*things: PartnershipBoard | Meeting | AgendaItem) -> set[int] | None:
    lists = [
        set(thing.named.order_by().values_list("pk", flat=True)) for thing in things if thing.access == Access.NAMED
    ]
    return set.intersection(*lists) if lists else None


def level_of_decision(decision: Decision) -> str:
    """Who may read a decision once it is settled: never more people than the item it is taken under."""
    own = narrowest(decision.board.access, decision.access)
    return own if decision.item is None else narrowest(own, level_of(decision.item))


def may_be_quoted(decision: Decision) -> bool:
    """Whether mail may say what a decision is called and what it says, to those who may see it.

    What is exempt or for named people is not quoted: mail is read on other screens, and kept on other machines.
    """
    return not (decision.item is not None and decision.item.exempt) and level_of_decision(decision) != Access.NAMED
