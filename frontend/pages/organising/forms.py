"""The forms of the sections of a plan. They check shape; the services decide."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.forms import BaseFormSet, formset_factory
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from frontend import forms
from frontend.pages.organising import words
from frontend.pages.organising.fields import TimeField
from frontend.pages.registering.forms import Versioned
from vision.frameworks import queries as frameworks

EXTRA_COLUMNS = 2
MOST_COLUMNS = 50
MOST_MINUTES = 24 * 60


class TemplateForm(forms.Form):
    """Which of the templates to begin with."""

    def __init__(self, *args: Any, templates: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        listed = list(templates)
        self.fields["template"] = forms.ChoiceField(
            label=_("What is the workshop for?"),
            choices=[(template.key, template.title) for template in listed],
            widget=forms.Radios(hints={template.key: template.purpose for template in listed}),
            error_messages={
                "required": _("Choose a template. Everything in it can be changed."),
                "invalid_choice": _("There is no such template. Choose one of those listed."),
            },
        )


class TitleForm(forms.Form):
    title = forms.CharField(
        label=_("What is the workshop called?"),
        help_text=_("People see it on the poster and in the invitation. You can change it later."),
        max_length=200,
    )


class AboutForm(Versioned):
    title = forms.CharField(label=_("Title"), max_length=200)
    purpose = forms.LongTextField(
        label=_("What is it for?"),
        help_text=_("What will happen with what people say. They read this before they join."),
        max_length=2000,
        rows=4,
        required=False,
    )
    prompt = forms.LongTextField(
        label=_("The question on the board"),
        help_text=_("One question that everybody writes about. Short enough to read from the back of a hall."),
        max_length=1000,
        rows=3,
        required=False,
    )
    visibility = forms.ChoiceField(
        label=_("Who may know of the workshop and read its report?"),
        choices=words.VISIBILITIES,
        widget=forms.Radios(hints=words.VISIBILITY_HINTS),
    )
    sensitive = forms.BooleanField(
        label=_("It is about something sensitive"),
        help_text=_("Mail about it then carries links only, nothing of what was said."),
        required=False,
    )


class WhenForm(Versioned):
    """A start and an end, each a day and a time on the place's own clock. Leaves ``starts_at`` and ``ends_at``."""

    starts_on = forms.DateField(
        label=_("Which day?"),
        what=_("The day"),
        required=False,
        help_text=_("For example, 27 3 2027. Leave it empty if it is not known yet."),
    )
    starts_time = TimeField(label=_("When does it start?"), help_text=_("For example, 14:00 or 2pm."), required=False)
    ends_time = TimeField(label=_("When does it end?"), required=False)
    ends_on = forms.DateField(
        label=_("If it ends on another day, which?"),
        what=_("The last day"),
        required=False,
        help_text=_("A board can stay open for a week. Leave it empty if it ends on the same day."),
    )
    venue = forms.CharField(
        label=_("Where is it held?"),
        help_text=_("Room, building and town. Say how to get in without steps."),
        max_length=300,
        required=False,
    )
    link = forms.URLField(
        label=_("Address of the video call"),
        help_text=_("If people can join online. It is shown to those who are invited or take part."),
        max_length=200,
        required=False,
        assume_scheme="https",
        widget=forms.TextInput({"type": "url", "autocomplete": "off"}),
        error_messages={"invalid": _("Enter the whole address of the call, such as https://meet.example.org/hall.")},
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        starts_on, starts_time = cleaned.get("starts_on"), cleaned.get("starts_time")
        ends_on, ends_time = cleaned.get("ends_on"), cleaned.get("ends_time")
        if self.errors:
            return cleaned
        if (starts_time or ends_time or ends_on) and not starts_on:
            self.add_error("starts_on", _("Enter the day, or empty the times."))
        elif starts_on and not starts_time:
            self.add_error("starts_time", _("Enter the time it starts."))
        elif ends_on and not ends_time:
            self.add_error("ends_time", _("Enter the time it ends on that day."))
        if self.errors:
            return cleaned
        cleaned["starts_at"] = _moment(starts_on, starts_time)
        cleaned["ends_at"] = _moment(ends_on or starts_on, ends_time)
        if cleaned["ends_at"] and cleaned["ends_at"] <= cleaned["starts_at"]:
            self.add_error("ends_on" if ends_on else "ends_time", _("It must end after it starts."))
        return cleaned


def _moment(day: Any, hour: Any) -> datetime | None:
    """A day and a time on the place's clock as one instant; None where either is missing."""
    return timezone.make_aware(datetime.combine(day, hour)) if day and hour else None


ELEMENTS = ("ambitions", "blocks", "principles")


class SubjectsForm(Versioned):
    """What the workshop inquires into: elements by framework, whole frameworks, initiatives by reference."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label, elements in (
            ("ambitions", _("Which ambitions?"), frameworks.ambitions()),
            ("blocks", _("Which building blocks?"), frameworks.building_blocks()),
            ("principles", _("Which principles?"), frameworks.principles()),
        ):
            choices = [(element.code, element.display_title) for element in elements]
            if choices:
                self.fields[name] = forms.MultipleChoiceField(
                    label=label, choices=choices, widget=forms.Checkboxes(small=True), required=False
                )
        self.fields["initiatives"] = forms.CharField(
            label=_("Which initiatives?"),
            help_text=_("Their references, one on a line or separated by commas: ESX-0042, ESX-0051."),
            max_length=2000,
            required=False,
            widget=forms.Textarea({"spellcheck": "false"}, rows=3),
        )
        self.fields["frameworks"] = forms.MultipleChoiceField(
            label=_("A whole strategy or framework?"),
            choices=[(framework.key, framework.title) for framework in frameworks.frameworks()],
            widget=forms.Checkboxes(small=True),
            required=False,
        )

    @property
    def offered(self) -> set[str]:
        """Codes of every element on the page, chosen or not."""
        fields = [self.fields[name] for name in ELEMENTS if name in self.fields]
        return {code for field in fields for code, _title in field.choices}  # type: ignore[attr-defined]

    @property
    def element_codes(self) -> list[str]:
        return [code for name in ELEMENTS for code in self.cleaned_data.get(name, [])]

    @property
    def references(self) -> list[str]:
        """References as typed, in capitals, each once."""
        typed = str(self.cleaned_data["initiatives"]).upper()
        return list(dict.fromkeys(typed.replace(",", " ").replace(";", " ").split()))


class StageForm(forms.Form):
    """One stage of the plan: whether it is part of it, how long, and what to remember."""

    marks_optional = False

    def __init__(self, *args: Any, stage: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stage = stage
        self.title, self.what = words.STAGES[stage]
        if stage not in words.ALWAYS_PLANNED:
            self.fields["planned"] = forms.BooleanField(label=_("Part of this workshop"), required=False, initial=True)
        self.fields["minutes"] = forms.IntegerField(
            label=_("Minutes"),
            min_value=0,
            max_value=MOST_MINUTES,
            required=False,
            widget=forms.TextInput({"inputmode": "numeric"}, width=5),
            error_messages={
                "invalid": _("Minutes must be a whole number, such as 15."),
                "max_value": _("A stage can take up to %(limit_value)s minutes, a day. Leave a longer one empty."),
                "min_value": _("Minutes must be 0 or more."),
            },
        )
        self.fields["note"] = forms.CharField(
            label=_("Reminder for facilitators"), max_length=500, required=False, widget=forms.TextInput()
        )

    @property
    def is_planned(self) -> bool:
        return self.stage in words.ALWAYS_PLANNED or bool(self.cleaned_data.get("planned"))


class Stages:
    """The eight stages as lines of one page. Looks like a formset to :class:`Page`."""

    def __init__(self, data: Any, *, plan: dict[int, tuple[int, str]]) -> None:
        self.is_bound = data is not None
        self.forms = [
            StageForm(
                data,
                stage=stage,
                prefix=f"stage-{stage}",
                initial={
                    "planned": stage in plan,
                    "minutes": plan.get(stage, (None, ""))[0],
                    "note": plan.get(stage, (0, ""))[1],
                },
            )
            for stage in words.STAGES
        ]

    def __iter__(self) -> Iterator[StageForm]:
        return iter(self.forms)

    def is_valid(self) -> bool:
        # Every line is asked, so that every mistake is shown at once.
        found = [form.is_valid() for form in self.forms]
        return all(found)

    def non_form_errors(self) -> list[str]:
        return []

    def plan(self) -> list[dict[str, Any]]:
        """Stage, minutes (0: no timing) and reminder of each stage that is part of the workshop."""
        return [
            {
                "stage": form.stage,
                "minutes": form.cleaned_data.get("minutes") or 0,
                "note": form.cleaned_data.get("note") or "",
            }
            for form in self.forms
            if form.is_planned
        ]


class ColumnForm(forms.Form):
    marks_optional = False

    title = forms.CharField(label=_("Title of the column"), max_length=200, required=False)
    prompt = forms.CharField(
        label=_("What belongs in it"),
        help_text=_("One sentence under the title."),
        max_length=1000,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("prompt") and not cleaned.get("title") and "title" not in self.errors:
            self.add_error("title", _("Give the column a title, or empty the whole line."))
        return cleaned


def column_lines(**kwargs: Any) -> BaseFormSet[ColumnForm]:
    lines = formset_factory(
        ColumnForm,
        extra=EXTRA_COLUMNS,
        can_delete=True,
        can_order=False,
        max_num=MOST_COLUMNS,
        absolute_max=MOST_COLUMNS,
    )
    return lines(prefix="column", **kwargs)


class RulesForm(Versioned):
    names = forms.ChoiceField(
        label=_("Are names shown on notes?"),
        help_text=_("It is fixed when writing begins, so that nobody is named who did not expect it."),
        choices=words.NAMES,
        widget=forms.Radios(hints=words.NAMES_HINTS),
    )
    budget = forms.IntegerField(
        label=_("How many votes has each person?"),
        min_value=1,
        max_value=100,
        widget=forms.TextInput({"inputmode": "numeric"}, width=3),
        error_messages={"invalid": _("Votes must be a whole number, such as 5.")},
    )
    most = forms.IntegerField(
        label=_("How many of them may go to one item?"),
        min_value=1,
        max_value=100,
        widget=forms.TextInput({"inputmode": "numeric"}, width=3),
        error_messages={"invalid": _("Votes must be a whole number, such as 3.")},
    )
    totals = forms.ChoiceField(
        label=_("When are the totals of the vote shown?"),
        choices=words.TOTALS,
        widget=forms.Radios(hints=words.TOTALS_HINTS),
    )
    grouping = forms.ChoiceField(label=_("Who may group notes?"), choices=words.GROUPING, widget=forms.Radios)
    has_lobby = forms.BooleanField(
        label=_("A facilitator lets each person in"),
        help_text=_("People wait in a lobby until you admit them. Use it where the code may be passed on."),
        required=False,
    )
    feedback_question = forms.CharField(
        label=_("Question at the end"),
        help_text=_("One question about the workshop itself, answered without a name."),
        max_length=200,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        budget, most = cleaned.get("budget"), cleaned.get("most")
        if budget is not None and most is not None and budget < most:
            self.add_error("most", _("One item cannot get more votes than a person has."))
        return cleaned


def minutes_of(plan: Sequence[Any]) -> int:
    """Minutes of a plan altogether."""
    return sum(stage.minutes for stage in plan)
