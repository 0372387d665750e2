"""Coming in: the code box, the join page with everything that may stand in the way, and one's own page inside."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from collaboration.boards import states
from collaboration.workshops import queries, services
from frontend.context import address
from frontend.pages.gate import actor_of
from frontend.pages.joining_in.here import Here, at, new_secret, remember, secret_of, spoken_code, taking_part
from frontend.pages.joining_in.joining_forms import CodeForm, JoinForm, NameForm, TextSizeForm
from frontend.pages.joining_in.site import site
from frontend.pages.joining_in.text_size import keep_size, size_of
from frontend.pages.organising.ways_in import qr_of
from frontend.pages.signing_in import caller
from groundwork.access.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound
from groundwork.access.rules import can
from groundwork.accounts.services.limits import TooMany
from groundwork.directory.queries import organisations

GET_OR_POST = ("GET", "HEAD", "POST")
LONGEST_SHOWN = 8
"""Of what stood in an address as a code, this much is put into the box: no code is longer."""


@never_cache
@require_http_methods(GET_OR_POST)
def by_code(request: HttpRequest) -> HttpResponse:
    """The code box. Only sending it looks a code up, and counts the wrong ones; a right one leads on by the link."""
    form = CodeForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            code = form.cleaned_data["code"]
            try:
                workshop = known(request, code) or services.try_code(code=code, address=caller(request))
            except (NotFound, TooMany) as error:
                form.add_error("code", error.message)
                status = 422 if error.status == 404 else error.status
            else:
                return redirect("join-by-link", workshop.code, queries.link_token(workshop))
    return render(request, "frontend/joining_in/code.html", {"form": form}, status=status)


def known(request: HttpRequest, code: str, token: str = "") -> Any:
    """The workshop with this code, for whoever is in it, holds its link, or may know of it; None for all others,
    whether there is one or not: they have to send the code first."""
    workshop = queries.by_code_for_joining(code)
    if workshop is None:
        return None
    if token and queries.is_link(workshop, token):
        return workshop
    if at(request, workshop).participation is not None or can(actor_of(request), "workshop.view", workshop):
        return workshop
    return None


@never_cache
@require_http_methods(GET_OR_POST)
def join(request: HttpRequest, code: str, token: str = "") -> HttpResponse:
    """The page of a workshop for whoever wants in, by its link or QR code (``token``). Its bare code is put into the
    code box, with a button."""
    workshop = known(request, code, token)
    if workshop is None:
        form = CodeForm(initial={"code": spoken_code(queries.tidy_code(code)[:LONGEST_SHOWN])})
        return render(request, "frontend/joining_in/code.html", {"form": form})
    here = at(request, workshop)
    state = queries.joining_state(workshop, here.participation)
    if state == "in":
        return redirect(_way_in(request, workshop))
    if state != "join":
        return _state(request, here, state)
    return _join(request, here, token)


def _join(request: HttpRequest, here: Here, token: str) -> HttpResponse:
    actor, workshop = actor_of(request), here.workshop
    initial = {"name": actor.person.display_name if actor.person else "", "text_size": size_of(request)}
    if actor.organisation is not None:
        initial["organisation"] = actor.organisation.name
    sent = request.POST if request.method == "POST" else None
    form = JoinForm(sent, initial=initial, knows_address=actor.person is not None)
    secret = here.secret or new_secret()
    status = 200
    if sent is not None:
        status = 422
        if form.is_valid():
            said = dict(form.cleaned_data)
            size = said.pop("text_size")
            try:
                joined = services.join(
                    actor=actor,
                    workshop=workshop,
                    name=said["name"],
                    anonymous=said["anonymous"],
                    organisation_name=said["organisation"],
                    email=said.get("email", ""),
                    guest_secret=secret,
                    via="link" if token else "code",
                )
            except (Conflict, Invalid, NotAllowed) as error:
                form.refuse(error)
                status = error.status
            else:
                response = redirect(_way_in(request, workshop, joined.participation))
                remember(response, joined.guest_secret or secret)
                keep_size(response, size)
                return response
    context = {
        "form": form,
        "workshop": workshop,
        "organisations": [each.name for each in organisations()],
        "names_hidden": states.hides_names(workshop.board.pk),
    }
    page = render(request, "frontend/joining_in/join.html", context, status=status)
    # Before anything is sent, so that a double click is twice the same browser and joins once.
    if not here.secret:
        remember(page, secret)
    return page


def _way_in(request: HttpRequest, workshop: Any, participation: Any = None) -> str:
    """Where whoever is in goes: to the live board, or to plain forms where there are no scripts."""
    if participation is not None and participation.status != "admitted":
        return reverse("join", args=[workshop.code])
    plain = reverse("board-simple", args=[workshop.code])
    return plain if request.POST.get("plain") else address_of("board", workshop) or plain


def address_of(name: str, workshop: Any) -> str:
    """The address of a page of a workshop, or "" where this installation does not have it."""
    return address(name, workshop.code)


def _state(request: HttpRequest, here: Here, state: str) -> HttpResponse:
    """What stands in the way, in words, and what to do."""
    workshop = here.workshop
    may_see = bool(can(here.actor, "workshop.view", workshop)) or here.is_in
    context = {
        "here": here,
        "workshop": workshop,
        "state": state,
        "report": address_of("workshop-report", workshop) if may_see and workshop.status == "reported" else "",
        "look": reverse("board-simple", args=[workshop.code]) if here.is_in and workshop.status == "planned" else "",
        "organise": address_of("workshop", workshop) if here.facilitates else "",
        "waits": state in ("waiting", "not_open", "locked"),
    }
    return render(request, "frontend/joining_in/state.html", context)


@taking_part
@require_http_methods(GET_OR_POST)
def me(request: HttpRequest, here: Here) -> HttpResponse:
    """One's own page in a workshop: name, size of the text, the way back on another phone, leaving."""
    actor, part = here.actor, here.participation
    act = request.POST.get("act", "") if request.method == "POST" else ""
    sent = request.POST
    forms = {
        "name": NameForm(sent if act == "name" else None, initial={"name": part.name, "anonymous": not part.name}),
        "size": TextSizeForm(sent if act == "size" else None, initial={"text_size": size_of(request)}),
    }
    refused: DomainError | None = None
    if act:
        try:
            response = _act_on_me(request, here, act, forms)
            if response is not None:
                return response
        except (Conflict, Invalid, NotAllowed) as error:
            if act == "name":
                forms["name"].refuse(error)
            else:
                refused = error
    return_link = ""
    if part.person_id is None:
        return_link = site(request) + reverse("join-back", args=[queries.return_token(part)])
    context = {
        "here": here,
        "workshop": here.workshop,
        "forms": forms,
        "form": forms["name"] if forms["name"].errors else None,
        "refused": refused,
        "return_link": return_link,
        "qr": qr_of(return_link) if return_link else "",
        "may_claim": part.person_id is None and actor_of(request).is_signed_in,
        "is_guest": actor.person is None,
        "saved": request.GET.get("saved", ""),
        "sign_in": address("account_login"),
        "home": _way_in(request, here.workshop),
        "plain": reverse("board-simple", args=[here.workshop.code]),
    }
    status = refused.status if refused else 422 if context["form"] else 200
    return render(request, "frontend/joining_in/me.html", context, status=status)


