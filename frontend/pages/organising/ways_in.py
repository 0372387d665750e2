"""How people come into a workshop: its link, its QR code, its address to type."""

from __future__ import annotations

from typing import Any

import segno
from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from collaboration.workshops import queries

QUIET_ZONE = 4
"""Light modules around a QR code: what its standard asks for."""


def link_of(workshop: Any) -> str:
    """The whole address that lets people in without a code: what the QR code holds."""
    return settings.BASE_URL + reverse("join-by-link", args=[workshop.code, queries.link_token(workshop)])


def typed_at() -> str:
    """Where the code is typed, as it is read out: without ``https://``."""
    address = settings.BASE_URL + reverse("join-by-code")
    return address.removeprefix("https://").removeprefix("http://").rstrip("/")


def qr_of(text: str) -> SafeString:
    """A QR code as inline SVG that scales to its box; quarter of it may be dirty or torn (level Q)."""
    drawn = segno.make_qr(text, error="q").svg_inline(border=QUIET_ZONE, omitsize=True, dark="#000", light="#fff")
    return mark_safe(drawn)  # noqa: S308 - drawn by segno from modules; the text is not in it
