"""Who is at a meeting: ticked off by seat, deputies and guests too, and who left early."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from collaboration.governance.models import Attendance, Meeting, Minutes, SeatHolder
from collaboration.governance.queries import minutes as reading
from collaboration.governance.services.meeting_records import locked
from collaboration.initiatives.services import cleaning
from groundwork.access.actors import Actor
from groundwork.access.errors import Conflict, Invalid, NotFound
from groundwork.audit.services import keep
from groundwork.clock import now
from groundwork.directory.models import Organisation

State = Attendance.State


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What is said of one seat: ``state`` of :class:`Attendance`, or "" for nothing; ``holder``: who came for it.

    ``holder`` is the id of one of the seat's holders or deputies on that day; None is the member.
    """

    seat: int
    state: str
    holder: int | None = None


@transaction.atomic
def note(*, actor: Actor, meeting: Meeting, seats: Sequence[Said], at: datetime | None = None) -> list[Attendance]:
    """The tick list: each seat once. Those that are left out stay as they were; "" takes back what was noted.

    Raises :class:`Invalid` under ``seat-<id>`` for what cannot be.
    """
    row = _open(meeting, actor)
    at = at or now()
    rows = {each.seat.pk: each for each in reading.tick_list(row, reading.attendance_of(row))}
    problems = cleaning.Problems()
    wanted: list[tuple[reading.SeatRow, str, SeatHolder | None]] = []
    for said in seats:
        found = rows.get(said.seat)
        if found is None:
            problems.add("", _("There is a seat here that the board does not have. Open the page again."))
            continue
        people = [each for each in (found.holder, *found.deputies) if each is not None]
        who = next((each for each in people if each.pk == said.holder), None) if said.holder else found.holder
        if said.state not in ("", *State.values) or (said.holder and who is None):
            problems.add(f"seat-{said.seat}", _("Choose one of those offered."))
        elif who is None and said.state in (State.PRESENT, State.REMOTE):
            problems.add(f"seat-{said.seat}", _("Nobody holds this seat. Add who came as a guest."))
        else:
            wanted.append((found, said.state, who))
    problems.raise_if_any()
    # Who is on the list when it is first kept was there from the beginning; who is added while it goes on came then.
    comes_late = row.status == Meeting.Status.RUNNING and any(each.noted for each in rows.values())
    changes: dict[str, Any] = {}
    for found, state, who in wanted:
        before = str(found.noted.get_state_display()) if found.noted else None
        if _noted(row, found, state, who, at, comes_late=comes_late):
            after = str(State(state).label) if state else None
            changes[f"{found.seat.organisation.name} ({found.seat.pk})"] = [before, after]
    if changes:
        keep(actor=actor, action="meeting.attendance", obj=row, changes=changes, at=at)
        _say_quorum(row)
    return reading.attendance_of(row)


def _noted(
    meeting: Meeting, found: reading.SeatRow, state: str, who: SeatHolder | None, at: datetime, *, comes_late: bool
) -> bool:
    """Whether anything changed."""
    noted = found.noted
    if not state:
        if noted is not None:
            noted.delete()
        return noted is not None
    values = {
        "state": state,
        "person": who.person if who else None,
        "name": who.person.display_name if who and who.person else "",
        "as_deputy": who is not None and who.kind == SeatHolder.Kind.DEPUTY,
        "mandate": who.mandate if who else None,
    }
    if noted is None:
        came_at = at if comes_late and state in (State.PRESENT, State.REMOTE) else None
        Attendance.objects.create(
            meeting=meeting, seat=found.seat, organisation=found.seat.organisation, at=at, came_at=came_at, **values
        )
        return True
    if all(getattr(noted, name) == value for name, value in values.items()):
        return False
    was_there, was = noted.is_present, noted.person_id
    for name, value in values.items():
        setattr(noted, name, value)
    if not was_there or not noted.is_present:
        noted.came_at, noted.left_at, noted.away = at if comes_late and noted.is_present else None, None, []
    elif noted.left_at is not None and noted.person_id != was:
        # Another one came for the seat after who filled it had left.
        _is_back(noted, at)
    noted.save()
    return True


@transaction.atomic
def add_guest(
    *,
    actor: Actor,
    meeting: Meeting,
    name: str,
    organisation: Organisation | None = None,
    state: str = State.PRESENT,
    at: datetime | None = None,
) -> Attendance:
    """Somebody without a seat: they are minuted and do not count. The same name twice is the same guest."""
    row = _open(meeting, actor)
    problems = cleaning.Problems()
    said = cleaning.text(name, field="name", label=_("The name"), longest=120, problems=problems, required=True)
    if state not in (State.PRESENT, State.REMOTE):
        problems.add("state", _("Choose one of those offered."))
    problems.raise_if_any()
    known = Attendance.objects.filter(meeting=row, seat=None, name__iexact=said, organisation=organisation).first()
    if known is not None:
        return known
    guest = Attendance.objects.create(meeting=row, organisation=organisation, name=said, state=state, at=at or now())
    keep(actor=actor, action="meeting.attendance", obj=row, changes={"guest": [None, _("added")]}, at=at)
    return guest


