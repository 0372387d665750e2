"""Planning meetings: one or a series, when and where, for whom; calling, moving and cancelling them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from collaboration.governance.events.meetings import AgendaPublished, MeetingCancelled, MeetingPlanned
from collaboration.governance.models import Access, Meeting, PartnershipBoard
from collaboration.governance.models.levels import narrowest
from collaboration.governance.series import Every, days_of
from collaboration.governance.services import carrying, inviting
from collaboration.governance.services.meeting_records import (
    DOUBLE_CLICK,
    Status,
    changed,
    locked,
    must_be,
    must_go_on,
    same_version,
    spoken_moment,
    within,
)
from collaboration.governance.working_days import clear_days_before
from collaboration.initiatives.services import cleaning
from groundwork.access.actors import Actor
from groundwork.access.errors import Conflict, Invalid
from groundwork.access.rules import require
from groundwork.audit.services import differences, keep
from groundwork.clock import now
from groundwork.directory.queries import days_kept
from groundwork.events.services import record

LONGEST: Final = timedelta(days=3)
MOST_IN_A_SERIES: Final = 24

FIELDS: Final = frozenset(
    {"title", "starts_at", "ends_at", "venue", "link", "access", "public_may_attend", "notes", "papers_due_on"}
)
"""What :func:`change` takes."""
_TOLD: Final = frozenset({"title", "starts_at", "ends_at", "venue", "link"})
"""A change of these is told to whoever was invited: it stands in their calendar."""


@transaction.atomic
def plan(
    *,
    actor: Actor,
    board: PartnershipBoard,
    starts_at: datetime,
    ends_at: datetime,
    at: datetime | None = None,
    **fields: Any,
) -> Meeting:
    """Put a meeting on the board's forward plan. ``fields`` are those of :func:`change`.

    Without a level of access it is for the board, or for those who see the board where these are fewer. The same start
    from the same person within ten seconds is a double click and gives the same meeting. Raises :class:`Invalid`.
    """
    at = at or now()
    row = _locked_board(board, actor)
    given = {"starts_at": starts_at, "ends_at": ends_at, **fields}
    if not given.get("access"):
        given["access"] = narrowest(Access.BOARD, row.access)
    problems = cleaning.Problems()
    new = _cleaned(given, problems, board=row)
    _in_order(new, None, problems)
    problems.raise_if_any()
    return _planned(row, new, actor=actor, at=at)


@transaction.atomic
def plan_series(
    *,
    actor: Actor,
    board: PartnershipBoard,
    starts_at: datetime,
    ends_at: datetime,
    every: Every,
    count: int,
    at: datetime | None = None,
    **fields: Any,
) -> list[Meeting]:
    """Plan ``count`` meetings at once, at the same hours of the place's clock. Raises :class:`Invalid`.

    None is moved from a holiday: the caller tells which fall on one.
    """
    if not isinstance(count, int) or not 1 <= count <= MOST_IN_A_SERIES:
        raise Invalid({"count": [_("Plan between 1 and %(most)s meetings at once.") % {"most": MOST_IN_A_SERIES}]})
    begins, ends = timezone.localtime(starts_at), timezone.localtime(ends_at)
    made = []
    for day in days_of(begins.date(), every, count):
        start = timezone.make_aware(datetime.combine(day, begins.time()))
        last = day + (ends.date() - begins.date())
        end = timezone.make_aware(datetime.combine(last, ends.time()))
        made.append(plan(actor=actor, board=board, starts_at=start, ends_at=end, at=at, **fields))
    return made


def papers_due(board: PartnershipBoard, starts_at: datetime) -> date:
    """The day by which papers for a meeting at ``starts_at`` are due, by the board's rule and the place's calendar."""
    day = timezone.localtime(starts_at).date()
    return clear_days_before(day, board.papers_days, days_kept(around=day)["holiday"])


@transaction.atomic
def change(
    *,
    actor: Actor,
    meeting: Meeting,
    version: int | None,
    tell: bool = True,
    at: datetime | None = None,
    **fields: Any,
) -> Meeting:
    """Change any of :data:`FIELDS`; those not given stay as they are.

    ``tell``: whoever was invited is told by mail when it takes place at another time or place, or has another title.
    The day on which papers are due moves with the meeting, unless it is given. Raises :class:`Conflict` when
    ``version`` is not the present one or it has begun, :class:`Invalid` by field.
    """
    at = at or now()
    if unknown := fields.keys() - FIELDS:
        raise TypeError(f"A meeting has no {sorted(unknown)[0]} to change.")
    row = locked(meeting, actor=actor, verb="meeting.edit")
    problems = cleaning.Problems()
    new = _cleaned(fields, problems, board=row.board)
    _in_order(new, row, problems)
    problems.raise_if_any()
    if (
        "starts_at" in new
        and new["starts_at"] != row.starts_at
        and new.get("papers_due_on")
        in (
            None,
            row.papers_due_on,
        )
    ):
        new["papers_due_on"] = papers_due(row.board, new["starts_at"])
    different = sorted(name for name, value in new.items() if getattr(row, name) != value)
    if not different:
        return row
    must_be(row, Status.PLANNED, Status.CALLED)
    same_version(row, version, actor=actor)
    before = _readable(row, different)
    for name in different:
        setattr(row, name, new[name])
    is_told = row.status == Status.CALLED and bool(_TOLD.intersection(different))
    if is_told:
        row.sequence += 1
    changes = differences(before, _readable(row, different))
    changed(actor=actor, meeting=row, changes=changes, at=at, tell=tell and is_told)
    if is_told and "starts_at" in different:
        # Who could come then may not be able to now (RFC 5546, 3.2.2): everybody is asked again.
        row.invitations.exclude(answer="").update(answer="", answered_at=None)
    return row


def tells(meeting: Meeting, fields: Mapping[str, Any]) -> bool:
    """Whether changing these would be told by mail to whoever is invited."""
    return meeting.status == Status.CALLED and any(
        name in fields and fields[name] != getattr(meeting, name) for name in _TOLD
    )


@transaction.atomic
def call(*, actor: Actor, meeting: Meeting, at: datetime | None = None) -> Meeting:
    """Call the meeting: everybody who sits on the board that day is invited, each by a mail of their own.

    Raises :class:`Conflict` when it lies in the past or has been called. Called twice, it mails once.
    """
    at = at or now()
    carrying.hold(meeting.board_id)
    row = locked(meeting, actor=actor, verb="meeting.edit")
    if row.status == Status.CALLED:
        return row
    must_be(row, Status.PLANNED)
    if row.starts_at <= at:
        raise Conflict(_("This meeting lies in the past. Move it to a day to come, then call it."))
    row.status = Status.CALLED
    row.called_at = at
    if row.papers_due_on is None:
        row.papers_due_on = papers_due(row.board, row.starts_at)
    changed(actor=actor, meeting=row, changes={"status": ["planned", "called"]}, at=at, action="meeting.call")
    inviting.invite_the_board(actor=actor, meeting=row, at=at)
    carrying.carry(actor=actor, board=row.board, at=at)
    return row


@transaction.atomic
def publish_agenda(*, actor: Actor, meeting: Meeting, at: datetime | None = None) -> Meeting:
    """Show the agenda, and the papers that are in, to whoever sees the meeting. Raises :class:`Conflict` if empty."""
    at = at or now()
    row = locked(meeting, actor=actor, verb="meeting.edit")
    if row.agenda_published_at is not None:
        return row
    # Also afterwards: what nobody may read of the agenda, nobody may read of the minutes.
    must_be(row, Status.PLANNED, Status.CALLED, Status.RUNNING, Status.HELD)
    if not row.items.exists():
        raise Conflict(_("There is nothing on the agenda yet. Add an item first."))
    row.agenda_published_at = at
    shown = {"agenda_published_at": [None, spoken_moment(at)]}
    changed(actor=actor, meeting=row, changes=shown, at=at, action="meeting.publish_agenda")
    record(AgendaPublished(meeting_id=row.pk), actor=actor)
    return row


@transaction.atomic
def cancel(*, actor: Actor, meeting: Meeting, reason: str, at: datetime | None = None) -> Meeting:
    """Cancel it; whoever was invited is told, with the reason. Cancelling again changes nothing."""
    at = at or now()
    carrying.hold(meeting.board_id)
    row = locked(meeting, actor=actor, verb="meeting.edit")
    if row.status == Status.CANCELLED:
        return row
    must_be(row, Status.PLANNED, Status.CALLED)
    problems = cleaning.Problems()
    why = cleaning.text(reason, field="reason", label=_("The reason"), longest=500, problems=problems, required=True)
    problems.raise_if_any()
    was = row.status
    row.status = Status.CANCELLED
    row.cancelled_at = at
    row.cancelled_reason = why
    row.sequence += 1
    changes = {"status": [was, row.status], "cancelled_reason": ["", why]}
    changed(actor=actor, meeting=row, changes=changes, at=at, action="meeting.cancel")
    record(MeetingCancelled(meeting_id=row.pk, sequence=row.sequence, tell=row.invitations.exists()), actor=actor)
    # What came to it from an earlier meeting goes to the next one.
    carrying.carry(actor=actor, board=row.board, at=at)
    return row


def _locked_board(board: PartnershipBoard, actor: Actor) -> PartnershipBoard:
    row = PartnershipBoard.objects.select_for_update(of=("self",)).get(pk=board.pk)
    require(actor, "partnership.plan_meeting", row)
    must_go_on(row)
    return row


def _planned(board: PartnershipBoard, new: dict[str, Any], *, actor: Actor, at: datetime) -> Meeting:
    twin = Meeting.objects.filter(
        board=board,
        created_by=actor.person,
        starts_at=new["starts_at"],
        title=new.get("title", ""),
        created_at__gt=at - DOUBLE_CLICK,
        created_at__lte=at + DOUBLE_CLICK,
    ).first()
    if twin is not None:
        return twin
    if new.get("papers_due_on") is None:
        new["papers_due_on"] = papers_due(board, new["starts_at"])
    meeting = Meeting.objects.create(board=board, created_at=at, created_by=actor.person, **new)
    keep(
        actor=actor,
        action="meeting.plan",
        obj=meeting,
        changes={"starts_at": [None, spoken_moment(meeting.starts_at)]},
        at=at,
    )
    record(MeetingPlanned(meeting_id=meeting.pk), actor=actor)
    carrying.carry(actor=actor, board=board, at=at)
    return meeting


def _cleaned(fields: Mapping[str, Any], problems: cleaning.Problems, *, board: PartnershipBoard) -> dict[str, Any]:
    """The given fields as they are kept; what is wrong with them goes to ``problems``."""
    texts = {
        "title": (_("The title"), 200, False),
        "venue": (_("The venue"), 300, False),
        "notes": (_("The notes for those who attend"), 4000, True),
    }
    new: dict[str, Any] = {}
    for name, value in fields.items():
        if name in texts:
            label, longest, lines = texts[name]
            new[name] = cleaning.text(value, field=name, label=label, longest=longest, problems=problems, lines=lines)
        elif name in ("starts_at", "ends_at"):
            new[name] = _moment(value, field=name, problems=problems)
        elif name == "link":
            new[name] = web_address(value, field=name, label=_("The address of the call"), problems=problems)
        elif name == "access":
            new[name] = cleaning.choice(value, Access, field=name, label=_("Who can see it"), problems=problems)
            if not new[name] and name not in problems.errors:
                problems.add(name, _("Choose who can see it."))
            within(new[name], of=_("board"), outer=board.access, problems=problems)
        elif name == "papers_due_on":
            label = _("The day by which papers are due")
            new[name] = cleaning.day(value, field=name, label=label, problems=problems)
        elif name == "public_may_attend":
            new[name] = value is True
        else:
            raise TypeError(f"A meeting has no {name}.")
    return new


def _moment(value: Any, *, field: str, problems: cleaning.Problems) -> datetime | None:
    if not isinstance(value, datetime):
        problems.add(field, _("Enter a real date and time."))
        return None
    if timezone.is_naive(value):
        value = timezone.make_aware(value)
    value = value.astimezone(UTC).replace(second=0, microsecond=0)
    if not 2000 <= value.year <= 2200:
        problems.add(field, _("The date must be between 2000 and 2200."))
        return None
    return value


def web_address(value: Any, *, field: str, label: str, problems: cleaning.Problems) -> str:
    """A web address, or "" for none."""
    kept = cleaning.text(value, field=field, label=label, longest=200, problems=problems)
    if kept:
        try:
            URLValidator(schemes=["https", "http"])(kept)
        except ValidationError:
            problems.add(field, _("Enter a web address that starts with https://, like https://meet.example.org/123."))
    return kept


def _in_order(new: Mapping[str, Any], row: Meeting | None, problems: cleaning.Problems) -> None:
    starts = new.get("starts_at", row.starts_at if row else None)
    ends = new.get("ends_at", row.ends_at if row else None)
    if problems.errors.keys() & {"starts_at", "ends_at"} or starts is None or ends is None:
        return
    if ends <= starts:
        problems.add("ends_at", _("It must end after it starts."))
    elif ends - starts > LONGEST:
        problems.add("ends_at", _("A meeting lasts three days at most."))
    due = new.get("papers_due_on", row.papers_due_on if row else None)
    if "papers_due_on" in new and due is not None and due > timezone.localtime(starts).date():
        problems.add("papers_due_on", _("Papers must be due before the meeting."))


def _readable(row: Meeting, names: Sequence[str]) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for name in names:
        value = getattr(row, name)
        if isinstance(value, datetime):
            value = spoken_moment(value)
        elif isinstance(value, date):
            value = value.isoformat()
        shown[name] = value
    return shown
