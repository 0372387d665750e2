"""Withdrawing, restoring, merging, and naming good practice."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from collaboration.initiatives import queries
from collaboration.initiatives.services import keeping, lifecycle
from frontend.pages.acts import GET_OR_POST, nothing, posted
from frontend.pages.gate import actor_of, signed_in
from frontend.pages.keeping import forms
from frontend.pages.keeping.acting import HOME, act
from groundwork.access.errors import Invalid, NotFound
from groundwork.access.rules import require


@signed_in
@require_http_methods(GET_OR_POST)
def withdraw(request: HttpRequest, reference: str) -> HttpResponse:
    actor = actor_of(request)
    initiative = queries.get(actor, reference)
    require(actor, "initiative.withdraw", initiative)
    form = forms.ReasonForm(posted(request))
    return act(
        request,
        initiative=initiative,
        form=form,
        do=lambda: lifecycle.withdraw(actor=actor, initiative=initiative, reason=form.cleaned_data["reason"]),
        heading=_("Withdraw this initiative"),
        warning=_(
            "It is no longer shown, and its address says that it was withdrawn. Nothing is deleted; you can restore it."
        ),
        button=_("Withdraw it"),
        done=_("It is withdrawn. You can restore it from this page."),
        to=HOME,
    )


@signed_in
@require_http_methods(GET_OR_POST)
def restore(request: HttpRequest, reference: str) -> HttpResponse:
    actor = actor_of(request)
    initiative = queries.get(actor, reference)
    require(actor, "initiative.restore", initiative)
    return act(
        request,
        initiative=initiative,
        form=nothing(request),
        do=lambda: lifecycle.restore(actor=actor, initiative=initiative),
        heading=_("Restore this initiative"),
        intro=_("It is shown again to everybody who saw it before it was withdrawn."),
        button=_("Restore it"),
        done=_("It is back."),
    )


@signed_in
@require_http_methods(GET_OR_POST)
def merge(request: HttpRequest, reference: str) -> HttpResponse:
    actor = actor_of(request)
    initiative = queries.get(actor, reference)
    require(actor, "initiative.merge", initiative)
    form = forms.MergeForm(posted(request), initial={"into": request.GET.get("into", "")[:20]})

    def join_them() -> None:
        try:
            into = queries.get(actor, form.cleaned_data["into"].strip().upper())
        except NotFound:
            raise Invalid({"into": [_("There is no initiative with this reference that you may see.")]}) from None
        lifecycle.merge(actor=actor, initiative=initiative, into=into)

    return act(
        request,
        initiative=initiative,
        form=form,
        do=join_them,
        heading=_("Merge this initiative into another one"),
        warning=_(
            "Partners, alignments and updates that the other one lacks move to it. This address then leads there."
        ),
        button=_("Merge them"),
        done=_("They are one now."),
    )


@signed_in
@require_http_methods(GET_OR_POST)
def exemplar(request: HttpRequest, reference: str) -> HttpResponse:
    actor = actor_of(request)
    initiative = queries.get(actor, reference)
    require(actor, "initiative.mark_exemplar", initiative)
    form = forms.ExemplarForm(posted(request), initial={"reason": initiative.exemplar_reason})
    return act(
        request,
        initiative=initiative,
        form=form,
        do=lambda: keeping.mark_exemplar(
            actor=actor, initiative=initiative, yes="no" not in request.POST, reason=form.cleaned_data["reason"]
        ),
        heading=_("Does this show good practice?"),
        button=_("Yes, show it as good practice"),
        second_button=("no", _("No, it does not")) if initiative.is_exemplar else None,
        done=_("Saved."),
    )
