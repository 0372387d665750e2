"""Which heading of somebody's sheet means which column. A guess: people see it and can say otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from django.utils.translation import gettext as _

from collaboration.imports.queries import UNDERSTOOD
from groundwork.access.errors import Invalid
from groundwork.directory.queries import fold

SYNONYMS: Final[dict[str, tuple[str, ...]]] = {
    "ref": ("reference", "ref no", "reference number", "initiative reference", "golden thread reference", "id"),
    "title": (
        "name",
        "project",
        "project name",
        "project title",
        "initiative",
        "initiative name",
        "initiative title",
        "programme",
        "programme name",
        "scheme",
        "scheme name",
        "activity",
        "theme",
        "work",
        "joint work",
    ),
    "summary": (
        "description",
        "project description",
        "short description",
        "overview",
        "details",
        "about",
        "what it is",
        "what is it",
        "examples",
        "examples of joint working",
    ),
    "stage": ("status", "project status", "project stage", "phase", "state", "progress"),
    "lead": (
        "lead organisation",
        "lead organization",
        "lead partner",
        "lead body",
        "lead agency",
        "lead authority",
        "led by",
        "who leads",
        "who leads it",
        "lead name",
        "organisation",
        "organization",
        "owner",
    ),
    "partners": (
        "partner",
        "partner organisations",
        "partner organizations",
        "other partners",
        "key partners",
        "organisations involved",
        "who is involved",
        "who else",
        "working with",
        "with",
    ),
    "strands": (
        "strand",
        "vision strands",
        "strand codes",
        "priority",
        "priorities",
        "strategic priority",
        "strategic priorities",
        "ambition",
        "ambitions",
        "theme of the vision",
        "outcome",
        "outcomes",
        "objective",
        "objectives",
        "alignment",
    ),
    "blocks": ("block", "building block", "building blocks", "ways of working"),
    "areas": (
        "area",
        "district",
        "districts",
        "borough",
        "boroughs",
        "local authority area",
        "location",
        "locations",
        "place",
        "places",
        "geography",
        "where",
        "coverage",
    ),
    "start": (
        "starts",
        "start date",
        "started",
        "starts on",
        "began",
        "begins",
        "from",
        "date started",
        "project start",
        "commenced",
    ),
    "end": (
        "ends",
        "end date",
        "ended",
        "ends on",
        "finish",
        "finish date",
        "finishes",
        "until",
        "to",
        "completion",
        "completion date",
        "target date",
        "project end",
    ),
    "money": (
        "budget",
        "funding",
        "cost",
        "costs",
        "total cost",
        "total funding",
        "total budget",
        "value",
        "amount",
        "grant",
        "investment",
        "money gbp",
        "funding gbp",
        "budget gbp",
    ),
    "contact": (
        "contact email",
        "contact e mail",
        "email",
        "e mail",
        "email address",
        "contact details",
        "contact role",
        "whom to contact",
        "who to contact",
    ),
    "source": ("source document", "taken from", "origin", "where from", "evidence"),
    "original_labels": ("original label", "labels", "labels as printed", "as printed", "original wording"),
}
"""What people call the columns, folded as names are: no case, no punctuation, single spaces."""


def known_headings() -> frozenset[str]:
    """Every heading that is understood, in lower case: by them a reader finds the line of headings below a title."""
    return frozenset(name for column in UNDERSTOOD for name in (column, fold(column), *SYNONYMS[column]))


def guess(headings: Sequence[str]) -> dict[str, str]:
    """``{index: column}`` for headings that are understood.

    The heading that fits a column best gets it: its own name before what else it is called, the first of two equals.
    """
    found: dict[str, str] = {}
    for column in UNDERSTOOD:
        ranks = {index: _rank(heading, column) for index, heading in enumerate(headings) if str(index) not in found}
        fitting = [(rank, index) for index, rank in ranks.items() if rank is not None]
        if fitting:
            found[str(min(fitting)[1])] = column
    return {index: found[index] for index in sorted(found, key=int)}


def _rank(heading: str, column: str) -> int | None:
    """How well a heading fits a column, 0 best; None when it does not."""
    bare = fold(heading.replace("£", " gbp "))
    names = (fold(column), *SYNONYMS.get(column, ()))
    return next((rank for rank, name in enumerate(names) if bare in (name, f"{name} gbp")), None)


def settle(mapping: Mapping[str, str] | Mapping[int, str], headings: Sequence[str]) -> dict[str, str]:
    """What somebody said the columns are, checked: ``{index: column}`` without those left out.

    Raises :class:`Invalid` by index, and under ``""`` when nothing says which record a line is about.
    """
    errors: dict[str, list[str]] = {}
    kept: dict[str, str] = {}
    for key, column in mapping.items():
        index = str(key)
        if not column:
            continue
        if not (index.isascii() and index.isdigit() and len(index) < 5 and int(index) < len(headings)):
            errors.setdefault("", []).append(_("The file has no such column. Match its columns again."))
        elif not isinstance(column, str) or column not in UNDERSTOOD:
            errors.setdefault(index, []).append(_("Choose one of the columns offered."))
        elif column in kept.values():
            first = next(int(other) for other, same in kept.items() if same == column)
            errors.setdefault(index, []).append(
                _("“%(heading)s” is matched with “%(column)s” already. Each can be matched once.")
                % {"heading": headings[first] or _("column %s") % (first + 1), "column": column}
            )
        else:
            kept[str(int(index))] = column
    if not errors and not {"title", "ref"} & set(kept.values()):
        errors[""] = [_("Say which column holds the title. Without it nobody knows what a line is about.")]
    if errors:
        raise Invalid(errors)
    return {index: kept[index] for index in sorted(kept, key=int)}
