"""The eight stages by name, as plans and invitations speak of them. What each allows is the board's to say."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LOBBY: Final = 0
CLOSE: Final = 7

STAGES: Final[tuple[tuple[int, Promise, Promise], ...]] = (
    (0, _("Lobby"), _("People arrive, choose a name and see what is planned.")),
    (1, _("Write"), _("Everybody writes notes. Nobody sees what others write.")),
    (2, _("Reveal"), _("The notes are shown, all at once or column by column.")),
    (3, _("Group"), _("Notes that say the same are put together.")),
    (4, _("Vote"), _("Everybody gives their votes to what matters most.")),
    (5, _("Discuss"), _("What has most votes is talked over first.")),
    (6, _("Commit"), _("Who does what, and by when.")),
    (7, _("Close"), _("One question about how it was, and what happens next.")),
)
"""Number, name and meaning of each, in order."""

ALWAYS: Final = frozenset({LOBBY, CLOSE})
"""Stages that every plan has: one comes in, and one goes out."""
