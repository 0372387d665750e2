"""The end of a record, and its return: withdrawing, restoring, merging duplicates."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from collaboration.initiatives.events import InitiativeMerged, InitiativeRestored, InitiativeWithdrawn
from collaboration.initiatives.models import Initiative, JoinAsk, Partner, Visibility
from collaboration.initiatives.services import cleaning
from collaboration.initiatives.services.completing import MAIN_STRANDS
from collaboration.initiatives.services.partners import ask_named, named
from collaboration.initiatives.services.records import bump, index, locked
from groundwork.access.actors import Actor
from groundwork.access.errors import Conflict, NotFound
from groundwork.access.rules import require
from groundwork.audit.services import keep
from groundwork.clock import now
from groundwork.events.services import record

_OPENNESS = {Visibility.DRAFT: 0, Visibility.PARTNERS: 1, Visibility.PUBLIC: 2}


@transaction.atomic
def withdraw(*, actor: Actor, initiative: Initiative, reason: str, at: datetime | None = None) -> Initiative:
    """Take it out of the register, with a reason. It is kept, can be restored, and its reference stays its own."""
    at = at or now()
    row = locked(initiative, actor=actor, verb="initiative.withdraw")
    problems = cleaning.Problems()
    reason = cleaning.text(reason, field="reason", label=_("The reason"), longest=500, problems=problems, required=True)
    problems.raise_if_any()
    if row.withdrawn_at is not None:
        return row
    row.withdrawn_at = at
    row.withdrawn_reason = reason
    row.review_asked_at = None
    bump(row, at=at)
    keep(actor=actor, action="initiative.withdraw", obj=row, changes={"reason": [None, reason]}, at=at)
    record(
        InitiativeWithdrawn(initiative_id=row.pk, reference=row.reference, was_published=row.is_published), actor=actor
    )
    index(row)
    return row


@transaction.atomic
def restore(*, actor: Actor, initiative: Initiative, at: datetime | None = None) -> Initiative:
    """Put a withdrawn record back as it was."""
    at = at or now()
    row = locked(initiative, actor=actor, verb="initiative.restore")
    if row.withdrawn_at is None:
        return row
    reason, row.withdrawn_at, row.withdrawn_reason = row.withdrawn_reason, None, ""
    bump(row, at=at)
    keep(actor=actor, action="initiative.restore", obj=row, changes={"reason": [reason, None]}, at=at)
    record(InitiativeRestored(initiative_id=row.pk, reference=row.reference), actor=actor)
    index(row)
    return row


@transaction.atomic
def merge(*, actor: Actor, initiative: Initiative, into: Initiative, at: datetime | None = None) -> Initiative:
    """``initiative`` is the same work as ``into``: keep one record and lead from the other to it. Returns the survivor.

    The survivor keeps what it says itself. It takes over the partners, alignments, areas and funding that it lacks, and
    all updates, learning, asks, offers and challenges. The one that goes keeps its own words and its history.
    """
    at = at or now()
    if initiative.pk == into.pk:
        raise Conflict(_("An initiative cannot be merged into itself."))
    # Both rows in one order, so that two merges the other way round wait for each other instead of for ever.
    rows = {
        row.pk: row
        for row in Initiative.objects.select_for_update().filter(pk__in=[initiative.pk, into.pk]).order_by("pk")
    }
    if len(rows) < 2:
        raise NotFound(_("This does not exist, or you may not see it."))
    gone, kept = rows[initiative.pk], rows[into.pk]
    require(actor, "initiative.view", gone)
    if gone.merged_into_id == kept.pk:
        require(actor, "initiative.view", kept)
        return kept
    require(actor, "initiative.merge", gone)
    require(actor, "initiative.merge", kept)
    if _OPENNESS[Visibility(kept.visibility)] < _OPENNESS[Visibility(gone.visibility)]:
        raise Conflict(
            _("“%(kept)s” is seen by fewer people than “%(gone)s”. Merge it the other way round, or publish it first.")
            % {"kept": kept.title, "gone": gone.title}
        )
    if gone.is_published and gone.visibility != kept.visibility:
        raise Conflict(
            _("“%(gone)s” is shared among partners only. Open it to everyone first, so that nothing slips out.")
            % {"gone": gone.title}
        )
    before = _readable(kept)
    _take_partners(actor=actor, gone=gone, kept=kept, at=at)
    _take_alignments(gone=gone, kept=kept)
    if not kept.areas.exists():
        kept.areas.set(gone.areas.all())
    if not kept.funding.exists():
        gone.funding.update(initiative=kept)
    for rows_of in (gone.updates, gone.learning, gone.asks_and_offers, gone.challenges):
        rows_of.update(initiative=kept)
    gone.problem_reports.filter(closed_at=None).update(initiative=kept)
    waiting = kept.join_asks.filter(status=JoinAsk.Status.WAITING).values("organisation_id")
    gone.join_asks.filter(status=JoinAsk.Status.WAITING).exclude(organisation_id__in=waiting).update(initiative=kept)

    gone.merged_into = kept
    gone.review_asked_at = None
    bump(gone, at=at)
    bump(kept, at=at)
    keep(actor=actor, action="initiative.merge", obj=gone, changes={"merged_into": [None, str(kept)]}, at=at)
    after = _readable(kept)
    changes: dict[str, list[Any]] = {
        field: [before[field], after[field]] for field in after if before[field] != after[field]
    }
    changes["merged_from"] = [None, str(gone) if gone.is_published else gone.reference]
    keep(actor=actor, action="initiative.merge", obj=kept, changes=changes, at=at)
    record(
        InitiativeMerged(
            initiative_id=gone.pk, reference=gone.reference, into_id=kept.pk, into_reference=kept.reference
        ),
        actor=actor,
    )
    index(gone, kept)
    return kept


def _take_partners(*, actor: Actor, gone: Initiative, kept: Initiative, at: datetime) -> None:
    """Partners the survivor lacks. A lead of the other record stays in it as a partner whose role is not stated."""
    named_there = set(kept.partners.filter(valid_to=None).values_list("organisation_id", "role"))
    organisations = {organisation for organisation, _role in named_there} | {kept.lead_id, kept.owner_id}
    moved: list[Partner] = []
    open_rows = gone.partners.select_for_update(of=("self",)).filter(valid_to=None).select_related("organisation")
    for partner in open_rows:
        role = "" if partner.role == Partner.Role.LEAD else partner.role
        if partner.confirmation == Partner.Confirmation.DECLINED or (partner.organisation_id, role) in named_there:
            continue
        if partner.role == Partner.Role.LEAD and partner.organisation_id in organisations:
            continue
        partner.initiative, partner.role = kept, role
        partner.save()
        named_there.add((partner.organisation_id, role))
        organisations.add(partner.organisation_id)
        moved.append(partner)
    if gone.lead is not None and gone.lead_id not in organisations:
        moved.append(Partner.objects.create(initiative=kept, organisation=gone.lead))
    # What came with the place names bodies nobody is asked about; only an owned record asks.
    if kept.is_published and kept.owner_id is not None:
        ask_named(actor=actor, initiative=kept, partners=moved, at=at)


def _take_alignments(*, gone: Initiative, kept: Initiative) -> None:
    has = set(kept.alignments.values_list("element_id", flat=True))
    mains = kept.alignments.filter(is_main=True).count()
    # A record that has its main strands keeps them as its own choice.
    free = MAIN_STRANDS if mains == 0 else 0
    for alignment in gone.alignments.select_for_update(of=("self",)).all():
        if alignment.element_id in has:
            continue
        alignment.initiative = kept
        if alignment.is_main and free:
            free -= 1
        else:
            alignment.is_main = False
        alignment.save()


def _readable(initiative: Initiative) -> dict[str, list[str]]:
    return {
        "partners": [
            named(p)
            for p in initiative.partners.filter(valid_to=None)
            .exclude(confirmation=Partner.Confirmation.DECLINED)
            .select_related("organisation")
        ],
        "elements": [
            a.element.label for a in initiative.alignments.select_related("element").order_by("element__code")
        ],
        "areas": [area.name for area in initiative.areas.all()],
    }
