"""How long a session lives, and who may work only with a second factor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from groundwork.access.actors import Public
from groundwork.accounts.rules import (
    ABSOLUTE,
    ABSOLUTE_SHORT,
    IDLE,
    IDLE_SHORT,
    SEEN_AT,
    SIGNED_IN_AT,
    has_short_sessions,
    needs_second_factor,
)
from groundwork.accounts.services.kept import keep_post
from groundwork.clock import now

GetResponse = Callable[[HttpRequest], HttpResponse]

OPEN_NAMES = frozenset({"account_login", "account_logout", "sign_in_with_password", "sign_in_code", "sign_in_link"})
"""Pages for people who are not signed in: nothing typed there is worth keeping, and some of it is secret."""


class SessionLimits:
    """Ends a session that was idle or lived too long. What was being sent is kept for after the next sign-in."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Without a cookie there is no session to look up, and no query.
        if request.COOKIES.get(settings.SESSION_COOKIE_NAME) and request.user.is_authenticated:
            self._limit(request)
        return self.get_response(request)

    def _limit(self, request: HttpRequest) -> None:
        at = int(now().timestamp())
        session = request.session
        begun = session.setdefault(SIGNED_IN_AT, at)
        seen = session.setdefault(SEEN_AT, at)
        idle, age = at - seen, at - begun
        if self._is_over(request, idle, age):
            request.timed_out_person = request.user.pk  # type: ignore[attr-defined]
            logout(request)
            request.actor = Public()  # type: ignore[attr-defined]
        elif idle >= 60:
            session[SEEN_AT] = at

    def _is_over(self, request: HttpRequest, idle: int, age: int) -> bool:
        if idle >= IDLE.total_seconds() or age >= ABSOLUTE.total_seconds():
            return True
        # Only past the shorter limits does it matter who it is: until then no query.
        if idle < IDLE_SHORT.total_seconds() and age < ABSOLUTE_SHORT.total_seconds():
            return False
        return has_short_sessions(request.actor)  # type: ignore[attr-defined]

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        # After Django's own check of the form's token, so that nobody else can leave a form here.
        person_id = getattr(request, "timed_out_person", None)
        match = request.resolver_match
        if person_id is None or match is None or request.path.startswith("/api/"):
            return None
        if match.url_name in OPEN_NAMES:
            return None
        if request.method != "POST":
            messages.info(request, _("You were signed out because you were away for a while."))
            return None
        if keep_post(request, person_id=person_id):
            messages.info(
                request, _("You were signed out because you were away for a while. Sign in: what you wrote is kept.")
            )
        else:
            messages.info(request, _("You were signed out because you were away for a while."))
        arrival = resolve_url(settings.LOGIN_REDIRECT_URL)
        return redirect(f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': arrival})}")


class RequireSecondFactor:
    """Who must have a second factor and has none reaches the pages that add one, and nothing else."""

    ALLOWED = frozenset(
        {
            "account_logout",
            "account_reauthenticate",
            "account_confirm_email",
            "account_set_password",
            "account_inactive",
        }
    )

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if settings.REQUIRE_MFA == "none" or not request.user.is_authenticated:
            return None
        name = request.resolver_match.url_name if request.resolver_match else ""
        if name and (name.startswith("mfa_") or name in self.ALLOWED):
            return None
        from allauth.mfa.models import Authenticator
        from allauth.mfa.utils import is_mfa_enabled

        factors = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
        if not needs_second_factor(request.actor) or is_mfa_enabled(request.user, factors):  # type: ignore[attr-defined]
            return None
        # That page says why.
        return redirect("mfa_index")
