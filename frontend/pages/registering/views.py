"""Start, task list, sections, check your answers, done."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from collaboration.initiatives import finding, queries
from collaboration.initiatives.services import registering
from frontend.pages.gate import signed_in
from frontend.pages.registering.forms import StartForm
from frontend.pages.registering.gaps import Gap
from frontend.pages.registering.sections import BY_COMPLETION, BY_KEY, OPTIONAL, SECTIONS, Editing, Page, Section
from groundwork.access.actors import Actor
from groundwork.access.errors import Conflict, DomainError, Invalid, NotFound
from groundwork.access.rules import can, require


def _editing(request: HttpRequest, reference: str) -> Editing:
    """The initiative as somebody who may change it. Raises NotFound or NotAllowed with the rule's sentence."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    initiative = queries.get(actor, reference)
    require(actor, "initiative.edit", initiative)
    return Editing(actor, initiative)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """What registering takes, and the title. Posting makes the draft."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    require(actor, "initiative.register")
    form = StartForm(
        request.POST if request.method == "POST" else None, initial={"title": request.GET.get("title", "")[:200]}
    )
    gap = Gap.named_in(request.GET)
    if request.method == "POST" and form.is_valid():
        try:
            draft = gap.fill(actor, registering.start_draft(actor=actor, title=form.cleaned_data["title"]))
        except Invalid as error:
            form.refuse(error)
        else:
            return redirect("initiative-edit", draft.reference)
    context = {"form": form, "sections": SECTIONS, "gap": gap}
    return render(request, "frontend/registering/start.html", context, status=422 if form.errors else 200)


@signed_in
@require_safe
def tasks(request: HttpRequest, reference: str) -> HttpResponse:
    """The task list."""
    editing = _editing(request, reference)
    states = {state.key: state for state in registering.completeness(editing.initiative)}
    listed = [(section, *_status(section, editing, states)) for section in SECTIONS]
    context = {
        "initiative": editing.initiative,
        "tasks": listed,
        "completed": sum(status == "completed" for _section, status, _missing in listed),
        "ready": not any(state.missing for state in states.values()),
    }
    return render(request, "frontend/registering/tasks.html", context)


def _status(section: Section, editing: Editing, states: dict[str, Any]) -> tuple[str, list[str]]:
    """A section's status and what is missing in it. Two pages of the alignment can be left empty and need nothing."""
    if section.key in OPTIONAL:
        return ("completed" if OPTIONAL[section.key](editing) else "optional"), []
    state = states[section.completes]
    if state.is_optional and state.status == "not_started":
        return "optional", []
    return state.status, state.missing


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def section(request: HttpRequest, reference: str, key: str) -> HttpResponse:
    """One section: its form, saved when posted."""
    if key not in BY_KEY:
        raise NotFound(_("There is no such section."))
    editing, this = _editing(request, reference), BY_KEY[key]
    page = this.fill(editing, request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        if page.is_valid():
            try:
                this.save(editing, page, page.form.cleaned_data["version"])
            except Conflict as error:
                page, status = _keep_typed(this, editing, request, error), 409
            except Invalid as error:
                page.form.refuse(error)
                status = 422
            else:
                if "more" in request.POST:
                    return redirect("initiative-section", reference, key)
                if request.GET.get("from") == "check":
                    return redirect("initiative-check", reference)
                messages.success(request, _("%(section)s: saved.") % {"section": this.title})
                return redirect("initiative-edit", reference)
        else:
            status = 422
    context = {
        "initiative": editing.initiative,
        "section": this,
        "form": page.form,
        "lines": page.lines,
        "error_list": page.line_errors,
        "from_check": request.GET.get("from") == "check",
    }
    return render(request, "frontend/registering/section.html", context, status=status)


def _keep_typed(this: Section, editing: Editing, request: HttpRequest, error: DomainError) -> Page:
    """The page again with what was typed, on top of the newer version: saving once more is then a decision."""
    typed = request.POST.copy()
    editing.initiative.refresh_from_db()
    typed["version"] = str(editing.initiative.version)
    page = this.fill(editing, typed)
    page.is_valid()
    page.form.add_error(None, error.message)
    page.form.add_error(None, _("What you typed is still here. Compare it, then save again to replace their change."))
    return page


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, reference: str) -> HttpResponse:
    """Check your answers: everything on one page, similar work first, then publish or ask for agreement."""
    editing = _editing(request, reference)
    actor, initiative = editing.actor, editing.initiative
    problem, status = "", 200
    if request.method == "POST":
        try:
            if "ask_review" in request.POST:
                registering.ask_review(actor=actor, initiative=initiative)
            else:
                registering.publish(actor=actor, initiative=initiative)
        except (Conflict, Invalid) as error:
            problem, status = error.message, error.status
        else:
            return redirect("initiative-done", reference)
    states = registering.completeness(initiative)
    context: dict[str, Any] = {
        "initiative": initiative,
        "detail": queries.detail(actor, initiative),
        "missing": [(BY_COMPLETION[state.key], state.missing) for state in states if state.missing],
        "may_publish": can(actor, "initiative.publish", initiative),
        "may_ask_review": can(actor, "initiative.ask_review", initiative),
        "error_list": [{"text": problem, "href": ""}] if problem else [],
        "answers_blocks": editing.codes("building-blocks"),
        "answers_others": [*editing.commitments, *editing.principles],
        "asked": [
            p.organisation
            for p in initiative.partners.select_related("organisation")
            if p.valid_to is None and not p.organisation.is_group and p.organisation_id != actor.organisation_id
        ],
    }
    if not initiative.is_published:
        context["similar"] = finding.similar_to(
            actor,
            title=initiative.title,
            summary=f"{initiative.summary} {initiative.difference}",
            areas=[area.code for area in initiative.areas.all()],
            strands=editing.codes("vision"),
            exclude=initiative.pk,
        )
    return render(request, "frontend/registering/check.html", context, status=status)


@signed_in
@require_safe
def done(request: HttpRequest, reference: str) -> HttpResponse:
    """The confirmation: the reference, and what happens next."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    initiative = queries.get(actor, reference)
    require(actor, "initiative.edit", initiative)
    asked = [
        p.organisation
        for p in initiative.partners.select_related("organisation")
        if p.valid_to is None and p.confirmation == "asked"
    ]
    return render(request, "frontend/registering/done.html", {"initiative": initiative, "asked": asked})
