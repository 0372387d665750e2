"""Working out what statements would change, and what is wrong with them. Nothing is written here."""

from __future__ import annotations

import copy
from collections.abc import Sequence

from django.db.models import Prefetch, prefetch_related_objects
from django.utils.translation import gettext as _

from collaboration.initiatives.models import Alignment, FundingLine, Initiative, Partner
from collaboration.initiatives.services.completing import Facts, missing
from collaboration.initiatives.services.stating.about import say_about
from collaboration.initiatives.services.stating.answers import say_answers
from collaboration.initiatives.services.stating.bodies import say_who
from collaboration.initiatives.services.stating.naming import Directory
from collaboration.initiatives.services.stating.places import say_money, say_where
from collaboration.initiatives.services.stating.statements import Plan, Present, Statement
from collaboration.initiatives.services.stating.work import Work
from groundwork.access.actors import Actor
from groundwork.access.rules import can


def plan(*, actor: Actor, items: Sequence[tuple[Initiative | None, Statement]]) -> list[Plan]:
    """What each statement would change. A dozen queries, however many there are; nothing is written.

    An initiative must come from a read that knows that the actor sees it. Who may not change it learns so only when
    the statement would change something: saying again what is so already needs no right.
    """
    if not items:
        return []
    directory = Directory.read()
    rows = [initiative for initiative, _statement in items if initiative is not None]
    present = {row.pk: each for row, each in zip(rows, _read(rows, directory), strict=True)}
    may_register = can(actor, "initiative.register")
    plans = []
    for initiative, statement in items:
        found = present[initiative.pk] if initiative is not None else Present()
        if initiative is not None and not can(actor, "initiative.edit", initiative):
            # Who declined is told to those who keep the record. To others "nothing changes" would tell it as well.
            found.partners = [each for each in found.partners if each.confirmation != Partner.Confirmation.DECLINED]
        made = _plan(Work(actor, directory, initiative, statement, found))
        if initiative is None and not may_register:
            made.errors.setdefault("", []).append(may_register.reason)
        plans.append(made)
    return plans


def _read(rows: list[Initiative], directory: Directory) -> list[Present]:
    prefetch_related_objects(
        rows,
        "areas",
        Prefetch("funding", FundingLine.objects.select_related("source_organisation")),
        Prefetch("alignments", Alignment.objects.order_by("-is_main", "element__framework__order", "element__order")),
        Prefetch(
            "partners",
            Partner.objects.filter(valid_to=None).select_related("organisation").order_by("organisation__name", "role"),
            to_attr="open_partners",
        ),
        "lead",
    )
    found = []
    for row in rows:
        alignments = list(row.alignments.all())
        for alignment in alignments:
            alignment.element = directory.by_id[alignment.element_id]
        found.append(
            Present(
                alignments=alignments,
                partners=row.open_partners,  # type: ignore[attr-defined]
                areas=list(row.areas.all()),
                funding=list(row.funding.all()),
                lead=row.lead,
            )
        )
    return found


def _plan(work: Work) -> Plan:
    for say in (say_about, say_who, say_answers, say_where, say_money):
        say(work)
    if not work.problems and work.changes and work.initiative is not None:
        _rights(work)
        _losses(work)
    return work.done()


def _rights(work: Work) -> None:
    decision = can(work.actor, "initiative.edit", work.row)
    if decision and "visibility" in work.target.fields:
        decision = can(work.actor, "initiative.publish", work.row)
    if not decision:
        # Nobody learns from a refusal that a record exists: it was found by a read that knew they see it.
        work.problems.add("", decision.reason)


def _losses(work: Work) -> None:
    """A published record may lack something; it must not lose what publishing needs."""
    if not work.row.is_published or work.row.owner_id is None:
        return
    after = copy.copy(work.row)
    for name, value in work.target.fields.items():
        setattr(after, name, value)
    already = missing(_facts(work, work.row, after=False))
    lost = [sentence for sentence in missing(_facts(work, after, after=True)) if sentence not in already]
    if lost:
        sentence = _("This initiative is published, so this cannot be left out.")
        work.problems.errors.setdefault("", []).extend([sentence, *lost])


def _facts(work: Work, row: Initiative, *, after: bool) -> Facts:
    target, present = work.target, work.present
    alignments, partners = present.alignments, present.partners
    has_areas, has_funding = bool(present.areas), bool(present.funding)
    if after:
        gone = {a.pk for a in target.gone_alignments} | {a.pk for a in target.changed_alignments}
        alignments = [a for a in alignments if a.pk not in gone]
        alignments = [*alignments, *target.changed_alignments, *target.new_alignments]
        gone = {p.pk for p in target.gone_partners}
        partners = [*(p for p in partners if p.pk not in gone), *target.new_partners]
        has_areas = len(present.areas) - len(target.gone_areas) + len(target.new_areas) > 0
        has_funding = len(present.funding) - len(target.gone_funding) + len(target.new_funding) > 0
    return Facts(row, alignments, partners, has_areas, has_funding)
