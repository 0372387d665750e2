"""Working out what statements would change, and what is wrong with them. Nothing is written here."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db.models import Prefetch, prefetch_related_objects
from django.utils.translation import gettext as _

from collaboration.initiatives.columns import LABELS, spoken_labels, spoken_source
from collaboration.initiatives.models import (
    Alignment,
    FundingLine,
    Initiative,
    Partner,
    Scale,
    Stage,
    Visibility,
)
from collaboration.initiatives.services import aligning, cleaning, funding, naming
from collaboration.initiatives.services.cleaning import Problems
from collaboration.initiatives.services.completing import MAIN_STRANDS, Facts, completeness
from collaboration.initiatives.services.drafting import MOST_AREAS, readable
from collaboration.initiatives.services.partners import named
from collaboration.initiatives.services.stating.labels import cleaned_labels
from collaboration.initiatives.services.stating.naming import Directory, exists_today
from collaboration.initiatives.services.stating.statements import (
    UNSTATED,
    PartnerStatement,
    Plan,
    Present,
    Statement,
    Target,
)
from groundwork.access.actors import Actor
from groundwork.access.rules import can
from groundwork.audit.services import differences
from groundwork.directory.models import Area, Organisation
from vision.frameworks.models import Element

LONGEST_SOURCE: Final = 500


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
        one = _One(actor, directory, initiative, statement, present.get(initiative.pk) if initiative else None)
        made = one.plan()
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


@dataclass
class _One:
    """One statement on its way to a plan."""

    actor: Actor
    directory: Directory
    initiative: Initiative | None
    statement: Statement
    found: Present | None

    def __post_init__(self) -> None:
        self.problems = Problems()
        self.target = Target()
        self.changes: dict[str, list[Any]] = {}
        self.inverse: dict[str, Any] = {}
        self.present = self.found or Present()
        # A new one is planned on a blank record, of which nothing is stated yet.
        self.row = self.initiative or Initiative(owner=self.actor.organisation)

    def plan(self) -> Plan:
        self._fields()
        self._lead_and_partners()
        self._alignments()
        self._areas()
        self._money()
        if not self.problems and (self.changes or self.initiative is None):
            self._rights()
            self._losses()
        return Plan(
            initiative=self.initiative,
            statement=self.statement,
            errors=self.problems.errors,
            changes={} if self.problems else self.changes,
            inverse=Statement(**self.inverse),
            target=self.target,
        )

    # ------------------------------------------------------------------ the record's own columns

    def _fields(self) -> None:
        said, problems = self.statement, self.problems
        new: dict[str, Any] = {}

        def text(name: str, label: str, longest: int, *, lines: bool = False, required: bool = False) -> None:
            value = getattr(said, name)
            if value is not UNSTATED or (required and self.initiative is None):
                value = "" if value is UNSTATED else value
                new[name] = cleaning.text(
                    value, field=name, label=label, longest=longest, problems=problems, lines=lines, required=required
                )

        text("title", _("The title"), 200, required=True)
        text("summary", _("The summary"), 4000, lines=True)
        text("difference", _("The difference"), 2000, lines=True)
        text("participation", _("How people take part"), 2000, lines=True)
        text("contact_role", _("The contact's role"), 120)
        if said.contact_email is not UNSTATED:
            new["contact_email"] = cleaning.email(said.contact_email, field="contact_email", problems=problems)
        if said.stage is not UNSTATED:
            new["stage"] = cleaning.choice(said.stage, Stage, field="stage", label=_("The stage"), problems=problems)
        if said.scale is not UNSTATED:
            new["scale"] = cleaning.choice(said.scale, Scale, field="scale", label=_("The scale"), problems=problems)
        if said.start is not UNSTATED:
            new["starts_on"] = self._day(said.start, "start", _("The start"))
        if said.end is not UNSTATED:
            new["ends_on"] = self._day(said.end, "end", _("The end"))
        if said.intended_visibility is not UNSTATED:
            if said.intended_visibility not in (Visibility.PARTNERS, Visibility.PUBLIC):
                problems.add("intended_visibility", _("Choose who can see it: partners, or everyone."))
            new["intended_visibility"] = said.intended_visibility
        self._source(new)
        if not problems and ("starts_on" in new or "ends_on" in new):
            begin, end = new.get("starts_on", self.row.starts_on), new.get("ends_on", self.row.ends_on)
            cleaning.dates_in_order(begin, end, field="end", problems=problems)
        if problems:
            return
        changed = {name: value for name, value in new.items() if getattr(self.row, name) != value}
        if self.row.is_published and changed.get("intended_visibility", self.row.visibility) != self.row.visibility:
            changed["visibility"] = changed["intended_visibility"]
        if not changed:
            return
        self.target.fields = changed
        names = [name for name in changed if name not in ("source", "original_labels")]
        after = copy.copy(self.row)
        for name, value in changed.items():
            setattr(after, name, value)
        self.changes |= differences(readable(self.row, names), readable(after, names))
        for name, spoken in (("source", spoken_source), ("original_labels", spoken_labels)):
            if name in changed:
                self.changes[name] = [spoken(getattr(self.row, name)) or None, spoken(changed[name]) or None]
        for name in changed:
            if name != "visibility":
                self.inverse[_STATED_AS.get(name, name)] = getattr(self.row, name)

    def _day(self, value: Any, field: str, label: str) -> date | None:
        return cleaning.day(value or None, field=field, label=label, problems=self.problems)

    def _source(self, new: dict[str, Any]) -> None:
        said = self.statement
        if isinstance(said.source, dict):
            new["source"] = said.source
        elif said.source is not UNSTATED:
            words = cleaning.text(
                said.source, field="source", label=_("The source"), longest=LONGEST_SOURCE, problems=self.problems
            )
            if words != spoken_source(self.row.source):
                new["source"] = {"document": words} if words else {}
        if said.original_labels is not UNSTATED:
            labels = cleaned_labels(said.original_labels, self.problems)
            # The same list, whether or not the record names it.
            if labels.get(LABELS) is None or spoken_labels(labels) != spoken_labels(self.row.original_labels):
                new["original_labels"] = labels

    # ------------------------------------------------------------------ who is in it

    def _lead_and_partners(self) -> None:
        said, row = self.statement, self.row
        if said.lead is UNSTATED and said.partners is UNSTATED:
            return
        old_lead = self.present.lead
        had = {p.organisation_id for p in self.present.partners} | {pk for pk in (row.lead_id, row.owner_id) if pk}
        lead = old_lead
        if said.lead is not UNSTATED:
            lead = self._organisation(said.lead, "lead", had, can_lead=True) if said.lead else None
        wanted = self._wanted(lead, had)
        if self.problems:
            return
        present = {(p.organisation_id, p.role): p for p in self.present.partners}
        declined = Partner.Confirmation.DECLINED
        target = self.target
        target.new_partners = [
            Partner(organisation=organisation, role=role, contribution=contribution or "")
            for (pk, role), (organisation, contribution) in wanted.items()
            if (pk, role) not in present
        ]
        target.reworded = []
        for key, (_organisation, contribution) in wanted.items():
            partner = present.get(key)
            if partner is None or contribution is None or partner.confirmation == declined:
                continue
            if partner.contribution != contribution:
                partner = copy.copy(partner)
                partner.contribution = contribution
                target.reworded.append(partner)
        target.gone_partners = [p for key, p in present.items() if key not in wanted and p.confirmation != declined]
        before, after = self._spoken(old_lead, self.present.partners), self._spoken_after(lead)
        if row.lead_id != (lead.pk if lead else None):
            target.fields["lead"] = lead
            self.inverse["lead"] = old_lead.slug if old_lead else ""
        self.changes |= differences(before, after)
        if target.new_partners or target.reworded or target.gone_partners:
            self.inverse["partners"] = [
                PartnerStatement(organisation=p.organisation.slug, role=p.role, contribution=p.contribution)
                for p in self.present.partners
                if p.confirmation != declined
                and not (p.role == Partner.Role.LEAD and old_lead is not None and p.organisation_id == old_lead.pk)
            ]

    def _organisation(self, text: Any, field: str, had: set[int], *, can_lead: bool = False) -> Organisation | None:
        found = self.directory.organisations.find(
            text, field=field, what=_("organisation"), problems=self.problems, prefer=lambda each: each.pk in had
        )
        if found is None:
            return None
        if can_lead and found.is_group:
            self.problems.add(field, naming.cannot_lead(found))
            return None
        if found.pk not in had and not exists_today(found):
            self.problems.add(field, naming.does_not_exist_any_more(found))
            return None
        return found

    def _wanted(
        self, lead: Organisation | None, had: set[int]
    ) -> dict[tuple[int, str], tuple[Organisation, str | None]]:
        """Every partnership that is to be, by organisation and role, with its contribution (None: as it is)."""
        said, row = self.statement, self.row
        open_roles: dict[int, list[Partner]] = {}
        for partner in self.present.partners:
            open_roles.setdefault(partner.organisation_id, []).append(partner)
        wanted: dict[tuple[int, str], tuple[Organisation, str | None]] = {}
        if said.partners is UNSTATED:
            stated: Sequence[PartnerStatement] = []
            for partner in self.present.partners:
                if partner.role != Partner.Role.LEAD:
                    wanted[partner.organisation_id, partner.role] = (partner.organisation, None)
        else:
            stated = said.partners
        if not cleaning.is_list(stated):
            self.problems.add("partners", _("Partners must be a list."))
            return {}
        if len(stated) > naming.MOST_PARTNERS:
            self.problems.add("partners", _("Name no more than %(most)s partners.") % {"most": naming.MOST_PARTNERS})
            return {}
        for position, each in enumerate(stated):
            field = f"partners.{position}"
            organisation = self._organisation(each.organisation, field, had)
            role, contribution = each.role, each.contribution
            if role is not None:
                role = cleaning.choice(role, Partner.Role, field=field, label=_("The role"), problems=self.problems)
            if contribution is not None:
                contribution = cleaning.text(
                    contribution, field=field, label=_("The contribution"), longest=500, problems=self.problems
                )
            if organisation is None:
                continue
            if role == Partner.Role.LEAD:
                if organisation != lead:
                    self.problems.add(field, naming.names_another_lead(organisation))
                continue
            roles = [role] if role is not None else self._roles(organisation, lead, open_roles)
            for one in roles:
                if (organisation.pk, one) not in wanted:
                    wanted[organisation.pk, one] = (organisation, contribution)
                elif contribution is not None and wanted[organisation.pk, one][1] != contribution:
                    self.problems.add(field, naming.named_twice(organisation))
        if lead is not None and lead.pk != row.owner_id:
            # The owner leads by saying so: there is nobody else to ask.
            wanted.setdefault((lead.pk, str(Partner.Role.LEAD)), (lead, None))
        return wanted

    @staticmethod
    def _roles(
        organisation: Organisation, lead: Organisation | None, open_roles: dict[int, list[Partner]]
    ) -> list[str]:
        """The parts meant by an organisation that is named without a role: those it has, else one not stated."""
        has = [p.role for p in open_roles.get(organisation.pk, []) if p.role != Partner.Role.LEAD]
        return has or ([] if organisation == lead else [""])

    @staticmethod
    def _spoken(lead: Organisation | None, partners: Sequence[Partner]) -> dict[str, Any]:
        shown = [p for p in partners if p.confirmation != Partner.Confirmation.DECLINED]
        shown.sort(key=lambda p: (p.organisation.name, p.role))
        return {
            "lead": lead.name if lead else None,
            "partners": [f"{named(p)}: {p.contribution}" if p.contribution else named(p) for p in shown] or None,
        }

    def _spoken_after(self, lead: Organisation | None) -> dict[str, Any]:
        gone = {p.pk for p in self.target.gone_partners}
        reworded = {p.pk: p for p in self.target.reworded}
        after = [reworded.get(p.pk, p) for p in self.present.partners if p.pk not in gone]
        return self._spoken(lead, [*after, *self.target.new_partners])

    # ------------------------------------------------------------------ what it contributes to

    def _alignments(self) -> None:
        said = self.statement
        present = {a.element_id: a for a in self.present.alignments}
        wanted: dict[int, tuple[bool, str]] = {pk: (a.is_main, a.contribution) for pk, a in present.items()}
        if said.main is not UNSTATED or said.strands is not UNSTATED:
            self._vision(present, wanted)
        for name, value, fits, what in (
            ("blocks", said.blocks, aligning.is_block, _("building block")),
            ("elements", said.elements, aligning.is_other, _("element of another framework")),
            ("principles", said.principles, aligning.is_principle, _("principle")),
        ):
            if value is UNSTATED:
                continue
            chosen = self._elements(value, name, fits, what, set(present))
            for pk in [pk for pk in wanted if fits(self.directory.by_id[pk]) and pk not in chosen]:
                del wanted[pk]
            for pk in chosen:
                wanted.setdefault(pk, (False, ""))
        before = {pk: (a.is_main, a.contribution) for pk, a in present.items()}
        if self.problems or wanted == before:
            return
        target = self.target
        target.gone_alignments = [a for pk, a in present.items() if pk not in wanted]
        for pk, (is_main, sentence) in wanted.items():
            if pk not in present:
                target.new_alignments.append(
                    Alignment(element=self.directory.by_id[pk], is_main=is_main, contribution=sentence)
                )
            elif before[pk] != (is_main, sentence):
                changed = copy.copy(present[pk])
                changed.is_main, changed.contribution = is_main, sentence
                target.changed_alignments.append(changed)
        after = [
            Alignment(element=self.directory.by_id[pk], is_main=is_main, contribution=sentence)
            for pk, (is_main, sentence) in wanted.items()
        ]
        self.changes |= differences(aligning.readable(self.present.alignments), aligning.readable(after))
        self._alignments_back()

    def _alignments_back(self) -> None:
        had = self.present.alignments
        vision = [a for a in had if aligning.is_of_vision(a.element)]
        self.inverse["main"] = [(a.element.code, a.contribution) for a in vision if a.is_main]
        self.inverse["strands"] = [a.element.code for a in vision if not a.is_main]
        for name, fits in (
            ("blocks", aligning.is_block),
            ("elements", aligning.is_other),
            ("principles", aligning.is_principle),
        ):
            self.inverse[name] = [a.element.code for a in had if fits(a.element)]

    def _vision(self, present: dict[int, Alignment], wanted: dict[int, tuple[bool, str]]) -> None:
        """Main strands, strands and whole ambitions. Both lists, or the one that is stated, are the whole truth."""
        said = self.statement
        old = {pk: pair for pk, pair in wanted.items() if aligning.is_of_vision(self.directory.by_id[pk])}
        new: dict[int, tuple[bool, str]] = {}
        what = _("strand or ambition")
        if said.main is not UNSTATED:
            for position, (code, sentence) in enumerate(said.main):
                field = f"main.{position}"
                chosen = self._elements([code], field, aligning.is_of_vision, what, set(present))
                words = cleaning.text(
                    sentence, field=field, label=_("The sentence"), longest=500, problems=self.problems
                )
                new |= dict.fromkeys(chosen, (True, words))
        else:
            new |= {pk: pair for pk, pair in old.items() if pair[0]}
        if said.strands is not UNSTATED:
            listed = self._elements(said.strands, "strands", aligning.is_of_vision, what, set(present))
            if said.main is UNSTATED:
                new = {pk: pair for pk, pair in new.items() if pk in listed}
                room = MAIN_STRANDS if not new else 0
                strands = [pk for pk in listed if aligning.is_strand(self.directory.by_id[pk])]
                new |= {pk: (True, old.get(pk, (True, ""))[1]) for pk in strands[:room]}
            new |= {pk: (False, "") for pk in listed if pk not in new}
        else:
            new |= {pk: (False, sentence) for pk, (is_main, sentence) in old.items() if not is_main and pk not in new}
        if sum(is_main for is_main, _sentence in new.values()) > MAIN_STRANDS:
            self.problems.add("main", _("Choose no more than %(most)s main strands.") % {"most": MAIN_STRANDS})
        for pk in old:
            del wanted[pk]
        wanted |= new

    def _elements(self, texts: Any, field: str, fits: Callable[[Element], bool], what: str, had: set[int]) -> list[int]:
        if not cleaning.is_list(texts):
            self.problems.add(field, _("This must be a list of codes or names."))
            return []
        if len(texts) > aligning.MOST_ELEMENTS:
            self.problems.add(field, _("Choose no more than %(most)s of these.") % {"most": aligning.MOST_ELEMENTS})
            return []
        found: list[int] = []
        for text in texts:
            element = self.directory.elements.find(
                text,
                field=field,
                what=what,
                problems=self.problems,
                fits=lambda each: fits(each) and (each.withdrawn_on is None or each.pk in had),
            )
            if element is None:
                continue
            if not fits(element):
                self.problems.add(
                    field,
                    _("“%(title)s” (%(code)s) is no %(what)s.")
                    % {"title": element.label, "code": element.code, "what": what},
                )
            elif element.withdrawn_on is not None and element.pk not in had:
                self.problems.add(field, aligning.is_withdrawn(element))
            elif element.pk not in found:
                found.append(element.pk)
        return found

    # ------------------------------------------------------------------ where, and with what money

    def _areas(self) -> None:
        texts = self.statement.areas
        if texts is UNSTATED:
            return
        if not cleaning.is_list(texts) or len(texts) > MOST_AREAS:
            self.problems.add("areas", _("Areas must be a list of no more than %(most)s.") % {"most": MOST_AREAS})
            return
        had = {area.pk for area in self.present.areas}
        found: dict[int, Area] = {}
        for text in texts:
            area = self.directory.areas.find(
                text,
                field="areas",
                what=_("area"),
                problems=self.problems,
                prefer=lambda each: each.pk in had or exists_today(each),
            )
            if area is None:
                continue
            if area.pk not in had and not exists_today(area):
                self.problems.add("areas", _("%(area)s is not an area today. Choose another.") % {"area": area.name})
            else:
                found[area.pk] = area
        if self.problems or set(found) == had:
            return
        self.target.new_areas = [area for pk, area in found.items() if pk not in had]
        self.target.gone_areas = [area for area in self.present.areas if area.pk not in found]
        before, after = sorted(a.name for a in self.present.areas), sorted(a.name for a in found.values())
        self.changes["areas"] = [before or None, after or None]
        self.inverse["areas"] = [area.code for area in self.present.areas]

    def _money(self) -> None:
        if self.statement.money is UNSTATED:
            return
        amount = cleaning.amount(self.statement.money, field="money", label=_("The money"), problems=self.problems)
        lines = self.present.funding
        stated = [line.amount for line in lines if line.amount is not None]
        total = sum(stated, Decimal(0)) if stated else None
        if self.problems or amount == total:
            return
        if lines and (len(lines) > 1 or not _is_plain(lines[0])):
            self.problems.add(
                "money",
                _("This record says where its money comes from, £%(total)s in all. Change that on its own page.")
                % {"total": f"{total or 0:,.2f}".removesuffix(".00")},
            )
            return
        before = [funding.spoken(line) for line in lines]
        if not lines:
            self.target.new_funding = [FundingLine(amount=amount)]
            after = self.target.new_funding
        elif amount is None:
            self.target.gone_funding = lines
            after = []
        else:
            changed = copy.copy(lines[0])
            changed.amount = amount
            after = self.target.changed_funding = [changed]
        self.changes["funding"] = [before or None, [funding.spoken(line) for line in after] or None]
        self.inverse["money"] = total

    # ------------------------------------------------------------------ whether it may be said

    def _rights(self) -> None:
        if self.initiative is None:
            return
        decision = can(self.actor, "initiative.edit", self.row)
        if decision and "visibility" in self.target.fields:
            decision = can(self.actor, "initiative.publish", self.row)
        if not decision:
            # Nobody learns from a refusal that a record exists: it was found by a read that knew they see it.
            self.problems.add("", decision.reason)

    def _losses(self) -> None:
        """A published record may lack something; it must not lose what publishing needs."""
        if self.initiative is None or not self.row.is_published or self.row.owner_id is None:
            return
        after = copy.copy(self.row)
        for name, value in self.target.fields.items():
            setattr(after, name, value)
        lost = _missing(self._facts(after, after=True)) - _missing(self._facts(self.row, after=False))
        if lost:
            order = [
                sentence for section in completeness(self._facts(after, after=True)) for sentence in section.missing
            ]
            told = [sentence for sentence in order if sentence in lost]
            self.problems.errors.setdefault("", []).extend(
                [_("This initiative is published, so this cannot be left out."), *told]
            )

    def _facts(self, row: Initiative, *, after: bool) -> Facts:
        target, present = self.target, self.present
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


_STATED_AS: Final = {"starts_on": "start", "ends_on": "end"}
"""What a statement calls a column of the record that is named otherwise."""


def _is_plain(line: FundingLine) -> bool:
    """Whether a line of funding says an amount and nothing else."""
    return not (line.source_organisation_id or line.source_name or line.period_from or line.period_to)


def _missing(facts: Facts) -> set[str]:
    return {sentence for section in completeness(facts) for sentence in section.missing}
