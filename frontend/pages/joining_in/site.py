"""Where people find this service, for links and QR codes that are shown to them."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> str:
    """Where this service is found. In a demo on a hall's own network: at the address this browser came by."""
    if settings.SESSION_COOKIE_SECURE:
        return str(settings.BASE_URL)
    return request.build_absolute_uri("/").rstrip("/")
