"""Whether enough of a board is there to decide: pure, counted by organisations and by sectors, never by people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


class Required(Protocol):
    """The rule of a board: numbers of voting organisations and of sectors among them; 0 asks for none."""

    quorum_organisations: int
    quorum_sectors: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Quorum:
    """How many voting organisations and sectors are there, and how many must be. ``missing``: a sentence, or ""."""

    organisations: int
    sectors: int
    needed_organisations: int
    needed_sectors: int
    missing: str

    @property
    def met(self) -> bool:
        return not self.missing

    @property
    def is_asked_for(self) -> bool:
        """Whether the board has a rule at all."""
        return bool(self.needed_organisations or self.needed_sectors)

    @property
    def sentence(self) -> str:
        """In words, for the screen and the minutes."""
        there = _there(self.organisations, self.sectors)
        if not self.is_asked_for:
            return _("The board has no rule on quorum. %(there)s") % {"there": there}
        if self.met:
            return _("There is a quorum. %(there)s") % {"there": there}
        return _("There is no quorum. %(there)s %(missing)s") % {"there": there, "missing": self.missing}


def of(board: Required, attendance: Iterable[Any], *, at: datetime | None = None) -> Quorum:
    """The quorum of ``board`` with these rows of attendance, at an instant or as it is now.

    A row counts where somebody is present in a seat with a vote and is not gone; two people of one organisation count
    once. Who is there without a seat, or without a vote, does not count. Rows bring their ``seat`` and its
    organisation along: this asks the database nothing.
    """
    return _of(board, [row for row in attendance if _counts(row) and not _is_gone(row, at)])


def _counts(row: Any) -> bool:
    return bool(row.is_present and row.seat is not None and row.seat.votes)


def _is_gone(row: Any, at: datetime | None) -> bool:
    if at is None:
        return any(until is None for _since, until in row.gone)
    return any((since is None or since <= at) and (until is None or at < until) for since, until in row.gone)


def _of(board: Required, rows: Iterable[Any]) -> Quorum:
    organisations = {row.seat.organisation_id: row.seat.organisation.sector_id for row in rows}
    there, sectors = len(organisations), len(set(organisations.values()))
    needed, needed_sectors = board.quorum_organisations, board.quorum_sectors
    missing = [
        ngettext(
            "%(number)s more organisation with a vote is needed.",
            "%(number)s more organisations with a vote are needed.",
            needed - there,
        )
        % {"number": needed - there}
        if there < needed
        else "",
        ngettext("%(number)s more sector is needed.", "%(number)s more sectors are needed.", needed_sectors - sectors)
        % {"number": needed_sectors - sectors}
        if sectors < needed_sectors
        else "",
    ]
    return Quorum(
        organisations=there,
        sectors=sectors,
        needed_organisations=needed,
        needed_sectors=needed_sectors,
        missing=" ".join(each for each in missing if each),
    )


def _there(organisations: int, sectors: int) -> str:
    who = ngettext(
        "%(number)s organisation with a vote is present", "%(number)s organisations with a vote are present",
        organisations,
    ) % {"number": organisations}  # fmt: skip
    of_what = ngettext("of %(number)s sector.", "of %(number)s sectors.", sectors) % {"number": sectors}
    return f"{who}, {of_what}" if organisations else f"{who}."


# -- how it went in a meeting


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How the quorum came and went from the beginning of a meeting. ``now``: as it is, or was at the end.

    ``ever``: everybody who was there at some time; ``gaps``: from when to when there was no quorum, where None is the
    beginning, and the end or now. ``is_noted``: somebody kept the list of who was there.
    """

    now: Quorum
    ever: Quorum
    gaps: tuple[tuple[datetime | None, datetime | None], ...] = ()
    is_over: bool = False
    is_noted: bool = True

    @property
    def sentence(self) -> str:
        """In words: what the screen says while the meeting goes on, and what its minutes say afterwards."""
        if not self.is_over:
            past = [gap for gap in self.gaps if gap[1] is not None]
            return f"{self.now.sentence} {_without(past)}" if past else self.now.sentence
        if not self.is_noted:
            return _("Nobody noted who was there.")
        there = _were_there(self.ever.organisations, self.ever.sectors)
        if not self.now.is_asked_for:
            return _("The board has no rule on quorum. %(there)s") % {"there": there}
        if not self.gaps:
            return _("There was a quorum throughout. %(there)s") % {"there": there}
        if self.gaps == ((None, None),):
            return _("There was no quorum at any time. %(there)s %(needed)s") % {"there": there, "needed": self._needed}
        return _("There was a quorum for a part of the meeting. %(without)s %(there)s %(needed)s") % {
            "without": _without(self.gaps),
            "there": there,
            "needed": self._needed,
        }

    @property
    def _needed(self) -> str:
        organisations, sectors = self.now.needed_organisations, self.now.needed_sectors
        bodies = ngettext(
            "The board needs %(number)s organisation with a vote.",
            "The board needs %(number)s organisations with a vote.",
            organisations,
        ) % {"number": organisations}
        parts = ngettext(
            "They must be of %(number)s sector.", "They must be of %(number)s sectors.", sectors
        ) % {"number": sectors}  # fmt: skip
        return " ".join([*([bodies] if organisations else []), *([parts] if sectors else [])])


def course(board: Required, attendance: Iterable[Any], *, began: datetime | None, ended: datetime | None) -> Course:
    """How the quorum went from ``began`` to ``ended`` (None: it goes on), by when people came and left."""
    everybody = list(attendance)
    rows = [row for row in everybody if _counts(row)]
    last = of(board, rows, at=_just_before(ended) if ended else None)
    if began is None:
        return Course(now=last, ever=last)
    moments = {moment for row in rows for spell in row.gone for moment in spell if moment is not None}
    inner = sorted(each for each in moments if each > began and (ended is None or each < ended))
    points = [began, *inner]
    gaps: list[tuple[datetime | None, datetime | None]] = []
    for number, point in enumerate(points):
        until = points[number + 1] if number + 1 < len(points) else None
        if of(board, rows, at=point).met:
            continue
        since = None if number == 0 else point
        if gaps and gaps[-1][1] == point:
            since = gaps.pop()[0]
        gaps.append((since, until))
    is_noted, is_over = bool(everybody), ended is not None
    return Course(now=last, ever=_of(board, rows), gaps=tuple(gaps), is_over=is_over, is_noted=is_noted)


def _just_before(at: datetime) -> datetime:
    # Who leaves when the meeting is closed was there to the end.
    return at - timedelta(microseconds=1)


def _without(gaps: Iterable[tuple[datetime | None, datetime | None]]) -> str:
    said = []
    for since, until in gaps:
        clock = {"since": _clock(since), "until": _clock(until)}
        if since is None:
            said.append(_("from the beginning to %(until)s") % clock)
        elif until is None:
            said.append(_("from %(since)s to the end") % clock)
        else:
            said.append(_("from %(since)s to %(until)s") % clock)
    return _("There was none %(spells)s.") % {"spells": ", ".join(said)}


def _clock(at: datetime | None) -> str:
    return date_format(timezone.localtime(at), "H:i") if at else ""


def _were_there(organisations: int, sectors: int) -> str:
    if not organisations:
        return _("No organisation with a vote was present.")
    who = ngettext(
        "%(number)s organisation with a vote was present", "%(number)s organisations with a vote were present",
        organisations,
    ) % {"number": organisations}  # fmt: skip
    return f"{who}, " + ngettext("of %(number)s sector.", "of %(number)s sectors.", sectors) % {"number": sectors}
