"""The sections of the task list: for each its form, what is in it now, and the service that saves it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.forms import BaseFormSet
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from collaboration.initiatives.services import registering
from frontend.pages.registering import forms
from groundwork.access.actors import Actor


class Editing:
    """An initiative that somebody is changing, with what its sections need to know about it."""

    def __init__(self, actor: Actor, initiative: Any) -> None:
        self.actor, self.initiative = actor, initiative

    @cached_property
    def alignments(self) -> list[Any]:
        return list(self.initiative.alignments.select_related("element__framework"))

    def codes(self, part: str | None = None, *, kind: str | None = None) -> list[str]:
        """The codes of the elements it answers to, of the framework that plays ``part`` or of a kind."""
        return [
            a.element.code
            for a in self.alignments
            if (part is None or a.element.framework.part == part) and (kind is None or a.element.kind == kind)
        ]

    @property
    def main(self) -> list[tuple[str, str]]:
        return [(a.element.code, a.contribution) for a in self.alignments if a.is_main]

    @property
    def strands(self) -> list[str]:
        main = {code for code, _sentence in self.main}
        return [code for code in self.codes("vision") if code not in main]

    @property
    def principles(self) -> list[str]:
        return self.codes(kind="principle")

    @property
    def commitments(self) -> list[str]:
        """Everything else it answers to: neither the vision, nor the building blocks, nor a principle."""
        return [
            a.element.code
            for a in self.alignments
            if a.element.framework.part not in ("vision", "building-blocks") and a.element.kind != "principle"
        ]

    def align(self, version: int, **changes: Any) -> Any:
        """Save the alignment with ``changes``, the rest as it is."""
        now: dict[str, Any] = {
            "main": self.main,
            "strands": self.strands,
            "blocks": self.codes("building-blocks"),
            "elements": self.commitments,
        }
        return registering.save_alignment(
            actor=self.actor, initiative=self.initiative, version=version, **(now | changes)
        )


@dataclass(frozen=True, kw_only=True)
class Page:
    """One section's page while somebody is on it: a form, perhaps with lines below it."""

    form: Any
    lines: BaseFormSet[Any] | None = None

    def is_valid(self) -> bool:
        # Both are asked, so that every mistake is shown at once.
        return all([self.form.is_valid(), self.lines is None or self.lines.is_valid()])

    @property
    def kept_lines(self) -> list[dict[str, Any]]:
        """The valid lines, without those to take out."""
        lines = self.lines.forms if self.lines is not None else []
        return [line.cleaned_data for line in lines if not line.cleaned_data.get("DELETE")]

    @property
    def line_errors(self) -> list[dict[str, str]]:
        """The mistakes in the lines, for the summary at the top of the page."""
        if self.lines is None or not self.lines.is_bound:
            return []
        found = [{"text": str(error), "href": ""} for error in self.lines.non_form_errors()]
        for number, line in enumerate(self.lines.forms, start=1):
            for name, errors in line.errors.items():
                href = f"#{line[name].error_anchor}" if name in line.fields else ""
                # A line that has a title on the page is called by it.
                where = getattr(line, "title", "") or _("Line %(number)s") % {"number": number}
                found += [
                    {"text": _("%(where)s: %(error)s") % {"where": where, "error": error}, "href": href}
                    for error in errors
                ]
        return found


Filled = Callable[[Editing, QueryDict | None], Page]
Save = Callable[[Editing, Page, int], Any]


@dataclass(frozen=True, kw_only=True)
class Section:
    """A section's address, words, form and service."""

    key: str
    title: Any
    fill: Filled
    save: Save
    help: Any = ""
    completed_by: str = ""

    @property
    def completes(self) -> str:
        """The key of the register's own section that says whether this one is complete."""
        return self.completed_by or self.key


def _version(editing: Editing) -> dict[str, Any]:
    return {"version": editing.initiative.version}


