"""A field of a form, with what GOV.UK's templates ask of it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from frontend.forms.fields import WrongDate
from frontend.forms.widgets import DateInput


class GovukBoundField(BoundField):
    @property
    def kind(self) -> str:
        """Which shape the field has on the page: ``checkbox`` (one alone), ``password``, ``date`` or ``plain``."""
        widget = self.field.widget
        if isinstance(widget, forms.CheckboxInput):
            return "checkbox"
        if isinstance(widget, forms.PasswordInput):
            return "password"
        if isinstance(widget, DateInput):
            return "date"
        return "plain"

    @property
    def character_limit(self) -> int | None:
        """The number of characters a text of several lines may have: the page counts them."""
        limit = getattr(self.field, "max_length", None)
        return limit if isinstance(self.field.widget, forms.Textarea) else None

    @property
    def use_fieldset(self) -> bool:
        # A file is chosen with one control, which wants a label; Django would give it only a legend.
        return bool(self.field.widget.use_fieldset) and not isinstance(self.field.widget, forms.FileInput)

    @property
    def aria_describedby(self) -> str | None:
        described = super().aria_describedby
        if self.character_limit and self.auto_id and described is not None:
            return f"{self.auto_id}-info {described}".strip()
        return described

    @property
    def error_anchor(self) -> str:
        """The id of the control that the error summary leads to: the first, or the first that is wrong."""
        identifier = str(self.field.widget.attrs.get("id") or self.auto_id)
        if isinstance(self.field.widget, DateInput):
            return f"{identifier}-{(self.wrong_parts or ['day'])[0]}"
        if isinstance(self.field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
            return f"{identifier}_0"
        return self.id_for_label or identifier

    @property
    def wrong_parts(self) -> list[str]:
        """The boxes of a date that its error speaks of."""
        return [part for error in self.errors.as_data() if isinstance(error, WrongDate) for part in error.wrong]

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        built = super().build_widget_attrs(attrs, widget)
        # The browser's own bubbles are neither translated by us nor read by every screen reader: the server answers.
        built.pop("required", None)
        if self.wrong_parts:
            built["data-wrong-parts"] = " ".join(self.wrong_parts)
        return built
