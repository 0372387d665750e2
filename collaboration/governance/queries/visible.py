"""What an actor may see of partnership boards: the set-wise twins of the ``view`` rules."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from collaboration.governance.interests import locked_decisions, locked_items
from collaboration.governance.models import (
    Access,
    AgendaItem,
    Decision,
    Engagement,
    Meeting,
    PartnershipBoard,
    RecommendationList,
)
from collaboration.governance.rules.decisions import BEFORE_IT_IS_MADE
from collaboration.governance.standing import boards_appointed_to, boards_of, boards_run_by
from groundwork.access.actors import Actor


def boards(actor: Actor) -> QuerySet[PartnershipBoard]:
    """The boards shown to ``actor``: also those they keep, sit on, or fill a seat of."""
    if actor.is_system:
        return PartnershipBoard.objects.all()
    admitted = _admitted(actor, PartnershipBoard, board="pk")
    return PartnershipBoard.objects.filter(admitted | boards_of(actor) | boards_appointed_to(actor))


def _entered(actor: Actor) -> QuerySet[PartnershipBoard]:
    """The boards in which something may be shown to ``actor``."""
    return PartnershipBoard.objects.filter(_admitted(actor, PartnershipBoard, board="pk"))


def meetings(actor: Actor) -> QuerySet[Meeting]:
    """The meetings shown to ``actor``, without what they may not see in them: see :func:`items`."""
    if actor.is_system:
        return Meeting.objects.all()
    return Meeting.objects.filter(_admitted(actor, Meeting), board__in=_entered(actor))


def items(actor: Actor) -> QuerySet[AgendaItem]:
    """The agenda items shown to ``actor``; an exempt one is not among them for the public."""
    if actor.is_system:
        return AgendaItem.objects.all()
    inside = Q(meeting__board__in=_boards(boards_of(actor)))
    open_to = Q(meeting__agenda_published_at__isnull=False, exempt=False)
    return AgendaItem.objects.filter(
        Q(meeting__in=meetings(actor)),
        inside | open_to,
        Q(access="") | _inner(actor),
        Q(exempt=False) | ~locked_items(actor),
    )


def decisions(actor: Actor) -> QuerySet[Decision]:
    """The decisions shown to ``actor``."""
    if actor.is_system:
        return Decision.objects.all()
    inside = Q(board__in=_boards(boards_of(actor)))
    early = inside | (Q(access=Access.NAMED) & _named(actor, Decision))
    level = Q(item=None) | Q(item__access="") | Q(item__in=AgendaItem.objects.filter(_inner(actor)).values("pk"))
    exempt = Q(item=None) | Q(item__exempt=False) | (inside & ~locked_decisions(actor))
    return Decision.objects.filter(
        _admitted(actor, Decision),
        ~Q(status__in=BEFORE_IT_IS_MADE) | early,
        level,
        exempt,
        board__in=_entered(actor),
    )


def _inner(actor: Actor) -> Q:
    return _admitted(actor, AgendaItem, board="meeting__board")


def recommendation_lists(actor: Actor) -> QuerySet[RecommendationList]:
    if actor.is_system:
        return RecommendationList.objects.all()
    return RecommendationList.objects.filter(_open(actor) | _for_board(actor) | Q(keeper=actor.organisation_id or 0))


def engagements(actor: Actor) -> QuerySet[Engagement]:
    if actor.is_system:
        return Engagement.objects.all()
    return Engagement.objects.filter(_open(actor) | _for_board(actor) | Q(held_by=actor.organisation_id or 0))


def _admitted(actor: Actor, model: type[Model], *, board: str = "board") -> Q:
    """The set-wise twin of :func:`collaboration.governance.standing.admits` for rows of ``model``."""
    return _open(actor) | _for_board(actor, board) | (Q(access=Access.NAMED) & _named(actor, model))


def _open(actor: Actor) -> Q:
    levels = [Access.PUBLIC, Access.PARTNERS] if actor.is_partner else [Access.PUBLIC]
    return Q(access__in=levels)


def _for_board(actor: Actor, board: str = "board") -> Q:
    inside = Q(access=Access.BOARD, **{f"{board}__in": _boards(boards_of(actor))})
    return inside | Q(access=Access.NAMED, **{f"{board}__in": _boards(boards_run_by(actor))})


def _boards(those: Q) -> QuerySet[PartnershipBoard, Any]:
    return PartnershipBoard.objects.filter(those).order_by().values("pk")


def _named(actor: Actor, model: type[Model]) -> Q:
    if actor.person is None:
        return Q(pk__in=[])
    return Q(Exists(model._default_manager.filter(pk=OuterRef("pk"), named=actor.person)))
