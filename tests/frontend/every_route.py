"""Every address of the product, with real or with hostile values in it, for the tests that ask them all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from allauth.account.models import EmailAddress
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import get_resolver

from collaboration.actions.api import urls as actions_api
from collaboration.actions.services import asking, making, records
from collaboration.boards.api import urls as boards_api
from collaboration.boards.consumers import urls as live_urls
from collaboration.governance.queries import meetings as board_meetings
from collaboration.governance.queries.board_months import Month
from collaboration.governance.services import agenda, papers, planning
from collaboration.imports import services as imports
from collaboration.initiatives.models import AskOrOffer, Challenge, Initiative, JoinAsk, Nomination, ProblemReport
from collaboration.workshops import queries
from collaboration.workshops import services as workshops
from collaboration.workshops.api import urls as workshops_api
from collaboration.workshops.tokens import calendar_token
from frontend.pages import (
    acting_urls,
    decisions_urls,
    joining_in_urls,
    meetings_urls,
    minuting_urls,
    organising_urls,
    partnerships_urls,
    reporting_urls,
    succeeding_urls,
)
from groundwork.accounts.models import Person
from groundwork.accounts.services import tokens
from groundwork.accounts.services.signing_in import ask_to_sign_in
from groundwork.clock import now, today
from groundwork.directory.models import Area, JoinRequest, Mandate, PlaceDate
from groundwork.directory.services import invite
from groundwork.ids import uuid7
from groundwork.succession import services as succession
from notifications.models import OutgoingMessage
from notifications.services import asking as following
from notifications.services import mail_acts, stopping, subscribing
from notifications.services.resting import rest
from tests.collaboration.governance import decided
from tests.collaboration.governance import ground as grounds
from tests.collaboration.governance.meeting_room import minuted
from tests.collaboration.initiatives import world as worlds
from tests.collaboration.initiatives.world import World
from tests.frontend import followed_up
from tests.frontend.reading import vale


@dataclass(frozen=True)
class Route:
    """One pattern of an address: ``initiatives/%(reference)s/`` and the names of what stands in it."""

    name: str
    template: str
    parameters: tuple[str, ...]

    def path(self, values: dict[str, Any]) -> str:
        return "/" + self.template % {name: quote(str(values[name]), safe="") for name in self.parameters}

    def filled(self, value: str) -> str:
        """The address with one raw, already quoted value for everything in it."""
        return "/" + self.template % dict.fromkeys(self.parameters, value)


def routes() -> list[Route]:
    """Every named route, those of django-allauth too."""
    known = get_resolver().reverse_dict
    found = {
        Route(name, template, tuple(parameters))
        for name in list(known)
        if isinstance(name, str)
        for possibilities, *_rest in known.getlist(name)
        for template, parameters in possibilities
    }
    return sorted(found, key=lambda route: (route.name, route.template))


@dataclass
class Place:
    """A place with one of everything that an address can name."""

    world: World
    initiative: Initiative
    values: dict[str, dict[str, Any]]
    """For each route with something in its address, what."""

    def client(self, actor: str = "", **more: Any) -> Client:
        """A browser of nobody, or of the actor of that name; what breaks is a page with 500, as in life."""
        client = Client(raise_request_exception=False, **more)
        if actor:
            client.force_login(self.world[actor].who)
        return client

    def addresses(self) -> Iterator[str]:
        """Every route once, with what exists in it."""
        for route in routes():
            values = {"reference": self.initiative.reference, "ref": self.initiative.reference}
            values |= self.values.get(route.name, {})
            unknown = set(route.parameters) - values.keys()
            assert not unknown, f"say in tests/frontend/every_route.py what may stand in {route.template}"
            yield route.path(values)


def planned_succession(officer: Any) -> dict[str, Any]:
    """A split that is planned, and what stands in the addresses of its pages."""
    said = {"of": "organisation", "kind": "split", "title": "A made-up split", "reason": "Made up"}
    plan = succession.plan(actor=officer, effective_on=date(2028, 4, 1), **said)
    heirs = [
        succession.add_successor(actor=officer, succession=plan, version=None, new=succession.NewOrganisation(**new))
        for new in ({"name": "East Made Up", "sector": "health"}, {"name": "West Made Up", "sector": "health"})
    ]
    replaced = succession.add_predecessor(
        actor=officer,
        succession=plan,
        version=None,
        slug="northwick-council",
        goes_to=[heir.pk for heir in heirs],
    )
    return {"number": plan.pk, "row": replaced.pk, "noun": "initiatives", "heir": heirs[0].pk}


def board_meeting(world: World) -> dict[str, Any]:
    """A called meeting of a partnership board, with an item and a paper, and the token of an invitation to it."""
    board = grounds.made_board(world)
    grounds.seat(board, world["owner:member"], role="secretary")
    at = now() + timedelta(days=30)
    who = world["owner:lead"]
    it = planning.plan(actor=who, board=board, starts_at=at, ends_at=at + timedelta(hours=1), access="public")
    planning.call(actor=who, meeting=it)
    item = agenda.add(actor=who, meeting=it, title="Housing")
    paper = papers.add(actor=who, meeting=it, title="Figures", body="Some", item=item)
    planning.publish_agenda(actor=who, meeting=it)
    token = board_meetings.invitation_token(it.invitations.get())
    return {"uuid": it.uuid, "item": item.uuid, "paper": paper.uuid, "token": token, "slug": board.slug}


def place() -> Place:
    made = vale()
    world, it = made.world, made.full
    lead, owner = world["owner:lead"], world.bodies["owner"]
    acted = {"person": world["other:lead"].who, "organisation": world.bodies["other"]}
    invitation, token = invite(actor=lead, organisation=owner, email="invited@example.org", role="member")
    ask_to_sign_in(email="asks@example.org", caller="192.0.2.1")
    letter = OutgoingMessage.objects.get(recipient="asks@example.org")
    link = next(part for part in letter.text.split() if "/sign-in/link/" in part)
    mandate = Mandate.objects.get(person=world["owner:member"].who)
    program, _secret = tokens.create(actor=lead, name="Our report", scope="write")
    asked = JoinRequest.objects.create(person=world["nobody"].who, organisation=owner)
    met = board_meeting(world)
    planned = planned_succession(world["other:officer"])
    held = minuted(world)
    kept_days = PlaceDate.objects.create(kind="election", name="Vale", starts_on="2027-03-22", ends_on="2027-05-06")
    newest = it.asks_and_offers.order_by("-pk").first()
    assert isinstance(newest, AskOrOffer)
    for person in Person.objects.all():
        # As every account that the product opens.
        EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    resting = rest("gone@example.org", reason="bounce", detail="550 5.1.1 No such user")
    slug = {"slug": owner.slug}
    listed = ContentFile(b"title,stage,lead\nFalls classes,active,\nRepair caf\xc3\xa9,sleeping,Nobody\n")
    imported = imports.upload(actor=lead, file=listed, name="ours.csv")
    brought = {"identifier": imported.pk}
    imports.choose_columns(actor=lead, imported=imported, mapping=imported.mapping)
    workshop = workshops.plan_workshop(actor=lead, title="Getting there", template="barriers-and-enablers")
    workshops.invite(actor=lead, workshop=workshop, people=[("coming@example.org", "", "participant")])
    here = {"code": workshop.code}
    member = {**here, "number": workshop.participations.get().pk}
    action = making.make(actor=lead, what="Ask the café", who=asking.somebody(email="gwen@example.org"))
    way_in = {**here, "token": queries.link_token(workshop)}
    invited = workshop.invitations.get()
    in_the_api = {"id": workshop.uuid, "key": workshop.participations.get().key, "number": invited.pk}
    column = {**here, "id": workshop.board.uuid}
    workshop_invitation = queries.invitation_token(invited)
    asked_address = following.ask_address("asks@example.org", ["ambition=V-A1"], "weekly", caller="192.0.2.1")
    answered = following.ask_address("reads@example.org", ["ambition=V-A1"], "weekly", caller="192.0.2.1")
    follower = following.confirm(following.confirm_link(answered).rstrip("/").rsplit("/", 1)[1])
    governed = decided.addresses(world)
    board = grounds.made_board(world)
    seat = grounds.seat(board, world["other:lead"])
    turn = board.chair_terms.create(seat=seat, valid_from=grounds.SINCE)
    seated = {"slug": board.slug, "pk": seat.pk, "holder": seat.holders.get().pk, "term": turn.pk}
    values: dict[str, dict[str, Any]] = {
        **{str(pattern.name): seated for pattern in partnerships_urls.urlpatterns},
        "partnership-pack-month": seated | {"month": str(Month.of(today()))},
        **{str(pattern.name): here for pattern in (*organising_urls.urlpatterns, *reporting_urls.urlpatterns)},
        **{str(pattern.name): way_in | column for pattern in joining_in_urls.urlpatterns},
        **{str(pattern.name): in_the_api for pattern in (*workshops_api.urlpatterns, *boards_api.urlpatterns)},
        **{str(pattern.name): {"ref": action.reference} for pattern in actions_api.urlpatterns},
        "board": here,
        **{str(pattern.name): {"board_id": workshop.board.uuid} for pattern in live_urls.urlpatterns},
        # A stream of a board that is there never ends.
        "board-events": {"board_id": uuid4()},
        "workshop-invited": {"token": workshop_invitation},
        **{str(pattern.name): {"reference": action.reference} for pattern in acting_urls.urlpatterns},
        **{str(pattern.name): governed for pattern in decisions_urls.urlpatterns},
        "api-decision": {"ref": governed["reference"]},
        "action-answer": {"token": records.token_of(action)},
        **{str(pattern.name): held for pattern in minuting_urls.urlpatterns},
        **{str(pattern.name): met for pattern in meetings_urls.urlpatterns},
        **followed_up.values(world),
        "workshop-new-from": {"template": "barriers-and-enablers"},
        "workshop-section": {**here, "key": "when"},
        "own-calendar-ics": {"token": calendar_token(workshops.make_calendar_link(actor=lead))},
        "workshop-remove": member,
        "workshop-role": member,
        "workshop-erase": member,
        "workshop-invitation": {**here, "number": invited.pk},
        "workshop-invitation-send": {**here, "number": invited.pk},
        "follow-stop": {"pk": subscribing.follow(lead, "ambition=V-A1").pk},
        "follow-confirm": {"token": following.confirm_link(asked_address).rstrip("/").rsplit("/", 1)[1]},
        "follow-manage": {"token": following.manage_token(follower)},
        "organisation-address": slug,
        "ambition": {"slug": "v-a1"},
        "building-block": {"slug": "b-1"},
        "thread-element": {"code": "V-A1"},
        "organisation": slug,
        "organisation-people": slug,
        **{str(pattern.name): planned for pattern in succeeding_urls.urlpatterns},
        "succession-successor-remove": planned | {"row": planned["heir"]},
        **{
            route: {"key": "plan"}
            for route in (
                "endorsements",
                "endorsements-atom",
                "endorsement-ask",
                "endorsement-mine",
                "endorsement-refuse",
                "endorsement-translations",
                "endorsement-review",
            )
        },
        "organisation-acts": slug,
        "organisation-acts-csv": slug,
        "organisation-join": slug,
        "end_mandate": {**slug, "pk": mandate.pk},
        "leave": {"pk": mandate.pk},
        "account-token-revoke": {"pk": program.pk},
        "revoke_invitation": {**slug, "pk": invitation.pk},
        "join_request": {"pk": asked.pk},
        "invitation": {"token": token},
        "sign_in_link": {"token": link.rstrip("/").rsplit("/", 1)[1]},
        "area": {"slug": Area.objects.get(code="C1").slug},
        "framework": {"key": "plan"},
        "api-framework": {"key": "plan"},
        "api-partnership": {"key": board.slug},
        "api-meeting": {"id": met["uuid"]},
        "api-element": {"code": "V-A1"},
        "api-organisation": slug,
        "api-area": {"code": "C1"},
        "initiative-section": {"key": "about"},
        "ask-offer-close": {"number": newest.pk},
        "challenge-respond": {"number": Challenge.objects.get(initiative=it).pk},
        "join-answer": {"number": JoinAsk.objects.create(initiative=it, **acted).pk},
        "problem-close": {"number": ProblemReport.objects.create(initiative=it, body="Wrong").pk},
        "partner-answer": {"number": worlds.partner_of(it, "vale-nhs").pk},
        **{f"import{part}": brought for part in ("", "-columns", "-confirm", "-cancel", "-undo", "-rejected")},
        "nomination": {"number": Nomination.objects.create(title="Café", what="Mending").pk},
        "mail-act": {"token": mail_acts.token_of("initiative.still_accurate", lead.who, lead.under, it.reference)},
        "mail-stop": {"token": stopping.token_of(lead.who, "actions", None, None, None)},
        "mail-change": {"token": stopping.token_of(lead.who, "actions", None, None, None)},
        "manage-mail-resend": {"message_id": letter.pk},
        "manage-mail-try-again": {"pk": resting.pk},
        "manage-mail-preview": {"name": "partner.asked"},
        "manage-mail-preview-html": {"name": "partner.asked"},
        "manage-outbox-retry": {"event_id": uuid7()},
        "manage-care": slug,
        "manage-days-remove": {"number": kept_days.pk},
        "message": {"message_id": letter.pk},
        "demo-letter": {"message_id": letter.pk},
        "demo-letter-html": {"message_id": letter.pk},
        "account_reset_password_from_key": {"uidb36": "1", "key": "abc-def"},
        "account_confirm_email": {"key": "MQ:abc:def"},
        "mfa_edit_webauthn": {"pk": 1},
        "mfa_remove_webauthn": {"pk": 1},
    }
    return Place(world, it, values)
