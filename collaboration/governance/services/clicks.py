"""The same form sent twice: a second click, a page sent again on a slow line. It is one act."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from collaboration.governance.services.records import DOUBLE_CLICK
from groundwork.access.actors import Actor
from groundwork.audit.queries import history_of

M = TypeVar("M", bound=Model)


def made_just_now(rows: QuerySet[M, Any], *, actor: Actor, act: str, at: datetime) -> M | None:
    """The one of ``rows`` that the actor made by ``act`` within ten seconds of ``at``, if there is one.

    ``rows`` are those that say the same. Asked under a lock that every such act takes, so that two clicks at once
    cannot both miss it.
    """
    return next((row for row in rows if did_just_now(row, actor=actor, act=act, at=at)), None)


def did_just_now(row: Model, *, actor: Actor, act: str, at: datetime) -> bool:
    """Whether the actor did ``act`` to ``row`` within ten seconds of ``at``."""
    near = {"at__gt": at - DOUBLE_CLICK, "at__lte": at + DOUBLE_CLICK}
    return actor.person is not None and history_of(row).filter(action=act, person=actor.person, **near).exists()
