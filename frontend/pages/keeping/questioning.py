"""Questions about what a page says: scrutiny's challenges, and problems that anybody reports."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from collaboration.initiatives import queries
from collaboration.initiatives.services import keeping
from frontend.pages.acts import GET_OR_POST, nothing, posted
from frontend.pages.gate import actor_of, signed_in, throttled
from frontend.pages.keeping import forms
from frontend.pages.keeping.acting import HOME, act
from groundwork.access.errors import NotFound
from groundwork.access.rules import require


@signed_in
@require_http_methods(GET_OR_POST)
def challenge(request: HttpRequest, reference: str) -> HttpResponse:
    actor = actor_of(request)
    initiative = queries.get(actor, reference)
    require(actor, "initiative.challenge", initiative)
    form = forms.ChallengeForm(posted(request))
    return act(
        request,
        initiative=initiative,
        form=form,
        do=lambda: keeping.challenge(actor=actor, initiative=initiative, body=form.cleaned_data["body"]),
        heading=_("Challenge what this page says"),
        button=_("Send the challenge"),
        done=_("Its lead has been asked to respond."),
    )


@signed_in
@require_http_methods(GET_OR_POST)
def respond(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    actor = actor_of(request)
    initiative = queries.get(actor, reference)
    found = initiative.challenges.select_related("initiative").filter(pk=number).first()
    if found is None:
        raise NotFound(_("There is no such challenge."))
    require(actor, "initiative.respond", found)
    form = forms.ResponseForm(posted(request))
    return act(
        request,
        initiative=initiative,
        form=form,
        do=lambda: keeping.respond(actor=actor, challenge=found, response=form.cleaned_data["response"]),
        heading=_("Respond to a challenge"),
        intro=found.body,
        button=_("Publish the response"),
        done=_("Your response is on the page."),
    )


@require_http_methods(GET_OR_POST)
@throttled("problem", most=10, seconds=600)
def problem(request: HttpRequest, reference: str) -> HttpResponse:
    """Anybody may say that a page is wrong."""
    actor = actor_of(request)
    initiative = queries.get(actor, reference)
    require(actor, "initiative.report_problem", initiative)
    form = forms.ProblemForm(posted(request))

    def report() -> None:
        said = dict(form.cleaned_data)
        if not said.pop("website"):
            keeping.report_problem(actor=actor, initiative=initiative, **said)

    return act(
        request,
        initiative=initiative,
        form=form,
        do=report,
        heading=_("Report a problem with this page"),
        button=_("Report it"),
        done=_("Thank you. Those who keep this page have been told."),
    )


@signed_in
@require_http_methods(GET_OR_POST)
def close_problem(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    actor = actor_of(request)
    initiative = queries.get(actor, reference)
    found = initiative.problem_reports.select_related("initiative").filter(pk=number).first()
    if found is None:
        raise NotFound(_("There is no such report."))
    require(actor, "initiative.close_problem", found)
    return act(
        request,
        initiative=initiative,
        form=nothing(request),
        do=lambda: keeping.close_problem(actor=actor, problem=found),
        heading=_("Is this problem settled?"),
        intro=found.body,
        button=_("It is settled"),
        done=_("The report is closed."),
        to=HOME,
    )
