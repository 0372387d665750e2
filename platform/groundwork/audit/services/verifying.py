"""Looking through the whole chain: has anything been changed, taken out, put in or put elsewhere?

What went lawfully is told apart from what was tampered with:

* words: the entry keeps their digest, and a sealed act about the same object says that these fields were forgotten;
* a person: the account that the seal names by its number is gone. While it exists, an act without it was changed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic
from typing import Any
from uuid import UUID

import structlog
from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import Exists, OuterRef

from groundwork.audit import triggers
from groundwork.audit.digests import (
    FIRST,
    FORGET,
    FORGOTTEN,
    GONE,
    MARK,
    canonical,
    content_of,
    digest,
    digests_of_changes,
    hash_of,
    is_well_formed,
    parts_of,
)
from groundwork.audit.models import AuditChain, AuditEntry, AuditSeal
from groundwork.clock import now
from groundwork.directory.models import Mandate

log = structlog.get_logger(__name__)

CHUNK = 1000
"""How many seals are held at once."""
AT_ONCE = timedelta(seconds=20)
"""How long one part of a look by the clock takes: what else is due in that minute waits for it."""
TOLD = 100
"""How many problems are told in words; all are counted."""
LATE = timedelta(days=1)
"""An act that is sealed so long after the time it carries is mentioned: it may have been written afterwards."""
ERASE = "person.erase"
"""The act that says why an account is gone."""


@dataclass(frozen=True)
class Problem:
    """One thing that is not as it was sealed: which seal, which entry, and what differs."""

    number: int | None
    entry_id: UUID | None
    says: str

    def __str__(self) -> str:
        where = [f"row {self.number}" if self.number else "", f"entry {self.entry_id}" if self.entry_id else ""]
        return ": ".join(part for part in (", ".join(part for part in where if part), self.says) if part)


@dataclass
class Report:
    """What a look through the chain found. ``problems`` holds the first :data:`TOLD` of ``count``."""

    number: int = 0
    hash: str = ""
    acts: int = 0
    unsealed: int = 0
    erased: int = 0
    untold: int = 0
    forgotten: int = 0
    late: int = 0
    count: int = 0
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return self.count == 0

    def add(self, number: int | None, entry_id: UUID | None, says: str) -> None:
        self.count += 1
        if len(self.problems) < TOLD:
            self.problems.append(Problem(number, entry_id, says))


@dataclass
class _Walk:
    """How far a look has come: what it found, and what the next seal must follow."""

    report: Report = field(default_factory=Report)
    begun: bool = False
    previous: str = FIRST
    first_sealed: datetime | None = None
    head: tuple[int, str] | None = None
    head_seen: str = ""

    def on(self, *, enough: Callable[[], bool] = lambda: False) -> bool:
        """Look at seal after seal until there is none, or it is ``enough``. Returns whether it came to the end."""
        while seals := self._next():
            self.begun = True
            self.first_sealed = self.first_sealed or seals[0].sealed_at
            for seal in seals:
                self.previous = _follows(self.report, seal, self.previous)
                if self.head is not None and seal.number == self.head[0]:
                    self.head_seen = seal.hash
            _look_at_entries(self.report, seals, self.first_sealed)
            if enough():
                return False
        return True

    def _next(self) -> list[AuditSeal]:
        every = AuditSeal.objects.order_by("number")
        return list((every.filter(number__gt=self.report.number) if self.begun else every)[:CHUNK])


def verify(*, head: tuple[int, str] | None = None, at: datetime | None = None) -> Report:
    """Look through the whole chain, in chunks, however long it is. ``head`` is a number and hash noted down earlier.

    What it found is kept for the page of operators (:class:`AuditChain`).
    """
    walk = _Walk(head=head)
    chain = AuditChain.objects.filter(id=AuditChain.ONLY).first() or AuditChain()
    walk.on()
    return _ended(walk, chain, at or now())


def _ended(walk: _Walk, chain: AuditChain, at: datetime) -> Report:
    """What remains to be looked at once every seal was; ``chain`` is the head as it was read before."""
    report = walk.report
    report.hash = walk.previous if report.number else ""
    _look_at_end(report, chain, walk.head, walk.head_seen)
    _look_for_unsealed(report)
    _note(report)
    AuditChain.objects.get_or_create(id=AuditChain.ONLY)
    AuditChain.objects.filter(id=AuditChain.ONLY).update(
        verified_at=at, verified_number=report.number, verified_hash=report.hash, problems=report.count
    )
    return report


def begin_look(*, at: datetime) -> None:
    """Begin to look through the whole chain by the clock, a part at a time: see :func:`go_on_looking`."""
    AuditChain.objects.get_or_create(id=AuditChain.ONLY)
    AuditChain.objects.filter(id=AuditChain.ONLY).update(look={"begun": at.isoformat()})


def go_on_looking(*, most: timedelta = AT_ONCE) -> Report | None:
    """The next part of the look under way, ``most`` long. Returns what was found once it has come to the end.

    Each row that differs is named in the log, and they are counted together. It writes how far it came and nothing
    else, outside of any transaction: on SQLite no writer waits for it.
    """
    chain = AuditChain.objects.filter(id=AuditChain.ONLY).first()
    if chain is None or not chain.look:
        return None
    kept = chain.look
    walk = _Walk(Report(number=kept.get("number", 0), count=kept.get("count", 0)))
    if "previous" in kept:
        walk.begun, walk.previous = True, kept["previous"]
        walk.first_sealed = datetime.fromisoformat(kept["first_sealed"])
    until = monotonic() + most.total_seconds()
    is_over = walk.on(enough=lambda: monotonic() >= until)
    for problem in walk.report.problems:
        log.error("audit_differs", says=str(problem))
    if not is_over:
        assert walk.first_sealed is not None  # noqa: S101 - it has looked at one
        look = {
            "begun": kept["begun"],
            "number": walk.report.number,
            "count": walk.report.count,
            "previous": walk.previous,
            "first_sealed": walk.first_sealed.isoformat(),
        }
        AuditChain.objects.filter(id=AuditChain.ONLY, look=kept).update(look=look)
        return None
    report = _ended(walk, chain, now())
    AuditChain.objects.filter(id=AuditChain.ONLY).update(look={})
    return report


def _follows(report: Report, seal: AuditSeal, previous: str) -> str:
    """Whether this seal comes next and says what its hash covers. Returns its hash, from which the next goes on."""
    due = report.number + 1
    if seal.number != due:
        last = seal.number - 1
        report.add(due, None, f"seal {due} is missing" if last == due else f"seals {due} to {last} are missing")
    elif seal.previous != previous:
        report.add(seal.number, seal.entry_id, "the seal does not follow the one before it")
    if hash_of(seal) != seal.hash:
        report.add(seal.number, seal.entry_id, "the seal does not say what its hash covers")
    report.number = seal.number
    return seal.hash


def _look_at_entries(report: Report, seals: Sequence[AuditSeal], first_sealed: datetime) -> None:
    entries = AuditEntry.objects.in_bulk([seal.entry_id for seal in seals])
    acts = _acts_that_forgot(entries.values())
    gone = _Gone(seals, entries)
    for seal in seals:
        entry = entries.get(seal.entry_id)
        if entry is None:
            report.add(seal.number, seal.entry_id, "the act was deleted")
            continue
        report.acts += 1
        report.late += seal.sealed_at - entry.at > LATE and entry.at > first_sealed
        try:
            content, _parts = content_of(entry, person_key=seal.person_key, mandate_key=seal.mandate_key)
            differs = [] if content == seal.content else list(_what_differs(entry, seal))
            if not is_well_formed(entry):
                differs.append("what stands for words that went")
        except (AttributeError, KeyError, TypeError, ValueError):
            # Somebody gave it another shape altogether.
            differs = ["what stands for words that went"]
        differs += gone.differs(report, entry, seal)
        if not differs and entry.forgotten:
            differs = list(_unlawful(report, entry, seal, acts))
        if not entry.is_sealed:
            differs.append("that it is sealed")
        if differs:
            report.add(seal.number, entry.pk, f"differs: {', '.join(differs)}")


def _what_differs(entry: AuditEntry, seal: AuditSeal) -> Iterator[str]:
    """Which parts differ from what was sealed, as far as the marks tell."""
    try:
        marks: dict[str, Any] = json.loads(seal.parts)
        parts, changes = marks["parts"], marks["changes"]
    except (KeyError, TypeError, ValueError):
        yield "what the act says"
        return
    there = {name: digest("part", canonical(value))[:MARK] for name, value in parts_of(entry).items()}
    found = [name for name, mark in there.items() if mark != parts.get(name)]
    now_there = {name: full[:MARK] for name, full in digests_of_changes(entry).items()}
    found += [f"“{name}”" for name in sorted({*changes, *now_there}) if changes.get(name) != now_there.get(name)]
    yield from found or ["its salt"]


class _Gone:
    """Which of the people and mandates that a chunk of seals names are still there, where an act names them no more."""

    def __init__(self, seals: Sequence[AuditSeal], entries: dict[UUID, AuditEntry]) -> None:
        people, mandates = set(), set()
        for seal in seals:
            entry = entries.get(seal.entry_id)
            if entry is not None and entry.person_id is None and seal.person_key is not None:
                people.add(seal.person_key)
            if entry is not None and entry.mandate_id is None and seal.mandate_key is not None:
                mandates.add(seal.mandate_key)
        self.people = set(get_user_model()._default_manager.filter(pk__in=people).values_list("pk", flat=True))
        self.mandates = set(Mandate.objects.filter(pk__in=mandates).values_list("pk", flat=True))
        self.told = (
            {
                int(pk)
                for pk in AuditEntry.objects.filter(
                    action=ERASE, object_type=get_user_model()._meta.label_lower, object_id__in=[str(p) for p in people]
                ).values_list("object_id", flat=True)
            }
            if people
            else set()
        )

    def differs(self, report: Report, entry: AuditEntry, seal: AuditSeal) -> list[str]:
        found = []
        if entry.person_id != seal.person_key:
            if entry.person_id is None and seal.person_key not in self.people:
                report.erased += 1
                report.untold += seal.person_key not in self.told
            else:
                found.append("person")
        if entry.mandate_id != seal.mandate_key and (entry.mandate_id is not None or seal.mandate_key in self.mandates):
            found.append("mandate")
        return found


def _acts_that_forgot(entries: Iterable[AuditEntry]) -> dict[str, tuple[AuditEntry, int | None]]:
    """The acts that these entries name for words that went, each with the number of its seal if it has one."""
    ids = set()
    for entry in entries:
        named = entry.forgotten.get("acts", {}) if isinstance(entry.forgotten, dict) else {}
        ids |= {act for act in named.values() if _is_id(act)} if isinstance(named, dict) else set()
    if not ids:
        return {}
    numbers = dict(AuditSeal.objects.filter(entry_id__in=ids).values_list("entry_id", "number"))
    return {str(act.pk): (act, numbers.get(act.pk)) for act in AuditEntry.objects.filter(pk__in=ids)}


def _is_id(text: Any) -> bool:
    try:
        return str(UUID(text)) == text
    except (AttributeError, TypeError, ValueError):
        return False


def _unlawful(
    report: Report, entry: AuditEntry, seal: AuditSeal, acts: dict[str, tuple[AuditEntry, int | None]]
) -> Iterator[str]:
    """The fields whose words are gone though no act says so."""
    for name in entry.forgotten.get("digests", {}):
        act, number = acts.get(entry.forgotten.get("acts", {}).get(name, ""), (None, None))
        if (
            act is None
            or act.action != FORGET
            or (act.object_type, act.object_id) != (entry.object_type, entry.object_id)
            or (number is not None and number < seal.number)
            or name not in str(act.changes.get(FORGOTTEN, GONE)[1]).split(", ")
            or entry.changes.get(name) != GONE
        ):
            yield f"“{name}” is gone and no act says so"
        else:
            report.forgotten += 1


def _look_at_end(report: Report, chain: AuditChain, head: tuple[int, str] | None, head_seen: str) -> None:
    """Whether anything was cut off. Seals that were added since the head was read are no difference."""
    if chain.number > report.number:
        report.add(report.number + 1, None, f"seals {report.number + 1} to {chain.number} were cut off")
    elif chain.number == report.number and chain.hash != report.hash:
        report.add(report.number or None, None, "the head of the chain has another hash")
    elif chain.number < report.number:
        newest = AuditChain.objects.filter(id=AuditChain.ONLY).values_list("number", flat=True).first() or 0
        if newest < report.number:
            report.add(newest + 1, None, f"the head of the chain is at {newest}")
    if head is not None and not head_seen:
        report.add(head[0], None, f"the chain does not reach the head that you gave, {head[0]}")
    elif head is not None and not head_seen.startswith(head[1]):
        report.add(head[0], None, f"the hash at {head[0]} is not the one that you gave")


def _look_for_unsealed(report: Report) -> None:
    sealed = AuditSeal.objects.filter(entry_id=OuterRef("pk"))
    slipped = AuditEntry.objects.filter(is_sealed=True).filter(~Exists(sealed)).order_by("id")
    for pk in slipped.values_list("pk", flat=True).iterator(chunk_size=CHUNK):
        report.add(None, pk, "the act was put in without a seal")
    report.unsealed = AuditEntry.objects.filter(is_sealed=False).count()


def _note(report: Report) -> None:
    if report.unsealed:
        report.notes.append(f"{report.unsealed} acts are not sealed yet.")
    if report.erased:
        report.notes.append(f"{report.erased} acts are of people whose accounts were erased.")
    if report.untold:
        report.notes.append(f"{report.untold} of these are of accounts that no act “{ERASE}” speaks of.")
    if report.forgotten:
        report.notes.append(f"Words of {report.forgotten} fields were forgotten, and an act says so.")
    if report.late:
        report.notes.append(f"{report.late} acts were sealed more than a day after the time they carry.")
    if absent := triggers.missing(connection):
        report.notes.append(f"The database does not refuse changes: {', '.join(absent)} missing. Run migrate.")
