"""Writing the audit log, inside the transaction of the act itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import models

from groundwork.access.actors import Actor, SystemActor
from groundwork.audit.digests import FORGET, FORGOTTEN, without_words
from groundwork.audit.models import AuditEntry
from groundwork.clock import now
from groundwork.correlation import correlation_id

FORGETTING = SystemActor(name="forgetting")


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


def forget_words(obj: models.Model, *fields: str, actor: Actor = FORGETTING, at: datetime | None = None) -> int:
    """Take what stood in these fields out of the entries about ``obj``, because it is not kept any more.

    That they were changed, when and by whom, stays, and so does the chain: the digests of the words are left, and an
    act of its own says that they went. In the caller's transaction. Returns in how many entries.
    """
    rows: list[tuple[AuditEntry, list[str]]] = []
    for entry in AuditEntry.objects.filter(object_type=obj._meta.label_lower, object_id=str(obj.pk)):
        known = entry.forgotten.get("digests", {})
        gone = [field for field in fields if field in entry.changes and field not in known]
        if gone:
            rows.append((entry, gone))
    if rows:
        named = sorted({field for _entry, gone in rows for field in gone})
        act = keep(actor=actor, action=FORGET, obj=obj, changes={FORGOTTEN: [None, ", ".join(named)]}, at=at)
        for entry, gone in rows:
            without_words(entry, gone, str(act.pk))
        AuditEntry.objects.bulk_update([row for row, _gone in rows], ["changes", "salt", "forgotten"], batch_size=200)
    return len(rows)
