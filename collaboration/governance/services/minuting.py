"""Minutes: drafted from what was marked, written by item, circulated, commented on, approved, published, corrected.

The audit log and events tell that something was written, never what: an item may be exempt.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from collaboration.governance import drafting
from collaboration.governance.events.minutes import (
    MinutesApproved,
    MinutesCirculated,
    MinutesCommented,
    MinutesCorrected,
    MinutesPublished,
)
from collaboration.governance.interests import is_locked
from collaboration.governance.models import Access, AgendaItem, Meeting, Minutes, MinutesComment, MinutesCorrection
from collaboration.governance.queries import minutes as reading
from collaboration.initiatives.services import cleaning
from collaboration.initiatives.services.records import spoken_day, spoken_time
from groundwork.access.actors import Actor
from groundwork.access.errors import Conflict, NotAllowed, NotFound
from groundwork.access.rules import require
from groundwork.audit.queries import history_of
from groundwork.audit.services import keep
from groundwork.clock import now, today
from groundwork.events.services import record

LONGEST_MINUTE = 100_000
"""Characters that somebody may write of one item. What drafts itself is never cut, however much was marked."""
Status = Minutes.Status
OPEN = (Status.DRAFT, Status.CIRCULATED)
"""While minutes are one of these their words can be written; afterwards they are corrected, which shows."""


# -- drafting


def draft_item(item: AgendaItem) -> None:
    """Within a transaction, of a locked item: what the minutes say of it, from its marks, unless somebody wrote it."""
    if item.minute_edited:
        return
    arising = reading.arising_for_draft(item) if item.kind == AgendaItem.Kind.ARISING else []
    item.minute = drafting.draft(reading.marked(item), outcome=item.outcome, arising=arising)
    item.save(update_fields=["minute"])


def draft_all(meeting: Meeting) -> None:
    """The same of every item of a meeting, as decisions and actions are called now."""
    for item in meeting.items.select_for_update():
        item.meeting = meeting
        draft_item(item)


def offered(item: AgendaItem) -> list[drafting.Marked]:
    """What was marked after somebody wrote the minute of this item; nothing of one that drafts itself."""
    return drafting.since(reading.marked(item), item.minute_upto) if item.minute_edited else []


# -- writing


@transaction.atomic
def write(
    *,
    actor: Actor,
    item: AgendaItem,
    text: str,
    version: int | None,
    upto: int | None = None,
    at: datetime | None = None,
) -> AgendaItem:
    """What the minutes say of an item. From now on it is not drafted anew.

    ``upto``: the last mark the writer had seen; what was marked later is offered. Raises :class:`Conflict` when
    somebody else wrote meanwhile (``version`` of the item), or the minutes are approved.
    """
    row, minutes = _item(item, actor)
    must_be_open(minutes)
    said = _minute(text)
    marks = reading.marked(row)
    last = max((mark.id for mark in marks), default=0)
    seen = last if upto is None else min(upto, last)
    if row.minute_edited and row.minute == said and row.minute_upto >= seen:
        return row
    _same_version(row, version, actor=actor)
    row.minute, row.minute_edited, row.minute_upto = said, True, seen
    row.version += 1
    row.save(update_fields=["minute", "minute_edited", "minute_upto", "version"])
    keep(actor=actor, action="item.write_minute", obj=row, changes={"minute": [None, _("written")]}, at=at)
    return row


@transaction.atomic
def draft_anew(*, actor: Actor, item: AgendaItem, version: int | None, at: datetime | None = None) -> AgendaItem:
    """Let go of what somebody wrote: it drafts itself again from what was marked."""
    row, minutes = _item(item, actor)
    must_be_open(minutes)
    if not row.minute_edited:
        return row
    _same_version(row, version, actor=actor)
    row.minute_edited, row.minute_upto = False, 0
    row.version += 1
    row.save(update_fields=["minute_edited", "minute_upto", "version"])
    draft_item(row)
    keep(actor=actor, action="item.write_minute", obj=row, changes={"minute": [_("written"), _("drafted")]}, at=at)
    return row


@transaction.atomic
def summarise(
    *, actor: Actor, minutes: Minutes, summary: str, version: int | None, at: datetime | None = None
) -> Minutes:
    """A few sentences before the items, for everybody who may read the minutes. Nothing exempt belongs in it."""
    row = _locked(minutes, actor, "minutes.write")
    must_be_open(row)
    problems = cleaning.Problems()
    said = cleaning.text(summary, field="summary", label=_("The summary"), longest=4000, problems=problems, lines=True)
    problems.raise_if_any()
    if row.summary == said:
        return row
    _same_version(row, version, actor=actor)
    row.summary = said
    _save(actor, row, "minutes.write", {"summary": [None, _("written")]}, at)
    return row


# -- on their way


@transaction.atomic
def circulate(
    *,
    actor: Actor,
    minutes: Minutes,
    comments_until: date | str | None,
    version: int | None,
    at: datetime | None = None,
) -> Minutes:
    """Send them to the people of the board, who can comment until a day. They may be sent again with another day."""
    row = _locked(minutes, actor, "minutes.write")
    must_be_open(row)
    if row.meeting.status != Meeting.Status.HELD:
        raise Conflict(_("The meeting is not over. Close it first."))
    problems = cleaning.Problems()
    label = _("The day until which people can comment")
    day = cleaning.day(comments_until, field="comments_until", label=label, problems=problems)
    if day is None and not problems:
        problems.add("comments_until", _("Enter the day until which people can comment."))
    elif day is not None and day < today():
        problems.add("comments_until", _("Choose today or a later day."))
    problems.raise_if_any()
    if row.status == Status.CIRCULATED and row.comments_until == day:
        return row
    _same_version(row, version, actor=actor)
    draft_all(row.meeting)
    before = spoken_day(row.comments_until)
    row.status, row.comments_until, row.circulated_at = Status.CIRCULATED, day, at or now()
    _save(actor, row, "minutes.circulate", {"comments until": [before, spoken_day(day)]}, at)
    told = MinutesCirculated(meeting_id=row.meeting_id, minutes_id=row.pk, version=row.version)
    record(told, actor=actor)
    return row


@transaction.atomic
def comment(
    *, actor: Actor, minutes: Minutes, text: str, item: AgendaItem | None = None, at: datetime | None = None
) -> MinutesComment:
    """Say something on circulated minutes, or on one item of them. The same said twice is said once."""
    row = _locked(minutes, actor, "minutes.comment")
    problems = cleaning.Problems()
    said = cleaning.text(
        text, field="text", label=_("Your comment"), longest=2000, problems=problems, required=True, lines=True
    )
    problems.raise_if_any()
    if item is not None:
        item = _of(row, item)
        require(actor, "item.view", item)
        if is_locked(actor, item):
            raise NotAllowed(_("You have declared an interest in this item, so you cannot comment on its minute."))
    if row.status != Status.CIRCULATED:
        raise Conflict(_("These minutes are not open for comments."))
    if row.comments_until is not None and row.comments_until < today():
        raise Conflict(
            _("Comments could be made until %(day)s. Write to the secretary of the board instead.")
            % {"day": spoken_day(row.comments_until)}
        )
    known = MinutesComment.objects.filter(minutes=row, item=item, text=said, by=actor.person).first()
    if known is not None:
        return known
    made = MinutesComment.objects.create(
        minutes=row, item=item, text=said, by=actor.person, organisation=actor.organisation, at=at or now()
    )
    keep(actor=actor, action="minutes.comment", obj=row, at=at)
    record(MinutesCommented(meeting_id=row.meeting_id, comment_id=made.pk), actor=actor)
    return made


@transaction.atomic
def settle(*, actor: Actor, comment: MinutesComment, answer: str, at: datetime | None = None) -> MinutesComment:
    """Say what came of a comment. It is then out of the way of the approval."""
    minutes = _locked(comment.minutes, actor, "minutes.write")
    row = MinutesComment.objects.select_for_update(of=("self",)).select_related("item").filter(pk=comment.pk).first()
    if row is None:
        raise NotFound(_("This does not exist, or you may not see it."))
    row.minutes = minutes
    if row.item is not None:
        row.item.meeting = minutes.meeting
        require(actor, "item.view", row.item)
        if is_locked(actor, row.item):
            raise NotAllowed(_("You have declared an interest in this item. Somebody else settles comments on it."))
    must_be_open(minutes)
    problems = cleaning.Problems()
    said = cleaning.text(
        answer, field="answer", label=_("What came of it"), longest=500, problems=problems, required=True
    )
    problems.raise_if_any()
    row.answer, row.settled_at = said, at or now()
    row.save(update_fields=["answer", "settled_at"])
    keep(actor=actor, action="minutes.settle", obj=minutes, at=at)
    return row


@transaction.atomic
def approve(
    *,
    actor: Actor,
    minutes: Minutes,
    version: int | None,
    approved_in: Meeting | None = None,
    at: datetime | None = None,
) -> Minutes:
    """The board agrees that they are right: recorded with the later meeting it did so in, if it was in one.

    Raises :class:`Conflict` while comments are open, or when they were not circulated.
    """
    row = _locked(minutes, actor, "minutes.approve")
    if row.status in (Status.APPROVED, Status.PUBLISHED):
        return row
    if row.status == Status.DRAFT:
        raise Conflict(_("These minutes have not been circulated. Send them to the board first."))
    if approved_in is not None and not reading.later_meetings(row.meeting).filter(pk=approved_in.pk).exists():
        raise Conflict(_("Minutes are approved in a later meeting of the same board."))
    left = row.comments.filter(settled_at=None).count()
    if left:
        raise Conflict(
            ngettext(
                "%(number)s comment is not settled. Say what came of it first.",
                "%(number)s comments are not settled. Say what came of each first.",
                left,
            )
            % {"number": left}
        )
    _same_version(row, version, actor=actor)
    row.status, row.approved_at, row.approved_by, row.approved_in = (
        Status.APPROVED,
        at or now(),
        actor.person,
        approved_in,
    )
    _save(actor, row, "minutes.approve", {"status": [_("circulated"), _("approved")]}, at)
    record(MinutesApproved(meeting_id=row.meeting_id, minutes_id=row.pk), actor=actor)
    return row


@transaction.atomic
def publish(*, actor: Actor, minutes: Minutes, version: int | None, at: datetime | None = None) -> Minutes:
    """Show approved minutes to everybody who may see the meeting; exempt items to the board alone, as ever."""
    row = _locked(minutes, actor, "minutes.publish")
    if row.status == Status.PUBLISHED:
        return row
    if row.status != Status.APPROVED:
        raise Conflict(_("Only approved minutes can be published."))
    if row.meeting.agenda_published_at is None and row.meeting.access in (Access.PUBLIC, Access.PARTNERS):
        raise Conflict(_("The agenda is not published, so readers would see no item. Publish the agenda first."))
    _same_version(row, version, actor=actor)
    row.status, row.published_at = Status.PUBLISHED, at or now()
    _save(actor, row, "minutes.publish", {"status": [_("approved"), _("published")]}, at)
    record(MinutesPublished(meeting_id=row.meeting_id, minutes_id=row.pk), actor=actor)
    return row


@transaction.atomic
def correct(
    *,
    actor: Actor,
    item: AgendaItem,
    text: str,
    why: str,
    version: int | None,
    at: datetime | None = None,
) -> MinutesCorrection | None:
    """Put right what approved minutes say of an item. What was wrong is told beside it, with the day."""
    row, minutes = _item(item, actor)
    if minutes.status in OPEN:
        raise Conflict(_("These minutes are not approved yet. Change them instead."))
    problems = cleaning.Problems()
    said = _minute(text)
    reason = cleaning.text(why, field="why", label=_("What was wrong"), longest=500, problems=problems, required=True)
    problems.raise_if_any()
    if row.minute == said:
        return None
    _same_version(row, version, actor=actor)
    made = MinutesCorrection.objects.create(
        minutes=minutes, item=row, text=reason, before=row.minute, at=at or now(), by=actor.person
    )
    row.minute, row.minute_edited = said, True
    row.version += 1
    row.save(update_fields=["minute", "minute_edited", "version"])
    keep(actor=actor, action="item.write_minute", obj=row, changes={"minute": [None, _("corrected")]}, at=at)
    record(MinutesCorrected(meeting_id=row.meeting_id, correction_id=made.pk), actor=actor)
    return made


def must_be_open(minutes: Minutes) -> None:
    """Raise :class:`Conflict` when the minutes are approved."""
    if minutes.status not in OPEN:
        raise Conflict(_("These minutes are approved. They can be corrected, which is told with the day."))


def _minute(text: Any) -> str:
    problems = cleaning.Problems()
    said = cleaning.text(
        text, field="text", label=_("The minute"), longest=LONGEST_MINUTE, problems=problems, lines=True
    )
    problems.raise_if_any()
    return said


def _item(item: AgendaItem, actor: Actor) -> tuple[AgendaItem, Minutes]:
    """The item and the minutes it stands in, locked; the meeting and the minutes first: everybody locks so."""
    found = Minutes.objects.filter(meeting=item.meeting_id).first()
    if found is None:
        raise Conflict(_("This meeting has not begun. Begin it first."))
    minutes = _locked(found, actor, "minutes.write")
    row = _of(minutes, item)
    require(actor, "item.write_minute", row)
    if is_locked(actor, row):
        raise NotAllowed(_("You have declared an interest in this item. Somebody else writes its minute."))
    return row, minutes


def _of(minutes: Minutes, item: AgendaItem) -> AgendaItem:
    row = AgendaItem.objects.select_for_update(of=("self",)).filter(pk=item.pk, meeting=minutes.meeting_id).first()
    if row is None:
        raise NotFound(_("There is no such item on this agenda."))
    row.meeting = minutes.meeting
    return row


def _locked(minutes: Minutes, actor: Actor, verb: str) -> Minutes:
    meeting = (
        Meeting.objects.select_for_update(of=("self",)).select_related("board").filter(pk=minutes.meeting_id).first()
    )
    row = Minutes.objects.select_for_update(of=("self",)).filter(pk=minutes.pk).first()
    if row is None or meeting is None:
        raise NotFound(_("This does not exist, or you may not see it."))
    row.meeting = meeting
    require(actor, verb, row)
    return row


def _save(actor: Actor, row: Minutes, action: str, changes: dict[str, Any], at: datetime | None) -> None:
    row.version += 1
    row.save()
    keep(actor=actor, action=action, obj=row, changes=changes, at=at)


def _same_version(thing: AgendaItem | Minutes, version: int | None, *, actor: Actor) -> None:
    """Raise :class:`Conflict`, saying who changed it and when, unless ``version`` is the present one."""
    if version is None or version == thing.version:
        return
    last = history_of(thing).first()
    who, when = _("somebody"), ""
    if last is not None:
        when = spoken_time(last.at)
        if last.person is not None:
            who = last.person.display_name
            if last.person == actor.person:
                who = _("you, in another window or by a second click,")
    raise Conflict(
        _("“%(title)s” was changed by %(who)s at %(when)s, after you opened it. Check what changed, then save again.")
        % {"title": thing, "who": who, "when": when}
    )
