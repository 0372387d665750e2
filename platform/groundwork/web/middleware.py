"""What every request gets before a view sees it: a correlation id, and the actor."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from groundwork.correlation import correlated
from groundwork.directory.queries import actor_for
from groundwork.ids import uuid7

GetResponse = Callable[[HttpRequest], HttpResponse]

MANDATE_KEY = "mandate_id"
"""Session key of the mandate a person chose to act under."""


class CorrelationMiddleware:
    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        identifier = str(uuid7())
        with correlated(identifier):
            response = self.get_response(request)
        response["X-Request-ID"] = identifier
        return response


class ActorMiddleware:
    """Sets ``request.actor``: who acts, under which mandate. Looked up only when asked for."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = SimpleLazyObject(  # type: ignore[attr-defined]
            lambda: actor_for(request.user, mandate_id=request.session.get(MANDATE_KEY))
        )
        return self.get_response(request)
