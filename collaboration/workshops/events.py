"""What happens to workshops, as other rooms hear of it."""

from __future__ import annotations

from groundwork.events.registry import Event


class WorkshopPlanned(Event, name="workshop.planned"):
    workshop_id: int


class WorkshopChanged(Event, name="workshop.changed"):
    """Something about it changed. ``tell``: those who were invited are told, because it is about when or where."""

    workshop_id: int
    version: int
    fields: list[str]
    tell: bool


class WorkshopOpened(Event, name="workshop.opened"):
    workshop_id: int


class WorkshopReported(Event, name="workshop.reported"):
    """It is over and its report can be read. ``tell``: those who left an address are sent it."""

    workshop_id: int
    tell: bool


class WorkshopReopened(Event, name="workshop.reopened"):
    workshop_id: int


class WorkshopArchived(Event, name="workshop.archived"):
    workshop_id: int


class WorkshopCancelled(Event, name="workshop.cancelled"):
    workshop_id: int


class WorkshopInvited(Event, name="workshop.invited"):
    """These were invited: each is sent one mail."""

    workshop_id: int
    invitation_ids: list[int]


class WorkshopInvitationAnswered(Event, name="workshop.invitation_answered"):
    workshop_id: int
    invitation_id: int
    answer: str


class WorkshopRoleGiven(Event, name="workshop.role_given"):
    """Somebody with an account was made a facilitator."""

    workshop_id: int
    participation_id: int


class WorkshopJoined(Event, name="workshop.joined"):
    """``via``: code, link, invitation or account."""

    workshop_id: int
    participation_id: int
    via: str


class WorkshopParticipationChanged(Event, name="workshop.participation_changed"):
    """Somebody was let in or removed, left, came back, or has another role, name or account."""

    workshop_id: int
    participation_id: int


class WorkshopNextTold(Event, name="workshop.next_told"):
    """Those who left an address are told what happened next."""

    workshop_id: int


class WorkshopGuestsForgotten(Event, name="workshop.guests_forgotten"):
    """Addresses that guests left, invitations, and what let guests come back were removed."""

    workshop_id: int


class WorkshopForgotten(Event, name="workshop.forgotten"):
    """What was said in it was removed, because the time for which it is kept is over."""

    workshop_id: int
