"""Pages for what went wrong: each says what happened and what to do next, and gives nothing away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from groundwork.access.errors import DomainError

TEMPLATE = "frontend/errors/error.html"


def _answer(request: HttpRequest | None, *, status: int, heading: str, sentence: str, advice: str = "") -> HttpResponse:
    context = {"heading": heading, "sentence": sentence, "advice": advice}
    return HttpResponse(render_to_string(TEMPLATE, context, request=request), status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _answer(
        # The host may be forged: nothing that builds addresses from the request.
        None,
        status=400,
        heading=_("That request could not be understood"),
        sentence=_("Go back and try again. If you followed a link, it may be out of date."),
    )


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _answer(
        request,
        status=403,
        heading=_("You cannot do this"),
        sentence=_said(exception) or _("Your account does not allow this."),
        advice=_("If you act for more than one organisation, check that you have chosen the right one."),
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _answer(
        request,
        status=404,
        heading=_("Page not found"),
        sentence=_("There is nothing at this address, or you may not see it."),
        advice=_("If you typed the address, check it is right. If you pasted it, check you copied all of it."),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    # Without the request: whatever broke must not break this page too.
    return _answer(
        None,
        status=500,
        heading=_("Sorry, there is a problem"),
        sentence=_("Something went wrong on our side. It has been recorded."),
        advice=_("Try again in a few minutes. What you had already saved is safe."),
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _answer(
        request,
        status=403,
        heading=_("This form could not be accepted"),
        sentence=_("Nothing was saved. The page was open for too long, or your browser blocked our cookie."),
        advice=_("Go back, reload the page and send it again."),
    )


def too_many(request: HttpRequest, sentence: str) -> HttpResponse:
    """Somebody, or a whole network, sends a form too often."""
    return _answer(request, status=429, heading=_("Please wait a little"), sentence=sentence)


def too_large() -> HttpResponse:
    """More was sent than is taken. Answered before there is a request, so without one."""
    return _answer(
        None,
        status=413,
        heading=_("That was too large"),
        sentence=_("A file can have up to 10 MB. Yours was larger, and nothing was saved."),
        advice=_(
            "Go back and choose a smaller one. Of a spreadsheet, save only the sheet you need as CSV, or split it into "
            "several files."
        ),
    )


def refused(request: HttpRequest, error: DomainError) -> HttpResponse:
    """The page for a service's refusal, with its sentence and status."""
    if error.status == 404:
        return not_found(request, Http404(error.message))
    if error.status == 403:
        return permission_denied(request, error)
    heading = _("Somebody else changed this meanwhile") if error.status == 409 else _("This could not be done")
    return _answer(request, status=error.status, heading=heading, sentence=error.message)


class RefusalMiddleware:
    """Turns a service's refusal that no view caught into its page: the one place where pages map the errors."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return refused(request, exception) if isinstance(exception, DomainError) else None


def _said(exception: Any) -> str:
    """The sentence of a refusal. Only our own and Django's deliberate refusals reach this page."""
    return str(getattr(exception, "message", "") or (exception.args[0] if getattr(exception, "args", None) else ""))
