"""What moves of partnership boards when an organisation is succeeded: seats, boards led, what it answers for.

A seat ends with its organisation, and one of the successor begins that day, with the same people under the mandates
that followed theirs and the rest of its turns to chair. What the board did before keeps the old seats: attendance,
votes and decisions are not touched. Where two bodies that become one have the same seat, the successor has it once,
and who filled the other is a deputy, because several seats are still one voice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models import F, Model, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from collaboration.governance.models import (
    Access,
    ChairTerm,
    MeetingInvitation,
    PartnershipBoard,
    Recommendation,
    RecommendationList,
    Seat,
    SeatHolder,
)
from groundwork.audit.services import keep_many
from groundwork.succession.moving import Held, Moved, Mover, Moving, register


def _goes_on(day: date) -> Q:
    return Q(valid_to=None) | Q(valid_to__gt=day)


def _told(thing: Any) -> str:
    """What a planner knows it by: what only a board or named people may read has no name here."""
    if thing.access in (Access.PUBLIC, Access.PARTNERS):
        return str(thing)
    return _("One that only its people see")


def _seats(holders: frozenset[int], day: date) -> Iterable[Held]:
    rows = Seat.objects.filter(_goes_on(day), organisation__in=holders).exclude(board__status="closed")
    rows = rows.select_related("board").order_by("pk")
    areas: dict[int, set[int]] = {}
    for board, area in PartnershipBoard.areas.through._default_manager.filter(
        partnershipboard__seats__organisation__in=holders
    ).values_list("partnershipboard_id", "area_id"):
        areas.setdefault(board, set()).add(area)
    return [
        Held(
            str(each.pk),
            each.organisation_id,
            f"{_told(each.board)}: {each.title or each.get_role_display()}",
            frozenset(areas.get(each.board_id, ())),
        )
        for each in rows
    ]


def _move_seats(moving: Moving, moved: Sequence[Moved]) -> None:
    rows = Seat.objects.select_for_update(of=("self",)).select_related("board").in_bulk([int(e.item) for e in moved])
    there: dict[tuple[int, int, str, str], Seat] = {}
    for seat in Seat.objects.filter(
        _goes_on(moving.day), organisation__in={e.after for e in moved}, board__in={e.board_id for e in rows.values()}
    ):
        there[seat.board_id, seat.organisation_id, seat.role, seat.title] = seat
    acts: list[tuple[str, Model, dict[str, Any]]] = []
    for each in moved:
        old = rows[int(each.item)]
        key = (old.board_id, each.after, old.role, old.title)
        begins = max(moving.day, old.valid_from) if old.valid_from else moving.day
        new = there.get(key)
        if new is None:
            new = there[key] = Seat.objects.create(
                board_id=old.board_id,
                organisation_id=each.after,
                role=old.role,
                title=old.title,
                order=old.order,
                valid_from=begins,
                valid_to=old.valid_to,
                created_at=moving.at,
            )
        _people(moving, old, new)
        _turns(old, new, begins)
        coming = MeetingInvitation.objects.filter(seat=old, meeting__starts_at__gte=moving.at)
        coming.update(seat=new, organisation_id=each.after)
        old.valid_to = begins
        names = [str(moving.things[each.before]), str(moving.things[each.after])]
        acts.append(("seat.succeed", old.board, {"organisation": names}))
    Seat.objects.bulk_update(rows.values(), ["valid_to"], batch_size=200)
    PartnershipBoard.objects.filter(pk__in={e.board_id for e in rows.values()}).update(version=F("version") + 1)
    keep_many(actor=moving.actor, acts=acts, at=moving.at)


def _people(moving: Moving, old: Seat, new: Seat) -> None:
    """Who fills the seat, and stands in, does so in the new one under the mandate that followed theirs."""
    is_filled = new.holders.filter(_goes_on(moving.day), kind=SeatHolder.Kind.HOLDER).exists()
    for holder in old.holders.filter(_goes_on(moving.day)).select_related("mandate").order_by("kind", "pk"):
        ends, begins = holder.valid_to, max(moving.day, holder.valid_from)
        holder.valid_to = begins
        holder.save(update_fields=["valid_to"])
        followed = holder.mandate.followed_by_id if holder.mandate else None
        if followed is None or holder.person_id is None:
            # Their mandate had ended before: the seat was vacant and still is.
            continue
        kind = holder.kind
        if kind == SeatHolder.Kind.HOLDER:
            kind, is_filled = (SeatHolder.Kind.DEPUTY if is_filled else kind), True
        if new.holders.filter(_goes_on(moving.day), person=holder.person_id).exists():
            continue
        SeatHolder.objects.create(
            seat=new,
            kind=kind,
            person_id=holder.person_id,
            mandate_id=followed,
            valid_from=begins,
            valid_to=ends,
            appointed_by_id=holder.appointed_by_id,
            created_at=moving.at,
        )


def _turns(old: Seat, new: Seat, day: date) -> None:
    """A turn to chair that has begun is cut at the day and goes on with the new seat; those to come are its own."""
    for term in ChairTerm.objects.filter(_goes_on(day), seat=old):
        if term.valid_from >= day:
            term.seat = new
            term.save(update_fields=["seat"])
            continue
        ChairTerm.objects.create(
            board_id=term.board_id, seat=new, role=term.role, valid_from=day, valid_to=term.valid_to
        )
        term.valid_to = day
        term.save(update_fields=["valid_to"])


def _of_list(recommendation: Recommendation) -> str:
    return f"{_told(recommendation.list)}: {recommendation.code}"


def _of(rows: Any, field: str) -> Callable[[frozenset[int], date], Iterable[Held]]:
    def held(holders: frozenset[int], _day: date) -> Iterable[Held]:
        found = rows().filter(**{f"{field}__in": holders}).order_by("pk")
        return [
            Held(str(each.pk), getattr(each, f"{field}_id"), _told(each) if hasattr(each, "access") else _of_list(each))
            for each in found
        ]

    return held


def _passing(model: type[Model], field: str, action: str) -> Callable[[Moving, Sequence[Moved]], None]:
    def move(moving: Moving, moved: Sequence[Moved]) -> None:
        rows: dict[int, Any] = model._default_manager.select_for_update(of=("self",)).in_bulk(
            [int(each.item) for each in moved]
        )
        acts = []
        for each in moved:
            row = rows[int(each.item)]
            setattr(row, f"{field}_id", each.after)
            row.version += 1
            acts.append((action, row, {field: [str(moving.things[each.before]), str(moving.things[each.after])]}))
        model._default_manager.bulk_update(rows.values(), [field, "version"], batch_size=200)
        keep_many(actor=moving.actor, acts=acts, at=moving.at)

    return move


register(
    Mover(
        noun="seats",
        of="organisation",
        one=gettext_lazy("seat"),
        many=gettext_lazy("seats"),
        held=_seats,
        move=_move_seats,
        order=35,
    )
)
register(
    Mover(
        noun="boards_led",
        of="organisation",
        one=gettext_lazy("board that it leads"),
        many=gettext_lazy("boards that they lead"),
        held=_of(lambda: PartnershipBoard.objects.exclude(status=PartnershipBoard.Status.CLOSED), "lead"),
        move=_passing(PartnershipBoard, "lead", "partnership.succeed"),
        order=36,
    )
)
register(
    Mover(
        noun="recommendations",
        of="organisation",
        one=gettext_lazy("open recommendation"),
        many=gettext_lazy("open recommendations"),
        held=_of(
            lambda: Recommendation.objects.select_related("list").filter(
                status__in=(Recommendation.Status.OPEN, Recommendation.Status.UNDER_WAY)
            ),
            "owner",
        ),
        move=_passing(Recommendation, "owner", "recommendation.succeed"),
        order=37,
    )
)
register(
    Mover(
        noun="recommendation_lists",
        of="organisation",
        one=gettext_lazy("list of recommendations that is followed up"),
        many=gettext_lazy("lists of recommendations that are followed up"),
        held=_of(lambda: RecommendationList.objects.all(), "keeper"),
        move=_passing(RecommendationList, "keeper", "recommendation_list.succeed"),
        order=38,
    )
)
