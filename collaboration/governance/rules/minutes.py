"""Who runs a meeting, marks what happens in it, and writes, comments on, approves and publishes its minutes.

Somebody who has declared an interest in an item neither marks it nor says anything on its minute: that is looked at
where it is done, because the declaration may have come a second before.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from collaboration.governance.models import AgendaItem, Meeting, Minutes
from collaboration.governance.rules.meetings import may_view, may_view_item
from collaboration.governance.standing import standing_of
from groundwork.access.actors import Actor
from groundwork.access.rules import Allowed, Decision, Denied, rule

Status = Minutes.Status


@rule("minutes.view")
def may_view_minutes(actor: Actor, minutes: Minutes) -> Decision:
    """Drafts are for those who run the meeting, circulated ones for the board, published ones for its readers.

    What they say of an item is shown to those who may see the item. The set-wise twin is
    :func:`collaboration.governance.queries.minutes.visible_to`.
    """
    meeting = minutes.meeting
    standing = standing_of(actor, meeting.board)
    if standing.runs and may_view(actor, meeting):
        return Allowed()
    if minutes.status == Status.DRAFT:
        return Denied(_("The minutes are still being written."))
    if minutes.status != Status.PUBLISHED and not standing.is_of_the_board:
        return Denied(_("The minutes are not published yet."))
    return may_view(actor, meeting)


@rule("meeting.run")
def may_run(actor: Actor, meeting: Meeting) -> Decision:
    """Begin it, note who is there, take its items, close it."""
    if not standing_of(actor, meeting.board).runs:
        return Denied(_("Only the chair, the secretaries and the lead organisation run a meeting of this board."))
    return may_view(actor, meeting)


@rule("item.mark")
def may_mark(actor: Actor, item: AgendaItem) -> Decision:
    if not standing_of(actor, item.meeting.board).runs:
        return Denied(_("Only the chair, the secretaries and the lead organisation note what happens in a meeting."))
    return may_view_item(actor, item)


@rule("item.write_minute")
def may_write_of_item(actor: Actor, item: AgendaItem) -> Decision:
    """What the minutes say of it: who may not see it cannot write of it either."""
    if not standing_of(actor, item.meeting.board).runs:
        return Denied(_("Only the chair, the secretaries and the lead organisation write these minutes."))
    return may_view_item(actor, item)


@rule("minutes.write")
def may_write(actor: Actor, minutes: Minutes) -> Decision:
    """Write them, circulate them, settle comments."""
    if not standing_of(actor, minutes.meeting.board).runs:
        return Denied(_("Only the chair, the secretaries and the lead organisation write these minutes."))
    return may_view(actor, minutes.meeting)


@rule("minutes.comment")
def may_comment(actor: Actor, minutes: Minutes) -> Decision:
    if not standing_of(actor, minutes.meeting.board).is_of_the_board:
        return Denied(_("Only people of this board comment on its minutes."))
    return may_view_minutes(actor, minutes)


@rule("minutes.approve")
def may_approve(actor: Actor, minutes: Minutes) -> Decision:
    if not standing_of(actor, minutes.meeting.board).keeps:
        return Denied(_("Only the chair, the secretaries and the lead organisation say that minutes are approved."))
    return may_view(actor, minutes.meeting)


@rule("minutes.publish")
def may_publish(actor: Actor, minutes: Minutes) -> Decision:
    if not standing_of(actor, minutes.meeting.board).keeps:
        return Denied(_("Only the chair, the secretaries and the lead organisation publish minutes."))
    return may_view(actor, minutes.meeting)
