"""Letting people in, removing them, what they may do, the team, invitations with their check before they are sent."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from collaboration.workshops import queries, services
from frontend.pages.acts import GET_OR_POST, nothing, posted, whole_number
from frontend.pages.gate import actor_of, signed_in
from frontend.pages.organising import act_forms, words
from frontend.pages.organising.acting import act, back_of, found
from groundwork.access.errors import Conflict, Invalid, NotFound
from groundwork.access.rules import can
from notifications.kinds.workshops import preview_of_invitation

INVITED_ON_A_PAGE = 100
NAMED = 20
"""How many of those who will be mailed are named on the page that asks whether to send."""


@signed_in
@require_POST
def admit(request: HttpRequest, code: str) -> HttpResponse:
    """Let one person in, or back in, or everybody who waits."""
    actor, workshop = actor_of(request), found(request, code, "workshop.run")
    try:
        if "all" in request.POST:
            number = services.admit_all(actor=actor, workshop=workshop)
        else:
            person = _person(request, workshop, whole_number(request.POST.get("person")) or 0)
            services.admit(actor=actor, participation=person)
            number = 1
    except (Conflict, Invalid) as error:
        messages.error(request, error.message)
    else:
        if number:
            said = ngettext("%(number)d person is let in.", "%(number)d people are let in.", number)
            messages.success(request, said % {"number": number})
    return redirect(f"{workshop.get_absolute_url()}#people")


def _person(request: HttpRequest, workshop: Any, number: int) -> Any:
    person = queries.find_participation(actor_of(request), workshop, number)
    if person is None:
        raise NotFound(_("There is no such person in this workshop."))
    return person


@signed_in
@require_http_methods(GET_OR_POST)
def remove(request: HttpRequest, code: str, number: int) -> HttpResponse:
    actor, workshop = actor_of(request), found(request, code, "workshop.run")
    person = _person(request, workshop, number)
    return act(
        request,
        workshop=workshop,
        form=nothing(request),
        do=lambda: services.remove(actor=actor, participation=person),
        heading=_("Remove %(name)s") % {"name": person},
        effects=[
            _("They leave the board at once and cannot come back on this phone or with this account."),
            _("What they wrote stays. You can let them back in."),
        ],
        button=_("Remove"),
        done=_("%(name)s is removed.") % {"name": person},
        to=f"{workshop.get_absolute_url()}#people",
    )


@signed_in
@require_http_methods(GET_OR_POST)
def role(request: HttpRequest, code: str, number: int) -> HttpResponse:
    actor, workshop = actor_of(request), found(request, code, "workshop.edit")
    person = _person(request, workshop, number)
    form = act_forms.RoleForm(posted(request), initial={"role": person.role})
    return act(
        request,
        workshop=workshop,
        form=form,
        do=lambda: services.change_role(actor=actor, participation=person, role=form.cleaned_data["role"]),
        heading=str(person),
        other=(reverse("workshop-erase", args=[workshop.code, person.pk]), _("Make them unknown"))
        if can(actor, "board.erase_person", person)
        else None,
        button=_("Save"),
        done=_("%(name)s: saved.") % {"name": person},
        to=f"{workshop.get_absolute_url()}#people",
    )


@signed_in
@require_http_methods(GET_OR_POST)
def team(request: HttpRequest, code: str) -> HttpResponse:
    """Who facilitates, who is asked to, and adding one by their address."""
    actor, workshop = actor_of(request), found(request, code, "workshop.edit")
    form, status = act_forms.TeamForm(posted(request)), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            email = form.cleaned_data["email"]
            try:
                services.add_facilitator(actor=actor, workshop=workshop, email=email)
            except (Conflict, Invalid) as error:
                form.refuse(error)
                status = error.status
            else:
                messages.success(request, _("%(email)s is on the team.") % {"email": email})
                return redirect("workshop-team", workshop.code)
    context = {
        "workshop": workshop,
        "form": form,
        "team": queries.facilitators(workshop),
        "invited": [
            invitation
            for invitation in queries.standing_invitations(workshop)
            if invitation.role == "facilitator" and invitation.participation_id is None
        ],
    } | back_of(workshop)
    return render(request, "frontend/organising/team.html", context, status=status)


@signed_in
@require_http_methods(GET_OR_POST)
def invitations(request: HttpRequest, code: str) -> HttpResponse:
    """A pasted list of people; then a page that says how many mails will go, and shows one; then they are sent.

    The list travels from page to page in the form, so that nothing is kept of people who are not invited in the end.
    """
    actor, workshop = actor_of(request), found(request, code, "workshop.invite")
    form, status = act_forms.InviteForm(posted(request)), 200
    if request.method == "POST" and "change" in request.POST:
        typed = {"people": request.POST.get("people", ""), "role": request.POST.get("role", "participant")}
        form = act_forms.InviteForm(initial=typed)
    elif request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                if "send" not in request.POST:
                    return _ask_first(request, workshop, form)
                sent = services.invite(actor=actor, workshop=workshop, people=form.invitees)
            except (Conflict, Invalid) as error:
                form.refuse(error)
                status = error.status
            else:
                said = ngettext("%(number)d person is invited.", "%(number)d people are invited.", sent.mails)
                messages.success(request, said % {"number": sent.mails})
                if sent.later:
                    messages.error(request, _later(sent))
                return redirect("workshop-invitations", workshop.code)
    everybody = list(queries.invitations(workshop))
    context = {
        "workshop": workshop,
        "form": form,
        "page_obj": Paginator(everybody, INVITED_ON_A_PAGE).get_page(request.GET.get("page")),
        "counts": _counts(everybody),
        "goes_on": workshop.status in ("planned", "open"),
        "refused": ""
        if workshop.status in ("planned", "open")
        else _("The workshop is over, so nobody can be invited to it any more."),
    } | back_of(workshop)
    return render(request, "frontend/organising/invitations.html", context, status=status)


def _ask_first(request: HttpRequest, workshop: Any, form: act_forms.InviteForm) -> HttpResponse:
    checked = queries.check_invitations(workshop, form.invitees)
    if not checked.mails and checked.later:
        raise Invalid({"people": [_later(checked)]})
    if not checked.mails:
        raise Invalid({"people": [_("All of them are invited already. Nothing would be sent.")]})
    mailed = [*checked.new, *checked.again]
    heading = ngettext("This will email %(number)d person", "This will email %(number)d people", checked.mails)
    already = ngettext(
        "%(number)d of the list is invited already or takes part, and gets no second mail.",
        "%(number)d of the list are invited already or take part, and get no second mail.",
        len(checked.known),
    )
    chosen = form.cleaned_data["role"]
    context = {
        "workshop": workshop,
        "heading": heading % {"number": checked.mails},
        "button": ngettext("Send %(number)d mail", "Send %(number)d mails", checked.mails) % {"number": checked.mails},
        "already": already % {"number": len(checked.known)} if checked.known else "",
        "later": _later(checked) if checked.later else "",
        "typed": form.cleaned_data["people"],
        "role": chosen,
        "role_word": str(dict(words.ROLES)[chosen]).lower(),
        "preview": preview_of_invitation(
            workshop,
            email=mailed[0].email,
            role="" if chosen == "participant" else str(dict(words.ROLES)[chosen]),
            invited_by=actor_of(request).person,
        ),
        "shown": mailed[:NAMED],
        "more": max(0, len(mailed) - NAMED),
    }
    return render(request, "frontend/organising/invite_check.html", context)


def _later(checked: queries.Checked) -> str:
    said = ngettext(
        "%(number)d of the list was mailed three times in the last day. Invite them tomorrow.",
        "%(number)d of the list were mailed three times in the last day. Invite them tomorrow.",
        len(checked.later),
    )
    return said % {"number": len(checked.later)}


def _counts(everybody: list[Any]) -> list[str]:
    """How many answered what: "12 coming, 3 perhaps"; those taken back are not counted."""
    standing = [invitation for invitation in everybody if invitation.revoked_at is None]
    told = []
    for answer, (text, _colour) in words.ANSWERS.items():
        number = sum(invitation.answer == answer for invitation in standing)
        if number:
            told.append(f"{text}: {number}")
    joined = sum(invitation.participation_id is not None for invitation in standing)
    if joined:
        told.append(_("Joined: %(number)d") % {"number": joined})
    return told


@signed_in
@require_http_methods(GET_OR_POST)
def withdraw(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Take an invitation back."""
    actor, workshop = actor_of(request), found(request, code, "workshop.invite")
    invitation = _invitation(workshop, number)
    return act(
        request,
        workshop=workshop,
        form=nothing(request),
        do=lambda: services.withdraw_invitation(actor=actor, invitation=invitation),
        heading=_("Withdraw the invitation of %(name)s") % {"name": invitation.name or invitation.email},
        effects=[_("Their link no longer lets them in. No mail is sent about it: tell them yourself.")],
        button=_("Withdraw it"),
        done=_("The invitation is withdrawn."),
        to=reverse("workshop-invitations", args=[workshop.code]),
    )


@signed_in
@require_http_methods(GET_OR_POST)
def send_again(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Mail an invitation once more."""
    actor, workshop = actor_of(request), found(request, code, "workshop.invite")
    invitation = _invitation(workshop, number)
    name = invitation.name or invitation.email
    return act(
        request,
        workshop=workshop,
        form=nothing(request),
        do=lambda: services.send_again(actor=actor, invitation=invitation),
        heading=_("Send the invitation of %(name)s again") % {"name": name},
        effects=[
            _("One mail goes to %(email)s, with the link they have already.") % {"email": invitation.email},
            _("It was last sent on %(day)s.") % {"day": date_format(timezone.localtime(invitation.mailed_at), "j F Y")},
        ],
        button=_("Send it again"),
        done=_("The invitation of %(name)s is sent again.") % {"name": name},
        to=reverse("workshop-invitations", args=[workshop.code]),
    )


def _invitation(workshop: Any, number: int) -> Any:
    invitation = queries.invitations(workshop).filter(pk=number).first()
    if invitation is None:
        raise NotFound(_("There is no such invitation."))
    return invitation
