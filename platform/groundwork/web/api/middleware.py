"""What holds for every address under /api/, whether or not a view is reached."""

from __future__ import annotations

from io import BytesIO

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from groundwork.web.api.licence import licence_link
from groundwork.web.api.parsing import MOST_BYTES
from groundwork.web.api.problems import CONTENT_TYPE, of_status, problem_response
from groundwork.web.middleware import GetResponse

ROOT = "/api/"


class ApiMiddleware:
    """Takes the cookies away, refuses bodies that no view would take, and gives every refusal the one shape.

    Stands right behind the correlation id, so that what any other middleware answers passes through here too.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(ROOT):
            return self.get_response(request)
        # A browser's session says nothing here: no page can make it ask the API for anything but what is public.
        request.META.pop("HTTP_COOKIE", None)
        request.COOKIES = {}
        return self._finish(request, _refuse(request) or self.get_response(request))

    def _finish(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if response.status_code >= 400 and not _is_json(response):
            response = _in_shape(response)
        _say_who_may_keep(request, response)
        if link := licence_link():
            response["Link"] = f"{response['Link']}, {link}" if "Link" in response else link
        return response


def _refuse(request: HttpRequest) -> HttpResponse | None:
    """The refusal of a request that no view could take; None for all others."""
    if "\0" in request.path_info:
        return problem_response(404)
    if "%00" in request.META.get("QUERY_STRING", ""):
        return problem_response(400, detail=_("The address has a NUL in it, which nothing here has."))
    charset = (request.content_params or {}).get("charset", "utf-8").strip("\"'").lower()
    if charset not in ("utf-8", "utf8"):
        return problem_response(415)
    declared = request.META.get("CONTENT_LENGTH") or ""
    if declared:
        return problem_response(413) if not declared.isdecimal() or int(declared) > MOST_BYTES else None
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return None
    # Sent in pieces, without a length: the framework would take it for empty.
    body = request.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        return problem_response(413)
    request._body = body
    request._stream = BytesIO(body)
    request.META["CONTENT_LENGTH"] = str(len(body))
    return None


def _is_json(response: HttpResponseBase) -> bool:
    kind = str(response.headers.get("Content-Type", "")).partition(";")[0]
    return kind in (CONTENT_TYPE, "application/json")


def _in_shape(response: HttpResponse) -> HttpResponse:
    """The same refusal, as a problem; its headers stay, but for those of the page that it was."""
    problem = problem_response(response.status_code, detail=of_status(response.status_code))
    for name, value in response.headers.items():
        if name not in ("Content-Type", "Content-Length"):
            problem[name] = value
    problem["Content-Length"] = str(len(problem.content))
    problem.cookies = response.cookies
    return problem


def _say_who_may_keep(request: HttpRequest, response: HttpResponse) -> None:
    """An answer to a token is for its holder alone; what is public may be kept by whoever asks again before use."""
    vary = [each.strip() for each in response.get("Vary", "").split(",") if each.strip().lower() not in ("", "cookie")]
    if vary:
        response["Vary"] = ", ".join(vary)
    elif "Vary" in response:
        del response["Vary"]
    patch_vary_headers(response, ["Authorization"])
    if "HTTP_AUTHORIZATION" in request.META:
        response["Cache-Control"] = "private, no-store"
    elif "Cache-Control" not in response:
        response["Cache-Control"] = "no-cache"
