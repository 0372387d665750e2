"""Who asks: the holder of a token, or the public. Nothing else says so here, cookies least of all.

A browser sends its cookies wherever a page tells it to. An API that took them would need a defence against forged
requests on every address; one that does not take them needs none.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from groundwork.access.actors import Actor, PersonActor, Public
from groundwork.accounts.models import ApiToken, Person
from groundwork.accounts.services import tokens
from groundwork.web.api.problems import Unauthenticated

CHALLENGE = 'Bearer realm="api"'


class TokenAuthentication(BaseAuthentication):
    """``Authorization: Bearer gt_…``. Costs one query with a token, and none without."""

    @sensitive_variables("header", "secret")
    def authenticate(self, request: Request) -> tuple[Person, ApiToken] | None:
        """Whose token it is, and the token; None without one. Raises :class:`Unauthenticated` for one that fails."""
        header = request.META.get("HTTP_AUTHORIZATION")
        if header is None:
            return None
        scheme, _space, secret = header.strip().partition(" ")
        if scheme.lower() != "bearer":
            raise Unauthenticated(_("Send the token as: Authorization: Bearer gt_…"))
        try:
            token = tokens.use(secret=secret.strip())
        except tokens.TokenRefused as refusal:
            raise Unauthenticated(refusal.message, refusal.code) from refusal
        return token.person, token

    def authenticate_header(self, request: Request) -> str:
        return CHALLENGE if "HTTP_AUTHORIZATION" not in request.META else f'{CHALLENGE}, error="invalid_token"'


def actor_of(token: ApiToken | None) -> Actor:
    """Who acts: the token's person under the token's one mandate, or the public."""
    if token is None:
        return Public(via="api")
    return PersonActor(who=token.person, under=token.mandate, via="api")


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the description of the API speaks of tokens."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "A token from the page “API tokens” of your account. What is public reads without one.",
        }
