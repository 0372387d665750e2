"""What hints are about."""

from __future__ import annotations

import re
from collections.abc import Mapping

Small = int | str
"""What a hint holds beside its topic: seqs, versions, ids. Never anything that somebody wrote."""
Hint = Mapping[str, Small]

_NAME = re.compile(r"[A-Za-z0-9._-]{1,80}")
LONGEST = 64
"""Characters of one text in a hint: an id fits, a note does not."""


class Topic:
    """The base of all topics: a frozen dataclass with slots, whose ``name`` is unique and made of ids alone."""

    __slots__ = ()

    @property
    def name(self) -> str:
        """Letters, digits, dots, hyphens and underscores, at most 80."""
        raise NotImplementedError


def checked(topic: Topic, hint: Hint) -> str:
    """The topic's name. Raises :class:`ValueError` for what is no hint: a mistake of whoever wrote the call."""
    if _NAME.fullmatch(topic.name) is None:
        raise ValueError(f"{topic.name!r} is no name of a topic")
    for key, value in hint.items():
        if type(value) is not int and not (isinstance(value, str) and len(value) <= LONGEST):
            raise ValueError(f"a hint holds small numbers and ids, not {key}={type(value).__name__}")
    return topic.name
