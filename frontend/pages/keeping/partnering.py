"""What partners say: yes or no to being one, and asking to become one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from collaboration.initiatives import queries
from collaboration.initiatives.services import partners
from frontend.pages.acts import GET_OR_POST, posted
from frontend.pages.gate import actor_of, signed_in
from frontend.pages.keeping import forms
from frontend.pages.keeping.acting import HOME, act
from groundwork.access.errors import NotFound
from groundwork.access.rules import require


@signed_in
@require_http_methods(GET_OR_POST)
def answer_as_partner(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Confirm or decline what others say of one's organisation."""
    actor = actor_of(request)
    partner = queries.get_partner(actor, number)
    initiative = partner.initiative
    if initiative.reference != reference:
        raise NotFound(_("There is no such partner."))
    require(actor, "initiative.answer_for", partner)
    form = forms.AnswerForm(
        posted(request),
        yes=_("Yes, we have this part"),
        no=_("No, we do not"),
        initial={"answer": {"confirmed": "yes", "declined": "no"}.get(partner.confirmation)},
    )

    def answer() -> None:
        if form.is_yes:
            partners.confirm(actor=actor, partner=partner)
        else:
            partners.decline(actor=actor, partner=partner, reason=form.cleaned_data["reason"])

    return act(
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
    actor = actor_of(request)
    initiative = queries.get(actor, reference)
    ask = initiative.join_asks.select_related("organisation", "person", "initiative").filter(pk=number).first()
    if ask is None:
        raise NotFound(_("There is no such request."))
    require(actor, "initiative.answer_join", ask)
    form = forms.AnswerForm(posted(request), yes=_("Yes, they are welcome"), no=_("No"))
    return act(
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
    actor = actor_of(request)
    initiative = queries.get(actor, reference)
    require(actor, "initiative.ask_to_join", initiative)
    form = forms.JoinForm(posted(request))
    return act(
        request,
        initiative=initiative,
        form=form,
        do=lambda: partners.ask_to_join(actor=actor, initiative=initiative, message=form.cleaned_data["message"]),
        heading=_("Ask to join"),
        intro=_("Your organisation is not a partner before its lead has answered."),
        button=_("Ask to join"),
        done=_("You have asked to join. Its lead has been told."),
    )
