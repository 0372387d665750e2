"""Which actions an actor sees, and the lists made of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any, Final, NamedTuple

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from collaboration.actions import rooms
from collaboration.actions.models import Action, ActionUpdate, Chase
from collaboration.initiatives.models import Initiative
from collaboration.initiatives.rules import EDITORS
from groundwork.access.actors import Actor
from groundwork.access.errors import Invalid, NotFound
from groundwork.access.rules import can
from groundwork.clock import now, today
from groundwork.waiting import waiting

Status = Action.Status
OPEN: Final = (Status.UNOWNED, Status.ASKED, Status.ACCEPTED)
_WITH = ("owner", "organisation", "initiative", "created_by")
SOON: Final = timedelta(days=7)
LONGEST_WORDS: Final = 100
_DUE_FIRST: Final = (F("due_on").asc(nulls_last=True), "pk")


def _owned(actor: Actor) -> Q:
    person = actor.person
    assert person is not None  # noqa: S101
    return Q(owner=person) | (Q(owner=None, owner_email=person.email) & ~Q(owner_email=""))


def visible_to(actor: Actor) -> QuerySet[Action]:
    """The set-wise twin of ``can(actor, "action.view", action)``; a test holds the two equal."""
    everything = Action.objects.all()
    if actor.is_system:
        return everything
    seen = Q(visibility=Action.Visibility.PUBLIC)
    if actor.is_partner:
        seen |= Q(visibility=Action.Visibility.PARTNERS)
    if actor.person is not None:
        seen |= _owned(actor) | Q(created_by=actor.person) | Q(asked_by=actor.person)
    if in_room := rooms.seen_by(actor):
        seen |= Q(visibility=Action.Visibility.ROOM, room__in=in_room)
    if kept := rooms.kept_by(actor):
        seen |= Q(room__in=kept)
    organisation = actor.organisation_id
    if organisation is not None and actor.role in EDITORS:
        seen |= Q(organisation_id=organisation)
        seen |= Q(initiative__owner_id=organisation) | Q(initiative__lead_id=organisation)
    return everything.filter(seen)


def get(actor: Actor, reference: str) -> Action:
    """The action with this reference, in any case. Raises :class:`NotFound`."""
    found = None
    if reference.isascii() and reference.isprintable() and len(reference) <= 20:
        found = visible_to(actor).select_related(*_WITH, "asked_by").filter(reference=reference.upper()).first()
    if found is None:
        raise NotFound(_("There is no action with this reference, or you may not see it."))
    return found


def updates(action: Action) -> list[ActionUpdate]:
    """How it went, newest first."""
    return list(action.updates.select_related("by"))


def digest(token: str) -> str:
    """What is kept of a link's token."""
    return sha256(token.encode("utf-8", "replace")).hexdigest()


