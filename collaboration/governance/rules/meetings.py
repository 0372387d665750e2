"""Who may see a meeting, its agenda and its papers, and who may act on them.

A meeting is shown to nobody who may not see its board. What is exempt is for the board and narrower.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from collaboration.governance.interests import is_locked
from collaboration.governance.models import Access, AgendaItem, Meeting, Paper, PartnershipBoard
from collaboration.governance.rules import partnerships
from collaboration.governance.standing import admits, standing_of
from groundwork.access.actors import Actor
from groundwork.access.rules import Allowed, Decision, Denied, rule


@rule("meeting.view")
def may_view(actor: Actor, meeting: Meeting) -> Decision:
    """The one-object twin of :func:`collaboration.governance.queries.visible.meetings`."""
    named = meeting.access == Access.NAMED and partnerships.is_named(actor, meeting)
    if partnerships.may_view(actor, meeting.board) and admits(actor, meeting.board, meeting.access, is_named=named):
        return Allowed()
    return Denied(_("This meeting is not shown to you."))


@rule("item.view")
def may_view_item(actor: Actor, item: AgendaItem) -> Decision:
    """The one-object twin of :func:`collaboration.governance.queries.visible.items`.

    Until the agenda is published it is for the board alone.
    """
    meeting = item.meeting
    if not may_view(actor, meeting):
        return Denied(_("This item is not shown to you."))
    if meeting.agenda_published_at is None and not admits(actor, meeting.board, Access.BOARD):
        return Denied(_("This agenda is not published yet."))
    if item.exempt and not admits(actor, meeting.board, Access.BOARD):
        return Denied(item.exempt_reason)
    if item.exempt and is_locked(actor, item):
        return Denied(_("You declared an interest in this item, so what is exempt of it is not shown to you."))
    named = item.access == Access.NAMED and partnerships.is_named(actor, item)
    if item.access and not admits(actor, meeting.board, item.access, is_named=named):
        return Denied(_("This item is not shown to you."))
    return Allowed()


@rule("paper.view")
def may_view_paper(actor: Actor, paper: Paper) -> Decision:
    """As its item; what is awaited still is for those who run the meeting, and for who was asked for it."""
    meeting = paper.meeting
    if is_asked(actor, paper):
        return Allowed()
    if paper.item is not None:
        found = may_view_item(actor, paper.item)
    elif meeting.agenda_published_at is None and not admits(actor, meeting.board, Access.BOARD):
        found = Denied(_("The papers are not published yet."))
    else:
        found = may_view(actor, meeting)
    if not found:
        return found
    if paper.item is not None and (paper.exempt or paper.item.exempt) and is_locked(actor, paper.item):
        return Denied(_("You declared an interest in this item, so its exempt papers are not shown to you."))
    if paper.exempt and not admits(actor, meeting.board, Access.BOARD):
        return Denied(paper.exempt_reason)
    if paper.submitted_at is None and not standing_of(actor, meeting.board).runs:
        return Denied(_("This paper is still awaited."))
    return Allowed()


@rule("partnership.plan_meeting")
def may_plan(actor: Actor, board: PartnershipBoard) -> Decision:
    return _runs(actor, board) and partnerships.may_view(actor, board)


@rule("meeting.edit")
def may_edit(actor: Actor, meeting: Meeting) -> Decision:
    """Plan, call, move and cancel it, and write its agenda: whoever may not see it does none of that."""
    found = _runs(actor, meeting.board)
    return may_view(actor, meeting) if found else found


@rule("meeting.see_call")
def may_see_call(actor: Actor, meeting: Meeting) -> Decision:
    """The address of the video call is for the board and for those invited, never for the public."""
    if is_invited(actor, meeting) or (admits(actor, meeting.board, Access.BOARD) and may_view(actor, meeting)):
        return Allowed()
    return Denied(_("The address of the call is for those who are invited."))


@rule("meeting.answer")
def may_answer(actor: Actor, meeting: Meeting) -> Decision:
    if is_invited(actor, meeting):
        return Allowed()
    return Denied(_("You are not invited to this meeting."))


@rule("paper.submit")
def may_submit(actor: Actor, paper: Paper) -> Decision:
    """Who was asked for it hands it in; those who run the meeting may do so for them."""
    if is_asked(actor, paper):
        return Allowed()
    if standing_of(actor, paper.meeting.board).runs:
        return may_view_paper(actor, paper)
    return Denied(_("Only who was asked for this paper, and those who run the board’s meetings, can change it."))


def is_asked(actor: Actor, paper: Paper) -> bool:
    """Whether the actor was asked for the paper, and still acts for an organisation of the place."""
    return actor.is_partner and actor.person is not None and actor.person.pk == paper.asked_of_id


def is_invited(actor: Actor, meeting: Meeting) -> bool:
    """Whether the actor holds an invitation of their own to it."""
    return actor.person is not None and meeting.invitations.filter(person=actor.person).exists()


def _runs(actor: Actor, board: PartnershipBoard) -> Decision:
    if standing_of(actor, board).runs:
        return Allowed()
    return Denied(_("Only the chair, the secretaries and leads of the lead organisation run this board’s meetings."))
