"""What people write into cells: dates, money, stages, lists, contacts, labels. Each is understood or told back.

Every reader takes the text of a cell that is not empty and gives what it says, or raises :class:`Unclear` with a
sentence that says what to write instead. Nothing is guessed: what could mean two things is refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from typing import Any, Final, NamedTuple

from django.utils.translation import gettext as _

from collaboration.initiatives.models import Partner, Stage
from collaboration.initiatives.services.stating import PartnerStatement
from groundwork.directory.queries import fold

MOST_SHOWN: Final = 60
"""How much of a cell a sentence repeats, in characters."""

NOT_STATED: Final = frozenset(
    {"not stated", "not known", "unknown", "n/a", "tbc", "tba", "tbd", "to be confirmed", "-", "--", "–", "—", "?"}
)
"""What people write where they do not know. In a column with words of its own it is the same as an empty cell."""


class Unclear(Exception):
    """A cell cannot be understood; ``sentence`` says why and what to write."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def shown(text: str) -> str:
    """A cell as a sentence may quote it: on one line, not too long."""
    bare = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return bare if len(bare) <= MOST_SHOWN else bare[: MOST_SHOWN - 1] + "…"


_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[T ][0-9:.]+(?:Z|[+-][0-9:]+)?)?")
_NUMBERS = re.compile(r"([0-9]{1,2})\s*([/.-])\s*([0-9]{1,2})\s*\2\s*([0-9]{4})(?:\s+[0-9]{1,2}:[0-9:.]+)?")
_SHORT_YEAR = re.compile(r"[0-9]{1,2}\s*[/.-]\s*[0-9]{1,2}\s*[/.-]\s*[0-9]{2}")
_DAY_FIRST = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th)?\s*(?:of\s+)?([a-z]+)\.?,?\s*([0-9]{4})")
_MONTH_FIRST = re.compile(r"([a-z]+)\.?\s+([0-9]{1,2})(?:st|nd|rd|th)?,?\s+([0-9]{4})")
_MONTH_ONLY = re.compile(r"([a-z]+)\.?,?\s+([0-9]{4})|([0-9]{1,2})[/.-]([0-9]{4})|([0-9]{4})-([0-9]{1,2})")
_MONTHS: Final = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)


def _month(word: str) -> int | None:
    found = [n for n, name in enumerate(_MONTHS, 1) if len(word) >= 3 and name.startswith(word)]
    return found[0] if found else (9 if word == "sept" else None)


def day(text: str) -> date:
    """A whole date: ``2026-04-03``, ``3/4/2026`` (the day first, as in Britain), ``3 April 2026``."""
    bare = " ".join(text.casefold().split())
    year: int
    month: int | None
    if found := _ISO.fullmatch(bare.upper()):
        year, month, number = (int(each) for each in found.groups())
    elif found := _NUMBERS.fullmatch(bare):
        number, month, year = int(found[1]), int(found[3]), int(found[4])
        if month > 12 >= number:
            raise Unclear(
                _("“%(text)s” has no month %(month)s. Write the day first, like 3/4/2026 for 3 April 2026.")
                % {"text": shown(text), "month": month}
            )
    elif (found := _DAY_FIRST.fullmatch(bare)) and (month := _month(found[2])):
        number, year = int(found[1]), int(found[3])
    elif (found := _MONTH_FIRST.fullmatch(bare)) and (month := _month(found[1])):
        number, year = int(found[2]), int(found[3])
    else:
        raise Unclear(_why_no_day(text, bare))
    try:
        return date(year, month, number)
    except ValueError:
        raise Unclear(_("“%(text)s” is not a day of the calendar.") % {"text": shown(text)}) from None


def _why_no_day(text: str, bare: str) -> str:
    how = _("Write it like 2026-04-03 or 3 April 2026, or leave the cell empty.")
    if _SHORT_YEAR.fullmatch(bare):
        return _("“%(text)s” does not say which century. Write the year with four digits, like 3/4/2026.") % {
            "text": shown(text)
        }
    if (found := _MONTH_ONLY.fullmatch(bare)) and (found[1] is None or _month(found[1])):
        return _("“%(text)s” is a month, not a day. Write the day too, like 1 April 2019, or leave the cell empty.") % {
            "text": shown(text)
        }
    if re.fullmatch(r"(19|20|21)[0-9]{2}", bare):
        return _("“%(text)s” is a year, not a day. Write the day too, like 1 April 2019, or leave the cell empty.") % {
            "text": shown(text)
        }
    if re.fullmatch(r"[0-9]{5}(\.[0-9]+)?", bare):
        return _("“%(text)s” is a number. If it was a date, give the column the format of a date and save again.") % {
            "text": shown(text)
        }
    return _("“%(text)s” is not a whole date.") % {"text": shown(text)} + " " + how


