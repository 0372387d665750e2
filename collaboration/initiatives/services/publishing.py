"""From draft to published: asking for review, and publishing."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from collaboration.initiatives.events import InitiativePublished, InitiativeReviewAsked
from collaboration.initiatives.models import Initiative, Visibility
from collaboration.initiatives.services.completing import missing
from collaboration.initiatives.services.partners import ask_named
from collaboration.initiatives.services.records import bump, index, locked, same_version
from groundwork.access.actors import Actor
from groundwork.access.errors import Invalid
from groundwork.audit.services import keep
from groundwork.clock import now
from groundwork.events.services import record


def _refuse_while_missing(initiative: Initiative) -> None:
    gone = missing(initiative)
    if gone:
        raise Invalid({"": [_("Some things are still missing."), *gone]})


def _intended(visibility: str) -> str:
    if visibility not in (Visibility.PARTNERS, Visibility.PUBLIC):
        raise Invalid({"visibility": [_("It is published to partners or to the public.")]})
    return str(visibility)


@transaction.atomic
def ask_review(
    *, actor: Actor, initiative: Initiative, version: int | None = None, at: datetime | None = None
) -> Initiative:
    """Tell those who may publish that the draft is ready; scrutiny of the owner may read it from now on.

    Raises :class:`Invalid` with the list of what is missing. Asked twice it is once.
    """
    at = at or now()
    row = locked(initiative, actor=actor, verb="initiative.ask_review")
    if row.review_asked_at is not None:
        return row
    same_version(row, version, actor=actor)
    _refuse_while_missing(row)
    row.review_asked_at = at
    row.save(update_fields=["review_asked_at"])
    keep(actor=actor, action="initiative.ask_review", obj=row, at=at)
    record(InitiativeReviewAsked(initiative_id=row.pk, reference=row.reference), actor=actor)
    return row


@transaction.atomic
def publish(
    *,
    actor: Actor,
    initiative: Initiative,
    version: int | None = None,
    visibility: str = "",
    at: datetime | None = None,
) -> Initiative:
    """Show it to whom it is meant for, and ask every named partner to confirm.

    ``visibility``: for whom, where that is said only now ("partners" or "public"). Raises :class:`Invalid` with the
    list of what is missing. Published twice it is once: one event, one question to each partner.
    """
    at = at or now()
    row = locked(initiative, actor=actor, verb="initiative.publish")
    if row.is_published:
        return row
    same_version(row, version, actor=actor)
    _refuse_while_missing(row)
    before = row.visibility
    if visibility:
        row.intended_visibility = _intended(visibility)
    row.visibility = row.intended_visibility
    row.review_asked_at = None
    row.published_at = row.published_at or at
    # Whoever publishes says that it is accurate today.
    row.verified_at = at
    bump(row, at=at)
    keep(actor=actor, action="initiative.publish", obj=row, changes={"visibility": [before, row.visibility]}, at=at)
    record(
        InitiativePublished(
            initiative_id=row.pk,
            reference=row.reference,
            visibility=row.visibility,
            created_by_id=row.created_by_id,
        ),
        actor=actor,
    )
    partners = (
        row.partners.select_for_update(of=("self",)).filter(valid_to=None).select_related("organisation").order_by("pk")
    )
    ask_named(actor=actor, initiative=row, partners=partners, at=at)
    index(row)
    return row
