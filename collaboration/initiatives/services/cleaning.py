"""What people type, made safe to keep, or refused with a sentence.

Text is Unicode in composed form with plain newlines. What can break a page, a file or a database (NUL and other control
characters, half characters) or make text read otherwise than it is (bidirectional overrides: "Trojan Source",
CVE-2021-42574) is refused, never silently dropped. What people paste without knowing (byte order marks, zero-width
spaces, vertical tabs from word processors) is tidied.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Choices
from django.utils.translation import gettext as _

from groundwork.access.errors import Invalid

_NEWLINES = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_INVISIBLE = re.compile("[\ufeff\u200b\u2060\u00ad]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_OVERRIDES = re.compile("[\u202a-\u202e\u2066-\u2069]")
_HALF = re.compile("[\ud800-\udfff]")

EARLIEST, LATEST = date(1900, 1, 1), date(2200, 1, 1)
LARGEST_AMOUNT = Decimal("999999999999.99")


class Problems:
    """Sentences about input, by field. Everything wrong is told at once."""

    def __init__(self) -> None:
        self.errors: dict[str, list[str]] = {}

    def add(self, field: str, sentence: Any) -> None:
        self.errors.setdefault(field, []).append(str(sentence))

    def __bool__(self) -> bool:
        return bool(self.errors)

    def raise_if_any(self) -> None:
        if self.errors:
            raise Invalid(self.errors)


def text(
    value: Any, *, field: str, label: str, longest: int, problems: Problems, required: bool = False, lines: bool = False
) -> str:
    """``value`` as kept text. ``lines`` keeps newlines; otherwise they become spaces. ``longest`` is in characters."""
    if value is None:
        value = ""
    if not isinstance(value, str):
        problems.add(field, _("%(label)s must be text.") % {"label": label})
        return ""
    if _HALF.search(value):
        problems.add(field, _("%(label)s holds a broken character. Type it again.") % {"label": label})
        return ""
    if _OVERRIDES.search(value):
        problems.add(
            field,
            _("%(label)s holds a hidden mark that changes the direction of text. Type it again instead of pasting it.")
            % {"label": label},
        )
        return ""
    kept = _INVISIBLE.sub("", _NEWLINES.sub("\n", value))
    if _CONTROL.search(kept):
        problems.add(
            field,
            _("%(label)s holds a character that cannot be shown. Type it again instead of pasting it.")
            % {"label": label},
        )
        return ""
    kept = unicodedata.normalize("NFC", kept)
    if lines:
        kept = re.sub(r"\n{4,}", "\n\n\n", re.sub(r"[ \t]+\n", "\n", kept)).strip()
    else:
        kept = re.sub(r"\s+", " ", kept).strip()
    if required and not any(character.isalnum() for character in kept):
        problems.add(field, _("Enter %(label)s.") % {"label": _lower_first(label)})
    if len(kept) > longest:
        problems.add(
            field,
            _("%(label)s must be %(longest)s characters or fewer. It has %(length)s.")
            % {"label": label, "longest": longest, "length": len(kept)},
        )
    return kept


def _lower_first(label: str) -> str:
    return label[:1].lower() + label[1:]


def choice(value: Any, choices: type[Choices], *, field: str, label: str, problems: Problems) -> str:
    """One of ``choices``, or "" for not stated."""
    if value in (None, ""):
        return ""
    if not isinstance(value, str) or value not in choices.values:
        problems.add(field, _("%(label)s must be one of those offered.") % {"label": label})
        return ""
    return str(value)


def day(value: Any, *, field: str, label: str, problems: Problems) -> date | None:
    """A date, or None for not stated."""
    if value in (None, ""):
        return None
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value.strip())
        except ValueError:
            value = None
    if isinstance(value, datetime) or not isinstance(value, date):
        problems.add(field, _("%(label)s must be a real date.") % {"label": label})
        return None
    if not EARLIEST <= value <= LATEST:
        problems.add(field, _("%(label)s must be between 1900 and 2200.") % {"label": label})
        return None
    return value


def amount(value: Any, *, field: str, label: str, problems: Problems) -> Decimal | None:
    """Pounds and pence, or None for not stated. "£12,000" is understood."""
    if value in (None, ""):
        return None
    if isinstance(value, str):
        value = value.strip().removeprefix("£").replace(",", "").replace(" ", "")[:40]
    try:
        if isinstance(value, bool | float) or not isinstance(value, str | int | Decimal):
            raise InvalidOperation
        if isinstance(value, str) and not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", value):
            raise InvalidOperation
        number = Decimal(value)
    except (InvalidOperation, ValueError):
        number = Decimal("NaN")
    if not number.is_finite():
        problems.add(field, _("%(label)s must be a number, like 12000 or 12000.50.") % {"label": label})
        return None
    if number < 0:
        problems.add(field, _("%(label)s must be 0 or more.") % {"label": label})
        return None
    if number > LARGEST_AMOUNT:
        problems.add(field, _("%(label)s is too large to be right.") % {"label": label})
        return None
    if number != number.quantize(Decimal("0.01")):
        problems.add(field, _("%(label)s must have no more than two decimals.") % {"label": label})
        return None
    return number.quantize(Decimal("0.01"))


def email(value: Any, *, field: str, problems: Problems) -> str:
    """An email address, or "" for not stated."""
    label = _("The email address")
    before = len(problems.errors)
    kept = text(value, field=field, label=label, longest=254, problems=problems)
    if kept and len(problems.errors) == before:
        try:
            validate_email(kept)
        except ValidationError:
            problems.add(field, _("Enter an email address in the right form, like name@example.org."))
    return kept


def codes(value: Any, *, field: str, label: str, problems: Problems, most: int) -> list[str]:
    """A list of short codes, each once, in the order given."""
    if value is None:
        return []
    if isinstance(value, str | bytes) or not isinstance(value, Iterable):
        problems.add(field, _("%(label)s must be a list.") % {"label": label})
        return []
    kept: list[str] = []
    for item in value:
        if not isinstance(item, str) or not item.strip():
            problems.add(field, _("%(label)s must be a list of codes.") % {"label": label})
            return []
        code = item.strip()
        if not code.isprintable() or len(code) > 100:
            # No code looks like this, and PostgreSQL would not even look for it (NUL, half characters).
            problems.add(field, _("There is nothing with the code “%(code)s”.") % {"code": shown(code)})
        elif code not in kept:
            kept.append(code)
    if len(kept) > most:
        problems.add(field, _("%(label)s: choose no more than %(most)s.") % {"label": label, "most": most})
        return []
    return kept


def is_list(value: Any) -> bool:
    """Whether this is a list of things: a text is not, although it has a length."""
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)


def unknown(given: Sequence[str], known: Iterable[str]) -> list[str]:
    """Those codes that nothing has, shortened so that a sentence can name them."""
    have = set(known)
    return [shown(code) for code in given if code not in have]


def shown(code: str) -> str:
    """A code somebody sent, as a sentence may quote it."""
    return "".join(c if c.isprintable() else "?" for c in code[:40])


def dates_in_order(begin: date | None, end: date | None, *, field: str, problems: Problems) -> None:
    if begin and end and end < begin:
        problems.add(field, _("The end must be on the same day as the start or after it."))
