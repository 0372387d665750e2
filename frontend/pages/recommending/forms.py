"""What people say of recommendations, and of assemblies, briefings and letters."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from frontend import forms
from frontend.pages.keeping.forms import AnswerForm
from frontend.pages.registering.forms import organisation_choices

STATUSES = [
    ("open", _("Not started")),
    ("under_way", _("Under way")),
    ("done", _("Done")),
    ("not_accepted", _("Not accepted")),
    ("replaced", _("Replaced by something else")),
]
KINDS = [("assembly", _("Assembly")), ("briefing", _("Briefing")), ("letter", _("Letter")), ("other", _("Other"))]
ACCESS = [("public", _("Everyone")), ("partners", _("Partners of the place"))]


class AssignForm(forms.Form):
    owner = forms.ChoiceField(label=_("Which organisation answers for it?"), choices=(), required=False)
    due_on = forms.DateField(label=_("By when?"), what=_("The day it is due"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].choices = organisation_choices(_("Nobody yet"), groups=False)  # type: ignore[attr-defined]


class ReportForm(forms.Form):
    status = forms.ChoiceField(label=_("How far is it?"), choices=STATUSES, widget=forms.Radios())
    text = forms.LongTextField(label=_("How is it going?"), max_length=1000, rows=3, required=False)
    response = forms.LongTextField(
        label=_("The response to it"),
        help_text=_("What the organisation says to this recommendation as a whole."),
        max_length=4000,
        rows=4,
        required=False,
    )
    evidence = forms.LongTextField(
        label=_("What shows it?"),
        help_text=_("Addresses, or where it can be looked up. Needed once it is done."),
        max_length=4000,
        rows=3,
        required=False,
    )


class EngagementForm(forms.Form):
    kind = forms.ChoiceField(label=_("What was it?"), choices=KINDS, widget=forms.Radios())
    title = forms.CharField(label=_("Title"), max_length=200)
    held_on = forms.DateField(label=_("The day it was held"), what=_("The day it was held"))
    audience = forms.CharField(label=_("Who was there, or whom was it for?"), max_length=300, required=False)
    reached = forms.CharField(label=_("How many people did it reach?"), max_length=12, required=False)
    themes = forms.LongTextField(label=_("What came up?"), max_length=4000, rows=5, required=False)
    promises = forms.LongTextField(
        label=_("What was promised?"),
        help_text=_("One promise on each line."),
        max_length=26_000,
        rows=5,
        required=False,
    )
    link = forms.CharField(label=_("Web address of more about it"), max_length=200, required=False)
    access = forms.ChoiceField(label=_("Who can see it?"), choices=ACCESS, widget=forms.Radios(), initial="public")

    @property
    def said(self) -> dict[str, Any]:
        return {**self.cleaned_data, "promises": self.cleaned_data["promises"].splitlines()}


def answer_form(data: Any) -> AnswerForm:
    return AnswerForm(data, yes=_("Yes, we answer for it"), no=_("No, we do not"), reason_needed=False)
