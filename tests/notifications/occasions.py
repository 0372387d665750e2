"""Every kind of mail, once: what has to happen so that it is written. The keys are the names of the kinds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from django.db import transaction

from collaboration.actions import events as acts
from collaboration.actions.models import Action, Chase
from collaboration.governance.events import decisions as board_decides
from collaboration.governance.events import meetings
from collaboration.governance.events.boards import SeatAskedFor
from collaboration.governance.events.minutes import MinutesCirculated
from collaboration.governance.models import Decision, Meeting, Minutes, PartnershipBoard, Seat, SeatHolder
from collaboration.imports.events import ImportFinished
from collaboration.imports.models import Import, ImportedLine
from collaboration.initiatives import events as register
from collaboration.initiatives.models import Challenge, Initiative, JoinAsk, Nomination, Partner, ProblemReport
from collaboration.workshops import events as room
from collaboration.workshops.models import Participation, Workshop, WorkshopInvitation
from groundwork.access.actors import Actor, Public
from groundwork.accounts import registry as accounts
from groundwork.clock import now
from groundwork.directory import events as directory
from groundwork.directory.models import Invitation, JoinRequest
from groundwork.events import relay
from groundwork.events.registry import Event
from groundwork.events.services import record
from notifications import events as following
from notifications.models import Follow, FollowAsk, Subscriber
from tests.notifications.digest_occasions import digest_at_once, digest_due, digest_of_organisation, digest_public
from tests.notifications.ground import Ground
from tests.notifications.pack_occasion import board_pack
from tests.notifications.reminders import matters as reminded
from tests.notifications.succession_occasions import (
    succession_applied,
    succession_cancelled,
    succession_coming,
    succession_renamed,
)
from vision.frameworks.models import Element, Framework

AN_INITIATIVE = {"initiative_id": 701, "reference": "VAL-0042"}


def happen(event: Event, actor: Actor) -> None:
    with transaction.atomic():
        record(event, actor=actor)
    relay.drain()


def partner_asked(ground: Ground) -> None:
    happen(
        register.PartnerAsked(**AN_INITIATIVE, partner_id=801, organisation_id=503, again=False), ground.people["lead"]
    )


def an_import(ground: Ground) -> Import:
    """The council imported a list in which two records name the hospital."""
    lead = ground.people["lead"]
    imported = Import.objects.create(
        id="01900000-0000-7000-8000-000000000001",
        person=lead.person,
        organisation=ground.council,
        mandate=lead.mandate,
        file_name="ours.csv",
        status="imported",
        confirmed_at=now(),
        imported_at=now(),
        publish="public",
    )
    second = Initiative.objects.create(
        id=702,
        number=43,
        reference="VAL-0043",
        title="Winter coats for children",
        visibility="public",
        owner=ground.council,
        published_at=now(),
    )
    Partner.objects.create(
        id=802, initiative=second, organisation=ground.hospital, confirmation="asked", asked_at=now()
    )
    for number, it in enumerate((ground.initiative, second), start=2):
        ImportedLine.objects.create(
            imported=imported, number=number, verdict="new", title=it.title, initiative=it, outcome="done"
        )
    return imported


def partner_asked_together(ground: Ground) -> None:
    imported = an_import(ground)
    happen(ImportFinished(import_id=str(imported.pk), new=2, changed=0), ground.people["lead"])


def _answer(ground: Ground, confirmation: str, reason: str = "") -> None:
    Partner.objects.filter(pk=801).update(confirmation=confirmation, declined_reason=reason)
    made = register.PartnerConfirmed if confirmation == "confirmed" else register.PartnerDeclined
    happen(made(**AN_INITIATIVE, partner_id=801, organisation_id=503), ground.people["nurse"])


def partner_confirmed(ground: Ground) -> None:
    _answer(ground, "confirmed")


def partner_declined(ground: Ground) -> None:
    _answer(
        ground, "declined", "Our community teams left this in spring.\n\nPlease ask <the GP federation> & partners."
    )


def review_asked(ground: Ground) -> None:
    ground.initiative.visibility = "draft"
    ground.initiative.review_asked_at = now()
    ground.initiative.save()
    happen(register.InitiativeReviewAsked(**AN_INITIATIVE), ground.people["member"])


def initiative_published(ground: Ground) -> None:
    happen(
        register.InitiativePublished(**AN_INITIATIVE, visibility="public", created_by_id=604), ground.people["approver"]
    )


def _join_ask(ground: Ground, **fields: object) -> JoinAsk:
    nurse = ground.people["nurse"]
    given = {"status": "waiting", "message": "We run a winter clinic.\nCould we meet?", **fields}
    return JoinAsk.objects.create(
        id=901,
        initiative=ground.initiative,
        person=nurse.person,
        organisation=ground.hospital,
        mandate=nurse.mandate,
        **given,
    )


def join_asked(ground: Ground) -> None:
    _join_ask(ground)
    happen(register.JoinAsked(**AN_INITIATIVE, join_ask_id=901, organisation_id=503), ground.people["nurse"])


def join_answered(ground: Ground) -> None:
    _join_ask(ground, status="accepted", reason="Gladly. We meet on the first Monday.")
    happen(
        register.JoinAnswered(**AN_INITIATIVE, join_ask_id=901, organisation_id=503, accepted=True),
        ground.people["lead"],
    )


def join_declined(ground: Ground) -> None:
    _join_ask(ground, status="declined", reason="It ends in March.")
    happen(
        register.JoinAnswered(**AN_INITIATIVE, join_ask_id=901, organisation_id=503, accepted=False),
        ground.people["lead"],
    )


def _challenge(ground: Ground, response: str = "") -> None:
    scrutiny = ground.people["scrutiny"]
    Challenge.objects.create(
        id=911,
        initiative=ground.initiative,
        person=scrutiny.person,
        organisation=ground.county,
        mandate=scrutiny.mandate,
        body="How many homes were visited, and how do you know that they are warmer now?",
        response=response,
    )


def challenge_raised(ground: Ground) -> None:
    _challenge(ground)
    happen(register.ChallengeRaised(**AN_INITIATIVE, challenge_id=911), ground.people["scrutiny"])


def challenge_answered(ground: Ground) -> None:
    _challenge(ground, "212 homes. Sensors in 40 of them show 2 degrees more.")
    happen(register.ChallengeAnswered(**AN_INITIATIVE, challenge_id=911), ground.people["lead"])


def problem_reported(ground: Ground) -> None:
    ProblemReport.objects.create(
        id=921, initiative=ground.initiative, body="The phone number is wrong.", email="resident@example.org"
    )
    happen(register.ProblemReported(**AN_INITIATIVE, problem_id=921), Public())


def seat_asked_for(ground: Ground) -> None:
    reminded.seat_vacant(ground)
    happen(SeatAskedFor(board_id=985, seat_id=986), ground.people["lead"])


def nomination_made(ground: Ground) -> None:
    Nomination.objects.create(
        id=931,
        title="Repair café in the village hall",
        what="Volunteers mend toasters every month.",
        who="The parish and a school",
        area=ground.area,
        email="neighbour@example.org",
    )
    happen(register.NominationMade(nomination_id=931), Public())


def person_invited(ground: Ground) -> None:
    lead = ground.people["lead"]
    Invitation.objects.create(
        id=941,
        email="new@example.org",
        organisation=ground.council,
        role="member",
        token_hash="0" * 64,
        invited_by=lead.person,
        invited_under=lead.mandate,
        expires_at=now() + timedelta(days=14),
    )
    happen(directory.PersonInvited(invitation_id=941, organisation_id=502, role="member"), lead)


def _join_request(ground: Ground, **fields: object) -> None:
    JoinRequest.objects.create(
        id=951,
        person=ground.people["operator"].person,
        organisation=ground.council,
        message="I started in the housing team in May.",
        **fields,
    )


def join_request_made(ground: Ground) -> None:
    _join_request(ground)
    happen(
        directory.JoinRequestMade(join_request_id=951, organisation_id=502, person_id=607), ground.people["operator"]
    )


def join_request_decided(ground: Ground) -> None:
    _join_request(ground, status="approved")
    happen(
        directory.JoinRequestDecided(join_request_id=951, organisation_id=502, person_id=607, approved=True),
        ground.people["lead"],
    )


def join_request_declined(ground: Ground) -> None:
    _join_request(ground, status="declined", reason="We do not know you yet. Please call us first.")
    happen(
        directory.JoinRequestDecided(join_request_id=951, organisation_id=502, person_id=607, approved=False),
        ground.people["lead"],
    )


def _action(ground: Ground, **fields: object) -> Action:
    return Action.objects.create(
        id=961,
        number=7,
        reference="A-0007",
        what="Ask the bus operator for a stop at the “new” clinic <soon>",
        **{
            "details": "They meet on the first Monday.\nMina has the number.",
            "status": "asked",
            "owner": ground.people["nurse"].person,
            "organisation": ground.council,
            "due_on": date(2027, 3, 31),
            "created_by": ground.people["member"].person,
            "asked_by": ground.people["lead"].person,
            "asked_at": now(),
            "version": 2,
            **fields,
        },
    )


AN_ACTION = {"action_id": 961, "reference": "A-0007", "version": 2}


def action_asked(ground: Ground) -> None:
    _action(ground)
    happen(acts.ActionAsked(**AN_ACTION), ground.people["lead"])


def action_asked_by_link(ground: Ground) -> None:
    _action(ground, owner=None, owner_email="gwen@example.org", owner_name="Gwen")
    happen(acts.ActionAsked(**AN_ACTION), ground.people["lead"])


def action_accepted(ground: Ground) -> None:
    _action(ground, status="accepted", answered_at=now())
    happen(acts.ActionAnswered(**AN_ACTION, accepted=True), ground.people["nurse"])


def action_declined(ground: Ground) -> None:
    _action(ground, status="declined", answered_at=now(), declined_reason="The stop is in <another> county.")
    happen(acts.ActionAnswered(**AN_ACTION, accepted=False), ground.people["nurse"])


def action_done(ground: Ground) -> None:
    _action(ground, status="done", done_at=now())
    happen(acts.ActionSettled(**AN_ACTION, done=True), ground.people["nurse"])


def action_dropped(ground: Ground) -> None:
    _action(ground, status="dropped")
    happen(acts.ActionSettled(**AN_ACTION, done=False), ground.people["lead"])


def action_blocked(ground: Ground) -> None:
    said = "The bus operator wants <a letter> first."
    _action(ground, status="accepted", answered_at=now(), blocked_at=now(), blocked_reason=said)
    happen(acts.ActionBlocked(**AN_ACTION), ground.people["nurse"])


def _chase(ground: Ground, *actions: Action) -> None:
    made = Chase.objects.create(
        id=971, message="We meet on Friday & would like to know.", by=ground.people["lead"].person
    )
    made.actions.set(actions)
    happen(acts.ActionsChased(chase_id=971), ground.people["lead"])


def actions_chased(ground: Ground) -> None:
    late = _action(ground, status="accepted", answered_at=now(), due_on=date(2026, 11, 2))
    other = Action.objects.create(
        id=962, number=8, reference="A-0008", what="Count who comes", status="asked", owner=late.owner, asked_at=now()
    )
    _chase(ground, late, other)


def action_chased_by_link(ground: Ground) -> None:
    _chase(ground, _action(ground, owner=None, owner_email="gwen@example.org", owner_name="Gwen", answer_digest="d"))


def action_released(ground: Ground) -> None:
    _action(ground, status="unowned", owner=None, asked_by=None, asked_at=None)
    told = [ground.people["lead"].person.pk]
    happen(
        acts.ActionReleased(**AN_ACTION, owner_id=ground.people["nurse"].person.pk, told=told), ground.people["officer"]
    )


def _workshop(ground: Ground, **fields: object) -> Workshop:
    """A council's workshop, with somebody invited, a facilitator from the hospital, and a guest who left an address."""
    given = {
        "id": 31,
        "uuid": "01900000-0000-4000-8000-000000000031",
        "code": "B6KM2XQ9",
        "title": "Getting to the clinic & <back>",
        "purpose": "Find what stands in the way.\nAgree what to try first.",
        "template": "barriers-and-enablers",
        "columns": [{"title": "Barriers", "prompt": ""}],
        "host": ground.council,
        "starts_at": datetime(2026, 12, 3, 14, 0, tzinfo=UTC),
        "ends_at": datetime(2026, 12, 3, 16, 0, tzinfo=UTC),
        "venue": "Village hall, Church Lane",
        "link": "https://meet.example.org/clinic",
        "created_by": ground.people["member"].person,
        **fields,
    }
    workshop = Workshop.objects.create(**given)
    Participation.objects.create(
        id=41, workshop=workshop, person=ground.people["nurse"].person, role="facilitator", name="Nora Nurse"
    )
    Participation.objects.create(
        id=42, workshop=workshop, name="Sam", email="sam@example.org", key="k", guest_digest="g", return_digest="r"
    )
    WorkshopInvitation.objects.create(
        id=51,
        workshop=workshop,
        email="ann@parish.example",
        name="Ann Archer",
        token_digest="t",
        invited_by=ground.people["member"].person,
        expires_at=datetime(2026, 12, 7, 12, 0, tzinfo=UTC),
    )
    return workshop


