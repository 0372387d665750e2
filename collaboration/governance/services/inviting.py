"""Inviting people to a meeting, each by a mail of their own, and taking their answers (promises F21, S16)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from collaboration.governance import tokens
from collaboration.governance.events.meetings import MeetingAnswered, MeetingInvited
from collaboration.governance.models import ChairTerm, Meeting, MeetingInvitation, Seat, SeatHolder
from collaboration.governance.queries.boards import people_to_invite
from collaboration.governance.queries.levels import named_in_meeting
from collaboration.governance.queries.meetings import invitation_by_token
from collaboration.governance.services.meeting_records import Status, locked, must_be
from collaboration.governance.standing import holding
from collaboration.initiatives.services import cleaning
from groundwork.access.actors import Actor, Public
from groundwork.access.errors import Conflict, Invalid, NotAllowed
from groundwork.accounts.models import Person
from groundwork.audit.services import keep
from groundwork.clock import now
from groundwork.directory.models import Organisation, holding_on
from groundwork.events.services import record, record_many

MAILS_IN_ONE_GO: Final = 50
"""Of one event: what is written in one transaction of the relay."""
MOST_GUESTS: Final = 100
Answer = MeetingInvitation.Answer


@dataclass(frozen=True, slots=True)
class Invitee:
    email: str
    name: str = ""
    person: Any = None
    seat: Seat | None = None
    organisation: Organisation | None = None


def sitting_members(meeting: Meeting) -> list[Invitee]:
    """Who fills a seat on the day of the meeting: whom calling it invites. Deputies are asked once they are sent.

    Of a meeting for named people: those, the chair and the secretaries.
    """
    day = timezone.localtime(meeting.starts_at).date()
    return [
        Invitee(row.email, row.name, row.person, row.seat, row.organisation)
        for row in people_to_invite(meeting.board, day)
        if not row.as_deputy and _is_for(meeting, row.person, row.seat, day)
    ]


def _is_for(meeting: Meeting, person: Person | None, seat: Seat, day: date) -> bool:
    named = named_in_meeting(meeting)
    if named is None or seat.role == Seat.Role.SECRETARY or (person is not None and person.pk in named):
        return True
    return seat.chair_terms.filter(holding_on(day), role=ChairTerm.Role.CHAIR).exists()


def not_yet_invited(meeting: Meeting) -> list[Invitee]:
    """Those of :func:`sitting_members` who hold no invitation: they took a seat since."""
    known = {email.lower() for email in meeting.invitations.values_list("email", flat=True)}
    return [each for each in sitting_members(meeting) if each.email.lower() not in known]


def invite_the_board(*, actor: Actor, meeting: Meeting, at: datetime) -> list[MeetingInvitation]:
    """Within a transaction that holds the meeting: invite everybody who sits and is not invited yet."""
    return _invite(meeting, not_yet_invited(meeting), actor=actor, at=at)


@transaction.atomic
def invite_missing(*, actor: Actor, meeting: Meeting, at: datetime | None = None) -> list[MeetingInvitation]:
    """Invite those who took a seat after the meeting was called."""
    row = locked(meeting, actor=actor, verb="meeting.edit")
    must_be(row, Status.CALLED)
    return invite_the_board(actor=actor, meeting=row, at=at or now())


@transaction.atomic
def invite_guest(
    *, actor: Actor, meeting: Meeting, email: str, name: str = "", at: datetime | None = None
) -> MeetingInvitation:
    """Invite somebody without a seat, such as the writer of a paper. Whoever is invited already is not mailed again.

    Raises :class:`Invalid` by field, :class:`Conflict` unless the meeting is called.
    """
    at = at or now()
    row = locked(meeting, actor=actor, verb="meeting.edit")
    must_be(row, Status.CALLED)
    problems = cleaning.Problems()
    who = cleaning.text(name, field="name", label=_("The name"), longest=120, problems=problems)
    address = cleaning.text(
        email, field="email", label=_("The email address"), longest=254, problems=problems, required=True
    ).lower()
    if address:
        try:
            validate_email(address)
        except ValidationError:
            problems.add("email", _("Enter an email address like name@example.org."))
    problems.raise_if_any()
    known = row.invitations.filter(email__iexact=address).first()
    if known is not None:
        return known
    if row.invitations.filter(seat=None).count() >= MOST_GUESTS:
        raise Conflict(_("At most %(most)s guests are invited to one meeting.") % {"most": MOST_GUESTS})
    return _invite(row, [Invitee(address, who)], actor=actor, at=at)[0]


@transaction.atomic
def answer(
    *,
    invitation: MeetingInvitation,
    answer: str,
    actor: Actor | None = None,
    at: datetime | None = None,
) -> MeetingInvitation:
    """Say whether one comes: ``yes``, ``maybe``, ``no``, or ``deputy``, which invites the deputy of one's seat.

    ``actor`` is who answers signed in; without one the link in the mail stands for them. May be changed until the
    meeting begins. Raises :class:`Invalid`, :class:`Conflict` once it has begun or was cancelled.
    """
    at = at or now()
    meeting = Meeting.objects.select_for_update(of=("self",)).select_related("board").get(pk=invitation.meeting_id)
    row = MeetingInvitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
    row.meeting = meeting
    if actor is not None and (actor.person is None or row.person_id != actor.person.pk):
        raise NotAllowed(_("You are not invited to this meeting."))
    must_be(meeting, Status.CALLED)
    if answer not in (Answer.YES, Answer.MAYBE, Answer.NO, Answer.DEPUTY):
        raise Invalid({"answer": [_("Choose whether you are coming.")]})
    actor = actor or Public(via="mail")
    if row.answer == answer:
        return row
    if answer == Answer.DEPUTY:
        _send_deputy(row, actor=actor, at=at)
    before, row.answer, row.answered_at = row.answer, answer, at
    row.save(update_fields=["answer", "answered_at"])
    keep(actor=actor, action="meeting.answer", obj=row, changes={"answer": [before, answer]}, at=at)
    record(MeetingAnswered(meeting_id=meeting.pk, invitation_id=row.pk, answer=answer), actor=actor)
    return row


def answer_by_token(*, token: str, answer_given: str, at: datetime | None = None) -> MeetingInvitation:
    """Raises :class:`NotFound`, always the same, for a link that does not work (promise S16)."""
    return answer(invitation=invitation_by_token(token), answer=answer_given, at=at)


def deputies(invitation: MeetingInvitation) -> list[SeatHolder]:
    """Who may stand in for the invited person at that meeting: deputies of the same seat whose mandates hold."""
    if invitation.seat_id is None:
        return []
    day = timezone.localtime(invitation.meeting.starts_at).date()
    return list(
        SeatHolder.objects.filter(
            holding_on(day),
            holding("mandate__", day),
            seat=invitation.seat_id,
            kind=SeatHolder.Kind.DEPUTY,
            mandate__organisation=F("seat__organisation"),
            person__is_active=True,
        )
        .exclude(person=invitation.person_id)
        .select_related("person", "seat__organisation")
    )


def told(invitation_ids: Iterable[int], *, sequence: int, cancelled: bool = False) -> None:
    """Note which revision of the calendar entry was mailed."""
    fields: dict[str, Any] = {"told_sequence": sequence}
    if cancelled:
        fields["told_cancelled"] = True
    MeetingInvitation.objects.filter(pk__in=list(invitation_ids)).update(**fields)


def _send_deputy(row: MeetingInvitation, *, actor: Actor, at: datetime) -> None:
    standing_in = deputies(row)
    if not standing_in:
        raise Invalid(
            {"answer": [_("Nobody is named as deputy for your seat. Tell the secretary who comes, or answer no.")]}
        )
    known = {email.lower() for email in row.meeting.invitations.values_list("email", flat=True)}
    wanted = [
        Invitee(each.person.email, each.person.name[:120], each.person, each.seat, each.seat.organisation)
        for each in standing_in
        if each.person is not None
        and each.person.email.lower() not in known
        and _is_for(row.meeting, each.person, each.seat, timezone.localtime(row.meeting.starts_at).date())
    ]
    _invite(row.meeting, wanted, actor=actor, at=at)


def _invite(meeting: Meeting, people: list[Invitee], *, actor: Actor, at: datetime) -> list[MeetingInvitation]:
    each_once = {each.email.lower(): each for each in people}
    made = [
        MeetingInvitation(
            meeting=meeting,
            email=email,
            name=each.name[:120],
            person=each.person,
            seat=each.seat,
            organisation=each.organisation,
            created_at=at,
            # What no token has, until the row has the number that the token is made from.
            token_digest=tokens.digest(f"{meeting.uuid}:{email}:{at.timestamp()}"),
        )
        for email, each in each_once.items()
    ]
    if not made:
        return []
    MeetingInvitation.objects.bulk_create(made, batch_size=200)
    for invitation in made:
        invitation.token_digest = tokens.digest(tokens.invitation_token(invitation))
    MeetingInvitation.objects.bulk_update(made, ["token_digest"], batch_size=50)
    keep(actor=actor, action="meeting.invite", obj=meeting, changes={"invited": [None, len(made)]}, at=at)
    ids = [each.pk for each in made]
    record_many(
        [
            MeetingInvited(meeting_id=meeting.pk, invitation_ids=ids[begin : begin + MAILS_IN_ONE_GO])
            for begin in range(0, len(ids), MAILS_IN_ONE_GO)
        ],
        actor=actor,
    )
    return made
