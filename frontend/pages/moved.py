"""Old addresses: whoever comes by the one that an organisation or an area had is led to the one it has."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse

from groundwork.access.errors import NotFound
from groundwork.directory.queries import present_slug

View = Callable[..., HttpResponse]


def at_present_address(of: str) -> Callable[[View], View]:
    """Of a page whose address has the ``slug`` of an ``organisation`` or an ``area``: its old one leads on for good."""

    def decorate(view: View) -> View:
        @wraps(view)
        def answered(request: HttpRequest, slug: str, **others: Any) -> HttpResponse:
            try:
                return view(request, slug, **others)
            except NotFound:
                present = present_slug(slug, of) if request.method in ("GET", "HEAD") else ""
                match = request.resolver_match
                if not present or match is None:
                    raise
                address = reverse(match.view_name, kwargs={"slug": present, **others})
                query = request.META.get("QUERY_STRING", "")
                return HttpResponsePermanentRedirect(f"{address}?{query}" if query else address)

        return answered

    return decorate
