"""The sections of a plan: for each its form, what is in it now, the service that saves it, and its answers to check."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from collaboration.initiatives import queries as initiatives
from collaboration.workshops import services
from frontend.pages.organising import forms, words
from frontend.pages.registering.forms import Versioned
from frontend.pages.registering.sections import Page
from frontend.templatetags.organising import lasting, when
from groundwork.access.actors import Actor
from groundwork.access.errors import Invalid


class Planning:
    """A workshop that somebody plans, with what its sections need to know about it."""

    def __init__(self, actor: Actor, workshop: Any) -> None:
        self.actor, self.workshop = actor, workshop

    @cached_property
    def plan(self) -> list[Any]:
        return list(self.workshop.plan.all())

    @cached_property
    def elements(self) -> list[Any]:
        return list(self.workshop.elements.select_related("framework"))

    @cached_property
    def frameworks(self) -> list[Any]:
        return list(self.workshop.frameworks.all())

    @cached_property
    def initiatives(self) -> list[Any]:
        """Those the actor may see: a draft of somebody else is named to nobody."""
        return list(initiatives.visible_to(self.actor).filter(workshops=self.workshop).order_by("reference"))

    def codes(self, part: str = "", *, kind: str = "") -> list[str]:
        """Codes of the elements it inquires into, of the framework that plays ``part`` or of a kind."""
        return [
            element.code
            for element in self.elements
            if (not part or element.framework.part == part) and (not kind or element.kind == kind)
        ]


Rows = list[tuple[Any, Any]]


@dataclass(frozen=True, kw_only=True)
class Section:
    """A section's address, words, form and service. ``answers`` are the rows of the page that checks the plan."""

    key: str
    title: Any
    fill: Callable[[Planning, QueryDict | None], Page]
    save: Callable[[Planning, Page, int], Any]
    answers: Callable[[Planning], Rows]
    help: Any = ""
    begun: Callable[[Planning], bool] = lambda _planning: True
    """Whether anything is in it. What the template fills in has begun by itself."""
    needs: Callable[[Planning], str] = lambda _planning: ""
    """What a section that has begun still lacks, as a sentence; "" where it is complete."""
    optional: bool = False
    fields: Mapping[str, str] = field(default_factory=dict)
    """Which field of the form shows what the service says of one of its own."""
    fixed_once_open: bool = False
    """The board has begun with it: it can be changed only while the workshop is planned."""


def _version(planning: Planning) -> dict[str, Any]:
    return {"version": planning.workshop.version}


def _about(planning: Planning, data: QueryDict | None) -> Page:
    names = ("title", "purpose", "prompt", "visibility", "sensitive")
    initial = {name: getattr(planning.workshop, name) for name in names}
    return Page(form=forms.AboutForm(data, initial=_version(planning) | initial))


def _change(planning: Planning, version: int, **said: Any) -> Any:
    return services.change_workshop(actor=planning.actor, workshop=planning.workshop, version=version, **said)


def _save_about(planning: Planning, page: Page, version: int) -> Any:
    return _change(planning, version, **{k: v for k, v in page.form.cleaned_data.items() if k != "version"})


def _about_answers(planning: Planning) -> Rows:
    workshop = planning.workshop
    return [
        (_("Title"), workshop.title),
        (_("What it is for"), workshop.purpose),
        (_("Question on the board"), workshop.prompt),
        (_("Host"), workshop.host.name),
        (_("Seen by"), dict(words.VISIBILITIES)[workshop.visibility]),
        *([(_("Sensitive"), _("Yes: mail carries links only"))] if workshop.sensitive else []),
    ]


def _when(planning: Planning, data: QueryDict | None) -> Page:
    workshop = planning.workshop
    initial: dict[str, Any] = _version(planning) | {"venue": workshop.venue, "link": workshop.link}
    if workshop.starts_at:
        starts = timezone.localtime(workshop.starts_at)
        initial |= {"starts_on": starts.date(), "starts_time": starts.time()}
        if workshop.ends_at:
            ends = timezone.localtime(workshop.ends_at)
            initial |= {"ends_time": ends.time()}
            if ends.date() != starts.date():
                initial |= {"ends_on": ends.date()}
    return Page(form=forms.WhenForm(data, initial=initial))


