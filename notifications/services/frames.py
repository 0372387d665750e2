"""What many mails have alike, rendered once: a frame with slots, which each mail fills with what is its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

_SLOT: Final = re.compile("⧘([a-z_0-9]+)⧙")
"""Where something goes in what is rendered once for all: between signs that our templates do not use."""


def slot(name: str) -> str:
    """What a template is given in the place of a value that differs."""
    return f"⧘{name}⧙"


class Frame:
    """What a template made of slots. Filling one is putting strings together: a thousandth of rendering it."""

    __slots__ = ("names", "pieces")

    def __init__(self, rendered: str) -> None:
        self.pieces = _SLOT.split(rendered)
        self.names = self.pieces[1::2]

    def filled(self, values: Mapping[str, str]) -> str:
        """The whole. What is put in is not looked through for slots. Raises :class:`KeyError` for one without value."""
        pieces = self.pieces.copy()
        pieces[1::2] = [values[name] for name in self.names]
        return "".join(pieces)
