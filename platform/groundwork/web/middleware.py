"""What every request gets before a view sees it: a correlation id, and the actor."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
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


class OnlyUtf8:
    """Refuses a body that says it is in anything but UTF-8.

    Django decodes the parts of a multipart body by whatever codec of Python's the caller names: "hex" and "rot13" are
    not for text and raise, "unicode_escape" makes half characters that no page and no database can hold.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        declared = (request.content_params or {}).get("charset", "utf-8")
        if declared.strip("\"'").lower() not in ("utf-8", "utf8"):
            raise BadRequest("The body is not in UTF-8.")
        return self.get_response(request)


class ActorMiddleware:
    """Sets ``request.actor``: who acts, under which mandate. Looked up only when asked for.

    What a signed-in person is shown may hold what others may not see, so no shared cache may keep it. Said here,
    because a file that is written while it is sent asks for the actor only after the headers are gone.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = SimpleLazyObject(  # type: ignore[attr-defined]
            lambda: actor_for(request.user, mandate_id=request.session.get(MANDATE_KEY))
        )
        response = self.get_response(request)
        patch_vary_headers(response, ["Cookie"])
        if settings.SESSION_COOKIE_NAME in request.COOKIES and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-cache"
        return response
