"""A time of day as people write it."""

from __future__ import annotations

import re
from datetime import time
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from frontend import forms

_TIME = re.compile(r"(\d{1,2})(?:\s*[:.h]?\s*(\d{2}))?\s*(am|pm)?", re.IGNORECASE)
_WORDS = {"noon": time(12), "midday": time(12), "midnight": time(0)}


class TimeField(forms.CharField):
    """A time of day: 14:30, 1430, 2.30pm, 2 pm, noon. Cleans to a :class:`datetime.time`, or None when empty."""

    widget = forms.TextInput(width=5)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, time):
            return value
        typed = str(super().to_python(value) or "").strip().lower()
        if not typed:
            return None
        if typed in _WORDS:
            return _WORDS[typed]
        found = _TIME.fullmatch(typed.replace("a.m.", "am").replace("p.m.", "pm"))
        if not found:
            raise self._wrong()
        hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "").lower()
        if half:
            if not 1 <= hour <= 12:
                raise self._wrong()
            hour = hour % 12 + (12 if half == "pm" else 0)
        if hour > 23 or minute > 59:
            raise self._wrong()
        return time(hour, minute)

    def prepare_value(self, value: Any) -> Any:
        return value.strftime("%H:%M") if isinstance(value, time) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(initial) != self.to_python(data))
        except ValidationError:
            return True

    @staticmethod
    def _wrong() -> ValidationError:
        return ValidationError(_("Enter a time such as 14:30 or 2.30pm."), code="time")
