"""Which pages may open a socket here: our own (promise S1).

A browser sends a person's cookies with a handshake from any page, and a handshake has no token as a form has; what it
does have is the address of the page that opens it, which no page can forge.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import split_domain_port, validate_host

_SCHEMES = {"ws": "http", "wss": "https", "http": "http", "https": "https"}
_PORTS = {"http": "80", "https": "443"}


def header(scope: Any, name: bytes) -> str:
    """The one value of a header; "" if it is not there, or there twice."""
    values = [value for key, value in scope["headers"] if key == name]
    return values[0].decode("latin-1") if len(values) == 1 else ""


def is_own(scope: Any) -> bool:
    """Whether the handshake comes from a page of this service: under the address it was sent to, or the public one."""
    own = _own(settings.BASE_URL, tuple(settings.ALLOWED_HOSTS), header(scope, b"host"), scope["scheme"])
    return _plain(header(scope, b"origin")) in own


def has_origin(scope: Any) -> bool:
    return any(key == b"origin" for key, _value in scope["headers"])


@lru_cache(maxsize=100)
def _own(public: str, allowed: tuple[str, ...], host: str, scheme: str) -> frozenset[tuple[str, str, str]]:
    domain, _port = split_domain_port(host)
    own = [_plain(public)]
    if domain and validate_host(domain, allowed):
        own.append(_plain(f"{_SCHEMES.get(scheme, 'http')}://{host}"))
    return frozenset(each for each in own if each is not None)


@lru_cache(maxsize=500)
def _plain(origin: str) -> tuple[str, str, str] | None:
    """Scheme, host and port, or None for what is no origin of a page: ``null``, a path, a name in it."""
    try:
        parts = urlsplit(origin)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not parts.hostname or "@" in parts.netloc or not origin.isascii():
        return None
    if origin.rstrip("/") != f"{parts.scheme}://{parts.netloc}":
        return None
    return parts.scheme, parts.hostname, str(port or _PORTS[parts.scheme])