def by_token(token: str) -> Action:
    """The action behind a link that still works. Raises :class:`Invalid`, always with the same sentence."""
    found = Action.objects.select_related(*_WITH).filter(answer_digest=digest(token)).first()
    if found is None:
        raise Invalid(
            _("This link does not work any more. Somebody else may have taken the action on. Ask whoever sent it.")
        )
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a list shows. ``whose``: mine, made, ours, all. ``state``: open, late, soon, waiting, nobody, done, …

    ``q``: words that stand in what is to be done. ``sort``: due (what is due first) or oldest. ``room``: only those
    followed up there; it is no part of an address.
    """

    whose: str = "mine"
    state: str = "open"
    q: str = ""
    sort: str = "due"
    room: str = ""

    WHOSE = {
        "mine": gettext_lazy("Yours"),
        "made": gettext_lazy("Those you made or asked for"),
        "ours": gettext_lazy("Your organisation’s"),
        "all": gettext_lazy("All you can see"),
    }
    STATES = {
        "open": gettext_lazy("Open"),
        "late": gettext_lazy("Late"),
        "soon": gettext_lazy("Due within seven days"),
        "waiting": gettext_lazy("Waiting for an answer"),
        "nobody": gettext_lazy("Nobody has it yet"),
        "blocked": gettext_lazy("Something stands in the way"),
        "done": gettext_lazy("Done"),
        "declined": gettext_lazy("Declined"),
        "any": gettext_lazy("Any state"),
    }
    SORTS = {
        "due": gettext_lazy("What is due first"),
        "oldest": gettext_lazy("What is oldest"),
    }

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> tuple[Filters, list[str]]:
        """The filters an address asks for, with a sentence for each word that is none."""
        problems: list[str] = []
        whose, state = query.get("whose") or "mine", query.get("state") or "open"
        if whose not in cls.WHOSE:
            problems.append(_("There is no list of that name. Yours are shown."))
            whose = "mine"
        if state not in cls.STATES:
            problems.append(_("There is no state of that name. Open ones are shown."))
            state = "open"
        sort = query.get("sort") or "due"
        q = " ".join("".join(c if c.isprintable() else " " for c in query.get("q", "")).split())[:LONGEST_WORDS]
        return cls(whose=whose, state=state, q=q, sort=sort if sort in cls.SORTS else "due"), problems


def listed(actor: Actor, filters: Filters) -> QuerySet[Action]:
    """What the filters let through of what the actor sees: what is due first, first; without a date last."""
    found = visible_to(actor).select_related(*_WITH)
    person = actor.person
    if filters.room:
        found = found.filter(room=filters.room)
    if filters.whose != "all":
        if person is None:
            return found.none()
        if filters.whose == "mine":
            found = found.filter(_owned(actor))
        elif filters.whose == "made":
            found = found.filter(Q(created_by=person) | Q(asked_by=person))
        elif actor.organisation_id is None:
            return found.none()
        else:
            found = found.filter(organisation_id=actor.organisation_id)
    if filters.state == "open":
        found = found.filter(status__in=OPEN)
    elif filters.state == "late":
        found = found.filter(_late())
    elif filters.state == "soon":
        found = found.filter(_soon())
    elif filters.state == "waiting":
        found = found.filter(status=Status.ASKED)
    elif filters.state == "nobody":
        found = found.filter(status=Status.UNOWNED)
    elif filters.state == "blocked":
        found = found.filter(status__in=OPEN, blocked_at__isnull=False)
    elif filters.state == "done":
        found = found.filter(status=Status.DONE)
    elif filters.state == "declined":
        found = found.filter(status=Status.DECLINED)
    for word in filters.q.split()[:10]:
        found = found.filter(Q(what__icontains=word) | Q(details__icontains=word) | Q(reference__iexact=word))
    return found.order_by("created_at", "pk") if filters.sort == "oldest" else found.order_by(*_DUE_FIRST)


def _late() -> Q:
    return Q(status__in=OPEN, due_on__lt=today())


def _soon() -> Q:
    day = today()
    return Q(status__in=OPEN, due_on__gte=day, due_on__lte=day + SOON)


def counts(actor: Actor, filters: Filters) -> dict[str, int]:
    """How many of a list are open, late, due soon, waiting for an answer, and nobody's: one query."""
    found = listed(actor, replace(filters, state="any")).order_by()
    counted: dict[str, int] = found.aggregate(
        open=Count("pk", filter=Q(status__in=OPEN)),
        late=Count("pk", filter=_late()),
        soon=Count("pk", filter=_soon()),
        waiting=Count("pk", filter=Q(status=Status.ASKED)),
        nobody=Count("pk", filter=Q(status=Status.UNOWNED)),
        blocked=Count("pk", filter=Q(status__in=OPEN, blocked_at__isnull=False)),
    )
    return counted


def ageing(actor: Actor, room: str) -> dict[str, int]:
    """How late the open actions of a room are, as far as the actor sees them: one query.

    ``in_time`` has those without a day as well; ``week`` is up to seven days late, ``month`` up to thirty, ``longer``
    what is later than that; ``done`` were done in the last ninety days.
    """
    day = today()
    late = Q(status__in=OPEN)
    counted: dict[str, int] = (
        visible_to(actor)
        .filter(room=room)
        .order_by()
        .aggregate(
            in_time=Count("pk", filter=late & (Q(due_on=None) | Q(due_on__gte=day))),
            week=Count("pk", filter=late & Q(due_on__lt=day, due_on__gte=day - SOON)),
            month=Count("pk", filter=late & Q(due_on__lt=day - SOON, due_on__gte=day - timedelta(days=30))),
            longer=Count("pk", filter=late & Q(due_on__lt=day - timedelta(days=30))),
            done=Count("pk", filter=Q(status=Status.DONE, done_at__gte=now() - timedelta(days=90))),
        )
    )
    return counted


class OfOrganisation(NamedTuple):
    """How the actions of one organisation stand; ``done`` within a time that was asked for. "" is nobody's."""

    name: str
    open: int
    late: int
    blocked: int
    done: int


def of_room(actor: Actor, room: str) -> QuerySet[Action]:
    """What a room follows up, as far as the actor sees it and it may be passed on: not what is for people involved."""
    found = visible_to(actor).select_related(*_WITH).filter(room=room)
    return found.exclude(visibility=Action.Visibility.INVOLVED)


