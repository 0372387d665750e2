"""Writing the audit log, inside the transaction of the act itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import models

from groundwork.access.actors import Actor, SystemActor
from groundwork.audit.models import AuditEntry
from groundwork.clock import now
from groundwork.correlation import correlation_id


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """The fields that differ, as ``{field: [before, after]}``. Values must be JSON values people can read."""
    return {
        field: [before.get(field), after.get(field)]
        for field in dict.fromkeys([*before, *after])
        if before.get(field) != after.get(field)
    }


def keep(
    *,
    actor: Actor,
    action: str,
    obj: models.Model,
    changes: Mapping[str, Any] | None = None,
    at: datetime | None = None,
) -> AuditEntry:
    """Add one entry: ``actor`` did ``action`` (``"initiative.publish"``) to ``obj``."""
    return keep_many(actor=actor, acts=[(action, obj, changes or {})], at=at)[0]


def keep_many(
    *, actor: Actor, acts: Sequence[tuple[str, models.Model, Mapping[str, Any]]], at: datetime | None = None
) -> list[AuditEntry]:
    """Add several entries at once: action, object and changes of each."""
    at = at or now()
    return AuditEntry.objects.bulk_create(
        [
            AuditEntry(
                at=at,
                action=action,
                object_type=obj._meta.label_lower,
                object_id=str(obj.pk),
                changes=dict(changes),
                person=actor.person,
                organisation_id=actor.organisation_id,
                mandate=actor.mandate,
                acted_as=actor.name if isinstance(actor, SystemActor) else "",
                via=actor.via,
                correlation_id=correlation_id(),
            )
            for action, obj, changes in acts
        ],
        batch_size=500,
    )