def _about(editing: Editing, data: QueryDict | None) -> Page:
    names = ("title", "summary", "difference", "stage", "starts_on", "ends_on")
    return Page(
        form=forms.AboutForm(
            data, initial=_version(editing) | {name: getattr(editing.initiative, name) for name in names}
        )
    )


def _save_about(editing: Editing, page: Page, version: int) -> Any:
    said = {name: value for name, value in page.form.cleaned_data.items() if name != "version"}
    return registering.save_about(
        actor=editing.actor,
        initiative=editing.initiative,
        version=version,
        **said,
    )


def _ambitions(editing: Editing, data: QueryDict | None) -> Page:
    initial = _version(editing) | {"strands": editing.strands}
    for number, (code, sentence) in enumerate(editing.main, start=1):
        initial |= {f"main_{number}": code, f"contribution_{number}": sentence}
    return Page(form=forms.AmbitionsForm(data, initial=initial))


def _save_ambitions(editing: Editing, page: Page, version: int) -> Any:
    main = page.form.main
    chosen = {code for code, _sentence in main}
    others = [code for code in page.form.cleaned_data["strands"] if code not in chosen]
    return editing.align(version, main=main, strands=others)


def _blocks(editing: Editing, data: QueryDict | None) -> Page:
    return Page(form=forms.BlocksForm(data, initial=_version(editing) | {"blocks": editing.codes("building-blocks")}))


def _save_blocks(editing: Editing, page: Page, version: int) -> Any:
    return editing.align(version, blocks=page.form.cleaned_data["blocks"])


def _commitments(editing: Editing, data: QueryDict | None) -> Page:
    form = forms.CommitmentsForm(data, initial=_version(editing))
    chosen = set(editing.commitments)
    for name, field in form.fields.items():
        if name.startswith("of_"):
            field.initial = [code for code, _title in field.choices if code in chosen]  # type: ignore[attr-defined]
    return Page(form=form)


def _save_commitments(editing: Editing, page: Page, version: int) -> Any:
    return editing.align(version, elements=page.form.codes)


def _places(editing: Editing, data: QueryDict | None) -> Page:
    initial = {"scale": editing.initiative.scale, "areas": [area.code for area in editing.initiative.areas.all()]}
    return Page(form=forms.PlacesForm(data, initial=_version(editing) | initial))


def _save_places(editing: Editing, page: Page, version: int) -> Any:
    return registering.save_places(
        actor=editing.actor,
        initiative=editing.initiative,
        version=version,
        areas=page.form.cleaned_data["areas"],
        scale=page.form.cleaned_data["scale"],
    )


def _partners(editing: Editing, data: QueryDict | None) -> Page:
    initiative = editing.initiative
    named = [p for p in initiative.partners.select_related("organisation") if p.valid_to is None]
    # Whoever registers something mostly leads it; the form says so until somebody says otherwise.
    lead = initiative.lead or (None if initiative.is_published or data else initiative.owner)
    return Page(
        form=forms.LeadForm(
            data,
            initial=_version(editing) | {"lead": lead.slug if lead else ""},
            choices=forms.organisation_choices(_("Not stated"), groups=False),
        ),
        lines=forms.partner_lines(
            data=data,
            initial=[
                {
                    "organisation": p.organisation.slug,
                    "role": p.role,
                    "contribution": p.contribution,
                    "since": p.valid_from,
                }
                for p in named
                if p.organisation_id != initiative.lead_id or p.role != "lead"
            ],
            choices=forms.organisation_choices(_("Choose an organisation"), groups=True),
        ),
    )


def _save_partners(editing: Editing, page: Page, version: int) -> Any:
    return registering.save_partners(
        actor=editing.actor,
        initiative=editing.initiative,
        version=version,
        lead=page.form.cleaned_data["lead"] or None,
        partners=[
            registering.PartnerInput(
                organisation=line["organisation"],
                role=line["role"],
                contribution=line["contribution"],
                since=line["since"],
            )
            for line in page.kept_lines
            if line.get("organisation")
        ],
    )


