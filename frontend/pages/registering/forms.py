"""The sections' forms. They check shape; the services decide."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _

from frontend import forms
from groundwork.directory import queries as directory
from vision.frameworks import queries as frameworks

MAIN_STRANDS = 3
STAGES = (
    ("idea", _("Idea"), _("Somebody has thought of it. Nothing is agreed.")),
    ("proposed", _("Proposed"), _("It is written down and partners are being asked.")),
    ("active", _("Active"), _("It is happening.")),
    ("paused", _("Paused"), _("It has stopped for now.")),
    ("completed", _("Completed"), _("It did what it set out to do.")),
    ("ended", _("Ended early"), _("It stopped before that.")),
)
SCALES = (
    ("neighbourhood", _("Neighbourhood")),
    ("town", _("Town or parish")),
    ("district", _("District, borough or city")),
    ("several", _("Several districts")),
    ("county", _("Whole county")),
)
ROLES = (
    ("", _("Not stated")),
    ("lead", _("Lead")),
    ("delivery", _("Delivery")),
    ("funder", _("Funder")),
    ("adviser", _("Adviser")),
    ("host", _("Host")),
)


class Versioned(forms.Form):
    """Carries the version that was on the page, so that two people's changes never silently replace each other."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class StartForm(forms.Form):
    title = forms.CharField(
        label=_("What is it called?"),
        help_text=_("The name partners know it by. You can change it later."),
        max_length=200,
    )


class AboutForm(Versioned):
    title = forms.CharField(label=_("Title"), max_length=200)
    summary = forms.LongTextField(
        label=_("What is being done, in plain words?"),
        help_text=_("Who does what for whom. Write it for somebody who has never heard of it."),
        max_length=4000,
        rows=6,
    )
    difference = forms.LongTextField(
        label=_("What difference should it make?"),
        help_text=_("What will be better for people here if it works."),
        max_length=2000,
        rows=4,
        required=False,
    )
    stage = forms.ChoiceField(
        label=_("What stage is it at?"),
        choices=[(code, label) for code, label, _hint in STAGES],
        widget=forms.Radios(hints={code: hint for code, _label, hint in STAGES}),
    )
    starts_on = forms.DateField(
        label=_("When did it start, or when will it?"),
        what=_("The start"),
        required=False,
        help_text=_("For example, 1 4 2026. Leave it empty if it is not known."),
    )
    ends_on = forms.DateField(label=_("When does it end?"), what=_("The end"), required=False)


def _strands_by_ambition() -> list[tuple[str, list[tuple[str, str]]]]:
    found = groupby(frameworks.strands(), key=lambda strand: strand.parent)
    return [
        (ambition.display_title, [(strand.code, strand.display_title) for strand in strands])
        for ambition, strands in found
    ]


class AmbitionsForm(Versioned):
    """One to three main strands, each with a sentence; any number of others."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        grouped = _strands_by_ambition()
        super().__init__(*args, **kwargs)
        titles = (_("Main strand"), _("Second main strand"), _("Third main strand"))
        for number, title in enumerate(titles, start=1):
            self.fields[f"main_{number}"] = forms.ChoiceField(
                label=title,
                choices=[("", _("Choose a strand") if number == 1 else _("None")), *grouped],
                required=number == 1,
                error_messages={"required": _("Choose the strand that this work answers to most.")},
            )
            self.fields[f"contribution_{number}"] = forms.CharField(
                label=_("What does it add to this? One sentence"),
                max_length=500,
                required=number == 1,
                error_messages={"required": _("Write one sentence on what the work adds to its main strand.")},
            )
        self.fields["strands"] = forms.MultipleChoiceField(
            label=_("Does it also touch any of these?"),
            choices=[choice for _ambition, strands in grouped for choice in strands],
            widget=forms.Checkboxes(small=True),
            required=False,
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        chosen = [cleaned.get(f"main_{number}") for number in range(1, MAIN_STRANDS + 1)]
        for number in range(2, MAIN_STRANDS + 1):
            strand, sentence = cleaned.get(f"main_{number}"), cleaned.get(f"contribution_{number}")
            if strand and strand in chosen[: number - 1]:
                self.add_error(f"main_{number}", _("This strand is already chosen above. Choose another, or none."))
            if strand and not sentence and f"contribution_{number}" not in self.errors:
                self.add_error(f"contribution_{number}", _("Write one sentence on what the work adds to this strand."))
            if sentence and not strand and f"main_{number}" not in self.errors:
                self.add_error(f"main_{number}", _("Choose the strand that this sentence is about."))
        return cleaned

    @property
    def main(self) -> list[tuple[str, str]]:
        return [
            (self.cleaned_data[f"main_{number}"], self.cleaned_data[f"contribution_{number}"])
            for number in range(1, MAIN_STRANDS + 1)
            if self.cleaned_data[f"main_{number}"]
        ]


class BlocksForm(Versioned):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        blocks = list(frameworks.building_blocks())
        self.fields["blocks"] = forms.MultipleChoiceField(
            label=_("Which building blocks does this work show or need?"),
            help_text=_("Choose those that somebody could learn from here."),
            choices=[(block.code, block.display_title) for block in blocks],
            widget=forms.Checkboxes(hints={block.code: block.summary or "" for block in blocks}),
            required=False,
        )


class CommitmentsForm(Versioned):
    """Elements of the frameworks that are neither the vision nor the building blocks, one field for each framework."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for framework in frameworks.frameworks().exclude(part__in=("vision", "building-blocks")):
            choices = [
                (element.code, f"{'– ' * element.depth}{element.display_title}")
                for element in frameworks.elements_for_choice(framework)
                if element.kind != "principle"
            ]
            if choices:
                self.fields[f"of_{framework.key}"] = forms.MultipleChoiceField(
                    label=framework.title, choices=choices, widget=forms.Checkboxes(small=True), required=False
                )

    @property
    def codes(self) -> list[str]:
        return [code for name, codes in self.cleaned_data.items() if name.startswith("of_") for code in codes]


