"""Who may see a partnership board and change it.

Its *keepers* are leads of the lead organisation, its chair and its secretaries; where no lead organisation is stated,
officers stand in for it. An officer of the convening organisation is nobody special on a board that others lead.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from collaboration.governance.models import Access, PartnershipBoard, Seat
from collaboration.governance.standing import KEEPING, admits, appoints, standing_of
from groundwork.access.actors import Actor
from groundwork.access.rules import Allowed, Decision, Denied, rule


def is_named(actor: Actor, thing: Any) -> bool:
    """Whether ``thing`` names the actor among those who may see it."""
    return actor.person is not None and thing.named.filter(pk=actor.person.pk).exists()


@rule("partnership.view")
def may_open(actor: Actor, board: PartnershipBoard) -> Decision:
    """The one-object twin of :func:`collaboration.governance.queries.visible.boards`.

    Whoever keeps the board, sits on it or may fill a seat sees it; what is in the board is not shown by that.
    """
    if standing_of(actor, board).is_of_the_board or appoints(actor, board):
        return Allowed()
    return may_view(actor, board)


def may_view(actor: Actor, board: PartnershipBoard) -> Decision:
    """Whether things inside the board may be shown at all: they have levels of their own as well."""
    named = board.access == Access.NAMED and is_named(actor, board)
    if admits(actor, board, board.access, is_named=named):
        return Allowed()
    return Denied(_("This board is not shown to you."))


@rule("partnership.create")
def may_create(actor: Actor, _nothing: object = None) -> Decision:
    """A board is set up by those who will keep it: its lead partner is the organisation they act for."""
    if actor.is_system or (actor.organisation is not None and actor.role in KEEPING):
        return Allowed()
    return Denied(_("Only leads of an organisation and partnership officers can set up a board."))


@rule("partnership.edit")
def may_edit(actor: Actor, board: PartnershipBoard) -> Decision:
    if standing_of(actor, board).keeps:
        return Allowed()
    return Denied(_("Only leads of its lead partner, its chair and its secretaries can change this board."))


@rule("partnership.hand_over")
def may_hand_over(actor: Actor, board: PartnershipBoard) -> Decision:
    """To name another lead partner."""
    if standing_of(actor, board).leads:
        return Allowed()
    return Denied(_("Only leads of its lead partner can name another lead partner."))


@rule("partnership.activate")
def may_activate(actor: Actor, board: PartnershipBoard) -> Decision:
    return may_edit(actor, board)


@rule("partnership.renew")
def may_renew(actor: Actor, board: PartnershipBoard) -> Decision:
    return may_edit(actor, board)


@rule("partnership.close")
def may_close(actor: Actor, board: PartnershipBoard) -> Decision:
    return may_edit(actor, board)


@rule("partnership.add_seat")
def may_add_seat(actor: Actor, board: PartnershipBoard) -> Decision:
    return may_edit(actor, board)


@rule("partnership.name_chair")
def may_name_chair(actor: Actor, board: PartnershipBoard) -> Decision:
    return may_edit(actor, board)


@rule("seat.view")
def may_view_seat(actor: Actor, seat: Seat) -> Decision:
    """As its board."""
    return may_open(actor, seat.board)


@rule("seat.see_people")
def may_see_people(actor: Actor, seat: Seat) -> Decision:
    """Names of those who sit on a board are for partners; everybody reads which organisations have seats."""
    if actor.is_partner or actor.is_system:
        return may_open(actor, seat.board)
    return Denied(_("Names are shown to partners only."))


@rule("seat.change")
def may_change_seat(actor: Actor, seat: Seat) -> Decision:
    return may_edit(actor, seat.board)


@rule("seat.end")
def may_end_seat(actor: Actor, seat: Seat) -> Decision:
    return may_edit(actor, seat.board)


@rule("seat.ask")
def may_ask(actor: Actor, seat: Seat) -> Decision:
    """To ask the organisation to fill its vacant seat."""
    return may_edit(actor, seat.board)


@rule("seat.appoint")
def may_appoint(actor: Actor, seat: Seat) -> Decision:
    """Who sits for an organisation is its own business, whoever keeps the board."""
    if actor.acts_for(seat.organisation_id, "lead"):
        return Allowed()
    return Denied(
        _("Only leads of %(organisation)s can say who fills its seat.") % {"organisation": seat.organisation.name}
    )
