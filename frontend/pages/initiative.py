"""One initiative: a record one can trust, and what the reader may do with it."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from functools import cache as once
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import get_template, render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from collaboration.actions import queries as actions
from collaboration.boards.afterwards import provenance
from collaboration.governance.queries.decisions import decided_here
from collaboration.initiatives import queries
from collaboration.initiatives.queries import InitiativeDetail, ShownPartner
from frontend.pages.following.boxes import box
from groundwork.access.actors import Actor
from groundwork.access.errors import NotFound
from groundwork.access.rules import Decision
from notifications.following import Followed

ACTS = (
    ("edit", "initiative-edit", gettext_lazy("Change this record")),
    ("verify", "initiative-verify", gettext_lazy("Say that it is still accurate")),
    ("update", "initiative-update", gettext_lazy("Add an update")),
    ("update", "initiative-learning", gettext_lazy("Add what was learned")),
    ("update", "initiative-ask-offer", gettext_lazy("Ask for or offer something")),
    ("ask_to_join", "initiative-join", gettext_lazy("Ask to join")),
    ("challenge", "initiative-challenge", gettext_lazy("Challenge this record")),
    ("mark_exemplar", "initiative-exemplar", gettext_lazy("Say whether it shows good practice")),
    ("merge", "initiative-merge", gettext_lazy("Merge it into another record")),
)
"""What a reader may be offered: the verb that must be allowed, the page's name, the words."""

MOST_ACTIONS = 50
KEPT_SECONDS = 60
"""How long a record is kept as rendered: a renamed organisation or strand may be shown by its old name for so long."""


@require_safe
def initiative(request: HttpRequest, reference: str) -> HttpResponse:
    """The record; 301 to the survivor of a merger, 410 for what was public and is withdrawn."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    # What the public reads is the same for all of them, and made again only once something was done to the record.
    state = None if actor.is_signed_in else queries.public_state(reference)
    key = f"record:{state.key}:{get_language()}:{_shape()}" if state and state.reference == reference else ""
    kept = cache.get(key) if key else None
    if kept:
        title, squeezed = kept
        return _page(request, title, reference, zlib.decompress(squeezed).decode())
    try:
        found = queries.get(actor, reference)
    except NotFound:
        if queries.was_withdrawn(reference):
            return render(request, "frontend/reading/withdrawn.html", {"reference": reference.upper()}, status=410)
        raise
    survivor = queries.survivor_of(found)
    if survivor.pk != found.pk or reference != found.reference:
        return redirect("initiative", survivor.reference, permanent=True)
    record = render_to_string("frontend/reading/record.html", _record(request, queries.detail(actor, found)))
    if key:
        cache.set(key, (found.title, zlib.compress(record.encode(), 1)), KEPT_SECONDS)
    return _page(request, found.title, reference, record)


def _page(request: HttpRequest, title: str, reference: str, record: str) -> HttpResponse:
    context = {"title": title, "reference": reference, "record": mark_safe(record)}  # noqa: S308 - from a template
    return render(request, "frontend/reading/initiative.html", context)


@once
def _shape() -> str:
    """Changes when the record's template does, so that an upgrade shows no record as it was before."""
    template: Any = get_template("frontend/reading/record.html")
    return sha256(Path(template.origin.name).read_bytes()).hexdigest()[:8]


def _record(request: HttpRequest, detail: InitiativeDetail) -> dict[str, Any]:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = detail.initiative
    live = found.is_published and found.withdrawn_at is None
    return {
        "follow": box(request, Followed(initiative=found.reference)) if live else None,
        "came_from": provenance.of_initiative(actor, found),
        "decided": decided_here(actor, initiative=found),
        "actions": list(actions.of_initiative(actor, found)[:MOST_ACTIONS]),
        "detail": detail,
        "initiative": found,
        "threads": _threads(detail),
        "acts": _acts(detail.may, found),
        "answers": [partner for partner in detail.partners if partner.is_asked and partner.may_answer]
        + [p for p in (detail.lead_partner,) if p and p.is_asked and p.may_answer],
        "partners": [_partner(partner) for partner in detail.partners],
        "lead_status": _answer_words(detail.lead_partner) if detail.lead_partner else ("", ""),
        "labels": _labels(found.original_labels),
        "open_asks": [entry for entry in detail.asks if not entry.done_at],
        "open_offers": [entry for entry in detail.offers if not entry.done_at],
    }


