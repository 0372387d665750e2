"""An import as it stands: what it would do, how far it is, what it did, or why it did not."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from collaboration.imports import queries
from frontend.pages.gate import actor_of, signed_in
from frontend.pages.importing.showing import lines_context, rejected_lines, show
from groundwork.access.rules import can
from groundwork.clock import now
from groundwork.web.exports import csv_response

WORKING = {
    "checking": (gettext_lazy("Your lines are being checked"), gettext_lazy("Nothing is imported yet.")),
    "importing": (
        gettext_lazy("Your lines are being imported"),
        gettext_lazy("What is new is shown to others only when all of it is in."),
    ),
    "undoing": (
        gettext_lazy("Your import is being undone"),
        gettext_lazy("Records that somebody has worked on since are left alone."),
    ),
}
"""The heading and a sentence for each state in which a worker goes through the lines."""

MOST_NAMED = 100
"""How many records that were left alone are named above the lines, where all of them are told."""


@signed_in
@require_safe
def one(request: HttpRequest, identifier: Any) -> HttpResponse:
    """The import, whatever its state: this address can be kept and looked at again."""
    imported = queries.get_import(actor_of(request), identifier)
    if imported.status == "uploaded":
        return redirect("import-columns", imported.pk)
    if imported.status in WORKING:
        heading, sentence = WORKING[imported.status]
        context = {"imported": imported, "heading": heading, "sentence": sentence}
        return render(request, "frontend/importing/progress.html", context)
    if imported.status in ("cancelled", "failed"):
        return _ended(request, imported)
    page_of = {"checked": _preview, "imported": _result, "undone": _undone}[imported.status]
    return page_of(request, imported)


def _preview(request: HttpRequest, imported: Any) -> HttpResponse:
    counts = queries.summary(imported)
    context = lines_context(request, imported, heading=_("Line by line"), outcome=_("What would happen")) | {
        "imported": imported,
        "counts": counts,
        "may_go_on": bool(counts.new or counts.changed),
        "left_out": queries.left_out(imported),
        "only_told": queries.only_told(imported),
    }
    return render(request, "frontend/importing/preview.html", context)


def _result(request: HttpRequest, imported: Any) -> HttpResponse:
    until = queries.undo_until(imported)
    context = lines_context(request, imported, heading=_("What became of each line"), outcome=_("What happened")) | {
        "imported": imported,
        "counts": queries.summary(imported),
        "asked": queries.asked_by(imported).order_by().values("organisation").distinct().count(),
        "until": until if until and now() <= until and can(actor_of(request), "import.undo", imported) else None,
    }
    return render(request, "frontend/importing/result.html", context)


def _undone(request: HttpRequest, imported: Any) -> HttpResponse:
    left_alone = queries.left_alone(imported)
    context = lines_context(request, imported, heading=_("What became of each line"), outcome=_("What happened")) | {
        "imported": imported,
        "kept": len(left_alone),
        "left_alone": [show(line) for line in left_alone[:MOST_NAMED]],
    }
    return render(request, "frontend/importing/undone.html", context)


def _ended(request: HttpRequest, imported: Any) -> HttpResponse:
    if imported.status == "cancelled":
        heading = _("This import was put aside")
        sentences = [_("Nothing of it was imported. Upload the file again if you want it after all.")]
    else:
        heading = _("This import did not work")
        sentences = [
            imported.failure or _("Something went wrong on our side. It has been recorded."),
            _("What had been done of it was taken back. Nothing of it is in the register."),
        ]
    context = {"imported": imported, "heading": heading, "sentences": sentences}
    return render(request, "frontend/importing/ended.html", context)


@signed_in
@require_safe
def rejected(request: HttpRequest, identifier: Any) -> HttpResponse:
    """The rejected lines as CSV, with the reasons before the cells: to be put right and uploaded again."""
    imported = queries.get_import(actor_of(request), identifier)
    answer: Any = csv_response(
        request,
        filename="rejected-lines.csv",
        # The mark at the front tells Excel that this is UTF-8: what it reads otherwise comes back with broken letters.
        headers=[f"\ufeff{_('Line')}", _("What is wrong"), *imported.headers],
        rows=rejected_lines(imported),
    )
    return answer
