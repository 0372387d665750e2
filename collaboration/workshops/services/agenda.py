"""What happens in a workshop: stages and timings, columns, rules, and what it inquires into."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from collaboration.initiatives import queries as register
from collaboration.initiatives.services import cleaning
from collaboration.workshops.models import PlannedStage, Workshop
from collaboration.workshops.registry import tell_rules_changed
from collaboration.workshops.services.records import Status, changed, locked, must_be, same_version
from collaboration.workshops.shipped import LONGEST_PROMPT, LONGEST_TITLE, MOST_COLUMNS, Column
from collaboration.workshops.stages import ALWAYS, STAGES
from groundwork.access.actors import Actor
from groundwork.audit.services import differences
from groundwork.clock import now
from vision.frameworks.models import Element, Framework

MOST_SUBJECTS: Final = 60
LONGEST_STAGE: Final = 24 * 60
"""Minutes. A board that is open for a week has stages without a timing."""
MOST_BUDGET: Final = 100


@transaction.atomic
def plan_stages(
    *,
    actor: Actor,
    workshop: Workshop,
    version: int | None,
    stages: Sequence[Mapping[str, Any]],
    at: datetime | None = None,
) -> Workshop:
    """Which stages it has, and their timings: ``[{"stage": 1, "minutes": 10, "note": ""}, …]``.

    A stage that is left out is passed through; lobby and close are always there. ``minutes`` 0 is no timing.
    """
    row = locked(workshop, actor=actor, verb="workshop.edit")
    problems = cleaning.Problems()
    planned: dict[int, tuple[int, str]] = {}
    known = {number for number, _label, _meaning in STAGES}
    for each in stages:
        number = each.get("stage")
        if type(number) is not int or number not in known:
            problems.add("stages", _("A stage must be one of those offered."))
            continue
        label = str(STAGES[number][1])
        field = f"minutes-{number}"
        minutes = each.get("minutes") or 0
        if type(minutes) is not int or not 0 <= minutes <= LONGEST_STAGE:
            problems.add(
                field,
                _("The minutes for “%(stage)s” must be a whole number from 0 to %(most)s.")
                % {"stage": label, "most": LONGEST_STAGE},
            )
            minutes = 0
        note = cleaning.text(
            each.get("note", ""),
            field=f"note-{number}",
            label=_("The note on “%(stage)s”") % {"stage": label},
            longest=500,
            problems=problems,
        )
        planned[number] = (minutes, note)
    problems.raise_if_any()
    for number in ALWAYS:
        planned.setdefault(number, (0, ""))
    before = {each.stage: (each.minutes, each.note) for each in row.plan.all()}
    if before == planned:
        return row
    must_be(row, Status.PLANNED, Status.OPEN)
    same_version(row, version, actor=actor)
    row.plan.all().delete()
    PlannedStage.objects.bulk_create(
        PlannedStage(workshop=row, stage=number, minutes=minutes, note=note)
        for number, (minutes, note) in sorted(planned.items())
    )
    changed(actor=actor, workshop=row, changes={"plan": [_said(before), _said(planned)]}, at=at or now())
    return row


def _said(plan: Mapping[int, tuple[int, str]]) -> str:
    return ", ".join(f"{STAGES[number][1]} {minutes}" for number, (minutes, _note) in sorted(plan.items()))


@transaction.atomic
def change_rules(
    *,
    actor: Actor,
    workshop: Workshop,
    version: int | None,
    names: str,
    budget: int,
    most: int,
    totals: str,
    grouping: str,
    at: datetime | None = None,
) -> Workshop:
    """How people take part. Once the workshop is open the rules are changed on the board, in the lobby."""
    row = locked(workshop, actor=actor, verb="workshop.edit")
    problems = cleaning.Problems()
    offered = {"names": ("shown", "hidden"), "totals": ("shown", "hidden"), "grouping": ("everyone", "facilitator")}
    new: dict[str, Any] = {"names": names, "totals": totals, "grouping": grouping, "budget": budget, "most": most}
    for name, values in offered.items():
        if new[name] not in values:
            problems.add(name, _("Choose one of those offered."))
    if type(budget) is not int or not 1 <= budget <= MOST_BUDGET:
        problems.add("budget", _("The votes of each person must be a whole number from 1 to %(most)s.") % {"most": 100})
    elif type(most) is not int or not 1 <= most <= budget:
        problems.add(
            "most",
            _("The votes on one item must be a whole number from 1 to %(budget)s, the votes of each person.")
            % {"budget": budget},
        )
    problems.raise_if_any()
    before = {name: getattr(row, name) for name in new}
    if before == new:
        return row
    must_be(row, Status.PLANNED)
    same_version(row, version, actor=actor)
    for name, value in new.items():
        setattr(row, name, value)
    changed(actor=actor, workshop=row, changes=differences(before, new), at=at or now())
    tell_rules_changed(row)
    return row


def rules_settled(*, actor: Actor, workshop: Workshop, rules: Mapping[str, Any], at: datetime | None = None) -> None:
    """Within a transaction, of the locked row: the rules as they were settled on its board, in the lobby.

    The board has judged who may settle them, and when.
    """
    before = {name: getattr(workshop, name) for name in rules}
    if before == dict(rules):
        return
    for name, value in rules.items():
        setattr(workshop, name, value)
    changed(actor=actor, workshop=workshop, changes=differences(before, rules), at=at or now())


def plan_brought_in(*, actor: Actor, workshop: Workshop, plan: Mapping[str, Any], at: datetime | None = None) -> None:
    """Within a transaction, of the locked row: question, columns and rules of the board that a file was brought into.

    The board has judged the file. It is the room's board that the plan then describes, not the template's.
    """
    before = {name: getattr(workshop, name) for name in plan}
    if before == dict(plan):
        return
    for name, value in plan.items():
        setattr(workshop, name, value)
    shown = [
        {name: [column["title"] for column in value] if name == "columns" else value for name, value in each.items()}
        for each in (before, plan)
    ]
    changed(actor=actor, workshop=workshop, changes=differences(*shown), at=at or now())


@transaction.atomic
def change_columns(
    *,
    actor: Actor,
    workshop: Workshop,
    version: int | None,
    columns: Sequence[Column | Mapping[str, Any]],
    at: datetime | None = None,
) -> Workshop:
    """The columns of the board, in order, each with a title and perhaps a prompt.

    Sentences about column 3 are under ``title-2`` and ``prompt-2``. Once the workshop is open, columns are changed on
    the board.
    """
    row = locked(workshop, actor=actor, verb="workshop.edit")
    problems = cleaning.Problems()
    kept: list[dict[str, str]] = []
    for number, each in enumerate(columns):
        given = asdict(each) if isinstance(each, Column) else each
        title = cleaning.text(
            given.get("title", ""),
            field=f"title-{number}",
            label=_("The title of column %(number)s") % {"number": number + 1},
            longest=LONGEST_TITLE,
            problems=problems,
            required=True,
        )
        prompt = cleaning.text(
            given.get("prompt", ""),
            field=f"prompt-{number}",
            label=_("The prompt of column %(number)s") % {"number": number + 1},
            longest=LONGEST_PROMPT,
            problems=problems,
            lines=True,
        )
        kept.append({"title": title, "prompt": prompt})
    if not kept:
        problems.add("columns", _("A board needs at least one column."))
    if len(kept) > MOST_COLUMNS:
        problems.add("columns", _("A board has at most %(most)s columns.") % {"most": MOST_COLUMNS})
    problems.raise_if_any()
    if row.columns == kept:
        return row
    must_be(row, Status.PLANNED)
    same_version(row, version, actor=actor)
    changes = {"columns": [[c["title"] for c in row.columns], [c["title"] for c in kept]]}
    row.columns = kept
    changed(actor=actor, workshop=row, changes=changes, at=at or now())
    tell_rules_changed(row)
    return row


@transaction.atomic
def choose_subjects(
    *,
    actor: Actor,
    workshop: Workshop,
    version: int | None,
    frameworks: Sequence[str] = (),
    elements: Sequence[str] = (),
    initiatives: Sequence[str] = (),
    at: datetime | None = None,
) -> Workshop:
    """What it inquires into: keys of frameworks, codes of elements, references of initiatives that the actor sees."""
    row = locked(workshop, actor=actor, verb="workshop.edit")
    problems = cleaning.Problems()
    wanted: dict[str, list[str]] = {}
    for name, given, label in (
        ("frameworks", frameworks, _("Frameworks")),
        ("elements", elements, _("Elements")),
        ("initiatives", initiatives, _("Initiatives")),
    ):
        codes = cleaning.codes(given, field=name, label=label, problems=problems, most=MOST_SUBJECTS)
        wanted[name] = list(dict.fromkeys(code.upper() for code in codes)) if name == "initiatives" else codes
    found: dict[str, list[Any]] = {
        "frameworks": list(Framework.objects.filter(key__in=wanted["frameworks"])),
        "elements": list(Element.objects.filter(code__in=wanted["elements"])),
        "initiatives": list(register.visible_to(actor).filter(reference__in=wanted["initiatives"])),
    }
    identifier = {"frameworks": "key", "elements": "code", "initiatives": "reference"}
    for name, codes in wanted.items():
        for code in cleaning.unknown(codes, (getattr(each, identifier[name]) for each in found[name])):
            problems.add(name, _("There is nothing with the code “%(code)s”, or you may not see it.") % {"code": code})
    problems.raise_if_any()
    changes: dict[str, Any] = {}
    for name, new in found.items():
        had = list(getattr(row, name).all())
        if name == "initiatives":
            # What the actor may not see was chosen by somebody else, and stays.
            seen = set(register.visible_to(actor).filter(pk__in=[i.pk for i in had]).values_list("pk", flat=True))
            new += [each for each in had if each.pk not in seen]
        if {each.pk for each in had} != {each.pk for each in new}:
            key = identifier[name]
            changes[name] = [sorted(getattr(e, key) for e in had), sorted(getattr(e, key) for e in new)]
    if not changes:
        return row
    must_be(row, Status.PLANNED, Status.OPEN)
    same_version(row, version, actor=actor)
    for name in changes:
        getattr(row, name).set(found[name])
    changed(actor=actor, workshop=row, changes=changes, at=at or now())
    return row
