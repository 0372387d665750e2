"""What somebody follows, as they read it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from collaboration.governance.queries import boards as partnerships
from collaboration.initiatives import queries as initiatives
from collaboration.workshops import queries as workshops
from groundwork.access.actors import Actor
from groundwork.access.errors import Invalid
from groundwork.access.rules import require
from groundwork.clock import now
from notifications.following import Followed
from notifications.models import Choice, Follow, FollowAsk, Frequency, Subscriber, Topic
from notifications.queries.clocks import clock
from notifications.rhythm import Rhythm


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One thing that is followed. ``path`` is empty for what its follower may not see any more."""

    id: UUID | None
    query: str
    title: str
    path: str
    frequency: str = ""

    @property
    def frequency_label(self) -> str:
        return str(Frequency(self.frequency).label) if self.frequency else ""


def follow_of(person: Any, query: str) -> Follow | None:
    """A person's follow of what the canonical ``query`` says, or None (one query)."""
    return Follow.objects.filter(subscriber__person=person, query=query).first()


def follows_of(actor: Actor, subscriber: Subscriber | None) -> list[Shown]:
    """What a subscriber follows, in the order of following, with titles as ``actor`` may read them (three queries)."""
    if subscriber is None:
        return []
    rows = list(subscriber.follows.all())
    found = shown(actor, [row.query for row in rows])
    return [
        Shown(
            id=row.pk,
            query=row.query,
            title=found[row.query].title,
            path=found[row.query].path,
            frequency=row.frequency,
        )
        for row in rows
    ]


def shown(actor: Actor, wanted: Iterable[str], *, by_mail: bool = False) -> dict[str, Shown]:
    """What each canonical query says, with titles and pages of what ``actor`` may see (three queries at most).

    ``by_mail``: a sensitive workshop is named by its host alone (promise U21).
    """
    parsed = {query: _parsed(query) for query in wanted}
    records = {each.initiative for each in parsed.values() if each and each.initiative}
    numbers = {each.workshop for each in parsed.values() if each and each.workshop}
    slugs = {each.partnership for each in parsed.values() if each and each.partnership}
    titles: dict[str, str] = {}
    places: dict[int, tuple[str, str]] = {}
    if records:
        visible = initiatives.visible_to(actor).filter(reference__in=records)
        titles = dict(visible.values_list("reference", "title"))
    if numbers:
        seen = workshops.visible_to(actor).filter(pk__in=numbers)
        places = {
            pk: (_("A workshop of %(host)s") % {"host": host} if by_mail and sensitive else title, code)
            for pk, title, code, sensitive, host in seen.values_list("pk", "title", "code", "sensitive", "host__name")
        }
    if slugs:
        titles |= partnerships.names(actor, slugs)
    return {query: _shown(query, each, titles, places) for query, each in parsed.items()}


@dataclass(frozen=True, kw_only=True)
class AddressOf:
    """An address that is to stand for an organisation, or does since its reader said yes on ``confirmed_at``."""

    id: UUID
    email: str
    frequency_label: str
    asked_at: datetime | None = None
    confirmed_at: datetime | None = None


def addresses_of(actor: Actor, organisation: Any) -> list[AddressOf]:
    """Every address that stands for an organisation, then those that were asked and may still say yes (three queries).

    Raises :class:`NotAllowed` for who may not give addresses for it.
    """
    require(actor, "organisation.ask_address", organisation)
    found = []
    rows = Subscriber.objects.filter(organisation=organisation).prefetch_related("follows")
    for row in rows.order_by("created_at", "pk"):
        often = dict.fromkeys(each.get_frequency_display() for each in row.follows.all())
        found.append(
            AddressOf(
                id=row.pk,
                email=row.email,
                frequency_label=", ".join(often) or str(Frequency.NEVER.label),
                confirmed_at=row.confirmed_at,
            )
        )
    open_asks = FollowAsk.objects.filter(organisation=organisation, used_at=None, expires_at__gt=now())
    for ask in open_asks.order_by("asked_at", "pk"):
        often_asked = str(ask.get_frequency_display())
        found.append(AddressOf(id=ask.pk, email=ask.email, frequency_label=often_asked, asked_at=ask.asked_at))
    return found


def topics_of(person: Any) -> dict[str, str]:
    """How soon a person hears of each topic."""
    chosen = dict(Choice.objects.filter(person=person).values_list("topic", "frequency"))
    return {topic: chosen.get(topic, Frequency.AT_ONCE.value) for topic in Topic.values}


def rhythm_for(person: Any, subscriber: Subscriber | None) -> Rhythm:
    """When mail may come to a subscriber; to a person who never chose anything, what everybody begins with."""
    return clock().rhythm_of(subscriber or Subscriber(person=person))


def was_asked(person: Any) -> bool:
    """Whether a person has said already what they want to be sent, or what not (one query)."""
    return Subscriber.objects.filter(person=person).exists()


def _parsed(query: str) -> Followed | None:
    try:
        return Followed.parse(query)
    except Invalid:
        # What it named is not in the catalogue any more.
        return None


def _shown(query: str, followed: Followed | None, titles: dict[str, str], places: dict[int, tuple[str, str]]) -> Shown:
    if followed is None:
        return Shown(id=None, query=query, title=_("Something that is not there any more"), path="")
    if followed.initiative:
        title = titles.get(followed.initiative, "")
        if not title:
            text = _("%(reference)s, which you cannot see any more") % {"reference": followed.initiative}
            return Shown(id=None, query=query, title=text, path="")
        return Shown(id=None, query=query, title=title, path=followed.path)
    if followed.workshop:
        title, code = places.get(followed.workshop, ("", ""))
        if not title:
            return Shown(id=None, query=query, title=_("A workshop that you cannot see any more"), path="")
        return Shown(id=None, query=query, title=title, path=reverse("workshop", args=[code]))
    if followed.partnership:
        title = titles.get(followed.partnership, "")
        if not title:
            return Shown(id=None, query=query, title=_("A partnership board that you cannot see any more"), path="")
        return Shown(id=None, query=query, title=title, path=followed.path)
    return Shown(id=None, query=query, title=followed.title, path=followed.path)
