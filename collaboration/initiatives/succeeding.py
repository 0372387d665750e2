"""What moves of the register when an organisation or an area is succeeded.

The record goes on: who keeps it, who leads it, its open partnerships and its areas pass to the successor. That it was
with another stays readable: a partnership that was ends on the day beside the one that goes on, ``past_areas`` keeps
the areas it named, and the history is not touched. Completed work keeps who led it and who was in it, and money keeps
who gave it; only the record is kept by the successor from then on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from collaboration.initiatives import indexing
from collaboration.initiatives.events import InitiativesMoved
from collaboration.initiatives.models import Initiative, JoinAsk, Partner, Stage, Visibility
from groundwork.audit.services import keep_many
from groundwork.directory.models import Area
from groundwork.events.services import record
from groundwork.succession.moving import Held, Moved, Mover, Moving, Renaming, on_renamed, register

OVER = (Stage.COMPLETED, Stage.ENDED)
PART = 500
"""Initiatives in one event: a payload is small."""

_Strength = {
    Partner.Confirmation.NOT_ASKED: 0,
    Partner.Confirmation.ASKED: 1,
    Partner.Confirmation.CONFIRMED: 2,
    Partner.Confirmation.DECLINED: 3,
}


def _open_partners(holders: Iterable[int], day: date) -> models.QuerySet[Partner]:
    """Partnerships that go on: not those that were declined, not in work that is over."""
    return (
        Partner.objects.filter(Q(valid_to=None) | Q(valid_to__gt=day), organisation__in=list(holders))
        .exclude(confirmation=Partner.Confirmation.DECLINED)
        .exclude(initiative__stage__in=OVER)
        .filter(initiative__merged_into=None)
    )


def _told(reference: str, title: str, visibility: str) -> str:
    """What a planner knows it by. A draft is its owner's alone."""
    if visibility == Visibility.DRAFT:
        return _("%(reference)s, a draft") % {"reference": reference}
    return f"{reference} {title}"


def _held(holders: frozenset[int], day: date) -> Iterable[Held]:
    """Three queries, however much there is."""
    found: dict[tuple[int, int], str] = {}
    kept = Initiative.objects.filter(Q(owner__in=holders) | Q(lead__in=holders), merged_into=None)
    for pk, reference, title, visibility, owner, lead, stage in kept.values_list(
        "pk", "reference", "title", "visibility", "owner_id", "lead_id", "stage"
    ):
        for holder in {owner, *([lead] if stage not in OVER else [])} & holders:
            found[pk, holder] = _told(reference, title, visibility)
    named = _open_partners(holders, day).values_list(
        "initiative_id", "organisation_id", "initiative__reference", "initiative__title", "initiative__visibility"
    )
    for pk, holder, *said in named:
        found[pk, holder] = _told(*said)
    areas: dict[int, set[int]] = defaultdict(set)
    for through in (Initiative.areas.through, Initiative.past_areas.through):
        rows = through._default_manager.filter(
            Q(initiative__owner__in=holders)
            | Q(initiative__lead__in=holders)
            | Q(initiative__partners__organisation__in=holders)
        )
        for pk, area in rows.values_list("initiative_id", "area_id").distinct():
            areas[pk].add(area)
    return [Held(str(pk), holder, title, frozenset(areas.get(pk, ()))) for (pk, holder), title in sorted(found.items())]


def _move(moving: Moving, moved: Sequence[Moved]) -> None:
    to: dict[int, dict[int, int]] = defaultdict(dict)
    for each in moved:
        to[int(each.item)][each.before] = each.after
    rows = {row.pk: row for row in Initiative.objects.select_for_update().filter(pk__in=to).order_by("pk")}
    told: dict[int, dict[str, list[str]]] = {pk: {} for pk in rows}
    led = [pk for pk, row in rows.items() if row.stage not in OVER and row.lead_id in to[pk]]
    _pass_partnerships(moving, to, rows, told)
    _remember_leads(moving, [rows[pk] for pk in led])
    for pk in led:
        _pass(rows[pk], "lead", to[pk], moving, told[pk])
    for pk, row in rows.items():
        if row.owner_id in to[pk]:
            _pass(row, "owner", to[pk], moving, told[pk])
        row.version += 1
    Initiative.objects.bulk_update(rows.values(), ["lead", "owner", "version"], batch_size=200)
    _tell(moving, rows, told)


