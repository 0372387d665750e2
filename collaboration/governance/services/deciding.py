"""The life of a decision: proposed, opened for voices, made, or at rest; superseded and reviewed later."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from collaboration.governance.checklist import missing
from collaboration.governance.events.decisions import (
    DecisionMade,
    DecisionOpened,
    DecisionProposed,
    DecisionSettled,
)
from collaboration.governance.models import Access, AgendaItem, Decision, Meeting, PartnershipBoard
from collaboration.governance.queries.minutes import quorum_at_decision
from collaboration.governance.queries.voices import tally_of
from collaboration.governance.services.clicks import did_just_now, made_just_now
from collaboration.governance.services.decision_rows import (
    changed,
    found_and_locked,
    hold_counter,
    locked,
    next_number,
    refuse_state,
    same_version,
    status_words,
)
from collaboration.governance.services.decision_words import Said, clean, put, readable
from collaboration.initiatives.services import cleaning
from groundwork.access.actors import Actor
from groundwork.access.errors import Conflict, Invalid
from groundwork.access.rules import require
from groundwork.audit.services import differences, keep
from groundwork.clock import now, today
from groundwork.events.services import record

Status = Decision.Status
UNSETTLED = (Status.PROPOSED, Status.OPEN, Status.DEFERRED)
_WIDTH = list(Access.values)


@transaction.atomic
def propose(
    *,
    actor: Actor,
    board: PartnershipBoard,
    title: str,
    text: str,
    meeting: Meeting | None = None,
    item: AgendaItem | None = None,
    supersedes: Decision | None = None,
    at: datetime | None = None,
    **fields: Any,
) -> Decision:
    """A decision that the board is to take, with whatever is said of it already; see :func:`clean` for ``fields``.

    Who will see it once it is made follows the item of the agenda where there is one, else the board. Its number
    follows the order of commits. The same from the same person within ten seconds is a double click and gives the same
    decision. Raises :class:`Invalid` with sentences by field.
    """
    at = at or now()
    require(actor, "partnership.view", board)
    require(actor, "decisions.propose", board)
    if item is not None:
        require(actor, "item.view", item)
        meeting = item.meeting
    if meeting is not None and meeting.board_id != board.pk:
        raise Invalid(_("That meeting is another board’s."))
    row = Decision(board=board, meeting=meeting, item=item, how=board.deciding, created_by=actor.person, created_at=at)
    row.access = widest(board, item)
    if supersedes is not None:
        require(actor, "decision.view", supersedes)
        if supersedes.board_id != board.pk:
            raise Invalid(_("A board supersedes its own decisions only."))
        row.supersedes = _superseded(supersedes)
    said = clean(title=title, text=text, **fields)
    # The counter's lock is taken before the look for a first click, so that two clicks at once cannot both miss it.
    hold_counter()
    same = Decision.objects.filter(
        board=board, item=item, supersedes=row.supersedes, title=said.title, text=said.text, status=Status.PROPOSED
    )
    known = made_just_now(same, actor=actor, act="decision.propose", at=at)
    if known is not None:
        return known
    row.number, row.reference = next_number()
    put(row, said, limit=widest(board, item))
    row.save()
    row.elements.set(said.elements)
    row.named.set((item or board).named.all() if row.access == Access.NAMED else [])
    keep(actor=actor, action="decision.propose", obj=row, changes={"title": [None, row.title]}, at=at)
    record(DecisionProposed(decision_id=row.pk, reference=row.reference), actor=actor)
    return row


def widest(board: PartnershipBoard, item: AgendaItem | None) -> str:
    """The widest level of access of a decision of ``board`` that is taken under ``item``."""
    levels = [board.access]
    if item is not None:
        if item.exempt:
            levels.append(Access.BOARD)
        levels.append(item.access or item.meeting.access)
    return max(levels, key=_WIDTH.index)


@transaction.atomic
def change(
    *, actor: Actor, decision: Decision, version: int | None, at: datetime | None = None, **fields: Any
) -> Decision:
    """Other words, reasons, options, implications. What is not named stays as it is.

    Raises :class:`Conflict` when ``version`` is not the present one, when it is settled, and when the words on which
    organisations gave their voice would change.
    """
    at = at or now()
    row = locked(decision, actor=actor, verb="decision.change")
    if row.status not in UNSETTLED:
        raise Conflict(_("This decision is %(status)s. Propose one that supersedes it instead.") % _status(row))
    before = readable(row)
    said = clean(**{**Said.of(row).given(), **fields})
    words = ("title", "text", "options", "how")
    differs = any(getattr(said, name) != getattr(row, name) for name in words)
    if differs and row.voices.exists():
        raise Conflict(
            _("Organisations have given their voice on these words. Take it back to a proposal to change them.")
        )
    put(row, said, limit=widest(row.board, row.item))
    changes = differences(before, readable(row, elements=said.elements))
    if changes:
        same_version(row, version)
        row.elements.set(said.elements)
        changed(actor=actor, decision=row, changes=changes, at=at, act="decision.change")
    return row


@transaction.atomic
def open_for_voices(*, actor: Actor, decision: Decision, at: datetime | None = None) -> Decision:
    """Ask the organisations with a vote for their voice. Opening twice is once."""
    row = locked(decision, actor=actor, verb="decision.settle")
    if row.status == Status.OPEN:
        return row
    if row.status not in (Status.PROPOSED, Status.DEFERRED):
        raise refuse_state(row)
    row.status_reason = ""
    _move(actor, row, Status.OPEN, act="decision.open", at=at)
    record(DecisionOpened(decision_id=row.pk, reference=row.reference, version=row.version), actor=actor)
    return row


@transaction.atomic
def take_back(*, actor: Actor, decision: Decision, at: datetime | None = None) -> Decision:
    """A proposal again, so that its words can change. Voices given are given anew; the history keeps them."""
    row = locked(decision, actor=actor, verb="decision.settle")
    if row.status == Status.PROPOSED:
        return row
    if row.status not in UNSETTLED:
        raise refuse_state(row)
    row.voices.all().delete()
    row.status_reason = ""
    _move(actor, row, Status.PROPOSED, act="decision.take_back", at=at)
    return row


@transaction.atomic
def make(*, actor: Actor, decision: Decision, decided_on: date | None = None, at: datetime | None = None) -> Decision:
    """It is decided, on ``decided_on`` (today when none is given). Making it twice is once.

    Raises :class:`Invalid` by field while something is unsaid (see :mod:`collaboration.governance.checklist`), and
    :class:`Conflict` when the voices of those who have a vote today do not carry it, or when the meeting in which it is
    taken has no quorum at that moment.
    """
    at = at or now()
    row = locked(decision, actor=actor, verb="decision.settle")
    if row.status == Status.MADE:
        return row
    if row.status not in (Status.PROPOSED, Status.OPEN):
        raise refuse_state(row)
    if unsaid := missing(row):
        raise Invalid({"": [f"{task.label}: {task.sentence}" for task in unsaid]})
    on = decided_on or today()
    if on > today():
        raise Invalid({"decided_on": [_("The day of the decision must not be in the future.")]})
    there = quorum_at_decision(row, on)
    if there is not None and not there.met:
        raise Conflict(_("It cannot be made like this. %(tally)s") % {"tally": there.sentence})
    tally = tally_of(row)
    if not tally.is_carried:
        raise Conflict(_("It cannot be made like this. %(tally)s") % {"tally": tally.in_words})
    superseded = ""
    if row.supersedes is not None:
        superseded = _supersede(actor, row, at)
    row.decided_on, row.status_reason = on, ""
    more = {"decided on": [None, date_format(on, "j F Y")], "voices": [None, tally.in_words]}
    _move(actor, row, Status.MADE, act="decision.make", at=at, **more)
    contrary = row.accords == Decision.Accord.CONTRARY
    record(
        DecisionMade(decision_id=row.pk, reference=row.reference, contrary=contrary, superseded=superseded),
        actor=actor,
    )
    return row


@transaction.atomic
def not_agreed(*, actor: Actor, decision: Decision, reason: str = "", at: datetime | None = None) -> Decision:
    """The board did not agree. Refused while the voices would carry it."""
    row = locked(decision, actor=actor, verb="decision.settle")
    if row.status == Status.NOT_MADE:
        return row
    if row.status != Status.OPEN:
        raise refuse_state(row)
    tally = tally_of(row)
    if tally.is_carried:
        raise Conflict(_("The voices carry it. %(tally)s Make it, or defer it.") % {"tally": tally.in_words})
    row.decided_on = today()
    _rest(actor, row, Status.NOT_MADE, "decision.not_agreed", reason, at, voices=[None, tally.in_words])
    return row


@transaction.atomic
def defer(*, actor: Actor, decision: Decision, reason: str = "", at: datetime | None = None) -> Decision:
    """Left for later. It can be opened again; voices given stay."""
    row = locked(decision, actor=actor, verb="decision.settle")
    if row.status == Status.DEFERRED:
        return row
    if row.status not in (Status.PROPOSED, Status.OPEN):
        raise refuse_state(row)
    _rest(actor, row, Status.DEFERRED, "decision.defer", reason, at)
    return row


@transaction.atomic
def withdraw(*, actor: Actor, decision: Decision, reason: str = "", at: datetime | None = None) -> Decision:
    """It is not to be decided any more. What was made is not withdrawn: another decision supersedes it."""
    row = locked(decision, actor=actor, verb="decision.settle")
    if row.status == Status.WITHDRAWN:
        return row
    if row.status not in UNSETTLED:
        raise refuse_state(row)
    _rest(actor, row, Status.WITHDRAWN, "decision.withdraw", reason, at)
    return row


@transaction.atomic
def supersede(
    *, actor: Actor, decision: Decision, title: str, text: str, at: datetime | None = None, **fields: Any
) -> Decision:
    """Propose a decision that takes the place of ``decision`` once it is made. Returns the new one."""
    require(actor, "decision.settle", decision)
    return propose(actor=actor, board=decision.board, title=title, text=text, supersedes=decision, at=at, **fields)


@transaction.atomic
def review(
    *,
    actor: Actor,
    decision: Decision,
    version: int | None = None,
    next_on: date | None = None,
    note: str = "",
    at: datetime | None = None,
) -> Decision:
    """Looked at again, and it stands; ``next_on`` is when to look again (None: no day)."""
    at = at or now()
    row = locked(decision, actor=actor, verb="decision.settle")
    if row.status != Status.MADE:
        raise refuse_state(row)
    problems = cleaning.Problems()
    said = cleaning.text(note, field="note", label=_("The note"), longest=500, problems=problems)
    next_on = cleaning.day(next_on, field="next_on", label=_("The next review"), problems=problems)
    if next_on is not None and next_on <= today():
        problems.add("next_on", _("The next review must be after today."))
    problems.raise_if_any()
    if row.review_on == next_on and did_just_now(row, actor=actor, act="decision.review", at=at):
        return row
    same_version(row, version)
    changes = {"reviewed": [None, _("it stands")], "review": [_day(row.review_on), _day(next_on)]}
    if said:
        changes["note"] = [None, said]
    row.reviewed_at, row.review_on = at, next_on
    changed(actor=actor, decision=row, changes=changes, at=at, act="decision.review")
    return row


def _supersede(actor: Actor, row: Decision, at: datetime) -> str:
    """The locked decision that ``row`` takes the place of is superseded. Returns its reference."""
    assert row.supersedes_id is not None  # noqa: S101 - asked by the caller
    old = _superseded(found_and_locked(row.supersedes_id), by=row)
    old.status = Status.SUPERSEDED
    words = [status_words(Status.MADE), status_words(Status.SUPERSEDED)]
    changes = {"status": words, "superseded by": [None, row.reference]}
    changed(actor=actor, decision=old, changes=changes, at=at, act="decision.supersede")
    return old.reference


def _superseded(old: Decision, *, by: Decision | None = None) -> Decision:
    """``old``, if it can be superseded (by ``by``). Raises :class:`Conflict`; chains never close to a ring."""
    each: Decision | None = old
    while by is not None and each is not None:
        if each.pk == by.pk:
            raise Conflict(_("A decision cannot supersede itself, not even through others."))
        each = each.supersedes
    if old.status != Status.MADE:
        raise Conflict(
            _("%(reference)s is %(status)s, so nothing can supersede it.")
            % {"reference": old.reference, **_status(old)}
        )
    return old


def _rest(
    actor: Actor, row: Decision, status: str, act: str, reason: str, at: datetime | None, **more: list[Any]
) -> None:
    problems = cleaning.Problems()
    said = cleaning.text(reason, field="reason", label=_("The reason"), longest=500, problems=problems)
    problems.raise_if_any()
    row.status_reason = said
    if said:
        more["reason"] = [None, said]
    _move(actor, row, status, act=act, at=at, **more)
    record(DecisionSettled(decision_id=row.pk, reference=row.reference, status=status), actor=actor)


def _move(actor: Actor, row: Decision, status: str, *, act: str, at: datetime | None, **more: list[Any]) -> None:
    changes = {"status": [status_words(row.status), status_words(status)], **more}
    row.status = status
    changed(actor=actor, decision=row, changes=changes, at=at or now(), act=act)


def _status(row: Decision) -> dict[str, str]:
    return {"status": status_words(row.status)}


def _day(day: date | None) -> str | None:
    return date_format(day, "j F Y") if day else None
