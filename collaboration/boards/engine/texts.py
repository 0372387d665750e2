"""What people type and what programs send in its place: kept, tidied, or refused by name.

The same policy as the register's: composed Unicode with plain newlines; what people paste without knowing (byte order
marks, zero-width spaces) is tidied; what can break a page or a database, or make text read otherwise than it is
(bidirectional overrides, CVE-2021-42574), is refused and never silently dropped.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from hashlib import blake2b
from typing import Any, Final

from collaboration.boards.engine.limits import LARGEST_NUMBER, LONGEST_KEY
from collaboration.boards.engine.refusals import refuse

_NEWLINES: Final = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_INVISIBLE: Final = re.compile("[\ufeff\u200b\u2060\u00ad]")
_CONTROL: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
_OVERRIDES: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
_HALF: Final = re.compile("[\ud800-\udfff]")
_SPACES: Final = re.compile(r"\s+")
_ID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_KEY: Final = re.compile(rf"[A-Za-z0-9_.:-]{{1,{LONGEST_KEY}}}")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")

BOARD: Final = "board"
"""The id of the board itself among its things, and the target of ops that are about the whole."""

DEVICE: Final = "~"
"""First character of every device's hash, and of no person's key: a hash is told to nobody."""


def is_id(value: object) -> bool:
    """Whether this is a random (version 4) UUID in lower case. Only random ones: others tell when they were made."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def is_key(value: object) -> bool:
    """Whether this may be the key of a person or a guest: given out by the server, opaque, of one alphabet."""
    return isinstance(value, str) and _KEY.fullmatch(value) is not None


def device_hash(board: str, key: str) -> str:
    """What is kept of the key a device holds: of this board only, so that two boards cannot be laid side by side."""
    return DEVICE + blake2b(key.encode("utf-8", "surrogatepass"), key=board.encode()[:64], digest_size=16).hexdigest()


def text(value: Any, key: str, *, longest: int, lines: bool, empty: bool = False) -> str:
    """``value`` as kept text. ``lines`` keeps newlines; otherwise they become spaces. Refuses with a sentence."""
    if not isinstance(value, str):
        refuse("wrong_type", key=key, expected="text")
    if value.isascii() and value.isprintable():
        value = value.strip()
        if not lines and "  " in value:
            value = _SPACES.sub(" ", value)
    else:
        if len(value) > longest * 4:
            # Not worth composing; ``longest`` is checked exactly below.
            refuse("text_too_long", length=len(value), most=longest)
        if _HALF.search(value):
            refuse("text_broken")
        if _OVERRIDES.search(value):
            refuse("text_direction")
        value = _INVISIBLE.sub("", unicodedata.normalize("NFC", _NEWLINES.sub("\n", value)))
        if _CONTROL.search(value):
            refuse("text_control")
        value = value.strip() if lines else _SPACES.sub(" ", value).strip()
    if len(value) > longest:
        refuse("text_too_long", length=len(value), most=longest)
    if not value and not empty:
        refuse("text_empty")
    return str(value)


def number(value: Any, key: str, least: int, most: int = LARGEST_NUMBER) -> int:
    """A whole number within bounds. ``True`` is none, nor is ``1.0``."""
    if type(value) is not int:
        refuse("wrong_type", key=key, expected="a whole number")
    if not least <= value <= most:
        refuse("out_of_range", key=key, least=least, most=most)
    return int(value)


def day(value: Any, key: str) -> str:
    """A day of this or the next century by ISO 8601, as text."""
    if not isinstance(value, str) or _DAY.fullmatch(value) is None:
        refuse("wrong_type", key=key, expected="a day like 2027-03-31")
    try:
        found = date.fromisoformat(value)
    except ValueError:
        refuse("wrong_type", key=key, expected="a day like 2027-03-31")
    if not 2000 <= found.year <= 2200:
        refuse("out_of_range", key=key, least="2000-01-01", most="2200-12-31")
    return str(value)
