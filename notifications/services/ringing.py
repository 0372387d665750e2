"""Telling open pages that there may be something new for somebody, once the change is committed."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from django.db import transaction

from groundwork import live
from notifications.topics import PersonTopic


def ring(person_ids: Iterable[int]) -> None:
    """What these people have not read may have changed. A hint that is lost costs half a minute."""
    transaction.on_commit(partial(_hint, tuple(person_ids), "look"), robust=True)


def access_ended(person_ids: Iterable[int]) -> None:
    """A session of these people ended, or their account did: what is open in their name is looked at."""
    transaction.on_commit(partial(_hint, tuple(person_ids), "ended"), robust=True)


def _hint(person_ids: tuple[int, ...], what: str) -> None:
    for person_id in person_ids:
        live.hint(PersonTopic(person_id), **{what: 1})
