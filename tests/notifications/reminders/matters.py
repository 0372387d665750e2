"""One of everything that is reminded of, old enough for its first step, at noon of 23 November 2026."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from collaboration.actions.models import Action
from collaboration.governance.models import (
    ChairTerm,
    Decision,
    Meeting,
    Minutes,
    PartnershipBoard,
    RecommendationList,
    Seat,
    SeatHolder,
)
from collaboration.initiatives.models import AskOrOffer, Challenge, Initiative, JoinAsk, Partner
from collaboration.workshops.models import Participation, Workshop, WorkshopInvitation
from groundwork.clock import now, today
from groundwork.directory.models import Mandate
from notifications.models import OutgoingMessage
from notifications.services import reminding
from tests.notifications.ground import Ground
from vision.frameworks.models import Endorsement, Framework


def settle(ground: Ground) -> None:
    """Nothing of the ground itself is due: it was answered, verified and worked on just now."""
    Partner.objects.update(confirmation="confirmed")
    Initiative.objects.update(verified_at=now())
    Mandate.objects.update(created_at=now())


def partner_asked(ground: Ground, days: int = 7) -> None:
    Partner.objects.filter(pk=801).update(confirmation="asked", asked_at=now() - timedelta(days=days))


def not_verified(ground: Ground, days: int = 30) -> None:
    Initiative.objects.update(verified_at=now() - timedelta(days=days), published_at=now() - timedelta(days=days + 100))


def draft_left(ground: Ground, days: int = 14) -> None:
    Initiative.objects.create(
        id=703,
        number=44,
        reference="VAL-0044",
        title="A library of things",
        owner=ground.council,
        lead=ground.council,
        created_by=ground.people["member"].person,
        changed_at=now() - timedelta(days=days),
    )


def _said(ground: Ground, model: Any, days: int, **fields: Any) -> Any:
    nurse = ground.people["nurse"]
    return model.objects.create(
        initiative=ground.initiative,
        person=nurse.person,
        organisation=nurse.organisation,
        mandate=nurse.mandate,
        at=now() - timedelta(days=days),
        **fields,
    )


def join_waiting(ground: Ground, days: int = 5) -> None:
    _said(ground, JoinAsk, days, id=901, message="We run a winter clinic.")


def challenge_open(ground: Ground, days: int = 7) -> None:
    _said(ground, Challenge, days, id=902, body="How do you know?")


def ask_open(ground: Ground, days: int = 30) -> None:
    _said(ground, AskOrOffer, days, id=903, kind="ask", body="We need a warm room on Mondays.")


def _action(ground: Ground, **fields: Any) -> Action:
    given: dict[str, Any] = {
        "id": 951,
        "number": 7,
        "reference": "A-0007",
        "what": "Ask the café for its room",
        "status": "accepted",
        "owner": ground.people["nurse"].person,
        "created_by": ground.people["lead"].person,
        "asked_by": ground.people["lead"].person,
        **fields,
    }
    return Action.objects.create(**given)


def action_due(ground: Ground, days: int = 3) -> None:
    _action(ground, due_on=today() + timedelta(days=days))


def action_overdue(ground: Ground, days: int = 1) -> None:
    _action(ground, due_on=today() - timedelta(days=days))


def action_unanswered(ground: Ground, days: int = 4) -> None:
    _action(ground, status="asked", asked_at=now() - timedelta(days=days))


def _workshop(ground: Ground, **fields: Any) -> Workshop:
    given: dict[str, Any] = {
        "id": 971,
        "code": "ABCD2345",
        "title": "Getting there",
        "template": "inquiry",
        "host": ground.council,
    }
    given["uuid"] = "01900000-0000-7000-8000-000000000971"
    workshop = Workshop.objects.create(**given, venue="Northwick Hall", **fields)
    lead, nurse = ground.people["lead"], ground.people["nurse"]
    for person, role in ((lead, "facilitator"), (nurse, "participant")):
        Participation.objects.create(workshop=workshop, person=person.person, mandate=person.mandate, role=role)
    return workshop


def workshop_coming(ground: Ground, days: int = 1) -> None:
    starts_at = now() + timedelta(days=days, hours=2)
    workshop = _workshop(ground, status="planned", starts_at=starts_at, ends_at=starts_at + timedelta(hours=2))
    for number, (email, answer) in enumerate((("gwen@example.org", ""), ("no@example.org", "no")), 981):
        WorkshopInvitation.objects.create(
            id=number,
            workshop=workshop,
            email=email,
            answer=answer,
            token_digest=str(number),
            expires_at=now() + timedelta(days=30),
        )


def workshop_report(ground: Ground, days: int = 1) -> None:
    ended = now() - timedelta(days=days)
    _workshop(ground, status="open", starts_at=ended - timedelta(hours=2), ends_at=ended)


def workshop_next(ground: Ground, days: int = 0) -> None:
    _workshop(ground, status="reported", next_on=today() - timedelta(days=days))


def organisation_quiet(ground: Ground, days: int = 60) -> None:
    """The council; that its lead did nothing is known from when they were given their mandate."""
    Mandate.objects.filter(organisation=ground.council).update(created_at=now() - timedelta(days=days))


def mandate_ending(ground: Ground, days: int = 30) -> None:
    Mandate.objects.filter(person=ground.people["member"].person).update(valid_to=today() + timedelta(days=days))


def _endorsement(ground: Ground, **fields: Any) -> None:
    vision = Framework.objects.filter(key="endorsed").first()
    vision = vision or Framework.objects.create(key="endorsed", title="Vision of the Vale", kind="vision")
    Endorsement.objects.create(framework=vision, organisation=ground.council, **fields)


def endorsement_asked(ground: Ground, days: int = 0) -> None:
    _endorsement(ground, asked_at=now() - timedelta(days=days))


def endorsement_review(ground: Ground) -> None:
    """Three months ago today, on 23 November."""
    _endorsement(ground, status="endorsed", endorsed_on="2026-08-23")


def minutes_waiting(ground: Ground, days: int = 14) -> None:
    meeting = _meeting(ground, -days)
    Meeting.objects.filter(pk=meeting.pk).update(status="held", closed_at=now() - timedelta(days=days))
    Minutes.objects.create(id=551, meeting=meeting)


def recommendation_overdue(ground: Ground, days: int = 1) -> None:
    made = RecommendationList.objects.create(slug="road-map", title="The road map")
    due_on = today() - timedelta(days=days)
    made.recommendations.create(id=561, code="R-1", title="Few shared measures", owner=ground.council, due_on=due_on)


def decision_review(ground: Ground) -> None:
    board = PartnershipBoard.objects.create(slug="vale-board", name="Vale Board", access="public", lead=ground.council)
    Decision.objects.create(
        number=7,
        reference="D-0007",
        board=board,
        title="One budget",
        text="We share one budget.",
        how="consensus",
        status="made",
        access="public",
        decided_on=today() - timedelta(days=300),
        review_on=today(),
    )


def _board(ground: Ground, **fields: Any) -> PartnershipBoard:
    """A board of the council on which the nurse fills the seat of the hospital."""
    given = {"id": 985, "slug": "winter-board", "name": "Winter Board", "status": "active", "lead": ground.council}
    board = PartnershipBoard.objects.create(**given, **fields)
    nurse = ground.people["nurse"]
    since = today() - timedelta(days=400)
    seat = Seat.objects.create(id=986, board=board, organisation=ground.hospital, title="Health", valid_from=since)
    SeatHolder.objects.create(seat=seat, person=nurse.person, mandate=nurse.mandate, valid_from=since)
    return board


def board_ending(ground: Ground, days: int = 60) -> None:
    _board(ground, ends_on=today() + timedelta(days=days))


def chair_turn(ground: Ground, days: int = 30) -> None:
    board = _board(ground)
    begins = today() + timedelta(days=days)
    ChairTerm.objects.create(
        id=987, board=board, seat=board.seats.get(), valid_from=begins, valid_to=begins + timedelta(days=183)
    )


def seat_vacant(ground: Ground, days: int = 3) -> None:
    _board(ground)
    SeatHolder.objects.update(valid_to=today() - timedelta(days=days))


def _meeting(ground: Ground, days: int, **fields: Any) -> Meeting:
    """Of a board that the council leads; its member is secretary."""
    member = ground.people["member"]
    board = PartnershipBoard.objects.create(
        id=501, slug="vale-board", name="The Vale Board", status="active", lead=ground.council
    )
    seat = Seat.objects.create(id=511, board=board, organisation=ground.council, role="secretary")
    SeatHolder.objects.create(seat=seat, person=member.person, mandate=member.mandate, valid_from=date(2021, 1, 1))
    starts_at = now() + timedelta(days=days, hours=2)
    return Meeting.objects.create(
        id=521,
        uuid="01900000-0000-7000-8000-000000000521",
        board=board,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2),
        venue="Northwick Hall",
        status="called",
        **fields,
    )


def meeting_unanswered(ground: Ground, days: int = 7) -> None:
    meeting = _meeting(ground, days, agenda_published_at=now())
    nurse, lead = ground.people["nurse"].person, ground.people["lead"].person
    for number, (person, answer) in enumerate(((nurse, ""), (lead, "no")), 531):
        meeting.invitations.create(
            id=number, person=person, email=person.email, name=person.name, answer=answer, token_digest=str(number)
        )


def meeting_agenda(ground: Ground, days: int = 14) -> None:
    _meeting(ground, days)


def paper_due(ground: Ground, days: int = 7) -> None:
    meeting = _meeting(ground, days + 7, agenda_published_at=now(), papers_due_on=today() + timedelta(days=days))
    nurse = ground.people["nurse"].person
    uuid = "01900000-0000-7000-8000-000000000541"
    meeting.papers.create(id=541, uuid=uuid, title="Cold homes in figures", asked_of=nurse)


MATTERS: dict[str, Callable[[Ground], None]] = {
    "workshop.coming": workshop_coming,
    "meeting.unanswered": meeting_unanswered,
    "paper.due": paper_due,
    "action.due": action_due,
    "action.overdue": action_overdue,
    "action.unanswered": action_unanswered,
    "partner.asked": partner_asked,
    "join.waiting": join_waiting,
    "challenge.open": challenge_open,
    "meeting.agenda": meeting_agenda,
    "workshop.report": workshop_report,
    "workshop.next": workshop_next,
    "mandate.ending": mandate_ending,
    "minutes.waiting": minutes_waiting,
    "recommendation.overdue": recommendation_overdue,
    "decision.review": decision_review,
    "partnership.ending": board_ending,
    "chair.turn": chair_turn,
    "seat.vacant": seat_vacant,
    "initiative.draft_left": draft_left,
    "initiative.not_verified": not_verified,
    "ask.open": ask_open,
    "endorsement.asked": endorsement_asked,
    "endorsement.review": endorsement_review,
    "organisation.quiet": organisation_quiet,
}
"""By the names of the reminders, in their order."""


def occasion(*names: str) -> Callable[[Ground], None]:
    """The morning mail with these in it, for the tests of all kinds of mail."""

    def happen(ground: Ground) -> None:
        settle(ground)
        for name in names:
            MATTERS[name](ground)
        reminding.remind()

    return happen


def coming_for_a_guest(ground: Ground) -> None:
    occasion("workshop.coming")(ground)
    OutgoingMessage.objects.exclude(kind="reminder.by_link").delete()
