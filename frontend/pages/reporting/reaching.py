"""Who has opened a page of a report. Whoever may not read it gets the same answer as for a code that does not exist."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache

from collaboration.workshops.queries import tidy_code
from frontend.pages.joining_in.here import Here, here
from groundwork.access.errors import NotFound
from groundwork.access.rules import can

View = Callable[..., HttpResponseBase]


def reading(view: View) -> View:
    """Give ``view(request, here, …)`` to those who may read the report; send all others to the join page."""

    @wraps(view)
    def guarded(request: HttpRequest, code: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
        to_join = redirect("join", tidy_code(code) or "-")
        try:
            found: Here = here(request, code)
        except NotFound:
            return to_join
        if not can(found.actor, "report.view", found.workshop):
            return to_join
        response = view(request, found, *args, **kwargs)
        # The address holds the code: it does not travel on to what is opened from here.
        response["Referrer-Policy"] = "same-origin"
        return response

    return never_cache(guarded)
