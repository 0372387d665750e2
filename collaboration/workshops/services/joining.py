"""Coming in: by code, by link, by invitation or signed in; and coming back.

A guest is somebody whose browser holds a secret. It is one secret for all workshops, and we keep another digest of it
for each, so that nobody, not even we, can follow a guest from one to the next.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from django.db import transaction
from django.utils.translation import gettext as _

from collaboration.initiatives.services import cleaning
from collaboration.workshops import tokens
from collaboration.workshops.events import WorkshopJoined, WorkshopParticipationChanged
from collaboration.workshops.models import Participation, Workshop, WorkshopInvitation
from collaboration.workshops.queries.joining import dead_link, participation_by_return_token, participation_for
from collaboration.workshops.queries.visibility import could_be_a_code
from collaboration.workshops.registry import tell_access_changed
from collaboration.workshops.services.records import Status, locked_row, must_be
from groundwork.access.actors import Actor, GuestActor
from groundwork.access.errors import Conflict, NotAllowed, NotFound
from groundwork.access.rules import require
from groundwork.accounts.services.limits import Limit, give_back, network_of, take_all
from groundwork.audit.services import keep
from groundwork.clock import now
from groundwork.directory.models import Organisation
from groundwork.directory.queries import find_organisation
from groundwork.events.services import record

WRONG_JOIN_CODES: Final = Limit("workshop code", 30, 300)
"""For each network address. Right codes do not count: a hall of phones is one address (promise S17)."""
WRONG_JOIN_CODES_OVERALL: Final = Limit("workshop codes", 1_000, 3_600)
"""For everybody together, so that guessing from many addresses gets nowhere either."""

MOST_PEOPLE: Final = 2_000
"""In one workshop: far more than a board holds at once, and an end to joining in a loop."""

Via = Literal["code", "link", "invitation", "account"]
There = Participation.Status


@dataclass(frozen=True, kw_only=True)
class Joined:
    """Somebody is in a workshop, or waits in its lobby (see the participation's status)."""

    participation: Participation
    guest_secret: str
    """What the browser must keep; "" for somebody with an account."""
    return_token: str
    """Their own way back on another phone; "" for somebody with an account, who signs in instead."""
    is_new: bool


def try_code(*, code: str, address: str, at: datetime | None = None) -> Workshop:
    """The open workshop with this code, typed by somebody at the network ``address``.

    A wrong code counts; too many of them and no code is looked at any more (:class:`TooMany`). A right one does not
    count. Everybody's tries wait for each other, so fifty at once are counted like fifty in a row. Raises
    :class:`NotFound`, the same for a code that does not exist and for a workshop that is not open.
    """
    code = tokens.tidy_code(code)
    # Durable: inside of another transaction, which fails with the refusal, a wrong guess would not be counted.
    with transaction.atomic(durable=True):
        # Taken, looked up and given back behind the counters' locks: a hundred phones of one hall never count as many.
        tries = take_all((WRONG_JOIN_CODES, network_of(address)), (WRONG_JOIN_CODES_OVERALL, ""), at=at)
        found = None
        if could_be_a_code(code):
            found = Workshop.objects.select_related("host").filter(code=code, status=Status.OPEN).first()
        if found is not None:
            give_back(*tries)
    if found is None:
        raise NotFound(
            _("No open workshop has this code. Check it on the screen or the poster: it has 8 letters and numbers.")
        )
    return found


@transaction.atomic
def join(
    *,
    actor: Actor,
    workshop: Workshop,
    name: str = "",
    anonymous: bool = False,
    organisation: Organisation | str | None = None,
    organisation_name: str = "",
    email: str = "",
    guest_secret: str = "",
    via: Via = "code",
    at: datetime | None = None,
) -> Joined:
    """Take part, with an account or as a guest. Whoever is in already is given the place they have.

    ``organisation`` is one of the directory, or its slug; ``organisation_name`` what somebody typed, which is matched
    with the directory. The caller has seen the code, the link or the invitation. Raises :class:`Conflict` when the
    workshop is not open or is locked, :class:`NotAllowed` for somebody who was removed, :class:`Invalid` by field.
    """
    at = at or now()
    row = locked_row(workshop.pk)
    require(actor, "workshop.join", row)
    return _come_in(
        actor=actor,
        workshop=row,
        given=_said(name, anonymous, organisation, organisation_name, email, actor),
        guest_secret=guest_secret,
        via=via,
        at=at,
    )


@transaction.atomic
def join_by_invitation(
    *,
    actor: Actor,
    token: str,
    name: str = "",
    anonymous: bool = False,
    organisation: Organisation | str | None = None,
    organisation_name: str = "",
    email: str = "",
    guest_secret: str = "",
    at: datetime | None = None,
) -> Joined:
    """Take part by an invitation: no lobby and no lock, in the role one was invited for.

    It lets somebody in once. Afterwards it opens for the same browser, or the same account, only. Every invitation that
    lets nobody in raises :class:`NotFound` with the same sentence (promise S16).
    """
    at = at or now()
    known = WorkshopInvitation.objects.filter(token_digest=tokens.digest(token)).only("workshop_id").first()
    if known is None:
        raise NotFound(dead_link())
    row = locked_row(known.workshop_id)
    invitation = (
        WorkshopInvitation.objects.select_for_update(of=("self",))
        .filter(pk=known.pk, revoked_at=None, expires_at__gt=at)
        .first()
    )
    if invitation is None:
        raise NotFound(dead_link())
    invitation.workshop = row
    require(actor, "workshop.join", row)
    before = participation_for(row, person=actor.person, guest_secret=guest_secret)
    if invitation.used_at is not None and (before is None or before.pk != invitation.participation_id):
        raise NotFound(dead_link())
    joined = _come_in(
        actor=actor,
        workshop=row,
        given=_said(name, anonymous, organisation, organisation_name, email, actor),
        guest_secret=guest_secret,
        via="invitation",
        at=at,
        role=invitation.role,
    )
    if invitation.used_at is None:
        invitation.used_at = at
        invitation.participation = joined.participation
        if not invitation.answer:
            invitation.answer = WorkshopInvitation.Answer.YES
            invitation.answered_at = at
        invitation.save()
    return joined


@transaction.atomic
def return_with(*, token: str, guest_secret: str = "", at: datetime | None = None) -> Joined:
    """Come back on another phone by one's own link. The other phone is out from then on: a place is one browser's.

    After the workshop it still opens the report, until guests are forgotten. Whoever had left waits in the lobby like
    everybody, where there is one. Raises :class:`NotFound`, always the same, for a link that does not work, and
    :class:`NotAllowed` for a browser that was removed from the workshop: somebody else's link is no way back in.
    """
    at = at or now()
    known = participation_by_return_token(token)
    row = locked_row(known.workshop_id)
    must_be(row, Status.PLANNED, Status.OPEN, Status.REPORTED, Status.ARCHIVED)
    own = Participation.objects.select_for_update(of=("self",)).get(pk=known.pk)
    own.workshop = row
    secret = guest_secret or tokens.new_guest_secret()
    digest = tokens.guest_digest(secret, row)
    if own.guest_digest != digest:
        # This phone may have joined anew before its owner remembered the link: that place is given up.
        other = Participation.objects.filter(workshop=row, guest_digest=digest).exclude(pk=own.pk).first()
        if other is not None:
            if other.status == There.REMOVED:
                raise NotAllowed(_removed())
            # Who only waited was never in: to have given that place up must not count as having left.
            other.status = There.REMOVED if other.status == There.WAITING else There.LEFT
            other.guest_digest = None
            other.save(update_fields=["guest_digest", "status"])
        own.guest_digest = digest
    if own.status == There.LEFT:
        waits = row.has_lobby and row.is_open and own.role != Participation.Role.FACILITATOR
        own.status = There.WAITING if waits else There.ADMITTED
    own.seen_at = at
    own.save()
    guest = GuestActor(workshop_id=row.pk, participation_id=own.pk)
    changed_participation(actor=guest, participation=own, action="workshop.return", at=at)
    return Joined(participation=own, guest_secret=secret, return_token=token, is_new=False)


def _said(
    name: str,
    anonymous: bool,
    organisation: Organisation | str | None,
    organisation_name: str,
    email: str,
    actor: Actor,
) -> dict[str, Any]:
    """What somebody said of themselves, as it is kept. Raises :class:`Invalid` by field."""
    problems = cleaning.Problems()
    label = _("The name")
    kept = "" if anonymous else cleaning.text(name, field="name", label=label, longest=120, problems=problems)
    if not anonymous and not kept and actor.person is not None:
        kept = actor.person.name[:120]
    if not anonymous and not kept and "name" not in problems.errors:
        problems.add("name", _("Enter a name, or choose to take part without one."))
    typed = cleaning.text(
        organisation_name, field="organisation", label=_("The organisation"), longest=200, problems=problems
    )
    found = organisation
    if isinstance(found, str):
        slug = found.strip()
        known = slug.isascii() and slug.isprintable() and len(slug) <= 100
        found = Organisation.objects.filter(slug=slug).first() if slug and known else None
        if slug and found is None:
            problems.add("organisation", _("There is no such organisation in the directory. Type its name instead."))
    if found is None and typed:
        found = find_organisation(typed)
    if found is None and not typed and actor.organisation is not None:
        found = actor.organisation
    address = cleaning.email(email, field="email", problems=problems)
    problems.raise_if_any()
    return {
        "name": kept,
        "organisation": found,
        "organisation_name": "" if found is not None else typed,
        "email": address.lower(),
    }


def _come_in(
    *,
    actor: Actor,
    workshop: Workshop,
    given: dict[str, Any],
    guest_secret: str,
    via: Via,
    at: datetime,
    role: str = Participation.Role.PARTICIPANT,
) -> Joined:
    """Within a transaction, of a locked workshop: the place somebody has, or a new one."""
    person = actor.person
    own = participation_for(workshop, person=person, guest_secret=guest_secret)
    if own is not None and person is not None and own.person_id is None:
        # Signed in since they joined as a guest: their place is claimed on a page of its own, not by the way.
        own = None
    if own is not None and own.status == There.REMOVED:
        raise NotAllowed(_removed())
    is_facilitator = own is not None and own.role == Participation.Role.FACILITATOR
    may_prepare = is_facilitator or (via == "invitation" and role == Participation.Role.FACILITATOR)
    if workshop.status == Status.PLANNED and not may_prepare:
        raise Conflict(_("This workshop has not been opened yet. Try again when it begins."))
    if workshop.status not in (Status.PLANNED, Status.OPEN):
        raise Conflict(_("This workshop is over. Nobody can join it any more."))
    secret = "" if person is not None else guest_secret or tokens.new_guest_secret()
    if own is not None and own.status != There.LEFT:
        rises = role == Participation.Role.FACILITATOR and own.role != role
        if rises or (via == "invitation" and own.status == There.WAITING):
            own.role = role if rises else own.role
            own.status = There.ADMITTED
            own.save()
            changed_participation(actor=actor, participation=own, action="workshop.join", at=at)
        return Joined(participation=own, guest_secret=secret, return_token=_way_back(own), is_new=False)
    if workshop.locked and via != "invitation" and not is_facilitator:
        raise Conflict(_("Joining is locked. Ask a facilitator to unlock it."))
    if own is None and Participation.objects.filter(workshop=workshop).count() >= MOST_PEOPLE:
        raise Conflict(_("This workshop is full: %(most)s people have joined it.") % {"most": MOST_PEOPLE})
    waits = workshop.has_lobby and via != "invitation" and not is_facilitator
    if own is None:
        own = Participation(workshop=workshop, role=role, joined_at=at)
        own.person, own.mandate = person, actor.mandate
    own.workshop = workshop
    own.status = There.WAITING if waits else There.ADMITTED
    own.seen_at = at
    for field, value in given.items():
        setattr(own, field, value)
    if person is None:
        own.guest_digest = tokens.guest_digest(secret, workshop)
    own.save()
    if person is None:
        own.return_digest = tokens.digest(tokens.return_token(own))
        own.save(update_fields=["return_digest"])
        actor = GuestActor(workshop_id=workshop.pk, participation_id=own.pk, via=actor.via)
    keep(actor=actor, action="workshop.join", obj=own, changes={"via": [None, via]}, at=at)
    record(WorkshopJoined(workshop_id=workshop.pk, participation_id=own.pk, via=via), actor=actor)
    tell_access_changed([workshop.pk])
    return Joined(participation=own, guest_secret=secret, return_token=_way_back(own), is_new=True)


def _removed() -> str:
    return _("A facilitator removed you from this workshop. Speak to them if this is a mistake.")


def _way_back(participation: Participation) -> str:
    """Shown only while it works: under another secret of the service it would be another one."""
    if participation.person_id is not None or participation.return_digest is None:
        return ""
    token = tokens.return_token(participation)
    return token if tokens.digest(token) == participation.return_digest else ""


def changed_participation(
    *,
    actor: Actor,
    participation: Participation,
    action: str,
    at: datetime,
    changes: dict[str, Any] | None = None,
) -> None:
    """Within a transaction: keep and tell that somebody's place in a workshop changed, and have it looked at anew.

    The audit log is told no names: those who take part may be guests who are forgotten later.
    """
    keep(actor=actor, action=action, obj=participation, changes=changes, at=at)
    record(
        WorkshopParticipationChanged(workshop_id=participation.workshop_id, participation_id=participation.pk),
        actor=actor,
    )
    tell_access_changed([participation.workshop_id])
