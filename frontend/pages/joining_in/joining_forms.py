"""The forms of coming in: a code, who one is, whether one comes, and what one thought of it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from frontend import forms
from frontend.pages.joining_in.text_size import SIZES


class CodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Code of the workshop"),
        help_text=gettext_lazy(
            "8 letters and numbers, as on the screen or the poster. Small letters and spaces are fine."
        ),
        max_length=60,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "spellcheck": "false",
                "autocapitalize": "characters",
                "class": "govuk-input--width-10 gt-code-input",
            }
        ),
        error_messages={"required": gettext_lazy("Enter the code of the workshop")},
    )


class NameForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name", "spellcheck": "false"}, width=20),
    )
    anonymous = forms.BooleanField(label=gettext_lazy("Take part without a name"), required=False)
    marks_optional = False


class JoinForm(NameForm):
    organisation = forms.CharField(
        label=gettext_lazy("Your organisation (optional)"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization", "list": "organisations"}, width=30),
    )
    email = forms.CharField(
        label=gettext_lazy("Email address (optional)"),
        help_text=gettext_lazy(
            "To send you the report, what happened next, and what you say on the board that you will do. "
            "We use it for nothing else."
        ),
        max_length=254,
        required=False,
        widget=forms.TextInput(attrs={"type": "email", "autocomplete": "email", "spellcheck": "false"}, width=30),
    )
    text_size = forms.ChoiceField(
        label=gettext_lazy("Size of the text"), choices=SIZES, required=False, widget=forms.Radios(inline=True)
    )

    def __init__(self, *args: Any, knows_address: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if knows_address:
            del self.fields["email"]


class TextSizeForm(forms.Form):
    text_size = forms.ChoiceField(
        label=gettext_lazy("Size of the text"), choices=SIZES, required=False, widget=forms.Radios(inline=True)
    )
    marks_optional = False


class AnswerForm(forms.Form):
    answer = forms.ChoiceField(
        label=gettext_lazy("Are you coming?"),
        choices=[
            ("yes", gettext_lazy("Yes")),
            ("maybe", gettext_lazy("Perhaps")),
            ("no", gettext_lazy("No")),
        ],
        widget=forms.Radios(),
        error_messages={"required": gettext_lazy("Choose whether you are coming")},
    )


class FeedbackForm(forms.Form):
    worth_it = forms.ChoiceField(
        label=gettext_lazy("Was it worth your time?"),
        choices=[
            ("5", gettext_lazy("5: very much")),
            ("4", "4"),
            ("3", "3"),
            ("2", "2"),
            ("1", gettext_lazy("1: not at all")),
        ],
        required=False,
        widget=forms.Radios(),
    )
    text = forms.LongTextField(
        label=gettext_lazy("What should we do differently?"), max_length=1000, rows=4, required=False
    )

    def __init__(self, *args: Any, question: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if question:
            self.fields["text"].label = question
