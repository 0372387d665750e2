"""Puts an invented partnership board into the demonstration, through the services that people use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Exists, OuterRef, QuerySet

from collaboration.governance.models import PartnershipBoard, Seat
from collaboration.governance.services import boards, chairing, seats
from goldenthread.demo import meetings
from goldenthread.demo.accounts import ACCOUNTS
from goldenthread.demo.colleagues import colleague_of
from groundwork.access.actors import PersonActor
from groundwork.accounts.models import Person
from groundwork.clock import today
from groundwork.directory.models import Mandate, Organisation, holding_on
from groundwork.directory.queries import the_place
from vision.frameworks.queries import ambitions

NAME: Final = "Ready for School Partnership (example)"
PURPOSE: Final = (
    "An invented board, to try the product with. Its partners see to it that every child starts school ready to learn, "
    "and that what works in one district is known in the next."
)
TERMS: Final = """## Purpose

To bring together those who work with families before school, and to agree what each of them does next.

## Members

- Each organisation has one voice, whoever fills its seats.
- The chair goes round every six months.

## How we decide

1. By consensus where we can.
2. Where we cannot, what was said for and against is written down with the decision.
"""


@dataclass
class Governance:
    """Sets up the board, as of ``at``. A second run adds nothing."""

    at: datetime
    made: int = 0

    def load(self) -> None:
        if PartnershipBoard.objects.filter(name=NAME).exists():
            return
        place = the_place()
        if place is None or place.convening_organisation is None:
            return
        self._set_up(place.convening_organisation)
        self.made += 1

    def _set_up(self, convening: Organisation) -> None:
        keeper = colleague_of(convening)
        aims = [each.code for each in ambitions() if "start" in each.label.lower()] or [ambitions()[0].code]
        board = boards.create(
            actor=keeper,
            name=NAME,
            kind="board",
            purpose=PURPOSE,
            access="public",
            terms=TERMS,
            terms_agreed_on=today() - timedelta(days=100),
            elements=aims,
            quorum_organisations=2,
            quorum_sectors=2,
            at=self.at - timedelta(days=1),
        )
        board = boards.activate(actor=keeper, board=board, version=board.version, ends_on=today() + timedelta(days=45))
        seated = [(convening, Seat.Role.SECRETARY), *((each, Seat.Role.MEMBER) for each in self._partners(convening))]
        chairs: list[Seat] = []
        for organisation, role in seated:
            board.refresh_from_db()
            seat = seats.add(
                actor=keeper, board=board, version=board.version, organisation=organisation.slug, role=role
            )
            filled = self._fill(seat)
            if role == Seat.Role.MEMBER and filled:
                chairs.append(seat)
        begins = today()
        for seat in chairs[:3]:
            board.refresh_from_db()
            chairing.name(actor=keeper, board=board, version=board.version, seat=seat, valid_from=begins)
            begins += timedelta(days=183)
        meetings.load(keeper, board)

    def _partners(self, convening: Organisation) -> list[Organisation]:
        """Those that somebody leads in the demonstration, first those one can sign in for; and a council that nobody
        acts for, whose seat is vacant."""
        leads = holding_leads()
        bodies = Organisation.objects.filter(is_group=False).exclude(pk=convening.pk).exclude(status="closed")
        tried = Exists(leads.filter(organisation=OuterRef("pk"), person__email__in=[each.email for each in ACCOUNTS]))
        led = list(bodies.filter(pk__in=leads.values("organisation")).order_by(tried.desc(), "name", "pk")[:6])
        alone = bodies.filter(sector=convening.sector, mandates=None).order_by("name", "pk")[:1]
        return [*led, *alone]

    def _fill(self, seat: Seat) -> bool:
        """Its own lead says who fills it, where there is one: themselves, or the officer as secretary."""
        lead = holding_leads().filter(organisation=seat.organisation).first()
        if lead is None and seat.role == Seat.Role.SECRETARY:
            lead = self._new_lead(seat.organisation)
        if lead is None:
            return False
        officer = Mandate.objects.filter(holding_on(today()), organisation=seat.organisation, role="officer").first()
        chosen = officer if officer is not None and seat.role == Seat.Role.SECRETARY else lead
        actor = PersonActor(who=lead.person, under=lead, via="command")
        seats.appoint(actor=actor, seat=seat, mandate=chosen)
        return True

    def _new_lead(self, organisation: Organisation) -> Mandate:
        email = f"lead.{organisation.slug}@example.org"
        person = Person.objects.filter(email=email).first()
        if person is None:
            person = Person.objects.create_user(email, name="Grace Adeyemi", is_demo=True)
        return Mandate.objects.create(person=person, organisation=organisation, role="lead", valid_from=today())


def holding_leads() -> QuerySet[Mandate]:
    """Who leads an organisation today."""
    found = Mandate.objects.filter(holding_on(today()), role="lead", person__is_active=True)
    return found.select_related("person", "organisation").order_by("pk")
