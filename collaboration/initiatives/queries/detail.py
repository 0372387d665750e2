"""Everything one record's page shows, read in few queries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import CharField, F, Prefetch, QuerySet, TextField, Value, prefetch_related_objects
from django.db.models.functions import Cast

from collaboration.initiatives.models import (
    Alignment,
    AskOrOffer,
    Challenge,
    FundingLine,
    Initiative,
    LearningNote,
    Partner,
    Update,
)
from collaboration.initiatives.rules import keeps
from groundwork.access.actors import Actor
from groundwork.access.rules import Decision, can, require
from groundwork.clock import today
from groundwork.directory.models import Area, Organisation
from vision.frameworks.models import Element, Framework

_VERBS = (
    "edit",
    "ask_review",
    "publish",
    "verify",
    "update",
    "withdraw",
    "restore",
    "merge",
    "ask_to_join",
    "challenge",
    "mark_exemplar",
    "report_problem",
)


@dataclass(frozen=True, kw_only=True)
class AlignedElement:
    element: Element
    is_main: bool
    contribution: str


@dataclass(frozen=True, kw_only=True)
class AmbitionGroup:
    """An ambition of the vision with the strands of it that this initiative contributes to, main ones first."""

    ambition: Element
    strands: list[AlignedElement]


@dataclass(frozen=True, kw_only=True)
class FrameworkGroup:
    framework: Framework
    elements: list[AlignedElement]


@dataclass(frozen=True, kw_only=True)
class ShownPartner:
    """A partner as a reader sees it.

    ``is_confirmed`` is for everyone. ``is_asked`` is set only for those who may know that an answer is due: partners
    signed in for an organisation. ``may_answer``: the reader can confirm or decline for this organisation.
    """

    id: int
    organisation: Organisation
    name: str
    """As the source prints it, for what a source says; else the organisation's name."""
    role: str
    role_label: str
    contribution: str
    since: date | None
    until: date | None
    is_group: bool
    is_lead: bool
    is_confirmed: bool
    is_asked: bool
    is_declined: bool
    declined_reason: str
    may_answer: bool


@dataclass(frozen=True, kw_only=True)
class TimelineEntry:
    """An update, learning note, ask, offer or challenge. ``person`` is "" for readers who do not see names."""

    id: int
    kind: str
    """``update``, ``learning``, ``ask``, ``offer`` or ``challenge``."""
    at: datetime
    body: str
    health: str
    """Of an update: the health as a choice of ``Update.Health``, or "" when not said."""
    health_label: str
    response: str
    done_at: datetime | None
    """When an ask or offer was closed or a challenge answered."""
    person: str
    organisation: str
    organisation_slug: str


@dataclass(frozen=True, kw_only=True)
class InitiativeDetail:
    initiative: Initiative
    ambitions: list[AmbitionGroup]
    blocks: list[AlignedElement]
    principles: list[AlignedElement]
    others: list[FrameworkGroup]
    lead: Organisation | None
    lead_partner: ShownPartner | None
    """The lead's own partnership, when the lead is not the owner: whether it has confirmed."""
    partners: list[ShownPartner]
    past_partners: list[ShownPartner]
    declined: list[ShownPartner]
    """For those who keep the record: who declined, and why. Empty for everyone else."""
    areas: list[Area]
    funding: list[FundingLine]
    funding_total: Decimal | None
    """The sum of the stated amounts in pounds; None when none is stated."""
    updates: list[TimelineEntry]
    health: str
    health_label: str
    """The last health said, or ""."""
    learning: list[TimelineEntry]
    asks: list[TimelineEntry]
    offers: list[TimelineEntry]
    challenges: list[TimelineEntry]
    shows_names: bool
    is_keeper: bool
    may: Mapping[str, Decision]
    """What the reader may do: ``may["edit"]`` and so on, each with the sentence of its refusal."""

    @property
    def main(self) -> list[AlignedElement]:
        """The main strands with their sentences."""
        return [strand for group in self.ambitions for strand in group.strands if strand.is_main]


def detail(actor: Actor, initiative: Initiative) -> InitiativeDetail:
    """Everything about one initiative that the actor may see: five queries, however much there is of it.

    ``initiative`` comes from :func:`get`, which has read its owner and lead. Raises :class:`NotFound`.
    """
    require(actor, "initiative.view", initiative)
    prefetch_related_objects(
        [initiative],
        Prefetch(
            "alignments",
            Alignment.objects.select_related("element__framework", "element__parent").order_by(
                "-is_main", "element__framework__order", "element__order"
            ),
        ),
        Prefetch("partners", Partner.objects.select_related("organisation__sector")),
        "areas",
        Prefetch("funding", FundingLine.objects.select_related("source_organisation")),
    )
    is_keeper = actor.is_system or keeps(actor, initiative)
    shows_names = actor.is_partner or actor.is_system
    timeline = _timeline(initiative, shows_names)
    updates = [e for e in timeline if e.kind == "update"]
    last = next((e for e in updates if e.health), None)
    current, past, declined = _partners(actor, initiative, is_keeper)
    ambitions, blocks, principles, others = _alignments(initiative)
    funding = list(initiative.funding.all())
    amounts = [line.amount for line in funding if line.amount is not None]
    return InitiativeDetail(
        initiative=initiative,
        ambitions=ambitions,
        blocks=blocks,
        principles=principles,
        others=others,
        lead=initiative.lead,
        lead_partner=next((p for p in current if p.is_lead), None),
        partners=[p for p in current if not p.is_lead],
        past_partners=past,
        declined=declined,
        areas=list(initiative.areas.all()),
        funding=funding,
        funding_total=sum(amounts, Decimal(0)) if amounts else None,
        updates=updates,
        health=last.health if last else "",
        health_label=last.health_label if last else "",
        learning=[e for e in timeline if e.kind == "learning"],
        asks=[e for e in timeline if e.kind == "ask"],
        offers=[e for e in timeline if e.kind == "offer"],
        challenges=[e for e in timeline if e.kind == "challenge"],
        shows_names=shows_names,
        is_keeper=is_keeper,
        may={verb: can(actor, f"initiative.{verb}", initiative) for verb in _VERBS},
    )


