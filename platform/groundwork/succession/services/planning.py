"""Planning: what is to be, as long as it is not. Nothing here reaches an organisation or an area itself."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from groundwork.access.actors import Actor
from groundwork.access.errors import Conflict, Invalid, NotFound
from groundwork.access.rules import require
from groundwork.audit.services import differences, keep
from groundwork.clock import now, today
from groundwork.directory.models import Area, Organisation, Sector
from groundwork.events.services import record
from groundwork.succession import events as happened
from groundwork.succession.models import Pick, Predecessor, Succession, Successor
from groundwork.succession.moving import mover_of

TITLE_LIMIT: Final = 200
REASON_LIMIT: Final = 2000
CANCEL_LIMIT: Final = 500
FARTHEST_YEARS: Final = 30
"""A slip of the year would leave a plan that never comes."""
MOST_TILES: Final = 50

Kind, Noun, Status = Succession.Kind, Succession.Noun, Succession.Status


@dataclass(frozen=True, kw_only=True)
class NewOrganisation:
    """A body that begins on the day. An empty ``slug`` is made of the name; ``area_code`` is of the area it serves."""

    name: str
    slug: str = ""
    abbreviation: str = ""
    sector: str = ""
    area_code: str = ""


@dataclass(frozen=True, kw_only=True)
class NewArea:
    """An area that begins on the day. ``tile`` is where it stands on the tile map: row and column."""

    name: str
    code: str
    kind: str
    slug: str = ""
    tile: tuple[int, int] | None = None


@transaction.atomic
def plan(
    *,
    actor: Actor,
    of: str,
    kind: str,
    title: str,
    reason: str,
    effective_on: date,
    at: datetime | None = None,
) -> Succession:
    """Begin a plan. Raises :class:`Invalid`. Who is replaced, and by whom, is added to it."""
    require(actor, "succession.plan")
    errors: dict[str, list[str]] = {}
    if of not in Noun.values:
        errors["of"] = [_("Choose what changes: organisations or areas")]
    if kind not in Kind.values:
        errors["kind"] = [_("Choose what kind of change it is")]
    said = _said(title=title, reason=reason, effective_on=effective_on, errors=errors)
    made = Succession.objects.create(of=of, kind=kind, created_at=at or now(), created_by=actor.person, **said)
    keep(actor=actor, action="succession.plan", obj=made, changes=differences({}, _readable(made)), at=at)
    record(happened.SuccessionPlanned(succession_id=made.pk), actor=actor)
    return made


@transaction.atomic
def change(
    *,
    actor: Actor,
    succession: Succession,
    version: int | None,
    title: str,
    reason: str,
    effective_on: date,
    is_announced: bool,
    at: datetime | None = None,
) -> Succession:
    """Another day, another reason, or announce it. Raises :class:`Invalid`, :class:`Conflict`."""
    row = _locked(actor, succession, version)
    before = _readable(row)
    for name, value in _said(title=title, reason=reason, effective_on=effective_on, errors={}).items():
        setattr(row, name, value)
    row.is_announced = is_announced
    return _changed(actor, row, differences(before, _readable(row)), at)


@transaction.atomic
def add_successor(
    *,
    actor: Actor,
    succession: Succession,
    version: int | None,
    existing: str = "",
    new: NewOrganisation | NewArea | None = None,
    takes_areas: Iterable[str] = (),
    at: datetime | None = None,
) -> Successor:
    """Somebody takes over: one that exists, by its slug, or one that begins on the day.

    In a rename ``new`` says the name, and the address, that the one who is renamed has then; ``existing`` says who.
    ``takes_areas`` are codes of areas: work in them goes to this one where who had it is split. Raises
    :class:`Invalid`, :class:`Conflict`.
    """
    row = _locked(actor, succession, version)
    model = _model(row)
    if row.kind == Kind.RENAME:
        if not existing or new is None:
            raise Invalid({"name": [_("Say who is renamed, and what it is called then")]})
    elif bool(existing) == (new is not None):
        raise Invalid({"existing": [_("Choose one that exists, or describe a new one")]})
    thing = _thing(model, existing, field="existing") if existing else None
    if row.kind == Kind.TAKE_OVER and thing is None:
        raise Invalid({"existing": [_("In a take-over one that exists goes on. Choose it")]})
    values = _described(row, new) if new is not None else {}
    if thing is not None and new is None:
        values = {"name": thing.name, "slug": thing.slug}
    areas = list(Area.objects.filter(code__in=list(takes_areas)))
    taken = Successor.objects.filter(succession=row, takes_areas__in=areas).values_list("takes_areas__name", "name")
    for area_name, name in taken:
        raise Invalid({"takes_areas": [_("%(area)s goes to %(name)s already") % {"area": area_name, "name": name}]})
    known = Successor.objects.filter(succession=row, slug=values["slug"])
    if thing is not None:
        known |= Successor.objects.filter(succession=row, **{_field(row): thing})
    if known.exists():
        raise Conflict(_("%(name)s takes over already.") % {"name": values["name"]})
    made = Successor.objects.create(
        succession=row, is_new=thing is None, **values, **({_field(row): thing} if thing else {})
    )
    made.takes_areas.set(areas)
    if row.kind == Kind.RENAME and thing is not None:
        _add(row, thing, [made], made)
    _changed(actor, row, {"successor": [None, made.name]}, at)
    return made


@transaction.atomic
def remove_successor(
    *, actor: Actor, succession: Succession, version: int | None, successor: int, at: datetime | None = None
) -> Succession:
    """Somebody does not take over after all. Whoever would have gone to nobody else is taken out of the plan too."""
    row = _locked(actor, succession, version)
    found = Successor.objects.filter(succession=row, pk=successor).first()
    if found is None:
        raise NotFound(_("There is no such successor in this plan."))
    for predecessor in Predecessor.objects.filter(succession=row, goes_to=found).prefetch_related("goes_to"):
        others = [each for each in predecessor.goes_to.all() if each.pk != found.pk]
        if not others:
            predecessor.delete()
        elif predecessor.default_id == found.pk:
            predecessor.default = others[0]
            predecessor.save(update_fields=["default"])
    name = found.name
    found.delete()
    return _changed(actor, row, {"successor": [name, None]}, at)


@transaction.atomic
def add_predecessor(
    *,
    actor: Actor,
    succession: Succession,
    version: int | None,
    slug: str,
    goes_to: Iterable[int],
    default: int | None = None,
    at: datetime | None = None,
) -> Predecessor:
    """Somebody is replaced by these successors (their rows); ``default`` takes what nothing else decides.

    Saying it again for the same one replaces what was said. Raises :class:`Invalid`, :class:`Conflict`.
    """
    row = _locked(actor, succession, version)
    if row.kind == Kind.RENAME:
        raise Conflict(_("A rename concerns one, which goes on under another name."))
    thing = _thing(_model(row), slug, field="slug")
    heirs = list(Successor.objects.filter(succession=row, pk__in=list(goes_to)))
    if not heirs:
        raise Invalid({"goes_to": [_("Choose who takes over")]})
    first = next((each for each in heirs if each.pk == default), None)
    if first is None:
        if default is not None:
            raise Invalid({"default": [_("Choose one of those who take over")]})
        first = heirs[0]
    if [each for each in heirs if getattr(each, _field(row)) == thing] == heirs:
        raise Invalid({"slug": [_("%(name)s cannot succeed itself") % {"name": thing.name}]})
    other = (
        Predecessor.objects.filter(**{_field(row): thing}, succession__status=Status.PLANNED)
        .exclude(succession=row)
        .exclude(succession__kind=Kind.RENAME)
        .select_related("succession")
        .first()
    )
    if other is not None:
        raise Conflict(
            _("%(name)s is replaced in another plan already: %(title)s.")
            % {"name": thing.name, "title": other.succession.title}
        )
    made = _add(row, thing, heirs, first)
    _changed(actor, row, {"predecessor": [None, f"{thing.name}: {', '.join(each.name for each in heirs)}"]}, at)
    return made


@transaction.atomic
def remove_predecessor(
    *, actor: Actor, succession: Succession, version: int | None, predecessor: int, at: datetime | None = None
) -> Succession:
    """Somebody is not replaced after all."""
    row = _locked(actor, succession, version)
    found = Predecessor.objects.filter(succession=row, pk=predecessor).first()
    if found is None:
        raise NotFound(_("There is nobody like this in the plan."))
    name = found.thing.name
    found.delete()
    return _changed(actor, row, {"predecessor": [name, None]}, at)


@transaction.atomic
def pick(
    *,
    actor: Actor,
    succession: Succession,
    noun: str,
    predecessor: int,
    choices: Mapping[str, int | None],
    at: datetime | None = None,
) -> Succession:
    """Give single things to a successor by hand: item to successor's row; None leaves it to the rule again.

    Raises :class:`Invalid` for a successor that does not succeed who holds them.
    """
    row = _locked(actor, succession, None)
    found = Predecessor.objects.prefetch_related("goes_to").filter(succession=row, pk=predecessor).first()
    mover = mover_of(noun)
    if found is None or mover is None or mover.of != row.of:
        raise NotFound(_("There is nothing like this in the plan."))
    heirs = {each.pk: each for each in found.goes_to.all()}
    if any(successor not in heirs for successor in choices.values() if successor is not None):
        raise Invalid({"successor": [_("Choose one of those who take over from %(name)s") % {"name": found}]})
    held = Pick.objects.filter(succession=row, noun=noun, predecessor=found, item__in=list(choices))
    before = dict(held.values_list("item", "successor__name"))
    after = {item: heirs[successor].name for item, successor in choices.items() if successor is not None}
    changes = differences(before, after)
    if not changes:
        return row
    held.delete()
    Pick.objects.bulk_create(
        [
            Pick(succession=row, noun=noun, item=item, predecessor=found, successor_id=successor)
            for item, successor in choices.items()
            if successor is not None
        ]
    )
    return _changed(actor, row, {f"{noun}: {item}": values for item, values in changes.items()}, at)


@transaction.atomic
def cancel(*, actor: Actor, succession: Succession, reason: str, at: datetime | None = None) -> Succession:
    """It will not happen. The plan stays to be read; nothing has changed anywhere. Raises :class:`Conflict`."""
    row = _locked(actor, succession, None)
    reason = _plain(reason)
    if not reason or len(reason) > CANCEL_LIMIT:
        raise Invalid({"reason": [_("Say why, in %(limit)s characters or fewer") % {"limit": CANCEL_LIMIT}]})
    row.status, row.cancelled_at, row.cancelled_reason, row.problem = Status.CANCELLED, at or now(), reason, ""
    row.version += 1
    row.save()
    changes = {"status": [Status.PLANNED.value, Status.CANCELLED.value], "reason": [None, reason]}
    keep(actor=actor, action="succession.cancel", obj=row, changes=changes, at=at)
    record(happened.SuccessionCancelled(succession_id=row.pk), actor=actor)
    return row


def _locked(actor: Actor, succession: Succession, version: int | None) -> Succession:
    row = Succession.objects.select_for_update().filter(pk=succession.pk).first()
    if row is None:
        raise NotFound(_("There is no such plan."))
    require(actor, "succession.change", row)
    if row.status == Status.APPLIED:
        raise Conflict(
            _("This has taken effect and cannot be changed any more. What is to be different now is a plan of its own.")
        )
    if row.status == Status.CANCELLED:
        raise Conflict(_("This plan was cancelled. Make a new one."))
    if version is not None and version != row.version:
        raise Conflict(_("This plan was changed after you opened it. Check what changed, then save again."))
    return row


def _changed(
    actor: Actor, row: Succession, changes: Mapping[str, Any], at: datetime | None, action: str = "succession.change"
) -> Succession:
    if not changes:
        return row
    row.version += 1
    row.problem = ""
    row.save()
    keep(actor=actor, action=action, obj=row, changes=changes, at=at)
    record(happened.SuccessionChanged(succession_id=row.pk, version=row.version, fields=sorted(changes)), actor=actor)
    return row


def _add(row: Succession, thing: Organisation | Area, heirs: list[Successor], first: Successor) -> Predecessor:
    whose: dict[str, Any] = {_field(row): thing}
    made, _created = Predecessor.objects.update_or_create(succession=row, **whose, defaults={"default": first})
    made.goes_to.set(heirs)
    made.picks.exclude(successor__in=heirs).delete()
    return made


def _model(row: Succession) -> type[Organisation] | type[Area]:
    return Organisation if row.of == Noun.ORGANISATION else Area


def _field(row: Succession) -> str:
    return "organisation" if row.of == Noun.ORGANISATION else "area"


def _thing(model: type[Organisation] | type[Area], slug: str, *, field: str) -> Organisation | Area:
    found = model._default_manager.filter(slug=slug[:100].replace("\x00", "")).first()
    if found is None:
        raise Invalid({field: [_("Choose one from the list")]})
    if isinstance(found, Organisation) and found.is_group:
        raise Invalid({field: [_("%(name)s is a group of organisations. Choose one of them") % {"name": found.name}]})
    if not found.holds_on(today()) or getattr(found, "status", "") == "closed":
        raise Invalid({field: [_("%(name)s does not exist any more") % {"name": found.name}]})
    return found


def _described(row: Succession, new: NewOrganisation | NewArea) -> dict[str, Any]:
    errors: dict[str, list[str]] = {}
    is_organisation = row.of == Noun.ORGANISATION
    if isinstance(new, NewOrganisation) != is_organisation:
        raise Invalid(_("A plan concerns either organisations or areas."))
    longest = 200 if is_organisation else 120
    name = _plain(new.name)
    slug = _plain(new.slug) or slugify(name)[: 100 if is_organisation else 80].strip("-")
    if not name or len(name) > longest:
        errors["name"] = [_("Enter a name of %(limit)s characters or fewer") % {"limit": longest}]
    elif not slug or slug != slugify(slug) or len(slug) > (100 if is_organisation else 80):
        errors["slug"] = [_("An address is made of small letters, figures and hyphens")]
    values: dict[str, Any] = {"name": name, "slug": slug}
    if isinstance(new, NewOrganisation):
        values |= {"abbreviation": _plain(new.abbreviation)[:30], "code": _plain(new.area_code)[:20]}
        if row.kind != Kind.RENAME:
            values["sector"] = Sector.objects.filter(code=new.sector).first()
            if values["sector"] is None:
                errors["sector"] = [_("Choose the sector it belongs to")]
    elif row.kind != Kind.RENAME:
        values |= {"code": _plain(new.code), "area_kind": _plain(new.kind)}
        if not values["code"] or len(values["code"]) > 20:
            errors["code"] = [_("Enter its official code, of 20 characters or fewer")]
        if not values["area_kind"] or len(values["area_kind"]) > 40:
            errors["area_kind"] = [_("Say what kind of area it is, in 40 characters or fewer")]
        if new.tile is not None:
            if not all(0 <= each <= MOST_TILES for each in new.tile):
                errors["tile"] = [_("A tile stands in row and column 0 to %(most)s") % {"most": MOST_TILES}]
            values["tile_row"], values["tile_column"] = new.tile
    if errors:
        raise Invalid(errors)
    return values


def _said(*, title: str, reason: str, effective_on: date, errors: dict[str, list[str]]) -> dict[str, Any]:
    title, reason = _plain(" ".join(title.split())), _plain(reason)
    if not title or len(title) > TITLE_LIMIT:
        errors["title"] = [_("Enter a title of %(limit)s characters or fewer") % {"limit": TITLE_LIMIT}]
    if not reason or len(reason) > REASON_LIMIT:
        errors["reason"] = [_("Say why, in %(limit)s characters or fewer") % {"limit": REASON_LIMIT}]
    if effective_on <= today():
        errors["effective_on"] = [_("The day must be in the future, so that the plan can be read before it")]
    elif effective_on.year > today().year + FARTHEST_YEARS:
        errors["effective_on"] = [_("The day must be within %(years)s years") % {"years": FARTHEST_YEARS}]
    if errors:
        raise Invalid(errors)
    return {"title": title, "reason": reason, "effective_on": effective_on}


def _readable(row: Succession) -> dict[str, Any]:
    return {
        "of": row.of,
        "kind": row.kind,
        "title": row.title,
        "reason": row.reason,
        "effective_on": row.effective_on.isoformat(),
        "announced": row.is_announced,
    }


def _plain(text: str) -> str:
    """Text as it is kept. Raises :class:`Invalid` for control characters, which no name and no reason has."""
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").strip()
    if any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t" for c in text):
        raise Invalid(_("Use plain letters, numbers and punctuation"))
    return text
