"""Workshops: invited, changed, cancelled, made a facilitator; the report, and what happened next.

Whoever was invited is written to at the address of the invitation, until they say that they do not come; whoever takes
part, at the address they left or that of their account. Of a sensitive workshop mail says who hosts it and where to
read more, and nothing else (promise U21).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from collaboration.actions import queries as actions
from collaboration.workshops import calendar
from collaboration.workshops import queries as workshops
from collaboration.workshops.registry import on_person_forgotten
from collaboration.workshops.services.planning import expiry_for
from groundwork.clock import now
from groundwork.events.registry import Envelope, handles
from notifications.kinds.initiatives import MAIL
from notifications.kinds.registry import Class, Kind, Reader, address
from notifications.kinds.workshop_conditions import opens
from notifications.models import Topic
from notifications.queries import not_before
from notifications.services.forgetting import forget_conversations, forget_reader
from notifications.services.keeping import forget_about
from notifications.services.queueing import Written, root_of, write

INVITED = Kind(
    name="workshop.invited",
    mail_class=Class.SERVICE,
    template="workshop_invited",
    reason=gettext_lazy("the organisers of this workshop gave your address when inviting people"),
    holds_secret=True,
)
CHANGED = Kind(
    name="workshop.changed",
    mail_class=Class.ASKED,
    topic=Topic.WORKSHOPS,
    pressing=True,
    template="workshop_changed",
    reason=gettext_lazy("you were invited to this workshop, or take part in it"),
    holds_secret=True,
)
CANCELLED = Kind(
    name="workshop.cancelled",
    mail_class=Class.ASKED,
    topic=Topic.WORKSHOPS,
    pressing=True,
    template="workshop_cancelled",
    reason=gettext_lazy("you were invited to this workshop, or take part in it"),
)
ROLE = Kind(
    name="workshop.role",
    mail_class=Class.ASKED,
    topic=Topic.WORKSHOPS,
    template="workshop_role",
    reason=gettext_lazy("somebody who organises this workshop made you a facilitator of it"),
)
REPORT = Kind(
    name="workshop.report",
    mail_class=Class.ASKED,
    topic=Topic.WORKSHOPS,
    template="workshop_report",
    reason=gettext_lazy("you took part in this workshop and can read its report"),
    holds_secret=True,
)
NEXT = Kind(
    name="workshop.next",
    mail_class=Class.ASKED,
    topic=Topic.WORKSHOPS,
    template="workshop_next",
    reason=gettext_lazy("you took part in this workshop and were to be told what happened next"),
    holds_secret=True,
)

TOLD_EVERY = timedelta(hours=1)
"""How often people are mailed that a workshop changed, at most: what changes meanwhile is told in one mail."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """One address, and by what link and under what conditions it is written to."""

    email: str
    name: str
    link: str
    person: Any = None
    conditions: dict[str, dict[str, Any]] = field(default_factory=dict)


@handles("workshop.invited", name="mail.workshop_invited")
def invite(envelope: Envelope) -> None:
    workshop = _find(envelope)
    if workshop is None:
        return
    for invitation in workshops.invitations(workshop).filter(pk__in=envelope.payload["invitation_ids"]):
        if not opens(invitation):
            continue
        told = _by_invitation(invitation)
        INVITED.write_to(
            told.email,
            about=f"{envelope.id}-{invitation.pk}",
            sender=workshop.host.name,
            context=_words_of_invitation(
                workshop,
                invited_by=invitation.invited_by,
                link=told.link,
                expires_at=invitation.expires_at,
                role="" if invitation.role == "participant" else invitation.get_role_display(),
            ),
            conditions=told.conditions,
            headers=_headers(workshop),
            calendar=calendar.invitation(workshop, calendar.Attendee(told.email, told.name)),
        )


def preview_of_invitation(workshop: Any, *, email: str, role: str, invited_by: Any) -> Written:
    """The mail that would invite ``email`` now, but for its link. ``role`` as it is spoken of, "" for participants."""
    context = _words_of_invitation(
        workshop,
        invited_by=invited_by,
        link=address("/w/invitation/…/"),
        expires_at=expiry_for(workshop, now()),
        role=role,
    )
    return write(INVITED.template, {**context, "reason": str(INVITED.reason), "recipient": email, "reader": None})


def _words_of_invitation(
    workshop: Any, *, invited_by: Any, link: str, expires_at: datetime, role: str
) -> dict[str, Any]:
    host = invited_by.display_name if invited_by and not workshop.sensitive else ""
    return {
        **_words(workshop),
        "host": host,
        "link": link,
        "expires_at": expires_at,
        "rows": [*_facts(workshop), *([(_("Your role"), role)] if role else [])],
    }


@handles("workshop.changed", name="mail.workshop_changed")
def tell_change(envelope: Envelope) -> None:
    """Where or when it takes place, or its title; not more often than once in an hour. Who changed it knows."""
    workshop = _find(envelope)
    if workshop is None or not envelope.payload["tell"] or workshop.status not in ("planned", "open"):
        return
    due_at = not_before(kind=CHANGED.name, about=_headers(workshop), every=TOLD_EVERY)
    for told in _expecting(workshop, envelope):
        CHANGED.write_to(
            told.email,
            person=told.person,
            about=envelope.id,
            sender=workshop.host.name,
            context={**_words(workshop), "link": told.link, "rows": _facts(workshop)},
            conditions={
                **told.conditions,
                "workshop_unchanged": {"workshop_id": workshop.pk, "sequence": workshop.sequence},
            },
            headers=_headers(workshop),
            calendar=calendar.invitation(workshop, calendar.Attendee(told.email, told.name)),
            due_at=due_at,
        )


@handles("workshop.cancelled", name="mail.workshop_cancelled")
def tell_cancelled(envelope: Envelope) -> None:
    workshop = _find(envelope)
    if workshop is None or workshop.status != "cancelled" or workshop.is_rehearsal:
        return
    for told in _expecting(workshop, envelope):
        CANCELLED.write_to(
            told.email,
            person=told.person,
            about=envelope.id,
            sender=workshop.host.name,
            context={
                **_words(workshop),
                "why": "" if workshop.sensitive else workshop.cancelled_reason,
                "rows": _facts(workshop),
                "page": address("/workshops/"),
            },
            conditions={
                **_lasting(told),
                "workshop_has_status": {"workshop_id": workshop.pk, "status": "cancelled"},
            },
            headers=_headers(workshop),
            calendar=calendar.invitation(workshop, calendar.Attendee(told.email, told.name), "CANCEL"),
        )


@handles("workshop.role_given", name="mail.workshop_role")
def tell_facilitator(envelope: Envelope) -> None:
    workshop = _find(envelope)
    if workshop is None or workshop.status not in ("planned", "open"):
        return
    given = workshops.facilitators(workshop).filter(pk=envelope.payload["participation_id"]).first()
    if given is None or given.person is None or given.person.pk == envelope.person_id:
        return
    told = _by_participation(workshop, given, address(f"/workshops/{workshop.code}/"))
    ROLE.write_to(
        told.email,
        person=told.person,
        about=envelope.id,
        sender=workshop.host.name,
        context={**_words(workshop), "page": told.link, "rows": _facts(workshop)},
        conditions={
            **told.conditions,
            "workshop_facilitated": {"workshop_id": workshop.pk, "person_id": given.person.pk},
        },
        headers=_headers(workshop),
        calendar=calendar.invitation(workshop, calendar.Attendee(told.email, told.name)),
    )


@handles("workshop.reported", name="mail.workshop_report")
def send_report(envelope: Envelope) -> None:
    workshop = _find(envelope)
    if workshop is None or not envelope.payload["tell"] or workshop.status != "reported":
        return
    for told in _took_part(workshop):
        REPORT.write_to(
            told.email,
            person=told.person,
            about=envelope.id,
            sender=workshop.host.name,
            context={
                **_words(workshop),
                "link": told.link,
                "next_on": workshop.next_on,
                "is_guest": told.person is None,
                "rows": _facts(workshop)[:2],
            },
            conditions={
                **told.conditions,
                "workshop_has_status": {"workshop_id": workshop.pk, "status": "reported"},
            },
            headers=_headers(workshop),
        )


@handles("workshop.next_told", name="mail.workshop_next")
def tell_next(envelope: Envelope) -> None:
    workshop = _find(envelope)
    if workshop is None or not workshop.next_text:
        return
    for told in _took_part(workshop):
        NEXT.write_to(
            told.email,
            person=told.person,
            about=envelope.id,
            sender=workshop.host.name,
            context={
                **_words(workshop),
                "link": told.link,
                "text": "" if workshop.sensitive else workshop.next_text,
                "rows": _facts(workshop)[:2],
            },
            conditions={**told.conditions, "workshop_reported": {"workshop_id": workshop.pk}},
            headers=_headers(workshop),
        )


@handles("workshop.guests_forgotten", name="mail.workshop_guests_forgotten")
def forget_mail_to_guests(envelope: Envelope) -> None:
    """Mail about a workshop to people without an account is not kept longer than their addresses are (promise U14)."""
    workshop = _find(envelope)
    if workshop is not None:
        forget_about(root_of("workshop", workshop.uuid)["References"])


@handles("workshop.forgotten", name="mail.workshop_forgotten")
def forget_mail_about_what_was_said(envelope: Envelope) -> None:
    """What happened next is let go of with what was said, and so is the mail that told it."""
    workshop = _find(envelope)
    if workshop is not None:
        forget_conversations([root_of("workshop", workshop.uuid)["References"]])


@on_person_forgotten
def forget_mail_to_person(workshop: Any, emails: frozenset[str], person_id: int | None) -> None:
    """Mail about a workshop, and about what was agreed in it, to somebody who is made unknown there (promise U13)."""
    about = [root_of("workshop", workshop.uuid)["References"]]
    forget_reader(about, emails=emails, person_id=person_id)
    numbers = actions.numbers_of_origin("workshop", str(workshop.uuid))
    # Under their account they are still asked; it is at the address they left here that they are not.
    forget_reader([root_of("action", each)["References"] for each in numbers], emails=emails, person_id=None)


def spoken_when(starts_at: datetime | None, ends_at: datetime | None) -> str:
    """``Thursday 12 March 2026, 14:00 to 16:00`` on the place's clock; with both days where it lasts longer."""
    if starts_at is None:
        return ""
    begins = timezone.localtime(starts_at)
    said = f"{date_format(begins, 'l j F Y')}, {begins:%H:%M}"
    if ends_at is None:
        return said
    ends = timezone.localtime(ends_at)
    if ends.date() == begins.date():
        return _("%(start)s to %(end)s") % {"start": said, "end": f"{ends:%H:%M}"}
    return _("%(start)s to %(end)s") % {"start": said, "end": f"{date_format(ends, 'l j F Y')}, {ends:%H:%M}"}


