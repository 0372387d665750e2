"""The agenda of a meeting: items, their order, their owners and minutes; suggestions taken or set aside."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Literal

from django.db import transaction
from django.utils.translation import gettext as _

from collaboration.governance import suggesting
from collaboration.governance.events.meetings import MeetingChanged
from collaboration.governance.models import Access, AgendaItem, Meeting, SuggestionSetAside
from collaboration.governance.models.levels import is_wider
from collaboration.governance.services.clicks import made_just_now
from collaboration.governance.services.meeting_records import (
    Status,
    locked,
    locked_item,
    must_be,
    same_version,
    within,
)
from collaboration.governance.standing import admits
from collaboration.governance.suggesting import Suggestion
from collaboration.initiatives.services import cleaning
from groundwork.access.actors import Actor
from groundwork.access.errors import Conflict, NotFound
from groundwork.accounts.models import Person
from groundwork.audit.services import differences, keep
from groundwork.clock import now, today
from groundwork.directory.models import Organisation
from groundwork.events.services import record

MOST_ITEMS: Final = 60
LONGEST_MINUTES: Final = 600
FIELDS: Final = frozenset(
    {
        "title",
        "kind",
        "purpose",
        "text",
        "minutes",
        "owner",
        "owner_organisation",
        "owner_name",
        "exempt",
        "exempt_reason",
        "access",
    }
)
"""What :func:`add` and :func:`change` take."""

_OPEN: Final = (Status.PLANNED, Status.CALLED, Status.RUNNING)
Kind, Purpose = AgendaItem.Kind, AgendaItem.Purpose
_FIRST: Final = (Kind.APOLOGIES, Kind.INTERESTS, Kind.MINUTES, Kind.ARISING)


@transaction.atomic
def add(
    *,
    actor: Actor,
    meeting: Meeting,
    title: str,
    purpose: str = Purpose.DISCUSSION,
    kind: str = Kind.ITEM,
    at: datetime | None = None,
    **fields: Any,
) -> AgendaItem:
    """Put an item at the end of the agenda, before any other business. ``fields`` are the others of :data:`FIELDS`.

    The same from the same person within ten seconds is a double click and gives the same item. Raises
    :class:`Invalid` by field, :class:`Conflict` once the meeting is over.
    """
    at = at or now()
    row = locked(meeting, actor=actor, verb="meeting.edit")
    must_be(row, *_OPEN)
    problems = cleaning.Problems()
    new = _cleaned({"title": title, "purpose": purpose, "kind": kind, **fields}, problems, meeting=row)
    _says_why(new, None, problems)
    problems.raise_if_any()
    known = made_just_now(row.items.filter(**new), actor=actor, act="item.add", at=at)
    return known or _put(row, new, actor=actor, at=at)


@transaction.atomic
def change(
    *, actor: Actor, item: AgendaItem, version: int | None, at: datetime | None = None, **fields: Any
) -> AgendaItem:
    """Change any of :data:`FIELDS`. Raises :class:`Conflict` when ``version`` is not the present one."""
    at = at or now()
    row = locked_item(item, actor=actor, verb="meeting.edit")
    problems = cleaning.Problems()
    new = _cleaned(fields, problems, meeting=row.meeting)
    _says_why(new, row, problems)
    problems.raise_if_any()
    different = sorted(name for name, value in new.items() if getattr(row, name) != value)
    if not different:
        return row
    must_be(row.meeting, *_OPEN)
    same_version(row, version, actor=actor)
    before = _readable(row, different)
    for name in different:
        setattr(row, name, new[name])
    row.version += 1
    row.save()
    keep(actor=actor, action="item.edit", obj=row, changes=differences(before, _readable(row, different)), at=at)
    _agenda_changed(row.meeting, actor=actor, at=at)
    return row


@transaction.atomic
def remove(*, actor: Actor, item: AgendaItem, at: datetime | None = None) -> None:
    """Take an item off the agenda; its papers stay with the meeting. Raises :class:`Conflict` once it was taken."""
    at = at or now()
    row = locked_item(item, actor=actor, verb="meeting.edit")
    must_be(row.meeting, Status.PLANNED, Status.CALLED)
    if row.marks.exists() or row.decisions.exists():
        raise Conflict(_("Something was marked or decided under this item. It stays on the agenda."))
    if (row.access and row.papers.exists()) or (row.exempt and row.papers.filter(exempt=False).exists()):
        raise Conflict(_("Fewer people see this item than the meeting, and it has papers. Remove its papers first."))
    keep(actor=actor, action="item.remove", obj=row, changes={"title": [row.title, None]}, at=at)
    row.delete()
    _renumber(row.meeting)
    _agenda_changed(row.meeting, actor=actor, at=at)


@transaction.atomic
def move(*, actor: Actor, item: AgendaItem, to: Literal["up", "down"], at: datetime | None = None) -> None:
    """One place up or down; at the end of the list nothing changes."""
    at = at or now()
    row = locked_item(item, actor=actor, verb="meeting.edit")
    must_be(row.meeting, *_OPEN)
    items = _renumber(row.meeting)
    place = next(number for number, each in enumerate(items) if each.pk == row.pk)
    other = place + (-1 if to == "up" else 1)
    if not 0 <= other < len(items):
        return
    items[place], items[other] = items[other], items[place]
    _number(items)
    keep(actor=actor, action="meeting.order", obj=row.meeting, changes={"item": [row.title, to]}, at=at)
    _agenda_changed(row.meeting, actor=actor, at=at)


@transaction.atomic
def put_in_order(
    *, actor: Actor, meeting: Meeting, places: Mapping[int, int], at: datetime | None = None
) -> list[AgendaItem]:
    """Order the items by the numbers given for their primary keys; those without one keep theirs, ties their order."""
    at = at or now()
    row = locked(meeting, actor=actor, verb="meeting.edit")
    must_be(row, *_OPEN)
    items = _renumber(row)
    wanted = sorted(items, key=lambda item: _wanted(item, places.get(item.pk, item.order)))
    if [each.pk for each in wanted] != [each.pk for each in items]:
        _number(wanted)
        keep(actor=actor, action="meeting.order", obj=row, changes={}, at=at)
        _agenda_changed(row, actor=actor, at=at)
    return wanted


@transaction.atomic
def start_with_usual(*, actor: Actor, meeting: Meeting, at: datetime | None = None) -> list[AgendaItem]:
    """Add the items that meetings usually have and this one has not: welcome, interests, minutes, other business."""
    at = at or now()
    row = locked(meeting, actor=actor, verb="meeting.edit")
    must_be(row, *_OPEN)
    usual = (
        (Kind.APOLOGIES, Purpose.INFORMATION, _("Welcome and apologies"), 5),
        (Kind.INTERESTS, Purpose.INFORMATION, _("Declarations of interest"), 5),
        (Kind.MINUTES, Purpose.DECISION, _("Minutes of the last meeting"), 5),
        (Kind.ARISING, Purpose.DISCUSSION, _("Matters arising"), 10),
        (Kind.OTHER, Purpose.DISCUSSION, _("Any other business"), 5),
    )
    there = set(row.items.values_list("kind", flat=True))
    return [
        _put(row, {"kind": kind, "purpose": purpose, "title": title, "minutes": minutes}, actor=actor, at=at)
        for kind, purpose, title, minutes in usual
        if kind not in there
    ]


def suggestions(actor: Actor, meeting: Meeting) -> dict[str, list[Suggestion]]:
    """What the platform suggests for this meeting, by kind: neither on an agenda of the board to come nor set aside.

    What is for named people is suggested to them, and to whoever runs the board's meetings.
    """
    ahead = meeting.board.meetings.filter(status__in=_OPEN).values("pk")
    taken = set(
        AgendaItem.objects.filter(meeting__in=ahead).exclude(source_kind="").values_list("source_kind", "source_id")
    )
    gone = taken | set(meeting.set_aside.values_list("kind", "source_id"))
    found = suggesting.found(meeting.board, today())
    left = {
        kind: [each for each in some if (each.kind, each.id) not in gone and _is_told(actor, meeting, each)]
        for kind, some in found.items()
    }
    return {kind: some for kind, some in left.items() if some}


def _is_told(actor: Actor, meeting: Meeting, suggested: Suggestion) -> bool:
    if suggested.access != Access.NAMED:
        return True
    named = actor.person is not None and actor.person.pk in suggested.named
    return admits(actor, meeting.board, Access.NAMED, is_named=named)


@transaction.atomic
def take(*, actor: Actor, meeting: Meeting, kind: str, source_id: str, at: datetime | None = None) -> AgendaItem:
    """Make an item of a suggestion. Taken twice, it is one item. Raises :class:`NotFound` if it is none any more."""
    at = at or now()
    row = locked(meeting, actor=actor, verb="meeting.edit")
    must_be(row, *_OPEN)
    _readable_name(kind, source_id)
    there = row.items.filter(source_kind=kind, source_id=source_id).first()
    if there is not None:
        return there
    wanted = _suggested(actor, row, kind, source_id)
    new: dict[str, Any] = {
        "title": wanted.title[:200],
        "text": wanted.text[:4000],
        "purpose": Purpose.DISCUSSION,
        "owner_organisation": Organisation.objects.filter(pk=wanted.organisation_id or 0).first(),
        "source_kind": kind,
        "source_id": source_id,
        "source_path": wanted.path[:300],
        # What only partners may read does not become public by standing on a public agenda.
        "access": wanted.access if is_wider(row.access, wanted.access) or wanted.access == Access.NAMED else "",
    }
    made = _put(row, new, actor=actor, at=at)
    if made.access == Access.NAMED:
        made.named.set(wanted.named)
    return made


@transaction.atomic
def set_aside(*, actor: Actor, meeting: Meeting, kind: str, source_id: str, at: datetime | None = None) -> None:
    """Do not offer this suggestion for this meeting any more."""
    at = at or now()
    row = locked(meeting, actor=actor, verb="meeting.edit")
    must_be(row, *_OPEN)
    _readable_name(kind, source_id)
    if row.set_aside.filter(kind=kind, source_id=source_id).exists():
        return
    wanted = _suggested(actor, row, kind, source_id)
    SuggestionSetAside.objects.create(meeting=row, kind=kind, source_id=source_id, at=at, by=actor.person)
    keep(actor=actor, action="meeting.set_aside", obj=row, changes={"suggestion": [wanted.title, None]}, at=at)


def _readable_name(kind: str, source_id: str) -> None:
    # A database refuses what no name holds.
    if not (kind + source_id).isprintable():
        raise NotFound(_("This suggestion was taken or set aside, or does not stand any more."))


def _wanted(item: AgendaItem, place: int) -> tuple[int, int, int]:
    """What is moved to a place goes before what had it when it comes from below, after it when from above."""
    return place, (place > item.order) - (place < item.order), item.order


def _suggested(actor: Actor, meeting: Meeting, kind: str, source_id: str) -> Suggestion:
    """Raises :class:`NotFound`."""
    for each in suggestions(actor, meeting).get(kind, []):
        if each.id == source_id:
            return each
    raise NotFound(_("This suggestion was taken or set aside, or does not stand any more."))


def _put(meeting: Meeting, new: dict[str, Any], *, actor: Actor, at: datetime) -> AgendaItem:
    items = _renumber(meeting)
    if len(items) >= MOST_ITEMS:
        raise Conflict(_("An agenda has at most %(most)s items.") % {"most": MOST_ITEMS})
    made = AgendaItem.objects.create(meeting=meeting, order=len(items) + 1, **new)
    made.meeting = meeting
    _number(_placed(made, items))
    keep(actor=actor, action="item.add", obj=made, changes={"title": [None, made.title]}, at=at)
    _agenda_changed(meeting, actor=actor, at=at)
    return made


def _placed(made: AgendaItem, items: list[AgendaItem]) -> list[AgendaItem]:
    """Where a new item goes: the usual openings first and in their order, other business last, the rest between."""
    if made.kind in _FIRST:
        before = _FIRST[: _FIRST.index(Kind(made.kind)) + 1]
        place = max((number + 1 for number, each in enumerate(items) if each.kind in before), default=0)
    elif made.kind == Kind.OTHER:
        place = len(items)
    else:
        place = next((number for number, each in enumerate(items) if each.kind == Kind.OTHER), len(items))
    return [*items[:place], made, *items[place:]]


def _renumber(meeting: Meeting) -> list[AgendaItem]:
    items = list(meeting.items.order_by("order", "pk"))
    _number(items)
    return items


def _number(items: list[AgendaItem]) -> None:
    """Number the items from 1, without a gap."""
    moved = []
    for number, each in enumerate(items, start=1):
        if each.order != number:
            each.order = number
            moved.append(each)
    AgendaItem.objects.bulk_update(moved, ["order"])


def _agenda_changed(meeting: Meeting, *, actor: Actor, at: datetime) -> None:
    """The meeting keeps its version: whoever is changing when and where it is need not look again."""
    record(
        MeetingChanged(
            meeting_id=meeting.pk,
            version=meeting.version,
            sequence=meeting.sequence,
            fields=["agenda"],
            tell=False,
        ),
        actor=actor,
    )


def _cleaned(fields: Mapping[str, Any], problems: cleaning.Problems, *, meeting: Meeting) -> dict[str, Any]:
    if unknown := fields.keys() - FIELDS:
        raise TypeError(f"An item has no {sorted(unknown)[0]}.")
    texts = {
        "title": (_("The title"), 200, False, True),
        "text": (_("What it is about"), 4000, True, False),
        "owner_name": (_("The name of who speaks to it"), 120, False, False),
        "exempt_reason": (_("The reason"), 300, False, False),
    }
    choices: dict[str, tuple[Any, str]] = {
        "kind": (Kind, _("The kind of item")),
        "purpose": (Purpose, _("What it is for")),
    }
    new: dict[str, Any] = {}
    for name, value in fields.items():
        if name in texts:
            label, longest, lines, required = texts[name]
            new[name] = cleaning.text(
                value, field=name, label=label, longest=longest, problems=problems, lines=lines, required=required
            )
        elif name in choices:
            offered, label = choices[name]
            new[name] = cleaning.choice(value, offered, field=name, label=label, problems=problems)
            if not new[name] and name not in problems.errors:
                problems.add(name, _("%(label)s must be one of those offered.") % {"label": label})
        elif name == "minutes":
            new[name] = _minutes(value, problems)
        elif name == "exempt":
            new[name] = value is True
        elif name == "access":
            new[name] = cleaning.choice(value, Access, field=name, label=_("Who can see it"), problems=problems)
            within(new[name], of=_("meeting"), outer=meeting.access, problems=problems)
        else:
            _is_owner(name, value, problems)
            new[name] = value
    return new


def _minutes(value: Any, problems: cleaning.Problems) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LONGEST_MINUTES:
        problems.add("minutes", _("Minutes must be a whole number between 0 and %(most)s.") % {"most": LONGEST_MINUTES})
        return 0
    return value


def _is_owner(name: str, value: Any, problems: cleaning.Problems) -> None:
    kind = Person if name == "owner" else Organisation
    if value is not None and not isinstance(value, kind):
        problems.add(name, _("Choose who speaks to it from those offered."))


def _says_why(new: dict[str, Any], row: AgendaItem | None, problems: cleaning.Problems) -> None:
    exempt = new.get("exempt", row.exempt if row else False)
    reason = new.get("exempt_reason", row.exempt_reason if row else "")
    if exempt and not reason and "exempt_reason" not in problems.errors:
        problems.add("exempt_reason", _("Say why the public does not see this item. They are shown the reason."))


def _readable(row: AgendaItem, names: list[str]) -> dict[str, Any]:
    found = {name: getattr(row, name) for name in names}
    return {
        name: str(value) if value is not None and not isinstance(value, str | int) else value
        for name, value in found.items()
    }
