"""One's own account: the name others see, how one signs in, and for whom one may act."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from frontend import forms
from groundwork.access.errors import DomainError
from groundwork.accounts.queries import ways_to_sign_in, working_tokens
from groundwork.accounts.services import people
from groundwork.directory.queries import current_mandates, find_mandate, join_requests_of
from groundwork.directory.services import end_mandate
from notifications.queries import resting_address_of


class DetailsForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Full name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Enter your full name")},
    )
    job_title = forms.CharField(
        label=gettext_lazy("Job title"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )


@never_cache
@login_required
@require_http_methods(["GET", "HEAD"])
def account(request: HttpRequest) -> HttpResponse:
    person = request.actor.person  # type: ignore[attr-defined]
    context = {
        "person": person,
        "mandates": list(current_mandates(person)),
        "join_requests": list(join_requests_of(person)[:20]),
        "ways": ways_to_sign_in(person),
        "working_tokens": working_tokens(person),
        "resting": resting_address_of(request.actor),  # type: ignore[attr-defined]
    }
    return render(request, "frontend/people/account.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def details(request: HttpRequest) -> HttpResponse:
    person = request.actor.person  # type: ignore[attr-defined]
    form = DetailsForm(
        request.POST if request.method == "POST" else None, initial={"name": person.name, "job_title": person.job_title}
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                people.change_details(
                    actor=request.actor,  # type: ignore[attr-defined]
                    person=person,
                    name=form.cleaned_data["name"],
                    job_title=form.cleaned_data["job_title"],
                )
            except DomainError as error:
                form.refuse(error)
                status = error.status
            else:
                messages.success(request, _("Your details are saved."))
                return redirect("account")
    return render(request, "frontend/people/details.html", {"form": form}, status=status)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop acting for an organisation."""
    actor = request.actor  # type: ignore[attr-defined]
    mandate = find_mandate(actor, pk)
    if request.method == "POST":
        end_mandate(actor=actor, mandate=mandate)
        messages.success(
            request,
            _("You no longer act for %(organisation)s as %(role)s.")
            % {"organisation": mandate.organisation.name, "role": mandate.get_role_display()},
        )
        return redirect("account")
    return render(request, "frontend/people/leave.html", {"mandate": mandate})
