"""The people of a workshop: letting in, removing, leaving; names, roles and accounts; what they thought of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from collaboration.initiatives.services import cleaning
from collaboration.workshops import tokens
from collaboration.workshops.addresses import Invitee, is_address
from collaboration.workshops.events import WorkshopRoleGiven
from collaboration.workshops.models import Feedback, Participation, Workshop, WorkshopInvitation
from collaboration.workshops.queries.people import facilitators
from collaboration.workshops.services.inviting import invite
from collaboration.workshops.services.joining import There, changed_participation
from collaboration.workshops.services.records import Status, locked, locked_participation, must_be
from groundwork.access.actors import Actor
from groundwork.access.errors import Conflict, Invalid, NotAllowed
from groundwork.access.rules import require
from groundwork.accounts.models import Person
from groundwork.audit.services import keep
from groundwork.clock import now
from groundwork.events.services import record

Role = Participation.Role


@transaction.atomic
def admit(*, actor: Actor, participation: Participation, at: datetime | None = None) -> Participation:
    """Let somebody in from the lobby, or back in who was removed."""
    row = locked_participation(participation, actor=actor, verb="workshop.run")
    must_be(row.workshop, Status.PLANNED, Status.OPEN)
    if row.status == There.ADMITTED:
        return row
    if row.status == There.LEFT:
        raise Conflict(_("They left by themselves. They can join again by the code or the link."))
    return _stands(row, There.ADMITTED, actor, "workshop.admit", at)


@transaction.atomic
def admit_all(*, actor: Actor, workshop: Workshop, at: datetime | None = None) -> int:
    """Let everybody in who waits in the lobby. Returns how many did."""
    row = locked(workshop, actor=actor, verb="workshop.run")
    must_be(row, Status.OPEN)
    waiting = list(row.participations.select_for_update(of=("self",)).filter(status=There.WAITING))
    for each in waiting:
        each.workshop = row
        _stands(each, There.ADMITTED, actor, "workshop.admit", at)
    return len(waiting)


@transaction.atomic
def remove(*, actor: Actor, participation: Participation, at: datetime | None = None) -> Participation:
    """Put somebody out, or refuse them in the lobby. They cannot come back; what they wrote stays."""
    row = locked_participation(participation, actor=actor, verb="workshop.remove")
    if row.status == There.REMOVED:
        return row
    _not_the_last(row, _("This is the only facilitator. Make somebody else one first."))
    if actor.person is not None and row.person_id == actor.person.pk:
        raise Conflict(_("You cannot remove yourself. You can leave instead."))
    return _stands(row, There.REMOVED, actor, "workshop.remove", at)


@transaction.atomic
def leave(*, actor: Actor, participation: Participation, at: datetime | None = None) -> Participation:
    """Go. This browser is not known here any more, so that somebody else can join with it; what was written stays.

    Whoever kept their own link, or has an account, can come back.
    """
    row = locked_participation(participation, actor=actor, verb="workshop.take_part")
    if row.status == There.LEFT:
        return row
    if row.status == There.WAITING:
        # Who left has been there, and may read the report: who only waited has not.
        raise Conflict(_("You are waiting to be let in. A facilitator sees your name and decides."))
    _not_the_last(row, _("You are the only facilitator. Make somebody else one before you leave."))
    row.guest_digest = None
    return _stands(row, There.LEFT, actor, "workshop.leave", at)


def _stands(row: Participation, status: str, actor: Actor, action: str, at: datetime | None) -> Participation:
    before = str(row.get_status_display())
    row.status = status
    row.save()
    changes = {"status": [before, str(row.get_status_display())]}
    changed_participation(actor=actor, participation=row, action=action, at=at or now(), changes=changes)
    return row


def _not_the_last(row: Participation, sentence: str) -> None:
    """A workshop keeps a facilitator with an account: somebody has to be able to end it."""
    if row.role != Role.FACILITATOR or row.person_id is None or row.status != There.ADMITTED:
        return
    if row.workshop.status not in (Status.PLANNED, Status.OPEN):
        return
    if not facilitators(row.workshop).filter(person__isnull=False).exclude(pk=row.pk).exists():
        raise Conflict(sentence)


@transaction.atomic
def rename(
    *,
    actor: Actor,
    participation: Participation,
    name: str,
    anonymous: bool = False,
    at: datetime | None = None,
) -> Participation:
    """Take part under another name, or without one. A facilitator may change somebody's name as well."""
    row = locked_participation(participation, actor=actor, verb="workshop.rename")
    problems = cleaning.Problems()
    kept = cleaning.text(name, field="name", label=_("The name"), longest=120, problems=problems)
    if anonymous:
        kept = ""
    elif not kept and "name" not in problems.errors:
        problems.add("name", _("Enter a name, or choose to take part without one."))
    problems.raise_if_any()
    if row.name == kept:
        return row
    row.name = kept
    row.save()
    changed_participation(actor=actor, participation=row, action="workshop.rename", at=at or now())
    return row


@transaction.atomic
def change_address(
    *, actor: Actor, participation: Participation, email: str, at: datetime | None = None
) -> Participation:
    """Where the report is sent; "" takes the address back, and nothing is sent any more."""
    row = locked_participation(participation, actor=actor, verb="workshop.take_part")
    problems = cleaning.Problems()
    kept = cleaning.email(email, field="email", problems=problems).lower()
    problems.raise_if_any()
    if row.email != kept:
        row.email = kept
        row.save(update_fields=["email"])
        keep(actor=actor, action="workshop.change_address", obj=row, at=at or now())
    return row


