"""Who may do what with a whole board. What somebody may do on one, its engine decides."""

from __future__ import annotations

from django.utils.translation import gettext as _

from collaboration.boards.models import Board
from collaboration.workshops.models import Participation, Workshop
from groundwork.access.actors import Actor
from groundwork.access.rules import Allowed, Decision, Denied, rule


def organises(actor: Actor, workshop: Workshop) -> bool:
    """Whether this actor facilitates the workshop, or answers for its host."""
    if actor.acts_for(workshop.host_id, "lead", "approver", "officer"):
        return True
    return (
        actor.person is not None
        and Participation.objects.filter(
            workshop=workshop,
            person=actor.person,
            role=Participation.Role.FACILITATOR,
            status=Participation.Status.ADMITTED,
        ).exists()
    )


@rule("board.import")
def may_import(actor: Actor, board: Board) -> Decision:
    if actor.is_system or organises(actor, board.workshop):
        return Allowed()
    return Denied(_("Only a facilitator of this workshop can bring a board into it."))


@rule("board.history")
def may_take_history(actor: Actor, board: Board) -> Decision:
    """The full history holds what was hidden and deleted: for those who answer questions under the law.

    Not while the workshop is open: until then the room was promised that nobody sees what is not revealed.
    """
    if actor.is_system:
        return Allowed()
    if actor.is_officer and board.workshop.is_open:
        return Denied(_("The full history can be taken once the workshop has been closed with a report."))
    if actor.is_officer:
        return Allowed()
    return Denied(_("Only a partnership officer can take the full history of a board."))


@rule("board.redact")
def may_redact(actor: Actor, board: Board) -> Decision:
    if actor.is_system or actor.is_officer or organises(actor, board.workshop):
        return Allowed()
    return Denied(_("Only a facilitator of this workshop or a partnership officer can remove words for good."))


@rule("board.erase_person")
def may_erase_person(actor: Actor, participation: Participation) -> Decision:
    if actor.is_system or actor.is_officer:
        return Allowed()
    if actor.person is not None and actor.person.pk == participation.person_id:
        return Allowed()
    return Denied(_("Only the person, or a partnership officer, can have somebody made unknown in a workshop."))
