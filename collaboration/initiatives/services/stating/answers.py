"""What it answers to: main strands, further strands and whole ambitions, blocks, other elements, principles."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from collaboration.initiatives.models import Alignment
from collaboration.initiatives.services import aligning, cleaning
from collaboration.initiatives.services.completing import MAIN_STRANDS
from collaboration.initiatives.services.stating.statements import UNSTATED
from collaboration.initiatives.services.stating.work import Work
from groundwork.audit.services import differences
from vision.frameworks.models import Element


def say_answers(work: Work) -> None:
    said = work.statement
    present = {a.element_id: a for a in work.present.alignments}
    wanted: dict[int, tuple[bool, str]] = {pk: (a.is_main, a.contribution) for pk, a in present.items()}
    if said.main is not UNSTATED or said.strands is not UNSTATED:
        _vision(work, present, wanted)
    for name, value, fits, what in (
        ("blocks", said.blocks, aligning.is_block, _("building block")),
        ("elements", said.elements, aligning.is_other, _("element of another framework")),
        ("principles", said.principles, aligning.is_principle, _("principle")),
    ):
        if value is UNSTATED:
            continue
        chosen = _elements(work, value, name, fits, what, set(present))
        for pk in [pk for pk in wanted if fits(work.directory.by_id[pk]) and pk not in chosen]:
            del wanted[pk]
        for pk in chosen:
            wanted.setdefault(pk, (False, ""))
    before = {pk: (a.is_main, a.contribution) for pk, a in present.items()}
    if work.problems or wanted == before:
        return
    target = work.target
    target.gone_alignments = [a for pk, a in present.items() if pk not in wanted]
    for pk, (is_main, sentence) in wanted.items():
        if pk not in present:
            target.new_alignments.append(
                Alignment(element=work.directory.by_id[pk], is_main=is_main, contribution=sentence)
            )
        elif before[pk] != (is_main, sentence):
            changed = copy.copy(present[pk])
            changed.is_main, changed.contribution = is_main, sentence
            target.changed_alignments.append(changed)
    after = [
        Alignment(element=work.directory.by_id[pk], is_main=is_main, contribution=sentence)
        for pk, (is_main, sentence) in wanted.items()
    ]
    work.changes |= differences(aligning.readable(work.present.alignments), aligning.readable(after))
    _alignments_back(work)


def _alignments_back(work: Work) -> None:
    had = work.present.alignments
    vision = [a for a in had if aligning.is_of_vision(a.element)]
    work.inverse["main"] = [(a.element.code, a.contribution) for a in vision if a.is_main]
    work.inverse["strands"] = [a.element.code for a in vision if not a.is_main]
    for name, fits in (
        ("blocks", aligning.is_block),
        ("elements", aligning.is_other),
        ("principles", aligning.is_principle),
    ):
        work.inverse[name] = [a.element.code for a in had if fits(a.element)]


def _vision(work: Work, present: dict[int, Alignment], wanted: dict[int, tuple[bool, str]]) -> None:
    """Main strands, strands and whole ambitions. Both lists, or the one that is stated, are the whole truth."""
    said = work.statement
    old = {pk: pair for pk, pair in wanted.items() if aligning.is_of_vision(work.directory.by_id[pk])}
    new: dict[int, tuple[bool, str]] = {}
    what = _("strand or ambition")
    if said.main is not UNSTATED:
        for position, (code, sentence) in enumerate(said.main):
            field = f"main.{position}"
            chosen = _elements(work, [code], field, aligning.is_of_vision, what, set(present))
            words = cleaning.text(sentence, field=field, label=_("The sentence"), longest=500, problems=work.problems)
            new |= dict.fromkeys(chosen, (True, words))
    else:
        new |= {pk: pair for pk, pair in old.items() if pair[0]}
    if said.strands is not UNSTATED:
        listed = _elements(work, said.strands, "strands", aligning.is_of_vision, what, set(present))
        if said.main is UNSTATED:
            new = {pk: pair for pk, pair in new.items() if pk in listed}
            room = MAIN_STRANDS if not new else 0
            strands = [pk for pk in listed if aligning.is_strand(work.directory.by_id[pk])]
            new |= {pk: (True, old.get(pk, (True, ""))[1]) for pk in strands[:room]}
        new |= {pk: (False, "") for pk in listed if pk not in new}
    else:
        new |= {pk: (False, sentence) for pk, (is_main, sentence) in old.items() if not is_main and pk not in new}
    if sum(is_main for is_main, _sentence in new.values()) > MAIN_STRANDS:
        work.problems.add("main", _("Choose no more than %(most)s main strands.") % {"most": MAIN_STRANDS})
    for pk in old:
        del wanted[pk]
    wanted |= new


def _elements(
    work: Work, texts: Any, field: str, fits: Callable[[Element], bool], what: str, had: set[int]
) -> list[int]:
    if not cleaning.is_list(texts):
        work.problems.add(field, _("This must be a list of codes or names."))
        return []
    if len(texts) > aligning.MOST_ELEMENTS:
        work.problems.add(field, _("Choose no more than %(most)s of these.") % {"most": aligning.MOST_ELEMENTS})
        return []
    found: list[int] = []
    for text in texts:
        element = work.directory.elements.find(
            text,
            field=field,
            what=what,
            problems=work.problems,
            fits=lambda each: fits(each) and (each.withdrawn_on is None or each.pk in had),
        )
        if element is None:
            continue
        if not fits(element):
            work.problems.add(
                field,
                _("“%(title)s” (%(code)s) is no %(what)s.")
                % {"title": element.label, "code": element.code, "what": what},
            )
        elif element.withdrawn_on is not None and element.pk not in had:
            work.problems.add(field, aligning.is_withdrawn(element))
        elif element.pk not in found:
            found.append(element.pk)
    return found
