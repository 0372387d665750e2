"""What the templates of mail need beyond Django's own filters."""

from __future__ import annotations

from django import template

register = template.Library()


@register.filter
def quoted(text: object) -> str:
    """What somebody wrote, each line marked with ``>``, as mail has always quoted."""
    return "\n".join(f"> {line}".rstrip() if line else ">" for line in str(text).strip().splitlines())
