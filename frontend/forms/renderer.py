"""Renders every Django form as GOV.UK Frontend draws it, those of libraries included."""

from __future__ import annotations

from typing import Any

from django.forms.renderers import DjangoTemplates
from django.template.loader import get_template

from frontend.forms.bound import GovukBoundField

_INPUTS = ("text", "email", "url", "tel", "search", "number", "date", "datetime", "time", "color")

OURS = {
    **{f"django/forms/{layout}.html": "gds/form.html" for layout in ("div", "p", "ul", "table")},
    **{f"django/forms/widgets/{kind}.html": "gds/widgets/input.html" for kind in _INPUTS},
    "django/forms/field.html": "gds/field.html",
    "django/forms/label.html": "gds/label.html",
    "django/forms/errors/list/default.html": "gds/errors.html",
    "django/forms/errors/list/ul.html": "gds/errors.html",
    "django/forms/widgets/password.html": "gds/widgets/password.html",
    "django/forms/widgets/textarea.html": "gds/widgets/textarea.html",
    "django/forms/widgets/select.html": "gds/widgets/select.html",
    "django/forms/widgets/radio.html": "gds/widgets/radios.html",
    "django/forms/widgets/checkbox_select.html": "gds/widgets/checkboxes.html",
    "django/forms/widgets/checkbox.html": "gds/widgets/checkbox.html",
    "django/forms/widgets/file.html": "gds/widgets/file.html",
    "django/forms/widgets/clearable_file_input.html": "gds/widgets/file.html",
}
"""Django's template for each part of a form, and ours in its place."""


class GovukRenderer(DjangoTemplates):
    form_template_name = "gds/form.html"
    field_template_name = "gds/field.html"
    bound_field_class = GovukBoundField

    def get_template(self, template_name: str) -> Any:
        ours = OURS.get(template_name, template_name)
        return get_template(ours) if ours.startswith("gds/") else super().get_template(ours)