@transaction.atomic
def claim(
    *, actor: Actor, participation: Participation, guest_secret: str, at: datetime | None = None
) -> Participation:
    """Make a guest's place, whose browser this is, that of the signed-in person: what they wrote is theirs.

    Raises :class:`NotAllowed` when the browser does not hold the place, :class:`Conflict` when the person takes part
    under their account already.
    """
    person = actor.person
    if person is None:
        raise NotAllowed(_("Sign in first."))
    row = locked_participation(participation, actor=actor, verb="workshop.join")
    if row.person_id == person.pk:
        return row
    digest = tokens.guest_digest(guest_secret, row.workshop) if guest_secret else ""
    if row.person_id is not None or not digest or row.guest_digest != digest:
        raise NotAllowed(_("This place was taken on another phone or browser. Open this page there."))
    if row.status == There.REMOVED:
        raise NotAllowed(_("A facilitator removed you from this workshop. Speak to them if this is a mistake."))
    if Participation.objects.filter(workshop=row.workshop, person=person).exists():
        raise Conflict(_("You already take part in this workshop under your account."))
    row.person = person
    row.guest_digest = row.return_digest = None
    if row.organisation_id is None and not row.organisation_name:
        row.organisation = actor.organisation
    row.save()
    changed_participation(actor=actor, participation=row, action="workshop.claim", at=at or now())
    return row


@transaction.atomic
def add_facilitator(
    *, actor: Actor, workshop: Workshop, email: str, name: str = "", at: datetime | None = None
) -> Participation | WorkshopInvitation:
    """Add somebody to the team: at once if they have an account here, otherwise by an invitation. Either is mailed."""
    at = at or now()
    row = locked(workshop, actor=actor, verb="workshop.edit")
    must_be(row, Status.PLANNED, Status.OPEN)
    email = email.strip().lower() if isinstance(email, str) else ""
    if not is_address(email):
        raise Invalid({"email": [_("Enter an email address in the right form, like name@example.org.")]})
    person = Person.objects.filter(email=email, is_active=True).first()
    if person is None:
        if invite(actor=actor, workshop=row, people=[Invitee(email, name, Role.FACILITATOR)], at=at).later:
            raise Conflict(_("This address was mailed three times in the last day. Add them tomorrow."))
        return WorkshopInvitation.objects.get(workshop=row, email=email)
    own = Participation.objects.select_for_update(of=("self",)).filter(workshop=row, person=person).first()
    if own is not None and own.role == Role.FACILITATOR and own.status == There.ADMITTED:
        return own
    if own is None:
        own = Participation(workshop=row, person=person, name=person.name[:120], joined_at=at, seen_at=at)
    own.workshop = row
    _given_role(own, Role.FACILITATOR, actor=actor, at=at)
    return own


@transaction.atomic
def change_role(*, actor: Actor, participation: Participation, role: str, at: datetime | None = None) -> Participation:
    """Make somebody a facilitator, participant or observer. Organisers decide; one facilitator is always left."""
    row = locked_participation(participation, actor=actor, verb="workshop.run")
    # A guest who facilitates runs the room; whom a role lets plan the workshop is not theirs to say.
    require(actor, "workshop.edit", row.workshop)
    if not row.workshop.is_open:
        must_be(row.workshop, Status.PLANNED, Status.OPEN)
    if role not in Role.values:
        raise Invalid({"role": [_("Choose one of those offered.")]})
    if row.role == role:
        return row
    if row.status in (There.REMOVED, There.LEFT):
        raise Conflict(_("They do not take part any more. Let them in first."))
    _not_the_last(row, _("This is the only facilitator. Make somebody else one first."))
    _given_role(row, role, actor=actor, at=at or now())
    return row


def _given_role(row: Participation, role: str, *, actor: Actor, at: datetime) -> None:
    before = str(row.get_role_display()) if row.pk else None
    row.role = role
    if role == Role.FACILITATOR:
        row.status = There.ADMITTED
    row.save()
    changes = {"role": [before, str(row.get_role_display())]}
    changed_participation(actor=actor, participation=row, action="workshop.change_role", at=at, changes=changes)
    if role == Role.FACILITATOR and row.person_id is not None and not row.workshop.is_rehearsal:
        record(WorkshopRoleGiven(workshop_id=row.workshop_id, participation_id=row.pk), actor=actor)


@transaction.atomic
def give_feedback(
    *,
    actor: Actor,
    participation: Participation,
    worth_it: Any = None,
    text: str = "",
) -> Feedback | None:
    """Answer the one question at the end. Answering again replaces the answer; answering nothing takes it back.

    What is kept names nobody: neither who nor when.
    """
    row = locked_participation(participation, actor=actor, verb="workshop.take_part")
    must_be(row.workshop, Status.OPEN, Status.REPORTED)
    if row.status == There.WAITING:
        raise Conflict(_("You are waiting to be let in. A facilitator sees your name and decides."))
    problems = cleaning.Problems()
    text = cleaning.text(text, field="text", label=_("Your answer"), longest=1000, problems=problems, lines=True)
    mark: int | None = None
    if worth_it not in (None, ""):
        if str(worth_it) in ("1", "2", "3", "4", "5"):
            mark = int(worth_it)
        else:
            problems.add("worth_it", _("Choose a number from 1 to 5."))
    problems.raise_if_any()
    digest = tokens.giver_digest(row)
    if mark is None and not text:
        Feedback.objects.filter(giver_digest=digest).delete()
        return None
    given, _created = Feedback.objects.update_or_create(
        giver_digest=digest, defaults={"workshop": row.workshop, "worth_it": mark, "text": text}
    )
    # No line in the audit log: its moment would tell who answered.
    return given
