"""How a record came about: every act and every field, by whom and for whom.

What happened while a reader could not see the record is not told to them. Names of people are for partners; what an
organisation answers to being named, and addresses, are for those who keep the record.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from collaboration.initiatives.models import Initiative, Visibility
from collaboration.initiatives.rules import keeps
from groundwork.access.actors import Actor
from groundwork.access.rules import require
from groundwork.audit.models import AuditEntry
from groundwork.audit.queries import history_of

_ACTIONS: Final = {
    "initiative.load": gettext_lazy("Came with the place"),
    "initiative.reload": gettext_lazy("Changed with the place's catalogue"),
    "initiative.draft": gettext_lazy("Draft begun"),
    "initiative.edit": gettext_lazy("Changed"),
    "initiative.ask_review": gettext_lazy("Review asked for"),
    "initiative.publish": gettext_lazy("Published"),
    "initiative.verify": gettext_lazy("Said to be still accurate"),
    "initiative.update": gettext_lazy("Update added"),
    "initiative.learn": gettext_lazy("Learning note added"),
    "initiative.ask_or_offer": gettext_lazy("Ask or offer added"),
    "initiative.close_ask_or_offer": gettext_lazy("Ask or offer closed"),
    "initiative.challenge": gettext_lazy("Challenged by scrutiny"),
    "initiative.respond": gettext_lazy("Challenge answered"),
    "initiative.mark_exemplar": gettext_lazy("Good practice"),
    "initiative.report_problem": gettext_lazy("Problem reported"),
    "initiative.close_problem": gettext_lazy("Problem report closed"),
    "initiative.withdraw": gettext_lazy("Withdrawn"),
    "initiative.restore": gettext_lazy("Restored"),
    "initiative.merge": gettext_lazy("Merged"),
    "partner.ask": gettext_lazy("Partner asked to confirm"),
    "partner.confirm": gettext_lazy("Partner confirmed"),
    "partner.decline": gettext_lazy("Partner declined"),
    "initiative.succeed": gettext_lazy("Passed to a successor"),
    "join.ask": gettext_lazy("An organisation asked to join"),
    "join.answer": gettext_lazy("An organisation was answered"),
}

_FIELDS: Final = {
    "title": gettext_lazy("Title"),
    "summary": gettext_lazy("Summary"),
    "difference": gettext_lazy("What difference it should make"),
    "stage": gettext_lazy("Stage"),
    "scale": gettext_lazy("Scale"),
    "starts_on": gettext_lazy("Start"),
    "ends_on": gettext_lazy("End"),
    "areas": gettext_lazy("Areas"),
    "lead": gettext_lazy("Lead organisation"),
    "owner": gettext_lazy("Kept by"),
    "partner": gettext_lazy("Partner"),
    "partners": gettext_lazy("Partners"),
    "main_strands": gettext_lazy("Main strands"),
    "strand": gettext_lazy("Strand"),
    "strands": gettext_lazy("Further strands"),
    "blocks": gettext_lazy("Building blocks"),
    "elements": gettext_lazy("Elements of other frameworks"),
    "principles": gettext_lazy("Principles"),
    "participation": gettext_lazy("How people take part"),
    "funding": gettext_lazy("Funding"),
    "contact_role": gettext_lazy("Contact"),
    "contact_email": gettext_lazy("Contact's email address"),
    "visibility": gettext_lazy("Who can see it"),
    "intended_visibility": gettext_lazy("Who is to see it"),
    "reason": gettext_lazy("Reason"),
    "update": gettext_lazy("Update"),
    "health": gettext_lazy("How it is going"),
    "learning": gettext_lazy("Learning"),
    "ask": gettext_lazy("Ask"),
    "offer": gettext_lazy("Offer"),
    "challenge": gettext_lazy("Challenge"),
    "response": gettext_lazy("Response"),
    "good_practice": gettext_lazy("Good practice because"),
    "merged_into": gettext_lazy("Merged into"),
    "merged_from": gettext_lazy("Merged from"),
    "organisation": gettext_lazy("Organisation"),
    "answer": gettext_lazy("Answer"),
}

_FOR_KEEPERS: Final = frozenset(
    {
        "initiative.draft",
        "initiative.ask_review",
        "initiative.report_problem",
        "initiative.close_problem",
        "partner.ask",
        "partner.decline",
        "join.ask",
        "join.answer",
    }
)
"""Acts that only those who keep the record are told of."""

_VALUES_FOR_KEEPERS: Final = frozenset({"partners", "contact_email", "intended_visibility"})
"""Fields of which others learn that they changed, not how: a declined partner is not shown as one."""

_OPENNESS: Final = {Visibility.DRAFT.value: 0, Visibility.PARTNERS.value: 1, Visibility.PUBLIC.value: 2}


@dataclass(frozen=True, kw_only=True)
class Change:
    """One field of one act. Values are text, lists of text or None for not stated; ``told`` is False when withheld."""

    field: str
    label: str
    before: Any
    after: Any
    told: bool = True


@dataclass(frozen=True, kw_only=True)
class HistoryEntry:
    """One act. ``person`` is "" for readers who see no names; ``organisation`` is "" for the public and the system."""

    at: datetime
    action: str
    label: str
    person: str
    organisation: str
    organisation_slug: str
    by_system: bool
    changes: list[Change]


def history(actor: Actor, initiative: Initiative) -> list[HistoryEntry]:
    """Every act the actor may know of, the newest first, under the names of their days. Two queries.

    Raises :class:`NotFound` like ``get``.
    """
    require(actor, "initiative.see_history", initiative)
    names = actor.is_partner or actor.is_system
    return [
        HistoryEntry(
            at=entry.at,
            action=entry.action,
            label=label_of(entry.action),
            person=entry.person.display_name if entry.person and names else "",
            organisation=entry.organisation.name_on(timezone.localdate(entry.at)) if entry.organisation else "",
            organisation_slug=entry.organisation.slug if entry.organisation else "",
            by_system=bool(entry.acted_as),
            changes=changes,
        )
        for entry, changes in readable(
            history_of(initiative).prefetch_related("organisation__names"),
            initiative,
            is_keeper=actor.is_system or keeps(actor, initiative),
            is_partner=actor.is_partner,
        )
    ]


def readable(
    entries: Iterable[AuditEntry], initiative: Initiative, *, is_keeper: bool, is_partner: bool
) -> Iterator[tuple[AuditEntry, list[Change]]]:
    """Of the newest acts on a record, those that a reader may know of, each with what it changed. No query.

    ``entries`` begin with the very newest. The record itself is one that the reader sees now.
    """
    reach = 2 if is_keeper else 1 if is_partner else 0
    # Read backwards: before a change of visibility the record was as open as that change says it had been.
    openness = _OPENNESS[initiative.visibility]
    for entry in entries:
        was_seen = is_keeper or openness + reach >= 2
        if was_seen and (is_keeper or entry.action not in _FOR_KEEPERS):
            yield entry, [_change(field, values, is_keeper) for field, values in entry.changes.items()]
        if "visibility" in entry.changes:
            openness = _OPENNESS.get(entry.changes["visibility"][0] or "", 0)


def label_of(action: str) -> str:
    """What an act is called, in words."""
    return str(_ACTIONS.get(action, action))


def _change(field: str, values: list[Any], is_keeper: bool) -> Change:
    label = str(_FIELDS.get(field, field))
    if field in _VALUES_FOR_KEEPERS and not is_keeper:
        return Change(field=field, label=label, before=None, after=None, told=False)
    before, after = values
    if field in ("visibility", "intended_visibility"):
        before, after = (_spoken_visibility(value) for value in values)
    return Change(field=field, label=label, before=before, after=after)


def _spoken_visibility(value: str | None) -> str | None:
    words = {"draft": _("Draft"), "partners": _("Partners"), "public": _("Everyone")}
    return words.get(value or "", value)
