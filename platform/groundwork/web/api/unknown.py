"""Addresses under /api/ at which there is nothing."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.views.decorators.csrf import csrf_exempt

from groundwork.web.api.problems import problem_response


@csrf_exempt
def nothing_here(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
    """404 in the API's shape; or the way to the same address with its last slash, with method and body (308)."""
    if not request.path_info.endswith("/"):
        try:
            found = resolve(f"{request.path_info}/", getattr(request, "urlconf", None))
        except Resolver404:
            found = None
        if found is not None and found.func is not nothing_here:
            # Not 301: of a POST it makes a GET, and what was sent would be lost without a word.
            to = request.get_full_path(force_append_slash=True)
            return HttpResponse(status=308, headers={"Location": "/" + to.lstrip("/")})
    return problem_response(404)
