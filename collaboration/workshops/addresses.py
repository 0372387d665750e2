"""A pasted list of people, read: one to a line, or separated by commas or semicolons, as mail programs copy them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import parseaddr

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from collaboration.initiatives.services.cleaning import shown

MOST_AT_ONCE = 500
LONGEST_NAME = 120
_BETWEEN = re.compile(r"""[\r\n;]+|,(?=(?:[^"]*"[^"]*")*[^"]*$)""")


@dataclass(frozen=True, slots=True)
class Invitee:
    """Somebody to invite. ``email`` is kept in lower case: one inbox is one person."""

    email: str
    name: str = ""
    role: str = "participant"


def read_addresses(text: str, *, role: str = "participant") -> tuple[list[Invitee], list[str]]:
    """Who is meant by a pasted text, each once, and a sentence for every part of it that names no address."""
    people: dict[str, Invitee] = {}
    problems: list[str] = []
    parts = [part.strip() for part in _BETWEEN.split(text[:200_000])]
    for part in filter(None, parts):
        name, email = parseaddr(part)
        email, name = email.strip().lower(), _plain(name)
        if not is_address(email):
            problems.append(_("“%(part)s” is not an email address. Correct it or take it out.") % {"part": shown(part)})
            continue
        people.setdefault(email, Invitee(email, name, role))
    return list(people.values()), problems


def is_address(email: str) -> bool:
    if len(email) > 254 or not email.isascii() or not email.isprintable():
        return False
    try:
        validate_email(email)
    except ValidationError:
        return False
    return True


def tidy(people: Sequence[Invitee | tuple[str, str, str]]) -> tuple[list[Invitee], list[str]]:
    """The same for people given one by one: each address once, and a sentence for every one that is none."""
    kept: dict[str, Invitee] = {}
    problems: list[str] = []
    for each in people:
        person = each if isinstance(each, Invitee) else Invitee(*each)
        email = person.email.strip().lower() if isinstance(person.email, str) else ""
        if not is_address(email):
            problems.append(
                _("“%(part)s” is not an email address. Correct it or take it out.") % {"part": shown(str(person.email))}
            )
            continue
        kept.setdefault(email, Invitee(email, _plain(str(person.name)), person.role))
    return list(kept.values()), problems


def _plain(name: str) -> str:
    """A name without what could start another header or hide: it stands in mail and on pages."""
    return " ".join("".join(c if c.isprintable() else " " for c in name).split())[:LONGEST_NAME]
