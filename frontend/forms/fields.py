"""Fields whose meaning is more than Django's: a date as people write it, a text with a limit they can see."""

from __future__ import annotations

import calendar
import re
from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from frontend.forms.widgets import DateInput, DateParts, Textarea

MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
SHORTEST_MONTH_NAME = 3
EARLIEST_YEAR, LATEST_YEAR = 1900, 2200


class DateField(forms.Field):
    """A date from three boxes. Month names, short years and stray spaces are understood.

    Cleans to a :class:`datetime.date`, or None when empty and not required. Errors name what is wrong ("must include
    a month"), and mark only the boxes they speak of. ``what`` names the date in those sentences; the label otherwise.
    """

    widget = DateInput
    default_error_messages = {
        "missing": _("%(what)s must include a %(parts)s"),
        "missing_two": _("%(what)s must include a %(first)s and %(second)s"),
        "unreal": _("%(what)s must be a real date, such as 27 3 2027"),
        "year": _("%(what)s must have a year in four digits, from %(earliest)s to %(latest)s"),
    }

    def __init__(self, *, what: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.what = what

    def to_python(self, value: Any) -> date | None:
        if isinstance(value, datetime):
            return value.date()
        if value is None or isinstance(value, date):
            return value
        parts = DateInput.parts(value)
        if not parts:
            return None
        missing = [name for name in DateParts._fields if not getattr(parts, name)]
        if missing:
            raise self._error("missing" if len(missing) == 1 else "missing_two", *missing)
        day, month, year = self._number(parts.day), self._month(parts.month), self._year(parts.year)
        if year is not None and not EARLIEST_YEAR <= year <= LATEST_YEAR:
            raise self._error("year", "year")
        wrong = [
            name
            for name, fine in (
                ("day", day is not None and 1 <= day <= 31),
                ("month", month is not None),
                ("year", year is not None),
            )
            if not fine
        ]
        if wrong or day is None or month is None or year is None:
            raise self._error("unreal", *wrong)
        try:
            return date(year, month, day)
        except ValueError:
            raise self._error("unreal", *DateParts._fields) from None

    def has_changed(self, initial: Any, data: Any) -> bool:
        if self.disabled:
            return False
        try:
            return self.to_python(initial) != self.to_python(data)
        except ValidationError:
            return True

    def prepare_value(self, value: Any) -> Any:
        return DateInput.parts(value)

    def _error(self, code: str, *wrong: str) -> ValidationError:
        words = [str(DateInput.labels[name]).lower() for name in wrong]
        return WrongDate(
            self.error_messages[code],
            code=code,
            params={
                "what": capfirst(str(self.what or self.label or _("The date"))),
                "parts": words[0],
                "first": words[0],
                "second": words[-1],
                "earliest": EARLIEST_YEAR,
                "latest": LATEST_YEAR,
            },
            wrong=wrong,
        )

    @staticmethod
    def _number(text: str) -> int | None:
        return int(text) if re.fullmatch(r"[0-9]{1,4}", text) else None

    def _month(self, text: str) -> int | None:
        number = self._number(text)
        if number is not None:
            return number if 1 <= number <= 12 else None
        word = text.lower().rstrip(".")
        if len(word) < SHORTEST_MONTH_NAME:
            return None
        return next((number for name, number in MONTHS.items() if name.startswith(word)), None)

    def _year(self, text: str) -> int | None:
        number = self._number(text)
        # A partnership's dates are about its work: "27" is 2027, never 1927.
        return 2000 + number if number is not None and len(text) == 2 else number


class WrongDate(ValidationError):
    """A date that cannot be understood; ``wrong`` names the boxes at fault."""

    def __init__(self, *args: Any, wrong: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.wrong = wrong


class LongTextField(forms.CharField):
    """Several lines with a limit that the page counts down. ``rows`` is the height of the box."""

    def __init__(self, *, max_length: int, rows: int = 5, **kwargs: Any) -> None:
        kwargs.setdefault("widget", Textarea(rows=rows))
        super().__init__(max_length=max_length, **kwargs)

    def to_python(self, value: Any) -> Any:
        # Browsers send two characters for the end of a line; the page, and what is kept, count one.
        return super().to_python(value.replace("\r\n", "\n") if isinstance(value, str) else value)
