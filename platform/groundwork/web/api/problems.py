"""The one shape in which the API says that something went wrong (RFC 9457, ``application/problem+json``).

Every refusal, wherever it arises, leaves as the same members::

    {"type": "about:blank", "title": "Unprocessable Content", "status": 422, "detail": "A sentence for a person.",
     "code": "invalid", "errors": {"title": ["Enter a title"]}, "request_id": "0198…"}

``detail`` says what to do. ``code`` is for programs and never changes. ``errors`` has a list of sentences for each
field at fault and is empty otherwise; a field inside another is named by its path (``partnerships.0.role``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import (
    BadRequest,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
)
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions, status
from rest_framework.response import Response

from groundwork.access.errors import DomainError
from groundwork.correlation import correlation_id

CONTENT_TYPE = "application/problem+json"

Errors = dict[str, list[str]]

CODES = {
    400: "malformed",
    401: "unauthenticated",
    403: "not_allowed",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    409: "conflict",
    410: "gone",
    412: "precondition_failed",
    413: "too_large",
    415: "unsupported_media_type",
    422: "invalid",
    428: "precondition_required",
    429: "too_many",
    500: "server_error",
}
"""The code of each status, where nothing more exact is known."""

TITLES = {413: "Content Too Large", 422: "Unprocessable Content"}
"""The names of RFC 9110, where Python has older ones."""

SENTENCES = {
    400: gettext_lazy("This request could not be understood. Compare it with the description at /api/v1/docs/."),
    401: gettext_lazy("This needs a token. Make one on the page “API tokens” of your account."),
    403: gettext_lazy("You may not do this."),
    404: gettext_lazy("There is nothing at this address, or you may not see it."),
    405: gettext_lazy("This address cannot be asked for in that way. The header Allow says how it can."),
    406: gettext_lazy("The API answers in JSON. Ask for it: Accept: application/json."),
    409: gettext_lazy("This cannot be done in the state the record is in now."),
    410: gettext_lazy("This was withdrawn."),
    413: gettext_lazy("What you sent is too large: the API takes up to 1 megabyte at once."),
    415: gettext_lazy("Send JSON in UTF-8, and say so: Content-Type: application/json."),
    422: gettext_lazy("Nothing was saved. “errors” says what to change, field by field."),
    429: gettext_lazy("That was tried too often. Wait a few minutes, then try again."),
    500: gettext_lazy("Something went wrong on our side. It has been recorded. Nothing was saved; try again later."),
}
"""What is said where nobody said anything better."""


class Malformed(exceptions.APIException):
    """The request cannot be understood. ``errors`` names the parameters at fault, if any."""

    status_code = status.HTTP_400_BAD_REQUEST
    default_detail = SENTENCES[400]
    default_code = "malformed"

    def __init__(self, detail: Any = None, code: str | None = None, *, errors: Errors | None = None) -> None:
        super().__init__(detail, code)
        self.errors = errors or {}


class TooLarge(exceptions.APIException):
    """The body is larger than the API takes."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = SENTENCES[413]
    default_code = "too_large"


class Unauthenticated(exceptions.AuthenticationFailed):
    """Nobody known asks, where somebody must; or the token does not work (any more)."""

    default_detail = SENTENCES[401]
    default_code = "unauthenticated"


class OutOfScope(exceptions.PermissionDenied):
    """The token may read, and something was to be written."""

    default_code = "scope"


class PreconditionFailed(exceptions.APIException):
    """The record is not the one that the caller read."""

    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_code = "precondition_failed"


class PreconditionRequired(exceptions.APIException):
    """The caller did not say which version of the record they read."""

    status_code = status.HTTP_428_PRECONDITION_REQUIRED
    default_code = "precondition_required"


class KeyReused(exceptions.APIException):
    """An idempotency key came again with something else."""

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_code = "key_reused"


