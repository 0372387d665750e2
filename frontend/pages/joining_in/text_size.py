"""The size of the text that somebody chose for this browser. Kept in the browser alone."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy

SIZES: Final = [
    ("", gettext_lazy("Normal")),
    ("large", gettext_lazy("Large")),
    ("largest", gettext_lazy("Very large")),
]
YEAR: Final = 365 * 24 * 3600


def cookie_name() -> str:
    return "__Host-gt-text" if settings.SESSION_COOKIE_SECURE else "gt-text"


def size_of(request: HttpRequest) -> str:
    """ "large", "largest" or, for the normal size and for whatever is none of ours, ""."""
    held = request.COOKIES.get(cookie_name(), "")
    return held if held in ("large", "largest") else ""


def keep_size(response: HttpResponse, size: str) -> None:
    """Remember a size in this browser; the normal one needs no cookie."""
    if size in ("large", "largest"):
        response.set_cookie(
            cookie_name(), size, max_age=YEAR, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax"
        )
    else:
        response.delete_cookie(cookie_name(), samesite="Lax")
