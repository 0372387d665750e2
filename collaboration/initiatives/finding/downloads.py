"""A whole view at once, with every public column: what a spreadsheet of it is made from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Sum

from collaboration.initiatives.finding.cards import Card, cards
from collaboration.initiatives.finding.filters import Filters
from collaboration.initiatives.finding.listing import matching_ids
from collaboration.initiatives.indexing import shown_partners
from collaboration.initiatives.models import FundingLine, Initiative, Partner
from groundwork.access.actors import Actor

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Row:
    """One initiative of a download. Empty text, None and empty tuples mean "not stated"."""

    card: Card
    """Reference, title, stage, lead, chips and areas; its summary is cut, use :attr:`summary`."""
    summary: str
    difference: str
    participation: str
    starts_on: date | None
    ends_on: date | None
    contact_role: str
    partners: tuple[str, ...]
    """The partners shown, as the record calls them: by name, or as a source prints them."""
    funding: Decimal | None
    """The sum of the amounts stated, in pounds; None when none is stated."""
    exemplar_reason: str
    published_at: datetime | None


def find_all(actor: Actor, filters: Filters) -> Iterator[Row]:
    """Everything in a view, most recently changed first; five queries for every :data:`CHUNK` rows."""
    for ids in matching_ids(actor, filters, chunk=CHUNK):
        yield from _rows(ids)


def _rows(ids: list[int]) -> Iterator[Row]:
    texts = {
        each["pk"]: each
        for each in Initiative.objects.filter(pk__in=ids).values(
            "pk",
            "summary",
            "difference",
            "participation",
            "starts_on",
            "ends_on",
            "contact_role",
            "exemplar_reason",
            "published_at",
        )
    }
    partners: dict[int, list[str]] = defaultdict(list)
    for pk, name, printed_as in (
        Partner.objects.filter(shown_partners(), initiative_id__in=ids)
        .order_by("organisation__name", "pk")
        .values_list("initiative_id", "organisation__name", "printed_as")
    ):
        if (shown := printed_as or name) not in partners[pk]:
            partners[pk].append(shown)
    funding = dict(
        FundingLine.objects.filter(initiative_id__in=ids)
        .order_by()
        .values_list("initiative_id")
        .annotate(total=Sum("amount"))
    )
    for card in cards(ids):
        # Withdrawn between two reads: then there is nothing to show.
        if text := texts.get(card.id):
            yield Row(
                card=card,
                summary=text["summary"],
                difference=text["difference"],
                participation=text["participation"],
                starts_on=text["starts_on"],
                ends_on=text["ends_on"],
                contact_role=text["contact_role"],
                partners=tuple(partners[card.id]),
                funding=funding.get(card.id),
                exemplar_reason=text["exemplar_reason"],
                published_at=text["published_at"],
            )
