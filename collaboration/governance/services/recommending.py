"""Following up recommendations: who answers for one, whether they take it on, how far it is, and what shows that."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from collaboration.governance.events.recommendations import RecommendationChanged
from collaboration.governance.models import Recommendation
from collaboration.governance.services.cleaning_boards import organisation
from collaboration.governance.services.records import spoken_day
from collaboration.initiatives.services import cleaning
from groundwork.access.actors import Actor
from groundwork.access.errors import Conflict, NotFound
from groundwork.access.rules import require
from groundwork.audit.services import differences, keep
from groundwork.clock import now, today
from groundwork.events.services import record

Status = Recommendation.Status
CLOSED: Final = (Status.DONE, Status.NOT_ACCEPTED, Status.REPLACED)
LONGEST: Final = 4000


@transaction.atomic
def assign(
    *,
    actor: Actor,
    recommendation: Recommendation,
    version: int | None,
    owner: str = "",
    due_on: date | str | None = None,
    at: datetime | None = None,
) -> Recommendation:
    """Say which organisation is to answer for it (by slug; "": nobody yet) and by when. It is theirs once they accept.

    An actor who may answer for that organisation accepts by this. Raises :class:`Invalid`, :class:`Conflict`.
    """
    at = at or now()
    row = _locked(recommendation, actor=actor, verb="recommendation.assign")
    problems = cleaning.Problems()
    body = organisation(owner, field="owner", problems=problems) if owner else None
    day = cleaning.day(due_on, field="due_on", label=_("The day it is due"), problems=problems)
    problems.raise_if_any()
    before = _readable(row)
    if (body.pk if body else None) != row.owner_id:
        is_own = body is not None and actor.acts_for(body.pk, "lead", "approver", "officer")
        row.owner, row.owner_accepted_at = body, at if is_own else None
    row.due_on = day
    return _changed(actor, row, before, version, at, "recommendation.assign")


@transaction.atomic
def accept(*, actor: Actor, recommendation: Recommendation, at: datetime | None = None) -> Recommendation:
    """The organisation that is asked takes it on. A second click changes nothing."""
    at = at or now()
    row = _locked(recommendation, actor=actor, verb="recommendation.accept")
    if row.owner_accepted_at is not None:
        return row
    before = _readable(row)
    row.owner_accepted_at = at
    return _changed(actor, row, before, None, at, "recommendation.accept")


@transaction.atomic
def decline(
    *, actor: Actor, recommendation: Recommendation, reason: str = "", at: datetime | None = None
) -> Recommendation:
    """The organisation that is asked does not: nobody answers for it then. The reason is kept as an update."""
    at = at or now()
    row = _locked(recommendation, actor=actor, verb="recommendation.accept")
    problems = cleaning.Problems()
    said = cleaning.text(reason, field="reason", label=_("The reason"), longest=500, problems=problems)
    problems.raise_if_any()
    before, body = _readable(row), row.owner
    row.owner = row.owner_accepted_at = None
    words = _("%(organisation)s does not answer for this.") % {"organisation": body.name if body else ""}
    row.updates.create(text=f"{words} {said}".strip(), at=at, by=actor.person, organisation=actor.organisation)
    return _changed(actor, row, before, None, at, "recommendation.decline")


@transaction.atomic
def report(
    *,
    actor: Actor,
    recommendation: Recommendation,
    version: int | None,
    status: str,
    response: str = "",
    evidence: str = "",
    text: str = "",
    at: datetime | None = None,
) -> Recommendation:
    """How far it is. Done needs what shows it; not accepted, or replaced, needs a response that says why."""
    at = at or now()
    row = _locked(recommendation, actor=actor, verb="recommendation.report")
    problems = cleaning.Problems()

    def words(value: str, field: str, label: str, longest: int = LONGEST) -> str:
        return cleaning.text(value, field=field, label=label, longest=longest, problems=problems, lines=True)

    before = _readable(row)
    row.response = words(response, "response", _("The response"))
    row.evidence = words(evidence, "evidence", _("What shows it"))
    said = words(text, "text", _("How it goes"), 1000)
    row.status = cleaning.choice(status, Status, field="status", label=_("How far it is"), problems=problems)
    if not row.status and "status" not in problems.errors:
        problems.add("status", _("Say how far it is."))
    if row.status == Status.DONE and not row.evidence and not problems:
        problems.add("evidence", _("Say what shows that it is done: an address, or where it can be looked up."))
    if row.status in (Status.NOT_ACCEPTED, Status.REPLACED) and not row.response and not problems:
        problems.add("response", _("Say why, so that readers can follow it."))
    problems.raise_if_any()
    row.closed_on = (row.closed_on or today()) if row.status in CLOSED else None
    if said and not row.updates.filter(text=said, by=actor.person, at__date=at.date()).exists():
        row.updates.create(text=said, at=at, by=actor.person, organisation=actor.organisation)
    return _changed(actor, row, before, version, at, "recommendation.report")


def _locked(recommendation: Recommendation, *, actor: Actor, verb: str) -> Recommendation:
    row = (
        Recommendation.objects.select_for_update(of=("self",))
        .select_related("list__board", "owner")
        .filter(pk=recommendation.pk)
        .first()
    )
    if row is None:
        raise NotFound(_("This does not exist, or you may not see it."))
    require(actor, verb, row)
    return row


def _changed(
    actor: Actor, row: Recommendation, before: dict[str, Any], version: int | None, at: datetime, act: str
) -> Recommendation:
    changes = differences(before, _readable(row))
    if not changes:
        return row
    if version is not None and version != row.version:
        raise Conflict(_("This recommendation was changed after you opened it. Check what changed, then save again."))
    row.version += 1
    row.save()
    keep(actor=actor, action=act, obj=row, changes=changes, at=at)
    record(RecommendationChanged(recommendation_id=row.pk, version=row.version, fields=sorted(changes)), actor=actor)
    return row


def _readable(row: Recommendation) -> dict[str, Any]:
    return {
        "owner": row.owner.name if row.owner else None,
        "accepted": spoken_day(row.owner_accepted_at.date()) if row.owner_accepted_at else None,
        "due": spoken_day(row.due_on),
        "status": str(Status(row.status).label) if row.status in Status.values else row.status,
        "response": row.response or None,
        "evidence": row.evidence or None,
    }
