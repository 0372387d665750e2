"""What every change of a decision has in common: the number, the lock, the version, the audit entry, the event."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from collaboration.governance.events.decisions import DecisionChanged
from collaboration.governance.models import Decision, LastDecision
from groundwork.access.actors import Actor
from groundwork.access.errors import Conflict, NotFound
from groundwork.access.rules import require
from groundwork.audit.services import keep
from groundwork.events.services import record

Status = Decision.Status


def hold_counter() -> LastDecision:
    """The counter of decisions, locked until the transaction ends."""
    LastDecision.objects.get_or_create(pk=1)
    return LastDecision.objects.select_for_update().get(pk=1)


def next_number() -> tuple[int, str]:
    """The next number and its reference, ``D-0042``. The counter is locked until the transaction ends."""
    last = hold_counter()
    last.number += 1
    last.save(update_fields=["number"])
    return last.number, f"D-{last.number:04d}"


def locked(decision: Decision, *, actor: Actor, verb: str) -> Decision:
    """A fresh copy of the row, locked until the transaction ends, once ``actor`` is found to be allowed ``verb``."""
    row = found_and_locked(decision.pk)
    require(actor, verb, row)
    return row


def found_and_locked(pk: int) -> Decision:
    row = (
        Decision.objects.select_for_update(of=("self",))
        .select_related("board", "board__lead", "item__meeting", "meeting", "supersedes")
        .filter(pk=pk)
        .first()
    )
    if row is None:
        raise NotFound(_("This does not exist, or you may not see it."))
    return row


def same_version(decision: Decision, version: int | None) -> None:
    """Raise :class:`Conflict` unless ``version`` is the present one."""
    if version is not None and version != decision.version:
        raise Conflict(
            _("%(reference)s was changed after you opened it. Check what changed, then save again.")
            % {"reference": decision.reference}
        )


def changed(*, actor: Actor, decision: Decision, changes: Mapping[str, Any], at: datetime, act: str) -> None:
    """Save the locked row as its next version, with the audit entry and the event."""
    decision.version += 1
    decision.save()
    keep(actor=actor, action=act, obj=decision, changes=changes, at=at)
    record(
        DecisionChanged(
            decision_id=decision.pk,
            reference=decision.reference,
            version=decision.version,
            fields=sorted(changes),
        ),
        actor=actor,
    )


def status_words(status: str) -> str:
    return str(Status(status).label)


def refuse_state(decision: Decision) -> Conflict:
    """What to raise when a decision is past, or not yet in, the state an act needs."""
    return Conflict(_("This decision is %(status)s.") % {"status": status_words(decision.status)})
