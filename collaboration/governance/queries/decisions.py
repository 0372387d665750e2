"""Reading decisions: the register and its filters, one decision with everything its page shows, and its chain."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from collaboration.governance.interests import locked_decisions
from collaboration.governance.models import (
    AgendaItem,
    Decision,
    DecisionChange,
    Declaration,
    PartnershipBoard,
    Seat,
    SeatHolder,
)
from collaboration.governance.queries import visible
from collaboration.governance.queries.boards import present
from collaboration.governance.rules.decisions import SETTLED
from collaboration.governance.standing import boards_kept_by, standing_of
from collaboration.initiatives import queries as register
from collaboration.initiatives.models import Initiative
from groundwork.access.actors import Actor
from groundwork.access.errors import NotFound
from groundwork.clock import today
from groundwork.directory.models import Organisation, holding_on
from groundwork.directory.queries import find_organisation
from vision.frameworks.models import Element

Status = Decision.Status
LONGEST_WORDS: Final = 100
_WITH = ("board", "board__lead", "meeting", "item__meeting__board", "supersedes")
_NEWEST: Final = (F("decided_on").desc(nulls_first=True), "-number")


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionFilters:
    """What the register shows. Every field empty: everything the reader may see.

    ``board`` and ``organisation`` are slugs, ``ambition`` is the code of an element, with all that is below it.
    ``organisation``: it sits on the board, or the decision changes something about it. It may be asked for by any of
    its names, since that is what people type.
    """

    board: str = ""
    ambition: str = ""
    organisation: str = ""
    year: str = ""
    status: str = ""
    contrary: str = ""
    q: str = ""

    STATUSES = {
        "made": gettext_lazy("Made"),
        "not_made": gettext_lazy("Not agreed"),
        "superseded": gettext_lazy("Superseded"),
        "open": gettext_lazy("Open for voices"),
        "proposed": gettext_lazy("Proposed"),
        "deferred": gettext_lazy("Deferred"),
        "withdrawn": gettext_lazy("Withdrawn"),
    }

    @classmethod
    def from_query(cls, actor: Actor, query: Mapping[str, str]) -> tuple[DecisionFilters, list[str]]:
        """The filters an address asks for, with a sentence for each that could not be understood and is left out.

        A board that is not shown to ``actor`` and one that does not exist are told alike.
        """
        problems: list[str] = []
        given = {name: _tidy(query.get(name) or "") for name in cls.__dataclass_fields__}
        if given["organisation"] and (meant := find_organisation(given["organisation"])) is not None:
            given["organisation"] = meant.slug
        if given["status"] and given["status"] not in cls.STATUSES:
            problems.append(_("There is no state of that name."))
            given["status"] = ""
        year = given["year"]
        if year and not (year.isascii() and year.isdigit() and 1900 <= int(year) <= 2200):
            problems.append(_("The year must be four digits."))
            given["year"] = ""
        if given["contrary"] not in ("", "yes"):
            problems.append(_("contrary must be yes."))
            given["contrary"] = ""
        for name, found, sentence in (
            ("board", visible.boards(actor).filter(slug=given["board"]), _("There is no such board.")),
            ("ambition", Element.objects.filter(code=given["ambition"]), _("There is no such ambition.")),
            (
                "organisation",
                Organisation.objects.filter(slug=given["organisation"]),
                _("There is no such organisation."),
            ),
        ):
            if given[name] and not found.exists():
                problems.append(sentence)
                given[name] = ""
        return cls(**given), problems

    def asked(self) -> dict[str, str]:
        """Those that narrow the list, as an address asks for them."""
        return {name: value for name in self.__dataclass_fields__ if (value := getattr(self, name))}


def _tidy(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:LONGEST_WORDS]


def listed(actor: Actor, filters: DecisionFilters) -> QuerySet[Decision]:
    """What the filters let through of what the actor sees: what is not settled first, then the newest."""
    found = visible.decisions(actor).select_related(*_WITH)
    if filters.board:
        found = found.filter(board__slug=filters.board)
    if filters.ambition:
        found = found.filter(Q(pk__in=_about(filters.ambition).values("decisions")))
    if filters.organisation:
        seats = Seat.objects.filter(organisation__slug=filters.organisation).order_by().values("board")
        named = DecisionChange.objects.filter(organisation__slug=filters.organisation).order_by().values("decision")
        found = found.filter(Q(board__in=seats) | Q(pk__in=named))
    if filters.year:
        found = found.filter(decided_on__year=int(filters.year))
    if filters.status:
        found = found.filter(status=filters.status)
    if filters.contrary:
        found = found.filter(accords=Decision.Accord.CONTRARY)
    for word in filters.q.split()[:10]:
        found = found.filter(Q(title__icontains=word) | Q(text__icontains=word) | Q(reference__iexact=word))
    return found.annotate(**_counted()).order_by(*_NEWEST)


def _about(code: str) -> QuerySet[Element]:
    here = Q(code=code) | Q(parent__code=code) | Q(parent__parent__code=code)
    return Element.objects.filter(here, decisions__isnull=False).order_by()


def _counted() -> dict[str, Any]:
    return {
        f"said_{choice}": Count("voices", filter=Q(voices__choice=choice), distinct=True)
        for choice in ("for", "against", "abstain")
    }


def boards_that_decided(actor: Actor) -> list[PartnershipBoard]:
    """The boards of which the actor sees a decision, by name: what the register's filter offers."""
    theirs = visible.decisions(actor).order_by().values("board")
    return list(PartnershipBoard.objects.filter(pk__in=theirs).order_by("name"))


