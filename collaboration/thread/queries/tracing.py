"""Following the thread: from the vision through an element to the work that answers to it, and back from the work.

Where the thread is broken (nothing answers to a strand, a priority names no part of the vision, what was linked has
been withdrawn) that is told in a sentence at the place where it breaks.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from collaboration.boards.afterwards import provenance
from collaboration.boards.afterwards.provenance import CameFrom
from collaboration.initiatives import finding
from collaboration.initiatives import queries as register
from collaboration.initiatives.finding.listing import levels
from collaboration.initiatives.models import Alignment, Facet, Initiative
from groundwork.access.actors import Actor
from groundwork.access.errors import NotFound
from vision.frameworks.models import Element, ElementLink, Framework

SHOWN = 5
"""How many initiatives stand at the element asked about; the rest is a list away."""


@dataclass(frozen=True, slots=True)
class Break:
    """A place where the thread is broken, as a sentence. ``kind`` is a stable name for it."""

    kind: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Link:
    """A stated relation to an element of another framework, or to a whole one (``element`` is then None)."""

    kind: str
    reason: str
    outward: bool
    """Whether the element that was asked about states it; otherwise the other one does."""
    element: Element | None
    framework: Framework
    breaks: list[Break]


@dataclass(slots=True)
class Knot:
    """An element on the thread, with what stands below it and beside it."""

    element: Element
    initiatives: int
    """How many the asker may see that answer to it or to anything below it."""
    children: list[Knot] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    breaks: list[Break] = field(default_factory=list)

    @property
    def is_broken(self) -> bool:
        return bool(self.breaks)

    def all_breaks(self) -> list[tuple[Element, Break]]:
        """Every break at or below this element, from the top down."""
        here = [(self.element, each) for each in self.breaks]
        here += [(self.element, each) for link in self.links for each in link.breaks]
        return here + [each for child in self.children for each in child.all_breaks()]


@dataclass(frozen=True, slots=True)
class ElementThread:
    """The thread through one element."""

    framework: Framework
    trail: list[Element]
    """From the top of the framework down to, and without, the element itself."""
    knot: Knot
    examples: list[finding.Card]
    """The most recently changed initiatives that answer to it, at most :data:`SHOWN`."""

    @property
    def query(self) -> str:
        """The query string of the list of all initiatives that answer to it."""
        return finding.Filters(element=self.knot.element.code).as_query()


@dataclass(frozen=True, slots=True)
class Fibre:
    """One element that an initiative answers to, with the way up from it."""

    framework: Framework
    trail: list[Element]
    element: Element
    is_main: bool
    contribution: str
    links: list[Link]
    breaks: list[Break]


@dataclass(frozen=True, slots=True)
class InitiativeThread:
    """The threads that run from one initiative up to the vision and to other frameworks."""

    initiative: Initiative
    vision: list[Fibre]
    blocks: list[Fibre]
    others: list[Fibre]
    breaks: list[Break]
    came_from: list[CameFrom]
    """The workshops that it came out of, as far as the asker may read what was said in them."""


def trace_element(actor: Actor, code: str) -> ElementThread:
    """The thread through the element with this code (at most eight queries, however much hangs on it).

    Raises :class:`NotFound` when there is no such element. A withdrawn one is still found, and says so.
    """
    known = code.isprintable() and len(code) <= 40
    focus = Element.objects.select_related("framework").filter(code=code).first() if known else None
    if focus is None:
        raise NotFound(_("There is no element with this code."))
    family = _family([focus])
    below = _with_all_below(focus, family.values())
    counts = _counts(actor, [element.code for element in below])
    links = _links([*below, *_trail(focus, family)])
    knots: dict[int, Knot] = {}
    for element in below:
        element.framework = focus.framework
        knot = knots[element.pk] = Knot(element, counts.get(element.code, 0), links=links.get(element.pk, []))
        if element.parent_id in knots:
            knots[element.parent_id].children.append(knot)
    top = knots[focus.pk]
    for knot in knots.values():
        knot.breaks += _breaks_at(knot, has_link_above=_has_link_above(knot.element, family, links))
    examples = finding.feed(actor, finding.Filters(element=focus.code), SHOWN)
    return ElementThread(focus.framework, _trail(focus, family), top, examples)


def trace_initiative(actor: Actor, reference: str) -> InitiativeThread:
    """The threads from one initiative upwards (at most seven queries).

    Raises :class:`NotFound` when there is none with this reference that the actor may see.
    """
    initiative = register.get(actor, reference)
    alignments = list(
        Alignment.objects.filter(initiative=initiative)
        .select_related("element__framework")
        .order_by("-is_main", "element__framework__order", "element__order")
    )
    elements = [alignment.element for alignment in alignments]
    family = _family(elements)
    links = _links([*elements, *(above for element in elements for above in _trail(element, family))])
    threads: dict[str, list[Fibre]] = {Framework.Part.VISION: [], Framework.Part.BUILDING_BLOCKS: [], "": []}
    for alignment in alignments:
        element = alignment.element
        part = element.framework.part if element.framework.part in threads else ""
        breaks = [_withdrawn(element)] if element.withdrawn_on else []
        if part == Framework.Part.VISION and alignment.is_main and not alignment.contribution:
            breaks.append(Break("no-contribution", _("It is not stated what this adds to it.")))
        if part == "" and not _has_link_above(element, family, links):
            breaks.append(_unlinked())
        threads[part].append(
            Fibre(
                framework=element.framework,
                trail=_trail(element, family),
                element=element,
                is_main=alignment.is_main,
                contribution=alignment.contribution,
                links=links.get(element.pk, []),
                breaks=breaks,
            )
        )
    breaks = []
    if not threads[Framework.Part.VISION]:
        breaks.append(Break("no-vision", _("It is not stated which part of the vision this serves.")))
    if not threads[Framework.Part.BUILDING_BLOCKS]:
        breaks.append(Break("no-block", _("It is not stated which building block this uses.")))
    return InitiativeThread(
        initiative,
        threads[Framework.Part.VISION],
        threads[Framework.Part.BUILDING_BLOCKS],
        threads[""],
        breaks,
        provenance.of_initiative(actor, initiative),
    )


def _family(elements: Iterable[Element]) -> dict[int, Element]:
    """Every element of the frameworks these belong to, in order (one query)."""
    frameworks = {element.framework_id for element in elements}
    found = Element.objects.filter(framework_id__in=frameworks).order_by("framework__order", "order")
    return {element.pk: element for element in found}


def _with_all_below(focus: Element, family: Iterable[Element]) -> list[Element]:
    """The element and all that is in force below it, parents before children."""
    children: dict[int | None, list[Element]] = {}
    for element in family:
        if element.withdrawn_on is None:
            children.setdefault(element.parent_id, []).append(element)
    found, waiting = [], [focus]
    while waiting:
        element = waiting.pop(0)
        found.append(element)
        waiting += children.get(element.pk, [])
    return found


def _trail(element: Element, family: dict[int, Element]) -> list[Element]:
    trail: list[Element] = []
    above = element.parent_id
    while above is not None and above in family and len(trail) < 20:
        trail.append(family[above])
        above = family[above].parent_id
    return trail[::-1]


def _counts(actor: Actor, codes: list[str]) -> dict[str, int]:
    rows: QuerySet[Any, tuple[str, int]] = (
        Facet.objects.filter(kind="element", value__in=codes, is_public__in=levels(actor))
        .order_by()
        .values_list("value")
        .annotate(number=Count("pk"))
    )
    return dict(rows)


def _links(elements: Iterable[Element]) -> dict[int, list[Link]]:
    """The stated relations of each element, in both directions (one query)."""
    wanted = {element.pk for element in elements}
    found: dict[int, list[Link]] = {}
    if not wanted:
        return found
    rows = (
        ElementLink.objects.filter(Q(from_element__in=wanted) | Q(to_element__in=wanted))
        .select_related("from_element__framework", "to_element__framework", "to_framework")
        .order_by("from_element__framework__order", "from_element__order", "to_element__order", "pk")
    )
    for row in rows:
        if row.from_element_id in wanted:
            other = row.to_element
            whole = other.framework if other else row.to_framework
            if whole is not None:
                found.setdefault(row.from_element_id, []).append(_link(row, other, whole, outward=True))
        if row.to_element_id in wanted and row.to_element_id is not None:
            source = row.from_element
            found.setdefault(row.to_element_id, []).append(_link(row, source, source.framework, outward=False))
    return found


def _link(row: ElementLink, other: Element | None, framework: Framework, *, outward: bool) -> Link:
    breaks: list[Break] = []
    if other is not None and other.withdrawn_on:
        breaks.append(_withdrawn(other))
    elif framework.withdrawn_on:
        breaks.append(
            Break("framework-withdrawn", _("“%(title)s” is no longer in force.") % {"title": framework.title})
        )
    return Link(row.kind, row.reason, outward, other, framework, breaks)


def _has_link_above(element: Element, family: dict[int, Element], links: dict[int, list[Link]]) -> bool:
    """Whether the element or one above it is linked to the vision."""
    return any(
        link.framework.part == Framework.Part.VISION
        for each in [element, *_trail(element, family)]
        for link in links.get(each.pk, [])
    )


def _breaks_at(knot: Knot, *, has_link_above: bool) -> list[Break]:
    element, breaks = knot.element, []
    if element.withdrawn_on:
        breaks.append(_withdrawn(element))
    part = element.framework.part
    if not knot.initiatives and part in (Framework.Part.VISION, Framework.Part.BUILDING_BLOCKS):
        breaks.append(Break("no-work", _("No initiative is registered for this yet.")))
    if part == "" and not has_link_above and not knot.children:
        breaks.append(_unlinked())
    return breaks


def _withdrawn(element: Element) -> Break:
    sentence = _("“%(title)s” was withdrawn from its framework.") % {"title": element.display_title}
    return Break("withdrawn", sentence)


def _unlinked() -> Break:
    return Break("unlinked", _("It is not stated which part of the vision this serves."))
