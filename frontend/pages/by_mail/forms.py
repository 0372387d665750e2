"""What the pages behind links in mail ask for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from frontend import forms


class LessForm(forms.Form):
    """How soon, instead of not at all."""

    frequency = forms.ChoiceField(label=_("How often do you want to hear of it?"), choices=[], widget=forms.Radios)

    def __init__(self, *args: Any, choices: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["frequency"].choices = list(choices)  # type: ignore[attr-defined]

    @property
    def has_choices(self) -> bool:
        return bool(self.fields["frequency"].choices)  # type: ignore[attr-defined]


def words_form(asks: Any, posted: Any) -> Any:
    """The form of an act: with a box if it asks for words, else one button."""
    if asks is None:
        return forms.NothingForm(posted)
    box = forms.LongTextField(
        label=asks.label, help_text=asks.hint, max_length=asks.longest, rows=3, required=asks.required
    )
    return type("WordsForm", (forms.Form,), {"words": box})(posted)
