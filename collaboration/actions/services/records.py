"""What every change of an action has in common: the number, the lock, the version, the audit entry, the event."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from collaboration.actions.events import ActionChanged
from collaboration.actions.models import Action, LastNumber
from groundwork.access.actors import Actor
from groundwork.access.errors import Conflict, NotFound
from groundwork.access.rules import require
from groundwork.audit.services import keep
from groundwork.events.services import record

DOUBLE_CLICK: Final = timedelta(seconds=10)


def next_number() -> tuple[int, str]:
    """The next number and its reference, ``A-0042``. The counter is locked until the transaction ends."""
    LastNumber.objects.get_or_create(pk=1)
    last = LastNumber.objects.select_for_update().get(pk=1)
    last.number += 1
    last.save(update_fields=["number"])
    return last.number, f"A-{last.number:04d}"


def locked(action: Action, *, actor: Actor, verb: str) -> Action:
    """A fresh copy of the row, locked until the transaction ends, once ``actor`` is found to be allowed ``verb``."""
    row = found_and_locked(action)
    require(actor, verb, row)
    return row


def found_and_locked(action: Action) -> Action:
    row = (
        Action.objects.select_for_update(of=("self",))
        .select_related("initiative", "organisation", "owner")
        .filter(pk=action.pk)
        .first()
    )
    if row is None:
        raise NotFound(_("This does not exist, or you may not see it."))
    return row


def same_version(action: Action, version: int | None) -> None:
    """Raise :class:`Conflict` unless ``version`` is the present one."""
    if version is not None and version != action.version:
        raise Conflict(
            _("%(reference)s was changed after you opened it. Check what changed, then save again.")
            % {"reference": action.reference}
        )


def changed(
    *, actor: Actor, action: Action, changes: Mapping[str, Any], at: datetime, act: str = "action.change"
) -> None:
    """Save the locked row as its next version, with the audit entry and the event."""
    action.version += 1
    action.changed_at = at
    action.save()
    keep(actor=actor, action=act, obj=action, changes=changes, at=at)
    record(
        ActionChanged(action_id=action.pk, reference=action.reference, version=action.version, fields=sorted(changes)),
        actor=actor,
    )


def status_words(status: str) -> str:
    return str(Action.Status(status).label)


def token_of(action: Action) -> str:
    """What the link in the mail to an owner holds: 256 bits, another one for each asking.

    It is worked out again from the service's secret whenever a mail is written; the database keeps its digest only.
    """
    asked = action.asked_at.timestamp() if action.asked_at else 0
    known = f"{action.pk}:{action.owner_email}:{asked}"
    return salted_hmac("collaboration.actions.answer", known, algorithm="sha256").hexdigest()
