"""Beginning a record, and its plain sections: what it is, where, how people take part, whom to contact."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from collaboration.initiatives.events import InitiativeDrafted
from collaboration.initiatives.models import Initiative, Scale, Stage, Visibility
from collaboration.initiatives.services import cleaning
from collaboration.initiatives.services.aligning import set_principles
from collaboration.initiatives.services.completing import still_complete
from collaboration.initiatives.services.records import (
    DOUBLE_CLICK,
    changed,
    lock_counter,
    locked,
    next_reference,
    same_version,
    spoken_day,
)
from groundwork.access.actors import Actor
from groundwork.access.rules import require
from groundwork.audit.services import differences, keep
from groundwork.clock import now, today
from groundwork.directory.models import Area, Organisation
from groundwork.events.services import record

MOST_AREAS = 60


@transaction.atomic
def start_draft(*, actor: Actor, title: str, at: datetime | None = None) -> Initiative:
    """Begin a record owned by the actor's organisation, with the next reference of the place.

    The same title from the same person within ten seconds is a double click and gives the same draft. Raises
    :class:`NotAllowed` without a mandate to register, :class:`Invalid` without a title.
    """
    at = at or now()
    require(actor, "initiative.register")
    problems = cleaning.Problems()
    title = cleaning.text(title, field="title", label=_("The title"), longest=200, problems=problems, required=True)
    problems.raise_if_any()
    assert actor.organisation is not None, "A mandate is for an organisation."  # noqa: S101
    return new_draft(actor=actor, owner=actor.organisation, title=title, at=at)


def new_draft(*, actor: Actor, owner: Organisation, title: str, at: datetime, summary: str = "") -> Initiative:
    """Within a transaction and with everything checked: the draft itself, or the one a first click has just made."""
    # The counter's lock is taken before the look for a first click, so that two clicks at once cannot both miss it.
    place = lock_counter()
    twin = (
        Initiative.objects.filter(
            created_by=actor.person,
            owner=owner,
            title=title,
            visibility=Visibility.DRAFT,
            withdrawn_at=None,
            merged_into=None,
            created_at__gt=at - DOUBLE_CLICK,
            created_at__lte=at + DOUBLE_CLICK,
        )
        .order_by("-pk")
        .first()
    )
    if twin is not None:
        return twin
    number, reference = next_reference(place)
    draft = Initiative.objects.create(
        number=number,
        reference=reference,
        title=title,
        summary=summary,
        owner=owner,
        created_by=actor.person,
        created_at=at,
        changed_at=at,
    )
    changes = {"title": [None, title]}
    if summary:
        changes["summary"] = [None, summary]
    keep(actor=actor, action="initiative.draft", obj=draft, changes=changes, at=at)
    record(InitiativeDrafted(initiative_id=draft.pk, reference=draft.reference), actor=actor)
    return draft


def readable(initiative: Initiative, fields: Sequence[str]) -> dict[str, Any]:
    """Fields of a record as the audit log shows them to people. Visibility stays the word of the rule it follows."""
    shown: dict[str, Any] = {}
    for field in fields:
        value = getattr(initiative, field)
        if field in ("stage", "scale"):
            value = str(getattr(initiative, f"get_{field}_display")())
        elif isinstance(value, date):
            value = spoken_day(value)
        shown[field] = value or None
    return shown


def _save(
    *,
    actor: Actor,
    row: Initiative,
    version: int | None,
    section: str,
    new: dict[str, Any],
    at: datetime,
    also: dict[str, list[Any]] | None = None,
) -> Initiative:
    """Keep ``new`` values of a locked row. What is as it was already is no change, whatever version it came with."""
    fields = [field for field, value in new.items() if getattr(row, field) != value]
    if not fields and not also:
        return row
    same_version(row, version, actor=actor)
    before = readable(row, fields)
    for field in fields:
        setattr(row, field, new[field])
    still_complete(row, section)
    changed(actor=actor, initiative=row, changes={**differences(before, readable(row, fields)), **(also or {})}, at=at)
    return row


@transaction.atomic
def save_about(
    *,
    actor: Actor,
    initiative: Initiative,
    version: int | None,
    title: str,
    summary: str = "",
    difference: str = "",
    stage: str = "",
    scale: str | None = None,
    starts_on: date | None = None,
    ends_on: date | None = None,
    at: datetime | None = None,
) -> Initiative:
    """What it is. Empty means not stated; a ``scale`` of None leaves it as it is (see :func:`save_places`).

    Raises :class:`Conflict` when ``version`` is not the present one, :class:`Invalid` with sentences by field.
    """
    row = locked(initiative, actor=actor, verb="initiative.edit")
    problems = cleaning.Problems()
    new: dict[str, Any] = {
        "title": cleaning.text(
            title, field="title", label=_("The title"), longest=200, problems=problems, required=True
        ),
        "summary": cleaning.text(
            summary, field="summary", label=_("The summary"), longest=4000, problems=problems, lines=True
        ),
        "difference": cleaning.text(
            difference, field="difference", label=_("The difference"), longest=2000, problems=problems, lines=True
        ),
        "stage": cleaning.choice(stage, Stage, field="stage", label=_("The stage"), problems=problems),
        "starts_on": cleaning.day(starts_on, field="starts_on", label=_("The start"), problems=problems),
        "ends_on": cleaning.day(ends_on, field="ends_on", label=_("The end"), problems=problems),
    }
    if scale is not None:
        new["scale"] = cleaning.choice(scale, Scale, field="scale", label=_("The scale"), problems=problems)
    cleaning.dates_in_order(new["starts_on"], new["ends_on"], field="ends_on", problems=problems)
    problems.raise_if_any()
    return _save(actor=actor, row=row, version=version, section="about", new=new, at=at or now())


@transaction.atomic
def save_places(
    *,
    actor: Actor,
    initiative: Initiative,
    version: int | None,
    areas: Sequence[str],
    scale: str | None = None,
    at: datetime | None = None,
) -> Initiative:
    """Where it happens: codes of areas, and the scale (None leaves it as it is).

    An area that no longer exists may stay where it is named already; it cannot be chosen anew.
    """
    row = locked(initiative, actor=actor, verb="initiative.edit")
    problems = cleaning.Problems()
    wanted = cleaning.codes(areas, field="areas", label=_("Areas"), problems=problems, most=MOST_AREAS)
    new: dict[str, Any] = {}
    if scale is not None:
        new["scale"] = cleaning.choice(scale, Scale, field="scale", label=_("The scale"), problems=problems)
    had = list(row.areas.all())
    found = list(Area.objects.filter(code__in=wanted))
    for code in cleaning.unknown(wanted, (a.code for a in found)):
        problems.add("areas", _("There is no area with the code “%(code)s”.") % {"code": code})
    day = today()
    for area in found:
        if area not in had and not area.holds_on(day):
            problems.add("areas", _("%(area)s is not an area today. Choose another.") % {"area": area.name})
    problems.raise_if_any()
    also = {}
    if {a.pk for a in had} != {a.pk for a in found}:
        # Checked here as well, because the rows below are written before _save() looks.
        same_version(row, version, actor=actor)
        also["areas"] = [sorted(a.name for a in had), sorted(a.name for a in found)]
        row.areas.set(found)
    return _save(actor=actor, row=row, version=version, section="places", new=new, at=at or now(), also=also)


@transaction.atomic
def save_participation(
    *,
    actor: Actor,
    initiative: Initiative,
    version: int | None,
    participation: str = "",
    principles: Sequence[str] | None = None,
    at: datetime | None = None,
) -> Initiative:
    """How people take part, and the codes of the principles it follows (None leaves these as they are)."""
    row = locked(initiative, actor=actor, verb="initiative.edit")
    problems = cleaning.Problems()
    new = {
        "participation": cleaning.text(
            participation,
            field="participation",
            label=_("How people take part"),
            longest=2000,
            problems=problems,
            lines=True,
        )
    }
    also: dict[str, list[Any]] = {}
    if principles is not None:
        apply, also = set_principles(row, principles, problems)
        problems.raise_if_any()
        if also:
            same_version(row, version, actor=actor)
            apply()
    problems.raise_if_any()
    return _save(actor=actor, row=row, version=version, section="participation", new=new, at=at or now(), also=also)


@transaction.atomic
def save_contact(
    *,
    actor: Actor,
    initiative: Initiative,
    version: int | None,
    contact_role: str = "",
    contact_email: str = "",
    intended_visibility: str | None = None,
    at: datetime | None = None,
) -> Initiative:
    """Whom to contact, and who is to see the record (None leaves that as it is).

    On a published record the visibility changes at once, and needs somebody who may publish.
    """
    row = locked(initiative, actor=actor, verb="initiative.edit")
    problems = cleaning.Problems()
    new: dict[str, Any] = {
        "contact_role": cleaning.text(
            contact_role, field="contact_role", label=_("The contact's role"), longest=120, problems=problems
        ),
        "contact_email": cleaning.email(contact_email, field="contact_email", problems=problems),
    }
    if intended_visibility is not None:
        if intended_visibility not in (Visibility.PARTNERS, Visibility.PUBLIC):
            problems.add("intended_visibility", _("Choose who can see it: partners, or everyone."))
        new["intended_visibility"] = intended_visibility
    problems.raise_if_any()
    if row.is_published and new.get("intended_visibility", row.visibility) != row.visibility:
        require(actor, "initiative.publish", row)
        new["visibility"] = intended_visibility
    return _save(actor=actor, row=row, version=version, section="contact", new=new, at=at or now())