def _save_when(planning: Planning, page: Page, version: int) -> Any:
    said = {name: page.form.cleaned_data[name] for name in ("starts_at", "ends_at", "venue", "link")}
    return _change(planning, version, **said)


def _when_answers(planning: Planning) -> Rows:
    workshop = planning.workshop
    return [(_("When"), when(workshop)), (_("Where"), workshop.venue), (_("Video call"), workshop.link)]


def _when_needs(planning: Planning) -> str:
    workshop = planning.workshop
    if workshop.starts_at is None:
        return _now("Say when it is.")
    if not workshop.venue and not workshop.link:
        return _now("Say where it is, or give the address of a video call.")
    return ""


def _subjects(planning: Planning, data: QueryDict | None) -> Page:
    initial = _version(planning) | {
        "ambitions": planning.codes("vision"),
        "blocks": planning.codes("building-blocks"),
        "principles": planning.codes(kind="principle"),
        "frameworks": [framework.key for framework in planning.frameworks],
        "initiatives": ", ".join(initiative.reference for initiative in planning.initiatives),
    }
    return Page(form=forms.SubjectsForm(data, initial=initial))


def _save_subjects(planning: Planning, page: Page, version: int) -> Any:
    form: forms.SubjectsForm = page.form
    # Elements that this page does not offer (a commitment, chosen elsewhere) stay.
    others = [element.code for element in planning.elements if element.code not in form.offered]
    return services.choose_subjects(
        actor=planning.actor,
        workshop=planning.workshop,
        version=version,
        frameworks=form.cleaned_data["frameworks"],
        elements=[*form.element_codes, *others],
        initiatives=form.references,
    )


def _subjects_answers(planning: Planning) -> Rows:
    return [
        (
            _("Ambitions, building blocks and principles"),
            "\n".join(str(element.display_title) for element in planning.elements),
        ),
        (_("Initiatives"), "\n".join(f"{each.reference} {each.title}" for each in planning.initiatives)),
        (_("Frameworks"), "\n".join(str(framework.title) for framework in planning.frameworks)),
    ]


def _stages(planning: Planning, data: QueryDict | None) -> Page:
    plan = {planned.stage: (planned.minutes, planned.note) for planned in planning.plan}
    lines: Any = forms.Stages(data, plan=plan)
    return Page(form=Versioned(data, initial=_version(planning)), lines=lines)


def _save_stages(planning: Planning, page: Page, version: int) -> Any:
    stages: Any = page.lines
    return services.plan_stages(actor=planning.actor, workshop=planning.workshop, version=version, stages=stages.plan())


def _stages_answers(planning: Planning) -> Rows:
    total = forms.minutes_of(planning.plan)
    rows: Rows = [
        (words.STAGES[planned.stage][0], lasting(planned.minutes) or _("No timing")) for planned in planning.plan
    ]
    return [*rows, (_("Altogether"), lasting(total))] if total else rows


def _columns(planning: Planning, data: QueryDict | None) -> Page:
    initial = [{"title": c.get("title", ""), "prompt": c.get("prompt", "")} for c in planning.workshop.columns]
    return Page(form=Versioned(data, initial=_version(planning)), lines=forms.column_lines(data=data, initial=initial))


def _save_columns(planning: Planning, page: Page, version: int) -> Any:
    columns = [
        {"title": line["title"], "prompt": line.get("prompt", "")} for line in page.kept_lines if line.get("title")
    ]
    if not columns:
        raise Invalid(_now("A board needs at least one column. Give one a title."))
    return services.change_columns(actor=planning.actor, workshop=planning.workshop, version=version, columns=columns)


def _columns_answers(planning: Planning) -> Rows:
    return [
        (column.get("title", ""), column.get("prompt", "") or _("No prompt")) for column in planning.workshop.columns
    ]


RULES = ("names", "budget", "most", "totals", "grouping")