_AMOUNT = re.compile(
    r"(?:£|gbp)?\s*([0-9]{1,3}(?:[, ][0-9]{3})+|[0-9]+)(\.[0-9]+)?"
    r"\s*(k|thousand|m|mn|million|bn|billion)?\s*(?:gbp|pounds)?"
)
_TIMES: Final = {"k": 1_000, "t": 1_000, "m": 1_000_000, "b": 1_000_000_000}


def money(text: str) -> Decimal:
    """Pounds: ``12000``, ``£12,000``, ``12000.50``, ``12k``, ``1.5m``, ``£1.5 million``."""
    bare = " ".join(text.casefold().split())
    found = _AMOUNT.fullmatch(bare) if len(bare) <= MOST_SHOWN else None
    if found is None:
        raise Unclear(
            _(
                "“%(text)s” is not an amount of pounds. Write one number, like 12000, £12,000, 12k or 1.5 million, or "
                "leave the cell empty."
            )
            % {"text": shown(text)}
        )
    number = Decimal(re.sub("[, ]", "", found[1]) + (found[2] or ""))
    return number * _TIMES[found[3][0]] if found[3] else number


SAME_STAGE: Final[dict[str, tuple[str, ...]]] = {
    "proposed": ("proposal",),
    "active": ("live", "ongoing", "on going", "in progress", "in delivery", "current", "underway", "under way"),
    "paused": ("on hold", "suspended"),
    "completed": ("complete", "done", "finished"),
    "ended": ("cancelled", "canceled", "abandoned"),
}
"""Words of lists that say just what a stage of ours says, by its code."""

NEAR_STAGE: Final[dict[str, tuple[str, ...]]] = {
    "idea": ("concept", "potential", "suggestion"),
    "proposed": ("planned", "planning", "in planning", "in development", "pipeline", "upcoming", "future"),
    "active": ("open",),
    "paused": ("deferred", "stalled"),
    "completed": ("delivered",),
    "ended": ("stopped", "withdrawn", "discontinued"),
}
"""Words that may mean a stage, by its code. Only proposed, never taken for it: whether “planned” is an idea or a
proposal is for whoever keeps the list."""


def _by_word(words: dict[str, tuple[str, ...]]) -> dict[str, str]:
    return {word: code for code, listed in words.items() for word in listed}


def stage(text: str) -> str:
    """The code of a stage, from its code, its label or a word that says the same, in any case."""
    if text in Stage.values:
        return text
    by_name = {fold(each.value): each.value for each in Stage} | {fold(str(each.label)): each.value for each in Stage}
    by_name |= _by_word(SAME_STAGE)
    # Folding a whole page of text would take long, and no page is a stage.
    folded = fold(text[:MOST_SHOWN])
    if len(text) <= MOST_SHOWN and (code := by_name.get(folded)):
        return code
    by_likeness = by_name | _by_word(NEAR_STAGE)
    close = get_close_matches(folded, by_likeness, n=1, cutoff=0.6)
    if close:
        raise Unclear(
            _("There is no stage “%(text)s”. The nearest is “%(near)s”.")
            % {"text": shown(text), "near": by_likeness[close[0]]}
        )
    raise Unclear(
        _("There is no stage “%(text)s”. Write one of: %(stages)s.")
        % {"text": shown(text), "stages": ", ".join(each.value for each in Stage)}
    )


def several(text: str) -> tuple[str, ...]:
    """The parts of a list, each once: separated by ``;`` or by lines."""
    parts = (part.strip() for part in re.split(r"[;\n]", text))
    return tuple(dict.fromkeys(part for part in parts if part))


_ROLE = re.compile(r"(.*\S)\s*\(([^()]*)\)", re.DOTALL)


def _roles() -> dict[str, str]:
    """The codes of roles by code and by label, folded."""
    codes = {fold(each.value): each.value for each in Partner.Role}
    return codes | {fold(str(each.label)): each.value for each in Partner.Role}


def _role(text: str) -> str | None:
    """The code of a role; None for what is none. Folding a whole page of text to find that out would take long."""
    if text in Partner.Role.values:
        return text
    return _roles().get(fold(text)) if len(text) <= MOST_SHOWN else None


