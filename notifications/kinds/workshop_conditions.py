"""What must still hold of a workshop and its reader when mail about it is sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from collaboration.workshops import queries as workshops
from groundwork.access.rules import can
from groundwork.clock import now
from notifications.kinds.initiatives import MAIL, acting
from notifications.rules import condition


def opens(invitation: Any) -> bool:
    """Whether the link of an invitation opens: not withdrawn, not run out, and the workshop not over."""
    return (
        invitation.revoked_at is None
        and invitation.expires_at > now()
        and invitation.workshop.status in ("planned", "open")
    )


def _workshop(workshop_id: int) -> Any:
    return workshops.visible_to(MAIL).filter(pk=workshop_id).first()


def _of(workshop_id: int, asked: Callable[[Any], Any]) -> Any:
    workshop = _workshop(workshop_id)
    return asked(workshop) if workshop is not None else None


@condition("workshop_invitation_works")
def invitation_works(*, workshop_id: int, invitation_id: int, made_at: str) -> str:
    """Its link opens: not withdrawn, run out or replaced by a newer one."""
    held = _of(workshop_id, lambda it: workshops.invitations(it).filter(pk=invitation_id).first())
    works = held is not None and opens(held) and held.created_at == datetime.fromisoformat(made_at)
    return "" if works else "The invitation was taken back, replaced or ran out, or the workshop is over."


@condition("workshop_invitation_stands")
def invitation_stands(*, workshop_id: int, invitation_id: int) -> str:
    held = _of(workshop_id, lambda it: workshops.standing_invitations(it).filter(pk=invitation_id).first())
    return "" if held is not None else "The invitation was taken back or declined."


@condition("workshop_unchanged")
def is_the_last_change(*, workshop_id: int, sequence: int) -> str:
    workshop = _workshop(workshop_id)
    if workshop is None or workshop.status not in ("planned", "open"):
        return "The workshop is over or was cancelled."
    return "" if workshop.sequence == sequence else "The workshop was changed again: a later mail says how."


@condition("workshop_has_status")
def has_status(*, workshop_id: int, status: str) -> str:
    workshop = _workshop(workshop_id)
    return "" if workshop is not None and workshop.status == status else "The workshop is in another state by now."


@condition("workshop_reported")
def is_reported(*, workshop_id: int) -> str:
    workshop = _workshop(workshop_id)
    over = workshop is not None and workshop.status in ("reported", "archived") and workshop.forgotten_at is None
    return "" if over else "The workshop was opened again or removed."


@condition("workshop_taken_part_in")
def took_part(*, workshop_id: int, participation_id: int, email: str) -> str:
    """They were not removed, and the address, where they left one, is still the one they left."""
    part = _of(workshop_id, lambda it: workshops.to_be_told(it).filter(pk=participation_id).first())
    if part is None or (part.person is None and part.email != email):
        return "The person takes no part any more, or took the address back."
    return ""


@condition("workshop_facilitated")
def facilitates(*, workshop_id: int, person_id: int) -> str:
    reader = acting(person_id, None)
    workshop = _workshop(workshop_id)
    allowed = reader is not None and workshop is not None and can(reader, "workshop.run", workshop)
    return "" if allowed else "The person is no facilitator of the workshop any more."