def _threads(detail: InitiativeDetail) -> list[list[dict[str, Any]]]:
    """The golden thread through this record: one strip for each ambition, from it down to what else is answered."""
    here = {"kind": _("This initiative"), "text": detail.initiative.title, "here": True}
    elements = [aligned.element for group in detail.others for aligned in group.elements]
    also = [
        {
            "kind": _("Also answers to"),
            "text": element.label,
            "href": reverse("thread-element", args=[element.code]),
        }
        for element in elements[:2]
    ]
    strips = []
    for group in detail.ambitions:
        strands = [aligned.element for aligned in group.strands if aligned.element.pk != group.ambition.pk]
        steps: list[dict[str, Any]] = [
            {
                "kind": _("Ambition"),
                "text": group.ambition.display_title,
                "href": reverse("ambition", args=[group.ambition.slug]),
            }
        ]
        if strands:
            steps += [
                {"kind": _("Strand"), "text": each.label, "href": reverse("thread-element", args=[each.code])}
                for each in strands[:2]
            ]
        else:
            steps.append({"kind": _("Strand"), "text": _("Not stated"), "missing": True})
        strips.append([*steps, here, *also])
    if not strips:
        strips.append([{"kind": _("Ambition"), "text": _("Not stated"), "missing": True}, here, *also])
    return strips


def _acts(may: Mapping[str, Decision], initiative: Any) -> list[dict[str, str]]:
    """Links to what the reader may do now."""
    offered = [(verb, name, words) for verb, name, words in ACTS if may[verb]]
    if not initiative.is_published and may["publish"]:
        offered.insert(0, ("publish", "initiative-check", gettext_lazy("Check and publish")))
    elif not initiative.is_published and may["ask_review"]:
        offered.insert(0, ("ask_review", "initiative-check", gettext_lazy("Check and ask for review")))
    if initiative.withdrawn_at is None and may["withdraw"]:
        offered.append(("withdraw", "initiative-withdraw", gettext_lazy("Withdraw it")))
    if initiative.withdrawn_at is not None and may["restore"]:
        offered.append(("restore", "initiative-restore", gettext_lazy("Restore it")))
    links: list[dict[str, str]] = []
    for _verb, name, words in offered:
        try:
            links.append({"href": reverse(name, args=[initiative.reference]), "text": str(words)})
        except NoReverseMatch:
            continue
    return links


def _partner(partner: ShownPartner) -> dict[str, Any]:
    status, words = _answer_words(partner)
    return {
        "partner": partner,
        "status": status,
        "status_text": words,
        "printed": partner.name if partner.name != partner.organisation.name else "",
    }


def _answer_words(partner: ShownPartner) -> tuple[str, Any]:
    """Whether an organisation has said that it takes part, in words. A group is never asked."""
    if partner.is_group:
        return "grey", _("Group")
    if partner.is_confirmed:
        return "confirmed", _("Confirmed")
    if partner.is_asked:
        return "asked", _("Asked to confirm")
    return "", ""


def _labels(labels: dict[str, Any]) -> list[tuple[str, list[str]]]:
    """What the source prints, label by label."""
    names = {
        "ambition": _("Ambition"),
        "strand_as_printed": _("Strand"),
        "theme": _("Theme"),
        "examples": _("Examples"),
        "partners": _("Partners"),
    }
    return [
        (names[key], [str(each) for each in (value if isinstance(value, list) else [value])])
        for key, value in labels.items()
        if key in names and value
    ]
