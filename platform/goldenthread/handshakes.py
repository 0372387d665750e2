"""Opening handshakes (RFC 6455, 4.2) as browsers make them, from headers that the HTTP parser has read already.

Anything that is in any way odd is left to the library, which reads it anew and refuses it with the right answer.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha1
from typing import Any, Final

MOST_HEADERS: Final = 100
LONGEST_HEADER: Final = 8_000

_GUID: Final = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_KEY: Final = re.compile(rb"[A-Za-z0-9+/]{21}[AQgw]==")
"""Sixteen bytes."""
_ONCE: Final = frozenset(
    (b"connection", b"upgrade", b"sec-websocket-key", b"sec-websocket-version", b"host", b"origin")
)
_BODIES: Final = frozenset((b"content-length", b"transfer-encoding"))
_SWITCHING: Final = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
)


def plain_key(scope: Any) -> bytes | None:
    """The key of a handshake that is as it should be; None where the library is to judge. ``scope``: as HTTP."""
    headers: list[tuple[bytes, bytes]] = scope["headers"]
    if scope["method"] != "GET" or scope["http_version"] != "1.1" or len(headers) > MOST_HEADERS:
        return None
    found: dict[bytes, bytes] = {}
    for name, value in headers:
        if name in _BODIES or (name in found and name in _ONCE) or len(name) + len(value) > LONGEST_HEADER:
            return None
        found[name] = value
    if found.get(b"sec-websocket-version") != b"13" or found.get(b"upgrade", b"").lower() != b"websocket":
        return None
    if b"upgrade" not in [token.strip() for token in found.get(b"connection", b"").lower().split(b",")]:
        return None
    key = found.get(b"sec-websocket-key", b"")
    return key if _KEY.fullmatch(key) else None


def accepting(key: bytes, headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """The answer that opens the connection."""
    proof = b64encode(sha1(key + _GUID, usedforsecurity=False).digest())
    return b"\r\n".join([_SWITCHING + proof, *[name + b": " + value for name, value in headers], b"", b""])