def _find(envelope: Envelope) -> Any:
    return workshops.visible_to(MAIL).filter(pk=envelope.payload["workshop_id"]).first()


def _words(workshop: Any) -> dict[str, Any]:
    """How the workshop is spoken of: by its title, or, if it is sensitive, by its host alone."""
    hosted = _("a workshop hosted by %(host)s") % {"host": workshop.host.name}
    return {
        "named": hosted if workshop.sensitive else workshop.title,
        "hosted_by": workshop.host.name,
        "sensitive": workshop.sensitive,
        "purpose": "" if workshop.sensitive else workshop.purpose,
        "call": "" if workshop.sensitive else workshop.link,
    }


def _facts(workshop: Any) -> list[tuple[str, str]]:
    if workshop.sensitive:
        return [(_("Hosted by"), workshop.host.name)]
    return [
        (_("Workshop"), workshop.title),
        (_("When"), spoken_when(workshop.starts_at, workshop.ends_at)),
        (_("Where"), workshop.venue),
        (_("Hosted by"), workshop.host.name),
    ]


def _headers(workshop: Any) -> dict[str, str]:
    return root_of("workshop", workshop.uuid)


def _expecting(workshop: Any, envelope: Envelope) -> Iterator[Told]:
    """Everybody whose calendar may hold it, each address once; not whoever did what they would be told of."""
    told: set[str] = set()
    for part in workshops.to_be_told(workshop):
        if part.person is None or part.status != "admitted":
            continue
        told.add(part.person.email)
        if part.person.pk != envelope.person_id:
            yield _by_participation(workshop, part, address(f"/workshops/{workshop.code}/"))
    for invitation in workshops.standing_invitations(workshop):
        if invitation.email not in told:
            told.add(invitation.email)
            yield _by_invitation(invitation)


