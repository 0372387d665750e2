"""One page for each act on an initiative: what it does, a form, a button. A GET changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from collaboration.initiatives import queries
from collaboration.initiatives.services import keeping, lifecycle, partners
from frontend.forms import Form
from frontend.pages.gate import signed_in, throttled
from frontend.pages.keeping import forms
from groundwork.access.actors import Actor
from groundwork.access.errors import Conflict, Invalid, NotFound
from groundwork.access.rules import can, require

GET_OR_POST = ("GET", "HEAD", "POST")
HOME = "my-home"


def _actor(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined]


def _act(
    request: HttpRequest,
    *,
    initiative: Any,
    form: Form,
    do: Callable[[], Any],
    heading: str,
    button: str,
    done: str,
    to: str = "",
    **context: Any,
) -> HttpResponse:
    """Show ``form`` and, once it is posted and fits, ``do()`` the act. A refusal is shown and the typed text kept."""
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                do()
            except (Conflict, Invalid) as error:
                form.refuse(error)
                status = error.status
            else:
                messages.success(request, done)
                return redirect(to or initiative.get_absolute_url())
    context |= {"initiative": initiative, "form": form, "heading": heading, "button": button}
    return render(request, "frontend/keeping/act.html", context, status=status)


@signed_in
@require_http_methods(GET_OR_POST)
def verify(request: HttpRequest, reference: str) -> HttpResponse:
    """Still accurate: one button."""
    actor = _actor(request)
    initiative = queries.get(actor, reference)
    require(actor, "initiative.verify", initiative)
    return _act(
        request,
        initiative=initiative,
        form=_nothing(request),
        do=lambda: keeping.verify(actor=actor, initiative=initiative),
        heading=_("Is this page still accurate?"),
        intro=_("Read it once more. If it is, one button says so and renews its date."),
        button=_("Yes, still accurate"),
        done=_("Thank you. The page now says that it was checked today."),
        other=("initiative-edit", _("No, change it")) if can(actor, "initiative.edit", initiative) else None,
    )


@signed_in
@require_http_methods(GET_OR_POST)
def update(request: HttpRequest, reference: str) -> HttpResponse:
    """An update: two minutes on a phone."""
    actor = _actor(request)
    initiative = queries.get(actor, reference)
    require(actor, "initiative.update", initiative)
    form = forms.UpdateForm(request.POST if request.method == "POST" else None)

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

    return _act(
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
    actor = _actor(request)
    initiative = queries.get(actor, reference)
    require(actor, "initiative.update", initiative)
    form = forms.LearningForm(request.POST if request.method == "POST" else None)
    return _act(
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
    actor = _actor(request)
    initiative = queries.get(actor, reference)
    require(actor, "initiative.update", initiative)
    form = forms.AskOrOfferForm(request.POST if request.method == "POST" else None)
    return _act(
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
    actor = _actor(request)
    initiative = queries.get(actor, reference)
    require(actor, "initiative.update", initiative)
    found = initiative.asks_and_offers.filter(pk=number).first()
    if found is None:
        raise NotFound(_("There is no such ask or offer."))
    return _act(
        request,
        initiative=initiative,
        form=_nothing(request),
        do=lambda: keeping.close_ask_or_offer(actor=actor, ask_or_offer=found),
        heading=_("Take this off the page?"),
        intro=found.body,
        button=_("It is settled"),
        done=_("It is no longer shown as open."),
    )


@signed_in
@require_http_methods(GET_OR_POST)
def challenge(request: HttpRequest, reference: str) -> HttpResponse:
    actor = _actor(request)
    initiative = queries.get(actor, reference)
    require(actor, "initiative.challenge", initiative)
    form = forms.ChallengeForm(request.POST if request.method == "POST" else None)
    return _act(
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
    actor = _actor(request)
    initiative = queries.get(actor, reference)
    found = initiative.challenges.select_related("initiative").filter(pk=number).first()
    if found is None:
        raise NotFound(_("There is no such challenge."))
    require(actor, "initiative.respond", found)
    form = forms.ResponseForm(request.POST if request.method == "POST" else None)
    return _act(
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
    actor = _actor(request)
    initiative = queries.get(actor, reference)
    require(actor, "initiative.report_problem", initiative)
    form = forms.ProblemForm(request.POST if request.method == "POST" else None)

    def report() -> None:
        said = dict(form.cleaned_data)
        if not said.pop("website"):
            keeping.report_problem(actor=actor, initiative=initiative, **said)

    return _act(
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
    actor = _actor(request)
    initiative = queries.get(actor, reference)
    found = initiative.problem_reports.select_related("initiative").filter(pk=number).first()
    if found is None:
        raise NotFound(_("There is no such report."))
    require(actor, "initiative.close_problem", found)
    return _act(
        request,
        initiative=initiative,
        form=_nothing(request),
        do=lambda: keeping.close_problem(actor=actor, problem=found),
        heading=_("Is this problem settled?"),
        intro=found.body,
        button=_("It is settled"),
        done=_("The report is closed."),
        to=HOME,
    )


@signed_in
@require_http_methods(GET_OR_POST)
def withdraw(request: HttpRequest, reference: str) -> HttpResponse:
    actor = _actor(request)
    initiative = queries.get(actor, reference)
    require(actor, "initiative.withdraw", initiative)
    form = forms.ReasonForm(request.POST if request.method == "POST" else None)
    return _act(
        request,
        initiative=initiative,
        form=form,
        do=lambda: lifecycle.withdraw(actor=actor, initiative=initiative, reason=form.cleaned_data["reason"]),
        heading=_("Withdraw this initiative"),
        intro=_(
            "It is no longer shown, and its address says that it was withdrawn. Nothing is deleted; you can restore it."
        ),
        button=_("Withdraw it"),
        warning=True,
        done=_("It is withdrawn. You can restore it from this page."),
        to=HOME,
    )


@signed_in
@require_http_methods(GET_OR_POST)
def restore(request: HttpRequest, reference: str) -> HttpResponse:
    actor = _actor(request)
    initiative = queries.get(actor, reference)
    require(actor, "initiative.restore", initiative)
    return _act(
        request,
        initiative=initiative,
        form=_nothing(request),
        do=lambda: lifecycle.restore(actor=actor, initiative=initiative),
        heading=_("Restore this initiative"),
        intro=_("It is shown again to everybody who saw it before it was withdrawn."),
        button=_("Restore it"),
        done=_("It is back."),
    )


@signed_in
@require_http_methods(GET_OR_POST)
def merge(request: HttpRequest, reference: str) -> HttpResponse:
    actor = _actor(request)
    initiative = queries.get(actor, reference)
    require(actor, "initiative.merge", initiative)
    form = forms.MergeForm(
        request.POST if request.method == "POST" else None, initial={"into": request.GET.get("into", "")[:20]}
    )

    def join_them() -> None:
        try:
            into = queries.get(actor, form.cleaned_data["into"].strip().upper())
        except NotFound:
            raise Invalid({"into": [_("There is no initiative with this reference that you may see.")]}) from None
        lifecycle.merge(actor=actor, initiative=initiative, into=into)

    return _act(
        request,
        initiative=initiative,
        form=form,
        do=join_them,
        heading=_("Merge this initiative into another one"),
        intro=_("Partners, alignments and updates that the other one lacks move to it. This address then leads there."),
        button=_("Merge them"),
        warning=True,
        done=_("They are one now."),
    )


@signed_in
@require_http_methods(GET_OR_POST)
def exemplar(request: HttpRequest, reference: str) -> HttpResponse:
    actor = _actor(request)
    initiative = queries.get(actor, reference)
    require(actor, "initiative.mark_exemplar", initiative)
    form = forms.ExemplarForm(
        request.POST if request.method == "POST" else None, initial={"reason": initiative.exemplar_reason}
    )
    return _act(
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


@signed_in
@require_http_methods(GET_OR_POST)
def answer_as_partner(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Confirm or decline what others say of one's organisation."""
    actor = _actor(request)
    partner = queries.get_partner(actor, number)
    initiative = partner.initiative
    if initiative.reference != reference:
        raise NotFound(_("There is no such partner."))
    require(actor, "initiative.answer_for", partner)
    form = forms.AnswerForm(
        request.POST if request.method == "POST" else None,
        yes=_("Yes, we have this part"),
        no=_("No, we do not"),
        initial={"answer": {"confirmed": "yes", "declined": "no"}.get(partner.confirmation)},
    )

    def answer() -> None:
        if form.is_yes:
            partners.confirm(actor=actor, partner=partner)
        else:
            partners.decline(actor=actor, partner=partner, reason=form.cleaned_data["reason"])

    return _act(
        request,
        initiative=initiative,
        form=form,
        do=answer,
        heading=_("Is %(organisation)s part of this?") % {"organisation": partner.organisation.name},
        button=_("Send the answer"),
        done=_("Thank you. Your answer has been passed on."),
        partner=partner,
        to=HOME,
    )


