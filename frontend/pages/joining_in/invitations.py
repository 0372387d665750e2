"""An invitation's own page: looking changes nothing, answering and joining are buttons (promises S16 and F21)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from collaboration.boards import states
from collaboration.workshops import queries, services
from frontend.pages.gate import actor_of
from frontend.pages.joining_in.here import new_secret, remember, secret_of
from frontend.pages.joining_in.joining import _way_in, address_of
from frontend.pages.joining_in.joining_forms import AnswerForm, JoinForm
from frontend.pages.joining_in.text_size import keep_size, size_of
from groundwork.access.errors import Conflict, Invalid, NotAllowed, NotFound
from groundwork.directory.queries import organisations

GET_OR_POST = ("GET", "HEAD", "POST")


@never_cache
@require_http_methods(GET_OR_POST)
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """What somebody is invited to; whether they come; and, once it is open, the way in."""
    try:
        found = queries.invitation_by_token(token)
    except NotFound as error:
        context = {"sentence": error.message, "code": reverse("join-by-code")}
        return render(request, "frontend/joining_in/dead.html", context, status=error.status)
    workshop, actor = found.workshop, actor_of(request)
    act = request.POST.get("act", "") if request.method == "POST" else ""
    answer = AnswerForm(request.POST if act == "answer" else None, initial={"answer": found.answer or None})
    initial = {"name": found.name or (actor.person.display_name if actor.person else ""), "email": found.email}
    initial["text_size"] = size_of(request)
    join = JoinForm(request.POST if act == "join" else None, initial=initial, knows_address=actor.person is not None)
    secret = secret_of(request) or new_secret()
    status = 200
    try:
        if act == "answer":
            status = 422
            if answer.is_valid():
                services.answer_invitation(token=token, answer=answer.cleaned_data["answer"])
                return redirect(f"{request.path}?saved=1")
        elif act == "join":
            status = 422
            if join.is_valid():
                said = dict(join.cleaned_data)
                joined = services.join_by_invitation(
                    actor=actor,
                    token=token,
                    name=said["name"],
                    anonymous=said["anonymous"],
                    organisation_name=said["organisation"],
                    email=said.get("email", ""),
                    guest_secret=secret,
                )
                response = redirect(_way_in(request, workshop, joined.participation))
                remember(response, joined.guest_secret or secret)
                keep_size(response, said["text_size"])
                return response
    except (Conflict, Invalid, NotAllowed, NotFound) as error:
        (join if act == "join" else answer).refuse(error)
        status = error.status
    prepares = workshop.status == "planned" and found.role == "facilitator"
    shown: dict[str, Any] = {
        "invitation": found,
        "workshop": workshop,
        "answer": answer,
        "join": join if workshop.is_open or prepares else None,
        "form": join if join.errors else answer if answer.errors else None,
        "may_answer": workshop.status in ("planned", "open"),
        "saved": request.GET.get("saved", ""),
        "names_hidden": states.hides_names(workshop.board.pk),
        "organisations": [each.name for each in organisations()],
        "ics": address_of("workshop-ics", workshop),
    }
    page = render(request, "frontend/joining_in/invitation.html", shown, status=status)
    # Before anything is sent, so that a double click is twice the same browser and joins once.
    if shown["join"] is not None and not secret_of(request):
        remember(page, secret)
    return page
