"""Reminders as mail: one a morning, with everything that is due to its reader."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from notifications.kinds.registry import Class, Kind
from notifications.models import Topic

MORNING = Kind(
    name="reminder.morning",
    mail_class=Class.ASKED,
    topic=Topic.REMINDERS,
    template="reminders",
    reason=_("something waits for you, or for somebody you look after"),
)
BY_LINK = Kind(
    name="reminder.by_link",
    mail_class=Class.ASKED,
    topic=Topic.REMINDERS,
    template="reminders",
    reason=_("you took on an action, or were invited to a workshop"),
    holds_secret=True,
)