A_WORKSHOP = {"workshop_id": 31}


def _meeting(ground: Ground, **fields: object) -> Meeting:
    """A called meeting of a board that the council leads, with the hospital's nurse and a guest invited."""
    board = PartnershipBoard.objects.create(
        id=61, slug="vale-board", name="Vale <Health> & Care Board", status="active", lead=ground.council
    )
    given = {
        "id": 62,
        "uuid": "01900000-0000-4000-8000-000000000062",
        "board": board,
        "title": "Winter",
        "status": "called",
        "access": "board",
        "starts_at": datetime(2026, 12, 3, 14, 0, tzinfo=UTC),
        "ends_at": datetime(2026, 12, 3, 16, 0, tzinfo=UTC),
        "venue": "Village hall, Church Lane",
        "link": "https://meet.example.org/board",
        "notes": "Lunch is at one.\nThe lift is on the left.",
        "papers_due_on": date(2026, 11, 25),
        **fields,
    }
    meeting = Meeting.objects.create(**given)
    nurse = ground.people["nurse"].person
    meeting.invitations.create(
        id=63, person=nurse, email=nurse.email, name=nurse.name, organisation=ground.hospital, token_digest="t63",
        told_sequence=0,
    )  # fmt: skip
    meeting.invitations.create(id=64, email="ann@parish.example", name="Ann Archer", token_digest="t64")
    return meeting