def partners(text: str) -> tuple[PartnerStatement, ...]:
    """Partners, each with its role in brackets where one is stated: ``Sport England (funder); Active Essex``."""
    found = []
    for part in several(text):
        match = _ROLE.fullmatch(part)
        role = _role(match[2]) if match else None
        # Brackets that hold no role belong to the name: Heath (GPs, Community, Acute).
        found.append(PartnerStatement(organisation=match[1] if match and role else part, role=role))
    return tuple(found)


class Contact(NamedTuple):
    """Whom to contact; "" for what the cell does not say."""

    role: str
    email: str


# Only from the beginning of a word: else a long one without the sign is gone through once for each of its letters.
_ADDRESS = re.compile(r"(?<![^\s<>(),;:])[^\s<>(),;:]+@[^\s<>(),;:]+")


def contact(text: str) -> Contact:
    """A role with its address: ``Housing team <homes@example.org>``, or one of the two."""
    addresses = _ADDRESS.findall(text)
    if len(addresses) > 1:
        raise Unclear(
            _("“%(text)s” holds two addresses. Write one, like: Housing team <homes@example.org>.")
            % {"text": shown(text)}
        )
    if not addresses:
        return Contact(text, "")
    before, _at, after = text.partition(addresses[0])
    role = f"{before.rstrip().rstrip('<(').rstrip(' ,;:-–')} {after.lstrip().lstrip('>)').lstrip(' ,;:-–')}"
    return Contact(" ".join(role.split()), addresses[0])


def labels(text: str) -> dict[str, Any] | list[str]:
    """Labels as a source prints them: a list, or JSON where each has a name."""
    if not text.startswith(("{", "[")):
        return list(several(text))
    try:
        said = json.loads(text, parse_constant=_no_number)
        # What no database keeps: numbers past all bounds, halves of characters, NUL.
        json.dumps(said, allow_nan=False, ensure_ascii=False).encode()
        if "\x00" in "".join(_texts(said)):
            raise ValueError
    except (ValueError, RecursionError):
        raise Unclear(
            _("“%(text)s” begins like JSON and is none. Write the labels as a list instead, separated by “;”.")
            % {"text": shown(text)}
        ) from None
    if isinstance(said, dict):
        return said
    if isinstance(said, list) and all(isinstance(each, str) for each in said):
        return said
    raise Unclear(_("Labels in JSON must be an object, or a list of texts."))


def _no_number(name: str) -> Any:
    raise ValueError(name)


def _texts(said: Any) -> list[str]:
    match said:
        case str():
            return [said]
        case dict():
            return [text for pair in said.items() for each in pair for text in _texts(each)]
        case list():
            return [text for each in said for text in _texts(each)]
    return []


def statements(cells: dict[str, str]) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """What the filled cells of a line say, as fields of a statement, and ``(column, sentence)`` for the unclear ones.

    ``cells`` are texts by column. An empty cell says nothing: of a new record that is "not stated", and of a record
    that exists it leaves what is there.
    """
    said: dict[str, Any] = {}
    problems: list[tuple[str, str]] = []
    for column, text in cells.items():
        read = READERS.get(column)
        if not text or read is None or (column not in WORDS and text.casefold() in NOT_STATED):
            continue
        try:
            said |= read(text)
        except Unclear as unclear:
            problems.append((column, unclear.sentence))
    return said, problems


def _contact(text: str) -> dict[str, Any]:
    found = contact(text)
    parts = {"contact_role": found.role, "contact_email": found.email}
    return {field: value for field, value in parts.items() if value}


WORDS: Final = frozenset({"title", "summary", "source", "original_labels"})
"""Columns of free words: there a dash may be meant."""

READERS: Final[dict[str, Callable[[str], dict[str, Any]]]] = {
    "title": lambda text: {"title": text},
    "summary": lambda text: {"summary": text},
    "stage": lambda text: {"stage": stage(text)},
    "lead": lambda text: {"lead": text},
    "partners": lambda text: {"partners": partners(text)},
    "strands": lambda text: {"strands": several(text)},
    "blocks": lambda text: {"blocks": several(text)},
    "areas": lambda text: {"areas": several(text)},
    "start": lambda text: {"start": day(text)},
    "end": lambda text: {"end": day(text)},
    "money": lambda text: {"money": money(text)},
    "contact": _contact,
    "source": lambda text: {"source": text},
    "original_labels": lambda text: {"original_labels": labels(text)},
}

COLUMN_OF: Final = {"contact_role": "contact", "contact_email": "contact"}
"""Fields of a statement that are told in a column of another name."""