def _took_part(workshop: Any) -> Iterator[Told]:
    """Those who are sent the report, each address once."""
    told: set[str] = set()
    for part in workshops.to_be_told(workshop):
        email = part.person.email if part.person is not None else part.email
        if email in told:
            continue
        told.add(email)
        link = address(f"/w/{workshop.code}/report/")
        if part.person is None and part.return_digest:
            # Somebody without an account gets in by their own link; the cookie is on the phone of that day.
            link = address(f"/w/back/{workshops.return_token(part)}/")
        yield _by_participation(workshop, part, link)


def _by_invitation(invitation: Any) -> Told:
    return Told(
        email=invitation.email,
        name=invitation.name,
        link=address(f"/w/invitation/{workshops.invitation_token(invitation)}/"),
        conditions={
            "workshop_invitation_works": {
                "workshop_id": invitation.workshop_id,
                "invitation_id": invitation.pk,
                "made_at": invitation.created_at.isoformat(),
            }
        },
    )


def _by_participation(workshop: Any, part: Any, link: str) -> Told:
    if part.person is not None:
        return Told(
            email=part.person.email,
            name=part.person.name,
            link=link,
            person=part.person,
            conditions={
                **Reader(person=part.person).conditions,
                "workshop_taken_part_in": {"workshop_id": workshop.pk, "participation_id": part.pk, "email": ""},
            },
        )
    return Told(
        email=part.email,
        name=part.name,
        link=link,
        conditions={
            "workshop_taken_part_in": {"workshop_id": workshop.pk, "participation_id": part.pk, "email": part.email}
        },
    )


def _lasting(told: Told) -> dict[str, dict[str, Any]]:
    """Of a cancellation: it is told to whoever was invited, although their invitation opens nothing any more."""
    conditions = dict(told.conditions)
    if works := conditions.pop("workshop_invitation_works", None):
        conditions["workshop_invitation_stands"] = {name: works[name] for name in ("workshop_id", "invitation_id")}
    return conditions