def meeting_invited(ground: Ground) -> None:
    _meeting(ground)
    happen(meetings.MeetingInvited(meeting_id=62, invitation_ids=[63]), ground.people["member"])


def meeting_invited_guest(ground: Ground) -> None:
    _meeting(ground, link="", notes="")
    happen(meetings.MeetingInvited(meeting_id=62, invitation_ids=[64]), ground.people["member"])


def meeting_changed(ground: Ground) -> None:
    _meeting(ground, sequence=1)
    happen(
        meetings.MeetingChanged(meeting_id=62, version=2, sequence=1, fields=["starts_at"], tell=True),
        ground.people["member"],
    )


def meeting_changed_named(ground: Ground) -> None:
    _meeting(ground, sequence=1, access="named")
    happen(
        meetings.MeetingChanged(meeting_id=62, version=2, sequence=1, fields=["starts_at"], tell=True),
        ground.people["member"],
    )


def meeting_cancelled(ground: Ground) -> None:
    _meeting(ground, sequence=1, status="cancelled", cancelled_reason="The hall is flooded.")
    happen(meetings.MeetingCancelled(meeting_id=62, sequence=1, tell=True), ground.people["member"])


def paper_asked(ground: Ground) -> None:
    meeting = _meeting(ground)
    item = meeting.items.create(id=65, title="Cold homes", order=1)
    uuid = "01900000-0000-4000-8000-000000000066"
    nurse = ground.people["nurse"].person
    meeting.papers.create(id=66, uuid=uuid, title="Cold homes in figures", item=item, asked_of=nurse)
    happen(meetings.PaperAsked(meeting_id=62, paper_id=66, person_id=nurse.pk), ground.people["member"])


