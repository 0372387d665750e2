"""JSON as RFC 8259 and common sense have it, and nothing else.

Python's own reader takes NaN, keeps the last of two equal keys, and may be sent into a recursion; a database refuses
NUL and halves of characters. All of that ends here, as a sentence.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import IO, Any, NoReturn

from django.utils.translation import gettext as _
from rest_framework.parsers import BaseParser

from groundwork.web.api.problems import Malformed, TooLarge

MOST_BYTES = 1_000_000
"""The largest body of a request. A record with everything it can hold is a fiftieth of that."""
DEEPEST = 32
"""Objects and lists inside one another."""
LONGEST_NUMBER = 40
"""Digits. Nothing here is counted in more, and reading very long ones takes very long."""

_SUSPECT = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
"""Escapes of NUL, and of halves of characters: only where one stands is every text looked at."""


class StrictJSONParser(BaseParser):
    """``application/json`` in UTF-8, of at most :data:`MOST_BYTES`."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """The value of the body. Raises :class:`Malformed` or :class:`TooLarge`."""
        body = stream.read(MOST_BYTES + 1)
        if len(body) > MOST_BYTES:
            raise TooLarge
        return read_json(body)


def read_json(body: bytes) -> Any:
    """The value of a JSON text. Raises :class:`Malformed` with a sentence that says where it cannot be read."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Malformed(
            _("The body is not in UTF-8: byte %(number)s cannot be read.") % {"number": error.start + 1}
        ) from error
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise Malformed(
            _("The body is not JSON: line %(line)s, column %(column)s cannot be read.")
            % {"line": error.lineno, "column": error.colno}
        ) from error
    except RecursionError as error:
        raise Malformed(_too_deep()) from error
    if body.count(b"[") + body.count(b"{") > DEEPEST or _SUSPECT.search(body):
        _look_through(value)
    return value


def _too_deep() -> str:
    return _("The body has more than %(most)s lists and objects inside one another.") % {"most": DEEPEST}


def _look_through(value: Any) -> None:
    """Refuse what is nested too deep, and texts that no database keeps. Without recursion."""
    level, depth = [value], 0
    while level:
        below: list[Any] = []
        if any(isinstance(each, list | dict) for each in level):
            depth += 1
        if depth > DEEPEST:
            raise Malformed(_too_deep())
        for each in level:
            if isinstance(each, str):
                _refuse_unkeepable(each)
            elif isinstance(each, dict):
                below.extend(each.keys())
                below.extend(each.values())
            elif isinstance(each, list):
                below.extend(each)
        level = below


def _refuse_unkeepable(text: str) -> None:
    if "\0" in text or any("\ud800" <= c <= "\udfff" for c in text):
        raise Malformed(_("The body has a text with a NUL or half a character in it, which cannot be kept."))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _value in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise Malformed(_("“%(key)s” stands twice in one object. Say it once.") % {"key": twice[:100]})
    return found


def _no_constant(name: str) -> NoReturn:
    raise Malformed(_("%(name)s is not a number that JSON has.") % {"name": name})


def _integer(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise Malformed(_("The body has a number of more than %(most)s digits.") % {"most": LONGEST_NUMBER})
    return int(digits)


def _float(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise Malformed(_("The body has a number that is too large: %(number)s.") % {"number": digits[:LONGEST_NUMBER]})
    return number


_DECODER = json.JSONDecoder(
    object_pairs_hook=_once, parse_constant=_no_constant, parse_int=_integer, parse_float=_float
)
