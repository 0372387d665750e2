"""Turning groups, notes and proposals into something that goes on outside of the board."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from collaboration.boards.afterwards.making import Material, make_outcome, material
from collaboration.boards.afterwards.whom import askable, named, offered, usual
from collaboration.initiatives import queries as register
from frontend.forms import Form
from frontend.pages.joining_in.here import Here
from frontend.pages.reporting import forms
from frontend.pages.reporting.reaching import reading
from groundwork.access.errors import Conflict, Invalid, NotAllowed
from groundwork.access.rules import can, require

HEADINGS = {
    "action": gettext_lazy("A new action"),
    "initiative": gettext_lazy("The draft of an initiative"),
    "learning": gettext_lazy("A learning note"),
    "principle": gettext_lazy("An operating principle"),
    "measure": gettext_lazy("An idea for a measure"),
    "risk": gettext_lazy("A risk"),
}


@reading
@require_http_methods(["GET", "HEAD", "POST"])
def outcome(request: HttpRequest, here: Here) -> HttpResponse:
    """Which kind first, then what it says. The address names what it is made of, so that nothing is lost on the way."""
    workshop = here.workshop
    require(here.actor, "report.make_outcome", workshop)
    to_report = reverse("workshop-report", args=[workshop.code])
    sources, proposal = request.GET.getlist("from")[:51], request.GET.get("proposal", "")
    try:
        made_of = material(actor=here.actor, workshop=workshop, sources=sources, proposal=proposal)
    except Invalid as error:
        messages.error(request, error.message)
        return redirect(to_report)
    kind = request.GET.get("kind", "")
    if kind not in HEADINGS:
        suggested = made_of.proposal.what_as if made_of.proposal is not None else "action"
        form: Form = forms.KindForm(initial={"kind": suggested})
        hidden = [("from", each) for each in sources] + ([("proposal", proposal)] if proposal else [])
        return _shown(request, here, made_of, form, _("What does it become?"), kind="", hidden=hidden)
    form = _form(request, here, made_of, kind)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = make_outcome(
                    actor=here.actor,
                    workshop=workshop,
                    kind=kind,
                    sources=sources,
                    proposal=proposal,
                    **_said(here, form),
                )
            except (Conflict, Invalid, NotAllowed) as error:
                form.refuse(error)
                status = error.status
            else:
                messages.success(request, _("%(what)s: saved.") % {"what": made.get_kind_display().capitalize()})
                return redirect(f"{to_report}#came-of-it")
    back = f"?{urlencode([*(('from', each) for each in sources), *([('proposal', proposal)] if proposal else [])])}"
    return _shown(request, here, made_of, form, HEADINGS[kind], kind=kind, back=back, status=status)


def _shown(
    request: HttpRequest, here: Here, made_of: Material, form: Form, heading: Any, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {"workshop": here.workshop, "material": made_of, "form": form, "heading": heading, **more}
    return render(request, "frontend/reporting/outcome.html", context, status=status)


def _form(request: HttpRequest, here: Here, made_of: Material, kind: str) -> Form:
    data = request.POST if request.method == "POST" else None
    longest = 200 if kind == "initiative" else 500
    initial: dict[str, Any] = {"title": made_of.suggestion[:longest]}
    if kind == "initiative":
        return forms.InitiativeForm(data, initial=initial)
    if kind in ("action", "learning"):
        initiatives = _initiatives(here)
        if kind == "learning":
            return forms.LearningForm(data, initiatives=initiatives, initial=initial)
        proposed, claimant = made_of.proposal, made_of.claimant
        initial |= {
            "due_on": proposed.due if proposed is not None else None,
            "name": proposed.who if proposed is not None and claimant is None else "",
            "ask": "claimant" if claimant is not None else "nobody",
            "visibility": usual(here.actor, here.workshop),
        }
        return forms.ActionForm(
            data,
            claimant=str(claimant) if claimant is not None else "",
            people=named(askable(here.workshop)),
            seen_by=offered(here.actor),
            is_guest=not here.actor.is_signed_in,
            initiatives=initiatives,
            initial=initial,
        )
    return forms.OutcomeForm(data, initial=initial)


def _initiatives(here: Here) -> list[Any]:
    """What the workshop inquires into, as far as this person writes about it."""
    found = register.visible_to(here.actor).filter(workshops=here.workshop).prefetch_related("partners")
    return [each for each in found if can(here.actor, "initiative.update", each)]


def _said(here: Here, form: Form) -> dict[str, Any]:
    said = dict(form.cleaned_data)
    reference = said.pop("initiative", "")
    said["initiative"] = register.get(here.actor, reference) if reference else None
    ask = said.pop("ask", "")
    if ask:
        said["ask_claimant"] = ask == "claimant"
        if ask != "participant":
            said["participant"] = ""
        if ask in ("nobody", "participant"):
            said["email"] = ""
    return said
