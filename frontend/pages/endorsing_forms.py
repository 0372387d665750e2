"""The forms with which an organisation endorses a framework, and officers ask for it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from frontend import forms
from vision.frameworks.services import REASON_LIMIT, WORDS_LIMIT


class AskForm(forms.Form):
    organisations = forms.MultipleChoiceField(
        label=gettext_lazy("Whom to ask"),
        widget=forms.Checkboxes(small=True),
        error_messages={"required": gettext_lazy("Choose at least one organisation")},
    )

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisations"].choices = choices  # type: ignore[attr-defined]


class ConfirmForm(forms.Form):
    organisations = forms.CharField(widget=forms.HiddenInput)
    confirmed = forms.CharField(widget=forms.HiddenInput)


class EndorseForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    endorsed_on = forms.DateField(
        label=gettext_lazy("When was it decided?"),
        what=gettext_lazy("The day of the decision"),
        error_messages={"required": gettext_lazy("Enter the day of the decision")},
    )
    minute_reference = forms.CharField(label=gettext_lazy("Minute reference"), max_length=120, required=False)
    link = forms.CharField(
        label=gettext_lazy("Where the minute can be read"),
        help_text=gettext_lazy("An address that begins with https://"),
        max_length=500,
        required=False,
        widget=forms.TextInput(attrs={"type": "url", "autocomplete": "off"}),
    )
    lead = forms.ChoiceField(label=gettext_lazy("Who leads on it?"), required=False)
    lead_office = forms.CharField(
        label=gettext_lazy("Or which office leads on it?"),
        help_text=gettext_lazy("Such as “Leader of the Council”, where no person is to be named."),
        max_length=160,
        required=False,
    )

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lead"].choices = [("", _("Nobody named")), *people]  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    reason = forms.LongTextField(
        label=gettext_lazy("Why?"),
        help_text=gettext_lazy("Partnership officers read this."),
        max_length=REASON_LIMIT,
        rows=3,
        error_messages={"required": gettext_lazy("Say why, so that partners understand")},
    )


class TranslationsForm(forms.Form):
    """One box for each element that can be translated."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, elements: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for element in elements:
            self.fields[f"element-{element.pk}"] = forms.LongTextField(
                label=element.display_title, max_length=WORDS_LIMIT, rows=4, required=False
            )

    def words(self) -> dict[int, str]:
        said = self.cleaned_data.items()
        return {int(name.removeprefix("element-")): words for name, words in said if name.startswith("element-")}


class ProgrammeForm(forms.Form):
    title = forms.CharField(
        label=gettext_lazy("Name of the programme"),
        max_length=200,
        error_messages={"required": gettext_lazy("Enter the name of the programme")},
    )
    serves = forms.ChoiceField(label=gettext_lazy("What it serves"), required=False)
    verdict = forms.ChoiceField(
        label=gettext_lazy("What becomes of it?"),
        choices=[
            ("keep", gettext_lazy("Keep it as it is")),
            ("change", gettext_lazy("Change it")),
            ("stop", gettext_lazy("Stop it")),
        ],
        widget=forms.Radios(inline=True),
        error_messages={"required": gettext_lazy("Choose keep, change or stop")},
    )
    note = forms.LongTextField(label=gettext_lazy("Why, or how"), max_length=REASON_LIMIT, rows=3, required=False)

    def __init__(self, *args: Any, elements: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        every = [(str(each.pk), each.display_title) for each in elements]
        self.fields["serves"].choices = [("", _("None of them")), *every]  # type: ignore[attr-defined]