class PlacesForm(Versioned):
    scale = forms.ChoiceField(label=_("How large an area does it work in?"), choices=SCALES, widget=forms.Radios)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["areas"] = forms.MultipleChoiceField(
            label=_("Where?"),
            help_text=_("Choose all that apply. Leave it empty if it is not known."),
            choices=[(area.code, area.name) for area in directory.areas()],
            widget=forms.Checkboxes(small=True),
            required=False,
        )


def organisation_choices(empty: Any, *, groups: bool) -> list[tuple[str, Any]]:
    """Organisations by sector for a select; ``groups`` adds those that stand for many ("Schools")."""
    found: Iterable[Any] = directory.organisations().order_by("sector__order", "sector__title", "name")
    if not groups:
        found = (organisation for organisation in found if not organisation.is_group)
    return [
        ("", empty),
        *(
            (sector.title, [(o.slug, o.name) for o in members])
            for sector, members in groupby(found, key=lambda organisation: organisation.sector)
        ),
    ]


class LeadForm(Versioned):
    def __init__(self, *args: Any, choices: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lead"] = forms.ChoiceField(
            label=_("Which organisation leads it?"),
            help_text=_("If it is not yours, it is asked to confirm."),
            choices=choices,
            required=False,
        )


class PartnerForm(forms.Form):
    marks_optional = False

    def __init__(self, *args: Any, choices: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"] = forms.ChoiceField(label=_("Organisation"), choices=choices, required=False)
        self.fields["role"] = forms.ChoiceField(label=_("Its part"), choices=ROLES, required=False)
        self.fields["contribution"] = forms.CharField(
            label=_("What it brings"), max_length=500, required=False, help_text=_("For example: two vehicles.")
        )
        self.fields["since"] = forms.DateField(label=_("Since when"), what=_("The day it joined"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        said = any(cleaned.get(name) for name in ("role", "contribution", "since"))
        if said and not cleaned.get("organisation") and "organisation" not in self.errors:
            self.add_error("organisation", _("Choose the organisation, or empty the whole line."))
        return cleaned


class FundingForm(forms.Form):
    marks_optional = False

    amount = forms.DecimalField(
        label=_("Amount"),
        max_digits=14,
        decimal_places=2,
        min_value=0,
        required=False,
        widget=forms.TextInput(width=10, prefix="£"),
        help_text=_("Leave it empty if it is not public or not known."),
    )
    period_from = forms.DateField(label=_("From"), what=_("The first day"), required=False)
    period_to = forms.DateField(label=_("To"), what=_("The last day"), required=False)

    field_order = ("amount", "source", "source_name", "period_from", "period_to")

    def __init__(self, *args: Any, choices: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"] = forms.ChoiceField(label=_("From which organisation?"), choices=choices, required=False)
        self.fields["source_name"] = forms.CharField(
            label=_("If it is not in the list, its name"), max_length=200, required=False
        )
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("period_from"), cleaned.get("period_to")
        if first and last and last < first:
            self.add_error("period_to", _("The last day must be on or after the first day."))
        stated = any(cleaned.get(name) not in (None, "") for name in ("amount", "source", "source_name"))
        if (first or last) and not stated and not self.errors:
            self.add_error("amount", _("Enter the amount or where the money comes from, or empty the dates."))
        return cleaned


class TakingPartForm(Versioned):
    participation = forms.LongTextField(
        label=_("How do people who live here take part in it?"),
        help_text=_("Who decides, designs, runs or checks it together with you. “Not yet” is an answer too."),
        max_length=2000,
        rows=4,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        principles = [(p.code, p.display_title) for p in frameworks.principles()]
        if principles:
            self.fields["principles"] = forms.MultipleChoiceField(
                label=_("Which principles does it follow?"),
                choices=principles,
                widget=forms.Checkboxes(small=True),
                required=False,
            )


class ContactForm(Versioned):
    contact_role = forms.CharField(
        label=_("Who can be asked about it?"),
        help_text=_("A role, not a name: Transport coordinator."),
        max_length=120,
    )
    contact_email = forms.EmailField(
        label=_("Email address of a team"),
        help_text=_("Shown on the page. Use a shared address, not a person’s own."),
        max_length=254,
        required=False,
        widget=forms.TextInput({"type": "email", "autocomplete": "off"}),
    )
    intended_visibility = forms.ChoiceField(
        label=_("Who may see it once it is published?"),
        choices=[("public", _("Everyone")), ("partners", _("Partners only"))],
        widget=forms.Radios(
            hints={
                "public": _("Residents, partners and other systems. Choose this unless there is a reason not to."),
                "partners": _("People signed in for an organisation of the place."),
            }
        ),
    )


EXTRA_LINES = 3
MOST_LINES = 60


def partner_lines(*, choices: list[tuple[str, Any]], **kwargs: Any) -> BaseFormSet[PartnerForm]:
    lines = formset_factory(
        PartnerForm, extra=EXTRA_LINES, can_delete=True, max_num=MOST_LINES, absolute_max=MOST_LINES
    )
    return lines(form_kwargs={"choices": choices}, prefix="partner", **kwargs)


def funding_lines(*, choices: list[tuple[str, Any]], **kwargs: Any) -> BaseFormSet[FundingForm]:
    lines = formset_factory(FundingForm, extra=2, can_delete=True, max_num=MOST_LINES, absolute_max=MOST_LINES)
    return lines(form_kwargs={"choices": choices}, prefix="funding", **kwargs)
