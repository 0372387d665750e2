"""Reading successions: plans, what a plan would move, and what became of somebody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from groundwork.access.actors import Actor
from groundwork.access.errors import NotFound
from groundwork.access.rules import require
from groundwork.audit.queries import history_of
from groundwork.clock import today
from groundwork.directory.models import Area, Organisation
from groundwork.succession.models import Pick, Predecessor, Succession, Successor
from groundwork.succession.moving import Held, Moved, Mover, movers
from groundwork.succession.rules import concerned, is_open


def visible_to(actor: Actor) -> QuerySet[Succession]:
    """The set-wise twin of ``can(actor, "succession.view", ...)``."""
    if actor.is_system or actor.is_officer:
        return Succession.objects.all()
    return Succession.objects.filter(is_open() | concerned(actor.organisation_id)).distinct()


def find(actor: Actor, pk: int) -> Succession:
    """One succession that ``actor`` may see. Raises :class:`NotFound`."""
    found = Succession.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such plan."))
    require(actor, "succession.view", found)
    return found


def due(*, at: datetime) -> list[int]:
    """What is planned and whose day has begun, in the order in which it takes effect."""
    day = timezone.localdate(at)
    rows = Succession.objects.filter(status=Succession.Status.PLANNED, effective_on__lte=day)
    # "area" sorts before "organisation": an organisation may name the area that the same day makes.
    return list(rows.order_by("effective_on", "of", "pk").values_list("pk", flat=True))


def predecessors_of(succession: Succession) -> list[Predecessor]:
    """Who is replaced, with who takes over (two queries)."""
    rows = Predecessor.objects.filter(succession=succession).select_related("organisation", "area", "default")
    return list(rows.prefetch_related("goes_to").order_by("pk"))


def successors_of(succession: Succession) -> list[Successor]:
    """Who takes over (two queries)."""
    rows = Successor.objects.filter(succession=succession).select_related("organisation", "area", "sector")
    return list(rows.prefetch_related("takes_areas").order_by("pk"))


@dataclass(frozen=True, kw_only=True)
class Share:
    """One thing that would move, with who decided who takes it: ``picked`` by hand, by ``area``, or neither."""

    held: Held
    predecessor: Predecessor
    successors: tuple[Successor, ...]
    is_picked: bool = False
    is_by_area: bool = False


def shares(succession: Succession, mover: Mover, day: date | None = None) -> Iterator[Share]:
    """What ``mover`` would move on the succession's day, and to whom. Queries do not grow with what there is.

    A thing whose holder goes on beside its successors (a part is split off) and stays with it does not move.
    """
    of_thing = {_thing_id(each): each for each in predecessors_of(succession)}
    picks = {
        (pick.predecessor_id, pick.item): pick.successor_id
        for pick in Pick.objects.filter(succession=succession, noun=mover.noun)
    }
    takers = {each.pk: each for each in successors_of(succession)}
    by_area = {area.pk: each.pk for each in takers.values() for area in each.takes_areas.all()}
    for held in mover.held(frozenset(of_thing), day or succession.effective_on):
        predecessor = of_thing[held.holder]
        heirs = {each.pk for each in predecessor.goes_to.all()}
        picked = picks.get((predecessor.pk, held.item))
        in_areas = {by_area[area] for area in held.areas if area in by_area} & heirs
        if picked is not None and picked in heirs:
            chosen: Iterable[int] = [picked]
        elif len(heirs) > 1 and len(in_areas) == 1:
            chosen = in_areas
        elif mover.shared:
            chosen = sorted(heirs)
        else:
            chosen = [predecessor.default_id]
        yield Share(
            held=held,
            predecessor=predecessor,
            successors=tuple(takers[pk] for pk in chosen),
            is_picked=picked in heirs,
            is_by_area=picked not in heirs and len(heirs) > 1 and len(in_areas) == 1,
        )


def moves(succession: Succession, mover: Mover, keys: dict[int, int]) -> list[Moved]:
    """The moves of one mover. ``keys`` leads from successors' rows to the organisations or areas they are by now."""
    return [
        Moved(share.held.item, share.held.holder, keys[successor.pk])
        for share in shares(succession, mover)
        for successor in share.successors
        if keys[successor.pk] != share.held.holder
    ]


@dataclass(frozen=True, kw_only=True)
class Counted:
    """How many of one thing would move, and to whom. A thing that goes to two is one thing."""

    mover: Mover
    number: int
    by_successor: dict[int, int]
    """By the primary key of the row of the successor."""

    @property
    def words(self) -> str:
        """``41 initiatives``."""
        return f"{self.number} {self.mover.one if self.number == 1 else self.mover.many}"


