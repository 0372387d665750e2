"""What people say about meetings. The forms check shape; the services decide."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from collaboration.governance.queries.meeting_lists import MeetingFilters, boards_that_meet
from frontend import forms
from frontend.pages.convening import words
from frontend.pages.organising.fields import TimeField
from frontend.pages.registering.forms import Versioned
from groundwork.access.actors import Actor


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Why is it cancelled?"),
        help_text=_("Everybody who was invited reads this."),
        max_length=500,
        widget=forms.Textarea(rows=3),
    )


class FilterForm(forms.Form):
    marks_optional = False

    when = forms.ChoiceField(label=_("Which meetings"), required=False)
    board = forms.ChoiceField(label=_("Board"), required=False)
    q = forms.CharField(label=_("Words"), max_length=100, required=False, widget=forms.SearchInput())

    def __init__(self, *, actor: Actor, filters: MeetingFilters) -> None:
        super().__init__(initial=filters.asked())
        choices = MeetingFilters.WHEN.items()
        when: Any = self.fields["when"]
        when.choices = [("" if key == "upcoming" else key, text) for key, text in choices if _is_offered(key, actor)]
        board: Any = self.fields["board"]
        board.choices = [("", _("Any")), *((each.slug, each.name) for each in boards_that_meet(actor))]


def _is_offered(key: str, actor: Actor) -> bool:
    return key != "mine" or actor.is_signed_in


class MeetingForm(forms.Form):
    """When, where and for whom. Leaves ``starts_at`` and ``ends_at``."""

    title = forms.CharField(
        label=_("Title"),
        help_text=_("Leave it empty for an ordinary meeting of the board."),
        max_length=200,
        required=False,
    )
    starts_on = forms.DateField(
        label=_("Which day?"),
        what=_("The day"),
        help_text=_("For example, 27 3 2027."),
        error_messages={"required": _("Enter the day.")},
    )
    starts_time = TimeField(
        label=_("When does it start?"),
        help_text=_("For example, 14:00 or 2pm."),
        error_messages={"required": _("Enter the time it starts.")},
    )
    ends_time = TimeField(label=_("When does it end?"), error_messages={"required": _("Enter the time it ends.")})
    venue = forms.CharField(
        label=_("Where is it held?"),
        help_text=_("Room, building and town. Say how to get in without steps."),
        max_length=300,
        required=False,
    )
    link = forms.URLField(
        label=_("Address of the video call"),
        help_text=_("It is shown to the board and to those who are invited, never to the public."),
        max_length=200,
        required=False,
        assume_scheme="https",
        widget=forms.TextInput({"type": "url", "autocomplete": "off"}),
        error_messages={"invalid": _("Enter the whole address of the call, such as https://meet.example.org/hall.")},
    )
    access = forms.ChoiceField(
        label=_("Who may see it?"), choices=words.ACCESS, widget=forms.Radios(hints=words.ACCESS_HINTS)
    )
    public_may_attend = forms.BooleanField(label=_("The public may come and listen"), required=False)
    notes = forms.LongTextField(
        label=_("Notes for those who attend"),
        help_text=_("Parking, access, lunch. They go with the invitation and are not shown to the public."),
        max_length=4000,
        rows=3,
        required=False,
    )

    def __init__(self, *args: Any, levels: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = set(levels)
        kept = [(value, text) for value, text in words.ACCESS if value in offered]
        self.fields["access"].choices = kept  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        day = cleaned.get("starts_on")
        starts, ends = cleaned.get("starts_time"), cleaned.get("ends_time")
        if day and starts and ends:
            cleaned["starts_at"] = timezone.make_aware(datetime.combine(day, starts))
            cleaned["ends_at"] = timezone.make_aware(datetime.combine(day, ends))
            if cleaned["ends_at"] <= cleaned["starts_at"]:
                self.add_error("ends_time", _("It must end after it starts."))
        return cleaned

    @property
    def said(self) -> dict[str, Any]:
        """What the service takes."""
        names = ("title", "starts_at", "ends_at", "venue", "link", "access", "public_may_attend", "notes")
        return {name: self.cleaned_data[name] for name in names}


class NewMeetingForm(MeetingForm):
    """One meeting, or a series planned at once."""

    every = forms.ChoiceField(label=_("Does it repeat?"), choices=words.EVERY, required=False)
    count = forms.IntegerField(
        label=_("How many meetings?"),
        help_text=_("If it repeats: up to 24, this one included."),
        min_value=1,
        max_value=24,
        required=False,
        widget=forms.TextInput({"inputmode": "numeric"}, width=3),
        error_messages={"invalid": _("Enter a whole number, such as 6.")},
    )

    field_order = ["title", "starts_on", "starts_time", "ends_time", "every", "count"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("every") and not cleaned.get("count") and "count" not in self.errors:
            self.add_error("count", _("Enter how many meetings."))
        return cleaned


class EditMeetingForm(MeetingForm, Versioned):
    papers_due_on = forms.DateField(
        label=_("By when are papers due?"),
        what=_("The day by which papers are due"),
        help_text=_("It moves with the meeting unless you change it here."),
        required=False,
    )

    field_order = ["title", "starts_on", "starts_time", "ends_time", "papers_due_on"]

    @property
    def said(self) -> dict[str, Any]:
        return {**super().said, "papers_due_on": self.cleaned_data["papers_due_on"]}


class ItemForm(forms.Form):
    """One item of an agenda."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, required=False)
    title = forms.CharField(label=_("Title"), max_length=200)
    purpose = forms.ChoiceField(
        label=_("What is it for?"), choices=words.PURPOSES, widget=forms.Radios, initial="discussion"
    )
    minutes = forms.IntegerField(
        label=_("How many minutes?"),
        help_text=_("0 for no timing."),
        min_value=0,
        max_value=600,
        initial=10,
        widget=forms.TextInput({"inputmode": "numeric"}, width=3),
        error_messages={"invalid": _("Minutes must be a whole number, such as 10.")},
    )
    owner_name = forms.CharField(label=_("Who speaks to it?"), max_length=120, required=False)
    owner_organisation = forms.ChoiceField(label=_("For which organisation?"), required=False)
    text = forms.LongTextField(label=_("What is it about?"), max_length=4000, rows=4, required=False)
    kind = forms.ChoiceField(label=_("What kind of item is it?"), choices=words.KINDS, initial="item")
    exempt = forms.BooleanField(
        label=_("It is exempt: the public does not see it"),
        help_text=_("They see in its place that there is an exempt item, and why."),
        required=False,
    )
    exempt_reason = forms.CharField(
        label=_("Why is it exempt?"),
        help_text=_("Shown to the public. For example: information about the pay of one person."),
        max_length=300,
        required=False,
    )
    access = forms.ChoiceField(label=_("Who may see it?"), required=False)

    def __init__(self, *args: Any, organisations: Iterable[Any], levels: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organisations = {each.slug: each for each in organisations}
        offered = set(levels)
        self.fields["owner_organisation"].choices = [  # type: ignore[attr-defined]
            ("", _("Nobody in particular")),
            *((slug, each.name) for slug, each in self.organisations.items()),
        ]
        self.fields["access"].choices = [  # type: ignore[attr-defined]
            ("", _("Whoever sees the meeting")),
            *((value, text) for value, text in words.ACCESS if value in offered),
        ]

    @property
    def said(self) -> dict[str, Any]:
        said = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        said["owner_organisation"] = self.organisations.get(said["owner_organisation"])
        return said


class PaperForm(forms.Form):
    """A paper: asked for, written here, or lying elsewhere."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, required=False)
    title = forms.CharField(label=_("Title"), max_length=200)
    asked_of = forms.ChoiceField(
        label=_("Who is asked for it?"),
        help_text=_("They are told by email, and reminded before it is due. Choose nobody if you have the paper."),
        required=False,
    )
    item = forms.ChoiceField(label=_("To which item does it belong?"), required=False)
    body = forms.LongTextField(
        label=_("The paper"),
        help_text=_("Plain text or Markdown: # for a heading, - for a list, **bold**. It is shown as a page."),
        max_length=100_000,
        rows=16,
        required=False,
    )
    link = forms.URLField(
        label=_("Or the address where it lies"),
        max_length=200,
        required=False,
        assume_scheme="https",
        widget=forms.TextInput({"type": "url", "autocomplete": "off"}),
        error_messages={"invalid": _("Enter the whole address, such as https://example.org/paper.")},
    )
    exempt = forms.BooleanField(label=_("It is exempt: the public does not see it"), required=False)
    exempt_reason = forms.CharField(
        label=_("Why is it exempt?"), help_text=_("Shown to the public."), max_length=300, required=False
    )

    def __init__(
        self, *args: Any, items: Iterable[Any], people: Iterable[tuple[str, str]] | None, runs: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.items = {str(each.uuid): each for each in items}
        self.fields["item"].choices = [  # type: ignore[attr-defined]
            ("", _("To none")),
            *((key, f"{number}. {each.title}") for number, (key, each) in enumerate(self.items.items(), start=1)),
        ]
        if people is None:
            del self.fields["asked_of"]
        else:
            self.fields["asked_of"].choices = [("", _("Nobody: it is here")), *people]  # type: ignore[attr-defined]
        if not runs:
            del self.fields["item"]

    @property
    def said(self) -> dict[str, Any]:
        said = {name: value for name, value in self.cleaned_data.items() if name not in ("version", "asked_of")}
        if "item" in said:
            said["item"] = self.items.get(said["item"])
        return said


class NamedForm(Versioned):
    """Who may see a meeting or an item that is for named people."""

    people = forms.MultipleChoiceField(
        label=_("Who sees it?"),
        help_text=_("The chair and the secretaries always do."),
        required=False,
        widget=forms.Checkboxes,
    )
    others = forms.CharField(
        label=_("Somebody else"),
        help_text=_("Name or email address of somebody with an account here, one to a line."),
        max_length=5000,
        required=False,
        widget=forms.Textarea(rows=3),
    )

    def __init__(self, *args: Any, offered: Iterable[tuple[int, str, bool]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["people"]
        field.choices = [(str(pk), words) for pk, words, _named in offered]
        field.initial = [str(pk) for pk, _words, is_named in offered if is_named]
        if not field.choices:
            del self.fields["people"]

    @property
    def said(self) -> dict[str, Any]:
        chosen = self.cleaned_data.get("people", [])
        return {
            "people": [int(each) for each in chosen],
            "others": self.cleaned_data["others"],
            "version": self.cleaned_data["version"],
        }


class GuestForm(forms.Form):
    email = forms.EmailField(
        label=_("Email address"),
        max_length=254,
        widget=forms.TextInput({"type": "email", "autocomplete": "off", "spellcheck": "false"}),
    )
    name = forms.CharField(label=_("Name"), max_length=120, required=False)


class AnswerForm(forms.Form):
    answer = forms.ChoiceField(
        label=_("Are you coming?"),
        choices=[("yes", _("Yes")), ("maybe", _("Perhaps")), ("no", _("No")), ("deputy", _("No, my deputy comes"))],
        widget=forms.Radios,
    )

    def __init__(self, *args: Any, deputies: Iterable[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = list(deputies)
        field = self.fields["answer"]
        if names:
            hint = _("%(names)s is invited at once.") % {"names": ", ".join(names)}
            field.widget.hints = {"deputy": hint}
        else:
            field.choices = [each for each in field.choices if each[0] != "deputy"]  # type: ignore[attr-defined]
