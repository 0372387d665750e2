"""Who may see a decision and act on it.

The board's keepers take it through its life; people who sit on the board propose, and give the voice of the
organisation whose voting seat they fill. Whoever declared an interest in it does none of this.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from collaboration.governance.interests import is_locked
from collaboration.governance.models import Access, AgendaItem, Declaration, PartnershipBoard
from collaboration.governance.models import Decision as BoardDecision
from collaboration.governance.rules import meetings, partnerships
from collaboration.governance.standing import admits, standing_of
from groundwork.access.actors import Actor
from groundwork.access.rules import Allowed, Decision, Denied, rule

Status = BoardDecision.Status
BEFORE_IT_IS_MADE = (Status.PROPOSED, Status.OPEN, Status.DEFERRED, Status.WITHDRAWN)
"""States that nobody outside the board is shown. That a board did not agree is told like what it agreed."""
SETTLED = (Status.MADE, Status.NOT_MADE, Status.SUPERSEDED)


@rule("decision.view")
def may_view(actor: Actor, decision: BoardDecision) -> Decision:
    """The one-object twin of :func:`collaboration.governance.queries.visible.decisions`.

    What is only proposed is for the board, whatever the decision's level will be. A decision taken under an item of an
    agenda is shown to nobody who may not see what was exempt there, or for narrower eyes; and what is exempt is closed
    to whoever declared an interest in it.
    """
    board, item = decision.board, decision.item
    named = decision.access == Access.NAMED and partnerships.is_named(actor, decision)
    if not partnerships.may_view(actor, board) or not admits(actor, board, decision.access, is_named=named):
        return Denied(_("This decision is not shown to you."))
    if decision.status in BEFORE_IT_IS_MADE and not admits(actor, board, Access.BOARD) and not named:
        return Denied(_("This decision is not made yet."))
    if item is not None and not _item_admits(actor, board, item, decision):
        return Denied(_("This decision is not shown to you."))
    return Allowed()


def _item_admits(actor: Actor, board: PartnershipBoard, item: AgendaItem, decision: BoardDecision) -> bool:
    if item.exempt and (not admits(actor, board, Access.BOARD) or is_locked(actor, decision)):
        return False
    named = item.access == Access.NAMED and partnerships.is_named(actor, item)
    return not item.access or admits(actor, board, item.access, is_named=named)


@rule("decisions.propose")
def may_propose(actor: Actor, board: PartnershipBoard) -> Decision:
    if not standing_of(actor, board).is_of_the_board:
        return Denied(_("Only people who sit on this board, or lead it, can propose a decision."))
    if board.status == PartnershipBoard.Status.CLOSED:
        return Denied(_("This board is closed and decides nothing any more."))
    return partnerships.may_view(actor, board)


@rule("decision.change")
def may_change(actor: Actor, decision: BoardDecision) -> Decision:
    """Its keepers, and until it is opened for voices whoever proposed it."""
    if (refused := _kept_out(actor, decision)) is not None:
        return refused
    standing = standing_of(actor, decision.board)
    proposed = actor.person is not None and decision.created_by_id == actor.person.pk
    if standing.keeps or (proposed and standing.is_of_the_board and decision.status == Status.PROPOSED):
        return Allowed()
    return Denied(_("Only those who keep this board can change this decision."))


@rule("decision.settle")
def may_settle(actor: Actor, decision: BoardDecision) -> Decision:
    """Open it for voices, make it, defer it, withdraw it, review it, propose what supersedes it."""
    if (refused := _kept_out(actor, decision)) is not None:
        return refused
    if standing_of(actor, decision.board).keeps:
        return Allowed()
    return Denied(_("Only those who keep this board (its lead, its chair, its secretary) can do this."))


@rule("decision.voice")
def may_voice(actor: Actor, decision: BoardDecision) -> Decision:
    """Give the voice of one's organisation. Whether the mandate still holds is asked again when it is given."""
    if (refused := _kept_out(actor, decision)) is not None:
        return refused
    if not standing_of(actor, decision.board).votes:
        return Denied(_("Only people who fill a seat with a vote on this board can give their organisation’s voice."))
    return Allowed()


@rule("decision.take_voices")
def may_take_voices(actor: Actor, decision: BoardDecision) -> Decision:
    """Write down what organisations say in the room."""
    if (refused := _kept_out(actor, decision)) is not None:
        return refused
    if standing_of(actor, decision.board).runs:
        return Allowed()
    return Denied(_("Only those who run this board’s meetings write down what organisations say there."))


@rule("interest.declare")
def may_declare(actor: Actor, thing: AgendaItem | BoardDecision) -> Decision:
    """Declare one's own interest."""
    if actor.person is not None and actor.mandate is not None and standing_of(actor, board_of(thing)).is_of_the_board:
        return _shown(actor, thing)
    return Denied(_("Only people of this board declare interests in what it takes."))


@rule("interest.write_down")
def may_write_down(actor: Actor, thing: AgendaItem | BoardDecision) -> Decision:
    """Write down an interest that somebody declares in the room."""
    if standing_of(actor, board_of(thing)).runs:
        return _shown(actor, thing)
    return Denied(_("Only those who run this board’s meetings write down what others declare."))


@rule("interest.withdraw")
def may_withdraw(actor: Actor, declaration: Declaration) -> Decision:
    """Take back a declaration that was a mistake. Who declared it does not unlock it for themselves."""
    own = actor.person is not None and declaration.person_id == actor.person.pk
    about = about_of(declaration)
    if not own and standing_of(actor, board_of(about)).runs:
        return _shown(actor, about)
    return Denied(_("Only those who run this board’s meetings can take back a declaration, and not their own."))


def board_of(thing: AgendaItem | BoardDecision) -> PartnershipBoard:
    return thing.meeting.board if isinstance(thing, AgendaItem) else thing.board


def about_of(declaration: Declaration) -> AgendaItem | BoardDecision:
    about = declaration.decision or declaration.item
    assert about is not None  # noqa: S101 - a constraint of the table
    return about


def _shown(actor: Actor, thing: AgendaItem | BoardDecision) -> Decision:
    return meetings.may_view_item(actor, thing) if isinstance(thing, AgendaItem) else may_view(actor, thing)


def _kept_out(actor: Actor, decision: BoardDecision) -> Decision | None:
    """Why somebody takes no part in it, whatever they are on the board: an interest, or it is not shown to them."""
    if is_locked(actor, decision):
        return Denied(
            _("You declared an interest in this, so you take no part in it. Others of your organisation may.")
        )
    seen = may_view(actor, decision)
    return None if seen else seen
