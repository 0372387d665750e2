"""The golden thread as a nested list: from an element down to the work, and from the work up to the vision.

The same in plain text (``?format=text``), to be copied into a report.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from collaboration.governance.queries.decisions import decided_here
from collaboration.initiatives.finding import choices
from collaboration.thread.queries import Fibre, Knot, trace_element, trace_initiative
from frontend.pages.figures import listing
from frontend.pages.following.boxes import box_of_view
from groundwork.access.actors import Actor


@dataclass
class Step:
    """One line of the list, with what stands below it."""

    kind: str
    text: str
    href: str = ""
    note: str = ""
    breaks: list[str] = field(default_factory=list)
    here: bool = False
    below: list[Step] = field(default_factory=list)


@require_safe
def element_thread(request: HttpRequest, code: str) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    thread = trace_element(actor, code)
    below = _of_knot(thread.knot, is_focus=True)
    below.below += [
        Step(kind=_("Initiative"), text=f"{card.reference} {card.title}", href=card.url) for card in thread.examples
    ]
    if thread.knot.initiatives > len(thread.examples):
        below.below.append(
            Step(
                kind=_("Initiatives"),
                text=_("All %(number)d that answer to this") % {"number": thread.knot.initiatives},
                href=listing(element=code),
            )
        )
    below.below += _decisions(decided_here(actor, element=thread.knot.element))
    steps = _nested([_framework_step(thread.framework), *(_of_element(each) for each in thread.trail), below])
    element = thread.knot.element
    broken = thread.knot.all_breaks()
    title = element.display_title
    context = {
        "title": title,
        "caption": f"{element.kind.capitalize()} {element.code}",
        "summary": element.summary,
        "steps": steps,
        "broken": [(each.display_title, found.sentence) for each, found in broken],
        "crumb": element.code,
        "links": thread.knot.links,
        "listing": listing(element=code),
        "follow": box_of_view(request, **_view_of(element.code)),
        "initiatives": thread.knot.initiatives,
    }
    return _answer(request, context)


@require_safe
def initiative_thread(request: HttpRequest, reference: str) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    thread = trace_initiative(actor, reference)
    initiative = thread.initiative
    groups = (
        (_("The vision"), thread.vision, "no-vision"),
        (_("Building blocks"), thread.blocks, "no-block"),
        (_("Other frameworks"), thread.others, ""),
    )
    steps = []
    broken = [(initiative.title, each.sentence) for each in thread.breaks]
    for heading, fibres, missing in groups:
        silent = [each.sentence for each in thread.breaks if each.kind == missing]
        if fibres or silent:
            below = _together([_of_fibre(fibre) for fibre in fibres])
            steps.append(Step(kind="", text=heading, breaks=silent, below=below))
        broken += [(fibre.element.display_title, each.sentence) for fibre in fibres for each in fibre.breaks]
    if decided := _decisions(decided_here(actor, initiative=initiative)):
        steps.append(Step(kind="", text=_("Decided here"), below=decided))
    if thread.came_from:
        workshops = [
            Step(kind=_("Workshop"), text=each.workshop, href=each.path, note=each.sentence)
            for each in thread.came_from
        ]
        steps.append(Step(kind="", text=_("Where it comes from"), below=workshops))
    context = {
        "title": initiative.title,
        "caption": initiative.reference,
        "steps": steps,
        "broken": broken,
        "crumb": initiative.reference,
        "initiative": initiative,
    }
    return _answer(request, context)


def _view_of(code: str) -> dict[str, str]:
    """The filter of the register by which what answers to an element is found and followed."""
    known = choices()
    for kind in ("ambition", "strand", "block"):
        choice = known.find(kind, code)
        if choice is not None and choice.code == code:
            return {kind: code}
    return {"element": code}


def _answer(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    if request.GET.get("format") == "text":
        return HttpResponse(_as_text(context), content_type="text/plain; charset=utf-8")
    return render(request, "frontend/reading/thread.html", {**context, "text": _as_text(context)})


def _framework_step(framework: Any) -> Step:
    return Step(kind=_("Framework"), text=framework.title, href=reverse("framework", args=[framework.key]))


def _of_element(element: Any, *, here: bool = False) -> Step:
    return Step(
        kind=f"{element.kind.capitalize()} {element.code}",
        text=element.display_title,
        href="" if here else reverse("thread-element", args=[element.code]),
        here=here,
    )


def _of_knot(knot: Knot, *, is_focus: bool = False) -> Step:
    step = _of_element(knot.element, here=is_focus)
    step.note = _count_words(knot.initiatives)
    step.breaks = [each.sentence for each in knot.breaks]
    step.below = [_of_link(link) for link in knot.links] + [_of_knot(child) for child in knot.children]
    return step


def _of_link(link: Any) -> Step:
    if link.element:
        text, href = link.element.display_title, reverse("thread-element", args=[link.element.code])
    else:
        text, href = link.framework.title, reverse("framework", args=[link.framework.key])
    return Step(
        kind=_("Linked to") if link.outward else _("Linked from"),
        text=text,
        href=href,
        note="; ".join(part for part in (link.framework.title if link.element else "", link.reason) if part),
        breaks=[each.sentence for each in link.breaks],
    )


def _of_fibre(fibre: Fibre) -> Step:
    """One element an initiative answers to, from the top of its framework down to it."""
    end = _of_element(fibre.element)
    end.note = fibre.contribution
    end.breaks = [each.sentence for each in fibre.breaks]
    end.below = [_of_link(link) for link in fibre.links]
    return _nested([_framework_step(fibre.framework), *(_of_element(each) for each in fibre.trail), end])[0]


def _decisions(found: list[Any]) -> list[Step]:
    """What boards decided about something, the newest first."""
    return [
        Step(
            kind=_("Decision"),
            text=f"{each.reference} {each.title}",
            href=each.get_absolute_url(),
            note=_("%(board)s, %(status)s") % {"board": each.board.name, "status": each.get_status_display()},
            breaks=[_("It is contrary to the strategy.")] if each.accords == "contrary" else [],
        )
        for each in found
    ]


def _together(steps: list[Step]) -> list[Step]:
    """Steps that are one element become one, with everything that stands below either."""
    found: dict[str, Step] = {}
    for step in steps:
        same = found.setdefault(step.href or step.text, step)
        if same is not step:
            same.below += step.below
            same.note = same.note or step.note
            same.breaks += [each for each in step.breaks if each not in same.breaks]
    for step in found.values():
        step.below = _together(step.below)
    return list(found.values())


def _nested(steps: list[Step]) -> list[Step]:
    """Each step below the one before it."""
    for above, below in itertools.pairwise(steps):
        above.below.insert(0, below)
    return steps[:1]


def _count_words(number: int) -> str:
    return ngettext("%(number)d initiative", "%(number)d initiatives", number) % {"number": number} if number else ""


def _as_text(context: dict[str, Any]) -> str:
    """The list in plain text: two spaces for each level, a broken link marked with an exclamation mark."""
    lines = [context["title"], context["caption"], ""]

    def write(step: Step, depth: int) -> None:
        words = f"{step.kind}: {step.text}" if step.kind else step.text
        lines.append("  " * depth + "- " + words + (f" ({step.note})" if step.note else ""))
        lines.extend("  " * (depth + 1) + f"! {sentence}" for sentence in step.breaks)
        for below in step.below:
            write(below, depth + 1)

    for step in context["steps"]:
        write(step, 0)
    if initiative := context.get("initiative"):
        lines += ["", settings.BASE_URL + initiative.get_absolute_url()]
    return "\n".join(lines) + "\n"
