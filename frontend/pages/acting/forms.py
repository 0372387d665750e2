"""What people say about actions."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from collaboration.actions.queries import Filters
from frontend import forms
from frontend.pages.keeping.forms import AnswerForm

__all__ = [
    "ActionForm",
    "AnswerForm",
    "AskForm",
    "BlockForm",
    "ChaseForm",
    "DoneForm",
    "FilterForm",
    "NewActionForm",
    "ReasonForm",
    "UpdateForm",
]

IN_A_ROOM = ("room", _("The board that agreed it"))
VISIBILITY = [
    ("involved", _("Only the people involved")),
    ("partners", _("Partners of the place")),
    ("public", _("Everyone")),
]


class ActionForm(forms.Form):
    """What is to be done."""

    what = forms.CharField(label=_("What is to be done?"), max_length=500)
    details = forms.LongTextField(label=_("What else should they know?"), max_length=4000, rows=4, required=False)
    due_on = forms.DateField(label=_("By when?"), what=_("The day it is due"), required=False)
    visibility = forms.ChoiceField(
        label=_("Who can see it?"),
        choices=VISIBILITY,
        widget=forms.Radios(hints={"public": _("Names of people are shown to partners only.")}),
        initial="partners",
    )


class AskForm(forms.Form):
    email = forms.EmailField(
        label=_("Email address of the person to ask"),
        help_text=_("They need no account. We send them what is to be done and a link to accept or decline."),
        max_length=254,
        widget=forms.TextInput({"type": "email", "autocomplete": "off", "spellcheck": "false"}),
    )
    name = forms.CharField(label=_("Their name"), max_length=120, required=False)


class NewActionForm(ActionForm):
    email = forms.EmailField(
        label=_("Email address of the person to ask"),
        help_text=_("Leave it empty if nobody is asked yet. To take it on yourself, enter your own."),
        max_length=254,
        required=False,
        widget=forms.TextInput({"type": "email", "autocomplete": "off", "spellcheck": "false"}),
    )
    name = forms.CharField(label=_("Their name"), max_length=120, required=False)


class FilterForm(forms.Form):
    """What the list shows. It is never checked: the list reads the address, and says what it could not read."""

    marks_optional = False

    whose = forms.ChoiceField(label=_("Whose"), choices=list(Filters.WHOSE.items()), required=False)
    state = forms.ChoiceField(label=_("State"), choices=list(Filters.STATES.items()), required=False)
    q = forms.CharField(label=_("Words"), max_length=100, required=False, widget=forms.SearchInput())
    sort = forms.ChoiceField(label=_("First"), choices=list(Filters.SORTS.items()), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"whose": "mine", "state": "open", "sort": "due", **self.initial}


class UpdateForm(forms.Form):
    text = forms.LongTextField(label=_("How is it going?"), max_length=1000, rows=4)


class DoneForm(forms.Form):
    text = forms.LongTextField(label=_("What came of it?"), max_length=1000, rows=4, required=False)
    evidence = forms.LongTextField(
        label=_("What shows it?"),
        help_text=_("An address, or where it can be looked up."),
        max_length=1000,
        rows=2,
        required=False,
    )


class BlockForm(forms.Form):
    reason = forms.CharField(label=_("What stands in the way?"), max_length=500)


class ChaseForm(forms.Form):
    message = forms.CharField(label=_("A message to them"), max_length=500, required=False)


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Why?"), max_length=500, required=False)


def answer_form(data: Any) -> AnswerForm:
    return AnswerForm(data, yes=_("Yes, I take it on"), no=_("No, I cannot"), reason_needed=False)
