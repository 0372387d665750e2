"""Reading what loads of the place catalogue changed."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet

from groundwork.access.actors import Actor
from groundwork.access.rules import require
from groundwork.catalogue import rules  # noqa: F401 - registers the rule asked for here
from groundwork.catalogue.models import CatalogueChange, CatalogueLoad


def loads() -> QuerySet[CatalogueLoad]:
    """Every load that changed something, newest first."""
    return CatalogueLoad.objects.all()


def changes_of(load: CatalogueLoad) -> QuerySet[CatalogueChange]:
    """What one load changed, in the order in which it was written."""
    return load.changes.order_by("pk")


def history_of(kind: str, key: str) -> QuerySet[CatalogueChange]:
    """What loads did to one thing, newest first: ``history_of("element", "FOE-A3")``."""
    return CatalogueChange.objects.filter(kind=kind, key=key).select_related("load").order_by("-pk")


def recent_loads(*, actor: Actor, limit: int = 20) -> QuerySet[CatalogueLoad]:
    """The last loads with their changes, newest first. Raises :class:`NotAllowed` for the public and partners."""
    require(actor, "catalogue.review")
    changes = Prefetch("changes", CatalogueChange.objects.order_by("pk"))
    return CatalogueLoad.objects.prefetch_related(changes).order_by("-at", "-pk")[:limit]
