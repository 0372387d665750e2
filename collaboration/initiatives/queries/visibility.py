"""Which initiatives an actor sees."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import CharField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from collaboration.initiatives.models import Initiative, Partner, Visibility
from groundwork.access.actors import Actor
from groundwork.access.errors import NotFound
from groundwork.audit.models import AuditEntry

_DRAFT = Q(visibility=Visibility.DRAFT)
_PUBLISHED = ~_DRAFT
_NOT_WITHDRAWN = Q(withdrawn_at=None)


def visible_to(actor: Actor) -> QuerySet[Initiative]:
    """The set-wise twin of ``can(actor, "initiative.view", initiative)``; a test holds the two equal.

    Merged records are in it for whoever could see them before, so that a page can lead from them to the survivor;
    lists of what is live filter ``merged_into=None``.
    """
    everything = Initiative.objects.all()
    if actor.is_system:
        return everything
    seen = Q(visibility=Visibility.PUBLIC) & _NOT_WITHDRAWN
    if actor.is_partner:
        seen |= Q(visibility=Visibility.PARTNERS) & _NOT_WITHDRAWN
    organisation = actor.organisation_id
    if organisation is not None:
        ours = Q(owner_id=organisation) | Q(lead_id=organisation)
        seen |= ours & _PUBLISHED
        if actor.role == "scrutiny":
            live = Q(withdrawn_at=None, merged_into=None)
            seen |= _DRAFT & Q(owner_id=organisation, review_asked_at__isnull=False) & live
        else:
            seen |= ours & _DRAFT
    if actor.is_officer:
        seen |= _PUBLISHED | Q(owner=None)
    return everything.filter(seen)


def get(actor: Actor, reference: str) -> Initiative:
    """The initiative with this reference, in any case, also a merged one. Raises :class:`NotFound`."""
    found = None
    if reference.isascii() and reference.isprintable() and len(reference) <= 20:
        found = (
            visible_to(actor)
            .select_related("owner", "lead", "merged_into", "created_by")
            .filter(reference=reference.upper())
            .first()
        )
    if found is None:
        raise NotFound(_("There is no initiative with this reference, or you may not see it."))
    return found


def get_partner(actor: Actor, identifier: int) -> Partner:
    """One partnership in an initiative the actor sees. Raises :class:`NotFound`."""
    found = (
        Partner.objects.select_related("organisation", "initiative", "initiative__owner", "initiative__lead")
        .filter(pk=identifier, initiative__in=visible_to(actor))
        .first()
    )
    if found is None:
        raise NotFound(_("There is no such partnership, or you may not see it."))
    return found


@dataclass(frozen=True, slots=True)
class State:
    """Which state a record is in: changes with every act on it, so that what was made of it can be kept until then."""

    id: int
    reference: str
    version: int
    last_act: UUID | None

    @property
    def key(self) -> str:
        return f"{self.id}:{self.version}:{self.last_act}"


def public_state(reference: str) -> State | None:
    """The state of the record with this reference if everybody may read it, else None (one short query).

    Names of organisations and elements are not in it: they change without an act on the record.
    """
    if not (reference.isascii() and reference.isprintable() and len(reference) <= 20):
        return None
    acts = AuditEntry.objects.filter(
        object_type=Initiative._meta.label_lower, object_id=Cast(OuterRef("pk"), CharField())
    ).order_by("-at", "-pk")
    row = (
        Initiative.objects.filter(
            reference=reference.upper(), visibility=Visibility.PUBLIC, withdrawn_at=None, merged_into=None
        )
        .order_by()
        .values_list("pk", "reference", "version", Subquery(acts.values("pk")[:1]))
        .first()
    )
    return State(*row) if row else None


def survivor_of(initiative: Initiative) -> Initiative:
    """The record a merged one leads to, however often it was merged on; itself when it was not merged."""
    seen = set()
    while initiative.merged_into is not None and initiative.pk not in seen:
        seen.add(initiative.pk)
        initiative = initiative.merged_into
    return initiative


def was_withdrawn(reference: str) -> bool:
    """Whether everybody could once read the record with this reference and it has been withdrawn since."""
    if not (reference.isascii() and reference.isprintable() and len(reference) <= 20):
        return False
    withdrawn = Initiative.objects.filter(visibility=Visibility.PUBLIC, withdrawn_at__isnull=False)
    return withdrawn.filter(reference=reference.upper()).exists()
