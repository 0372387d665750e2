"""How pages tell when a workshop is, how it stands, and what its code is."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils import timezone
from django.utils.dateformat import format as formatted
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from frontend.pages.organising import words
from frontend.templatetags.gt import tag

register = template.Library()

HOUR = 60
DAY = "l j F Y"
CLOCK = "H:i"


@register.simple_tag
def workshop_status(workshop: Any) -> SafeString:
    """A workshop's state as a tag."""
    text, colour = words.STATUSES[workshop.status]
    return tag(text, colour)


@register.simple_tag
def invitation_answer(invitation: Any) -> SafeString:
    """What somebody who was invited has answered, as a tag."""
    text, colour = words.ANSWERS[invitation.answer]
    return tag(text, colour)


@register.filter
def when(workshop: Any) -> str:
    """When it is, on the place's clock: "Friday 12 March 2027, 14:00 to 16:00"; "" where it is not known."""
    if workshop.starts_at is None:
        return ""
    starts = timezone.localtime(workshop.starts_at)
    said = {"day": formatted(starts, DAY), "time": formatted(starts, CLOCK)}
    if workshop.ends_at is None:
        return _("%(day)s, %(time)s") % said
    ends = timezone.localtime(workshop.ends_at)
    said |= {"last_day": formatted(ends, DAY), "end": formatted(ends, CLOCK)}
    if ends.date() == starts.date():
        return _("%(day)s, %(time)s to %(end)s") % said
    return _("%(day)s, %(time)s, to %(last_day)s, %(end)s") % said


@register.filter
def spoken(code: str) -> str:
    """A code as people read it out: in two halves."""
    return f"{code[:4]} {code[4:]}".strip()


@register.filter
def lasting(minutes: int) -> str:
    """Minutes in words: "1 hour 30 minutes"; "" for none."""
    hours, rest = divmod(int(minutes or 0), HOUR)
    parts = []
    if hours:
        parts.append(ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours})
    if rest:
        parts.append(ngettext("%(n)d minute", "%(n)d minutes", rest) % {"n": rest})
    return " ".join(parts)


@register.filter
def stage_name(stage: int) -> Any:
    """The name of a stage by its number."""
    return words.STAGES[stage][0]


@register.filter
def stage_text(stage: int) -> Any:
    """What happens in a stage, by its number."""
    return words.STAGES[stage][1]
