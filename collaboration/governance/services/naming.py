"""Naming the people who may see a meeting or an agenda item: nobody else does but the chair and the secretaries."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from collaboration.governance.events.meetings import MeetingChanged
from collaboration.governance.models import Access, AgendaItem, Decision, Meeting, PartnershipBoard
from collaboration.governance.rules import meetings as rules
from collaboration.governance.rules import partnerships
from collaboration.governance.services.meeting_records import (
    Status,
    changed,
    locked,
    locked_item,
    must_be,
    same_version,
)
from collaboration.governance.standing import admits, standing_of
from collaboration.initiatives.services import cleaning
from groundwork.access.actors import Actor, PersonActor
from groundwork.access.rules import require
from groundwork.accounts.models import Person
from groundwork.audit.services import keep
from groundwork.clock import now
from groundwork.directory.queries import current_mandates
from groundwork.events.services import record

MOST: Final = 50
_AHEAD: Final = (Status.PLANNED, Status.CALLED)
_OPEN: Final = (*_AHEAD, Status.RUNNING)


@transaction.atomic
def name_for_meeting(
    *,
    actor: Actor,
    meeting: Meeting,
    people: Iterable[int],
    others: str = "",
    version: int | None,
    at: datetime | None = None,
) -> Meeting:
    """Show a meeting to these people alone, and to the chair and the secretaries.

    ``people`` are ids of accounts, ``others`` names or email addresses of more, one to a line. What was decided under
    its items goes with it. Raises :class:`Invalid` for whom nobody knows or who does not see the board,
    :class:`Conflict` when ``version`` is not the present one or it has begun.
    """
    at = at or now()
    row = locked(meeting, actor=actor, verb="meeting.edit")
    require(actor, "meeting.view", row)
    found = _people(people, others)
    _must_see(found, row.board, None)
    _still_sees(actor, row.board, found)
    before = _readable(row)
    if row.access == Access.NAMED and set(before[1]) == {each.pk for each in found}:
        return row
    must_be(row, *_AHEAD)
    same_version(row, version, actor=actor)
    row.access = Access.NAMED
    row.named.set(found)
    inherited = row.items.filter(access="").values("pk")
    _take_along(Decision.objects.filter(item__in=inherited), found)
    changed(actor=actor, meeting=row, changes=_changes(before, _readable(row)), at=at, action="meeting.name_people")
    return row


@transaction.atomic
def name_for_item(
    *,
    actor: Actor,
    item: AgendaItem,
    people: Iterable[int],
    others: str = "",
    version: int | None,
    at: datetime | None = None,
) -> AgendaItem:
    """The same of one item of the agenda. It is shown to nobody who does not see the meeting."""
    at = at or now()
    row = locked_item(item, actor=actor, verb="meeting.edit")
    require(actor, "item.view", row)
    found = _people(people, others)
    _must_see(found, row.meeting.board, row)
    _still_sees(actor, row.meeting.board, found)
    before = _readable(row)
    if row.access == Access.NAMED and set(before[1]) == {each.pk for each in found}:
        return row
    must_be(row.meeting, *_OPEN)
    same_version(row, version, actor=actor)
    row.access = Access.NAMED
    row.version += 1
    row.save(update_fields=["access", "version"])
    row.named.set(found)
    _take_along(row.decisions.all(), found)
    keep(actor=actor, action="item.name_people", obj=row, changes=_changes(before, _readable(row)), at=at)
    meeting = row.meeting
    record(
        MeetingChanged(
            meeting_id=meeting.pk, version=meeting.version, sequence=meeting.sequence, fields=["agenda"], tell=False
        ),
        actor=actor,
    )
    return row


def _people(ids: Iterable[int], others: str) -> list[Person]:
    """Those chosen and those typed, each once. Raises :class:`Invalid` with a sentence for each that is nobody."""
    problems = cleaning.Problems()
    wanted = set(ids)
    found = {each.pk: each for each in Person.objects.filter(pk__in=wanted, is_active=True)}
    if wanted - found.keys():
        problems.add("people", _("Somebody you chose has no account any more. Choose again."))
    lines = list(dict.fromkeys(" ".join(line.split()) for line in others.splitlines() if line.strip()))
    for line in lines[: MOST + 1]:
        readable = line.isprintable() and len(line) <= 254
        known = _known(line) if readable else []
        if len(known) == 1:
            found[known[0].pk] = known[0]
        elif known:
            problems.add("others", _("Several people here are called %(name)s. Enter the address.") % {"name": line})
        else:
            shown = line[:80] if readable else _("One of these")
            problems.add("others", _("%(name)s is nobody with an account here.") % {"name": shown})
    if len(found) > MOST or len(lines) > MOST:
        problems.add("people", _("Name at most %(most)d people.") % {"most": MOST})
    problems.raise_if_any()
    return sorted(found.values(), key=lambda each: each.pk)


def _known(line: str) -> list[Person]:
    """Who is meant by a name or an address; two at most. A name is that of somebody who acts for an organisation."""
    active = Person.objects.filter(is_active=True)
    if "@" in line:
        return list(active.filter(email__iexact=line)[:2])
    return list(active.filter(name__iexact=line, mandates__isnull=False).distinct()[:2])


def _must_see(people: list[Person], board: PartnershipBoard, item: AgendaItem | None) -> None:
    """Refuse whom this would show nothing: they do not see what it is in."""
    blind = [each.display_name for each in people if not any(_sees(who, board, item) for who in _as(each))]
    if not blind:
        return
    names = {"names": ", ".join(blind)}
    if item is None:
        sentence = _("This board is not shown to: %(names)s. Name them for the board first, or leave them out.")
    elif item.exempt:
        sentence = _("This item is exempt, and exempt items are not shown to: %(names)s. They are not of this board.")
    else:
        sentence = _("This meeting is not shown to: %(names)s. Name them for the meeting first, or leave them out.")
    problems = cleaning.Problems()
    problems.add("people", sentence % names)
    problems.raise_if_any()


def _still_sees(actor: Actor, board: PartnershipBoard, people: list[Person]) -> None:
    """Leads of the lead organisation plan too, and see what is for named people only where they are named."""
    if not admits(actor, board, Access.NAMED, is_named=actor.person in people):
        problems = cleaning.Problems()
        problems.add("people", _("You would not see it any more yourself. Choose yourself as well."))
        problems.raise_if_any()


def _as(person: Person) -> list[Actor]:
    """The person as they can act here: under each of their mandates, or under none."""
    held: list[Actor] = [PersonActor(who=person, under=each) for each in current_mandates(person)]
    return held or [PersonActor(who=person, under=None)]


def _sees(actor: Actor, board: PartnershipBoard, item: AgendaItem | None) -> bool:
    if item is None:
        return bool(partnerships.may_view(actor, board))
    if item.exempt and not standing_of(actor, board).is_of_the_board:
        return False
    return bool(rules.may_view(actor, item.meeting))


def _take_along(decisions: Iterable[Decision], people: list[Person]) -> None:
    """What was decided under it, for named people too, is for the same people from now on."""
    for decision in decisions:
        if decision.access == Access.NAMED:
            decision.named.set(people)


def _readable(row: Meeting | AgendaItem) -> tuple[str, list[int]]:
    return row.access, sorted(row.named.values_list("pk", flat=True))


def _changes(before: tuple[str, list[int]], after: tuple[str, list[int]]) -> dict[str, list[object]]:
    """By number: the log outlives names."""
    changes: dict[str, list[object]] = {"named": [before[1], after[1]]}
    if before[0] != after[0]:
        changes["access"] = [before[0], after[0]]
    return changes