@signed_in
@require_http_methods(GET_OR_POST)
def answer_join(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    actor = _actor(request)
    initiative = queries.get(actor, reference)
    ask = initiative.join_asks.select_related("organisation", "person", "initiative").filter(pk=number).first()
    if ask is None:
        raise NotFound(_("There is no such request."))
    require(actor, "initiative.answer_join", ask)
    form = forms.AnswerForm(
        request.POST if request.method == "POST" else None, yes=_("Yes, they are welcome"), no=_("No")
    )
    return _act(
        request,
        initiative=initiative,
        form=form,
        do=lambda: partners.answer_join(actor=actor, ask=ask, accept=form.is_yes, reason=form.cleaned_data["reason"]),
        heading=_("%(organisation)s asks to join")
        % {"organisation": ask.organisation.name if ask.organisation else ""},
        intro=ask.message,
        button=_("Send the answer"),
        done=_("Thank you. They have been told."),
        to=HOME,
    )


@signed_in
@require_http_methods(GET_OR_POST)
def join(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask to join work that exists: reaches its lead."""
    actor = _actor(request)
    initiative = queries.get(actor, reference)
    require(actor, "initiative.ask_to_join", initiative)
    form = forms.JoinForm(request.POST if request.method == "POST" else None)
    return _act(
        request,
        initiative=initiative,
        form=form,
        do=lambda: partners.ask_to_join(actor=actor, initiative=initiative, message=form.cleaned_data["message"]),
        heading=_("Ask to join"),
        intro=_("Your organisation is not a partner before its lead has answered."),
        button=_("Ask to join"),
        done=_("You have asked to join. Its lead has been told."),
    )


@require_safe
def history(request: HttpRequest, reference: str) -> HttpResponse:
    """Every change of every field, by whom, for whom."""
    actor = _actor(request)
    initiative = queries.get(actor, reference)
    require(actor, "initiative.see_history", initiative)
    entries = queries.history(actor, initiative)
    for entry in entries:
        entry.changes[:] = [
            replace(change, before=_spoken(change.before), after=_spoken(change.after)) for change in entry.changes
        ]
    context = {"initiative": initiative, "entries": entries}
    return render(request, "frontend/keeping/history.html", context)


def _spoken(value: Any) -> str:
    """A value of the history as one text: lists with commas, nothing as ""."""
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    return "" if value is None else str(value)


def _nothing(request: HttpRequest) -> Form:
    return forms.NothingForm(request.POST if request.method == "POST" else None)
