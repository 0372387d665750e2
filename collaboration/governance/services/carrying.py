"""What a meeting leaves over comes to the next one by itself: deferred items, once each, and matters arising."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, Max, OuterRef
from django.utils.translation import gettext as _

from collaboration.governance.models import Access, AgendaItem, Meeting, PartnershipBoard
from collaboration.governance.models.levels import is_wider, narrowest
from collaboration.governance.queries import minutes as reading
from collaboration.governance.queries.levels import named_in, named_in_meeting
from groundwork.access.actors import Actor
from groundwork.audit.services import keep
from groundwork.clock import now

AHEAD = (Meeting.Status.PLANNED, Meeting.Status.CALLED)


@transaction.atomic
def carry(*, actor: Actor, board: PartnershipBoard, at: datetime | None = None) -> list[AgendaItem]:
    """Bring what is left over to the next meeting ahead: call it whenever one is planned, called, closed or cancelled.

    A deferred item comes once to a meeting that is not cancelled; called again this changes nothing. What is exempt,
    or for fewer people, stays so; and what a board may read is not taken into a meeting for named people, but waits for
    the next one. Open actions are not copied: the item on matters arising shows them as they are, and is put on the
    agenda where there is none.
    """
    hold(board.pk)
    # One that was never begun nor cancelled, and whose hour has passed, takes nothing.
    found = Meeting.objects.filter(board=board, status__in=AHEAD, ends_at__gte=at or now()).select_related("board")
    ahead = list(found.order_by("starts_at", "pk"))
    if not ahead:
        return []
    kept = AgendaItem.objects.filter(carried_from=OuterRef("pk")).exclude(meeting__status=Meeting.Status.CANCELLED)
    left_over = (
        AgendaItem.objects.filter(
            ~Exists(kept),
            meeting__board=board,
            meeting__status=Meeting.Status.HELD,
            outcome=AgendaItem.Outcome.DEFERRED,
        )
        .select_related("meeting__board")
        .order_by("meeting__starts_at", "order", "pk")
    )
    coming: dict[int, list[AgendaItem]] = {}
    for item in left_over:
        target = next((each for each in ahead if _takes(each, item)), None)
        if target is not None:
            coming.setdefault(target.pk, []).append(item)
    following = min(ahead, key=lambda each: each.access == Access.NAMED)
    made = []
    for target in ahead:
        if target.pk in coming or (target == following and reading.open_actions_before(target).exists()):
            made += _brought(actor, target, coming.get(target.pk, []), at)
    return made


def _takes(target: Meeting, item: AgendaItem) -> bool:
    """Whether an item of an earlier meeting can stand in this one without being lost to those who may read it."""
    if item.meeting.starts_at >= target.starts_at:
        return False
    there, readers = named_in_meeting(target), named_in(item)
    return there is None or (readers is not None and readers <= there)


def _brought(actor: Actor, target: Meeting, items: list[AgendaItem], at: datetime | None) -> list[AgendaItem]:
    """The items in their new meeting, after the one on matters arising."""
    arising = target.items.filter(kind=AgendaItem.Kind.ARISING).first()
    if arising is None:
        arising = _arising(target)
        keep(actor=actor, action="item.add", obj=arising, at=at)
    if not items:
        return []
    # Orders may be anything that grows, so the rest is moved by as many places as are needed.
    target.items.filter(order__gt=arising.order).update(order=F("order") + len(items))
    made = [_copy(item, target, arising.order + place) for place, item in enumerate(items, start=1)]
    for item in made:
        keep(actor=actor, action="item.carry_over", obj=item, at=at or now())
    Meeting.objects.filter(pk=target.pk).update(version=F("version") + 1)
    return made


def hold(board_id: int) -> None:
    """Lock the board until the transaction ends, so that two meetings do not both take an item.

    Who then locks a meeting of it calls this before: everybody locks the board first.
    """
    PartnershipBoard.objects.select_for_update().filter(pk=board_id).first()


def _copy(item: AgendaItem, target: Meeting, order: int) -> AgendaItem:
    made = AgendaItem.objects.create(
        meeting=target,
        order=order,
        kind=AgendaItem.Kind.ITEM,
        purpose=item.purpose,
        title=item.title,
        text=item.text,
        minutes=item.minutes,
        owner=item.owner,
        owner_organisation=item.owner_organisation,
        owner_name=item.owner_name,
        exempt=item.exempt,
        exempt_reason=item.exempt_reason,
        access=_access(item, target),
        carried_from=item,
    )
    if made.access == Access.NAMED:
        made.named.set(named_in(item) or set())
    # Whoever declared an interest in it has one in it still, until those who run the meeting take that back.
    for declared in item.declarations.filter(decision=None, withdrawn_at=None):
        declared.pk, declared.meeting, declared.item = None, target, made
        declared.save(force_insert=True)
    return made


def _access(item: AgendaItem, target: Meeting) -> str:
    """Its own level; where the meeting it comes from was for fewer people than the next one, that meeting's."""
    readers = named_in(item)
    if readers is not None and readers != named_in_meeting(target):
        return str(Access.NAMED)
    before = narrowest(item.meeting.access, item.access or Access.PUBLIC)
    return before if is_wider(target.access, before) else item.access


def _arising(target: Meeting) -> AgendaItem:
    """The item on matters arising, after the others with which a meeting begins."""
    first = (AgendaItem.Kind.APOLOGIES, AgendaItem.Kind.INTERESTS, AgendaItem.Kind.MINUTES)
    after = target.items.filter(kind__in=first).aggregate(last=Max("order"))["last"] or 0
    target.items.filter(order__gt=after).update(order=F("order") + 1)
    return AgendaItem.objects.create(
        meeting=target,
        order=after + 1,
        kind=AgendaItem.Kind.ARISING,
        purpose=AgendaItem.Purpose.INFORMATION,
        title=_("Matters arising"),
    )