def _funding(editing: Editing, data: QueryDict | None) -> Page:
    initial = [
        {
            "amount": line.amount,
            "source": line.source_organisation.slug if line.source_organisation else "",
            "source_name": line.source_name,
            "period_from": line.period_from,
            "period_to": line.period_to,
        }
        for line in editing.initiative.funding.select_related("source_organisation")
    ]
    return Page(
        form=forms.Versioned(data, initial=_version(editing)),
        lines=forms.funding_lines(
            data=data, initial=initial, choices=forms.organisation_choices(_("Not in the list"), groups=False)
        ),
    )


def _save_funding(editing: Editing, page: Page, version: int) -> Any:
    stated = ("amount", "source", "source_name")
    return registering.save_funding(
        actor=editing.actor,
        initiative=editing.initiative,
        version=version,
        lines=[
            registering.FundingInput(
                amount=line.get("amount"),
                source=line.get("source") or None,
                source_name=line.get("source_name", ""),
                period_from=line.get("period_from"),
                period_to=line.get("period_to"),
            )
            for line in page.kept_lines
            if any(line.get(name) not in (None, "") for name in stated)
        ],
    )


def _participation(editing: Editing, data: QueryDict | None) -> Page:
    initial = {"participation": editing.initiative.participation, "principles": editing.principles}
    return Page(form=forms.TakingPartForm(data, initial=_version(editing) | initial))


def _save_participation(editing: Editing, page: Page, version: int) -> Any:
    return registering.save_participation(
        actor=editing.actor,
        initiative=editing.initiative,
        version=version,
        participation=page.form.cleaned_data["participation"],
        principles=page.form.cleaned_data.get("principles"),
    )


def _contact(editing: Editing, data: QueryDict | None) -> Page:
    names = ("contact_role", "contact_email", "intended_visibility")
    return Page(
        form=forms.ContactForm(
            data, initial=_version(editing) | {name: getattr(editing.initiative, name) for name in names}
        )
    )


def _save_contact(editing: Editing, page: Page, version: int) -> Any:
    said = {name: value for name, value in page.form.cleaned_data.items() if name != "version"}
    return registering.save_contact(actor=editing.actor, initiative=editing.initiative, version=version, **said)


SECTIONS = (
    Section(key="about", title=_("About the work"), fill=_about, save=_save_about),
    Section(
        key="ambitions",
        title=_("Ambitions it answers to"),
        completed_by="alignment",
        help=_("Choose one to three strands that it answers to most, and say in a sentence what it adds."),
        fill=_ambitions,
        save=_save_ambitions,
    ),
    Section(key="blocks", title=_("Building blocks"), fill=_blocks, save=_save_blocks),
    Section(key="places", title=_("Places"), fill=_places, save=_save_places),
    Section(
        key="partners",
        title=_("Lead and partners"),
        help=_(
            "Every organisation that you name is asked to confirm once the initiative is published. Groups such as "
            "“Schools” are shown as groups and not asked."
        ),
        fill=_partners,
        save=_save_partners,
    ),
    Section(key="funding", title=_("Money"), fill=_funding, save=_save_funding),
    Section(key="participation", title=_("How people take part"), fill=_participation, save=_save_participation),
    Section(
        key="commitments",
        title=_("Commitments and other strategies"),
        help=_("If the work delivers something that a strategy promises, choose it. You can leave this empty."),
        fill=_commitments,
        save=_save_commitments,
    ),
    Section(key="contact", title=_("Contact and who may see it"), fill=_contact, save=_save_contact),
)
BY_KEY = {section.key: section for section in SECTIONS}
OPTIONAL: dict[str, Callable[[Editing], list[str]]] = {
    "blocks": lambda editing: editing.codes("building-blocks"),
    "commitments": lambda editing: editing.commitments,
}
"""Sections that the register asks nothing of, and what is in them."""
BY_COMPLETION = {section.completes: section for section in SECTIONS if section.key not in OPTIONAL}