def _pass(row: Initiative, field: str, to: dict[int, int], moving: Moving, told: dict[str, list[str]]) -> None:
    before = getattr(row, f"{field}_id")
    setattr(row, f"{field}_id", to[before])
    told[field] = [str(moving.things[before]), str(moving.things[to[before]])]


def _pass_partnerships(
    moving: Moving,
    to: dict[int, dict[int, int]],
    rows: dict[int, Initiative],
    told: dict[int, dict[str, list[str]]],
) -> None:
    """The row itself goes on with the successor, so that links in mail that asked about it still work."""
    holders = {before for pairs in to.values() for before in pairs}
    targets = {after for pairs in to.values() for after in pairs.values()}
    going = [
        each
        for each in _open_partners(holders, moving.day).select_for_update(of=("self",)).order_by("pk")
        if each.initiative_id in rows and each.organisation_id in to[each.initiative_id]
    ]
    there = {
        (each.initiative_id, each.organisation_id, each.role): each
        for each in Partner.objects.select_for_update().filter(
            valid_to=None, organisation__in=targets, initiative__in=rows
        )
    }
    history: list[Partner] = []
    for each in going:
        before = each.organisation_id
        after = to[each.initiative_id][before]
        told[each.initiative_id]["partner"] = [str(moving.things[before]), str(moving.things[after])]
        already = there.get((each.initiative_id, after, each.role))
        if already is not None:
            if (
                _Strength[Partner.Confirmation(already.confirmation)]
                < _Strength[Partner.Confirmation(each.confirmation)]
            ):
                for name in ("confirmation", "asked_at", "answered_at", "answered_by_id"):
                    setattr(already, name, getattr(each, name))
            _close(each, moving.day)
            continue
        if each.valid_from is None or each.valid_from < moving.day:
            history.append(_copy_that_ends(each, moving.day))
            each.valid_from = moving.day
        each.organisation_id, each.printed_as = after, ""
        if each.valid_to is None:
            there[each.initiative_id, after, each.role] = each
    fields = ["organisation", "printed_as", "valid_from", "valid_to"]
    answered = ["confirmation", "asked_at", "answered_at", "answered_by"]
    Partner.objects.bulk_update(going, [*fields, *answered], batch_size=200)
    gone = {each.pk for each in going}
    Partner.objects.bulk_update([each for each in there.values() if each.pk not in gone], answered, batch_size=200)
    Partner.objects.bulk_create(history, batch_size=200)


def _close(partner: Partner, day: date) -> None:
    partner.valid_to = day
    if partner.valid_from is not None and partner.valid_from >= day:
        partner.valid_from = None
    if partner.confirmation == Partner.Confirmation.ASKED:
        partner.confirmation = Partner.Confirmation.NOT_ASKED


def _copy_that_ends(partner: Partner, day: date) -> Partner:
    copied = Partner(
        **{
            field.attname: getattr(partner, field.attname)
            for field in Partner._meta.concrete_fields
            if not field.primary_key
        }
    )
    _close(copied, day)
    return copied


def _remember_leads(moving: Moving, rows: Iterable[Initiative]) -> None:
    """A lead that led by owning it has no partnership of its own: one that ends says that it led until the day."""
    rows = list(rows)
    ended = {
        (pk, organisation)
        for pk, organisation in Partner.objects.filter(
            initiative__in=rows, role=Partner.Role.LEAD, valid_to=moving.day
        ).values_list("initiative_id", "organisation_id")
    }
    Partner.objects.bulk_create(
        [
            Partner(
                initiative=row,
                organisation_id=row.lead_id,
                role=Partner.Role.LEAD,
                confirmation=Partner.Confirmation.CONFIRMED,
                valid_to=moving.day,
            )
            for row in rows
            if row.lead_id is not None and (row.pk, row.lead_id) not in ended
        ],
        batch_size=200,
    )


def _tell(moving: Moving, rows: dict[int, Initiative], told: dict[int, dict[str, Any]]) -> None:
    keep_many(
        actor=moving.actor,
        acts=[("initiative.succeed", row, told[pk]) for pk, row in rows.items()],
        at=moving.at,
    )
    ids = sorted(rows)
    indexing.reindex(ids)
    for start in range(0, len(ids), PART):
        record(InitiativesMoved(initiative_ids=ids[start : start + PART]), actor=moving.actor)


def _asks(holders: frozenset[int], _day: date) -> Iterable[Held]:
    rows = JoinAsk.objects.filter(organisation__in=holders, status=JoinAsk.Status.WAITING).select_related("initiative")
    return [Held(str(each.pk), each.organisation_id or 0, str(each.initiative)) for each in rows.order_by("pk")]


