"""Saying what each column of a file means."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from collaboration.imports import queries, services
from frontend.pages.gate import actor_of, signed_in
from frontend.pages.importing.forms import ColumnsForm, heading_without_words
from groundwork.access.errors import Conflict, Invalid
from groundwork.access.rules import require

MATCHABLE = ("uploaded", "checked")
"""While an import is so, its columns can be matched, also once more after a look at the lines."""


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def columns(request: HttpRequest, identifier: Any) -> HttpResponse:
    """Match the columns; posting checks every line. An import that has gone on is shown as it is."""
    actor = actor_of(request)
    imported = queries.get_import(actor, identifier)
    require(actor, "import.run", imported)
    if imported.status not in MATCHABLE:
        return redirect("import", imported.pk)
    found = queries.headings(imported)
    form = ColumnsForm(
        request.POST if request.method == "POST" else None,
        headers=[heading.heading for heading in found],
        mapping={heading.index: heading.column for heading in found},
        sheets=imported.sheet_names,
        sheet=imported.sheet_name,
    )
    status = 200
    if request.method == "POST":
        status = 422
        chosen = request.POST.get("sheet", imported.sheet_name)
        try:
            # Another sheet has other columns: what was matched on this one says nothing about them.
            if chosen != imported.sheet_name and chosen in imported.sheet_names:
                services.choose_columns(actor=actor, imported=imported, mapping={}, sheet=chosen)
                return redirect("import-columns", imported.pk)
            if form.is_valid():
                services.choose_columns(actor=actor, imported=imported, mapping=form.mapping)
                return redirect("import", imported.pk)
        except Conflict:
            # Somebody went on with it meanwhile, perhaps oneself in another window.
            return redirect("import", imported.pk)
        except Invalid as error:
            form.is_valid()
            form.refuse(Invalid({_control(name): said for name, said in error.errors.items()}))
    shown = [
        {
            "heading": heading.heading or heading_without_words(heading.index),
            "values": heading.samples,
            "field": form[f"column_{heading.index}"],
        }
        for heading in found
    ]
    context = {"imported": imported, "form": form, "columns": shown}
    return render(request, "frontend/importing/columns.html", context, status=status)


def _control(name: str) -> str:
    """The control for what a service names: a column by its index, the sheet that could not be read by its choice."""
    return f"column_{name}" if name.isdigit() else {"file": "sheet"}.get(name, name)