@transaction.atomic
def remove_guest(*, actor: Actor, meeting: Meeting, guest: int, at: datetime | None = None) -> None:
    row = _open(meeting, actor)
    if Attendance.objects.filter(meeting=row, seat=None, pk=guest).delete()[0]:
        keep(actor=actor, action="meeting.attendance", obj=row, changes={"guest": [_("added"), None]}, at=at)


@transaction.atomic
def leave(
    *, actor: Actor, meeting: Meeting, row: int, when: datetime | None = None, at: datetime | None = None
) -> Attendance:
    """Left early: from then on (now, where no time is given) they do not count for the quorum. Twice is once.

    Raises :class:`Invalid` for a time at which the meeting did not go on; afterwards a time must be given.
    """
    at = at or now()
    found = _row(meeting, actor, row)
    if found.left_at is None:
        if not found.is_present:
            raise Conflict(_("They are not noted as present."))
        _must_go_on(found, when, at)
        if when is None and found.meeting.status == Meeting.Status.HELD:
            raise Invalid({"when": [_("The meeting is over. Enter the time at which they left.")]})
        found.left_at = when or at
        _moved(actor, found, [None, _("left")], at)
    return found


@transaction.atomic
def come_back(
    *, actor: Actor, meeting: Meeting, row: int, when: datetime | None = None, at: datetime | None = None
) -> Attendance:
    """They are back, now or at a time. After the meeting, without a time: they had not left at all."""
    at = at or now()
    found = _row(meeting, actor, row)
    if found.left_at is not None:
        _must_go_on(found, when, at)
        if when is not None and when < found.left_at:
            raise Invalid({"when": [_("They cannot come back before they left.")]})
        if when is None and found.meeting.status == Meeting.Status.HELD:
            found.left_at = None
        else:
            _is_back(found, when or at)
        _moved(actor, found, [_("left"), None], at)
    return found


@transaction.atomic
def was_there(*, actor: Actor, meeting: Meeting, row: int, at: datetime | None = None) -> Attendance:
    """They did not come late: they were noted late."""
    found = _row(meeting, actor, row)
    if found.came_at is not None:
        found.came_at = None
        _moved(actor, found, [_("came late"), None], at)
    return found


def _is_back(found: Attendance, at: datetime) -> None:
    # Who was gone for less than a minute was not gone: somebody pressed the wrong button.
    if found.left_at is not None and at - found.left_at >= timedelta(minutes=1):
        found.away = [*found.away, [found.left_at.isoformat(), at.isoformat()]]
    found.left_at = None


def _must_go_on(found: Attendance, when: datetime | None, at: datetime) -> None:
    """Raise :class:`Invalid` where the meeting did not go on at the time that is given, or they were not there yet."""
    if when is None:
        return
    meeting = found.meeting
    # People type minutes.
    began = (meeting.started_at or meeting.starts_at).replace(second=0, microsecond=0)
    if when < began or when > (meeting.closed_at or at):
        raise Invalid({"when": [_("The meeting did not go on at that time.")]})
    came = [until for _since, until in found.gone if until is not None]
    if came and when < max(came).replace(second=0, microsecond=0):
        raise Invalid({"when": [_("They were not there at that time.")]})


def _moved(actor: Actor, found: Attendance, left: list[Any], at: datetime | None) -> None:
    found.save(update_fields=["came_at", "left_at", "away"])
    keep(actor=actor, action="meeting.attendance", obj=found.meeting, changes={"left": left}, at=at)
    _say_quorum(found.meeting)


def _row(meeting: Meeting, actor: Actor, pk: int) -> Attendance:
    kept = _open(meeting, actor)
    found = Attendance.objects.filter(meeting=kept, pk=pk).first()
    if found is None:
        raise NotFound(_("There is nobody like this on the list any more. Open the page again."))
    found.meeting = kept
    return found


def _open(meeting: Meeting, actor: Actor) -> Meeting:
    """The meeting, locked, while who was there can still be put right: until its minutes are approved."""
    row = locked(meeting, actor=actor, verb="meeting.run")
    if row.status == Meeting.Status.CANCELLED:
        raise Conflict(_("This meeting was cancelled. Plan another one."))
    minutes = Minutes.objects.filter(meeting=row).first()
    if minutes is not None and minutes.status in (Minutes.Status.APPROVED, Minutes.Status.PUBLISHED):
        raise Conflict(_("The minutes are approved. Put right who was there by a correction of the minutes."))
    return row


def _say_quorum(meeting: Meeting) -> None:
    """After the meeting the minutes keep the quorum in words; it follows what is put right in the list."""
    if meeting.status != Meeting.Status.HELD:
        return
    Minutes.objects.filter(meeting=meeting).update(quorum_said=reading.course_of(meeting).sentence)


__all__ = ["Invalid", "Said", "add_guest", "come_back", "leave", "note", "remove_guest", "was_there"]
