"""How the voices on a decision come out: pure reckoning, one voice for each organisation.

By *vote*, it is carried when more organisations are for it than against it. By *consensus*, when at least one is for it
and none is against it; whoever abstains stands aside. Either way as many organisations, of as many sectors, must have
given their voice as the board's quorum says; an abstention is a voice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

FOR, AGAINST, ABSTAIN = "for", "against", "abstain"
VOTE, CONSENSUS = "vote", "consensus"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """``quorum``: organisations that must be heard, ``quorum_sectors``: sectors among them; 0: no rule.

    ``unheard``: organisations that may still speak, by name. ``sectors``: those heard; ``unheard_sectors``: those of
    which nobody spoke who may.
    """

    how: str
    in_favour: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    abstained: tuple[str, ...] = ()
    unheard: tuple[str, ...] = ()
    quorum: int = 0
    sectors: tuple[str, ...] = ()
    unheard_sectors: tuple[str, ...] = ()
    quorum_sectors: int = 0

    @property
    def heard(self) -> int:
        return len(self.in_favour) + len(self.against) + len(self.abstained)

    @property
    def has_quorum(self) -> bool:
        return self.heard >= self.quorum and len(self.sectors) >= self.quorum_sectors

    @property
    def is_carried(self) -> bool:
        if not self.has_quorum or not self.in_favour:
            return False
        if self.how == VOTE:
            return len(self.in_favour) > len(self.against)
        return not self.against

    @property
    def in_words(self) -> str:
        """One sentence: what came of it, and by how many organisations."""
        if not self.heard:
            return _("No organisation has given its voice yet.")
        if self.heard < self.quorum:
            return _("Too few organisations have given their voice: %(heard)d of the %(quorum)d that are needed.") % {
                "heard": self.heard,
                "quorum": self.quorum,
            }
        if not self.has_quorum:
            return self._missing_sectors()
        counted = self._counted()
        if self.how == VOTE:
            said = _("Carried by vote: %s.") if self.is_carried else _("Not carried by vote: %s.")
        else:
            said = _("Agreed by consensus: %s.") if self.is_carried else _("No consensus: %s.")
        return said % counted

    def _missing_sectors(self) -> str:
        needed = ngettext(
            "Voices of %d sector are needed.", "Voices of %d sectors are needed.", self.quorum_sectors
        ) % (self.quorum_sectors)
        heard = _("Heard so far: %s.") % ", ".join(self.sectors)
        if not self.unheard_sectors:
            return f"{needed} {heard} " + _("No other sector has a vote on this board.")
        return f"{needed} {heard} " + _("Not heard yet: %s.") % ", ".join(self.unheard_sectors)

    def _counted(self) -> str:
        parts = [
            _("%d for") % len(self.in_favour),
            _("%d against") % len(self.against),
        ]
        if self.abstained:
            number = len(self.abstained)
            parts.append(ngettext("%d abstains", "%d abstain", number) % number)
        return ", ".join(parts)


def reckon(
    *,
    how: str,
    voices: Mapping[str, str],
    voting: Mapping[str, str],
    quorum: int = 0,
    quorum_sectors: int = 0,
) -> Tally:
    """``voices``: what each organisation said; those that are not ``voting`` (any more) do not count.

    ``voting``: the sector of each organisation with a vote, by its name.
    """

    def those(choice: str) -> tuple[str, ...]:
        return tuple(each for each in voting if voices.get(each) == choice)

    heard = {sector for name, sector in voting.items() if name in voices}
    return Tally(
        how=how,
        in_favour=those(FOR),
        against=those(AGAINST),
        abstained=those(ABSTAIN),
        unheard=tuple(each for each in voting if each not in voices),
        quorum=quorum,
        sectors=tuple(sorted(heard)),
        unheard_sectors=tuple(sorted(set(voting.values()) - heard)),
        quorum_sectors=quorum_sectors,
    )