def _act_on_me(request: HttpRequest, here: Here, act: str, forms: dict[str, Any]) -> HttpResponse | None:
    part, again = here.participation, reverse("workshop-me", args=[here.workshop.code])
    if act == "name" and forms["name"].is_valid():
        services.rename(actor=here.actor, participation=part, **forms["name"].cleaned_data)
        return redirect(f"{again}?saved=name")
    if act == "size" and forms["size"].is_valid():
        response = redirect(f"{again}?saved=size")
        keep_size(response, forms["size"].cleaned_data["text_size"])
        return response
    if act == "leave":
        services.leave(actor=here.actor, participation=part)
        return redirect(f"{reverse('join-by-code')}?left=1")
    if act == "claim":
        services.claim(actor=actor_of(request), participation=part, guest_secret=here.secret)
        return redirect(f"{again}?saved=claim")
    return None


@never_cache
@require_http_methods(GET_OR_POST)
def back(request: HttpRequest, token: str) -> HttpResponse:
    """Somebody's own link, opened on another phone. Looking changes nothing; the button moves their place here."""
    part = queries.participation_by_return_token(token)
    refused = ""
    if request.method == "POST":
        secret = secret_of(request) or new_secret()
        try:
            joined = services.return_with(token=token, guest_secret=secret)
        except (Conflict, NotAllowed) as error:
            refused = error.message
        else:
            response = redirect(_way_in(request, part.workshop, joined.participation))
            remember(response, joined.guest_secret)
            return response
    hidden = states.hides_names(part.workshop.board.pk)
    context = {"part": part, "workshop": part.workshop, "refused": refused, "names_hidden": hidden}
    return render(request, "frontend/joining_in/back.html", context, status=409 if refused else 200)
