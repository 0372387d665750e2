"""Applying a succession when its day has come: once, whole, and as from the first instant of that day."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from groundwork.access.actors import Actor
from groundwork.access.errors import Conflict, DomainError, NotAllowed, NotFound
from groundwork.audit.services import keep, keep_many
from groundwork.directory.models import (
    Area,
    AreaName,
    FormerAddress,
    Organisation,
    OrganisationIdentifier,
    OrganisationName,
    Place,
)
from groundwork.directory.queries import fold
from groundwork.events.services import record
from groundwork.succession import events as happened
from groundwork.succession.models import Predecessor, Succession, Successor
from groundwork.succession.moving import Moving, Renaming, movers, tell_renamed
from groundwork.succession.queries import moves, predecessors_of, successors_of
from groundwork.succession.services.checking import problems_of

Thing = Organisation | Area


def take_effect(*, actor: Actor, succession_id: int, at: datetime) -> Succession:
    """Apply it, or write down why it could not be. Only the clock does this: people plan.

    One that took effect or was cancelled meanwhile is returned as it is. Raises :class:`NotAllowed`,
    :class:`NotFound`, and :class:`Conflict` before its day.
    """
    if not actor.is_system:
        raise NotAllowed(_("A succession takes effect by itself when its day comes."))
    try:
        return _apply(actor=actor, succession_id=succession_id, at=at)
    except _Stuck as stuck:
        with transaction.atomic():
            row = Succession.objects.select_for_update().get(pk=succession_id)
            if row.is_planned and row.problem != stuck.message:
                row.problem = stuck.message
                row.save(update_fields=["problem"])
                keep(actor=actor, action="succession.stuck", obj=row, changes={"problem": [None, row.problem]}, at=at)
        return row


class _Stuck(DomainError):
    """The day has come and the plan cannot be applied as it stands."""


@transaction.atomic
def _apply(*, actor: Actor, succession_id: int, at: datetime) -> Succession:
    row = Succession.objects.select_for_update().filter(pk=succession_id).first()
    if row is None:
        raise NotFound(_("There is no such plan."))
    if not row.is_planned:
        return row
    if row.effective_on > timezone.localdate(at):
        raise Conflict(_("The day of this succession has not come yet."))
    if problems := problems_of(row):
        raise _Stuck(" ".join(problems))
    _lock(row)
    replaced, taking = predecessors_of(row), successors_of(row)
    try:
        things, counts = _change(actor, row, replaced, taking, at)
    except DomainError as error:
        # What an app refuses to move holds up the whole of it; its sentence stands on the plan's page.
        raise _Stuck(error.message) from error
    row.status, row.applied_at, row.moved, row.problem = Succession.Status.APPLIED, at, counts, ""
    row.version += 1
    row.save()
    keep(
        actor=actor,
        action="succession.apply",
        obj=row,
        changes={"status": ["planned", "applied"], **{noun: [None, number] for noun, number in counts.items()}},
        at=at,
    )
    record(
        happened.SuccessionApplied(
            succession_id=row.pk,
            of=row.of,
            kind=row.kind,
            predecessor_ids=sorted(_key(each) for each in replaced),
            successor_ids=sorted(things.keys() - {_key(each) for each in replaced}),
        ),
        actor=actor,
    )
    return row


def _change(
    actor: Actor, row: Succession, replaced: list[Predecessor], taking: list[Successor], at: datetime
) -> tuple[dict[int, Thing], dict[str, int]]:
    if row.kind == Succession.Kind.RENAME:
        return {_key(replaced[0]): _rename(actor, row, replaced[0].thing, taking[0], at)}, {}
    return _replace(actor, row, replaced, taking, at)


def _replace(
    actor: Actor, row: Succession, replaced: list[Predecessor], taking: list[Successor], at: datetime
) -> tuple[dict[int, Thing], dict[str, int]]:
    """Make who is new, move what moves, end who is over. Returns everybody by key, and how many of each moved."""
    day = row.effective_on
    for successor in taking:
        if successor.organisation is None and successor.area is None:
            _make(row, successor, at)
    keys = {each.pk: each.organisation_id or each.area_id or 0 for each in taking}
    things: dict[int, Thing] = {_key(each): each.thing for each in replaced}
    for heir in taking:
        if (thing := heir.organisation or heir.area) is not None:
            things.setdefault(keys[heir.pk], thing)
    moving = Moving(actor=actor, succession_id=row.pk, day=day, at=at, things=things)
    # What moves is worked out before anybody is ended: it is what the preview has counted.
    planned = [(mover, moves(row, mover, keys)) for mover in movers(row.of)]
    for each in replaced:
        heirs = [things[keys[after.pk]] for after in each.goes_to.all()]
        _end(actor, row, each.thing, heirs, at, default=things[keys[each.default_id]])
    for mover, moved in planned:
        if moved:
            mover.move(moving, moved)
    return things, {mover.noun: len({each.item for each in moved}) for mover, moved in planned if moved}


def _make(row: Succession, successor: Successor, at: datetime) -> None:
    day = row.effective_on
    if row.of == Succession.Noun.AREA:
        successor.area = Area.objects.create(
            code=successor.code,
            slug=successor.slug,
            name=successor.name,
            kind=successor.area_kind,
            tile_row=successor.tile_row,
            tile_column=successor.tile_column,
            valid_from=day,
        )
    else:
        made = Organisation.objects.create(
            slug=successor.slug,
            name=successor.name,
            abbreviation=successor.abbreviation,
            sector_id=successor.sector_id or 0,
            area=Area.objects.filter(code=successor.code).first() if successor.code else None,
            valid_from=day,
            created_at=at,
        )
        kinds = OrganisationName.Kind
        names = [(kinds.OFFICIAL, made.name), (kinds.ABBREVIATION, made.abbreviation)]
        OrganisationName.objects.bulk_create(
            [
                OrganisationName(organisation=made, name=name, folded=fold(name), kind=kind, valid_from=day)
                for kind, name in names
                if name
            ]
        )
        successor.organisation = made
    successor.save(update_fields=["organisation", "area"])


def _end(actor: Actor, row: Succession, thing: Thing, heirs: list[Thing], at: datetime, *, default: Thing) -> None:
    """Who is replaced ends on the day and leads to its successors; who goes on beside them only leads to them."""
    day = row.effective_on
    thing.successors.add(*(heir for heir in heirs if heir.pk != thing.pk))  # type: ignore[arg-type]
    if any(heir.pk == thing.pk for heir in heirs):
        return
    thing.valid_to = day
    if isinstance(thing, Organisation):
        thing.status = "closed"
        thing.save(update_fields=["valid_to", "status"])
        OrganisationIdentifier.objects.filter(organisation=thing, valid_to=None).exclude(valid_from__gte=day).update(
            valid_to=day
        )
        for place in Place.objects.select_for_update().filter(convening_organisation=thing):
            place.convening_organisation = default  # type: ignore[assignment]
            place.save(update_fields=["convening_organisation"])
    else:
        thing.save(update_fields=["valid_to"])
    names = sorted(heir.name for heir in heirs)
    keep_many(
        actor=actor,
        acts=[("succession.end", thing, {"ends": [None, day.isoformat()], "successors": [None, names]})],
        at=at,
    )


def _rename(actor: Actor, row: Succession, thing: Thing, successor: Successor, at: datetime) -> Thing:
    """The same one goes on under another name, found by the old one and at the old address too."""
    day, before, slug_before = row.effective_on, thing.name, thing.slug
    if isinstance(thing, Organisation):
        _date_names(thing, successor, day)
        thing.abbreviation = successor.abbreviation or thing.abbreviation
    else:
        started = max((each.valid_to for each in thing.names.all()), default=thing.valid_from)
        AreaName.objects.create(area=thing, name=before, valid_from=started, valid_to=day)
    thing.name, thing.slug = successor.name, successor.slug
    thing.save(update_fields=["name", "slug", *(["abbreviation"] if isinstance(thing, Organisation) else [])])
    if thing.slug != slug_before:
        whose: dict[str, Any] = {"organisation" if isinstance(thing, Organisation) else "area": thing}
        # Back to a name it had: its old address is its own again.
        FormerAddress.objects.filter(slug=thing.slug, **whose).delete()
        FormerAddress.objects.get_or_create(slug=slug_before, **whose, defaults={"until": day})
    keep(actor=actor, action="succession.rename", obj=thing, changes={"name": [before, thing.name]}, at=at)
    tell_renamed(
        Renaming(
            actor=actor,
            of="organisation" if isinstance(thing, Organisation) else "area",
            pk=thing.pk,
            before=before,
            after=thing.name,
            slug_before=slug_before,
            slug_after=thing.slug,
            at=at,
        )
    )
    return thing


def _date_names(thing: Organisation, successor: Successor, day: date) -> None:
    kinds = OrganisationName.Kind
    gone = {kinds.OFFICIAL: kinds.FORMER}
    if successor.abbreviation and thing.abbreviation:
        gone[kinds.ABBREVIATION] = kinds.ABBREVIATION
    for each in OrganisationName.objects.filter(organisation=thing, kind__in=gone, valid_to=None):
        if each.valid_from is not None and each.valid_from >= day:
            each.valid_from = None
        each.kind, each.valid_to = gone[kinds(each.kind)], day
        each.save(update_fields=["kind", "valid_from", "valid_to"])
    named = [(kinds.OFFICIAL, successor.name)]
    if successor.abbreviation:
        named.append((kinds.ABBREVIATION, successor.abbreviation))
    for kind, name in named:
        OrganisationName.objects.create(organisation=thing, name=name, folded=fold(name), kind=kind, valid_from=day)


def _lock(row: Succession) -> None:
    """Hold everybody it speaks of, in the order of keys, so that nobody is granted a mandate of a body that ends."""
    rows = [*Predecessor.objects.filter(succession=row), *Successor.objects.filter(succession=row)]
    for model, name in ((Organisation, "organisation_id"), (Area, "area_id")):
        keys = {getattr(each, name) for each in rows} - {None}
        list(model._default_manager.select_for_update().filter(pk__in=keys).order_by("pk"))


def _key(predecessor: Predecessor) -> int:
    return predecessor.organisation_id or predecessor.area_id or 0
