"""A meeting while it is held: begun, its items taken one by one, what happens in it marked, and closed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from collaboration.actions.models import Action
from collaboration.actions.origins import Origin
from collaboration.actions.services import asking, making
from collaboration.governance.events.minutes import MeetingBegan, MeetingClosed
from collaboration.governance.interests import is_locked
from collaboration.governance.models import Access, AgendaItem, Attendance, Mark, Meeting, Minutes, SeatHolder
from collaboration.governance.provenance import KIND
from collaboration.governance.queries import minutes as reading
from collaboration.governance.queries import visible
from collaboration.governance.queries.levels import level_of
from collaboration.governance.rooms import room_of
from collaboration.governance.services import carrying, deciding, minuting
from collaboration.governance.services.meeting_records import changed, locked, must_be
from collaboration.initiatives.services import cleaning
from groundwork.access.actors import Actor
from groundwork.access.errors import Conflict, Invalid, NotAllowed, NotFound
from groundwork.access.rules import require
from groundwork.accounts.models import Person
from groundwork.audit.services import keep
from groundwork.clock import now
from groundwork.events.services import record

Outcome = AgendaItem.Outcome
Status = Meeting.Status


@transaction.atomic
def begin(*, actor: Actor, meeting: Meeting, at: datetime | None = None) -> Meeting:
    """The meeting is under way; its minutes begin to draft themselves. Done twice it is done once."""
    row = locked(meeting, actor=actor, verb="meeting.run")
    if row.status == Status.RUNNING:
        return row
    if row.status not in (Status.PLANNED, Status.CALLED):
        must_be(row, Status.CALLED)
    at = at or now()
    Minutes.objects.get_or_create(meeting=row)
    _moved(actor, row, Status.RUNNING, "meeting.begin", at, started_at=at)
    record(MeetingBegan(meeting_id=row.pk), actor=actor)
    return row


@transaction.atomic
def close(*, actor: Actor, meeting: Meeting, at: datetime | None = None) -> Meeting:
    """It is over. The item being taken ends; items that were neither taken nor marked are deferred: none is lost.

    The minutes hold what was marked, and what they say of the quorum is kept: how it went from the beginning to now.
    """
    carrying.hold(meeting.board_id)
    row = locked(meeting, actor=actor, verb="meeting.run")
    if row.status == Status.HELD:
        return row
    _must_run(row)
    at = at or now()
    for item in row.items.select_for_update():
        item.meeting = row
        is_now = item.started_at is not None and item.ended_at is None
        # What was marked was taken, also where nobody said that it was.
        if is_now or (item.outcome == Outcome.OPEN and item.marks.exists()):
            _end(item, Outcome.TAKEN, at)
        elif item.outcome == Outcome.OPEN and item.kind == AgendaItem.Kind.ITEM:
            _end(item, Outcome.DEFERRED, at)
            keep(actor=actor, action="item.defer", obj=item, changes={"reason": [None, _("not reached")]}, at=at)
    minutes, _made = Minutes.objects.select_for_update().get_or_create(meeting=row)
    row.closed_at = at
    minutes.quorum_said = reading.course_of(row).sentence
    minutes.save()
    _moved(actor, row, Status.HELD, "meeting.close", at, closed_at=at)
    minuting.draft_all(row)
    carrying.carry(actor=actor, board=row.board, at=at)
    record(MeetingClosed(meeting_id=row.pk), actor=actor)
    return row


def _moved(actor: Actor, row: Meeting, status: str, action: str, at: datetime, **fields: Any) -> None:
    before = str(row.get_status_display())
    row.status = status
    for name, value in fields.items():
        setattr(row, name, value)
    changes = {"status": [before, str(row.get_status_display())]}
    changed(actor=actor, meeting=row, changes=changes, at=at, action=action)


@transaction.atomic
def take(*, actor: Actor, item: AgendaItem, at: datetime | None = None) -> AgendaItem:
    """This item now; the one before it is ended. A deferred one can be taken after all."""
    row = _item(item, actor=actor, verb="meeting.run")
    at = at or now()
    if row.started_at is not None and row.ended_at is None:
        return row
    if row.outcome == Outcome.WITHDRAWN:
        raise Conflict(_("This item was withdrawn."))
    _end_current(row.meeting, at)
    row.started_at, row.ended_at, row.outcome = at, None, Outcome.OPEN
    _save(row)
    keep(actor=actor, action="item.take", obj=row, at=at)
    return row


@transaction.atomic
def next_item(
    *, actor: Actor, meeting: Meeting, named: AgendaItem | None = None, at: datetime | None = None
) -> AgendaItem | None:
    """End the item being taken and take the next that was not; None when there is none left.

    ``named``: the one that the page said comes next. Where it was taken meanwhile, by a second press or on another
    screen, nothing more happens, so that no item is passed over.
    """
    row = locked(meeting, actor=actor, verb="meeting.run")
    _must_run(row)
    at = at or now()
    if named is not None:
        fresh = AgendaItem.objects.get(pk=named.pk)
        is_new = fresh.started_at is None and fresh.outcome == Outcome.OPEN
        return take(actor=actor, item=named, at=at) if is_new else fresh
    _end_current(row, at)
    # One that only named people may see is taken by them.
    item = visible.items(actor).filter(meeting=row, outcome=Outcome.OPEN, started_at=None).first()
    return take(actor=actor, item=item, at=at) if item is not None else None


@transaction.atomic
def defer(*, actor: Actor, item: AgendaItem, reason: str = "", at: datetime | None = None) -> AgendaItem:
    """Not in this meeting: it is carried over to the next one when this one closes."""
    row = _item(item, actor=actor, verb="meeting.run")
    problems = cleaning.Problems()
    reason = cleaning.text(reason, field="reason", label=_("The reason"), longest=300, problems=problems)
    problems.raise_if_any()
    if row.outcome == Outcome.DEFERRED:
        return row
    if row.outcome == Outcome.WITHDRAWN:
        raise Conflict(_("This item was withdrawn."))
    at = at or now()
    _end(row, Outcome.DEFERRED, at)
    minuting.draft_item(row)
    # Not the words: an item may be exempt, and the audit log is read by others.
    keep(actor=actor, action="item.defer", obj=row, changes={"outcome": [None, _("deferred")]}, at=at)
    return row


@transaction.atomic
def mark(
    *,
    actor: Actor,
    item: AgendaItem,
    kind: str,
    text: str,
    uuid: UUID,
    who: str = "",
    due_on: date | str | None = None,
    at: datetime | None = None,
) -> Mark:
    """Note something that happens while ``item`` is taken. An action joins the list of all, a decision is proposed.

    ``uuid`` is named by the page: sent twice it is kept once. ``who``: an email address, the name of somebody there, or
    any other name, who is noted and asked nothing. Raises :class:`Invalid` with sentences by field, and
    :class:`NotAllowed` for whoever declared an interest in the item.
    """
    row = _item(item, actor=actor, verb="item.mark", also_held=True)
    known = Mark.objects.filter(uuid=uuid).select_related("item").first()
    if known is not None:
        if known.item_id != row.pk:
            raise Invalid({"text": [_("This was sent before, of another item. Open the page again and type it anew.")]})
        return known
    not_locked(actor, row)
    at = at or now()
    said = _said(kind, text, due_on)
    made = Mark(uuid=uuid, item=row, kind=said.kind, text=said.text, at=at, by=actor.person)
    if said.kind == Mark.Kind.ACTION:
        made.action = _action(actor, row, said, whom(row.meeting, who), at)
    elif said.kind == Mark.Kind.DECISION:
        made.decision = deciding.propose(
            actor=actor,
            board=row.meeting.board,
            title=first_line(said.text),
            text=said.text,
            meeting=row.meeting,
            item=row,
        )
    made.save()
    keep(actor=actor, action="item.mark", obj=row, changes={"marked": [None, str(made.get_kind_display())]}, at=at)
    minuting.draft_item(row)
    return made


@transaction.atomic
def strike(*, actor: Actor, item: AgendaItem, uuid: UUID, at: datetime | None = None) -> None:
    """Take back a note that was marked by mistake. Actions and decisions are withdrawn where they stand."""
    row = _item(item, actor=actor, verb="item.mark", also_held=True)
    not_locked(actor, row)
    found = Mark.objects.filter(item=row, uuid=uuid).first()
    if found is None:
        return
    if found.kind != Mark.Kind.NOTE:
        raise Conflict(_("Actions and decisions are withdrawn on their own pages."))
    found.delete()
    keep(actor=actor, action="item.strike", obj=row, at=at or now())
    minuting.draft_item(row)


def not_locked(actor: Actor, item: AgendaItem) -> None:
    """Raises :class:`NotAllowed` for whoever declared an interest in the item."""
    if is_locked(actor, item):
        raise NotAllowed(_("You have declared an interest in this item. Somebody else notes what happens in it."))


@dataclass(frozen=True, slots=True)
class _Said:
    kind: str
    text: str
    due_on: date | None


def _said(kind: str, text: Any, due_on: Any) -> _Said:
    problems = cleaning.Problems()
    if kind not in Mark.Kind.values:
        problems.add("kind", _("Choose a note, an action or a decision."))
    longest = making.LONGEST_WHAT if kind == Mark.Kind.ACTION else 2000
    kept = cleaning.text(
        text,
        field="text",
        label=_("What is noted"),
        longest=longest,
        problems=problems,
        required=True,
        lines=kind != Mark.Kind.ACTION,
    )
    day = cleaning.day(due_on, field="due_on", label=_("The day it is due"), problems=problems)
    problems.raise_if_any()
    return _Said(kind, kept, day if kind == Mark.Kind.ACTION else None)


def first_line(text: str, longest: int = 200) -> str:
    """The first line, no longer than a title."""
    line = text.splitlines()[0].strip()
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def whom(meeting: Meeting, who: str) -> asking.Who:
    """Whom an action is given to: by address, by the name of somebody in the room, or only noted by name."""
    said = (who or "").strip()
    if "@" in said:
        try:
            return asking.somebody(email=said)
        except Invalid as error:
            raise Invalid({"who": error.errors.get("email", [error.message])}) from error
    if not said:
        return asking.somebody()
    person = _named(meeting, said)
    try:
        return asking.somebody(person=person, name=said)
    except Invalid as error:
        raise Invalid({"who": error.errors.get("name", [error.message])}) from error


def _named(meeting: Meeting, name: str) -> Person | None:
    """The one person of the board, or in the room, of that name; None where there is none or more than one."""
    there = Attendance.objects.filter(meeting=meeting, person__is_active=True, name__iexact=name)
    seated = SeatHolder.objects.filter(seat__board=meeting.board_id, valid_to=None, person__name__iexact=name)
    ids = {*there.values_list("person", flat=True), *seated.values_list("person", flat=True)}
    found = list(Person.objects.filter(pk__in=ids, is_active=True)[:2])
    return found[0] if len(found) == 1 else None


def _action(actor: Actor, item: AgendaItem, said: _Said, who: asking.Who, at: datetime) -> Action:
    require(actor, "action.make")
    allowed = Action.Visibility.values
    cleaned = making.clean(what=said.text, due_on=said.due_on, visibility=visibility_of(item), allowed=allowed)
    meeting = item.meeting
    day = date_format(timezone.localtime(meeting.starts_at), "j F Y")
    label = _("the meeting of %(board)s on %(day)s") % {"board": meeting.board.name, "day": day}
    # Keepers of a board keep what it follows up; what is for named people is none of theirs.
    room = "" if level_of(item) == Access.NAMED else room_of(meeting.board)
    origin = Origin(kind=KIND, id=str(item.uuid), label=label, path=f"/meetings/{meeting.uuid}/", room=room)
    organisation = _organisation_of(meeting, who) or meeting.board.lead
    return making.new_action(
        actor=actor, said=cleaned, who=who, organisation=organisation, initiative=None, origin=origin, at=at
    )


def _organisation_of(meeting: Meeting, who: asking.Who) -> Any:
    """For whom the person asked sits there, or is there."""
    if who.person is None:
        return None
    there = Attendance.objects.filter(meeting=meeting, person=who.person).select_related("organisation").first()
    if there is not None and there.organisation is not None:
        return there.organisation
    held = SeatHolder.objects.filter(seat__board=meeting.board_id, valid_to=None, person=who.person)
    found = held.select_related("seat__organisation").first()
    return found.seat.organisation if found is not None else None


def visibility_of(item: AgendaItem) -> str:
    """The visibility of an action that is no wider than who may read what is said of its item."""
    return {
        # What was agreed in public is public with the minutes, not from the minute in which somebody wrote it down.
        Access.PUBLIC: Action.Visibility.PARTNERS,
        Access.PARTNERS: Action.Visibility.PARTNERS,
        Access.BOARD: Action.Visibility.ROOM,
    }.get(Access(level_of(item)), Action.Visibility.INVOLVED)


def _item(item: AgendaItem, *, actor: Actor, verb: str, also_held: bool = False) -> AgendaItem:
    """The item with its meeting, both locked, of a meeting that runs; ``also_held``: or is over and not approved."""
    meeting = locked(item.meeting, actor=actor, verb="meeting.run")
    row = AgendaItem.objects.select_for_update(of=("self",)).filter(pk=item.pk, meeting=meeting).first()
    if row is None:
        raise NotFound(_("There is no such item on this agenda."))
    row.meeting = meeting
    require(actor, verb if verb.startswith("item.") else "item.view", row)
    if also_held and meeting.status == Status.HELD:
        minuting.must_be_open(Minutes.objects.get(meeting=meeting))
    else:
        _must_run(meeting)
    return row


def _must_run(meeting: Meeting) -> None:
    if meeting.status in (Status.PLANNED, Status.CALLED):
        raise Conflict(_("This meeting has not begun. Begin it first."))
    must_be(meeting, Status.RUNNING)


def _end_current(meeting: Meeting, at: datetime) -> None:
    for item in meeting.items.select_for_update().filter(started_at__isnull=False, ended_at=None):
        item.meeting = meeting
        _end(item, Outcome.TAKEN, at)
        minuting.draft_item(item)


def _end(item: AgendaItem, outcome: str, at: datetime) -> None:
    item.outcome = outcome
    item.ended_at = at
    _save(item)


def _save(item: AgendaItem) -> None:
    # Not a new version: who edits its words meanwhile is not disturbed by the clock.
    item.save(update_fields=["outcome", "started_at", "ended_at"])