def _rules(planning: Planning, data: QueryDict | None) -> Page:
    names = (*RULES, "has_lobby", "feedback_question")
    initial = {name: getattr(planning.workshop, name) for name in names}
    return Page(form=forms.RulesForm(data, initial=_version(planning) | initial))


def _save_rules(planning: Planning, page: Page, version: int) -> Any:
    said = page.form.cleaned_data
    with transaction.atomic():
        workshop = services.change_rules(
            actor=planning.actor, workshop=planning.workshop, version=version, **{name: said[name] for name in RULES}
        )
        has_changed = any(getattr(workshop, name) != getattr(planning.workshop, name) for name in RULES)
        return services.change_workshop(
            actor=planning.actor,
            workshop=workshop,
            # The page's version was asked of above where rules have changed; then the row is one version on.
            version=version + 1 if has_changed else version,
            has_lobby=said["has_lobby"],
            feedback_question=said["feedback_question"],
        )


def _rules_answers(planning: Planning) -> Rows:
    workshop = planning.workshop
    votes = ngettext("%(votes)d vote each", "%(votes)d votes each", workshop.budget) % {"votes": workshop.budget}
    most = _now("at most %(most)d on one item") % {"most": workshop.most}
    return [
        (_("Names on notes"), _("Shown") if workshop.names == "shown" else _("Hidden")),
        (_("Votes"), f"{votes}, {most}"),
        (_("Totals of the vote"), dict(words.TOTALS)[workshop.totals]),
        (_("Grouping"), dict(words.GROUPING)[workshop.grouping]),
        (_("Lobby"), _("A facilitator lets each person in") if workshop.has_lobby else _("People come straight in")),
        (_("Question at the end"), workshop.feedback_question),
    ]


SECTIONS = (
    Section(
        key="about",
        title=_("About the workshop"),
        fill=_about,
        save=_save_about,
        answers=_about_answers,
        needs=lambda planning: "" if planning.workshop.purpose else _now("Say what it is for."),
    ),
    Section(
        key="when",
        title=_("When and where"),
        fill=_when,
        save=_save_when,
        answers=_when_answers,
        begun=lambda planning: bool(planning.workshop.starts_at or planning.workshop.venue or planning.workshop.link),
        needs=_when_needs,
        fields={"starts_at": "starts_on", "ends_at": "ends_time"},
    ),
    Section(
        key="subjects",
        title=_("What it inquires into"),
        help=_(
            "What comes out of the workshop is shown beside what it was about. You can leave everything on this page "
            "empty."
        ),
        fill=_subjects,
        save=_save_subjects,
        answers=_subjects_answers,
        begun=lambda planning: bool(planning.elements or planning.frameworks or planning.initiatives),
        optional=True,
    ),
    Section(
        key="stages",
        title=_("Stages and timings"),
        help=_(
            "A workshop goes through eight stages. A facilitator moves it on; a timer only tells. Stages that you "
            "leave out are passed through."
        ),
        fill=_stages,
        save=_save_stages,
        answers=_stages_answers,
    ),
    Section(
        key="columns",
        title=_("Columns of the board"),
        help=_("Notes are written into columns. Three to five are easy to read on a wall."),
        fill=_columns,
        save=_save_columns,
        answers=_columns_answers,
        fixed_once_open=True,
    ),
    Section(key="rules", title=_("Rules"), fill=_rules, save=_save_rules, answers=_rules_answers, fixed_once_open=True),
)
BY_KEY = {section.key: section for section in SECTIONS}


def status_of(section: Section, planning: Planning) -> tuple[str, str]:
    """A section's status in the words of the task list, and what it lacks."""
    if not section.begun(planning):
        return ("optional" if section.optional else "not_started"), ""
    lacks = section.needs(planning)
    return ("needs_information" if lacks else "completed"), lacks


def advice(planning: Planning) -> list[tuple[str, str]]:
    """Key and sentence of what a plan lacks. None of it keeps a workshop from being opened."""
    told = []
    for section in SECTIONS:
        status, lacks = status_of(section, planning)
        if status == "not_started":
            lacks = section.needs(planning)
        if lacks:
            told.append((section.key, lacks))
    return told
