"""How it is going: still accurate, updates, what was learned, asks and offers."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from collaboration.initiatives import queries
from collaboration.initiatives.services import keeping
from frontend.pages.acts import GET_OR_POST, nothing, posted
from frontend.pages.gate import actor_of, signed_in
from frontend.pages.keeping import forms
from frontend.pages.keeping.acting import act
from groundwork.access.errors import NotFound
from groundwork.access.rules import can, require


@signed_in
@require_http_methods(GET_OR_POST)
def verify(request: HttpRequest, reference: str) -> HttpResponse:
    """Still accurate: one button."""
    actor = actor_of(request)
    initiative = queries.get(actor, reference)
    require(actor, "initiative.verify", initiative)
    return act(
        request,
        initiative=initiative,
        form=nothing(request),
        do=lambda: keeping.verify(actor=actor, initiative=initiative),
        heading=_("Is this page still accurate?"),
        intro=_("Read it once more. If it is, one button says so and renews its date."),
        button=_("Yes, still accurate"),
        done=_("Thank you. The page now says that it was checked today."),
        other=(reverse("initiative-edit", args=[reference]), _("No, change it"))
        if can(actor, "initiative.edit", initiative)
        else None,
    )


@signed_in
@require_http_methods(GET_OR_POST)
def update(request: HttpRequest, reference: str) -> HttpResponse:
    """An update: two minutes on a phone."""
    actor = actor_of(request)
    initiative = queries.get(actor, reference)
    require(actor, "initiative.update", initiative)
    form = forms.UpdateForm(posted(request))

    def add() -> None:
        said = form.cleaned_data
        keeping.add_update(
            actor=actor,
            initiative=initiative,
            body=said["body"],
            health=said["health"],
            still_accurate=said["still_accurate"] or "no_change" in request.POST,
            no_change="no_change" in request.POST,
        )

    return act(
        request,
        initiative=initiative,
        form=form,
        do=add,
        heading=_("How is it going?"),
        button=_("Add the update"),
        done=_("Your update is on the page."),
        second_button=("no_change", _("Nothing has changed")),
    )


@signed_in
@require_http_methods(GET_OR_POST)
def learning(request: HttpRequest, reference: str) -> HttpResponse:
    actor = actor_of(request)
    initiative = queries.get(actor, reference)
    require(actor, "initiative.update", initiative)
    form = forms.LearningForm(posted(request))
    return act(
        request,
        initiative=initiative,
        form=form,
        do=lambda: keeping.add_learning(actor=actor, initiative=initiative, body=form.cleaned_data["body"]),
        heading=_("Share what you have learned"),
        button=_("Share it"),
        done=_("What you have learned is on the page."),
    )


@signed_in
@require_http_methods(GET_OR_POST)
def ask_or_offer(request: HttpRequest, reference: str) -> HttpResponse:
    actor = actor_of(request)
    initiative = queries.get(actor, reference)
    require(actor, "initiative.update", initiative)
    form = forms.AskOrOfferForm(posted(request))
    return act(
        request,
        initiative=initiative,
        form=form,
        do=lambda: keeping.add_ask_or_offer(actor=actor, initiative=initiative, **form.cleaned_data),
        heading=_("Ask for something, or offer it"),
        button=_("Put it on the page"),
        done=_("It is on the page."),
    )


@signed_in
@require_http_methods(GET_OR_POST)
def close_ask_or_offer(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    actor = actor_of(request)
    initiative = queries.get(actor, reference)
    require(actor, "initiative.update", initiative)
    found = initiative.asks_and_offers.filter(pk=number).first()
    if found is None:
        raise NotFound(_("There is no such ask or offer."))
    return act(
        request,
        initiative=initiative,
        form=nothing(request),
        do=lambda: keeping.close_ask_or_offer(actor=actor, ask_or_offer=found),
        heading=_("Take this off the page?"),
        intro=found.body,
        button=_("It is settled"),
        done=_("It is no longer shown as open."),
    )
