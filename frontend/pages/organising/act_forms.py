"""The forms of what organisers do: team, invitations, closing, telling, importing, finding. They check shape."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from django.forms import FileInput
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from collaboration.workshops import queries
from frontend import forms
from frontend.pages.organising import words
from groundwork.access.errors import Invalid

MOST_INVITED = 500
LONGEST_LIST = 100_000
MOST_NAMED = 5
"""How many wrong parts of a list are quoted before it is said how many more there are."""
MEGABYTE = 1024 * 1024
LARGEST_BOARD = 10 * MEGABYTE
"""Of a board's JSON. Two thousand notes with everything said of them take a quarter of it."""


class TeamForm(forms.Form):
    email = forms.EmailField(
        label=_("Email address of a colleague"),
        help_text=_("Whoever has an account facilitates at once. Anybody else is sent an invitation."),
        max_length=254,
        widget=forms.TextInput({"type": "email", "autocomplete": "off"}),
    )


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("What may they do?"), choices=words.ROLES, widget=forms.Radios)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].widget.hints = words.ROLE_HINTS


class InviteForm(forms.Form):
    """A pasted list of people. ``invitees`` are those it names once it is valid."""

    people = forms.CharField(
        label=_("Who is invited?"),
        help_text=_(
            "Email addresses, one on a line. A name may stand before an address: "
            "Priya Anand &lt;priya@council.example&gt;."
        ),
        max_length=LONGEST_LIST,
        widget=forms.Textarea({"spellcheck": "false", "autocomplete": "off"}, rows=8),
        error_messages={
            "required": _("Enter the address of at least one person."),
            "max_length": _("This list is too long. Invite up to %(most)s people at once.") % {"most": MOST_INVITED},
        },
    )
    role = forms.ChoiceField(
        label=_("They are invited as"),
        choices=words.ROLES,
        initial="participant",
        widget=forms.Radios(hints=words.ROLE_HINTS),
    )

    invitees: list[queries.Invitee]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.invitees = []
        typed, role = cleaned.get("people"), cleaned.get("role")
        if not typed or not role:
            return cleaned
        people, problems = queries.read_addresses(typed, role=role)
        if problems:
            for problem in problems[:MOST_NAMED]:
                self.add_error("people", problem)
            more = len(problems) - MOST_NAMED
            if more > 0:
                sentence = ngettext(
                    "%(number)d more part is no address.", "%(number)d more parts are no addresses.", more
                )
                self.add_error("people", sentence % {"number": more})
        elif not people:
            self.add_error("people", _("Enter the address of at least one person."))
        elif len(people) > MOST_INVITED:
            too_many = _("Up to %(most)s people can be invited at once. These are %(number)s: split the list.")
            self.add_error("people", too_many % {"most": MOST_INVITED, "number": len(people)})
        self.invitees = people
        return cleaned


class NextForm(forms.Form):
    next_on = forms.DateField(
        label=_("When will you tell people what happened?"),
        what=_("The day"),
        required=False,
        help_text=_("What you have written by then goes to them on the morning of that day. You can tell them sooner."),
    )
    next_text = forms.LongTextField(
        label=_("What happened next"),
        help_text=_("What was done with what people said, and what was not, and why."),
        max_length=4000,
        rows=8,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "tell" in self.data and not cleaned.get("next_text") and "next_text" not in self.errors:
            self.add_error("next_text", _("Write what happened before you tell people."))
        return cleaned


class ReasonForm(forms.Form):
    reason = forms.LongTextField(
        label=_("Why does it not take place?"),
        help_text=_("Everybody who was invited reads it."),
        max_length=500,
        rows=3,
        required=False,
    )


class HoldForm(forms.Form):
    reason = forms.LongTextField(
        label=_("Why is it kept?"),
        help_text=_("For example, a request for information and its number. It is kept in the history."),
        max_length=500,
        rows=3,
    )


class ReportForm(forms.Form):
    tell = forms.BooleanField(label=_("Send people the report"), required=False)
    next_on = forms.DateField(
        label=_("When will you tell people what happened next?"),
        what=_("The day"),
        required=False,
        help_text=_("For example, three months from now. What you have written by then goes to them on that day."),
    )


class CopyForm(forms.Form):
    title = forms.CharField(label=_("Title of the new workshop"), max_length=200)


class ImportForm(forms.Form):
    file = forms.FileField(
        label=_("The board’s JSON file"),
        help_text=_("The one that “The board as a file (JSON)” on the page of a report saves, up to 10 MB."),
        widget=FileInput({"accept": ".json,application/json"}),
        error_messages={
            "required": _("Choose the file that you want to import."),
            "empty": _("This file is empty. Choose the JSON file of a board."),
            "missing": _("Choose the file that you want to import."),
            "invalid": _("The file did not arrive. Choose it again."),
        },
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST_BOARD:
            raise forms.ValidationError(_("The file is larger than 10 MB, which no board is. Choose another file."))
        return file

    def board(self) -> object:
        """What the file holds. Raises :class:`Invalid` where it is no JSON."""
        try:
            return json.loads(self.cleaned_data["file"].read().decode("utf-8-sig"), parse_constant=_no_constant)
        except (ValueError, RecursionError):
            sentence = _(
                "This file is not JSON. Choose the one that “The board as a file (JSON)” on the page of a report saves."
            )
            raise Invalid({"file": [str(sentence)]}) from None


def _no_constant(name: str) -> NoReturn:
    """JSON has no NaN and no infinity, though Python reads them."""
    raise ValueError(name)


class FilterForm(forms.Form):
    """The filter of the list: when, and words of the title, the purpose or the host's name."""

    marks_optional = False

    when = forms.ChoiceField(label=_("Which workshops"), choices=words.FILTERS, required=False)
    q = forms.CharField(label=_("Words"), max_length=100, required=False, widget=forms.SearchInput())

    def __init__(self, *args: Any, signed_in: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not signed_in:
            choices = [(value, text) for value, text in words.FILTERS if value != "mine"]
            self.fields["when"].choices = choices  # type: ignore[attr-defined]
