"""Invitations by email: one each, with a link of its own that lets in once, answered by POST (S16, F21)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from collaboration.initiatives.services.records import spoken_time
from collaboration.workshops import tokens
from collaboration.workshops.addresses import MOST_AT_ONCE, Invitee, tidy
from collaboration.workshops.events import WorkshopInvitationAnswered, WorkshopInvited
from collaboration.workshops.models import Participation, Workshop, WorkshopInvitation
from collaboration.workshops.queries.joining import OVER, invitation_by_token
from collaboration.workshops.queries.people import MAILS_A_DAY, Checked, check_invitations, mailed_enough
from collaboration.workshops.services.planning import expiry_for
from collaboration.workshops.services.records import DOUBLE_CLICK, Status, locked, locked_row, must_be
from groundwork.access.actors import Actor, Public
from groundwork.access.errors import Conflict, Invalid, NotFound
from groundwork.access.rules import require
from groundwork.audit.services import keep
from groundwork.clock import now
from groundwork.events.services import record, record_many

MOST_INVITED: Final = 2_000
"""To one workshop."""
MAILS_IN_ONE_GO: Final = 50
"""Of one event: what is written in one transaction of the relay."""


@transaction.atomic
def invite(
    *,
    actor: Actor,
    workshop: Workshop,
    people: Sequence[Invitee | tuple[str, str, str]],
    at: datetime | None = None,
) -> Checked:
    """Invite people, each by a mail of their own; returns what it did (see :func:`queries.check_invitations`).

    Somebody who holds an invitation that works, or takes part already, is not written to again: a second click mails
    nobody. One that was taken back or has run out is renewed, unless it was mailed three times in the last day.
    Raises :class:`Invalid`, under ``people``, with a sentence for each address that is none; nobody is invited then.
    """
    at = at or now()
    row = locked(workshop, actor=actor, verb="workshop.invite")
    must_be(row, Status.PLANNED, Status.OPEN)
    if row.is_rehearsal:
        raise Conflict(_("This is a rehearsal. Only its team takes part in it, and nobody is invited."))
    wanted, problems = tidy(people)
    if any(person.role not in Participation.Role.values for person in wanted):
        problems.append(_("A role must be one of those offered."))
    if not wanted and not problems:
        problems.append(_("Enter at least one email address."))
    if len(wanted) > MOST_AT_ONCE:
        problems.append(
            _("Invite at most %(most)s people at once. You gave %(count)s.")
            % {"most": MOST_AT_ONCE, "count": len(wanted)}
        )
    if problems:
        raise Invalid({"people": problems})
    checked = check_invitations(row, wanted)
    if row.invitations.count() + len(checked.new) > MOST_INVITED:
        raise Invalid({"people": [_("At most %(most)s people are invited to one workshop.") % {"most": MOST_INVITED}]})
    made = _written(row, checked, actor=actor, at=at)
    if made:
        numbers = {"invited": [None, len(made)]}
        keep(actor=actor, action="workshop.invite", obj=row, changes=numbers, at=at)
        ids = [each.pk for each in made]
        record_many(
            [
                WorkshopInvited(workshop_id=row.pk, invitation_ids=ids[begin : begin + MAILS_IN_ONE_GO])
                for begin in range(0, len(ids), MAILS_IN_ONE_GO)
            ],
            actor=actor,
        )
    return checked


def _written(row: Workshop, checked: Checked, *, actor: Actor, at: datetime) -> list[WorkshopInvitation]:
    until = expiry_for(row, at)
    renewed = {each.email: each for each in row.invitations.filter(email__in=[p.email for p in checked.again])}
    made = []
    for person in (*checked.new, *checked.again):
        invitation = renewed.get(person.email) or WorkshopInvitation(workshop=row, email=person.email)
        invitation.name = person.name or invitation.name
        invitation.role = person.role
        invitation.answer = ""
        invitation.answered_at = invitation.revoked_at = invitation.used_at = None
        invitation.participation = None
        invitation.invited_by = actor.person
        invitation.mailed = _mailed(invitation, at)
        invitation.created_at = at
        invitation.expires_at = until
        # What no token has, until the row has the number that the token is made from.
        invitation.token_digest = tokens.digest(tokens.new_guest_secret())
        made.append(invitation)
    new = [each for each in made if each.pk is None]
    WorkshopInvitation.objects.bulk_create(new, batch_size=200)
    for each in made:
        each.token_digest = tokens.digest(tokens.invitation_token(each))
    fields = [
        "name",
        "role",
        "answer",
        "answered_at",
        "revoked_at",
        "used_at",
        "participation",
        "invited_by",
        "created_at",
        "expires_at",
        "token_digest",
        "mailed",
    ]
    WorkshopInvitation.objects.bulk_update(made, fields, batch_size=50)
    return made


def _mailed(invitation: WorkshopInvitation, at: datetime) -> list[float]:
    """When it was mailed within the last day, with ``at``."""
    before = invitation.mails_since(at - timedelta(days=1)) if invitation.pk else []
    return [*before, at.timestamp()]


@transaction.atomic
def send_again(*, actor: Actor, invitation: WorkshopInvitation, at: datetime | None = None) -> WorkshopInvitation:
    """Mail an invitation once more, with the same link, to somebody who has not found it. One that ran out works again.

    Raises :class:`Conflict` where there is nothing to send: it was taken back, they declined or have come in, or it was
    mailed three times in the last day. A double click mails once.
    """
    at = at or now()
    row, found = _found(invitation, actor)
    must_be(row, Status.PLANNED, Status.OPEN)
    if abs(at - found.mailed_at) < DOUBLE_CLICK:
        return found
    if found.revoked_at is not None:
        raise Conflict(_("This invitation was taken back. Invite them anew."))
    if found.used_at is not None:
        raise Conflict(
            _("They came in by this invitation at %(when)s.") % {"when": spoken_time(found.used_at)},
        )
    if found.answer == WorkshopInvitation.Answer.NO:
        raise Conflict(_("They answered that they do not come. Speak to them before you write again."))
    if mailed_enough(found, at):
        raise Conflict(
            _("This invitation was sent %(times)s times in the last day. Send it again tomorrow.")
            % {"times": MAILS_A_DAY}
        )
    found.mailed = _mailed(found, at)
    found.expires_at = max(found.expires_at, expiry_for(row, at))
    found.save(update_fields=["mailed", "expires_at"])
    keep(actor=actor, action="workshop.send_again", obj=found, at=at)
    record(WorkshopInvited(workshop_id=row.pk, invitation_ids=[found.pk]), actor=actor)
    return found


def _found(invitation: WorkshopInvitation, actor: Actor) -> tuple[Workshop, WorkshopInvitation]:
    """The workshop and the invitation, both locked, for somebody who may invite."""
    row = locked_row(invitation.workshop_id)
    found = WorkshopInvitation.objects.select_for_update(of=("self",)).filter(pk=invitation.pk, workshop=row).first()
    if found is None:
        raise NotFound(_("There is no such invitation."))
    found.workshop = row
    require(actor, "workshop.invite", found)
    return row, found


@transaction.atomic
def answer_invitation(*, token: str, answer: str, at: datetime | None = None) -> WorkshopInvitation:
    """Say whether one comes: ``yes``, ``maybe`` or ``no``. May be changed as long as the link works.

    Raises :class:`NotFound`, always the same, for a link that does not work (promise S16).
    """
    at = at or now()
    known = invitation_by_token(token)
    row = locked_row(known.workshop_id)
    if row.status in OVER:
        must_be(row, Status.PLANNED)
    invitation = WorkshopInvitation.objects.select_for_update(of=("self",)).get(pk=known.pk)
    invitation.workshop = row
    if answer not in ("yes", "maybe", "no"):
        raise Invalid({"answer": [_("Choose whether you are coming.")]})
    if invitation.answer == answer:
        return invitation
    invitation.answer = answer
    invitation.answered_at = at
    invitation.save(update_fields=["answer", "answered_at"])
    actor = Public(via="mail")
    keep(actor=actor, action="workshop.answer_invitation", obj=invitation, changes={"answer": [None, answer]}, at=at)
    record(
        WorkshopInvitationAnswered(workshop_id=row.pk, invitation_id=invitation.pk, answer=answer),
        actor=actor,
    )
    return invitation


@transaction.atomic
def withdraw_invitation(
    *, actor: Actor, invitation: WorkshopInvitation, at: datetime | None = None
) -> WorkshopInvitation:
    """Take an invitation back: its link stops working at once. Whoever has come in by it stays."""
    at = at or now()
    _row, found = _found(invitation, actor)
    if found.revoked_at is not None:
        return found
    if found.used_at is not None:
        raise Conflict(
            _("They came in by this invitation at %(when)s. You can remove them instead.")
            % {"when": spoken_time(found.used_at)}
        )
    found.revoked_at = at
    found.save(update_fields=["revoked_at"])
    keep(actor=actor, action="workshop.withdraw_invitation", obj=found, at=at)
    return found
