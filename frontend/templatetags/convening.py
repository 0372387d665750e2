"""How pages tell how a meeting stands, and what somebody answered."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.safestring import SafeString

from frontend.pages.convening import words
from frontend.templatetags.gt import tag

register = template.Library()


@register.simple_tag
def meeting_status(meeting: Any) -> SafeString:
    """A meeting's state as a tag."""
    text, colour = words.STATUSES[meeting.status]
    return tag(text, colour)


@register.simple_tag
def answer_tag(answer: str) -> SafeString:
    """What somebody who was invited has answered, as a tag."""
    text, colour = words.ANSWERS[answer]
    return tag(text, colour)
