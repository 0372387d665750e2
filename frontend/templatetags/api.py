"""What the description of the API says, as HTML."""

from __future__ import annotations

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def api_text(text: str) -> SafeString:
    """A sentence of the description: what stands between `backticks` is code."""
    pieces = text.split("`")
    # An odd number of marks would make code of all that follows.
    if len(pieces) % 2 == 0:
        return format_html("{}", text)
    code = '<code class="gt-address">{}</code>'
    shown = ((format_html(code, each) if number % 2 else each,) for number, each in enumerate(pieces))
    return format_html_join("", "{}", shown)
