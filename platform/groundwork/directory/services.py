"""Writing mandates: granting, inviting, asking to join, ending."""

from __future__ import annotations

import secrets
import unicodedata
from datetime import date, datetime, timedelta
from hashlib import sha256

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from groundwork.access.actors import Actor, PersonActor
from groundwork.access.errors import Conflict, Invalid, NotAllowed, NotFound
from groundwork.access.rules import require
from groundwork.accounts.models import Person
from groundwork.accounts.registry import tell_access_ended
from groundwork.accounts.services.people import clean_address, make_person
from groundwork.audit.services import keep
from groundwork.clock import now
from groundwork.directory import events as happened
from groundwork.directory.models import Invitation, JoinRequest, Mandate, Organisation, PlaceDate, holding_on
from groundwork.directory.rules import roles_to_give
from groundwork.events.services import record

INVITATION_VALID_FOR = timedelta(days=14)
MESSAGE_LIMIT = 1000
REASON_LIMIT = 500
PLACE_DATE_NAME_LIMIT = 100
LONGEST_PLACE_DATE = timedelta(days=120)
"""Far longer than any period before an election; a slip of the year would silence a place for good."""


@transaction.atomic
def grant_mandate(
    *, actor: Actor, person: Person, organisation: Organisation, role: str, at: datetime | None = None
) -> Mandate:
    """Let a person act for an organisation from today. Granting what they hold already returns that mandate."""
    organisation = _locked(organisation)
    require(actor, "organisation.manage_people", organisation)
    return _grant(actor=actor, person=person, organisation=organisation, role=role, at=at or now())


@transaction.atomic
def end_mandate(*, actor: Actor, mandate: Mandate, at: datetime | None = None) -> Mandate:
    """End a mandate at once. Raises :class:`Conflict` when it has ended already."""
    at = at or now()
    found = Mandate.objects.select_for_update(of=("self",)).select_related("organisation").filter(pk=mandate.pk).first()
    if found is None:
        raise NotFound(_("There is no such mandate."))
    require(actor, "mandate.end", found)
    day = _day(at)
    if found.valid_to is not None and found.valid_to <= day:
        raise Conflict(_("This mandate has ended already."))
    before = found.valid_to
    found.valid_to = max(day, found.valid_from)
    found.save(update_fields=["valid_to"])
    tell_access_ended([found.person_id])
    keep(
        actor=actor,
        action="mandate.end",
        obj=found,
        changes={"ends": [before.isoformat() if before else None, found.valid_to.isoformat()]},
        at=at,
    )
    record(
        happened.MandateEnded(
            mandate_id=found.pk,
            organisation_id=found.organisation_id,
            person_id=found.person_id,
            role=found.role,
        ),
        actor=actor,
    )
    return found


@transaction.atomic
def invite(
    *, actor: Actor, organisation: Organisation, email: str, role: str, at: datetime | None = None
) -> tuple[Invitation, str]:
    """Offer a mandate to an address. Returns the invitation and its token; the mail is sent from the event.

    An earlier invitation of the same address for the same role is revoked: one link works, the newest.
    Raises :class:`Invalid`, and :class:`Conflict` when that person holds the role already.
    """
    at = at or now()
    organisation = _locked(organisation)
    require(actor, "organisation.invite", organisation)
    email = clean_address(email)
    _check_role(organisation, role)
    if Mandate.objects.filter(holding_on(_day(at)), person__email=email, organisation=organisation, role=role).exists():
        raise Conflict(
            _("This person already acts for %(organisation)s in this role.") % {"organisation": organisation}
        )
    waiting = Invitation.objects.filter(
        email=email, organisation=organisation, role=role, accepted_at=None, revoked_at=None
    )
    waiting.update(revoked_at=at)
    invitation = Invitation.objects.create(
        email=email,
        organisation=organisation,
        role=role,
        token_hash=_digest(secrets.token_urlsafe(32)),
        invited_by=actor.person,
        invited_under=actor.mandate,
        created_at=at,
        expires_at=at + INVITATION_VALID_FOR,
    )
    token = _token_of(invitation)
    invitation.token_hash = _digest(token)
    invitation.save(update_fields=["token_hash"])
    keep(actor=actor, action="person.invite", obj=invitation, changes={"role": [None, role]}, at=at)
    record(happened.PersonInvited(invitation_id=invitation.pk, organisation_id=organisation.pk, role=role), actor=actor)
    return invitation, token