def by_organisation(actor: Actor, room: str, *, first: datetime, last: datetime) -> list[OfOrganisation]:
    """The actions of a room (:func:`of_room`) by organisation, by name: one query. ``done``: from ``first`` on, until
    ``last``. Organisations with nothing open and nothing done are left out."""
    rows = (
        of_room(actor, room)
        .order_by()
        .values_list("organisation__name")
        .annotate(
            n_open=Count("pk", filter=Q(status__in=OPEN)),
            n_late=Count("pk", filter=_late()),
            n_blocked=Count("pk", filter=Q(status__in=OPEN, blocked_at__isnull=False)),
            n_done=Count("pk", filter=Q(status=Status.DONE, done_at__gte=first, done_at__lt=last)),
        )
    )
    found = [OfOrganisation(name or "", *counts) for name, *counts in rows]
    return sorted((row for row in found if row.open or row.done), key=lambda row: (not row.name, row.name.casefold()))


def late_in(actor: Actor, room: str) -> QuerySet[Action]:
    """Of :func:`of_room`, what is late, the latest first."""
    return of_room(actor, room).filter(_late()).order_by(*_DUE_FIRST)


def blocked_in(actor: Actor, room: str) -> QuerySet[Action]:
    """Of :func:`of_room`, what something stands in the way of."""
    return of_room(actor, room).filter(status__in=OPEN, blocked_at__isnull=False).order_by(*_DUE_FIRST)


def done_in(actor: Actor, room: str, *, first: datetime, last: datetime) -> QuerySet[Action]:
    """Of :func:`of_room`, what was done from ``first`` on, until ``last``, the last first."""
    found = of_room(actor, room).filter(status=Status.DONE, done_at__gte=first, done_at__lt=last)
    return found.order_by("-done_at", "pk")


def owner_named(actor: Actor, action: Action) -> str:
    """Whose it is, by name, for readers who may see names; "" for others. An address is told to nobody here."""
    if not can(actor, "action.see_owner", action):
        return ""
    return action.owner.display_name if action.owner is not None else action.owner_name


def waiting_for(actor: Actor) -> QuerySet[Action]:
    """What this person was asked to take on and has not answered."""
    if actor.person is None:
        return Action.objects.none()
    return Action.objects.select_related(*_WITH).filter(_owned(actor), status=Status.ASKED).order_by(*_DUE_FIRST)


def of_initiative(actor: Actor, initiative: Initiative) -> QuerySet[Action]:
    """Actions of an initiative that the actor sees: open ones and done ones, not those that were dropped."""
    found = visible_to(actor).select_related(*_WITH).filter(initiative=initiative)
    return found.exclude(status__in=(Status.DROPPED, Status.DECLINED)).order_by(*_DUE_FIRST)


def seen_ids(actor: Actor, ids: set[int]) -> set[int]:
    """Of these actions, those the actor may open."""
    return set(visible_to(actor).filter(pk__in=ids).values_list("pk", flat=True)) if ids else set()


def chased(chase_id: int) -> Chase | None:
    """One round of asking how actions go, with the actions it was about, what is due first, first."""
    found = Chase.objects.select_related("by").filter(pk=chase_id).first()
    if found is not None:
        found.asked_about = list(found.actions.select_related(*_WITH, "asked_by").order_by(*_DUE_FIRST))  # type: ignore[attr-defined]
    return found


def numbers_of_origin(kind: str, identifier: str) -> list[int]:
    """The numbers of the actions that were agreed there, whoever may see them: mail about them goes by these."""
    return list(Action.objects.filter(origin_kind=kind, origin_id=identifier).values_list("number", flat=True))


def is_late(action: Action) -> bool:
    return action.is_open and action.due_on is not None and action.due_on < today()


def waiting_for_people(
    ids: Collection[int], emails: Collection[str], *, until: date
) -> list[QuerySet[Any, tuple[Any, ...]]]:
    """What waits for any of these people, or those who read these addresses, to be put together in one statement.

    Kinds: ``action.asked`` (waits for an answer) and ``action.due`` (taken on and due on ``until`` or before).
    """
    theirs = Action.objects.filter(
        Q(owner_id__among=ids) | (Q(owner=None, owner_email__among=emails) & ~Q(owner_email=""))
    )
    columns = {
        "person_id": "owner_id",
        "email": "owner_email",
        "reference": "reference",
        "title": "what",
        "who": "organisation__name",
        "due_on": "due_on",
    }
    return [
        waiting(theirs.filter(status=Status.ASKED), "action.asked", since="asked_at", **columns),
        waiting(theirs.filter(status=Status.ACCEPTED, due_on__lte=until), "action.due", since="answered_at", **columns),
    ]
