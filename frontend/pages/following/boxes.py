"""The button on what can be followed: for who is signed in a form, for everybody else a link."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.urls import reverse

from collaboration.initiatives.finding import Filters
from frontend.pages.gate import actor_of
from notifications.following import Followed
from notifications.queries.follows import follow_of


def box_of_view(request: HttpRequest, **named: str) -> dict[str, Any]:
    """The button for a view of the register that one filter or two make: ``area="E07000071"``."""
    return box(request, Followed(Filters(**named)))


def box(request: HttpRequest, followed: Followed, words: Any = "") -> dict[str, Any]:
    """What ``frontend/components/follow.html`` shows: one query for who is signed in, none for the public.

    ``words`` stand on the button; "Follow" otherwise.
    """
    actor = actor_of(request)
    shown: dict[str, Any] = {"query": followed.query, "words": words}
    if not actor.is_signed_in:
        # The same for everybody and without a cookie, so that the page can be kept.
        address = reverse("follow")
        return shown | {"href": f"{address}?{followed.query}" if followed.query else f"{address}?all=yes"}
    return shown | {
        "row": follow_of(actor.person, followed.query),
        "csrf": get_token(request),
        "back": request.get_full_path()[:500],
    }