def invitation_link(invitation: Invitation) -> str:
    """The address to put into the mail to the invited person.

    The token is worked out again from the service's secret, so that a mail made twice holds the same link; the
    database keeps its digest only, and nothing that is stored leads back to it.
    """
    return str(settings.BASE_URL) + reverse("invitation", args=[_token_of(invitation)])


def look_at_invitation(*, token: str, at: datetime | None = None) -> Invitation:
    """The invitation behind a link that still works; changes nothing. Raises :class:`Invalid`, always the same."""
    return _check_invitation(
        Invitation.objects.select_related("organisation", "invited_by").filter(token_hash=_digest(token)).first(),
        at=at or now(),
    )


@transaction.atomic
def accept_invitation(*, actor: Actor, token: str, name: str = "", at: datetime | None = None) -> Mandate:
    """Take the offered mandate. Whoever has no account gets one by it: the link came to their inbox.

    A signed-in person accepts for themselves, and only what was sent to their own address. For somebody who is not
    signed in, ``name`` opens the account; an address that has one already must sign in first (:class:`NotAllowed`).
    An unknown, used, revoked or expired token raises :class:`Invalid`, always with the same sentence.
    """
    at = at or now()
    invitation = _check_invitation(
        Invitation.objects.select_for_update(of=("self",))
        .select_related("organisation")
        .filter(token_hash=_digest(token))
        .first(),
        at=at,
    )
    person = actor.person
    if person is None:
        if Person.objects.filter(email=invitation.email).exists():
            raise NotAllowed(_("You already have an account. Sign in to accept this invitation."))
        person = make_person(actor=actor, email=invitation.email, name=name, at=at)
        actor = PersonActor(who=person, via=actor.via)
    elif person.email != invitation.email:
        raise NotAllowed(_("This invitation was sent to another address. Sign out, then open the link again."))
    invitation.accepted_at = at
    invitation.accepted_by = person
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    mandate = _grant(
        actor=actor,
        person=person,
        organisation=invitation.organisation,
        role=invitation.role,
        granted_by=invitation.invited_by_id,
        at=at,
    )
    keep(actor=actor, action="person.join", obj=invitation, changes={"role": [None, invitation.role]}, at=at)
    record(
        happened.PersonJoined(
            invitation_id=invitation.pk,
            organisation_id=invitation.organisation_id,
            person_id=person.pk,
            mandate_id=mandate.pk,
        ),
        actor=actor,
    )
    return mandate


@transaction.atomic
def revoke_invitation(*, actor: Actor, invitation: Invitation, at: datetime | None = None) -> Invitation:
    """Take an invitation back: its link stops working at once."""
    at = at or now()
    found = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("organisation")
        .filter(pk=invitation.pk)
        .first()
    )
    if found is None:
        raise NotFound(_("There is no such invitation."))
    require(actor, "invitation.revoke", found)
    if found.accepted_at is not None:
        raise Conflict(_("This invitation was accepted already. You can end the mandate instead."))
    if found.revoked_at is not None:
        raise Conflict(_("This invitation was taken back already."))
    found.revoked_at = at
    found.save(update_fields=["revoked_at"])
    keep(actor=actor, action="person.revoke_invitation", obj=found, at=at)
    return found