def workshop_invited(ground: Ground) -> None:
    _workshop(ground)
    happen(room.WorkshopInvited(**A_WORKSHOP, invitation_ids=[51]), ground.people["member"])


def workshop_invited_sensitive(ground: Ground) -> None:
    _workshop(ground, sensitive=True)
    happen(room.WorkshopInvited(**A_WORKSHOP, invitation_ids=[51]), ground.people["member"])


def workshop_changed(ground: Ground) -> None:
    _workshop(ground, sequence=1)
    happen(room.WorkshopChanged(**A_WORKSHOP, version=2, fields=["venue"], tell=True), ground.people["member"])


def workshop_cancelled(ground: Ground) -> None:
    _workshop(ground, status="cancelled", sequence=1, cancelled_reason="The hall is flooded.")
    happen(room.WorkshopCancelled(**A_WORKSHOP), ground.people["member"])


def workshop_role(ground: Ground) -> None:
    _workshop(ground)
    happen(room.WorkshopRoleGiven(**A_WORKSHOP, participation_id=41), ground.people["member"])


def workshop_report(ground: Ground) -> None:
    _workshop(ground, status="reported", next_on=date(2027, 3, 1))
    Participation.objects.filter(pk=41).delete()
    happen(room.WorkshopReported(**A_WORKSHOP, tell=True), ground.people["member"])


