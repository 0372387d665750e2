"""Getting the monthly pack of a partnership board, or no longer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from groundwork.access.actors import Actor
from groundwork.access.rules import require
from groundwork.audit.services import keep
from notifications.models import PackChoice
from notifications.queries.pack_readers import offered


@transaction.atomic
def choose(actor: Actor, board: Any, *, wanted: bool) -> None:
    """Get the monthly pack of a board that one may see, or no longer. Kept as chosen also where it is the default."""
    require(actor, "mail.follow")
    if wanted:
        require(actor, "partnership.view", board)
    choose_by_link(actor, actor.person, board, wanted=wanted)


def choose_all(actor: Actor, packs: Iterable[tuple[Any, bool]]) -> None:
    """What the page of settings says of each board; what stays as it is is not kept as chosen."""
    before = dict(offered(actor.person))
    for board, wanted in packs:
        if before.get(board, wanted) != wanted:
            choose(actor, board, wanted=wanted)


@transaction.atomic
def choose_by_link(actor: Actor, person: Any, board: Any, *, wanted: bool) -> None:
    """As :func:`choose`; the link in a mail named person and board."""
    row, is_new = PackChoice.objects.get_or_create(person=person, board=board, defaults={"wanted": wanted})
    if is_new or row.wanted != wanted:
        row.wanted = wanted
        row.save(update_fields=["wanted"])
        action = "mail.resume" if wanted else "mail.stop"
        keep(actor=actor, action=action, obj=row, changes={"pack": [None if is_new else not wanted, wanted]})
