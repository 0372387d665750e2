"""Whom to believe about who is calling.

``X-Forwarded-For`` grows to the right: each proxy appends the address it saw. With ``TRUSTED_PROXY_COUNT`` proxies of
our own in front, the entry that many from the right is the caller; whatever stands further left was written by the
caller and may be a lie. With none, all forwarding headers are taken out before anything can believe them (F31).
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

FORWARDING = frozenset(
    (b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host", b"x-forwarded-port", b"x-real-ip", b"forwarded")
)
BELIEVED = frozenset((b"x-forwarded-for", b"x-forwarded-proto"))


class TrustedProxies:
    """ASGI middleware that sets ``client`` and ``scheme`` from ``count`` trusted proxies."""

    def __init__(self, app: Any, *, count: int) -> None:
        self.app = app
        self.count = count

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] in ("http", "websocket"):
            scope = self._believe(scope)
        await self.app(scope, receive, send)

    def _believe(self, scope: Any) -> Any:
        headers: list[tuple[bytes, bytes]] = scope["headers"]
        if not any(name in FORWARDING for name, _ in headers):
            return scope
        kept = [(name, value) for name, value in headers if name not in FORWARDING]
        scope = {**scope, "headers": kept}
        if not self.count:
            return scope
        callers = _entries(headers, b"x-forwarded-for")
        if len(callers) >= self.count and _is_address(callers[-self.count]):
            scope["client"] = (callers[-self.count], 0)
            kept.append((b"x-forwarded-for", ", ".join(callers[-self.count :]).encode("ascii")))
        protocols = _entries(headers, b"x-forwarded-proto")
        if protocols and protocols[-1] in ("http", "https"):
            kept.append((b"x-forwarded-proto", protocols[-1].encode("ascii")))
            secure = protocols[-1] == "https"
            scope["scheme"] = ("wss" if secure else "ws") if scope["type"] == "websocket" else protocols[-1]
        return scope


def _entries(headers: list[tuple[bytes, bytes]], wanted: bytes) -> list[str]:
    """All entries of a header that may be repeated, from left to right."""
    joined = b",".join(value for name, value in headers if name == wanted).decode("latin-1")
    return [entry.strip() for entry in joined.split(",") if entry.strip()]


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
