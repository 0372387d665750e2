"""Choosing on the pages who may see a meeting, or one item of its agenda."""

from __future__ import annotations

import re
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from collaboration.governance.models import AgendaItem, Decision, Meeting
from collaboration.governance.services import agenda
from groundwork.audit.models import AuditEntry
from groundwork.clock import now
from tests.collaboration.governance import ground as grounds
from tests.collaboration.governance.ground import CHAIR, DEPUTY, LEAD, MEMBER, SECRETARY, Ground
from tests.frontend.test_convening import planned, signed_in
from tests.frontend.test_registering import text
from tests.settings import forget_cache

pytestmark = pytest.mark.django_db

OUTSIDE = "lead:approver"
"""Acts for an organisation without a seat on the board."""


@pytest.fixture
def ground(clock: time_machine.Coordinates) -> Ground:
    forget_cache()
    return grounds.lay()


def at(thing: Meeting | AgendaItem) -> str:
    if isinstance(thing, Meeting):
        return reverse("meeting-named", args=[thing.uuid])
    return reverse("meeting-item-named", args=[thing.meeting.uuid, thing.uuid])


def choose(ground: Ground, thing: Any, *chosen: str, who: str = SECRETARY, others: str = "", version: int = 0) -> Any:
    people = [str(ground[name].person.pk) for name in chosen]
    data = {"people": people, "others": others, "version": str(version or thing.version), "act": "1"}
    return signed_in(ground, who).post(at(thing), data)


def test_a_meeting_for_the_people_chosen(ground: Ground) -> None:
    meeting = planned(ground)
    page = signed_in(ground, SECRETARY).get(at(meeting))
    assert "So far it is for: everyone." in text(page)
    assert ground[MEMBER].person.name in text(page)
    assert at(meeting) in text(signed_in(ground, SECRETARY).get(reverse("meeting-plan", args=[meeting.uuid])))
    guest = ground[OUTSIDE].person
    answer = choose(ground, meeting, MEMBER, others=f"\n {guest.email.upper()} \n")
    assert answer.status_code == 302, text(answer)
    meeting.refresh_from_db()
    assert meeting.access == "named"
    assert {each.pk for each in meeting.named.all()} == {ground[MEMBER].person.pk, guest.pk}
    address = meeting.get_absolute_url()
    seen = {
        who: signed_in(ground, who).get(address).status_code
        for who in (MEMBER, OUTSIDE, SECRETARY, CHAIR, LEAD, "other:officer", "public")
    }
    assert seen == {
        MEMBER: 200,
        OUTSIDE: 200,
        SECRETARY: 200,
        CHAIR: 200,
        LEAD: 404,
        "other:officer": 404,
        "public": 404,
    }
    plan = text(signed_in(ground, SECRETARY).get(reverse("meeting-plan", args=[meeting.uuid])))
    assert f"Named for it: {', '.join(sorted([ground[MEMBER].person.name, guest.name]))}." in plan
    entry = AuditEntry.objects.get(action="meeting.name_people")
    assert entry.changes["access"] == ["public", "named"]
    assert guest.name not in str(entry.changes)


def test_one_item_for_the_people_chosen(ground: Ground) -> None:
    meeting = planned(ground)
    item = agenda.add(actor=ground[SECRETARY], meeting=meeting, title="A contract", exempt=True, exempt_reason="Money")
    Meeting.objects.update(agenda_published_at=now())
    decision = ground.decision(item=item, meeting=meeting, access="named", status="open")
    Decision.objects.update(reference="D-0003")
    assert choose(ground, item, MEMBER).status_code == 302
    item.refresh_from_db()
    assert (item.access, list(item.named.all())) == ("named", [ground[MEMBER].person])
    assert list(decision.named.all()) == [ground[MEMBER].person]
    address = meeting.get_absolute_url()
    assert "A contract" in text(signed_in(ground, MEMBER).get(address))
    for who in (LEAD, "other:officer", "public"):
        assert "A contract" not in text(signed_in(ground, who).get(address))
        assert "Money" not in text(signed_in(ground, who).get(address))
    # Chosen anew: who is left out sees it no longer.
    assert choose(ground, item, DEPUTY).status_code == 302
    assert "A contract" not in text(signed_in(ground, MEMBER).get(address))
    assert list(decision.named.all()) == [ground[DEPUTY].person]


