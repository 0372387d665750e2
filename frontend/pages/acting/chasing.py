"""Asking how many actions go at once: first what that would do, then one mail to each who has any of them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from collaboration.actions.services import chasing
from frontend.pages.acting.forms import ChaseForm
from frontend.pages.gate import actor_of, signed_in
from groundwork.access.errors import Conflict, Invalid


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def chase(request: HttpRequest) -> HttpResponse:
    """What was chosen is in the address, so that going back keeps it."""
    actor = actor_of(request)
    posted = request.POST if request.method == "POST" else None
    references = (posted or request.GET).getlist("ref")
    form = ChaseForm(posted)
    status, found = 200, chasing.Round()
    try:
        found = chasing.look(actor=actor, references=references)
        if posted is not None:
            status = 422
            if form.is_valid():
                done = chasing.chase(actor=actor, references=references, message=form.cleaned_data["message"])
                messages.success(request, _sent(done.owners))
                return redirect("actions")
    except (Conflict, Invalid) as error:
        status = error.status if posted is not None else 200
        messages.error(request, error.message)
    context: dict[str, Any] = {"found": found, "form": form, "back": reverse("actions"), "warning": _warning(found)}
    return render(request, "frontend/acting/chase.html", context, status=status)


def _sent(people: int) -> str:
    return ngettext("We ask %(n)d person by email.", "We ask %(n)d people by email.", people) % {"n": people}


def _warning(found: chasing.Round) -> str:
    people, actions = found.owners, len(found.asked)
    who = ngettext("This will email %(n)d person", "This will email %(n)d people", people) % {"n": people}
    what = ngettext("about %(n)d action.", "about %(n)d actions.", actions) % {"n": actions}
    return f"{who} {what}"
