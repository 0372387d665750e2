"""JSON as it goes out and as it is kept: compact, in UTF-8."""

from __future__ import annotations

from typing import Any, Final

from msgspec.json import Encoder


def _plain(value: Any) -> Any:
    """Text and numbers of other people's classes, as what they are."""
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int(value)
    raise TypeError(f"{type(value).__name__} is no JSON")


_ENCODER: Final = Encoder(enc_hook=_plain)


def encode(value: Any) -> bytes:
    """Compact JSON in UTF-8. Raises :class:`TypeError` for what is no JSON."""
    return _ENCODER.encode(value)
