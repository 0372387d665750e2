"""Tickets: how a program without a session opens a socket. They work once, within a minute (promise S2)."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from collaboration.boards.models import Board, Ticket
from collaboration.boards.standing import standing_of
from collaboration.workshops.models import Participation
from groundwork.access.errors import NotAllowed
from groundwork.accounts.queries import standing_tokens
from groundwork.clock import now

LIFETIME: Final = timedelta(seconds=60)


_BY: Final = "."
"""Stands before the id of a token of the API; a ticket without one was not asked for by such a token."""


def api_token_of(ticket: str) -> int | None:
    """By which token of the API a ticket was asked for. To be believed of a ticket that has let somebody in."""
    _random, _dot, number = ticket.partition(_BY)
    return int(number) if number.isascii() and number.isdigit() and len(number) < 16 else None


def _digest(token: str) -> str:
    return sha256(token.encode("utf-8", "replace")).hexdigest()


@transaction.atomic
def issue_ticket(*, participation: Participation, api_token_id: int | None = None, at: datetime | None = None) -> str:
    """A token that lets this participation open one socket on its board. Only its digest is kept.

    ``api_token_id``: of the token of the API by which it is asked for. It stands at the ticket's end, vouched for by
    the digest, so that a socket ends with the token that opened it. Raises :class:`NotAllowed` when they may not be
    there.
    """
    at = at or now()
    board_id = Board.objects.values_list("pk", flat=True).get(workshop_id=participation.workshop_id)
    if standing_of(board_id, participation.pk) is None:
        raise NotAllowed(_("You are not in this workshop, or it is over."))
    token = secrets.token_urlsafe(32) + (f"{_BY}{api_token_id}" if api_token_id is not None else "")
    Ticket.objects.create(
        digest=_digest(token), board_id=board_id, participation=participation, expires_at=at + LIFETIME
    )
    return token


def use_ticket(*, token: str, board_id: UUID, at: datetime | None = None) -> Participation | None:
    """Whose ticket this is; then it is used up. ``None``: used before, too old, of another board, none at all, or
    the token of the API that asked for it was taken back."""
    at = at or now()
    digest = _digest(token)
    by = api_token_of(token)
    if by is not None and not standing_tokens([by]):
        return None
    # One conditional change: of two who show the same ticket at once, one gets in.
    used = Ticket.objects.filter(digest=digest, board_id=board_id, used_at=None, expires_at__gt=at).update(used_at=at)
    if not used:
        return None
    return Participation.objects.select_related("workshop", "person").get(tickets__digest=digest)
