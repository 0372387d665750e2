"""Who has opened a page of a workshop: the workshop, who they are in it, and what their browser holds.

A code is all that keeps a workshop from whoever guesses, so an address with a code in it must not tell whether there is
such a workshop (promise S17). Whoever is not in one is sent to its join page, which is the same for every code; only
sending the code box looks one up for strangers, and counts the wrong ones. A GET changes nothing.

Each browser that takes part holds one random secret, in a cookie. The server keeps digests of it, another one for each
workshop. The key of the device (docs/protocol/board.md) is made from the same secret, so it is nowhere on the server
either: where names are hidden nobody can look up whose note it is.
"""

from __future__ import annotations

import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from collaboration.workshops import queries
from collaboration.workshops.queries import tidy_code
from frontend.pages.gate import actor_of
from groundwork.access.actors import Actor, GuestActor
from groundwork.access.errors import NotFound

SHORTEST_SECRET, LONGEST_SECRET = 32, 128


def spoken_code(code: str) -> str:
    """A code as people read it out: in two halves."""
    return f"{code[:4]} {code[4:]}".strip()


@dataclass(frozen=True, kw_only=True)
class Here:
    """One request to one workshop. ``participation`` is None for somebody who has not joined it: never where
    :func:`taking_part` stands before a page."""

    workshop: Any
    participation: Any
    actor: Actor
    secret: str
    """Of this browser; "" if it holds none yet."""

    @property
    def is_in(self) -> bool:
        """Takes part, and nobody has to let them in or has removed them."""
        return self.participation is not None and self.participation.status == "admitted"

    @property
    def facilitates(self) -> bool:
        return self.is_in and self.participation.role == "facilitator"

    @property
    def device(self) -> str:
        """The key of this device on this workshop's board; "" if the browser holds no secret."""
        return device_key(self.secret, self.workshop.uuid) if self.secret else ""


def device_key(secret: str, workshop: Any) -> str:
    """43 characters that this browser always gives in this workshop (its uuid), and no other browser or workshop."""
    digest = hmac.digest(secret.encode(), f"device:{workshop}".encode(), "sha256")
    return urlsafe_b64encode(digest).decode().rstrip("=")


def secret_of(request: HttpRequest) -> str:
    """What this browser holds, or "". What is too short to be ours, or no ASCII, counts as nothing."""
    held = request.COOKIES.get(settings.GUEST_COOKIE_NAME, "")
    fits = SHORTEST_SECRET <= len(held) <= LONGEST_SECRET and held.isascii() and held.isprintable()
    return held if fits else ""


def new_secret() -> str:
    return secrets.token_urlsafe(32)


def remember(response: HttpResponse, secret: str) -> None:
    """Give the browser its secret. Secure in production alone: a hall's own network has no certificates."""
    response.set_cookie(
        settings.GUEST_COOKIE_NAME,
        secret,
        max_age=settings.GUEST_COOKIE_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def here(request: HttpRequest, code: str) -> Here:
    """Where this request is. Raises :class:`NotFound` where there is no such workshop.

    A page that strangers may open too (a published report) must answer them alike for workshops they may not see and
    for codes that do not exist. Pages of those who take part use :func:`taking_part` instead.
    """
    workshop = queries.by_code_for_joining(tidy_code(code))
    if workshop is None:
        raise NotFound("This does not exist, or you may not see it.")
    return at(request, workshop)


def at(request: HttpRequest, workshop: Any) -> Here:
    """Where this request is, for a workshop that was found in another way."""
    actor, secret = actor_of(request), secret_of(request)
    participation = queries.participation_for(workshop, person=actor.person, guest_secret=secret)
    if participation is not None and participation.person_id is None:
        actor = GuestActor(workshop_id=workshop.pk, participation_id=participation.pk)
    return Here(workshop=workshop, participation=participation, actor=actor, secret=secret)


View = Callable[..., HttpResponse]
WRITTEN = ("text", "what", "title", "prompt")
"""Fields of our forms that hold what somebody wrote."""


def taking_part(view: View) -> View:
    """Give ``view(request, here, …)`` to those who are in the workshop; send all others to its join page.

    Whoever was removed while they wrote, or whose code was never one, gets back what they wrote: nothing is lost.
    """

    @wraps(view)
    def guarded(request: HttpRequest, code: str, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            found: Here | None = here(request, code)
        except NotFound:
            found = None
        if found is None or not found.is_in:
            return _outside(request, tidy_code(code) or "-")
        match = request.resolver_match
        if code != found.workshop.code and match is not None and request.method in ("GET", "HEAD"):
            return redirect(match.view_name, *args, **kwargs | {"code": found.workshop.code})
        fresh = "" if found.secret else new_secret()
        response = view(request, replace(found, secret=fresh) if fresh else found, *args, **kwargs)
        if fresh:
            remember(response, fresh)
        return response

    return never_cache(guarded)


def _outside(request: HttpRequest, code: str) -> HttpResponse:
    written = [words for name in WRITTEN if (words := request.POST.get(name, "").strip())]
    if not written:
        return redirect("join", code)
    return render(request, "frontend/joining_in/outside.html", {"code": code, "written": written}, status=403)
