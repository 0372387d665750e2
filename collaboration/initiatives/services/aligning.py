"""What an initiative answers to: main strands with a sentence each, further strands, blocks, other elements."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from collaboration.initiatives.models import Alignment, Initiative
from collaboration.initiatives.services import cleaning
from collaboration.initiatives.services.cleaning import Problems
from collaboration.initiatives.services.completing import MAIN_STRANDS, still_complete
from collaboration.initiatives.services.records import changed, locked, same_version
from groundwork.access.actors import Actor
from groundwork.audit.services import differences
from groundwork.clock import now
from vision.frameworks.models import Element, Framework

MOST_ELEMENTS = 100

Apply = Callable[[], None]


def is_strand(element: Element) -> bool:
    """A strand is what the shared vision says below an ambition."""
    return element.framework.part == Framework.Part.VISION and element.parent_id is not None


def is_of_vision(element: Element) -> bool:
    """A strand, or an ambition that is meant as a whole: a sheet or a source may not say which strand of it."""
    return element.framework.part == Framework.Part.VISION


def is_block(element: Element) -> bool:
    return element.framework.part == Framework.Part.BUILDING_BLOCKS and element.parent_id is None


def is_principle(element: Element) -> bool:
    return element.kind == "principle"


def is_other(element: Element) -> bool:
    """An element of another framework: a commitment, a priority, a recommendation."""
    elsewhere = element.framework.part not in (Framework.Part.VISION, Framework.Part.BUILDING_BLOCKS)
    return elsewhere and not is_principle(element)


@transaction.atomic
def save_alignment(
    *,
    actor: Actor,
    initiative: Initiative,
    version: int | None,
    main: Sequence[tuple[str, str]],
    strands: Sequence[str] = (),
    blocks: Sequence[str] = (),
    elements: Sequence[str] = (),
    at: datetime | None = None,
) -> Initiative:
    """What it contributes to: up to three ``main`` strands as (code, sentence), and codes of the rest.

    The principles it follows are untouched (see ``save_participation``). A draft may save a main strand without its
    sentence; publishing asks for it. Raises :class:`Invalid` for codes that do not exist, belong to another part of the
    vision, or name something withdrawn that was not chosen before.
    """
    row = locked(initiative, actor=actor, verb="initiative.edit")
    problems = Problems()
    sentences = _main(main, problems)
    chosen = {
        "strands": cleaning.codes(strands, field="strands", label=_("Strands"), problems=problems, most=MOST_ELEMENTS),
        "blocks": cleaning.codes(
            blocks, field="blocks", label=_("Building blocks"), problems=problems, most=MOST_ELEMENTS
        ),
        "elements": cleaning.codes(
            elements, field="elements", label=_("Commitments"), problems=problems, most=MOST_ELEMENTS
        ),
    }
    had = {a.element.code: a for a in row.alignments.select_related("element__framework")}
    found = _elements([*sentences, *(code for codes in chosen.values() for code in codes)])
    _fits(sentences, is_strand, had, found, problems, field="main", what=_("a strand of the vision"))
    _fits(chosen["strands"], is_strand, had, found, problems, field="strands", what=_("a strand of the vision"))
    _fits(chosen["blocks"], is_block, had, found, problems, field="blocks", what=_("a building block"))
    _fits(
        chosen["elements"], is_other, had, found, problems, field="elements", what=_("an element of another framework")
    )
    problems.raise_if_any()

    wanted = {code: (True, sentence) for code, sentence in sentences.items()}
    for codes in chosen.values():
        for code in codes:
            wanted.setdefault(code, (False, ""))
    # A whole ambition cannot be chosen in the form; it stays until one of its strands says more.
    chosen_ambitions = {found[code].parent_id for code in wanted}
    kept_aside = {
        code
        for code, alignment in had.items()
        if is_principle(alignment.element)
        or (
            is_of_vision(alignment.element)
            and alignment.element.depth == 0
            and alignment.element_id not in chosen_ambitions
        )
    }
    present = {code: (a.is_main, a.contribution) for code, a in had.items() if code not in kept_aside}
    if wanted == present:
        return row
    same_version(row, version, actor=actor)
    before = _readable(row)
    row.alignments.filter(element__code__in=present.keys() - wanted.keys()).delete()
    for code, (is_main, sentence) in wanted.items():
        if code not in present:
            Alignment.objects.create(initiative=row, element=found[code], is_main=is_main, contribution=sentence)
        elif present[code] != (is_main, sentence):
            row.alignments.filter(element__code=code).update(is_main=is_main, contribution=sentence)
    still_complete(row, "alignment")
    changed(actor=actor, initiative=row, changes=differences(before, _readable(row)), at=at or now())
    return row


def set_principles(
    initiative: Initiative, codes: Sequence[str], problems: Problems
) -> tuple[Apply, dict[str, list[Any]]]:
    """How to set the principles of a locked record, and the change this makes ({} for none)."""
    wanted = cleaning.codes(codes, field="principles", label=_("Principles"), problems=problems, most=MOST_ELEMENTS)
    had = {
        a.element.code: a for a in initiative.alignments.select_related("element__framework") if is_principle(a.element)
    }
    found = _elements(wanted)
    _fits(wanted, is_principle, had, found, problems, field="principles", what=_("a principle"))
    new = [found[code] for code in wanted if code in found and code not in had]
    gone = [alignment for code, alignment in had.items() if code not in wanted]

    def apply() -> None:
        for alignment in gone:
            alignment.delete()
        for element in new:
            Alignment.objects.create(initiative=initiative, element=element)

    if not new and not gone:
        return apply, {}
    before = sorted(a.element.label for a in had.values())
    after = sorted(found[code].label for code in wanted if code in found)
    return apply, {"principles": [before, after]}


def _main(main: Any, problems: Problems) -> dict[str, str]:
    """Codes of the main strands with their cleaned sentences."""
    sentences: dict[str, str] = {}
    try:
        pairs = [(code, sentence) for code, sentence in main]
    except (TypeError, ValueError):
        problems.add("main", _("Main strands must be a list of codes, each with a sentence."))
        return {}
    codes = cleaning.codes(
        [code for code, _sentence in pairs],
        field="main",
        label=_("Main strands"),
        problems=problems,
        most=MAIN_STRANDS,
    )
    for code, sentence in pairs:
        if isinstance(code, str) and code.strip() in codes:
            sentences[code.strip()] = cleaning.text(
                sentence,
                field=f"main.{cleaning.shown(code.strip())}",
                label=_("The sentence"),
                longest=500,
                problems=problems,
            )
    return sentences


def _elements(codes: Sequence[str]) -> dict[str, Element]:
    return {e.code: e for e in Element.objects.filter(code__in=codes).select_related("framework")}


def _fits(
    codes: Sequence[str] | dict[str, str],
    fits: Callable[[Element], bool],
    had: dict[str, Alignment],
    found: dict[str, Element],
    problems: Problems,
    *,
    field: str,
    what: str,
) -> None:
    for code in codes:
        element = found.get(code)
        if element is None:
            problems.add(field, _("There is nothing with the code “%(code)s”.") % {"code": cleaning.shown(code)})
        elif not fits(element):
            problems.add(field, _("“%(title)s” is not %(what)s.") % {"title": element.label, "what": what})
        elif element.withdrawn_on is not None and code not in had:
            problems.add(field, is_withdrawn(element))


def is_withdrawn(element: Element) -> str:
    return _("“%(title)s” is withdrawn and cannot be chosen any more.") % {"title": element.label}


def _readable(initiative: Initiative) -> dict[str, Any]:
    shown = readable(initiative.alignments.select_related("element__framework"))
    del shown["principles"]
    return shown


def readable(alignments: Iterable[Alignment]) -> dict[str, Any]:
    """Alignments as the audit log shows them to people."""
    shown: dict[str, list[str]] = {"main_strands": [], "strands": [], "blocks": [], "elements": [], "principles": []}
    for alignment in sorted(alignments, key=lambda a: a.element.code):
        element = alignment.element
        if is_principle(element):
            shown["principles"].append(element.label)
        elif alignment.is_main:
            sentence = f": {alignment.contribution}" if alignment.contribution else ""
            shown["main_strands"].append(f"{element.label}{sentence}")
        elif is_of_vision(element):
            shown["strands"].append(element.label)
        elif is_block(element):
            shown["blocks"].append(element.label)
        else:
            shown["elements"].append(f"{element.label} ({element.framework.title})")
    return dict(shown)
