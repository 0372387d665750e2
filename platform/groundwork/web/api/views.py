"""The base of every address of the API."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from groundwork.access.actors import Actor, Public
from groundwork.accounts.models import ApiToken
from groundwork.web.api import versions
from groundwork.web.api.authentication import TokenAuthentication, actor_of
from groundwork.web.api.parsing import StrictJSONParser
from groundwork.web.api.problems import OutOfScope, Unauthenticated
from groundwork.web.api.repeating import idempotent

__all__ = ["ApiView", "idempotent"]

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

Scope = Literal["read", "write"]


class JsonAlone(DefaultContentNegotiation):
    """Which form an answer takes, where there is one form: what nearly everybody sends is not taken apart first."""

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> tuple[Any, str]:
        accepted = request.META.get("HTTP_ACCEPT", "").strip()
        if accepted in ("", "*/*", "application/json") and renderers[0].media_type == "application/json":
            return renderers[0], "application/json"
        chosen: tuple[Any, str] = super().select_renderer(request, renderers, format_suffix)
        return chosen


class ApiView(APIView):
    """One address: answers in JSON, to the public or to the holder of a token, and refuses in one shape.

    ``self.actor`` is who asks; hand it to queries and services, which decide what may be seen and done. A method that
    is not safe (POST, PATCH, …) needs a token that may write: 401 without one, 403 with one that may only read.

    Nothing limits how often may be read: a whole council is one network address, so a limit by address would stop a
    colleague's report, while whoever means harm has many. Reads are cheap here (bounded pages, counted queries); what
    remains is for the proxy in front (docs/decisions/0010-api.md).
    """

    authentication_classes = (TokenAuthentication,)
    permission_classes = ()
    throttle_classes = ()
    parser_classes = (StrictJSONParser,)
    renderer_classes = (JSONRenderer,)
    content_negotiation_class = JsonAlone
    metadata_class = None
    versioning_class = None

    actor: Actor = Public(via="api")
    token: ApiToken | None = None
    """The token that came with the request, if any."""

    public_methods: ClassVar[frozenset[str]] = frozenset({"OPTIONS"})
    """Answered without a look at who asks."""

    @property
    def scope(self) -> Scope:
        """What a token must allow for this request."""
        return "read" if self.request.method in SAFE else "write"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        method = request.method or ""
        if method.lower() not in self.http_method_names or not hasattr(self, method.lower()):
            # Before anything is asked of the caller: no token makes this address take that method.
            raise exceptions.MethodNotAllowed(method)
        self.format_kwarg = None
        request.accepted_renderer, request.accepted_media_type = self.perform_content_negotiation(request)
        if method in self.public_methods:
            return
        self.perform_authentication(request)
        token: ApiToken | None = request.auth  # type: ignore[assignment]  # ours, not the framework's own
        self.token, self.actor = token, actor_of(token)
        if self.scope == "write":
            self._require_write(token)
            # Here, and not where a view first looks: a body that cannot be read is refused also where none is used.
            _body = request.data

    def _require_write(self, token: ApiToken | None) -> None:
        if token is None:
            raise Unauthenticated(
                _("To write, send a token: Authorization: Bearer gt_… Make one at “API tokens” in your account.")
            )
        if not token.may_write:
            raise OutOfScope(
                _("This token may only read. Make one that may also write at “API tokens” in your account.")
            )

    def options(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # type: ignore[override]
        """What may be asked of this address, in ``Allow``."""
        return Response(status=204)

    def etag(self, version: int) -> str:
        """The ETag of a version of a record, for ``Response(…, headers={"ETag": self.etag(version)})``."""
        return versions.etag(version)

    def require_match(self, request: Request, version: int) -> int | None:
        """See :func:`groundwork.web.api.versions.require_match`."""
        return versions.require_match(request, version)

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        if response.status_code not in (204, 405) and "Allow" in response:
            del response["Allow"]
        return response