def workshop_next(ground: Ground) -> None:
    _workshop(ground, status="reported", next_text="The bus runs on Tuesdays now.\nMore in spring.")
    happen(room.WorkshopNextTold(**A_WORKSHOP), ground.people["member"])


def workshop_next_sensitive(ground: Ground) -> None:
    _workshop(ground, status="reported", next_text="The bus runs on Tuesdays now.", sensitive=True)
    happen(room.WorkshopNextTold(**A_WORKSHOP), ground.people["member"])


def minutes_circulated(ground: Ground) -> None:
    """A board that the council leads, on which the hospital sits; the council sends round the minutes."""
    board = PartnershipBoard.objects.create(
        id=61, slug="warm-board", name="Warm & <dry> Board", status="active", lead=ground.council
    )
    seat = Seat.objects.create(board=board, organisation=ground.hospital)
    nurse = ground.people["nurse"]
    SeatHolder.objects.create(seat=seat, person=nurse.person, mandate=nurse.mandate, valid_from=date(2021, 1, 1))
    meeting = Meeting.objects.create(
        id=62,
        uuid="01900000-0000-4000-8000-000000000062",
        board=board,
        status="held",
        starts_at=datetime(2026, 11, 20, 14, 0, tzinfo=UTC),
        ends_at=datetime(2026, 11, 20, 16, 0, tzinfo=UTC),
    )
    Minutes.objects.create(id=63, meeting=meeting, status="circulated", comments_until=date(2026, 12, 4))
    happen(MinutesCirculated(meeting_id=62, minutes_id=63, version=2), ground.people["lead"])


def _follow_ask(**fields: object) -> None:
    ask = FollowAsk.objects.create(
        email="rita@example.org",
        frequency="weekly",
        token_digest="0" * 64,
        expires_at=now() + timedelta(days=14),
        **{"queries": ["organisation=northwick", "words=warm+homes"], **fields},
    )
    happen(following.AddressAsked(ask_id=str(ask.pk)), Public())


def follow_asked(ground: Ground) -> None:
    _follow_ask()


def follow_asked_for_organisation(ground: Ground) -> None:
    officer = ground.people["officer"].person
    _follow_ask(organisation=ground.empty, asked_by=officer, queries=["organisation=young-vale"])


def follow_link(ground: Ground) -> None:
    subscriber = Subscriber.objects.create(email="rita@example.org", confirmed_at=now())
    Follow.objects.create(subscriber=subscriber, query="organisation=northwick", anchor="organisation:502")
    happen(following.LinkWanted(subscriber_id=str(subscriber.pk), asked_at=now().isoformat()), Public())


def _account(kind: str, **context: object) -> Callable[[Ground], None]:
    def occasion(ground: Ground) -> None:
        known = kind in ("account.sign_in", "account.notice", "account.password_reset")
        accounts.post(
            accounts.AccountMail(
                kind=kind,
                recipient="lead@example.org" if known else "new@example.org",
                dedupe_key="occasion:1",
                person=ground.people["lead"].person if known else None,
                context=context,
            )
        )

    return occasion


LINK = "http://localhost:8000/sign-in/link/AbCdEf0123456789/"


def _decision(ground: Ground, **fields: object) -> Decision:
    """A decision of a board on which the hospital and the council have a vote; the county keeps the strategy."""
    strategy = Framework.objects.create(
        key="strategy",
        title="The county strategy",
        kind="organisation strategy",
        owner=ground.county,
        facts={"legal_effect": "Decisions contrary to it become recommendations that full council decides."},
    )
    board = PartnershipBoard.objects.create(
        id=971, slug="vale-board", name="Vale <Health> Board", status="active", lead=ground.council
    )
    board.elements.add(Element.objects.create(framework=strategy, code="S-1", slug="s-1", kind="aim", title="Aim one"))
    for number, name in ((972, "nurse"), (973, "member")):
        actor = ground.people[name]
        seat = Seat.objects.create(id=number, board=board, organisation=actor.organisation)
        SeatHolder.objects.create(seat=seat, person=actor.who, mandate=actor.under, valid_from=date(2020, 1, 1))
    return Decision.objects.create(
        id=974,
        number=7,
        reference="D-0007",
        board=board,
        title="One budget for “warm” homes <soon>",
        text="We pay for warm homes out of one budget.\nThe council keeps it.",
        how="consensus",
        **{"status": "open", "version": 2, **fields},
    )


