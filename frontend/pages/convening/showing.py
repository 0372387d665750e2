"""The page of one meeting and of its papers, for whoever may read them; and answering one's invitation."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from collaboration.governance.queries import meetings as queries
from collaboration.governance.queries import minutes as minuted
from collaboration.governance.services import inviting
from frontend.pages.acts import GET_OR_POST
from frontend.pages.convening.acting import found
from frontend.pages.convening.forms import AnswerForm
from frontend.pages.gate import actor_of, signed_in, throttled
from groundwork.access.errors import Conflict, Invalid, NotFound
from groundwork.access.rules import can


@require_safe
def meeting(request: HttpRequest, uuid: UUID) -> HttpResponse:
    actor = actor_of(request)
    shown = queries.find(actor, uuid)
    own = queries.invitation_of(actor, shown)
    context: dict[str, Any] = {
        "meeting": shown,
        "agenda": queries.agenda(actor, shown),
        "sees_call": bool(can(actor, "meeting.see_call", shown)),
        "runs": bool(can(actor, "meeting.edit", shown)),
        "own": own,
        "may_answer": own is not None and shown.status == "called",
        "has_minutes": shown.started_at is not None and minuted.visible_to(actor).filter(meeting=shown).exists(),
    }
    return render(request, "frontend/convening/meeting.html", context)


@require_safe
def paper(request: HttpRequest, uuid: UUID, paper: UUID) -> HttpResponse:
    actor = actor_of(request)
    shown = queries.find_paper(actor, uuid, paper)
    context = {
        "paper": shown,
        "meeting": shown.meeting,
        "sees_meeting": bool(can(actor, "meeting.view", shown.meeting)),
        "may_submit": bool(can(actor, "paper.submit", shown)),
        "runs": bool(can(actor, "meeting.edit", shown.meeting)),
    }
    return render(request, "frontend/convening/paper.html", context)


@signed_in
@require_http_methods(GET_OR_POST)
def answer(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One's own invitation, answered signed in."""
    actor = actor_of(request)
    shown = found(request, uuid, "meeting.answer")
    own = queries.invitation_of(actor, shown)
    if own is None:
        raise NotFound(_("You are not invited to this meeting."))
    return _answered(request, own, actor, to=shown.get_absolute_url(), back=shown.get_absolute_url())


@never_cache
@throttled("meeting-rsvp", most=120, seconds=600)
@require_http_methods(GET_OR_POST)
def rsvp(request: HttpRequest, token: str) -> HttpResponse:
    """The link of a mail: looking changes nothing, answering is a button (promises S16 and F21)."""
    try:
        own = queries.invitation_by_token(token)
    except NotFound as error:
        return render(request, "frontend/convening/dead.html", {"sentence": error.message}, status=error.status)
    page = _answered(request, own, None, to=request.path, back="")
    # The address is the right: it must not travel to other sites. Its own button needs to say where it comes from.
    page["Referrer-Policy"] = "same-origin"
    return page


def _answered(request: HttpRequest, own: Any, actor: Any, *, to: str, back: str) -> HttpResponse:
    deputies = [str(each.person.display_name) for each in inviting.deputies(own) if each.person is not None]
    form = AnswerForm(
        request.POST if request.method == "POST" else None, deputies=deputies, initial={"answer": own.answer or None}
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                inviting.answer(invitation=own, answer=form.cleaned_data["answer"], actor=actor)
            except (Conflict, Invalid) as error:
                form.refuse(error)
                status = error.status
            else:
                messages.success(request, _("Thank you. The secretary sees your answer. You can change it here."))
                return redirect(to)
    context = {"own": own, "meeting": own.meeting, "form": form, "back": back}
    return render(request, "frontend/convening/rsvp.html", context, status=status)