@pytest.mark.parametrize(
    ("others", "sentence"),
    [
        ("nobody@example.org", "nobody@example.org is nobody with an account here."),
        ("Nobody Atall", "Nobody Atall is nobody with an account here."),
        ("x" * 300, "One of these is nobody with an account here."),
        ("\n".join(f"Nobody {number}" for number in range(60)), "Name at most 50 people."),
    ],
)
def test_whom_nobody_knows_is_said_and_what_was_typed_stays(ground: Ground, others: str, sentence: str) -> None:
    meeting = planned(ground)
    answer = choose(ground, meeting, MEMBER, others=others)
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert others.splitlines()[0] in text(answer)
    assert re.search(rf'<input[^>]* value="{ground[MEMBER].person.pk}"[^>]* checked', text(answer))
    meeting.refresh_from_db()
    assert (meeting.access, meeting.named.count()) == ("public", 0)


def test_a_name_is_enough_where_only_one_has_it(ground: Ground) -> None:
    meeting, guest = planned(ground), ground[OUTSIDE].person
    twin = ground[MEMBER].person
    assert choose(ground, meeting, others=f"  {guest.name.lower()} ").status_code == 302
    assert list(meeting.named.all()) == [guest]
    twin.name = guest.name
    twin.save()
    meeting.refresh_from_db()
    answer = choose(ground, meeting, MEMBER, others=guest.name)
    assert f"Several people here are called {guest.name}. Enter the address." in text(answer)


def test_whom_it_would_show_nothing_is_refused(ground: Ground) -> None:
    ground.board.access = "board"
    ground.board.save()
    meeting, guest = planned(ground, access="board"), ground[OUTSIDE].person
    answer = choose(ground, meeting, MEMBER, others=guest.email)
    assert f"This board is not shown to: {guest.name}." in text(answer)
    item = agenda.add(actor=ground[SECRETARY], meeting=meeting, title="Trams")
    answer = choose(ground, item, MEMBER, others=guest.email)
    assert f"This meeting is not shown to: {guest.name}." in text(answer)
    agenda.change(actor=ground[SECRETARY], item=item, version=item.version, exempt=True, exempt_reason="Money")
    item.refresh_from_db()
    answer = choose(ground, item, others=guest.email)
    assert f"exempt items are not shown to: {guest.name}." in text(answer)


def test_nobody_shuts_themselves_out(ground: Ground) -> None:
    meeting = planned(ground)
    answer = choose(ground, meeting, MEMBER, who=LEAD)
    assert (answer.status_code, "You would not see it any more yourself." in text(answer)) == (422, True)
    assert choose(ground, meeting, MEMBER, who=LEAD, others=ground[LEAD].person.email).status_code == 302


def test_what_was_opened_before_somebody_else_chose_is_not_taken(ground: Ground) -> None:
    meeting = planned(ground)
    choose(ground, meeting, MEMBER)
    late = choose(ground, meeting, DEPUTY)
    assert (late.status_code, list(meeting.named.all())) == (409, [ground[MEMBER].person])
    # The same said twice is no conflict.
    assert choose(ground, meeting, MEMBER).status_code == 302
    meeting.refresh_from_db()
    meeting.status = "held"
    meeting.save()
    over = choose(ground, meeting, DEPUTY)
    assert (over.status_code, "This meeting is over." in text(over)) == (409, True)


def test_who_does_not_run_the_board_names_nobody(ground: Ground) -> None:
    meeting = planned(ground)
    item = agenda.add(actor=ground[SECRETARY], meeting=meeting, title="Trams")
    for thing in (meeting, item):
        assert choose(ground, thing, MEMBER, who=MEMBER).status_code == 403
        thing.refresh_from_db()
        assert thing.access != "named"
