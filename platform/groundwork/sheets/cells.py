"""One cell of a spreadsheet: how a value is written into it, and how what stands in it is read back.

A spreadsheet program runs a cell that begins with ``=``, ``+``, ``-`` or ``@`` as a formula, so a title typed by
somebody could act on the reader's machine. Text that begins so is written with a leading apostrophe, which spreadsheet
programs take to mean "this is text" (OWASP, CSV injection). Text that begins with apostrophes before such a sign gets
one more, so that reading can take away exactly what writing put there.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.utils import timezone

LONGEST_CELL: Final = 32_767
"""Characters a cell of Excel can hold."""

_ACTS = re.compile("['\\s]*(?:[=+\\-@\uff1d\uff0b\uff0d\uff20]|[\t\r]\\s*\\S)")
"""What a spreadsheet program may take for a formula. Some skip spaces first; some take full-width signs for ours; some
split a text at its first tab."""

_NEVER = re.compile("[\x00-\x08\x0e-\x1f\x7f\ufeff\ufffe\uffff\ud800-\udfff]")
"""Characters that no text of a person has, that XML or PostgreSQL refuses, or that mark the order of bytes."""


def clean(text: str) -> str:
    """Text without the characters that a database, an XML file or a spreadsheet program would choke on."""
    if text.isascii() and text.isprintable():
        return text
    return _NEVER.sub("", text).replace("\x0b", "\n").replace("\x0c", "\n")


def _acts(text: str) -> bool:
    """Whether a spreadsheet program may take a text for a formula. Spaces at its end do not matter; with thousands of
    them and nothing else the expression would try each as the first and each as the last."""
    return _ACTS.match(text.rstrip()) is not None


def safe_cell(value: Any) -> str:
    """A value as the text of a cell: days by ISO 8601, lists joined by "; ", formulas made harmless.

    Numbers stay as they are: only text can be a formula.
    """
    if isinstance(value, str):
        text = clean(value)
        return f"'{text}" if _acts(text) else text
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, datetime):
        return (timezone.localtime(value) if timezone.is_aware(value) else value).isoformat(timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple | set | frozenset):
        value = "; ".join(str(item) for item in value)
    text = clean(str(value))
    return f"'{text}" if _acts(text) else text


def plain_cell(text: str) -> str:
    """The inverse of :func:`safe_cell` for text: drops the apostrophe that it would have put there."""
    if text[:1] == "'" and _acts(text):
        return text[1:]
    return text


def read_cell(text: str) -> str:
    """What a person means by the text of a cell: no spaces around it, no apostrophe before a formula, one line end."""
    if not text:
        return text
    text = clean(text).replace("\r\n", "\n").replace("\r", "\n").strip()
    if text[:1] == "'":
        # Behind the apostrophe there may be the spaces that were in front of a formula's sign.
        text = plain_cell(text).strip()
    return text