def problem_data(code: int, *, detail: str = "", name: str = "", errors: Errors | None = None) -> dict[str, Any]:
    """The members of a problem with HTTP status ``code``; ``name`` is its ``code`` for programs."""
    return {
        "type": "about:blank",
        "title": TITLES.get(code) or HTTPStatus(code).phrase,
        "status": code,
        "detail": detail or str(SENTENCES.get(code, HTTPStatus(code).description or HTTPStatus(code).phrase)),
        "code": name or CODES.get(code, "refused"),
        "errors": errors or {},
        "request_id": correlation_id(),
    }


def problem_response(code: int, *, detail: str = "", name: str = "", errors: Errors | None = None) -> HttpResponse:
    """A problem as an answer, for where there is no API view."""
    data = problem_data(code, detail=detail, name=name, errors=errors)
    body = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return HttpResponse(body, status=code, content_type=CONTENT_TYPE)


def handle(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """Turn what a view raised into its answer; None for what nobody foresaw, which Django records and answers.

    The one place where the API maps the errors of services (``REST_FRAMEWORK["EXCEPTION_HANDLER"]``).
    """
    headers: dict[str, str] = {}
    if isinstance(error, DomainError):
        errors = dict(getattr(error, "errors", {}))
        whole = " ".join(errors.pop("", []))
        detail = "" if errors and not whole else whole or error.message
        data = problem_data(error.status, detail=detail, errors=errors, name=getattr(error, "code", ""))
    elif isinstance(error, exceptions.ValidationError):
        errors = _flat(error.detail)
        data = problem_data(422, detail=" ".join(errors.pop("", [])), errors=errors)
    elif isinstance(error, exceptions.APIException):
        if challenge := getattr(error, "auth_header", None):
            headers["WWW-Authenticate"] = challenge
        if wait := getattr(error, "wait", None):
            headers["Retry-After"] = str(int(wait))
        data = problem_data(
            error.status_code, detail=_said(error), name=_name(error), errors=getattr(error, "errors", None)
        )
    elif isinstance(error, Http404):
        data = problem_data(404)
    elif isinstance(error, PermissionDenied):
        data = problem_data(403, detail=str(error))
    elif isinstance(error, RequestDataTooBig | TooManyFieldsSent):
        data = problem_data(413)
    elif isinstance(error, SuspiciousOperation | BadRequest):
        data = problem_data(400)
    else:
        return None
    return Response(data, status=data["status"], headers=headers, content_type=CONTENT_TYPE)


_OURS = (exceptions.MethodNotAllowed, exceptions.NotAcceptable, exceptions.UnsupportedMediaType, exceptions.NotFound)
"""Refusals of the framework's own, for which we have a better sentence."""


def _said(error: exceptions.APIException) -> str:
    return "" if isinstance(error, _OURS) else str(error.detail)


def _name(error: exceptions.APIException) -> str:
    codes = error.get_codes()
    if isinstance(error, _OURS) or not isinstance(codes, str) or codes in ("error", "parse_error"):
        return CODES.get(error.status_code, "")
    return codes


def _flat(detail: Any, at: str = "") -> Errors:
    """The framework's nested errors by path: ``{"partnerships.0.role": ["…"]}``; ``""`` for the whole."""
    if isinstance(detail, Mapping):
        found: Errors = {}
        for key, value in detail.items():
            step = "" if key == "non_field_errors" else str(key)
            for path, sentences in _flat(value, ".".join(filter(None, (at, step)))).items():
                found.setdefault(path, []).extend(sentences)
        return found
    if isinstance(detail, list | tuple):
        if any(isinstance(each, Mapping | list | tuple) for each in detail):
            return _flat({str(number): each for number, each in enumerate(detail) if each}, at)
        return {at: [str(each) for each in detail]} if detail else {}
    return {at: [str(detail)]}


def of_status(code: int) -> str:
    """What is said for a status where nobody said anything better; for answers made outside of any view."""
    return str(SENTENCES.get(code) or _("This could not be done."))
