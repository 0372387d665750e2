"""Finding initiatives: by filters, by words, and by likeness to new work."""

from collaboration.initiatives.finding.cards import Card, Chip, Key, Named, cards
from collaboration.initiatives.finding.downloads import Position, Row, find_all, find_page, row_of, rows_of
from collaboration.initiatives.finding.filters import KINDS, SORTS, Choice, Choices, Filters, choices
from collaboration.initiatives.finding.likeness import Similar, similar_to
from collaboration.initiatives.finding.listing import (
    LAST_PAGE,
    KeyPage,
    Page,
    Total,
    feed,
    find,
    find_keys,
    matching_ids,
)

__all__ = [
    "KINDS",
    "LAST_PAGE",
    "SORTS",
    "Card",
    "Chip",
    "Choice",
    "Choices",
    "Filters",
    "Key",
    "KeyPage",
    "Named",
    "Page",
    "Position",
    "Row",
    "Similar",
    "Total",
    "cards",
    "choices",
    "feed",
    "find",
    "find_all",
    "find_keys",
    "find_page",
    "matching_ids",
    "row_of",
    "rows_of",
    "similar_to",
]
