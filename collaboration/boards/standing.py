"""Who may do what on a board: read under the board's lock, and believed for as long as nobody's rights changed.

Whoever changes a right raises the board's ``access_version`` in the same transaction, behind the same row that every
commit locks (:mod:`.access`). So what is remembered here under a version is true as long as the row shows that version,
and no change is accepted after a revocation has been committed (promise S5).
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Final, cast
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Q, QuerySet

from collaboration.boards.engine.stages import Role
from collaboration.workshops.models import Participation, Workshop
from groundwork.accounts.queries import standing_sessions, standing_tokens
from groundwork.clock import today

THERE: Final = (Workshop.Status.PLANNED, Workshop.Status.OPEN, Workshop.Status.REPORTED)
"""A workshop whose board can be looked at. Only while it is open can anybody change it."""
MOST_BOARDS: Final = 500


@dataclass(frozen=True, slots=True)
class Standing:
    """Somebody who may be on a board. ``role`` is what they are there now: observers outside of the opening."""

    participation_id: int
    key: str
    role: Role
    name: str
    organisation_id: int | None
    sector_id: int | None


@dataclass(frozen=True, slots=True)
class Holder:
    """By what somebody is connected: a session of an account, or the digest of a guest's secret
    (``Participation.guest_digest``), or neither, where a ticket let them in: then perhaps by a token of the API."""

    participation_id: int
    session_key: str | None = None
    guest: str = ""
    api_token_id: int | None = None


@dataclass(frozen=True, slots=True)
class _Verdict:
    standing: Standing | None
    until: date | None
    """The day on which the mandate they came under ends."""


_NO: Final = _Verdict(None, None)


def _admitted(day: date, **whose: Collection[Any]) -> QuerySet[Participation]:
    """Those of these participations that may be on their board on this day."""
    return _admitted_but_for_accounts(day, **whose).filter(Q(person=None) | Q(person__is_active=True))


def _admitted_but_for_accounts(day: date, **whose: Collection[Any]) -> QuerySet[Participation]:
    """The same, whether or not the accounts of those who have one are open."""
    in_force = Q(mandate__valid_from__lte=day) & (Q(mandate__valid_to=None) | Q(mandate__valid_to__gt=day))
    return Participation.objects.filter(
        Q(mandate=None) | in_force,
        **whose,
        status=Participation.Status.ADMITTED,
        workshop__status__in=THERE,
    )


_FIELDS: Final = (
    "pk",
    "key",
    "role",
    "name",
    "organisation_id",
    "organisation__sector_id",
    "workshop__status",
    "workshop__board",
)


def _standing(row: Sequence[Any]) -> Standing:
    pk, key, role, name, organisation, sector, status = row[:7]
    now_role = cast(Role, role) if status == Workshop.Status.OPEN else "observer"
    return Standing(pk, key, now_role, name, organisation, sector)


def _read(ids: Collection[int]) -> dict[int, tuple[UUID, _Verdict]]:
    """Board and verdict of each of these participations that may be on one, in one query."""
    rows = _admitted(today(), pk__in=ids).values_list(*_FIELDS, "mandate__valid_to")
    return {row[0]: (row[7], _Verdict(_standing(row), row[8])) for row in rows}


_SOME_DAY: Final = date(1, 1, 1)
_GUEST_MARK: Final = "guest "


@lru_cache(maxsize=32)
def _guests_in_words(vendor: str, many: int) -> tuple[str, Sequence[Any]]:
    """The query for so many guests, as the database reads it, with marks where the day and the digests go.

    A hall of phones is let in by it. To put it into words takes Django many times as long as the database's answer.
    """
    marks = [f"{_GUEST_MARK}{number}" for number in range(many)]
    # That they have no account is looked at afterwards: a database that knows little of its tables would begin there.
    rows = _admitted_but_for_accounts(_SOME_DAY, guest_digest__in=marks).order_by()
    rows = rows.values_list(*_FIELDS, "guest_digest", "person_id")
    sql, parameters = rows.query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
    return sql, parameters


def standings_of_guests(digests: Collection[str]) -> dict[str, tuple[UUID, Standing]]:
    """Board and standing of those who are known by these digests (``Participation.guest_digest``) and may be there.

    In one query, as the database says now.
    """
    if not digests:
        return {}
    wanted = [*digests]
    # Few lengths, so that each is put into words once.
    wanted += wanted[-1:] * ((1 << (len(wanted) - 1).bit_length()) - len(wanted))
    sql, marked = _guests_in_words(connection.vendor, len(wanted))
    adapted = connection.ops.adapt_datefield_value
    put: dict[Any, Any] = {f"{_GUEST_MARK}{number}": digest for number, digest in enumerate(wanted)}
    put[adapted(_SOME_DAY)] = adapted(today())
    with connection.cursor() as cursor:
        cursor.execute(sql, [put.get(value, value) for value in marked])
        rows = cursor.fetchall()
    # SQLite keeps a UUID as text.
    return {
        row[8]: (row[7] if isinstance(row[7], UUID) else UUID(row[7]), _standing(row))
        for row in rows
        if row[7] and row[9] is None
    }


def standings(board_id: UUID, participation_ids: Collection[int]) -> dict[int, Standing]:
    """Those of these participations that may be on this board, in one query, as the database says now."""
    found = _read(participation_ids) if participation_ids else {}
    return {
        pk: verdict.standing
        for pk, (board, verdict) in found.items()
        if board == board_id and verdict.standing is not None
    }


def standing_of(board_id: UUID, participation_id: int) -> Standing | None:
    """What somebody may do on a board now. ``None``: not to be there — removed, waiting, or the workshop is over."""
    return standings(board_id, [participation_id]).get(participation_id)


class Known:
    """What is remembered under each board's ``access_version``. Ask it with versions that a held lock vouches for."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._boards: OrderedDict[UUID, tuple[int, dict[int, _Verdict], dict[Holder, bool]]] = OrderedDict()

    def _of(self, board_id: UUID, version: int) -> tuple[dict[int, _Verdict], dict[Holder, bool]]:
        with self._lock:
            known = self._boards.get(board_id)
            if known is None or known[0] != version:
                known = self._boards[board_id] = (version, {}, {})
            self._boards.move_to_end(board_id)
            if len(self._boards) > MOST_BOARDS:
                self._boards.popitem(last=False)
            return known[1], known[2]

    def standings(self, asked: Mapping[UUID, tuple[int, Collection[int]]]) -> dict[UUID, dict[int, Standing | None]]:
        """By board: its version, and the participations asked for. One query at most, and mostly none."""
        day = today()
        known = {board_id: self._of(board_id, version)[0] for board_id, (version, _ids) in asked.items()}
        lacking = {
            pk
            for board_id, (_version, ids) in asked.items()
            for pk in ids
            if (verdict := known[board_id].get(pk)) is None or (verdict.until is not None and verdict.until <= day)
        }
        found = _read(lacking) if lacking else {}
        answer: dict[UUID, dict[int, Standing | None]] = {}
        for board_id, (_version, ids) in asked.items():
            here = known[board_id]
            for pk in lacking.intersection(ids):
                board, verdict = found.get(pk, (board_id, _NO))
                here[pk] = verdict if board == board_id else _NO
            answer[board_id] = {pk: here[pk].standing for pk in ids}
        return answer

    def gone(self, asked: Mapping[UUID, tuple[int, Collection[Holder]]]) -> set[Holder]:
        """Those of these holders who may not be there any more."""
        gone: set[Holder] = set()
        lacking: list[tuple[dict[Holder, bool], Holder]] = []
        for board_id, (version, holders) in asked.items():
            known = self._of(board_id, version)[1]
            for holder in holders:
                there = known.get(holder)
                if there is None:
                    lacking.append((known, holder))
                elif not there:
                    gone.add(holder)
        if lacking:
            left = still_there(holder for _known, holder in lacking)
            gone |= left
            for known, holder in lacking:
                known[holder] = holder not in left
        return gone


