"""One decision: what is decided and why, by whose voices, what it changes, and what came before and after."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from collaboration.governance.checklist import IMPLICATIONS, tasks
from collaboration.governance.queries import decisions as queries
from collaboration.governance.queries.decision_history import history
from collaboration.governance.queries.strategy import keepers_words
from collaboration.governance.queries.voices import tally_of, voice_of, voices
from collaboration.governance.rules.decisions import SETTLED
from collaboration.governance.services.declaring import is_locked
from frontend.pages.deciding.listing import declared
from frontend.pages.gate import actor_of
from groundwork.access.actors import Actor
from groundwork.access.rules import can

_UNSETTLED = ("proposed", "open", "deferred")
ACTS: tuple[tuple[str, str, Any, tuple[str, ...]], ...] = (
    ("decision.voice", "decision-voice", _("Give your organisation’s voice"), ("open",)),
    ("decision.settle", "decision-open", _("Open it for voices"), ("proposed", "deferred")),
    ("decision.take_voices", "decision-voices", _("Write down what is said in the room"), ("open",)),
    ("decision.settle", "decision-make", _("Make the decision"), ("proposed", "open")),
    ("decision.settle", "decision-review", _("Review it"), ("made",)),
    ("decision.change", "decision-edit", _("Change what it says"), _UNSETTLED),
    ("decision.change", "decision-changes", _("Say what it changes"), (*_UNSETTLED, "made")),
    ("interest.declare", "decision-declare", _("Declare an interest"), _UNSETTLED),
    ("interest.write_down", "decision-declare-another", _("Write down an interest declared"), _UNSETTLED),
    ("decision.settle", "decision-supersede", _("Propose what supersedes it"), ("made",)),
    ("decision.settle", "decision-not-agreed", _("The board does not agree"), ("open",)),
    ("decision.settle", "decision-take-back", _("Take it back to a proposal"), ("open", "deferred")),
    ("decision.settle", "decision-defer", _("Defer it"), ("proposed", "open")),
    ("decision.settle", "decision-withdraw", _("Withdraw it"), _UNSETTLED),
)
"""What may be offered: the verb that must be allowed, the page, the words, and in which states."""


@never_cache
@require_safe
def decision(request: HttpRequest, reference: str) -> HttpResponse:
    """The page of one decision."""
    actor = actor_of(request)
    found = queries.get(actor, reference)
    inside = can(actor, "decision.change", found) or can(actor, "decision.voice", found)
    names = queries.knows_names(actor, found)
    item = found.item if found.item is not None and can(actor, "item.view", found.item) else None
    context = {
        "decision": found,
        "item": item,
        "meeting": found.meeting if found.meeting and can(actor, "meeting.view", found.meeting) else None,
        "is_contrary": found.accords == "contrary",
        "strategy": keepers_words(found) if found.accords == "contrary" else [],
        "elements": found.elements.select_related("framework").order_by("framework__order", "order"),
        "implications": [(label, getattr(found, name)) for name, label in IMPLICATIONS.items()],
        "tally": tally_of(found) if found.status in (*SETTLED, "open") else None,
        "voices": [_voice(each, names=names) for each in voices(found)],
        "mine": voice_of(actor, found),
        "changes": queries.changes_of(actor, found),
        "before": queries.before(actor, found),
        "after": queries.after(actor, found),
        "instead": queries.proposed_instead(actor, found),
        "interests": [declared(actor, each) for each in queries.interests(actor, decision=found)],
        "is_locked": is_locked(actor, found),
        "tasks": _tasks(found) if inside and found.status in _UNSETTLED else [],
        "history": history(actor, found),
        "acts": acts(actor, found),
    }
    return render(request, "frontend/deciding/decision.html", context)


def _voice(voice: Any, *, names: bool) -> dict[str, Any]:
    person = voice.person.display_name if names and voice.person is not None else ""
    taken = voice.taken_by is not None or (voice.person is None and voice.mandate_id is None)
    return {"voice": voice, "person": person, "taken": taken, "reason": voice.reason if names else ""}


def _tasks(found: Any) -> list[dict[str, Any]]:
    edit = reverse("decision-edit", args=[found.reference])
    return [
        {
            "title": task.label,
            "hint": task.sentence,
            "status": "completed" if task.is_done else "needs_information",
            "href": f"{edit}#id_{'option_1_title' if task.field == 'options' else task.field}",
        }
        for task in tasks(found)
    ]


def acts(actor: Actor, found: Any) -> list[dict[str, Any]]:
    """What this reader may do with it now. The first is the button of the page."""
    return [
        {"name": name, "words": words}
        for verb, name, words, states in ACTS
        if found.status in states and can(actor, verb, found)
    ]
