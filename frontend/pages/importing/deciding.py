"""Confirming an import, putting it aside, and undoing it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from collaboration.imports import naming, queries, services
from frontend.pages.gate import actor_of, signed_in
from frontend.pages.importing.forms import ConfirmForm
from groundwork.access.errors import Conflict, Invalid
from groundwork.access.rules import can, require

GET_OR_POST = ("GET", "HEAD", "POST")


@signed_in
@require_http_methods(GET_OR_POST)
def confirm(request: HttpRequest, identifier: Any) -> HttpResponse:
    """What becomes of bad lines and who sees what is new; posting imports. Sent twice it is one import."""
    actor = actor_of(request)
    imported = queries.get_import(actor, identifier)
    require(actor, "import.run", imported)
    counts = queries.summary(imported)
    # Sent a second time, or opened again from the browser's history: what happened is told on the import's page.
    if imported.status != "checked" or not (counts.new or counts.changed):
        return redirect("import", imported.pk)
    may_publish = can(actor, "import.publish", imported)
    form = ConfirmForm(
        request.POST if request.method == "POST" else None,
        new=counts.new,
        rejected=counts.rejected,
        may_publish=bool(may_publish),
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            if form.fixes_first:
                messages.info(
                    request, _("Nothing was imported. Put the lines right in your file, then upload it again.")
                )
                return redirect("import", imported.pk)
            try:
                services.confirm(actor=actor, imported=imported, skip_bad=form.skips_bad, publish=form.publish)
            except (Conflict, Invalid) as error:
                form.add_error(None, error.message)
                status = error.status
            else:
                return redirect("import", imported.pk)
    context = {
        "imported": imported,
        "form": form,
        "counts": counts,
        "rows": _told(counts),
        "asked": len(naming.named_by(imported)) if may_publish and counts.new else 0,
        "may_publish": may_publish,
    }
    return render(request, "frontend/importing/confirm.html", context, status=status)


def _told(counts: Any) -> list[dict[str, str]]:
    rows = (
        (_("New"), counts.new, ngettext("%(n)s line makes a record", "%(n)s lines make a record each", counts.new)),
        (
            _("Changed"),
            counts.changed,
            ngettext("%(n)s record changes", "%(n)s records change", counts.changed),
        ),
        (
            _("Unchanged"),
            counts.unchanged,
            ngettext("%(n)s line says what is here already", "%(n)s lines say what is here already", counts.unchanged),
        ),
        (
            _("Rejected"),
            counts.rejected,
            ngettext("%(n)s line cannot be imported", "%(n)s lines cannot be imported", counts.rejected),
        ),
    )
    return [
        {"key": key, "value": text % {"n": number_format(count, force_grouping=True)}}
        for key, count, text in rows
        if count
    ]


@signed_in
@require_POST
def cancel(request: HttpRequest, identifier: Any) -> HttpResponse:
    """Put an import aside before anything of it is in the register."""
    actor = actor_of(request)
    imported = queries.get_import(actor, identifier)
    services.cancel(actor=actor, imported=imported)
    messages.success(request, _("The import was put aside. Nothing of it is in the register."))
    return redirect("imports")


@signed_in
@require_http_methods(GET_OR_POST)
def undo(request: HttpRequest, identifier: Any) -> HttpResponse:
    """What undoing does, then doing it. Sent twice it is undone once."""
    actor = actor_of(request)
    imported = queries.get_import(actor, identifier)
    require(actor, "import.undo", imported)
    if imported.status != "imported":
        return redirect("import", imported.pk)
    problem, status = "", 200
    if request.method == "POST":
        try:
            services.undo(actor=actor, imported=imported)
        except (Conflict, Invalid) as error:
            problem, status = error.message, error.status
        else:
            return redirect("import", imported.pk)
    context = {
        "imported": imported,
        "counts": queries.summary(imported),
        "until": queries.undo_until(imported),
        "error_list": [{"text": problem, "href": ""}] if problem else [],
    }
    return render(request, "frontend/importing/undo.html", context, status=status)