@transaction.atomic
def request_to_join(
    *, actor: Actor, organisation: Organisation, message: str = "", at: datetime | None = None
) -> JoinRequest:
    """Ask to act for an organisation. Raises :class:`Conflict` when one acts for it, or waits, already."""
    at = at or now()
    organisation = _locked(organisation)
    require(actor, "organisation.request_to_join", organisation)
    person = actor.person
    if person is None:
        raise NotAllowed(_("Sign in to ask to join an organisation."))
    message = _text(message, "message", MESSAGE_LIMIT)
    if Mandate.objects.filter(holding_on(_day(at)), person=person, organisation=organisation).exists():
        raise Conflict(_("You already act for %(organisation)s.") % {"organisation": organisation})
    try:
        with transaction.atomic():
            asked = JoinRequest.objects.create(person=person, organisation=organisation, message=message, created_at=at)
    except IntegrityError as error:
        raise Conflict(
            _("You have asked to join %(organisation)s already. Its lead has yet to answer.")
            % {"organisation": organisation}
        ) from error
    keep(actor=actor, action="join_request.make", obj=asked, at=at)
    record(
        happened.JoinRequestMade(join_request_id=asked.pk, organisation_id=organisation.pk, person_id=person.pk),
        actor=actor,
    )
    return asked


@transaction.atomic
def decide_join_request(
    *,
    actor: Actor,
    join_request: JoinRequest,
    approve: bool,
    role: str = "member",
    reason: str = "",
    at: datetime | None = None,
) -> JoinRequest:
    """Approve (with a role) or decline (with a reason) somebody's wish to act for an organisation."""
    at = at or now()
    found = (
        JoinRequest.objects.select_for_update(of=("self",))
        .select_related("organisation", "person")
        .filter(pk=join_request.pk)
        .first()
    )
    if found is None:
        raise NotFound(_("There is no such request."))
    require(actor, "join_request.decide", found)
    if found.status != JoinRequest.Status.WAITING:
        raise Conflict(_("This request was answered already."))
    reason = _text(reason, "reason", REASON_LIMIT)
    if approve:
        _check_role(found.organisation, role)
        _grant(actor=actor, person=found.person, organisation=found.organisation, role=role, at=at)
    elif not reason:
        raise Invalid({"reason": [_("Say why, so that the person knows what to do next")]})
    found.status = JoinRequest.Status.APPROVED if approve else JoinRequest.Status.DECLINED
    found.decided_at = at
    found.decided_by = actor.person
    found.reason = reason
    found.save(update_fields=["status", "decided_at", "decided_by", "reason"])
    keep(
        actor=actor, action="join_request.decide", obj=found, changes={"status": ["waiting", str(found.status)]}, at=at
    )
    record(
        happened.JoinRequestDecided(
            join_request_id=found.pk,
            organisation_id=found.organisation_id,
            person_id=found.person_id,
            approved=approve,
        ),
        actor=actor,
    )
    return found


def _grant(
    *,
    actor: Actor,
    person: Person,
    organisation: Organisation,
    role: str,
    at: datetime,
    granted_by: int | None = None,
) -> Mandate:
    """The mandate itself; who may do so has been asked by then."""
    _check_role(organisation, role)
    if not person.is_active:
        raise Conflict(_("This person's account has been closed."))
    granter = granted_by if granted_by is not None else (actor.person.pk if actor.person else None)
    mandate, created = Mandate.objects.get_or_create(
        person=person,
        organisation=organisation,
        role=role,
        valid_to=None,
        defaults={"valid_from": _day(at), "granted_by_id": granter, "created_at": at},
    )
    if not created:
        return mandate
    keep(actor=actor, action="mandate.grant", obj=mandate, changes={"role": [None, role]}, at=at)
    record(
        happened.MandateGranted(mandate_id=mandate.pk, organisation_id=organisation.pk, person_id=person.pk, role=role),
        actor=actor,
    )
    return mandate


