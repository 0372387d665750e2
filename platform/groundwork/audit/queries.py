"""Reading the audit log."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import OuterRef, Q, QuerySet, Subquery

from groundwork.access.actors import Actor
from groundwork.access.rules import require, verbs
from groundwork.audit.models import AuditChain, AuditEntry, AuditSeal
from groundwork.audit.rules import ANSWERABLE, OWN_PREFIXES, OWN_TYPES, looks_after_the_log
from groundwork.directory.models import Organisation, Place


def history_of(obj: models.Model) -> QuerySet[AuditEntry]:
    """Every act on one object, newest first, with who and for whom."""
    return AuditEntry.objects.filter(object_type=obj._meta.label_lower, object_id=str(obj.pk)).select_related(
        "person", "organisation"
    )


def last_act_of_organisation(organisation: OuterRef) -> Subquery:
    """When somebody last acted for the organisation of the row outside; null where nobody ever has."""
    return Subquery(AuditEntry.objects.filter(organisation=organisation).order_by("-at").values("at")[:1])


def acts_since(since: datetime, model: type[models.Model]) -> QuerySet[AuditEntry]:
    """Every act on any object of ``model`` after ``since``, newest first, with for whom."""
    return (
        AuditEntry.objects.filter(object_type=model._meta.label_lower, at__gt=since)
        .select_related("organisation")
        .defer("correlation_id", "via")
    )


def visible_to(actor: Actor) -> QuerySet[AuditEntry]:
    """The acts that ``actor`` may see: the set-wise twin of the rule ``audit.view``."""
    if actor.is_system:
        return AuditEntry.objects.all()
    seen = Q(pk=None)
    if actor.organisation_id is not None and actor.role in ANSWERABLE:
        seen |= Q(organisation_id=actor.organisation_id)
    if looks_after_the_log(actor):
        convening = Place.objects.values_list("convening_organisation_id", flat=True).first()
        seen |= ~Q(acted_as="")
        if convening is not None:
            seen |= Q(organisation_id=convening)
    return AuditEntry.objects.filter(seen).exclude(_own())


def _own() -> Q:
    own = Q(object_type__in=OWN_TYPES)
    for prefix in OWN_PREFIXES:
        own |= Q(action__startswith=prefix)
    return own


@dataclass(frozen=True)
class Choice:
    """Which acts to list; empty means all."""

    noun: str = ""
    person_id: int | None = None
    since: date | None = None
    until: date | None = None
    system: bool = False


@dataclass(frozen=True)
class Part:
    """A part of a list of acts, the newest first, each with the ``number`` of its seal if it has one."""

    entries: list[AuditEntry]
    after: str
    """Where the next part begins, or empty when this is the last."""


def acts_of_organisation(*, actor: Actor, organisation: Organisation, choice: Choice) -> QuerySet[AuditEntry]:
    """What was done for an organisation, newest first. Raises :class:`NotAllowed`."""
    require(actor, "organisation.see_acts", organisation)
    return _chosen(visible_to(actor).filter(organisation=organisation), choice)


def people_who_acted_for(*, actor: Actor, organisation: Organisation) -> QuerySet[Any]:
    """Who may act or could act for an organisation, by name: whom its acts can be looked for by. Raises likewise."""
    require(actor, "organisation.see_acts", organisation)
    people = get_user_model()._default_manager.filter(mandates__organisation=organisation)
    return people.distinct().order_by("name", "pk")


def acts_to_look_after(*, actor: Actor, choice: Choice) -> QuerySet[AuditEntry]:
    """What was done for the convening organisation, or with ``choice.system`` by the system. Raises like ``manage``."""
    require(actor, "audit.manage")
    convening = Place.objects.values_list("convening_organisation_id", flat=True).first()
    whose = ~Q(acted_as="") if choice.system else Q(organisation_id=convening, organisation__isnull=False)
    return _chosen(visible_to(actor).filter(whose), choice)


def _chosen(acts: QuerySet[AuditEntry], choice: Choice) -> QuerySet[AuditEntry]:
    zone = ZoneInfo(settings.TIME_ZONE)
    if choice.noun:
        acts = acts.filter(action__startswith=f"{choice.noun}.")
    if choice.person_id is not None:
        acts = acts.filter(person_id=choice.person_id)
    if choice.since is not None:
        acts = acts.filter(at__gte=datetime.combine(choice.since, time.min, zone))
    if choice.until is not None:
        acts = acts.filter(at__lt=datetime.combine(choice.until + timedelta(days=1), time.min, zone))
    return acts.select_related("person", "organisation").order_by("-at", "-id")


def part_of(acts: QuerySet[AuditEntry], *, after: str = "", size: int = 50) -> Part:
    """One part of a list of acts: two queries, however deep in it. A cursor that means nothing begins anew."""
    if found := _after(after):
        at, pk = found
        acts = acts.filter(Q(at__lt=at) | Q(at=at, pk__lt=pk))
    rows = list(acts[: size + 1])
    entries, more = rows[:size], len(rows) > size
    numbers = dict(
        AuditSeal.objects.filter(entry_id__in=[entry.pk for entry in entries]).values_list("entry_id", "number")
    )
    for entry in entries:
        entry.number = numbers.get(entry.pk)  # type: ignore[attr-defined]
    last = entries[-1] if more else None
    return Part(entries, f"{int(last.at.timestamp() * 1_000_000)}-{last.pk.hex}" if last else "")


def _after(cursor: str) -> tuple[datetime, UUID] | None:
    if not re.fullmatch(r"[0-9]{1,17}-[0-9a-f]{32}", cursor, re.ASCII):
        return None
    moment, pk = cursor.split("-")
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(moment)), UUID(pk)


def kind_of(object_type: str) -> str:
    """What sort of thing an act was done to, in words: "organisation" for ``directory.organisation``."""
    try:
        return str(apps.get_model(object_type)._meta.verbose_name)
    except (LookupError, ValueError):
        return object_type


def nouns() -> list[str]:
    """What acts are called after, as far as there are rules for them: "action", "initiative", "mandate"."""
    return sorted({verb.split(".")[0] for verb in verbs()})


def state(*, actor: Actor) -> AuditChain:
    """The head of the chain, and what the last look through it found. Raises :class:`NotAllowed`."""
    require(actor, "audit.manage")
    return AuditChain.objects.filter(id=AuditChain.ONLY).first() or AuditChain()


def waiting() -> tuple[datetime | None, datetime | None]:
    """The time of the first act that is not sealed, and when the sealer last sealed any; None where there is none."""
    first = AuditEntry.objects.filter(is_sealed=False).order_by("id").values_list("at", flat=True).first()
    sealed_at = AuditChain.objects.filter(id=AuditChain.ONLY).values_list("sealed_at", flat=True).first()
    return first, sealed_at


@dataclass(frozen=True)
class Looked:
    """What the last look through the chain found (``problems``), and since when one is under way, if any is."""

    problems: int
    begun: datetime | None


def looked() -> Looked:
    row = AuditChain.objects.filter(id=AuditChain.ONLY).values_list("problems", "look").first() or (None, {})
    problems, look = row
    return Looked(problems or 0, datetime.fromisoformat(look["begun"]) if look else None)


def is_being_looked_through() -> bool:
    return looked().begun is not None
