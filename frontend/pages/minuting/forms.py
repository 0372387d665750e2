"""What is typed while a meeting is held, and about its minutes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from collaboration.governance.services.minuting import LONGEST_MINUTE
from frontend import forms
from frontend.pages.organising.fields import TimeField

KINDS = [("note", _("Note")), ("action", _("Action")), ("decision", _("Decision"))]
WAYS = {
    "present": _("%(name)s is here"),
    "remote": _("%(name)s is here by video"),
}
ANSWERS = {
    "yes": _("Answered: coming"),
    "maybe": _("Answered: perhaps"),
    "no": _("Answered: not coming"),
    "deputy": _("Answered: sending the deputy"),
}


class MarkForm(forms.Form):
    """One thing that happens while an item is taken. ``uuid`` is the page's: sent twice it is kept once."""

    item = forms.CharField(widget=forms.HiddenInput)
    uuid = forms.CharField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(label=_("What is it?"), choices=KINDS, initial="note", widget=forms.Radios(inline=True))
    text = forms.LongTextField(label=_("What was said, agreed or decided?"), max_length=2000, rows=3)
    who = forms.CharField(
        label=_("Who does it?"),
        help_text=_("Their name if they are on this board, or an email address. They are asked to accept it."),
        max_length=254,
        required=False,
        widget=forms.TextInput({"list": "people", "autocomplete": "off"}),
    )
    due_on = forms.DateField(label=_("By when?"), what=_("The day it is due"), required=False)


class AttendanceForm(forms.Form):
    """The tick list: a box of choices for each seat, filled in from answers to the invitation until it is saved."""

    marks_optional = False

    def __init__(self, *args: Any, rows: Iterable[Any], suggest: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.left: set[str] = set()
        """Seats of which somebody was noted who does not fill them any more: an empty box says nothing of these."""
        for row in rows:
            if row.noted is not None and not _noted(row):
                self.left.add(f"seat-{row.seat.pk}")
            self.fields[f"seat-{row.seat.pk}"] = forms.ChoiceField(
                label=_label(row),
                help_text=ANSWERS.get(row.answer, ""),
                choices=_choices(row),
                initial=_noted(row) if row.noted or not suggest else _suggested(row),
                required=False,
                error_messages={"invalid_choice": _("Choose one of those offered.")},
            )

    def said(self) -> list[tuple[int, str, int | None]]:
        """Seat, state and holder of each."""
        found = []
        for name, value in self.cleaned_data.items():
            if not value and name in self.left:
                continue
            state, _colon, holder = value.partition(":")
            found.append((int(name.removeprefix("seat-")), state, int(holder) if holder else None))
        return found


def _label(row: Any) -> str:
    seat = row.seat
    return f"{seat.organisation.name}, {seat.title}" if seat.title else str(seat.organisation.name)


def _choices(row: Any) -> list[tuple[str, Any]]:
    offered: list[tuple[str, Any]] = [("", _("Not noted"))]
    for holder in (row.holder, *row.deputies):
        if holder is None:
            continue
        name = holder.person.display_name
        if holder.kind == "deputy":
            name = _now("%(name)s, the deputy,") % {"name": name}
        offered += [(f"{state}:{holder.pk}", words % {"name": name}) for state, words in WAYS.items()]
    return [*offered, ("apologies", _("Apologies")), ("absent", _("Absent"))]


def _noted(row: Any) -> str:
    if row.noted is None:
        return ""
    if not row.noted.is_present:
        return str(row.noted.state)
    people = [each for each in (row.holder, *row.deputies) if each is not None]
    holder = next((each for each in people if each.person_id == row.noted.person_id), None)
    return f"{row.noted.state}:{holder.pk}" if holder else ""


def _suggested(row: Any) -> str:
    if row.answer == "yes" and row.holder is not None:
        return f"present:{row.holder.pk}"
    if row.answer == "deputy" and row.deputies:
        return f"present:{row.deputies[0].pk}"
    return "apologies" if row.answer == "no" else ""


class GuestForm(forms.Form):
    name = forms.CharField(
        label=_("Name of a guest"), help_text=_("As it is minuted, with who they come from."), max_length=120
    )


class MomentForm(forms.Form):
    """When somebody left or came back, where it is not now."""

    when = TimeField(
        label=_("When did they leave or come back?"),
        help_text=_("For example, 14:30. Leave it empty while the meeting goes on if it is now."),
        required=False,
    )

    def moment(self, meeting: Any) -> datetime | None:
        """The time on the day of the meeting, by the place's clock; None: now."""
        clock = self.cleaned_data["when"]
        if clock is None:
            return None
        began = timezone.localtime(meeting.started_at or meeting.starts_at)
        return timezone.make_aware(datetime.combine(began.date(), clock))


class MinuteForm(forms.Form):
    text = forms.LongTextField(
        label=_("What the minutes say"),
        help_text=_("An empty line begins a paragraph; a line that begins with - is a point of a list."),
        max_length=LONGEST_MINUTE,
        rows=14,
        required=False,
    )


class CorrectionForm(MinuteForm):
    why = forms.CharField(
        label=_("What was wrong?"),
        help_text=_("In a sentence. It is shown with the day, to everybody who may read this item."),
        max_length=500,
    )


class SummaryForm(forms.Form):
    summary = forms.LongTextField(
        label=_("Summary"),
        help_text=_("For everybody who may read the minutes. Leave out what belongs to exempt items."),
        max_length=4000,
        rows=8,
        required=False,
    )


class CirculateForm(forms.Form):
    comments_until = forms.DateField(
        label=_("Until when can people comment?"), what=_("The day until which people can comment")
    )


class CommentForm(forms.Form):
    item = forms.ChoiceField(label=_("What is it about?"), required=False)
    text = forms.LongTextField(label=_("Your comment"), max_length=2000, rows=5)

    def __init__(self, *args: Any, items: Iterable[Any] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("The minutes as a whole"))]
        self.fields["item"].choices = [*choices, *((str(i.uuid), f"{n}. {i.title}") for n, i in items)]  # type: ignore[attr-defined]


class SettleForm(forms.Form):
    answer = forms.CharField(label=_("What came of it?"), max_length=500)


class ApproveForm(forms.Form):
    approved_in = forms.ChoiceField(label=_("In which meeting were they approved?"), required=False)

    def __init__(self, *args: Any, meetings: Iterable[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [("", _("Not in a meeting: by correspondence"))]
        self.fields["approved_in"].choices = [*offered, *meetings]  # type: ignore[attr-defined]
