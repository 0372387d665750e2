"""What a workshop can be made from, with the columns that come from the place read from its frameworks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from collaboration.workshops.shipped import LONGEST_TITLE, MOST_COLUMNS, Column, Rules, Shipped, shipped
from groundwork.access.errors import NotFound
from vision.frameworks import queries as vision
from vision.frameworks.models import Element


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A template as somebody chooses it: ``minutes`` is the length of the whole plan."""

    key: str
    title: str
    purpose: str
    prompt: str
    columns: tuple[Column, ...]
    plan: tuple[tuple[int, int], ...]
    """Stage and minutes of each, in order."""
    rules: Rules
    source: str
    """What of the place the columns come from (``building-blocks``, ``ambitions``), or ""."""

    @property
    def minutes(self) -> int:
        return sum(minutes for _stage, minutes in self.plan)


_ELEMENTS: Final[dict[str, Callable[[], QuerySet[Element]]]] = {
    "building-blocks": vision.building_blocks,
    "ambitions": vision.ambitions,
    "strands": vision.strands,
    "principles": vision.principles,
    "recommendations": vision.recommendations,
}


def templates() -> list[Template]:
    """Every template, in order. As many queries as there are sources among them, however many elements these have."""
    known: dict[str, list[str]] = {}
    for each in shipped().values():
        if each.source and each.source not in known:
            known[each.source] = _titles(each.source)
    return [_made(each, known.get(each.source, [])) for each in shipped().values()]


def template(key: str) -> Template:
    """One template. Raises :class:`NotFound`."""
    found = shipped().get(key)
    if found is None:
        raise NotFound(_("There is no such template. Choose one from the list."))
    return _made(found, _titles(found.source) if found.source else [])


def _titles(source: str) -> list[str]:
    """Titles of what the place says; what has no stated title makes no column."""
    elements = _ELEMENTS[source]().prefetch_related(None)[:MOST_COLUMNS]
    return [str(element.label)[:LONGEST_TITLE] for element in elements if element.title or element.short_title]


def _made(it: Shipped, titles: list[str]) -> Template:
    columns = tuple(Column(title, it.source_prompt) for title in titles) or it.columns
    return Template(
        key=it.key,
        title=it.title,
        purpose=it.purpose,
        prompt=it.prompt,
        columns=columns,
        plan=tuple(sorted(it.plan.items())),
        rules=it.rules,
        source=it.source if titles else "",
    )
