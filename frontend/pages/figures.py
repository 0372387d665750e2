"""Counts as pages show them: ambition cards, tiles of the map, the addresses they lead to, and lists as files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import ngettext


def listing(**filters: str) -> str:
    """The address of the list of initiatives with these filters: ``listing(ambition="FOE-A1")``."""
    kept = {name: value for name, value in filters.items() if value}
    return f"{reverse('initiatives')}?{urlencode(kept)}" if kept else reverse("initiatives")


def files(name: str, query: str = "") -> dict[str, str]:
    """The addresses of a list as files, chosen by ``query``: ``csv_href``, ``xlsx_href`` and ``json_href``."""
    return {
        f"{format}_href": reverse(f"{name}-{format}") + (f"?{query}" if query else "")
        for format in ("csv", "xlsx", "json")
    }


def ambition_cards(ambitions: Iterable[Any], counts: Mapping[str, int]) -> list[dict[str, Any]]:
    """Each ambition with its address and its counts of initiatives and strands."""
    return [
        {
            "title": ambition.display_title,
            "href": reverse("ambition", args=[ambition.slug]),
            "text": ambition.summary or "",
            "facts": [
                _fact(counts.get(ambition.code, 0), "initiative", "initiatives"),
                _fact(len(ambition.strands_in_order), "strand", "strands"),
            ],
        }
        for ambition in ambitions
    ]


def tiles(areas: Iterable[Any], counts: Mapping[str, int], *, current: str = "") -> list[dict[str, Any]]:
    """The tile map: one tile for each area that has a place on the grid, in reading order."""
    placed = [area for area in areas if area.tile_row is not None and area.tile_column is not None]
    return [
        {
            "name": area.name,
            "href": reverse("area", args=[area.slug]),
            "row": area.tile_row,
            "column": area.tile_column,
            "count": counts.get(area.code, 0),
            "current": area.slug == current,
        }
        for area in sorted(placed, key=lambda area: (area.tile_row, area.tile_column))
    ]


def _fact(number: int, one: str, many: str) -> dict[str, Any]:
    words = {
        "initiative": ngettext("initiative", "initiatives", number),
        "strand": ngettext("strand", "strands", number),
    }
    return {"figure": number, "label": words[one]}
