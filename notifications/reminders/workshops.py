"""How reminders speak of workshops: of a sensitive one only who hosts it (promise U21)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from notifications.reminders.words import TITLE


def named(workshop: Any) -> str:
    if workshop.sensitive:
        return _("a workshop hosted by %(host)s") % {"host": workshop.host.name}
    title = workshop.title if len(workshop.title) <= TITLE else workshop.title[: TITLE - 1].rstrip() + "…"
    return f"“{title}”"


def page_of(workshop: Any) -> str:
    return f"/workshops/{workshop.code}/"
