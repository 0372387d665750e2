"""Keeping a record true and alive: still accurate, updates, learning, asks and offers."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from django.db import models, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from collaboration.initiatives.events import (
    AskOrOfferClosed,
    AskOrOfferMade,
    InitiativeLearned,
    InitiativeMarkedExemplar,
    InitiativeUpdated,
    InitiativeVerified,
)
from collaboration.initiatives.models import AskOrOffer, Initiative, LearningNote, Update
from collaboration.initiatives.services import cleaning
from collaboration.initiatives.services.questioning import challenge, close_problem, report_problem, respond
from collaboration.initiatives.services.records import DOUBLE_CLICK, bump, index, locked
from groundwork.access.actors import Actor
from groundwork.access.errors import NotFound
from groundwork.access.rules import require
from groundwork.audit.queries import history_of
from groundwork.audit.services import keep
from groundwork.clock import now
from groundwork.events.services import record

__all__ = [
    "add_ask_or_offer",
    "add_learning",
    "add_update",
    "challenge",
    "close_ask_or_offer",
    "close_problem",
    "mark_exemplar",
    "report_problem",
    "respond",
    "verify",
]

_M = TypeVar("_M", bound=models.Model)


def _first_click(rows: QuerySet[_M], *, actor: Actor, at: datetime, **same: object) -> _M | None:
    """The row that the same person has just made with the same content."""
    return rows.filter(person=actor.person, at__gt=at - DOUBLE_CLICK, at__lte=at + DOUBLE_CLICK, **same).first()


@transaction.atomic
def verify(*, actor: Actor, initiative: Initiative, at: datetime | None = None) -> Initiative:
    """ "Still accurate": renews the verified date. One act, no form."""
    at = at or now()
    row = locked(initiative, actor=actor, verb="initiative.verify")
    clicks = history_of(row).filter(action="initiative.verify", person=actor.person, at__gt=at - DOUBLE_CLICK)
    if clicks.exists():
        return row
    _verify(row, at=at)
    keep(actor=actor, action="initiative.verify", obj=row, at=at)
    record(InitiativeVerified(initiative_id=row.pk, reference=row.reference), actor=actor)
    index(row)
    return row


def _verify(initiative: Initiative, *, at: datetime) -> None:
    # Not a new version: whoever is editing meanwhile is not held up by it.
    initiative.verified_at = max(at, initiative.verified_at or at)
    initiative.save(update_fields=["verified_at"])


@transaction.atomic
def add_update(
    *,
    actor: Actor,
    initiative: Initiative,
    body: str = "",
    health: str = "",
    still_accurate: bool = True,
    no_change: bool = False,
    at: datetime | None = None,
) -> Update:
    """How it is going, in words and one of the health words. Two minutes on a phone.

    With ``no_change`` the text may be empty, and the health is the last one said. ``still_accurate`` renews the
    verified date as well. Raises :class:`Invalid` when there is neither text nor ``no_change``.
    """
    at = at or now()
    row = locked(initiative, actor=actor, verb="initiative.update")
    problems = cleaning.Problems()
    body = cleaning.text(
        body,
        field="body",
        label=_("What has happened"),
        longest=2000,
        problems=problems,
        required=not no_change,
        lines=True,
    )
    health = cleaning.choice(health, Update.Health, field="health", label=_("How it is going"), problems=problems)
    problems.raise_if_any()
    body = body or _("No change since the last update.")
    if no_change and not health:
        health = row.updates.values_list("health", flat=True).first() or ""
    if twin := _first_click(row.updates.all(), actor=actor, at=at, body=body, health=health):
        return twin
    update = Update.objects.create(
        initiative=row,
        body=body,
        health=health,
        person=actor.person,
        organisation=actor.organisation,
        mandate=actor.mandate,
        at=at,
    )
    # The register lists first what moved last.
    row.changed_at = max(at, row.changed_at)
    row.save(update_fields=["changed_at"])
    if still_accurate:
        _verify(row, at=at)
    changes = {"update": [None, body]}
    if health:
        changes["health"] = [None, str(update.get_health_display())]
    keep(actor=actor, action="initiative.update", obj=row, changes=changes, at=at)
    record(
        InitiativeUpdated(
            initiative_id=row.pk,
            reference=row.reference,
            update_id=update.pk,
            health=health,
            verified=still_accurate,
        ),
        actor=actor,
    )
    index(row)
    return update


@transaction.atomic
def add_learning(*, actor: Actor, initiative: Initiative, body: str, at: datetime | None = None) -> LearningNote:
    """Something learned that others can use."""
    at = at or now()
    row = locked(initiative, actor=actor, verb="initiative.update")
    problems = cleaning.Problems()
    body = cleaning.text(
        body,
        field="body",
        label=_("What was learned"),
        longest=2000,
        problems=problems,
        required=True,
        lines=True,
    )
    problems.raise_if_any()
    if twin := _first_click(row.learning.all(), actor=actor, at=at, body=body):
        return twin
    note = LearningNote.objects.create(
        initiative=row,
        body=body,
        person=actor.person,
        organisation=actor.organisation,
        mandate=actor.mandate,
        at=at,
    )
    keep(actor=actor, action="initiative.learn", obj=row, changes={"learning": [None, body]}, at=at)
    record(InitiativeLearned(initiative_id=row.pk, reference=row.reference, learning_id=note.pk), actor=actor)
    index(row)
    return note


@transaction.atomic
def add_ask_or_offer(
    *, actor: Actor, initiative: Initiative, kind: str, body: str, at: datetime | None = None
) -> AskOrOffer:
    """What it needs from others (``ask``) or can give them (``offer``)."""
    at = at or now()
    row = locked(initiative, actor=actor, verb="initiative.update")
    problems = cleaning.Problems()
    kind = cleaning.choice(kind, AskOrOffer.Kind, field="kind", label=_("The kind"), problems=problems)
    if not kind and not problems:
        problems.add("kind", _("Choose whether this is an ask or an offer."))
    body = cleaning.text(
        body,
        field="body",
        label=_("What is asked or offered"),
        longest=1000,
        problems=problems,
        required=True,
        lines=True,
    )
    problems.raise_if_any()
    if twin := _first_click(row.asks_and_offers.all(), actor=actor, at=at, kind=kind, body=body):
        return twin
    made = AskOrOffer.objects.create(
        initiative=row,
        kind=kind,
        body=body,
        person=actor.person,
        organisation=actor.organisation,
        mandate=actor.mandate,
        at=at,
    )
    keep(actor=actor, action="initiative.ask_or_offer", obj=row, changes={kind: [None, body]}, at=at)
    record(
        AskOrOfferMade(initiative_id=row.pk, reference=row.reference, ask_or_offer_id=made.pk, kind=kind), actor=actor
    )
    index(row)
    return made


@transaction.atomic
def close_ask_or_offer(*, actor: Actor, ask_or_offer: AskOrOffer, at: datetime | None = None) -> AskOrOffer:
    """It is met, or no longer open. Closed twice it is once."""
    at = at or now()
    initiative = Initiative.objects.select_for_update().filter(pk=ask_or_offer.initiative_id).first()
    row = AskOrOffer.objects.select_for_update().filter(pk=ask_or_offer.pk).first()
    if row is None or initiative is None:
        raise NotFound(_("This does not exist, or you may not see it."))
    require(actor, "initiative.update", initiative)
    if row.closed_at is not None:
        return row
    row.closed_at = at
    row.save(update_fields=["closed_at"])
    keep(
        actor=actor, action="initiative.close_ask_or_offer", obj=initiative, changes={row.kind: [row.body, None]}, at=at
    )
    record(
        AskOrOfferClosed(initiative_id=initiative.pk, reference=initiative.reference, ask_or_offer_id=row.pk),
        actor=actor,
    )
    index(initiative)
    return row


@transaction.atomic
def mark_exemplar(
    *, actor: Actor, initiative: Initiative, yes: bool, reason: str = "", at: datetime | None = None
) -> Initiative:
    """An officer says that it shows good practice, and why; or, with ``yes`` False, takes that back."""
    at = at or now()
    row = locked(initiative, actor=actor, verb="initiative.mark_exemplar")
    problems = cleaning.Problems()
    reason = cleaning.text(reason, field="reason", label=_("The reason"), longest=500, problems=problems, required=yes)
    problems.raise_if_any()
    if not yes:
        reason = ""
    if (row.is_exemplar, row.exemplar_reason) == (yes, reason):
        return row
    before = row.exemplar_reason or None
    row.is_exemplar, row.exemplar_reason = yes, reason
    bump(row, at=at)
    keep(
        actor=actor,
        action="initiative.mark_exemplar",
        obj=row,
        changes={"good_practice": [before, reason or None]},
        at=at,
    )
    record(InitiativeMarkedExemplar(initiative_id=row.pk, reference=row.reference, exemplar=yes), actor=actor)
    index(row)
    return row
