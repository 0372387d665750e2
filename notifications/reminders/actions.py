"""What reminders of actions have in common: which, whose, and how much mail may say of them (promise U21)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from collaboration.actions import queries as actions
from collaboration.actions.origins import sensitive_among
from collaboration.actions.services import by_link
from groundwork.access.actors import SystemActor
from notifications.reminders.registry import Guest, Matter
from notifications.reminders.words import TITLE
from notifications.services.queueing import root_of

_MAIL = SystemActor(name="mail")


def accepted(only: Collection[int] | None) -> Any:
    """Actions that are under way, what is due first, first."""
    return _those("accepted", only)


def asked(only: Collection[int] | None) -> Any:
    """Actions that wait for an answer."""
    return _those("asked", only)


def read(rows: Any) -> list[Any]:
    """The actions, and of each what mail may call it: :func:`described`."""
    actions = list(rows)
    hidden = sensitive_among(actions)
    for action in actions:
        action.quoted = action.pk not in hidden
    return actions


def described(action: Any) -> str:
    """``“Ask the café” (A-0042)``; of one agreed in a sensitive workshop its reference alone."""
    if not action.quoted:
        return str(action.reference)
    what = action.what if len(action.what) <= TITLE else action.what[: TITLE - 1].rstrip() + "…"
    return f"“{what}” ({action.reference})"


def owner(action: Any) -> str:
    if action.owner is not None:
        return str(action.owner.display_name)
    return action.owner_name or _("Somebody")


def acts(action: Any) -> tuple[tuple[str, str], ...]:
    """What its owner can do about it straight from the mail."""
    return (
        ("action.done", action.reference),
        ("action.seven_more", f"{action.reference}/{action.due_on.isoformat()}"),
        ("action.not_me", action.reference),
    )


def matter(action: Any, *, began: date, asks: str, **given: Any) -> Matter:
    """Its owner answers; who asked for it, or made it, waits. A new date, or being asked anew, begins anew."""
    waits = action.asked_by_id or action.created_by_id
    by_link_alone = action.owner is None and action.owner_email and action.answer_digest
    return Matter(
        subject=f"action:{action.pk}",
        occasion=began.isoformat(),
        began=began,
        asks=asks,
        path=f"/actions/{action.reference}/",
        label=_("Open the action"),
        people=(action.owner_id,) if action.owner is not None else (),
        guests=(Guest(email=action.owner_email, link=by_link.link_of(action)),) if by_link_alone else (),
        asked_by_people=(waits,) if waits is not None and waits != action.owner_id else (),
        headers=root_of("action", action.number),
        seen_by=("action.view", action),
        **given,
    )


def _those(status: str, only: Collection[int] | None) -> Any:
    rows = actions.visible_to(_MAIL).filter(status=status)
    if only is not None:
        rows = rows.filter(pk__in=only)
    return rows.select_related("owner", "organisation", "initiative", "created_by", "asked_by").order_by("due_on", "pk")
