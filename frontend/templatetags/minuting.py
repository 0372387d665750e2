"""What the pages of a meeting look up."""

from __future__ import annotations

from typing import Any

from django import template

register = template.Library()


@register.filter
def get(mapping: dict[Any, Any], key: Any) -> Any:
    """The value of a key, or "" where there is none."""
    return mapping.get(key, "")
