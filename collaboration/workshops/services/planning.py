"""Planning: beginning a workshop; what it is about, when and where, and who may see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from collaboration.initiatives.services import cleaning
from collaboration.workshops.events import WorkshopPlanned
from collaboration.workshops.models import Participation, PlannedStage, Workshop, WorkshopInvitation
from collaboration.workshops.queries.templates import template as template_called
from collaboration.workshops.registry import tell_planned, tell_rules_changed
from collaboration.workshops.services.records import (
    DOUBLE_CLICK,
    Status,
    changed,
    locked,
    must_be,
    same_version,
    spoken_moment,
)
from collaboration.workshops.shipped import LONGEST_PROMPT
from groundwork.access.actors import Actor
from groundwork.access.errors import NotAllowed
from groundwork.access.rules import require
from groundwork.accounts.models import Person
from groundwork.audit.services import differences, keep
from groundwork.clock import now
from groundwork.directory.models import Organisation
from groundwork.events.services import record

LONGEST_WORKSHOP: Final = timedelta(days=366)
INVITATION_VALID_FOR: Final = timedelta(days=14)

_ABOUT: Final = frozenset({"title", "purpose", "prompt", "feedback_question", "sensitive"})
_WHEN: Final = frozenset({"starts_at", "ends_at", "venue", "link"})
_WHO: Final = frozenset({"visibility", "has_lobby"})
FIELDS: Final = _ABOUT | _WHEN | _WHO
"""What :func:`change_workshop` takes."""

_TOLD: Final = _WHEN | {"title"}
"""A change of these is told to whoever was invited: it stands in their calendar."""


@transaction.atomic
def plan_workshop(
    *,
    actor: Actor,
    title: str,
    template: str,
    host: Organisation | None = None,
    at: datetime | None = None,
    **fields: Any,
) -> Workshop:
    """Begin a workshop from a template: hosted by the actor's organisation, with the actor as its first facilitator.

    ``fields`` are those of :func:`change_workshop`. The same title from the same person within ten seconds is a double
    click and gives the same workshop. Raises :class:`NotAllowed` without a mandate to plan, or for another host than
    one's own organisation, :class:`Invalid` with sentences by field.
    """
    at = at or now()
    require(actor, "workshop.plan")
    if host is not None and host.pk != actor.organisation_id:
        raise NotAllowed(_("A workshop is hosted by the organisation that you act for."))
    made_from = template_called(template)
    problems = cleaning.Problems()
    given = _cleaned({"title": title, "prompt": made_from.prompt, "purpose": made_from.purpose, **fields}, problems)
    _in_order(given, None, problems)
    problems.raise_if_any()
    assert actor.person is not None, "The rule asks for a mandate."  # noqa: S101
    assert actor.organisation is not None, "A mandate is for an organisation."  # noqa: S101
    # The planner is locked before the look for a first click, so that two clicks at once cannot both miss it.
    Person.objects.select_for_update().get(pk=actor.person.pk)
    twin = Workshop.objects.filter(
        created_by=actor.person,
        host_id=actor.organisation_id,
        title=given["title"],
        template=made_from.key,
        rehearses=None,
        status=Status.PLANNED,
        created_at__gt=at - DOUBLE_CLICK,
        created_at__lte=at + DOUBLE_CLICK,
    ).first()
    if twin is not None:
        return twin
    workshop = Workshop(
        **given,
        **asdict(made_from.rules),
        template=made_from.key,
        columns=[asdict(column) for column in made_from.columns],
        host=actor.organisation,
        created_at=at,
        created_by=actor.person,
    )
    workshop.save()
    PlannedStage.objects.bulk_create(
        PlannedStage(workshop=workshop, stage=stage, minutes=minutes) for stage, minutes in made_from.plan
    )
    Participation.objects.create(
        workshop=workshop,
        role=Participation.Role.FACILITATOR,
        person=actor.person,
        mandate=actor.mandate,
        organisation=actor.organisation,
        name=actor.person.name[:120],
        joined_at=at,
        seen_at=at,
    )
    begun(actor=actor, workshop=workshop, changes={"title": [None, workshop.title]}, at=at)
    return workshop


def begun(*, actor: Actor, workshop: Workshop, changes: dict[str, Any], at: datetime) -> None:
    """Within a transaction: keep and tell that a workshop, with its plan and team, is there."""
    keep(actor=actor, action="workshop.plan", obj=workshop, changes=changes, at=at)
    record(WorkshopPlanned(workshop_id=workshop.pk), actor=actor)
    tell_planned(workshop)


@transaction.atomic
def change_workshop(
    *,
    actor: Actor,
    workshop: Workshop,
    version: int | None,
    tell: bool = True,
    at: datetime | None = None,
    **fields: Any,
) -> Workshop:
    """Change any of :data:`FIELDS`; those not given stay as they are.

    ``tell``: whoever was invited is told by mail when it takes place at another time or place, or has another title.
    Raises :class:`Conflict` when ``version`` is not the present one or it is over, :class:`Invalid` by field.
    """
    at = at or now()
    if unknown := fields.keys() - FIELDS:
        raise TypeError(f"A workshop has no {sorted(unknown)[0]} to change.")
    row = locked(workshop, actor=actor, verb="workshop.edit")
    problems = cleaning.Problems()
    new = _cleaned(fields, problems)
    _in_order(new, row, problems)
    if row.is_rehearsal and new.get("visibility", "invited") != "invited":
        problems.add("visibility", _("A rehearsal is seen only by people who take part."))
    problems.raise_if_any()
    different = sorted(name for name, value in new.items() if getattr(row, name) != value)
    if not different:
        return row
    must_be(row, Status.PLANNED, Status.OPEN)
    same_version(row, version, actor=actor)
    before = _readable(row, different)
    for name in different:
        setattr(row, name, new[name])
    is_told = bool(_TOLD.intersection(different))
    if is_told:
        row.sequence += 1
        _keep_invitations_working(row, at)
    changed(
        actor=actor,
        workshop=row,
        changes=differences(before, _readable(row, different)),
        at=at,
        tell=tell and is_told and not row.is_rehearsal,
    )
    if "title" in different or "prompt" in different:
        tell_rules_changed(row)
    return row


def expiry_for(workshop: Workshop, at: datetime) -> datetime:
    """Until when an invitation made now works: two weeks, or the day after the workshop where that is later."""
    ends = workshop.ends_at or workshop.starts_at
    return max(at + INVITATION_VALID_FOR, ends + timedelta(days=1)) if ends else at + INVITATION_VALID_FOR


def _keep_invitations_working(workshop: Workshop, at: datetime) -> None:
    until = expiry_for(workshop, at)
    WorkshopInvitation.objects.filter(
        workshop=workshop, revoked_at=None, expires_at__gt=at, expires_at__lt=until
    ).update(expires_at=until)


def _cleaned(fields: Mapping[str, Any], problems: cleaning.Problems) -> dict[str, Any]:
    """The given fields as they are kept; what is wrong with them goes to ``problems``."""
    texts = {
        "title": (_("The title"), 200, False, True),
        "purpose": (_("The purpose"), 2000, True, False),
        "prompt": (_("The question on the board"), LONGEST_PROMPT, True, False),
        "feedback_question": (_("The question at the end"), 200, False, False),
        "venue": (_("The venue"), 300, False, False),
    }
    new: dict[str, Any] = {}
    for name, value in fields.items():
        if name in texts:
            label, longest, lines, required = texts[name]
            new[name] = cleaning.text(
                value, field=name, label=label, longest=longest, problems=problems, lines=lines, required=required
            )
        elif name in ("starts_at", "ends_at"):
            new[name] = _moment(value, field=name, problems=problems)
        elif name == "link":
            new[name] = _web_address(value, problems)
        elif name == "visibility":
            new[name] = cleaning.choice(
                value, Workshop.Visibility, field=name, label=_("Who can see it"), problems=problems
            )
            if not new[name] and name not in problems.errors:
                problems.add(name, _("Choose who can see it."))
        elif name in ("has_lobby", "sensitive"):
            new[name] = value is True
        else:
            raise TypeError(f"A workshop has no {name}.")
    return new


def _moment(value: Any, *, field: str, problems: cleaning.Problems) -> datetime | None:
    if value in (None, ""):
        return None
    if not isinstance(value, datetime):
        problems.add(field, _("Enter a real date and time."))
        return None
    if timezone.is_naive(value):
        value = timezone.make_aware(value)
    value = value.astimezone(UTC).replace(second=0, microsecond=0)
    if not 2000 <= value.year <= 2200:
        problems.add(field, _("The date must be between 2000 and 2200."))
        return None
    return value


def _web_address(value: Any, problems: cleaning.Problems) -> str:
    kept = cleaning.text(value, field="link", label=_("The address of the call"), longest=200, problems=problems)
    if kept:
        try:
            URLValidator(schemes=["https", "http"])(kept)
        except ValidationError:
            problems.add("link", _("Enter a web address that starts with https://, like https://meet.example.org/123."))
    return kept


def _in_order(new: Mapping[str, Any], row: Workshop | None, problems: cleaning.Problems) -> None:
    starts = new.get("starts_at", row.starts_at if row else None)
    ends = new.get("ends_at", row.ends_at if row else None)
    if problems.errors.keys() & {"starts_at", "ends_at"}:
        return
    if ends and not starts:
        problems.add("starts_at", _("Enter when it starts, or leave out when it ends."))
    elif starts and ends and ends <= starts:
        problems.add("ends_at", _("It must end after it starts."))
    elif starts and ends and ends - starts > LONGEST_WORKSHOP:
        problems.add("ends_at", _("A workshop lasts at most a year."))


def _readable(workshop: Workshop, fields: Sequence[str]) -> dict[str, Any]:
    """Fields as the audit log shows them to people."""
    shown: dict[str, Any] = {}
    for field in fields:
        value = getattr(workshop, field)
        if isinstance(value, datetime):
            value = spoken_moment(value)
        shown[field] = value if isinstance(value, bool) else value or None
    return shown
