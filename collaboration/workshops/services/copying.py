"""Copies of a plan: a rehearsal for the team, or a workshop to hold again. What was said is never copied."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from collaboration.initiatives import queries as register
from collaboration.initiatives.services import cleaning
from collaboration.workshops.models import Participation, PlannedStage, Workshop
from collaboration.workshops.queries.people import facilitators
from collaboration.workshops.services.planning import begun
from collaboration.workshops.services.records import DOUBLE_CLICK, Status, locked, must_be
from groundwork.access.actors import Actor
from groundwork.access.errors import Conflict
from groundwork.access.rules import require
from groundwork.clock import now

_COPIED = (
    "purpose",
    "prompt",
    "template",
    "columns",
    "names",
    "budget",
    "most",
    "totals",
    "grouping",
    "has_lobby",
    "sensitive",
    "feedback_question",
)


@transaction.atomic
def copy_for_rehearsal(*, actor: Actor, workshop: Workshop, at: datetime | None = None) -> Workshop:
    """A workshop with the same plan and team to try things out in. It is seen by its people alone and mails nobody.

    While a rehearsal is planned or open, asking for one gives that one.
    """
    at = at or now()
    row = locked(workshop, actor=actor, verb="workshop.edit")
    if row.is_rehearsal:
        raise Conflict(_("This is a rehearsal already."))
    must_be(row, Status.PLANNED, Status.OPEN)
    before = row.rehearsals.filter(status__in=(Status.PLANNED, Status.OPEN)).order_by("-pk").first()
    if before is not None:
        return before
    title = _("Rehearsal: %(title)s") % {"title": row.title}
    copy = _copied(row, title=title[:200], actor=actor, at=at, host_id=row.host_id, rehearses=row)
    # Whoever runs the real one rehearses it.
    Participation.objects.bulk_create(
        Participation(
            workshop=copy,
            role=each.role,
            person=each.person,
            mandate=each.mandate,
            organisation=each.organisation,
            name=each.name,
            joined_at=at,
            seen_at=at,
        )
        for each in facilitators(row)
        if each.person_id is not None and each.person_id != (actor.person.pk if actor.person else None)
    )
    _planner(copy, actor, at)
    begun(actor=actor, workshop=copy, changes={"rehearses": [None, row.code]}, at=at)
    return copy


@transaction.atomic
def copy_workshop(*, actor: Actor, workshop: Workshop, title: str = "", at: datetime | None = None) -> Workshop:
    """Plan a workshop like this one: its plan, columns, rules and subjects; no dates, no people, no invitations.

    It is hosted by the actor's organisation, with the actor as its facilitator.
    """
    at = at or now()
    row = locked(workshop, actor=actor, verb="workshop.copy")
    require(actor, "workshop.plan")
    problems = cleaning.Problems()
    title = cleaning.text(
        title or row.title, field="title", label=_("The title"), longest=200, problems=problems, required=True
    )
    problems.raise_if_any()
    twin = Workshop.objects.filter(
        created_by=actor.person,
        title=title,
        template=row.template,
        rehearses=None,
        created_at__gt=at - DOUBLE_CLICK,
        created_at__lte=at + DOUBLE_CLICK,
    ).exclude(pk=row.pk)
    if (first := twin.first()) is not None:
        return first
    assert actor.organisation is not None, "The rule asks for a mandate."  # noqa: S101
    copy = _copied(row, title=title, actor=actor, at=at, host_id=actor.organisation.pk, rehearses=None)
    _planner(copy, actor, at)
    begun(actor=actor, workshop=copy, changes={"copy_of": [None, row.code]}, at=at)
    return copy


def _copied(
    row: Workshop, *, title: str, actor: Actor, at: datetime, host_id: int, rehearses: Workshop | None
) -> Workshop:
    copy = Workshop(
        title=title,
        host_id=host_id,
        rehearses=rehearses,
        created_at=at,
        created_by=actor.person,
        **{name: getattr(row, name) for name in _COPIED},
    )
    copy.save()
    PlannedStage.objects.bulk_create(
        PlannedStage(workshop=copy, stage=each.stage, minutes=each.minutes, note=each.note) for each in row.plan.all()
    )
    copy.frameworks.set(row.frameworks.all())
    copy.elements.set(row.elements.all())
    # A copy must not show its planner what only the first one's organisers may see.
    copy.initiatives.set(register.visible_to(actor).filter(workshops=row))
    return copy


def _planner(copy: Workshop, actor: Actor, at: datetime) -> None:
    if actor.person is None:
        return
    Participation.objects.create(
        workshop=copy,
        role=Participation.Role.FACILITATOR,
        person=actor.person,
        mandate=actor.mandate,
        organisation=actor.organisation,
        name=actor.person.name[:120],
        joined_at=at,
        seen_at=at,
    )
