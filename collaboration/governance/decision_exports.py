"""The register of decisions as a table people can take away: its columns, and its rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from collaboration.governance.checklist import IMPLICATIONS
from collaboration.governance.models import Decision
from collaboration.governance.queries import visible
from collaboration.governance.queries.decisions import DecisionFilters, listed
from groundwork.access.actors import Actor
from groundwork.sheets.chunks import CHUNK, in_chunks
from groundwork.sheets.columns import LICENCE, Column, Table, register_table

DECISIONS: Final = register_table(
    Table(
        name="decisions",
        title=_("Decisions"),
        address="/decisions",
        columns=(
            Column(name="reference", kind="code", meaning=_("Its reference.")),
            Column(name="title", kind="text", meaning=_("What it is called.")),
            Column(name="text", kind="text", meaning=_("What is decided.")),
            Column(name="rationale", kind="text", meaning=_("Why.")),
            Column(name="board", kind="code", meaning=_("The code of the partnership board that decides.")),
            Column(name="board_name", kind="text", meaning=_("That board’s name.")),
            Column(
                name="status",
                kind="code",
                meaning=_("made, not_made or superseded; for its board also proposed, open, deferred, withdrawn."),
            ),
            Column(name="decided", kind="date", meaning=_("The day of the decision.")),
            Column(name="how", kind="code", meaning=_("vote or consensus.")),
            Column(name="for", kind="number", unit=_("organisations"), meaning=_("How many were for it.")),
            Column(name="against", kind="number", unit=_("organisations"), meaning=_("How many were against it.")),
            Column(name="abstained", kind="number", unit=_("organisations"), meaning=_("How many abstained.")),
            Column(name="accords", kind="code", meaning=_("accords, contrary (to the strategy) or unsure.")),
            Column(name="accords_reason", kind="text", meaning=_("Why, where it is contrary.")),
            Column(name="elements", kind="list", meaning=_("Codes of what it is about in the frameworks.")),
            Column(name="supersedes", kind="code", meaning=_("The decision it took the place of.")),
            Column(name="superseded_by", kind="code", meaning=_("The decision that took its place.")),
            Column(name="review", kind="date", meaning=_("The day on which it is looked at again.")),
            *(
                Column(name=name, kind="text", meaning=format_lazy("{label}.", label=label))
                for name, label in IMPLICATIONS.items()
            ),
            Column(name="visible_to", kind="code", meaning=_("public, partners, board or named.")),
            Column(name="address", kind="address", meaning=_("Its page here.")),
            LICENCE,
        ),
    )
)


def decision_records(actor: Actor, filters: DecisionFilters) -> Iterator[dict[str, Any]]:
    """One record for each decision of the register as its page shows it to this reader."""
    some: list[Decision] = []
    for each in in_chunks(listed(actor, filters).prefetch_related("elements")):
        some.append(each)
        if len(some) == CHUNK:
            yield from records(actor, some)
            some = []
    yield from records(actor, some)


def records(actor: Actor, decisions: list[Decision]) -> list[dict[str, Any]]:
    """The records of rows of :func:`listed`: two queries, however many they are."""
    if not decisions:
        return []
    ids = [each.pk for each in decisions]
    seen = visible.decisions(actor)
    before = dict(
        seen.filter(pk__in=[each.supersedes_id for each in decisions if each.supersedes_id is not None]).values_list(
            "pk", "reference"
        )
    )
    after = dict(
        seen.filter(supersedes__in=ids, status__in=("made", "superseded")).values_list("supersedes_id", "reference")
    )
    return [_record(each, before.get(each.supersedes_id or 0, ""), after.get(each.pk, "")) for each in decisions]


def _record(each: Any, supersedes: str, superseded_by: str) -> dict[str, Any]:
    return {
        "reference": each.reference,
        "title": each.title,
        "text": each.text,
        "rationale": each.rationale,
        "board": each.board.slug,
        "board_name": each.board.name,
        "status": each.status,
        "decided": each.decided_on,
        "how": each.how,
        "for": each.said_for,
        "against": each.said_against,
        "abstained": each.said_abstain,
        "accords": each.accords,
        "accords_reason": each.accords_reason,
        "elements": [element.code for element in each.elements.all()],
        "supersedes": supersedes,
        "superseded_by": superseded_by,
        "review": each.review_on,
        **{name: getattr(each, name) for name in IMPLICATIONS},
        "visible_to": each.access,
        "address": settings.BASE_URL + each.get_absolute_url(),
    }
