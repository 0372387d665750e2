"""Where it happens, and with how much money."""

from __future__ import annotations

import copy
from decimal import Decimal

from django.utils.translation import gettext as _

from collaboration.initiatives.models import FundingLine
from collaboration.initiatives.services import cleaning, funding
from collaboration.initiatives.services.drafting import MOST_AREAS
from collaboration.initiatives.services.stating.naming import exists_today
from collaboration.initiatives.services.stating.statements import UNSTATED
from collaboration.initiatives.services.stating.work import Work
from groundwork.directory.models import Area


def say_where(work: Work) -> None:
    texts = work.statement.areas
    if texts is UNSTATED:
        return
    if not cleaning.is_list(texts) or len(texts) > MOST_AREAS:
        work.problems.add("areas", _("Areas must be a list of no more than %(most)s.") % {"most": MOST_AREAS})
        return
    had = {area.pk for area in work.present.areas}
    found: dict[int, Area] = {}
    for text in texts:
        area = work.directory.areas.find(
            text,
            field="areas",
            what=_("area"),
            problems=work.problems,
            prefer=lambda each: each.pk in had or exists_today(each),
        )
        if area is None:
            continue
        if area.pk not in had and not exists_today(area):
            work.problems.add("areas", _("%(area)s is not an area today. Choose another.") % {"area": area.name})
        else:
            found[area.pk] = area
    if work.problems or set(found) == had:
        return
    work.target.new_areas = [area for pk, area in found.items() if pk not in had]
    work.target.gone_areas = [area for area in work.present.areas if area.pk not in found]
    before, after = sorted(a.name for a in work.present.areas), sorted(a.name for a in found.values())
    work.changes["areas"] = [before or None, after or None]
    work.inverse["areas"] = [area.code for area in work.present.areas]


def say_money(work: Work) -> None:
    if work.statement.money is UNSTATED:
        return
    amount = cleaning.amount(work.statement.money, field="money", label=_("The money"), problems=work.problems)
    lines = work.present.funding
    stated = [line.amount for line in lines if line.amount is not None]
    total = sum(stated, Decimal(0)) if stated else None
    if work.problems or amount == total:
        return
    if lines and (len(lines) > 1 or not _is_plain(lines[0])):
        work.problems.add(
            "money",
            _("This record says where its money comes from, £%(total)s in all. Change that on its own page.")
            % {"total": f"{total or 0:,.2f}".removesuffix(".00")},
        )
        return
    before = [funding.spoken(line) for line in lines]
    if not lines:
        work.target.new_funding = [FundingLine(amount=amount)]
        after = work.target.new_funding
    elif amount is None:
        work.target.gone_funding = lines
        after = []
    else:
        changed = copy.copy(lines[0])
        changed.amount = amount
        after = work.target.changed_funding = [changed]
    work.changes["funding"] = [before or None, [funding.spoken(line) for line in after] or None]
    work.inverse["money"] = total


def _is_plain(line: FundingLine) -> bool:
    """Whether a line of funding says an amount and nothing else."""
    return not (line.source_organisation_id or line.source_name or line.period_from or line.period_to)
