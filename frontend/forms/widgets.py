"""Widgets for what Django has no word for: hints beside choices, a date in three boxes, a unit beside a box."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, NamedTuple

from django import forms
from django.forms import HiddenInput
from django.forms.widgets import ChoiceWidget
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

__all__ = [
    "Checkboxes",
    "DateInput",
    "DateParts",
    "HiddenInput",
    "PasswordInput",
    "Radios",
    "SearchInput",
    "TextInput",
    "Textarea",
]


class TextInput(forms.TextInput):
    """A line of text. ``width`` is in characters (2, 3, 4, 5, 10, 20, 30); prefix and suffix are units: £, km."""

    def __init__(
        self, attrs: dict[str, Any] | None = None, *, width: int | None = None, prefix: str = "", suffix: str = ""
    ) -> None:
        super().__init__(attrs)
        self.width, self.prefix, self.suffix = width, prefix, suffix

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"].update(
            classes=f"govuk-input--width-{self.width}" if self.width else "", prefix=self.prefix, suffix=self.suffix
        )
        return context


class SearchInput(TextInput):
    input_type = "search"


class PasswordInput(forms.PasswordInput):
    """A password with a button that shows it. Say ``new=True`` where one is chosen, so that managers offer one."""

    def __init__(self, attrs: dict[str, Any] | None = None, *, new: bool = False) -> None:
        super().__init__({"autocomplete": "new-password" if new else "current-password"} | (attrs or {}))


class Textarea(forms.Textarea):
    """Several lines. Line ends count as one character, as the person who typed them sees them."""

    def __init__(self, attrs: dict[str, Any] | None = None, *, rows: int = 5) -> None:
        super().__init__({"rows": rows} | (attrs or {}))

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        value = super().value_from_datadict(data, files, name)
        return value.replace("\r\n", "\n").replace("\r", "\n") if isinstance(value, str) else value


class _Choices(ChoiceWidget):
    """What radios and checkboxes share.

    ``hints`` gives a sentence to show under a choice, by its value. ``exclusive`` lists values that undo the others
    ("None of these"), shown after the word "or". ``inline`` and ``small`` are GOV.UK's variants.
    """

    def __init__(
        self,
        attrs: dict[str, Any] | None = None,
        choices: Any = (),
        *,
        hints: Mapping[Any, Any] | None = None,
        exclusive: Collection[Any] = (),
        inline: bool = False,
        small: bool = False,
    ) -> None:
        super().__init__(attrs, choices)
        self.hints = hints or {}
        self.exclusive = {str(value) for value in exclusive}
        self.inline, self.small = inline, small

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"].update(inline=self.inline, small=self.small)
        return context

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        hints = {str(key): hint for key, hint in self.hints.items()}
        option["hint"] = hints.get(str(value), "")
        option["exclusive"] = str(value) in self.exclusive
        return option


class Radios(_Choices, forms.RadioSelect):
    """One of a few."""


class Checkboxes(_Choices, forms.CheckboxSelectMultiple):
    """Any of a few. Up to twenty; for more, a search page."""


class DateParts(NamedTuple):
    """A date as somebody typed it, whatever they typed."""

    day: str
    month: str
    year: str

    def __bool__(self) -> bool:
        return any(self)


class DateInput(forms.Widget):
    """A date in three boxes, named ``<name>-day``, ``-month`` and ``-year``.

    An address or a script may also give the whole date as ``<name>=2026-11-22``.
    """

    template_name = "gds/widgets/date.html"
    use_fieldset = True
    labels = {"day": _("Day"), "month": _("Month"), "year": _("Year")}

    def value_from_datadict(self, data: Any, files: Any, name: str) -> DateParts | None:
        parts = DateParts(*(str(data.get(f"{name}-{part}") or "").strip() for part in DateParts._fields))
        if not parts and (whole := str(data.get(name) or "").strip()):
            return self.parts(whole)
        return parts if parts else None

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data and all(f"{name}-{part}" not in data for part in DateParts._fields)

    def id_for_label(self, id_: str) -> str:
        return f"{id_}-day" if id_ else ""

    @staticmethod
    def parts(value: Any) -> DateParts:
        """The three boxes' contents for a date, its ISO text, or what was typed."""
        if isinstance(value, DateParts):
            return value
        if isinstance(value, str):
            try:
                found = parse_date(value)
            except ValueError:
                found = None
            if found is None:
                return DateParts(value[:20], "", "") if value else DateParts("", "", "")
            value = found
        if isinstance(value, date):
            return DateParts(str(value.day), str(value.month), str(value.year))
        return DateParts("", "", "")

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        widget = context["widget"]
        widget["value"] = value
        own = widget["attrs"]
        identifier = own.get("id", "")
        wrong = own.pop("data-wrong-parts", "day month year").split()
        typed = self.parts(value)
        widget["boxes"] = [
            {
                "name": f"{name}-{part}",
                "id": f"{identifier}-{part}",
                "label": self.labels[part],
                "value": getattr(typed, part),
                "width": 4 if part == "year" else 2,
                "wrong": own.get("aria-invalid") == "true" and part in wrong,
            }
            for part in DateParts._fields
        ]
        return context

    def format_value(self, value: Any) -> Any:
        return value
