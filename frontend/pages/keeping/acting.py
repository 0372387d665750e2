"""What every page of an act upon an initiative shares."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from frontend.pages import acts

HOME = "my-home"


def act(request: HttpRequest, *, initiative: Any, **said: Any) -> HttpResponse:
    """A page for one act upon ``initiative``."""
    return acts.act(
        request,
        template="frontend/keeping/act.html",
        back=(initiative.get_absolute_url(), initiative.title),
        caption=f"{initiative.reference} {initiative.title}",
        initiative=initiative,
        **said,
    )