def years_of_decisions(actor: Actor) -> list[int]:
    """The years in which something the actor sees was decided, the latest first."""
    found = visible.decisions(actor).filter(decided_on__isnull=False).order_by()
    return [day.year for day in found.dates("decided_on", "year", order="DESC")]


def get(actor: Actor, reference: str) -> Decision:
    """The decision with this reference, in any case. Raises :class:`NotFound`."""
    found = None
    if reference.isascii() and reference.isprintable() and len(reference) <= 20:
        shown = visible.decisions(actor).select_related(*_WITH, "created_by")
        found = shown.filter(reference=reference.upper()).first()
    if found is None:
        raise NotFound(_("There is no decision with this reference, or you may not see it."))
    return found


def visible_decisions(actor: Actor) -> QuerySet[Decision]:
    """The decisions shown to ``actor``, for whoever reads no others of this room's queries."""
    return visible.decisions(actor)


def seen_ids(actor: Actor, ids: Collection[int]) -> set[int]:
    """Of these decisions, those the actor may open."""
    return set(visible.decisions(actor).filter(pk__in=ids).values_list("pk", flat=True)) if ids else set()


def before(actor: Actor, decision: Decision) -> list[Decision]:
    """The decisions that this one took the place of, the latest first, as far as the actor sees them."""
    chain: list[Decision] = []
    each = decision
    while each.supersedes_id is not None:
        found = visible.decisions(actor).filter(pk=each.supersedes_id).first()
        if found is None:
            break
        chain.append(found)
        each = found
    return chain


def after(actor: Actor, decision: Decision) -> list[Decision]:
    """The decisions that took its place, one after the other. Proposals of others are not among them."""
    chain: list[Decision] = []
    each = decision
    while True:
        found = visible.decisions(actor).filter(supersedes=each.pk, status__in=(Status.MADE, Status.SUPERSEDED)).first()
        if found is None:
            return chain
        chain.append(found)
        each = found


def proposed_instead(actor: Actor, decision: Decision) -> list[Decision]:
    """What would take its place, once it is made."""
    return list(visible.decisions(actor).filter(supersedes=decision.pk).exclude(status__in=SETTLED).order_by("number"))