def _move_asks(moving: Moving, moved: Sequence[Moved]) -> None:
    """Two of them that become one ask once: the later one is closed, and says why."""
    rows = JoinAsk.objects.select_for_update().in_bulk([int(each.item) for each in moved])
    waiting = JoinAsk.objects.filter(status=JoinAsk.Status.WAITING, organisation__in={each.after for each in moved})
    taken = set(waiting.values_list("initiative_id", "organisation_id"))
    acts = []
    for each in moved:
        row = rows[int(each.item)]
        name = str(moving.things[each.after])
        if (row.initiative_id, each.after) in taken:
            row.status, row.answered_at, row.reason = JoinAsk.Status.DECLINED, moving.at, str(_ASKED_ALREADY) % name
        else:
            taken.add((row.initiative_id, each.after))
            row.organisation_id = each.after
        acts.append(("join.succeed", row, {"organisation": [str(moving.things[each.before]), name]}))
    JoinAsk.objects.bulk_update(rows.values(), ["organisation", "status", "answered_at", "reason"], batch_size=200)
    keep_many(actor=moving.actor, acts=acts, at=moving.at)


_ASKED_ALREADY = gettext_lazy("%s has asked already.")


def _in_areas(holders: frozenset[int], _day: date) -> Iterable[Held]:
    rows = Initiative.areas.through._default_manager.filter(area__in=holders, initiative__merged_into=None)
    return [
        Held(str(pk), area, _told(*said))
        for pk, area, *said in rows.order_by("initiative_id", "area_id").values_list(
            "initiative_id", "area_id", "initiative__reference", "initiative__title", "initiative__visibility"
        )
    ]


def _move_areas(moving: Moving, moved: Sequence[Moved]) -> None:
    """An initiative names the areas of today; those that it named before are kept beside them, for looking back."""
    ids = sorted({int(each.item) for each in moved})
    rows = {row.pk: row for row in Initiative.objects.select_for_update().filter(pk__in=ids).order_by("pk")}
    now_in, was_in = Initiative.areas.through, Initiative.past_areas.through
    pairs_now = {(int(each.item), each.after) for each in moved}
    # An area that goes on, smaller, is still one that the work was said to be in: only what has ended is taken out.
    areas = Area.objects.filter(pk__in={each.before for each in moved}, valid_to=moving.day)
    ended = set(areas.values_list("pk", flat=True))
    pairs_before = {(int(each.item), each.before) for each in moved if each.before in ended}
    now_in._default_manager.bulk_create(
        [now_in(initiative_id=pk, area_id=area) for pk, area in sorted(pairs_now)],
        ignore_conflicts=True,
        batch_size=500,
    )
    was_in._default_manager.bulk_create(
        [was_in(initiative_id=pk, area_id=area) for pk, area in sorted(pairs_before)],
        ignore_conflicts=True,
        batch_size=500,
    )
    now_in._default_manager.filter(initiative__in=ids, area__in=ended).delete()
    before: dict[int, list[str]] = defaultdict(list)
    after: dict[int, list[str]] = defaultdict(list)
    for pk, area in sorted(pairs_before):
        before[pk].append(str(moving.things[area]))
    for pk, area in sorted(pairs_now):
        after[pk].append(str(moving.things[area]))
    Initiative.objects.filter(pk__in=ids).update(version=F("version") + 1)
    _tell(moving, rows, {pk: {"areas": [before[pk], after[pk]]} for pk in rows})


@on_renamed
def _renamed(renaming: Renaming) -> None:
    """Whatever shows it by name is found by the new one."""
    if renaming.of == "organisation":
        indexing.reindex_named(organisations=[renaming.pk])
    else:
        indexing.reindex_named(areas=[renaming.pk])


register(
    Mover(
        noun="initiatives",
        of="organisation",
        one=gettext_lazy("initiative"),
        many=gettext_lazy("initiatives"),
        held=_held,
        move=_move,
        order=40,
    )
)
register(
    Mover(
        noun="join_asks",
        of="organisation",
        one=gettext_lazy("ask to join an initiative"),
        many=gettext_lazy("asks to join initiatives"),
        held=_asks,
        move=_move_asks,
        order=41,
    )
)
register(
    Mover(
        noun="initiatives_areas",
        of="area",
        one=gettext_lazy("initiative"),
        many=gettext_lazy("initiatives"),
        held=_in_areas,
        move=_move_areas,
        shared=True,
        order=40,
    )
)
