"""The list of meetings, chosen in one way for its page, its files and the API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from collaboration.governance.models import Meeting, PartnershipBoard
from collaboration.governance.queries import visible
from collaboration.governance.queries.meetings import Which, listing
from groundwork.access.actors import Actor

LONGEST_WORDS: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingFilters:
    """What the list shows. ``board``: the slug of one; "" for all. ``when``: see :attr:`WHEN`."""

    when: Which = "upcoming"
    board: str = ""
    q: str = ""

    WHEN = {
        "upcoming": gettext_lazy("To come"),
        "past": gettext_lazy("Past"),
        "all": gettext_lazy("All, the latest first"),
        "mine": gettext_lazy("Mine, to come"),
    }

    @classmethod
    def from_query(cls, actor: Actor, query: Mapping[str, str]) -> tuple[MeetingFilters, list[str]]:
        """The filters an address asks for, with a sentence for each that could not be understood and is left out."""
        problems: list[str] = []
        when: Which = "upcoming"
        asked = query.get("when") or "upcoming"
        for known in ("past", "all", "mine"):
            when = known if asked == known else when
        if asked not in cls.WHEN:
            problems.append(_("when must be one of: %s.") % ", ".join(cls.WHEN))
        board = query.get("board") or ""
        # A board that is hidden is told of as one that is not there.
        if board and not (board.isprintable() and visible.boards(actor).filter(slug=board[:100]).exists()):
            problems.append(_("There is no such board, or you may not see it."))
            board = ""
        words = " ".join("".join(c if c.isprintable() else " " for c in query.get("q", "")).split())[:LONGEST_WORDS]
        return cls(when=when, board=board, q=words), problems

    def asked(self) -> dict[str, str]:
        """As an address asks for them: those that are not as they are when nobody asks."""
        usual = MeetingFilters()
        return {
            name: value for name in ("when", "board", "q") if (value := getattr(self, name)) != getattr(usual, name)
        }


def listed(actor: Actor, filters: MeetingFilters) -> QuerySet[Meeting]:
    """What the filters let through of the meetings shown to ``actor``, in the order of their list."""
    found = listing(actor, filters.when, words=filters.q)
    return found.filter(board__slug=filters.board) if filters.board else found


def boards_that_meet(actor: Actor) -> list[PartnershipBoard]:
    """The boards of which the actor sees a meeting, by name: what the list's filter offers."""
    theirs = visible.meetings(actor).order_by().values("board")
    return list(PartnershipBoard.objects.filter(pk__in=theirs).order_by("name", "pk"))
