"""What people say about partnership boards and their seats. Shapes are checked here; the services decide."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from collaboration.governance.queries.board_lists import Filters
from frontend import forms
from frontend.pages.registering.forms import Versioned

KINDS = [
    ("board", _("Partnership board")),
    ("group", _("Convening group")),
    ("commission", _("Commission")),
    ("task_force", _("Task force")),
    ("assembly", _("Assembly")),
]
ACCESS = [
    ("public", _("Everyone")),
    ("partners", _("Partners of the place")),
    ("board", _("This board")),
    ("named", _("Named people")),
]
ACCESS_HINTS = {
    "public": _("Names of people are shown to partners only."),
    "board": _("Those who sit on it, and those who lead its lead partner."),
    "named": _("Those you name, its chair and secretaries. Whoever else sits on it or keeps it sees only this page."),
}
DECIDING = [("consensus", _("By consensus")), ("vote", _("By vote"))]
ROLES = [("member", _("Member")), ("adviser", _("Adviser")), ("secretary", _("Secretary"))]
ROLE_HINTS = {
    "member": _("Has a vote with its organisation."),
    "adviser": _("Takes part without a vote."),
    "secretary": _("Prepares meetings and keeps the board, without a vote."),
}


class VersionForm(Versioned):
    """One button, and the version that was looked at."""


class NewForm(forms.Form):
    name = forms.CharField(label=_("What is it called?"), max_length=200)
    kind = forms.ChoiceField(label=_("What is it?"), choices=KINDS, widget=forms.Radios, initial="board")
    purpose = forms.LongTextField(
        label=_("What is it for?"),
        help_text=_("What it will change, for whom. It can be said more exactly later."),
        max_length=4000,
        required=False,
    )
    access = forms.ChoiceField(
        label=_("Who can see it?"), choices=ACCESS, widget=forms.Radios(hints=ACCESS_HINTS), initial="public"
    )


class EditForm(Versioned):
    name = forms.CharField(label=_("Name"), max_length=200)
    abbreviation = forms.CharField(
        label=_("Abbreviation"), max_length=30, required=False, widget=forms.TextInput(width=10)
    )
    kind = forms.ChoiceField(label=_("What is it?"), choices=KINDS, widget=forms.Radios)
    purpose = forms.LongTextField(label=_("What is it for?"), max_length=4000, required=False)
    elements = forms.MultipleChoiceField(
        label=_("Which ambitions does it serve?"), required=False, widget=forms.Checkboxes
    )
    areas = forms.MultipleChoiceField(
        label=_("Which areas is it for?"),
        help_text=_("None: the whole place, or not stated."),
        required=False,
        widget=forms.Checkboxes,
    )
    lead = forms.ChoiceField(label=_("Lead partner"), required=False)
    parent = forms.ChoiceField(label=_("Which board does it report to?"), required=False)
    access = forms.ChoiceField(label=_("Who can see it?"), choices=ACCESS, widget=forms.Radios(hints=ACCESS_HINTS))
    named = forms.CharField(
        label=_("Named people"),
        help_text=_("Only if named people can see it: email addresses of people with an account, one on a line."),
        max_length=10_000,
        required=False,
        widget=forms.Textarea({"spellcheck": "false", "autocomplete": "off"}, rows=3),
    )
    deciding = forms.ChoiceField(label=_("How does it decide?"), choices=DECIDING, widget=forms.Radios)
    quorum_organisations = forms.IntegerField(
        label=_("How many voting organisations must be present?"),
        help_text=_("0: there is no such rule."),
        min_value=0,
        max_value=200,
        widget=forms.TextInput({"inputmode": "numeric"}, width=3),
    )
    quorum_sectors = forms.IntegerField(
        label=_("From how many sectors must they come?"),
        help_text=_("0: there is no such rule."),
        min_value=0,
        max_value=50,
        widget=forms.TextInput({"inputmode": "numeric"}, width=3),
    )
    papers_days = forms.IntegerField(
        label=_("How many clear working days before a meeting are papers due?"),
        min_value=0,
        max_value=60,
        widget=forms.TextInput({"inputmode": "numeric"}, width=3),
    )

    def __init__(
        self,
        *args: Any,
        elements: Iterable[tuple[str, str]],
        areas: Iterable[tuple[str, str]],
        leads: Iterable[tuple[str, str]],
        parents: Iterable[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["elements"].choices = list(elements)
        fields["areas"].choices = list(areas)
        fields["lead"].choices = list(leads)
        fields["parent"].choices = [("", _("None, or not stated")), *parents]

    def said(self) -> dict[str, Any]:
        """What the service is told."""
        told = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        told["named"] = told["named"].split()
        return told


class TermsForm(Versioned):
    terms = forms.LongTextField(
        label=_("Terms of reference"),
        help_text=_("Markdown: ## for a heading, - for a list, **strong**."),
        max_length=20_000,
        rows=20,
        required=False,
    )
    terms_agreed_on = forms.DateField(label=_("When were they agreed?"), what=_("The day"), required=False)


class ActivateForm(Versioned):
    starts_on = forms.DateField(
        label=_("From which day?"), what=_("The first day"), help_text=_("Empty: from today."), required=False
    )
    ends_on = forms.DateField(
        label=_("Until which day is it set up?"),
        what=_("The day it ends"),
        help_text=_("Empty: without an end. Its keepers are asked to renew or close it 60 and 14 days before."),
        required=False,
    )


class RenewForm(Versioned):
    ends_on = forms.DateField(
        label=_("Until which day does it go on?"),
        what=_("The day it ends"),
        help_text=_("Empty: without an end."),
        required=False,
    )


class CloseForm(Versioned):
    reason = forms.LongTextField(
        label=_("Why is it closed?"),
        help_text=_("Whoever sees the board reads it."),
        max_length=500,
        rows=3,
        required=False,
    )


class SeatForm(Versioned):
    role = forms.ChoiceField(
        label=_("Kind of seat"), choices=ROLES, widget=forms.Radios(hints=ROLE_HINTS), initial="member"
    )
    title = forms.CharField(
        label=_("What is the seat for?"), help_text=_("For example, Health."), max_length=120, required=False
    )


class NewSeatForm(SeatForm):
    organisation = forms.ChoiceField(label=_("Whose seat is it?"))
    field_order = ("version", "organisation", "role", "title")

    def __init__(self, *args: Any, organisations: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["organisation"].choices = [("", _("Choose an organisation")), *organisations]


class FillForm(forms.Form):
    mandate = forms.ChoiceField(
        label=_("Who is it?"),
        help_text=_("Those who act for your organisation here. When they do not any more, the seat is vacant."),
        widget=forms.Radios,
    )
    kind = forms.ChoiceField(
        label=_("What are they?"),
        choices=[("holder", _("Member")), ("deputy", _("Deputy"))],
        widget=forms.Radios(
            hints={
                "holder": _("In the place of whoever is member now."),
                "deputy": _("Stands in when the member cannot come. There can be several."),
            }
        ),
        initial="holder",
    )
    valid_from = forms.DateField(
        label=_("From which day?"), what=_("The first day"), help_text=_("Empty: from today."), required=False
    )
    valid_to = forms.DateField(
        label=_("Until which day?"), what=_("The day they leave"), help_text=_("Empty: without an end."), required=False
    )

    def __init__(self, *args: Any, people: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["mandate"].choices = list(people)


class ChairForm(Versioned):
    seat = forms.ChoiceField(label=_("Which seat has it?"), widget=forms.Radios)
    role = forms.ChoiceField(
        label=_("Which office?"),
        choices=[("chair", _("Chair")), ("vice", _("Vice-chair"))],
        widget=forms.Radios,
        initial="chair",
    )
    valid_from = forms.DateField(
        label=_("From which day?"), what=_("The first day"), help_text=_("Empty: from today."), required=False
    )
    valid_to = forms.DateField(
        label=_("Until which day?"),
        what=_("The day the term ends"),
        help_text=_("That day the next term can begin. Empty: until somebody else is named."),
        required=False,
    )

    def __init__(self, *args: Any, seats: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["seat"].choices = list(seats)


class FilterForm(forms.Form):
    """What the list shows. It is never checked: the list reads the address, and says what it could not read."""

    marks_optional = False

    status = forms.ChoiceField(label=_("Status"), choices=list(Filters.STATUSES.items()), required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=[("", _("Any kind")), *KINDS], required=False)
    q = forms.CharField(label=_("Words"), max_length=100, required=False, widget=forms.SearchInput())

    def __init__(self, *args: Any, signed_in: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if signed_in:
            self.fields["whose"] = forms.ChoiceField(
                label=_("Whose"), choices=list(Filters.WHOSE.items()), required=False
            )


def in_words(day: date | None) -> str:
    return date_format(day, "j F Y") if day else ""
