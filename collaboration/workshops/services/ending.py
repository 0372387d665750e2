"""What of workshops ends with an account: places on teams, open invitations, the address of a calendar."""

from __future__ import annotations

from datetime import datetime

from collaboration.workshops.models import CalendarLink, Participation, WorkshopInvitation
from collaboration.workshops.services.joining import There, changed_participation
from collaboration.workshops.services.records import Status, locked_row
from groundwork.access.actors import Actor
from groundwork.accounts.models import Person
from groundwork.audit.services import keep

GOES_ON = (Status.PLANNED, Status.OPEN)
Role = Participation.Role


def account_closed(actor: Actor, person: Person, at: datetime) -> None:
    """Within a transaction: the person is on no team of a workshop that is still to come, and invited to none.

    What they wrote stays theirs. A workshop whose last facilitator this was is looked after by the leads, approvers and
    officers of its host, as every workshop is.
    """
    team = Participation.objects.filter(person=person, role=Role.FACILITATOR, workshop__status__in=GOES_ON)
    open_to = WorkshopInvitation.objects.filter(
        email=person.email, revoked_at=None, used_at=None, workshop__status__in=GOES_ON
    )
    ids = {*team.values_list("workshop_id", flat=True), *open_to.values_list("workshop_id", flat=True)}
    for pk in sorted(ids):
        row = locked_row(pk)
        for own in team.select_for_update(of=("self",)).filter(workshop=row):
            before = [str(own.get_role_display()), str(Role.PARTICIPANT.label)]
            own.workshop, own.role = row, Role.PARTICIPANT
            if own.status in (There.ADMITTED, There.WAITING):
                own.status = There.LEFT
            own.save()
            changed_participation(
                actor=actor, participation=own, action="workshop.change_role", at=at, changes={"role": before}
            )
        for invitation in open_to.select_for_update(of=("self",)).filter(workshop=row):
            invitation.revoked_at = at
            invitation.save(update_fields=["revoked_at"])
            keep(actor=actor, action="workshop.withdraw_invitation", obj=invitation, at=at)
    # An account that is opened again later must not open an address that somebody else may still hold.
    CalendarLink.objects.filter(person=person).update(digest=None)
