"""Nominating work one has heard of, and what officers do with nominations."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from collaboration.initiatives import queries
from collaboration.initiatives.services import nominating
from frontend.pages.gate import actor_of, signed_in, throttled
from frontend.pages.keeping.forms import NominateForm, ReasonForm
from groundwork.access.errors import Conflict, Invalid, NotFound
from groundwork.access.rules import require
from groundwork.directory.queries import areas


@require_http_methods(["GET", "HEAD", "POST"])
@throttled("nominate", most=20, seconds=600)
def nominate(request: HttpRequest) -> HttpResponse:
    """A short form for anybody."""
    actor = actor_of(request)
    require(actor, "initiative.nominate")
    form = NominateForm(request.POST if request.method == "POST" else None, areas=areas())
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            said = dict(form.cleaned_data)
            try:
                if not said.pop("website"):
                    nominating.nominate(actor=actor, **said)
            except Invalid as error:
                form.refuse(error)
            else:
                return redirect("nominated")
    return render(request, "frontend/nominating/nominate.html", {"form": form}, status=status)


@require_safe
def nominated(request: HttpRequest) -> HttpResponse:
    """Thank you, and what happens next."""
    return render(request, "frontend/nominating/nominated.html")


@signed_in
@require_safe
def nominations(request: HttpRequest) -> HttpResponse:
    """What people have told us about and nobody has dealt with, longest wait first."""
    actor = actor_of(request)
    require(actor, "initiative.handle_nominations")
    return render(request, "frontend/nominating/list.html", {"nominations": queries.nominations(actor)})


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def nomination(request: HttpRequest, number: int) -> HttpResponse:
    """One nomination: make a draft of it, or say why not."""
    actor = actor_of(request)
    require(actor, "initiative.handle_nominations")
    found = queries.nominations(actor).filter(pk=number).first()
    if found is None:
        raise NotFound(_("There is no such nomination, or somebody has dealt with it."))
    form = ReasonForm(request.POST if "decline" in request.POST else None)
    status = 200
    if request.method == "POST":
        try:
            if "draft" in request.POST:
                draft = nominating.draft_from(actor=actor, nomination=found)
                messages.success(
                    request, _("The draft %(reference)s is yours to complete.") % {"reference": draft.reference}
                )
                return redirect("initiative-edit", draft.reference)
            if form.is_valid():
                nominating.decline_nomination(actor=actor, nomination=found, reason=form.cleaned_data["reason"])
                messages.success(request, _("The nomination was not taken up."))
                return redirect("nominations")
            status = 422
        except (Conflict, Invalid) as error:
            form = ReasonForm(request.POST)
            form.is_valid()
            form.refuse(error)
            status = error.status
    return render(request, "frontend/nominating/nomination.html", {"nomination": found, "form": form}, status=status)
