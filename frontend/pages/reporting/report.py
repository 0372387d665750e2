"""The page of the report: groups by votes, what came of it, what is left over, and what happened next."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from collaboration.boards.afterwards import files, provenance
from collaboration.boards.afterwards.reading import Report, Split, read
from collaboration.boards.outline import Group, Item
from frontend.pages.joining_in.here import Here
from frontend.pages.reporting.reaching import reading
from groundwork.access.rules import can
from groundwork.clock import today


@reading
@require_safe
def report(request: HttpRequest, here: Here) -> HttpResponse:
    """What everybody in the room may see, for whoever reads it; names only for those who were there."""
    found = read(actor=here.actor, workshop=here.workshop)
    workshop = found.workshop
    over = found.is_over
    left_over = {note.id for _column, note in found.unplaced}
    context = {
        "workshop": workshop,
        "report": found,
        "board": found.outline,
        "day": provenance.day_of(workshop),
        "over": over,
        "ranking": [
            {**_item(found, entry.item), "place": entry.place, "tied": entry.tied, "column": entry.column}
            for entry in found.ranking
            if entry.item.id not in left_over
        ],
        "columns": [
            {"column": column, "items": [_item(found, item) for item in column.items]}
            for column in found.outline.columns
        ],
        "has_unplaced": bool(found.unplaced) and bool(found.ranking),
        "marks": list(enumerate(found.feedback.marks, 1)) if over else [],
        "has_marks": over and any(found.feedback.marks),
        "feedback_texts": found.feedback.texts if can(here.actor, "workshop.edit", workshop) else (),
        "next": workshop.next_text if workshop.next_told_at else "",
        "next_on": workshop.next_on if workshop.next_on and workshop.next_on >= today() else None,
        "files": _files(here),
        "organises": can(here.actor, "workshop.edit", workshop),
    }
    return render(request, "frontend/reporting/report.html", context)


def _item(report: Report, item: Item) -> dict[str, Any]:
    is_group = isinstance(item, Group)
    return {
        "item": item,
        "is_group": is_group,
        "notes": item.notes if isinstance(item, Group) else (item,),
        "comments": item.comments if is_group else (),
        "votes": files.votes_in_words(item),
        "splits": [
            (heading, split)
            for heading, split in (
                (_("Votes by organisation"), report.organisations.get(item.id)),
                (_("Votes by sector"), report.sectors.get(item.id)),
            )
            if _tells(split)
        ],
        "used": item.id in report.used,
    }


def _tells(split: Split | None) -> bool:
    return split is not None and bool(split.by)


def _files(here: Here) -> list[dict[str, Any]]:
    wanted = ["xlsx", "csv", "md"]
    if can(here.actor, "report.take_file", here.workshop):
        wanted.append("json")
    found = [{"format": name, "href": reverse(f"workshop-export-{name}", args=[here.workshop.code])} for name in wanted]
    return [*found, {"format": "svg", "href": reverse("workshop-picture", args=[here.workshop.code])}]
