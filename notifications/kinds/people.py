"""Coming to act for an organisation: invitations, and requests to join."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from groundwork.clock import now
from groundwork.directory import services as directory
from groundwork.directory.queries import organisations
from groundwork.events.registry import Envelope, handles
from notifications.kinds.registry import Class, Kind, address, officers, reader, those_who_answer_for
from notifications.models import Topic
from notifications.rules import condition
from notifications.services.queueing import root_of

INVITED = Kind(
    name="person.invited",
    mail_class=Class.SERVICE,
    template="person_invited",
    reason=_("somebody of %(organisation)s gave this address when inviting a colleague"),
    holds_secret=True,
)
REQUEST_MADE = Kind(
    name="join_request.made",
    mail_class=Class.ASKED,
    topic=Topic.ASKED,
    template="join_request_made",
    reason=_("you decide, for %(organisation)s, who acts for this organisation"),
)
REQUEST_DECIDED = Kind(
    name="join_request.decided",
    mail_class=Class.SERVICE,
    template="join_request_decided",
    reason=_("you asked to act for %(organisation)s"),
)


@handles("person.invited", name="mail.person_invited")
def invite(envelope: Envelope) -> None:
    invitation = _open_invitation(envelope.payload["organisation_id"], envelope.payload["invitation_id"])
    if invitation is None:
        return
    host = invitation.invited_by.display_name if invitation.invited_by else ""
    INVITED.write_to(
        invitation.email,
        about=envelope.id,
        sender=host,
        context={
            "organisation": invitation.organisation.name,
            "host": host,
            "link": directory.invitation_link(invitation),
            "expires_at": invitation.expires_at,
            "rows": [
                (_("Organisation"), invitation.organisation.name),
                (_("Your role"), invitation.get_role_display()),
                (_("Invited by"), host),
            ],
        },
        conditions={
            "invitation_open": {"organisation_id": invitation.organisation_id, "invitation_id": invitation.pk},
        },
        headers=root_of("invitation", invitation.pk),
    )


@handles("join_request.made", name="mail.join_request_made")
def tell_who_decides(envelope: Envelope) -> None:
    """The leads of the organisation; while it has none, the officers."""
    request = _request(envelope)
    if request is None or request.status != "waiting":
        return
    for lead in those_who_answer_for(request.organisation, roles=("lead", "officer")) or officers():
        REQUEST_MADE.tell(
            lead,
            about=envelope.id,
            sender=request.person.display_name,
            context={
                "request": request,
                "page": address(f"/organisations/{request.organisation.slug}/people/"),
                "rows": [
                    (_("Who asks"), request.person.display_name),
                    (_("Address"), request.person.email),
                    (_("To act for"), request.organisation.name),
                ],
            },
            conditions={
                "join_request_waits": {"organisation_id": request.organisation_id, "join_request_id": request.pk}
            },
            headers=root_of("join-request", request.pk),
        )


@handles("join_request.decided", name="mail.join_request_decided")
def tell_decision(envelope: Envelope) -> None:
    request = _request(envelope)
    person = reader(envelope.payload["person_id"])
    if request is None or person is None or request.status == "waiting":
        return
    REQUEST_DECIDED.write_to(
        person.person.email,
        person=person.person,
        about=envelope.id,
        context={
            "organisation": request.organisation.name,
            "approved": request.status == "approved",
            "why": request.reason,
            "page": address("/home/"),
            "rows": [(_("Organisation"), request.organisation.name)],
        },
        conditions=person.conditions,
        headers=root_of("join-request", request.pk),
    )


def _organisation(organisation_id: int) -> Any:
    return organisations().filter(pk=organisation_id).first()


def _open_invitation(organisation_id: int, invitation_id: int) -> Any:
    organisation = _organisation(organisation_id)
    if organisation is None:
        return None
    return (
        organisation.invitations.filter(pk=invitation_id, accepted_at=None, revoked_at=None, expires_at__gt=now())
        .select_related("organisation", "invited_by")
        .first()
    )


def _request(envelope: Envelope) -> Any:
    organisation = _organisation(envelope.payload["organisation_id"])
    if organisation is None:
        return None
    return (
        organisation.join_requests.filter(pk=envelope.payload["join_request_id"])
        .select_related("organisation", "person")
        .first()
    )


@condition("invitation_open")
def invitation_is_open(*, organisation_id: int, invitation_id: int) -> str:
    if _open_invitation(organisation_id, invitation_id):
        return ""
    return "The invitation was accepted, revoked or ran out."


@condition("join_request_waits")
def join_request_still_waits(*, organisation_id: int, join_request_id: int) -> str:
    organisation = _organisation(organisation_id)
    waits = organisation and organisation.join_requests.filter(pk=join_request_id, status="waiting").exists()
    return "" if waits else "The request was decided."
