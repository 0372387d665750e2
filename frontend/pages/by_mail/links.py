"""What the pages behind links in mail share: the address is the right, and guessing it is not worth while."""

from __future__ import annotations

from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from frontend.pages.errors import too_many
from groundwork.access.errors import DomainError
from groundwork.accounts.services.limits import network_of

GET_OR_POST = ("GET", "HEAD", "POST")

WRONG_LINKS = 100
"""From one network address in :data:`SECONDS`. No guess will ever be right; this keeps guessing from costing much."""
SECONDS = 600


def page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    response = render(request, f"frontend/by_mail/{template}.html", context, status=status)
    # The address is the right, and is told to nobody outside. Not "no-referrer": browsers would then post the button
    # with "Origin: null", which is refused as forged.
    response["Referrer-Policy"] = "same-origin"
    return response


def refused(request: HttpRequest, error: DomainError, *, is_forged: bool) -> HttpResponse:
    """The page that says why a link does nothing, and how to go on. Many wrong links from one network get a 429."""
    if is_forged:
        # In the cache, because looking at a page must write nothing to the database.
        key = f"wrong-mail-links:{network_of(request.META.get('REMOTE_ADDR', ''))}"
        cache.add(key, 0, SECONDS)
        try:
            count = cache.incr(key)
        except ValueError:  # It ran out between the two lines.
            count = 1
        if count > WRONG_LINKS:
            return too_many(
                request, _("Too many links that do not work came from your network. Wait ten minutes, then try again.")
            )
    return page(request, "refused", {"sentence": error.message}, status=error.status)
