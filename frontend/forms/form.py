"""The base of our own forms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms.utils import pretty_name
from django.forms.widgets import ChoiceWidget
from django.utils.translation import gettext as _

from groundwork.access.errors import DomainError, Invalid


class Form(forms.Form):
    """A form that names the field in its errors, marks what may be left out, and can carry a service's refusal.

    ``marks_optional`` adds "(optional)" to labels; switch it off where everything is, as in a filter.
    """

    marks_optional = True
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            _name_the_field(field, str(field.label or pretty_name(name)))

    def refuse(self, error: DomainError, fields: Mapping[str, str] | None = None) -> None:
        """Show a service's sentence where it belongs: beside the field it names, else at the top of the page.

        ``fields`` says which field of the form holds what the service calls by another name.
        """
        if not isinstance(error, Invalid):
            self.add_error(None, error.message)
            return
        for named, sentences in error.errors.items():
            name = (fields or {}).get(named, named)
            for sentence in sentences:
                self.add_error(name if name in self.fields else None, sentence)


class NothingForm(Form):
    """One button, nothing to fill in."""


def _name_the_field(field: forms.Field, label: str) -> None:
    """Replace Django's "This field is required." with a sentence that says which, unless the form gave its own.

    An error summary lists errors away from their fields, so each must make sense alone.
    """
    label = label.rstrip("?:. ")
    within = label if label[:2].isupper() else label[:1].lower() + label[1:]
    if field.error_messages.get("required") == forms.Field.default_error_messages["required"]:
        if isinstance(field, forms.BooleanField):
            sentence = _("Tick the box: %(field)s")
        elif isinstance(field.widget, ChoiceWidget):
            sentence = _("Choose: %(field)s")
        elif isinstance(field, forms.FileField):
            sentence = _("Choose a file: %(field)s")
        else:
            sentence = _("Enter: %(field)s")
        field.error_messages["required"] = sentence % {"field": within}
    if getattr(field, "max_length", None):
        # The validator fills in the numbers, so a per cent sign of the label is doubled for it.
        too_long = _("%(field)s must be %(limit)s characters or fewer. It has %(length)s.") % {
            "field": label.replace("%", "%%"),
            "limit": "%(limit_value)d",
            "length": "%(show_value)d",
        }
        field.error_messages.setdefault("max_length", too_long)
