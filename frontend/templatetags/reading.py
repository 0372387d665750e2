"""How pages show what people wrote."""

from __future__ import annotations

import re

from django import template
from django.utils.html import conditional_escape, format_html_join
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

_ITEM = re.compile(r"^\s*(?:[-*•–]|\d{1,2}[.)])\s+(.*)$")


@register.filter
def paragraphs(text: str | None) -> SafeString:
    """Plain text as paragraphs and lists: lines that begin with a dash, a star or a bullet are a list's items."""
    html: list[str] = []
    lines: list[str] = []
    items: list[str] = []

    def end_paragraph() -> None:
        if lines:
            broken = "<br>".join(conditional_escape(line) for line in lines)
            html.append(f'<p class="govuk-body">{broken}</p>')
            lines.clear()

    def end_list() -> None:
        if items:
            listed = format_html_join("", "<li>{}</li>", ((item,) for item in items))
            html.append(f'<ul class="govuk-list govuk-list--bullet">{listed}</ul>')
            items.clear()

    for line in (text or "").replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if found := _ITEM.match(line):
            end_paragraph()
            items.append(found[1])
        elif line.strip():
            end_list()
            lines.append(line.strip())
        else:
            end_paragraph()
            end_list()
    end_paragraph()
    end_list()
    return mark_safe("".join(html))  # noqa: S308 - every piece of text was escaped
