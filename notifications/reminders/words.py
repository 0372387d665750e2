"""How reminders speak: of days that passed, and of records."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

TITLE = 70
"""Letters of a title, in a line that names other things too."""


def days(number: int) -> str:
    return ngettext("%(number)s day", "%(number)s days", number) % {"number": number}


def since(began: date, today: date) -> str:
    """``today``, ``yesterday`` or ``43 days ago``."""
    passed = (today - began).days
    if passed <= 0:
        return _("today")
    return _("yesterday") if passed == 1 else _("%(days)s ago") % {"days": days(passed)}


def spoken(day: date) -> str:
    """``Tuesday 24 November 2026``."""
    return date_format(day, "l j F Y")


def named(initiative: Any) -> str:
    """``“Warm homes” (ESX-0042)``."""
    title = initiative.title if len(initiative.title) <= TITLE else initiative.title[: TITLE - 1].rstrip() + "…"
    return f"“{title}” ({initiative.reference})"


def keepers(initiative: Any) -> tuple[int, ...]:
    """The organisations that own and lead it."""
    return tuple(dict.fromkeys(each for each in (initiative.owner_id, initiative.lead_id) if each is not None))


def kept_by(initiative: Any) -> str:
    keeper = initiative.owner or initiative.lead
    return keeper.name if keeper is not None else _("the place")


def numbers(only: Collection[str] | None) -> list[int] | None:
    """What is kept as text, as numbers."""
    return None if only is None else [int(each) for each in only if each.isdecimal()]