known = Known()


def still_there(holders: Iterable[Holder], *, silent: Collection[Holder] = ()) -> set[Holder]:
    """Those of these holders who may **not** be on their board any more. The same few queries for one and for all.

    A session must still be there, be of this person and of today's password, and not have lived too long; a guest's
    secret must still be the one; a token of the API neither taken back nor worn out; the participation admitted, the
    mandate in force, the account and the workshop open. How long ago a session was last used is not looked at: being
    connected is using it, except of those who are ``silent`` and have asked for nothing.
    """
    asked = set(holders)
    if not asked:
        return set()
    ids = {holder.participation_id for holder in asked}
    admitted = {
        pk: (person, guest, role)
        for pk, person, guest, role in _admitted(today(), pk__in=ids).values_list(
            "pk", "person_id", "guest_digest", "mandate__role"
        )
    }
    keys = {holder.session_key for holder in asked if holder.session_key}
    short = {
        holder.session_key
        for holder in asked
        if holder.session_key and admitted.get(holder.participation_id, (None, None, ""))[2] == "officer"
    }
    unused = {holder.session_key for holder in silent if holder.session_key}
    sessions = standing_sessions(keys, short=short, unused=unused) if keys else {}
    tokens = {holder.api_token_id for holder in asked if holder.api_token_id is not None}
    working = standing_tokens(tokens) if tokens else set()

    def there(holder: Holder) -> bool:
        found = admitted.get(holder.participation_id)
        if found is None:
            return False
        person, guest, _role = found
        if holder.api_token_id is not None and holder.api_token_id not in working:
            return False
        if holder.session_key is not None:
            return person is not None and sessions.get(holder.session_key) == person
        return not holder.guest or holder.guest == guest

    return {holder for holder in asked if not there(holder)}
