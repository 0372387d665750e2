"""What the form templates need beyond Django's own tags."""

from __future__ import annotations

from typing import Any

from django import template
from django.forms.utils import flatatt
from django.utils.safestring import SafeString

register = template.Library()

# The server checks lengths and ranges and says what is wrong in words. `maxlength` would cut a pasted text silently,
# and the rest are not allowed on, or not understood by, a text box.
_LEFT_OUT = frozenset({"class", "required", "maxlength", "minlength", "min", "max", "step", "cols"})


@register.simple_tag
def attributes(widget: dict[str, Any], base: str, also: str = "", omit: str = "") -> SafeString:
    """A control's attributes with GOV.UK's class ``base``, its ``--error`` twin when invalid, and its own classes."""
    attrs = {str(k): v for k, v in widget["attrs"].items() if v is not None and v is not False}
    left_out = _LEFT_OUT | set(omit.split())
    classes = [base, *also.split(), *str(attrs.get("class", "")).split()]
    if attrs.get("aria-invalid") == "true" and "__" not in base:
        classes.append(f"{base}--error")
    kept = {k: v for k, v in attrs.items() if k not in left_out}
    return flatatt({"class": " ".join(dict.fromkeys(classes)), **kept})


@register.filter
def whole_number(widget: dict[str, Any]) -> bool:
    """Whether a number box takes whole numbers only: phones then show the plain keypad."""
    return str(widget["attrs"].get("step", "1")).isdigit()
