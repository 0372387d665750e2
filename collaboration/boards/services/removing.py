"""Taking words or a person out of a board for good."""

from __future__ import annotations

from collections.abc import Collection
from uuid import uuid4

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from collaboration.actions.services.releasing import forget_asked
from collaboration.boards import access, erasing
from collaboration.boards import rules as rules
from collaboration.boards.afterwards.provenance import KIND
from collaboration.boards.committing import Asked, within
from collaboration.boards.engine.limits import MOST_AT_ONCE
from collaboration.boards.engine.ops import Op
from collaboration.boards.engine.texts import BOARD
from collaboration.boards.models import Board
from collaboration.workshops.models import Participation, Workshop, WorkshopInvitation, new_key
from collaboration.workshops.registry import tell_person_forgotten
from groundwork.access.actors import Actor
from groundwork.access.errors import Conflict, Invalid
from groundwork.access.rules import require
from groundwork.audit.services import keep


@transaction.atomic
def redact(*, actor: Actor, workshop: Workshop, things: Collection[str]) -> None:
    """Remove the words of these things (ids) everywhere: from the board, its history and its snapshots.

    For what must not stand: also after the workshop, and of what is hidden. Raises :class:`Conflict` when one of them
    is not on the board.
    """
    board = Board.objects.select_for_update().get(workshop=workshop)
    require(actor, "board.redact", board)
    ids = list(dict.fromkeys(things))
    if not 1 <= len(ids) <= MOST_AT_ONCE:
        raise Invalid({"things": [_("Choose from 1 to %(most)s things.") % {"most": MOST_AT_ONCE}]})
    op_id = str(uuid4())
    op = Op(op_id, board.head_seq, "redact", BOARD, {"things": ids})
    answer = within([Asked(board_id=board.pk, participation_id=0, device="", ops=[(op_id, op)], by_server=True)])[0][0]
    if answer["t"] != "ack":
        raise Conflict(answer["sentence"])
    keep(actor=actor, action="board.redact", obj=board, changes={"things": [None, len(ids)]})


@transaction.atomic
def erase_person(*, actor: Actor, participation: Participation) -> None:
    """Make somebody unknown in a workshop: their key on the board is replaced everywhere, name and addresses go.

    So does mail to them about it, and what they were asked to do at an address they left here. What they wrote stays
    as a former participant's. Words that name them are for :func:`redact`. Raises :class:`Conflict` while a mail to
    them is being sent.
    """
    board = Board.objects.select_for_update().filter(workshop_id=participation.workshop_id).first()
    found = Participation.objects.select_for_update().get(pk=participation.pk)
    require(actor, "board.erase_person", found)
    person = found.person
    invited_at = WorkshopInvitation.objects.filter(participation=found).values_list("email", flat=True)
    emails = frozenset({found.email, person.email if person is not None else "", *invited_at} - {""})
    former, found.key = found.key, new_key()
    found.name = found.organisation_name = found.email = ""
    found.person = found.mandate = found.guest_digest = found.return_digest = None
    found.status = Participation.Status.REMOVED
    found.save()
    # The address they were invited at, and what they answered, name them too.
    WorkshopInvitation.objects.filter(
        Q(participation=found) | Q(workshop_id=found.workshop_id, email__in=emails)
    ).delete()
    workshop = found.workshop
    forget_asked(actor=actor, origin_kind=KIND, origin_id=str(workshop.uuid), emails=emails)
    tell_person_forgotten(workshop, emails, person.pk if person is not None else None)
    if board is not None:
        erasing.take_person_out(board.pk, former, found.key)
        Board.objects.filter(pk=board.pk).update(epoch=uuid4())
        access.told_anew(board.pk)
        access.of_workshops([found.workshop_id])
        keep(actor=actor, action="board.erase_person", obj=board)
