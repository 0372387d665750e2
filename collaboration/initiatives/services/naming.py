"""Naming who is in it: the lead organisation, and partners with their roles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from collaboration.initiatives.events import PartnerEnded
from collaboration.initiatives.models import Initiative, Partner
from collaboration.initiatives.services import cleaning
from collaboration.initiatives.services.cleaning import Problems
from collaboration.initiatives.services.completing import still_complete
from collaboration.initiatives.services.partners import ask, ask_named, named
from collaboration.initiatives.services.records import changed, locked, same_version
from groundwork.access.actors import Actor
from groundwork.audit.services import differences
from groundwork.clock import now, today
from groundwork.directory.models import Organisation
from groundwork.events.services import record

MOST_PARTNERS = 100


@dataclass(frozen=True, kw_only=True)
class PartnerInput:
    """One line of the partners form. ``organisation`` is a slug; an empty ``role`` means not stated.

    ``since`` is the day its role began, where that is known; None leaves it as it is.
    """

    organisation: str
    role: str = ""
    contribution: str = ""
    since: date | None = None


@dataclass(frozen=True)
class _Wanted:
    organisation: Organisation
    role: str
    contribution: str
    since: date | None


_Key = tuple[int, str]


@transaction.atomic
def save_partners(
    *,
    actor: Actor,
    initiative: Initiative,
    version: int | None,
    lead: str | None,
    partners: Sequence[PartnerInput],
    at: datetime | None = None,
) -> Initiative:
    """The slug of the lead organisation, and every partner with its role: who is not in the list is no longer named.

    Nobody is asked while the record is a draft. On a published one, a newly named partner is asked at once, a confirmed
    one is asked again when what is said of it changes, and one that is left out is ended but kept in the history. A
    partner that declined stays declined, whether listed or not. The lead, when it is not the owner, is asked like any
    other partner.
    """
    at = at or now()
    row = locked(initiative, actor=actor, verb="initiative.edit")
    problems = Problems()
    new_lead = _lead(row, lead, problems)
    wanted = _wanted(row, new_lead, partners, problems)
    problems.raise_if_any()

    present: dict[_Key, Partner] = {
        (p.organisation_id, p.role): p
        for p in row.partners.select_for_update(of=("self",)).filter(valid_to=None).select_related("organisation")
    }
    fresh = [wanted[key] for key in wanted if key not in present]
    reworded = [
        (present[key], want)
        for key, want in wanted.items()
        if key in present
        and present[key].confirmation != Partner.Confirmation.DECLINED
        and (present[key].contribution != want.contribution or want.since not in (None, present[key].valid_from))
    ]
    gone = [p for key, p in present.items() if key not in wanted and p.confirmation != Partner.Confirmation.DECLINED]
    if not fresh and not reworded and not gone and row.lead_id == (new_lead.pk if new_lead else None):
        return row
    same_version(row, version, actor=actor)

    before = _readable(row)
    row.lead = new_lead
    for partner in gone:
        partner.initiative = row
        _end(actor=actor, partner=partner)
    made = [
        Partner.objects.create(
            initiative=row,
            organisation=want.organisation,
            role=want.role,
            contribution=want.contribution,
            valid_from=want.since,
        )
        for want in fresh
    ]
    to_ask_again = []
    for partner, want in reworded:
        says_more = partner.contribution != want.contribution
        partner.contribution = want.contribution
        partner.valid_from = want.since or partner.valid_from
        partner.save()
        if says_more and partner.confirmation == Partner.Confirmation.CONFIRMED:
            to_ask_again.append(partner)
    # The lead is saved by changed() below; completeness reads it from the row.
    still_complete(row, "partners")
    changed(actor=actor, initiative=row, changes=differences(before, _readable(row)), at=at)
    if row.is_published:
        ask_named(actor=actor, initiative=row, partners=made, at=at)
        for partner in to_ask_again:
            own = actor.acts_for(partner.organisation_id) or partner.organisation_id == row.owner_id
            if not own and not partner.organisation.is_group:
                partner.initiative = row
                ask(actor=actor, partner=partner, at=at, again=True)
    return row


def _organisation(
    slug: Any, *, known: dict[str, Organisation], had: set[int], field: str, problems: Problems
) -> Organisation | None:
    if not isinstance(slug, str) or slug not in known:
        problems.add(
            field,
            _("There is no organisation called “%(name)s” in the directory. Choose one from the list.")
            % {"name": cleaning.shown(str(slug))},
        )
        return None
    organisation = known[slug]
    if organisation.pk not in had and (organisation.status == "closed" or not organisation.holds_on(today())):
        problems.add(field, does_not_exist_any_more(organisation))
        return None
    return organisation


def does_not_exist_any_more(organisation: Organisation) -> str:
    return _("%(name)s does not exist any more. Choose the organisation that follows it.") % {"name": organisation.name}


def cannot_lead(group: Organisation) -> str:
    return _("%(name)s is a group of organisations and cannot lead. Choose one of them.") % {"name": group.name}


def names_another_lead(organisation: Organisation) -> str:
    return _("%(name)s is named with the role of lead. Choose it as the lead organisation, or another role.") % {
        "name": organisation.name
    }


def named_twice(organisation: Organisation) -> str:
    return _("%(name)s is named twice with the same role.") % {"name": organisation.name}


def _lead(row: Initiative, slug: str | None, problems: Problems) -> Organisation | None:
    if slug in (None, ""):
        return None
    known = {o.slug: o for o in Organisation.objects.filter(slug=slug)} if _is_plain(slug) else {}
    had = {pk for pk in (row.lead_id, row.owner_id) if pk}
    lead = _organisation(slug, known=known, had=had, field="lead", problems=problems)
    if lead is not None and lead.is_group:
        problems.add("lead", cannot_lead(lead))
        return None
    return lead


def _is_plain(slug: Any) -> bool:
    """Whether a database may be asked for this (PostgreSQL refuses NUL; an index refuses what is too long)."""
    return isinstance(slug, str) and len(slug) <= 100 and slug.isprintable()


def _wanted(
    row: Initiative, lead: Organisation | None, partners: Sequence[PartnerInput], problems: Problems
) -> dict[_Key, _Wanted]:
    if not cleaning.is_list(partners):
        problems.add("partners", _("Partners must be a list."))
        return {}
    if len(partners) > MOST_PARTNERS:
        problems.add("partners", _("Name no more than %(most)s partners.") % {"most": MOST_PARTNERS})
        return {}
    slugs = [p.organisation for p in partners if _is_plain(p.organisation)]
    known = {o.slug: o for o in Organisation.objects.filter(slug__in=slugs)}
    had = set(row.partners.filter(valid_to=None).values_list("organisation_id", flat=True))
    wanted: dict[_Key, _Wanted] = {}
    for position, line in enumerate(partners):
        field = f"partners.{position}"
        organisation = _organisation(line.organisation, known=known, had=had, field=field, problems=problems)
        role = cleaning.choice(line.role, Partner.Role, field=field, label=_("The role"), problems=problems)
        contribution = cleaning.text(
            line.contribution, field=field, label=_("The contribution"), longest=500, problems=problems
        )
        since = cleaning.day(line.since, field=field, label=_("The start of the role"), problems=problems)
        if since is not None and since > today():
            problems.add(field, _("The start of the role must not be in the future."))
        if organisation is None:
            continue
        if role == Partner.Role.LEAD and organisation != lead:
            problems.add(field, names_another_lead(organisation))
        elif (organisation.pk, role) in wanted:
            same = wanted[organisation.pk, role]
            if (same.contribution, same.since) != (contribution, since):
                problems.add(field, named_twice(organisation))
        else:
            wanted[organisation.pk, role] = _Wanted(organisation, role, contribution, since)
    if lead is not None:
        key = (lead.pk, str(Partner.Role.LEAD))
        if lead.pk == row.owner_id:
            # The owner leads by saying so: there is nobody else to ask.
            wanted.pop(key, None)
        else:
            wanted.setdefault(key, _Wanted(lead, Partner.Role.LEAD, "", None))
    return wanted


def _end(*, actor: Actor, partner: Partner) -> None:
    """Not named any more: from today, or without a trace when the record was a draft and nobody had been asked."""
    if not partner.initiative.is_published and partner.asked_at is None:
        partner.delete()
        return
    day = today()
    if partner.valid_from is not None and partner.valid_from >= day:
        partner.valid_from = None
    partner.valid_to = day
    partner.save()
    record(
        PartnerEnded(
            initiative_id=partner.initiative_id,
            reference=partner.initiative.reference,
            partner_id=partner.pk,
            organisation_id=partner.organisation_id,
        ),
        actor=actor,
    )


def _readable(row: Initiative) -> dict[str, Any]:
    """Lead and partners as the audit log shows them to people."""
    partners = (
        row.partners.filter(valid_to=None)
        .exclude(confirmation=Partner.Confirmation.DECLINED)
        .select_related("organisation")
    )
    return {
        "lead": row.lead.name if row.lead else None,
        "partners": [f"{named(p)}: {p.contribution}" if p.contribution else named(p) for p in partners],
    }
