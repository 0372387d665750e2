"""Carrying out plans: rows, history, events and index of many initiatives, in a few queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from collaboration.initiatives import indexing
from collaboration.initiatives.events import (
    InitiativeChanged,
    InitiativeDrafted,
    InitiativesChanged,
    InitiativesDrafted,
    InitiativesPublished,
    PartnerAsked,
    PartnerEnded,
)
from collaboration.initiatives.models import Alignment, FundingLine, Initiative, Partner, Visibility
from collaboration.initiatives.services.partners import answer_or_ask, mark_asked, named
from collaboration.initiatives.services.records import lock_counter, locked, reference_of, same_version
from collaboration.initiatives.services.stating.planning import plan
from collaboration.initiatives.services.stating.statements import UNSTATED, Plan, Statement, Target
from groundwork.access.actors import Actor
from groundwork.access.errors import Invalid
from groundwork.access.rules import require
from groundwork.audit.services import keep_many
from groundwork.clock import now, today
from groundwork.events.registry import Event
from groundwork.events.services import record_many

BATCH: Final = 500
_Located = Initiative.areas.through
_Acts = list[tuple[str, Any, dict[str, Any]]]


@transaction.atomic
def register(*, actor: Actor, statement: Statement, at: datetime | None = None) -> Initiative:
    """One new draft. Raises :class:`NotAllowed`, or :class:`Invalid` with sentences by field."""
    require(actor, "initiative.register")
    (planned,) = plan(actor=actor, items=[(None, statement)])
    return carry_out(actor=actor, plans=[planned], at=at)[0]


@transaction.atomic
def restate(
    *, actor: Actor, initiative: Initiative, version: int | None, statement: Statement, at: datetime | None = None
) -> Initiative:
    """Change one record as stated; what is so already is no change, whatever version it came with.

    Raises :class:`Conflict` when ``version`` is not the present one, :class:`Invalid` with sentences by field.
    """
    row = locked(initiative, actor=actor, verb="initiative.edit")
    if row.is_published and statement.intended_visibility not in (UNSTATED, row.visibility):
        require(actor, "initiative.publish", row)
    (planned,) = plan(actor=actor, items=[(row, statement)])
    if planned.is_unchanged:
        return row
    same_version(row, version, actor=actor)
    return carry_out(actor=actor, plans=[planned], at=at)[0]


def lock_many(ids: Iterable[int]) -> dict[int, Initiative]:
    """Fresh copies of these rows by primary key, locked until the transaction ends, always in the same order."""
    return {row.pk: row for row in Initiative.objects.select_for_update().filter(pk__in=list(ids)).order_by("pk")}


@transaction.atomic
def carry_out(
    *, actor: Actor, plans: Sequence[Plan], at: datetime | None = None, together: bool | None = None
) -> list[Initiative]:
    """Write what ``plans`` say, made of rows that are locked. Returns the initiatives, in the order of the plans.

    New ones are drafts of the actor's organisation. Partners newly named in published records are asked to confirm:
    each by its own event, or, ``together`` (so for more than one plan, unless said otherwise), only marked as asked,
    for whoever carries this out to tell each organisation once. Raises :class:`Invalid` with what the first rejected
    plan says.
    """
    at = at or now()
    for planned in plans:
        if planned.is_rejected:
            raise Invalid(planned.errors)
    together = len(plans) > 1 if together is None else together
    new = [planned for planned in plans if planned.initiative is None]
    changed = [planned for planned in plans if planned.is_change]
    made = iter(_create(actor, new, at))
    done = [planned.initiative or next(made) for planned in plans]
    write = _Write(actor=actor, at=at, together=together)
    for planned, initiative in zip(plans, done, strict=True):
        write.add(planned, initiative)
    write.save()
    _tell(actor, [p.initiative for p in changed if p.initiative], changed, at)
    return done


def _create(actor: Actor, plans: Sequence[Plan], at: datetime) -> list[Initiative]:
    if not plans:
        return []
    place = lock_counter()
    first = place.last_reference + 1
    place.last_reference += len(plans)
    place.save(update_fields=["last_reference"])
    rows = Initiative.objects.bulk_create(
        [
            Initiative(
                number=number,
                reference=reference_of(place, number),
                owner=actor.organisation,
                created_by=actor.person,
                created_at=at,
                changed_at=at,
                **planned.target.fields,
            )
            for number, planned in enumerate(plans, start=first)
        ],
        batch_size=BATCH,
    )
    keep_many(
        actor=actor,
        acts=[("initiative.draft", row, planned.changes) for row, planned in zip(rows, plans, strict=True)],
        at=at,
    )
    events: list[Event] = (
        [InitiativeDrafted(initiative_id=rows[0].pk, reference=rows[0].reference)]
        if len(rows) == 1
        else [InitiativesDrafted(initiative_ids=[row.pk for row in part]) for part in _parts(rows)]
    )
    record_many(events, actor=actor)
    return rows


def _tell(actor: Actor, rows: list[Initiative], plans: Sequence[Plan], at: datetime) -> None:
    """History, event and index of what changed."""
    if not rows:
        return
    keep_many(
        actor=actor,
        acts=[("initiative.edit", row, planned.changes) for row, planned in zip(rows, plans, strict=True)],
        at=at,
    )
    events: list[Event] = (
        [
            InitiativeChanged(
                initiative_id=rows[0].pk,
                reference=rows[0].reference,
                version=rows[0].version,
                fields=sorted(plans[0].changes),
            )
        ]
        if len(rows) == 1
        else [InitiativesChanged(initiative_ids=[row.pk for row in part]) for part in _parts(rows)]
    )
    record_many(events, actor=actor)
    indexing.reindex([row.pk for row in rows if row.is_published])


class _Write:
    """The rows of several plans, collected and then written kind by kind."""

    def __init__(self, *, actor: Actor, at: datetime, together: bool) -> None:
        self.actor, self.at, self.together = actor, at, together
        self.rows: list[Initiative] = []
        self.columns: set[str] = set()
        self.targets: list[tuple[Initiative, Target]] = []
        self.located: list[Any] = []
        self.left: list[tuple[int, int]] = []

    def add(self, planned: Plan, initiative: Initiative) -> None:
        target = planned.target
        self.targets.append((initiative, target))
        if planned.is_change:
            for column, value in target.fields.items():
                setattr(initiative, column, value)
            self.columns |= set(target.fields)
            initiative.version += 1
            initiative.changed_at = self.at
            self.rows.append(initiative)
        self.located += [_Located(initiative_id=initiative.pk, area_id=area.pk) for area in target.new_areas]
        self.left += [(initiative.pk, area.pk) for area in target.gone_areas]

    def save(self) -> None:
        if self.rows:
            columns = sorted(self.columns | {"version", "changed_at"})
            Initiative.objects.bulk_update(self.rows, columns, batch_size=BATCH)
        self._areas()
        self._alignments()
        self._funding()
        self._partners()

    def _all(self, kind: str) -> list[Any]:
        found = []
        for initiative, target in self.targets:
            for each in getattr(target, kind):
                each.initiative = initiative
                found.append(each)
        return found

    def _areas(self) -> None:
        if self.left:
            by_area: dict[int, list[int]] = {}
            for initiative_id, area_id in self.left:
                by_area.setdefault(area_id, []).append(initiative_id)
            for area_id, ids in by_area.items():
                _Located.objects.filter(area_id=area_id, initiative_id__in=ids).delete()
        _Located.objects.bulk_create(self.located, batch_size=BATCH)

    def _alignments(self) -> None:
        if gone := self._all("gone_alignments"):
            Alignment.objects.filter(pk__in=[each.pk for each in gone]).delete()
        if changed := self._all("changed_alignments"):
            Alignment.objects.bulk_update(changed, ["is_main", "contribution"], batch_size=BATCH)
        Alignment.objects.bulk_create(self._all("new_alignments"), batch_size=BATCH)

    def _funding(self) -> None:
        if gone := self._all("gone_funding"):
            FundingLine.objects.filter(pk__in=[each.pk for each in gone]).delete()
        if changed := self._all("changed_funding"):
            FundingLine.objects.bulk_update(changed, ["amount"], batch_size=BATCH)
        FundingLine.objects.bulk_create(self._all("new_funding"), batch_size=BATCH)

    def _partners(self) -> None:
        self._end(self._all("gone_partners"))
        asked: list[tuple[Partner, bool]] = []
        reworded = self._all("reworded")
        for partner in reworded:
            ours = (
                self.actor.acts_for(partner.organisation_id) or partner.organisation_id == partner.initiative.owner_id
            )
            confirmed = partner.confirmation == Partner.Confirmation.CONFIRMED
            if partner.initiative.is_published and confirmed and not ours and not partner.organisation.is_group:
                # What it agreed to is not what is said of it now.
                mark_asked(partner, at=self.at)
                asked.append((partner, True))
        if reworded:
            Partner.objects.bulk_update(reworded, ["contribution", *_ANSWER], batch_size=BATCH)
        new = self._all("new_partners")
        for partner in new:
            if partner.initiative.is_published and answer_or_ask(partner, actor=self.actor, at=self.at):
                asked.append((partner, False))
        Partner.objects.bulk_create(new, batch_size=BATCH)
        tell_asked(asked, actor=self.actor, at=self.at, together=self.together)

    def _end(self, gone: list[Partner]) -> None:
        """Not named any more: from today, or without a trace where a draft had asked nobody."""
        never_asked = [p.pk for p in gone if not p.initiative.is_published and p.asked_at is None]
        if never_asked:
            Partner.objects.filter(pk__in=never_asked).delete()
        ended = [p for p in gone if p.initiative.is_published or p.asked_at is not None]
        day = today()
        for partner in ended:
            if partner.valid_from is not None and partner.valid_from >= day:
                partner.valid_from = None
            partner.valid_to = day
        if ended:
            Partner.objects.bulk_update(ended, ["valid_from", "valid_to"], batch_size=BATCH)
        record_many(
            [
                PartnerEnded(
                    initiative_id=partner.initiative.pk,
                    reference=partner.initiative.reference,
                    partner_id=partner.pk,
                    organisation_id=partner.organisation_id,
                )
                for partner in ended
            ],
            actor=self.actor,
        )


@transaction.atomic
def publish_many(
    *, actor: Actor, initiatives: Sequence[Initiative], visibility: str, at: datetime | None = None
) -> list[Initiative]:
    """Show drafts to partners or to everyone as they are: what they do not say is shown as "not stated".

    For work that somebody brings from a source which is silent about some of it. Partners are marked as asked; whoever
    publishes tells each organisation once. What is published already is left out. Returns those that were published.
    """
    at = at or now()
    if visibility not in (Visibility.PARTNERS, Visibility.PUBLIC):
        raise Invalid({"visibility": [_("Choose who can see it: partners, or everyone.")]})
    rows = [row for row in lock_many(each.pk for each in initiatives).values() if not row.is_published]
    acts: _Acts = []
    for row in rows:
        require(actor, "initiative.publish", row)
        acts.append(("initiative.publish", row, {"visibility": [row.visibility, str(visibility)]}))
        row.visibility = row.intended_visibility = visibility
        row.review_asked_at = None
        row.published_at = row.published_at or at
        # Whoever publishes says that it is accurate today.
        row.verified_at = at
        row.version += 1
        row.changed_at = at
    if not rows:
        return []
    Initiative.objects.bulk_update(
        rows,
        [
            "visibility",
            "intended_visibility",
            "review_asked_at",
            "published_at",
            "verified_at",
            "version",
            "changed_at",
        ],
        batch_size=BATCH,
    )
    keep_many(actor=actor, acts=acts, at=at)
    by_id = {row.pk: row for row in rows}
    unasked = Partner.objects.select_for_update(of=("self",)).filter(
        initiative_id__in=by_id, valid_to=None, confirmation=Partner.Confirmation.NOT_ASKED
    )
    partners = list(unasked.select_related("organisation").order_by("pk"))
    asked = []
    for partner in partners:
        partner.initiative = by_id[partner.initiative_id]
        if answer_or_ask(partner, actor=actor, at=at):
            asked.append((partner, False))
    if partners:
        Partner.objects.bulk_update(partners, _ANSWER, batch_size=BATCH)
    tell_asked(asked, actor=actor, at=at, together=True)
    record_many(
        [
            InitiativesPublished(initiative_ids=[row.pk for row in part], visibility=str(visibility))
            for part in _parts(rows)
        ],
        actor=actor,
    )
    indexing.reindex(by_id)
    return rows


_ANSWER: Final = ["confirmation", "asked_at", "answered_at", "answered_by", "declined_reason"]


def tell_asked(asked: list[tuple[Partner, bool]], *, actor: Actor, at: datetime, together: bool) -> None:
    """Keep in the history who was asked (and whether again), and record it, unless they are told together."""
    keep_many(
        actor=actor,
        acts=[("partner.ask", partner.initiative, {"partner": [None, named(partner)]}) for partner, _again in asked],
        at=at,
    )
    if together:
        return
    record_many(
        [
            PartnerAsked(
                initiative_id=partner.initiative.pk,
                reference=partner.initiative.reference,
                partner_id=partner.pk,
                organisation_id=partner.organisation_id,
                again=again,
            )
            for partner, again in asked
        ],
        actor=actor,
    )


def _parts(rows: Sequence[Initiative]) -> list[Sequence[Initiative]]:
    """Events stay small: one for so many initiatives."""
    return [rows[start : start + BATCH] for start in range(0, len(rows), BATCH)]
