"""Who is in it: the lead, and the partners with their parts."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from collaboration.initiatives.models import Partner
from collaboration.initiatives.services import cleaning, naming
from collaboration.initiatives.services.partners import named
from collaboration.initiatives.services.stating.naming import exists_today
from collaboration.initiatives.services.stating.statements import UNSTATED, PartnerStatement
from collaboration.initiatives.services.stating.work import Work
from groundwork.audit.services import differences
from groundwork.directory.models import Organisation


def say_who(work: Work) -> None:
    said, row = work.statement, work.row
    if said.lead is UNSTATED and said.partners is UNSTATED:
        return
    old_lead = work.present.lead
    had = {p.organisation_id for p in work.present.partners} | {pk for pk in (row.lead_id, row.owner_id) if pk}
    lead = old_lead
    if said.lead is not UNSTATED:
        lead = _organisation(work, said.lead, "lead", had, can_lead=True) if said.lead else None
    wanted = _wanted(work, lead, had)
    if work.problems:
        return
    present = {(p.organisation_id, p.role): p for p in work.present.partners}
    declined = Partner.Confirmation.DECLINED
    target = work.target
    target.new_partners = [
        Partner(organisation=organisation, role=role, contribution=contribution or "")
        for (pk, role), (organisation, contribution) in wanted.items()
        if (pk, role) not in present
    ]
    target.reworded = []
    for key, (_body, contribution) in wanted.items():
        partner = present.get(key)
        if partner is None or contribution is None or partner.confirmation == declined:
            continue
        if partner.contribution != contribution:
            partner = copy.copy(partner)
            partner.contribution = contribution
            target.reworded.append(partner)
    target.gone_partners = [p for key, p in present.items() if key not in wanted and p.confirmation != declined]
    before, after = _spoken(old_lead, work.present.partners), _spoken_after(work, lead)
    if row.lead_id != (lead.pk if lead else None):
        target.fields["lead"] = lead
        work.inverse["lead"] = old_lead.slug if old_lead else ""
    work.changes |= differences(before, after)
    if target.new_partners or target.reworded or target.gone_partners:
        work.inverse["partners"] = [
            PartnerStatement(organisation=p.organisation.slug, role=p.role, contribution=p.contribution)
            for p in work.present.partners
            if p.confirmation != declined
            and not (p.role == Partner.Role.LEAD and old_lead is not None and p.organisation_id == old_lead.pk)
        ]


def _organisation(work: Work, text: Any, field: str, had: set[int], *, can_lead: bool = False) -> Organisation | None:
    found = work.directory.organisations.find(
        text, field=field, what=_("organisation"), problems=work.problems, prefer=lambda each: each.pk in had
    )
    if found is None:
        return None
    if can_lead and found.is_group:
        work.problems.add(field, naming.cannot_lead(found))
        return None
    if found.pk not in had and not exists_today(found):
        work.problems.add(field, naming.does_not_exist_any_more(found))
        return None
    return found


def _wanted(
    work: Work, lead: Organisation | None, had: set[int]
) -> dict[tuple[int, str], tuple[Organisation, str | None]]:
    """Every partnership that is to be, by organisation and role, with its contribution (None: as it is)."""
    said, row = work.statement, work.row
    open_roles: dict[int, list[Partner]] = {}
    for partner in work.present.partners:
        open_roles.setdefault(partner.organisation_id, []).append(partner)
    wanted: dict[tuple[int, str], tuple[Organisation, str | None]] = {}
    if said.partners is UNSTATED:
        stated: Sequence[PartnerStatement] = []
        for partner in work.present.partners:
            if partner.role != Partner.Role.LEAD:
                wanted[partner.organisation_id, partner.role] = (partner.organisation, None)
    else:
        stated = said.partners
    if not cleaning.is_list(stated):
        work.problems.add("partners", _("Partners must be a list."))
        return {}
    if len(stated) > naming.MOST_PARTNERS:
        work.problems.add("partners", _("Name no more than %(most)s partners.") % {"most": naming.MOST_PARTNERS})
        return {}
    for position, each in enumerate(stated):
        field = f"partners.{position}"
        organisation = _organisation(work, each.organisation, field, had)
        role, contribution = each.role, each.contribution
        if role is not None:
            role = cleaning.choice(role, Partner.Role, field=field, label=_("The role"), problems=work.problems)
        if contribution is not None:
            contribution = cleaning.text(
                contribution, field=field, label=_("The contribution"), longest=500, problems=work.problems
            )
        if organisation is None:
            continue
        if role == Partner.Role.LEAD:
            if organisation != lead:
                work.problems.add(field, naming.names_another_lead(organisation))
            continue
        roles = [role] if role is not None else _roles(organisation, lead, open_roles)
        for one in roles:
            if (organisation.pk, one) not in wanted:
                wanted[organisation.pk, one] = (organisation, contribution)
            elif contribution is not None and wanted[organisation.pk, one][1] != contribution:
                work.problems.add(field, naming.named_twice(organisation))
    if lead is not None and lead.pk != row.owner_id:
        # The owner leads by saying so: there is nobody else to ask.
        wanted.setdefault((lead.pk, str(Partner.Role.LEAD)), (lead, None))
    return wanted


def _roles(organisation: Organisation, lead: Organisation | None, open_roles: dict[int, list[Partner]]) -> list[str]:
    """The parts meant by an organisation that is named without a role: those it has, else one not stated."""
    has = [p.role for p in open_roles.get(organisation.pk, []) if p.role != Partner.Role.LEAD]
    return has or ([] if organisation == lead else [""])


def _spoken(lead: Organisation | None, partners: Sequence[Partner]) -> dict[str, Any]:
    shown = [p for p in partners if p.confirmation != Partner.Confirmation.DECLINED]
    shown.sort(key=lambda p: (p.organisation.name, p.role))
    return {
        "lead": lead.name if lead else None,
        "partners": [f"{named(p)}: {p.contribution}" if p.contribution else named(p) for p in shown] or None,
    }


def _spoken_after(work: Work, lead: Organisation | None) -> dict[str, Any]:
    gone = {p.pk for p in work.target.gone_partners}
    reworded = {p.pk: p for p in work.target.reworded}
    after = [reworded.get(p.pk, p) for p in work.present.partners if p.pk not in gone]
    return _spoken(lead, [*after, *work.target.new_partners])
