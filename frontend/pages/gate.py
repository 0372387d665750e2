"""Pages for people who are signed in, and a limit on how often a page may be posted."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from frontend.pages.errors import too_many
from groundwork.access.actors import Actor
from groundwork.accounts.services.limits import network_of

View = Callable[..., HttpResponse]


def actor_of(request: HttpRequest) -> Actor:
    """Who asks for the page, and for whom."""
    return request.actor  # type: ignore[attr-defined]


def signed_in(view: View) -> View:
    """Ask whoever is not signed in to do so, and bring them back here."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.actor.is_signed_in:  # type: ignore[attr-defined]
            return redirect_to_login(request.get_full_path(), reverse("account_login"))
        return view(request, *args, **kwargs)

    return guarded


def throttled(name: str, *, most: int, seconds: int) -> Callable[[View], View]:
    """Refuse more than ``most`` posts to a public form within ``seconds`` from one address, with a 429 that says so.

    A brake on nuisance, not a security limit: a council is one address, so ``most`` must suit a whole office.
    """

    def wrap(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method == "POST":
                key = f"throttle:{name}:{network_of(request.META.get('REMOTE_ADDR', ''))}"
                cache.add(key, 0, seconds)
                try:
                    count = cache.incr(key)
                except ValueError:  # It ran out between the two lines.
                    count = 1
                if count > most:
                    sentence = _("Too many of these have come from your network. Wait ten minutes and send it again.")
                    return too_many(request, sentence)
            return view(request, *args, **kwargs)

        return guarded

    return wrap
