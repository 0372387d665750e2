"""Money for an initiative, as far as it is stated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from collaboration.initiatives.models import FundingLine, Initiative
from collaboration.initiatives.services import cleaning
from collaboration.initiatives.services.records import changed, locked, same_version, spoken_day
from groundwork.access.actors import Actor
from groundwork.clock import now
from groundwork.directory.models import Organisation

MOST_LINES = 50


@dataclass(frozen=True, kw_only=True)
class FundingInput:
    """One line of the funding form. ``source`` is an organisation's slug; ``source_name`` is for others. Pounds."""

    amount: Decimal | str | int | None = None
    source: str | None = None
    source_name: str = ""
    period_from: date | None = None
    period_to: date | None = None


@transaction.atomic
def save_funding(
    *,
    actor: Actor,
    initiative: Initiative,
    version: int | None,
    lines: Sequence[FundingInput],
    at: datetime | None = None,
) -> Initiative:
    """All funding lines; empty ones are left out. Raises :class:`Invalid`, by field (``lines.0.amount``)."""
    row = locked(initiative, actor=actor, verb="initiative.edit")
    new = _lines(row, lines)
    old = list(row.funding.select_related("source_organisation"))
    if [_content(line) for line in new] == [_content(line) for line in old]:
        return row
    same_version(row, version, actor=actor)
    row.funding.all().delete()
    FundingLine.objects.bulk_create(new)
    changes = {"funding": [[spoken(line) for line in old], [spoken(line) for line in new]]}
    changed(actor=actor, initiative=row, changes=changes, at=at or now())
    return row


def spoken(line: FundingLine) -> str:
    """A line as people read it: "£12,000 from Sport England, 1 April 2026 to 31 March 2027"."""
    amount = _("amount not stated") if line.amount is None else f"£{line.amount:,.2f}".removesuffix(".00")
    source = line.source_organisation.name if line.source_organisation else line.source_name
    parts = [_("%(amount)s from %(source)s") % {"amount": amount, "source": source or _("a source not stated")}]
    begin, end = spoken_day(line.period_from), spoken_day(line.period_to)
    if begin and end:
        parts.append(_("%(begin)s to %(end)s") % {"begin": begin, "end": end})
    elif begin:
        parts.append(_("from %(begin)s") % {"begin": begin})
    elif end:
        parts.append(_("until %(end)s") % {"end": end})
    return ", ".join(parts)


def _content(line: FundingLine) -> tuple[object, ...]:
    return (line.amount, line.source_organisation_id, line.source_name, line.period_from, line.period_to)


def _lines(row: Initiative, lines: Sequence[FundingInput]) -> list[FundingLine]:
    problems = cleaning.Problems()
    if not cleaning.is_list(lines):
        problems.add("lines", _("Funding must be a list of lines."))
        problems.raise_if_any()
    if len(lines) > MOST_LINES:
        problems.add("lines", _("Give no more than %(most)s funding lines.") % {"most": MOST_LINES})
        problems.raise_if_any()
    slugs = [line.source for line in lines if isinstance(line.source, str) and line.source.isprintable()]
    known = {o.slug: o for o in Organisation.objects.filter(slug__in=slugs)}
    kept = []
    for position, line in enumerate(lines):
        at = f"lines.{position}"
        found = None
        if line.source:
            found = known.get(line.source) if isinstance(line.source, str) else None
            if found is None:
                problems.add(
                    f"{at}.source",
                    _("There is no organisation called “%(name)s” in the directory.")
                    % {"name": cleaning.shown(str(line.source))},
                )
        made = FundingLine(
            initiative=row,
            amount=cleaning.amount(line.amount, field=f"{at}.amount", label=_("The amount"), problems=problems),
            source_organisation=found,
            source_name=""
            if found
            else cleaning.text(
                line.source_name, field=f"{at}.source_name", label=_("The source"), longest=200, problems=problems
            ),
            period_from=cleaning.day(
                line.period_from, field=f"{at}.period_from", label=_("The start"), problems=problems
            ),
            period_to=cleaning.day(line.period_to, field=f"{at}.period_to", label=_("The end"), problems=problems),
        )
        cleaning.dates_in_order(made.period_from, made.period_to, field=f"{at}.period_to", problems=problems)
        if any(value not in (None, "") for value in _content(made)):
            kept.append(made)
    problems.raise_if_any()
    return kept