def changes_of(actor: Actor, decision: Decision) -> list[DecisionChange]:
    """What it changes, each with what the actor may see of it: an initiative or a board that is hidden is left out."""
    found = list(
        decision.changes.select_related("initiative", "element__framework", "board", "organisation").order_by(
            "order", "pk"
        )
    )
    seen = register.seen_ids(actor, [each.initiative_id for each in found if each.initiative_id is not None])
    boards = set(visible.boards(actor).filter(decided_by__decision=decision).values_list("pk", flat=True))
    return [
        each
        for each in found
        if (each.initiative_id is None or each.initiative_id in seen)
        and (each.board_id is None or each.board_id in boards)
    ]


def decided_here(
    actor: Actor,
    *,
    initiative: Initiative | None = None,
    element: Element | None = None,
    board: PartnershipBoard | None = None,
    organisation: Organisation | None = None,
) -> list[Decision]:
    """The settled decisions that change this thing, the newest first. For an element also those that are about it."""
    if initiative is not None:
        about = Q(changes__initiative=initiative)
    elif element is not None:
        about = Q(changes__element=element) | Q(elements=element)
    elif board is not None:
        about = Q(changes__board=board)
    else:
        about = Q(changes__organisation=organisation)
    those = Decision.objects.filter(about).order_by().values("pk")
    found = visible.decisions(actor).filter(pk__in=those, status__in=SETTLED)
    return list(found.select_related("board").order_by(*_NEWEST))


def of_board(actor: Actor, board: PartnershipBoard) -> QuerySet[Decision]:
    """The decisions of a board that the actor sees: what is not settled first, then the newest."""
    return visible.decisions(actor).select_related(*_WITH).filter(board=board).order_by(*_NEWEST)


def of_item(actor: Actor, item: AgendaItem) -> list[Decision]:
    """The decisions taken under an item of an agenda that the actor sees."""
    return list(visible.decisions(actor).select_related(*_WITH).filter(item=item).order_by("number"))


def interests(actor: Actor, **about: Any) -> QuerySet[Declaration]:
    """The register of interests declared, the newest first: those in what the actor sees. ``about`` narrows it."""
    of_decisions = Q(decision__in=visible.decisions(actor).order_by().values("pk"))
    of_items = Q(decision=None, item__in=visible.items(actor).order_by().values("pk"))
    return (
        Declaration.objects.filter(of_decisions | of_items, withdrawn_at=None, **about)
        .select_related("decision", "item", "meeting__board", "organisation", "decision__board", "item__meeting__board")
        .order_by("-at", "-pk")
    )


def asked_for_voice(actor: Actor) -> QuerySet[Decision]:
    """Decisions that wait for the voice of the actor's organisation, which they may give."""
    if actor.person is None or actor.mandate is None:
        return Decision.objects.none()
    held = SeatHolder.objects.filter(present(today()), person=actor.person, seat__organisation=actor.organisation_id)
    seats = Seat.objects.filter(holding_on(today()), role=Seat.Role.MEMBER, pk__in=held.order_by().values("seat"))
    return (
        visible.decisions(actor)
        .select_related(*_WITH)
        .filter(status=Status.OPEN, board__in=seats.order_by().values("board"))
        .exclude(voices__organisation=actor.organisation_id)
        .exclude(locked_decisions(actor))
        .order_by("number")
    )


def to_review(actor: Actor) -> QuerySet[Decision]:
    """Made decisions whose day of review has come, of boards the actor keeps."""
    kept = PartnershipBoard.objects.filter(boards_kept_by(actor)).order_by().values("pk")
    return (
        visible.decisions(actor)
        .select_related(*_WITH)
        .filter(status=Status.MADE, review_on__lte=today(), board__in=kept)
        .order_by("review_on", "number")
    )


def knows_names(actor: Actor, decision: Decision) -> bool:
    """Whether people are named to the actor here: to partners of the place, as everywhere."""
    return actor.is_partner or actor.is_system or standing_of(actor, decision.board).is_of_the_board


def item_seen(actor: Actor, uuid: UUID) -> AgendaItem:
    """The item of an agenda with this id. Raises :class:`NotFound`."""
    found = visible.items(actor).select_related("meeting__board").filter(uuid=uuid).first()
    if found is None:
        raise NotFound(_("There is no such item, or you may not see it."))
    return found
