"""Work that somebody has heard of: a short public form, and what officers make of it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from collaboration.initiatives.events import NominationHandled, NominationMade
from collaboration.initiatives.models import Initiative, Nomination
from collaboration.initiatives.services import cleaning
from collaboration.initiatives.services.drafting import new_draft
from collaboration.initiatives.services.records import DOUBLE_CLICK, spoken_time
from groundwork.access.actors import Actor
from groundwork.access.errors import Conflict, Invalid, NotFound
from groundwork.access.rules import require
from groundwork.audit.services import keep
from groundwork.clock import now, today
from groundwork.directory.models import Area, Mandate, Organisation, holding_on
from groundwork.events.services import record


@transaction.atomic
def nominate(
    *,
    actor: Actor,
    title: str,
    what: str,
    who: str = "",
    area: str | None = None,
    email: str = "",
    at: datetime | None = None,
) -> Nomination:
    """Anybody names work they have heard of. ``area`` is an area's code; the address is seen by officers only."""
    at = at or now()
    require(actor, "initiative.nominate")
    problems = cleaning.Problems()
    title = cleaning.text(
        title, field="title", label=_("What it is called"), longest=200, problems=problems, required=True
    )
    what = cleaning.text(
        what,
        field="what",
        label=_("What they do"),
        longest=2000,
        problems=problems,
        required=True,
        lines=True,
    )
    who = cleaning.text(who, field="who", label=_("Who is in it"), longest=500, problems=problems)
    email = cleaning.email(email, field="email", problems=problems)
    where = None
    if area:
        where = Area.objects.filter(code=area).first() if isinstance(area, str) and area.isprintable() else None
        if where is None:
            problems.add("area", _("There is no area with the code “%(code)s”.") % {"code": cleaning.shown(str(area))})
    problems.raise_if_any()
    twin = Nomination.objects.filter(
        title=title, what=what, who=who, email=email, area=where, at__gt=at - DOUBLE_CLICK
    ).first()
    if twin is not None:
        return twin
    made = Nomination.objects.create(title=title, what=what, who=who, email=email, area=where, at=at)
    keep(actor=actor, action="nomination.make", obj=made, changes={"title": [None, title]}, at=at)
    record(NominationMade(nomination_id=made.pk), actor=actor)
    return made


def _locked(nomination: Nomination, *, actor: Actor) -> Nomination:
    require(actor, "initiative.handle_nominations")
    row = Nomination.objects.select_for_update().filter(pk=nomination.pk).first()
    if row is None:
        raise NotFound(_("This does not exist, or you may not see it."))
    return row


@transaction.atomic
def draft_from(
    *, actor: Actor, nomination: Nomination, owner: str | None = None, at: datetime | None = None
) -> Initiative:
    """Make a nomination into a draft: of the officer's organisation, or of the one whose slug is ``owner``.

    Done twice it is one draft. A draft handed over is the other organisation's: the officer sees it once it is
    published. Raises :class:`Invalid` when nobody acts for that organisation yet, :class:`Conflict` when the nomination
    was declined.
    """
    at = at or now()
    row = _locked(nomination, actor=actor)
    if row.initiative is not None:
        return row.initiative
    if row.status == Nomination.Status.DECLINED:
        raise Conflict(
            _("This nomination was not taken up, at %(when)s.") % {"when": spoken_time(row.handled_at or row.at)}
        )
    keeper = _keeper(actor, owner)
    summary = row.what
    if row.who:
        summary += "\n\n" + _("Who is in it: %(who)s") % {"who": row.who}
    draft = new_draft(actor=actor, owner=keeper, title=row.title, summary=summary, at=at)
    if row.area_id is not None:
        draft.areas.add(row.area_id)
    row.initiative = draft
    _handled(row, status=Nomination.Status.DRAFTED, actor=actor, at=at)
    keep(
        actor=actor,
        action="nomination.draft",
        obj=row,
        changes={"draft": [None, draft.reference], "owner": [None, keeper.name]},
        at=at,
    )
    record(NominationHandled(nomination_id=row.pk, initiative_id=draft.pk), actor=actor)
    return draft


def _keeper(actor: Actor, slug: str | None) -> Organisation:
    if not slug:
        assert actor.organisation is not None, "An officer acts for an organisation."  # noqa: S101
        return actor.organisation
    found = (
        Organisation.objects.filter(slug=slug, is_group=False).first()
        if isinstance(slug, str) and slug.isprintable()
        else None
    )
    if found is None:
        raise Invalid({"owner": [_("There is no such organisation in the directory. Choose one from the list.")]})
    people = Mandate.objects.filter(holding_on(today()), organisation=found).exclude(role=Mandate.Role.SCRUTINY)
    if found.status == "closed" or not people.exists():
        raise Invalid(
            {"owner": [_("Nobody acts for %(name)s here yet. Keep the draft, or invite them.") % {"name": found.name}]}
        )
    return found


@transaction.atomic
def decline_nomination(*, actor: Actor, nomination: Nomination, reason: str, at: datetime | None = None) -> Nomination:
    """Not taken up, and why."""
    at = at or now()
    row = _locked(nomination, actor=actor)
    problems = cleaning.Problems()
    reason = cleaning.text(reason, field="reason", label=_("The reason"), longest=500, problems=problems, required=True)
    problems.raise_if_any()
    if row.status == Nomination.Status.DECLINED:
        return row
    if row.status != Nomination.Status.NEW:
        raise Conflict(
            _("This nomination was made into a draft already, at %(when)s.")
            % {"when": spoken_time(row.handled_at or row.at)}
        )
    row.reason = reason
    _handled(row, status=Nomination.Status.DECLINED, actor=actor, at=at)
    keep(actor=actor, action="nomination.decline", obj=row, changes={"reason": [None, reason]}, at=at)
    record(NominationHandled(nomination_id=row.pk, initiative_id=None), actor=actor)
    return row


def _handled(row: Nomination, *, status: str, actor: Actor, at: datetime) -> None:
    row.status = status
    row.handled_at = at
    row.handled_by = actor.person
    row.save()
