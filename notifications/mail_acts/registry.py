"""What an act from a mail is, and which there are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.functional import Promise

from groundwork.access.actors import PersonActor


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The words a page asks for before its button. ``required``: without them nothing is done."""

    label: str
    hint: str = ""
    required: bool = False
    longest: int = 500


@dataclass(frozen=True, kw_only=True)
class Offer:
    """What the page of an act shows to the one person who holds its link, and what its button does.

    ``already`` says, in a sentence, that there is nothing to do any more; ``refused``, that this person may not do it
    (any more) and why. With either there is no button.
    """

    heading: str
    button: str
    page: str
    """The path of the page where the thing itself is read."""
    rows: list[tuple[str, str]] = field(default_factory=list)
    says: str = ""
    """What pressing the button means."""
    asks: Asked | None = None
    already: str = ""
    refused: str = ""
    done: str = ""
    """What the page says afterwards."""
    do: Callable[[str], Any]
    """Does it, with what was written. Raises the errors of the service it calls."""


@dataclass(frozen=True, kw_only=True)
class Held:
    """What a link holds, once it is found to be ours: who may do it, with what, and since when."""

    act: MailAct
    actor: PersonActor
    subject: str
    made_at: datetime


@dataclass(frozen=True, kw_only=True)
class MailAct:
    """One act. ``label`` is what the link in a mail is called; ``days`` how long the link works."""

    name: str
    label: str | Promise
    days: int
    offer: Callable[[Held], Offer]


_acts: dict[str, MailAct] = {}


def mail_act(name: str, *, label: str | Promise, days: int) -> Callable[[Callable[[Held], Offer]], MailAct]:
    """Register the decorated function as the act called ``name``, which stands in links for good.

    It is given a :class:`Held` and raises :class:`~groundwork.access.errors.NotFound` for what its actor may not see.
    """

    def register(function: Callable[[Held], Offer]) -> MailAct:
        if name in _acts:
            raise LookupError(f"There are two acts from mail named {name}.")
        _acts[name] = MailAct(name=name, label=label, days=days, offer=function)
        return _acts[name]

    return register


def get(name: str) -> MailAct:
    """Raises :class:`LookupError` for a name nobody registered."""
    if name not in _acts:
        raise LookupError(f"No act from mail is named {name}.")
    return _acts[name]


def mail_acts() -> tuple[MailAct, ...]:
    """Every act, by name."""
    return tuple(_acts[name] for name in sorted(_acts))