def _alignments(
    initiative: Initiative,
) -> tuple[list[AmbitionGroup], list[AlignedElement], list[AlignedElement], list[FrameworkGroup]]:
    ambitions: dict[int, AmbitionGroup] = {}
    others: dict[int, FrameworkGroup] = {}
    blocks: list[AlignedElement] = []
    principles: list[AlignedElement] = []
    for alignment in initiative.alignments.all():
        element = alignment.element
        aligned = AlignedElement(element=element, is_main=alignment.is_main, contribution=alignment.contribution)
        if element.kind == "principle":
            principles.append(aligned)
        elif element.framework.part == Framework.Part.VISION:
            ambition = element.parent or element
            ambitions.setdefault(ambition.pk, AmbitionGroup(ambition=ambition, strands=[])).strands.append(aligned)
        elif element.framework.part == Framework.Part.BUILDING_BLOCKS:
            blocks.append(aligned)
        else:
            group = others.setdefault(element.framework_id, FrameworkGroup(framework=element.framework, elements=[]))
            group.elements.append(aligned)
    return list(ambitions.values()), blocks, principles, list(others.values())


def _partners(
    actor: Actor, initiative: Initiative, is_keeper: bool
) -> tuple[list[ShownPartner], list[ShownPartner], list[ShownPartner]]:
    """Those in it now, those who were (and had confirmed), and, for keepers, those who declined."""
    day = today()
    current: list[ShownPartner] = []
    past: list[ShownPartner] = []
    declined: list[ShownPartner] = []
    for partner in initiative.partners.all():
        shown = _shown(actor, initiative, partner)
        if partner.confirmation == Partner.Confirmation.DECLINED:
            if partner.holds_on(day) and (is_keeper or shown.may_answer):
                declined.append(shown)
        elif partner.holds_on(day):
            current.append(shown)
        elif partner.confirmation == Partner.Confirmation.CONFIRMED or partner.was_succeeded:
            past.append(shown)
    return current, past, declined


def _shown(actor: Actor, initiative: Initiative, partner: Partner) -> ShownPartner:
    organisation = partner.organisation
    return ShownPartner(
        id=partner.pk,
        organisation=organisation,
        name=partner.printed_as or organisation.name,
        role=partner.role,
        role_label=str(partner.get_role_display()) if partner.role else "",
        contribution=partner.contribution,
        since=partner.valid_from,
        until=partner.valid_to,
        is_group=organisation.is_group,
        is_lead=partner.role == Partner.Role.LEAD and partner.organisation_id == initiative.lead_id,
        is_confirmed=partner.confirmation == Partner.Confirmation.CONFIRMED,
        is_asked=actor.is_partner and partner.confirmation == Partner.Confirmation.ASKED,
        is_declined=partner.confirmation == Partner.Confirmation.DECLINED,
        declined_reason=partner.declined_reason,
        may_answer=bool(can(actor, "initiative.answer_for", partner)),
    )


def _timeline(initiative: Initiative, shows_names: bool) -> list[TimelineEntry]:
    """Updates, learning, asks, offers and challenges in one query, the newest first."""
    no_day = F("at")
    rows = _acted(Update.objects, initiative, Value("update"), F("health"), Value(""), no_day).union(
        _acted(LearningNote.objects, initiative, Value("learning"), Value(""), Value(""), no_day),
        _acted(AskOrOffer.objects, initiative, F("kind"), Value(""), Value(""), F("closed_at")),
        _acted(Challenge.objects, initiative, Value("challenge"), Value(""), F("response"), F("responded_at")),
        all=True,
    )
    words = dict(Update.Health.choices)
    return [
        TimelineEntry(
            id=row["pk"],
            kind=row["what"],
            at=row["at"],
            body=row["body"],
            health=row["state"],
            health_label=str(words.get(row["state"], "")),
            response=row["reply"],
            done_at=row["done"] if row["what"] in ("ask", "offer", "challenge") else None,
            person=(row["who"] or "") if shows_names else "",
            organisation=row["for_name"] or "",
            organisation_slug=row["for_slug"] or "",
        )
        for row in rows.order_by("-at", "-pk")
    ]


def _acted(
    manager: Any, initiative: Initiative, kind: Any, state: Any, reply: Any, done: Any
) -> QuerySet[Any, dict[str, Any]]:
    return (
        manager.filter(initiative=initiative)
        .order_by()
        .annotate(
            what=Cast(kind, CharField()),
            state=Cast(state, CharField()),
            reply=Cast(reply, TextField()),
            done=done,
            who=F("person__name"),
            for_name=F("organisation__name"),
            for_slug=F("organisation__slug"),
        )
        .values("pk", "what", "at", "body", "state", "reply", "done", "who", "for_name", "for_slug")
    )
