"""Who may read what a partnership board keeps: the four levels of access."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Access(models.TextChoices):
    """From the widest to the narrowest. A thing inside another is never shown to more people than what it is in."""

    PUBLIC = "public", _("everyone")
    PARTNERS = "partners", _("partners of the place")
    BOARD = "board", _("this board")
    NAMED = "named", _("named people")


def narrowest(*levels: str) -> str:
    """The level of these that fewest people see."""
    return max(levels, key=list(Access.values).index)


def is_wider(level: str, outer: str) -> bool:
    """Whether ``level`` shows something to more people than ``outer``."""
    order = list(Access.values)
    return order.index(level) < order.index(outer)
