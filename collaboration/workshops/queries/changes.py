"""What changed about workshops since a moment, read for any number of readers at once. Never what was said in them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from collaboration.initiatives.queries import Act, Change
from collaboration.workshops.models import Participation, Workshop, WorkshopInvitation
from collaboration.workshops.rules import HOSTS, THERE, mandate_holds
from groundwork.access.actors import Actor
from groundwork.audit.queries import acts_since

_ACTIONS: Final = {
    "workshop.edit": gettext_lazy("Changed"),
    "workshop.open": gettext_lazy("It is open"),
    "workshop.report": gettext_lazy("Its report can be read"),
    "workshop.cancel": gettext_lazy("Cancelled"),
    "workshop.tell_next": gettext_lazy("What happened next can be read"),
}
_FIELDS: Final = {
    "title": gettext_lazy("Title"),
    "starts_at": gettext_lazy("Begins"),
    "ends_at": gettext_lazy("Ends"),
    "venue": gettext_lazy("Venue"),
}
"""Fields that whoever sees a workshop is told of. The address of its video call is for those who take part."""


@dataclass(frozen=True, kw_only=True)
class ChangedWorkshop:
    """One workshop with the acts on it that readers are told of, the newest first. ``title`` may be told by mail."""

    workshop: Workshop
    title: str
    acts: tuple[Act, ...]
    people: frozenset[int]
    addresses: frozenset[str]

    def is_seen_by(self, actors: Iterable[Actor]) -> bool:
        """As :func:`visible_to` says, under any of a reader's mandates. No query."""
        return any(self._is_seen_by(actor) for actor in actors)

    def acts_for(self, actors: Iterable[Actor]) -> tuple[Act, ...]:
        """Everybody who sees a workshop is told the same of it."""
        return self.acts

    def _is_seen_by(self, actor: Actor) -> bool:
        shown_to = self.workshop.visibility
        if shown_to == Workshop.Visibility.PUBLIC or (shown_to == Workshop.Visibility.PARTNERS and actor.is_partner):
            return True
        if actor.acts_for(self.workshop.host_id, *HOSTS):
            return True
        person = actor.person
        return person is not None and (person.pk in self.people or person.email in self.addresses)


def changed_since(since: datetime) -> list[ChangedWorkshop]:
    """Every workshop on which somebody acted after ``since``: one query when there is none, else four."""
    acts: dict[int, list[Any]] = {}
    for entry in acts_since(since, Workshop).filter(action__in=_ACTIONS):
        acts.setdefault(int(entry.object_id), []).append(entry)
    if not acts:
        return []
    people: dict[int, set[int]] = {}
    there = Participation.objects.filter(mandate_holds(), workshop__in=acts, status__in=THERE, person__isnull=False)
    for pk, person_id in there.values_list("workshop_id", "person_id"):
        people.setdefault(pk, set()).add(person_id or 0)
    addresses: dict[int, set[str]] = {}
    invited = WorkshopInvitation.objects.filter(workshop__in=acts, revoked_at=None)
    for pk, email in invited.values_list("workshop_id", "email"):
        addresses.setdefault(pk, set()).add(email)
    return [
        ChangedWorkshop(
            workshop=workshop,
            title=_("A workshop of %(host)s") % {"host": workshop.host.name} if workshop.sensitive else workshop.title,
            acts=tuple(_act(entry, workshop) for entry in acts[workshop.pk]),
            people=frozenset(people.get(workshop.pk, ())),
            addresses=frozenset(addresses.get(workshop.pk, ())),
        )
        for workshop in Workshop.objects.select_related("host").filter(pk__in=acts, rehearses=None)
    ]


def _act(entry: Any, workshop: Workshop) -> Act:
    """Of a sensitive workshop mail says that something changed, never what (promise U21)."""
    told = {} if workshop.sensitive else {name: entry.changes[name] for name in _FIELDS if name in entry.changes}
    return Act(
        id=entry.pk,
        at=entry.at,
        action=entry.action,
        label=str(_ACTIONS[entry.action]),
        organisation=entry.organisation.name if entry.organisation else "",
        person_id=entry.person_id,
        changes=tuple(
            Change(field=name, label=str(_FIELDS[name]), before=before, after=after)
            for name, (before, after) in told.items()
        ),
    )