def decision_voice_asked(ground: Ground) -> None:
    _decision(ground)
    happen(board_decides.DecisionOpened(decision_id=974, reference="D-0007", version=2), ground.people["member"])


def decision_contrary(ground: Ground) -> None:
    reason = "The strategy has three budgets."
    made = {"status": "made", "decided_on": date(2026, 11, 20), "access": "public"}
    _decision(ground, **made, accords="contrary", accords_reason=reason)
    happen(
        board_decides.DecisionMade(decision_id=974, reference="D-0007", contrary=True, superseded=""),
        ground.people["lead"],
    )


OCCASIONS: dict[str, Callable[[Ground], None]] = {
    "decision.voice_asked": decision_voice_asked,
    "decision.contrary": decision_contrary,
    "partner.asked": partner_asked,
    "partner.asked_together": partner_asked_together,
    "partner.confirmed": partner_confirmed,
    "partner.declined": partner_declined,
    "initiative.review_asked": review_asked,
    "initiative.published": initiative_published,
    "join.asked": join_asked,
    "join.answered": join_answered,
    "join.answered-declined": join_declined,
    "challenge.raised": challenge_raised,
    "challenge.answered": challenge_answered,
    "problem.reported": problem_reported,
    "nomination.made": nomination_made,
    "seat.asked_for": seat_asked_for,
    "succession.coming": succession_coming,
    "succession.applied": succession_applied,
    "succession.applied-renamed": succession_renamed,
    "succession.cancelled": succession_cancelled,
    "person.invited": person_invited,
    "follow.asked": follow_asked,
    "follow.asked_for_organisation": follow_asked_for_organisation,
    "follow.link": follow_link,
    "digest.due": digest_due,
    "digest.due-public": digest_public,
    "digest.due-organisation": digest_of_organisation,
    "digest.at_once": digest_at_once,
    "board.pack": board_pack,
    "reminder.morning": reminded.occasion("initiative.not_verified", "join.waiting", "challenge.open", "ask.open"),
    "reminder.morning-one": reminded.occasion("partner.asked"),
    "reminder.morning-boards": reminded.occasion("seat.vacant"),
    "reminder.morning-board_ending": reminded.occasion("partnership.ending"),
    "reminder.morning-chair_turn": reminded.occasion("chair.turn"),
    "reminder.by_link": reminded.coming_for_a_guest,
    "join_request.made": join_request_made,
    "join_request.decided": join_request_decided,
    "join_request.decided-declined": join_request_declined,
    "action.asked": action_asked,
    "action.asked_by_link": action_asked_by_link,
    "action.answered": action_accepted,
    "action.answered-declined": action_declined,
    "action.released": action_released,
    "action.blocked": action_blocked,
    "actions.chased": actions_chased,
    "actions.chased_by_link": action_chased_by_link,
    "action.settled": action_done,
    "action.settled-dropped": action_dropped,
    "workshop.invited": workshop_invited,
    "workshop.invited-sensitive": workshop_invited_sensitive,
    "workshop.changed": workshop_changed,
    "workshop.cancelled": workshop_cancelled,
    "workshop.role": workshop_role,
    "workshop.report": workshop_report,
    "workshop.next": workshop_next,
    "workshop.next-sensitive": workshop_next_sensitive,
    "minutes.circulated": minutes_circulated,
    "meeting.invited": meeting_invited,
    "meeting.invited-guest": meeting_invited_guest,
    "meeting.changed": meeting_changed,
    "meeting.changed-named": meeting_changed_named,
    "meeting.cancelled": meeting_cancelled,
    "paper.asked": paper_asked,
    "account.sign_in": _account("account.sign_in", link=LINK, code="BCDF-GHJK", minutes=15),
    "account.open": _account("account.open", link=LINK, code="BCDF-GHJK", minutes=15),
    "account.closed": _account("account.closed"),
    "account.password_reset": _account("account.password_reset", link=LINK, minutes=60),
    "account.no_account": _account("account.no_account", link="http://localhost:8000/sign-in/"),
    "account.confirm_address": _account("account.confirm_address", link=LINK, days=3),
    "account.notice": _account(
        "account.notice",
        heading="Your password was changed",
        sentences=["The password of your account was changed today.", "If this was not you, sign in by email now."],
        link="http://localhost:8000/account/",
    ),
}
"""Every kind, and after a dash a second form of it."""