@transaction.atomic
def add_place_date(
    *, actor: Actor, kind: str, name: str, starts_on: date, ends_on: date, at: datetime | None = None
) -> PlaceDate:
    """The place keeps these days, both included. Adding what is there already returns it. Raises :class:`Invalid`."""
    require(actor, "place.keep_dates")
    name = _text(" ".join(name.split()), "name", PLACE_DATE_NAME_LIMIT)
    errors: dict[str, list[str]] = {}
    if kind not in PlaceDate.Kind.values:
        errors["kind"] = [_("Choose what kind of days these are")]
    if not name:
        errors["name"] = [_("Say what these days are called")]
    if ends_on < starts_on:
        errors["ends_on"] = [_("The last day must not come before the first")]
    elif ends_on - starts_on > LONGEST_PLACE_DATE:
        errors["ends_on"] = [
            _("The last day must be within %(days)s days of the first") % {"days": LONGEST_PLACE_DATE.days}
        ]
    if errors:
        raise Invalid(errors)
    found, created = PlaceDate.objects.get_or_create(
        kind=kind, starts_on=starts_on, name=name, defaults={"ends_on": ends_on}
    )
    if not created and found.ends_on == ends_on:
        return found
    before = None if created else found.ends_on.isoformat()
    found.ends_on = ends_on
    found.save(update_fields=["ends_on"])
    days = [starts_on.isoformat(), ends_on.isoformat()]
    keep(actor=actor, action="place_date.add", obj=found, changes={"name": [None, name], "days": [before, days]}, at=at)
    return found


@transaction.atomic
def remove_place_date(*, actor: Actor, place_date: PlaceDate, at: datetime | None = None) -> None:
    """These days are days like others. Raises :class:`Conflict` for what the place's catalogue says."""
    require(actor, "place.keep_dates")
    found = PlaceDate.objects.select_for_update().filter(pk=place_date.pk).first()
    if found is None:
        return
    if found.from_catalogue:
        raise Conflict(_("These days come with the place’s catalogue. They are changed there."))
    days = [found.starts_on.isoformat(), found.ends_on.isoformat()]
    keep(
        actor=actor,
        action="place_date.remove",
        obj=found,
        changes={"name": [found.name, None], "days": [days, None]},
        at=at,
    )
    found.delete()


def _locked(organisation: Organisation) -> Organisation:
    found = Organisation.objects.select_for_update().filter(pk=organisation.pk).first()
    if found is None:
        raise NotFound(_("There is no such organisation."))
    return found


def _check_role(organisation: Organisation, role: str) -> None:
    if role not in roles_to_give(organisation):
        raise Invalid({"role": [_("Choose one of the roles listed")]})


def _check_invitation(invitation: Invitation | None, *, at: datetime) -> Invitation:
    if (
        invitation is None
        or invitation.accepted_at is not None
        or invitation.revoked_at is not None
        or invitation.expires_at <= at
        or invitation.organisation.status == "closed"
    ):
        raise Invalid(_("This invitation does not work any more. Ask the person who sent it for a new one."))
    return invitation


def _day(at: datetime) -> date:
    """The day of an instant on the place's own calendar."""
    return timezone.localdate(at)


def _token_of(invitation: Invitation) -> str:
    """256 bits, known to nobody without the service's secret."""
    known = f"{invitation.pk}:{invitation.email}:{invitation.created_at.timestamp()}"
    return salted_hmac("groundwork.directory.invitation", known, algorithm="sha256").hexdigest()


def _digest(token: str) -> str:
    return sha256(token.encode("utf-8", "replace")).hexdigest()


def _text(text: str, field: str, limit: int) -> str:
    """Plain text of several lines. Raises :class:`Invalid` for control characters and for too much."""
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").strip()
    if any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t" for c in text):
        raise Invalid({field: [_("Use plain letters, numbers and punctuation")]})
    if len(text) > limit:
        raise Invalid({field: [_("Use %(limit)s characters or fewer") % {"limit": limit}]})
    return text