def preview(succession: Succession) -> list[Counted]:
    """What would move if it took effect now, mover by mover; what does not move is left out."""
    if succession.kind == Succession.Kind.RENAME:
        return []
    found = []
    for mover in movers(succession.of):
        items: set[str] = set()
        by_successor: Counter[int] = Counter()
        for share in shares(succession, mover):
            going = [each for each in share.successors if _existing(each) != share.held.holder]
            if going:
                items.add(share.held.item)
                by_successor.update(each.pk for each in going)
        if items:
            found.append(Counted(mover=mover, number=len(items), by_successor=dict(by_successor)))
    return found


def in_one_sentence(counted: Iterable[Counted]) -> str:
    """``12 seats, 41 initiatives, 230 actions move; history stays under the old name``."""
    words = [each.words for each in counted]
    if not words:
        return _("Nothing moves; history stays under the old name.")
    return _("%(things)s move; history stays under the old name.") % {"things": ", ".join(words)}


def moved_in_one_sentence(succession: Succession) -> str:
    """The same of one that took effect: what moved then."""
    nouns = {each.noun: each for each in movers(succession.of)}
    words = [
        f"{number} {nouns[noun].one if number == 1 else nouns[noun].many}"
        for noun, number in succession.moved.items()
        if noun in nouns
    ]
    if not words:
        return _("Nothing moved; history stays under the old name.")
    return _("%(things)s moved; history stays under the old name.") % {"things": ", ".join(words)}


@dataclass(frozen=True, kw_only=True)
class Step:
    """One act on a plan, in words. ``who`` is "" for readers who see no names."""

    at: datetime
    what: str
    who: str
    fields: str


_ACTS = {
    "succession.plan": gettext_lazy("Plan begun"),
    "succession.change": gettext_lazy("Plan changed"),
    "succession.cancel": gettext_lazy("Plan cancelled"),
    "succession.stuck": gettext_lazy("Could not take effect"),
    "succession.apply": gettext_lazy("Took effect"),
}


def history(actor: Actor, succession: Succession) -> list[Step]:
    """Every act on a plan, the newest first, with names for partners (one query)."""
    return [
        Step(
            at=entry.at,
            what=str(_ACTS.get(entry.action, entry.action)),
            who=entry.person.display_name if entry.person and actor.is_partner else "",
            fields=_step(entry.changes) if entry.action == "succession.change" else "",
        )
        for entry in history_of(succession)
    ]


def _step(changes: dict[str, Any]) -> str:
    """What one change of a plan changed, in words people can read."""
    parts = []
    for before, after in changes.values():
        if before is None:
            parts.append(_("added: %(what)s") % {"what": after})
        elif after is None:
            parts.append(_("taken out: %(what)s") % {"what": before})
        else:
            parts.append(_("%(before)s, now %(after)s") % {"before": before, "after": after})
    return "; ".join(parts[:10])


@dataclass(frozen=True, kw_only=True)
class Became:
    """What a public page says of one succession: of one that was, or of one that is announced."""

    succession: Succession
    successors: list[Successor]
    is_over: bool


def notes_on(thing: Organisation | Area) -> list[Became]:
    """The successions in which somebody is replaced, or renamed, that everybody may read, in order (two queries)."""
    named = {"organisation": thing} if isinstance(thing, Organisation) else {"area": thing}
    rows = Predecessor.objects.filter(is_open_below(), **named).select_related("succession")
    rows = rows.prefetch_related("goes_to__organisation", "goes_to__area").order_by("succession__effective_on", "pk")
    return [
        Became(succession=row.succession, successors=list(row.goes_to.all()), is_over=not row.succession.is_planned)
        for row in rows
    ]


def is_open_below() -> Q:
    """:func:`groundwork.succession.rules.is_open` for rows that belong to a succession."""
    return Q(succession__in=Succession.objects.filter(is_open()))


def listed(actor: Actor) -> QuerySet[Succession]:
    """The successions that ``actor`` may see, those to come first, with how many are replaced and take over."""
    return (
        visible_to(actor)
        .annotate(
            replaced=Count("predecessors", distinct=True),
            taking=Count("successors", distinct=True),
        )
        .order_by("-effective_on", "-pk")
    )


def coming(*, of: str, until: date) -> list[Succession]:
    """The announced successions of organisations, or of areas, that take effect until a day (one query)."""
    rows = Succession.objects.filter(
        of=of, status=Succession.Status.PLANNED, is_announced=True, effective_on__lte=until
    )
    return list(rows.order_by("effective_on", "pk"))


def is_late(succession: Succession) -> bool:
    """Whether its day has come and it still has not taken effect."""
    return succession.is_planned and succession.effective_on <= today()


def _thing_id(predecessor: Predecessor) -> int:
    found = predecessor.organisation_id or predecessor.area_id
    assert found is not None  # noqa: S101 - services set one of the two
    return found


def _existing(successor: Successor) -> int | None:
    return successor.organisation_id or successor.area_id
