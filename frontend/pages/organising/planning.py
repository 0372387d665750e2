"""Choosing a template, naming the workshop, the task list, its sections, and checking the plan."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from collaboration.workshops import queries, services
from frontend.pages.acts import GET_OR_POST, posted
from frontend.pages.gate import actor_of, signed_in
from frontend.pages.organising import forms, words
from frontend.pages.organising.acting import found
from frontend.pages.organising.sections import BY_KEY, SECTIONS, Planning, Section, advice, status_of
from frontend.pages.registering.sections import Page
from groundwork.access.errors import Conflict, DomainError, Invalid, NotFound
from groundwork.access.rules import require


def _planning(request: HttpRequest, code: str) -> Planning:
    return Planning(actor_of(request), found(request, code, "workshop.edit"))


@signed_in
@require_http_methods(GET_OR_POST)
def choose(request: HttpRequest) -> HttpResponse:
    """Which template to begin with. Posting leads on; nothing is made yet."""
    require(actor_of(request), "workshop.plan")
    form = forms.TemplateForm(posted(request), templates=queries.templates())
    if request.method == "POST" and form.is_valid():
        return redirect("workshop-new-from", form.cleaned_data["template"])
    return render(request, "frontend/organising/choose.html", {"form": form}, status=422 if form.errors else 200)


@signed_in
@require_http_methods(GET_OR_POST)
def name(request: HttpRequest, template: str) -> HttpResponse:
    """What the template brings, and the title. Posting makes the workshop."""
    actor = actor_of(request)
    require(actor, "workshop.plan")
    chosen = queries.template(template)
    form = forms.TitleForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            workshop = services.plan_workshop(actor=actor, title=form.cleaned_data["title"], template=chosen.key)
        except Invalid as error:
            form.refuse(error)
        else:
            return redirect("workshop-plan", workshop.code)
    context = {
        "form": form,
        "template": chosen,
        "stages": ", ".join(str(words.STAGES[stage][0]) for stage, _minutes in chosen.plan),
        "minutes": chosen.minutes,
    }
    return render(request, "frontend/organising/name.html", context, status=422 if form.errors else 200)


@signed_in
@require_safe
def tasks(request: HttpRequest, code: str) -> HttpResponse:
    """The task list: the sections, the team, the invitations."""
    planning = _planning(request, code)
    workshop = planning.workshop
    listed = []
    for each in SECTIONS:
        status, lacks = status_of(each, planning)
        listed.append(_task(reverse("workshop-section", args=[code, each.key]), each.title, status, lacks))
    team = queries.facilitators(workshop).count()
    alone = team < 2
    listed.append(
        _task(
            reverse("workshop-team", args=[code]),
            _("Team"),
            "completed" if team else "needs_information",
            _("You are the only facilitator. Two is better than one.") if alone and team else "",
        )
    )
    invited = queries.standing_invitations(workshop).exists()
    listed.append(
        _task(reverse("workshop-invitations", args=[code]), _("Invitations"), "completed" if invited else "optional")
    )
    context = {
        "workshop": workshop,
        "tasks": listed,
        "completed": sum(task["status"] == "completed" for task in listed),
    }
    return render(request, "frontend/organising/tasks.html", context)


def _task(href: str, title: Any, status: str, hint: str = "") -> dict[str, Any]:
    return {"href": href, "title": title, "status": status, "hint": hint}


@signed_in
@require_http_methods(GET_OR_POST)
def section(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """One section: its form, saved when posted."""
    if key not in BY_KEY:
        raise NotFound(_("There is no such section."))
    planning, this = _planning(request, code), BY_KEY[key]
    page = this.fill(planning, posted(request))
    status = 200
    if request.method == "POST":
        status = 422
        if page.is_valid():
            try:
                this.save(planning, page, page.form.cleaned_data["version"])
            except Conflict as error:
                page, status = _keep_typed(this, planning, request, error), 409
            except Invalid as error:
                page.form.refuse(error, this.fields)
            else:
                return _saved(request, planning.workshop, this)
    workshop = planning.workshop
    from_check = request.GET.get("from") == "check"
    context = {
        "workshop": workshop,
        "section": this,
        "form": page.form,
        "lines": page.lines,
        "error_list": page.line_errors,
        "fixed": _("The workshop is open. A facilitator changes this on the board, while it is in the lobby.")
        if this.fixed_once_open and workshop.status != "planned"
        else "",
    } | _back(workshop, from_check)
    return render(request, "frontend/organising/section.html", context, status=status)


def _back(workshop: Any, from_check: bool) -> dict[str, str]:
    if from_check:
        return {"back": reverse("workshop-check", args=[workshop.code]), "back_text": _("Check the plan")}
    return {"back": reverse("workshop-plan", args=[workshop.code]), "back_text": _("Plan")}


def _saved(request: HttpRequest, workshop: Any, this: Section) -> HttpResponse:
    if "more" in request.POST:
        return redirect("workshop-section", workshop.code, this.key)
    if request.GET.get("from") == "check":
        return redirect("workshop-check", workshop.code)
    messages.success(request, _("%(section)s: saved.") % {"section": this.title})
    return redirect("workshop-plan", workshop.code)


def _keep_typed(this: Section, planning: Planning, request: HttpRequest, error: DomainError) -> Page:
    """The page again with what was typed, on top of the newer version: saving once more is then a decision."""
    typed = request.POST.copy()
    before = planning.workshop.version
    planning.workshop.refresh_from_db()
    typed["version"] = str(planning.workshop.version)
    page = this.fill(planning, typed)
    page.is_valid()
    page.form.add_error(None, error.message)
    if typed["version"] != str(before) or request.POST.get("version") != typed["version"]:
        page.form.add_error(
            None, _("What you typed is still here. Compare it, then save again to replace their change.")
        )
    return page


@signed_in
@require_safe
def check(request: HttpRequest, code: str) -> HttpResponse:
    """The whole plan on one page, each part with a link to change it."""
    planning = _planning(request, code)
    answers = [
        ({"title": each.title, "href": f"{reverse('workshop-section', args=[code, each.key])}?from=check"}, rows)
        for each in SECTIONS
        if (rows := each.answers(planning))
    ]
    context = {"workshop": planning.workshop, "answers": answers, "advice": advice(planning)}
    return render(request, "frontend/organising/check.html", context)
