"""The report of a workshop through its pages: who may read it, its files, and making something of what was said."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from collaboration.actions.models import Action
from collaboration.boards import services as boards
from collaboration.boards.engine.exporting import export_board
from collaboration.boards.models import Outcome
from collaboration.initiatives.models import Initiative
from collaboration.workshops.models import Feedback, Participation, Workshop
from collaboration.workshops.tokens import guest_digest
from groundwork.directory.models import Place
from tests.collaboration.boards.hall import Hall, acting, organisation, person
from tests.collaboration.boards.test_afterwards import a_workshop, lead_of, propose, transport
from tests.frontend.test_keeping import follow
from tests.frontend.test_registering import text
from tests.settings import forget_cache

pytestmark = pytest.mark.django_db

FILES = ("export.csv", "export.xlsx", "export.md", "export.json", "picture.svg")
SECRET = "s" * 43


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    forget_cache()


def browser_of(participation: Participation) -> Client:
    participation.guest_digest = guest_digest(SECRET, participation.workshop)
    participation.save()
    client = Client()
    client.cookies[settings.GUEST_COOKIE_NAME] = SECRET
    return client


def signed_in(actor: Any) -> Client:
    client = Client()
    client.force_login(actor.who)
    return client


def at(hall: Hall, page: str = "report/") -> str:
    return f"/w/{hall.workshop.code}/{page}"


def whole(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def reported(hall: Hall) -> None:
    Workshop.objects.filter(pk=hall.workshop.pk).update(status="reported")


def test_whoever_took_part_reads_it_and_takes_its_files() -> None:
    hall = a_workshop()
    group, _loose, ann = transport(hall)
    propose(hall, ann, "Ask the operator", sources=[group])
    client = browser_of(ann)
    page = text(client.get(at(hall)))
    for words in ("Transport to clinics", "14 votes", "Benches", "Ask the operator", "Acre Council", "still going on"):
        assert words in page, words
    assert "Turn into an action or draft" not in page
    for name in FILES:
        response = client.get(at(hall, name))
        assert response.status_code == 200, name
        assert hall.workshop.code not in response["Content-Disposition"]
        assert b"Transport to clinics" in whole(response) or name.endswith("xlsx")
    sheet = load_workbook(io.BytesIO(whole(client.get(at(hall, "export.xlsx"))))).active
    assert sheet is not None
    assert sheet.max_row == 4


def test_the_file_of_a_board_gives_the_identical_board() -> None:
    hall = a_workshop()
    _group, _loose, ann = transport(hall)
    file = json.loads(whole(browser_of(ann).get(at(hall, "export.json"))))
    other = Hall(status="planned", host=hall.workshop.host)
    boards.import_board(actor=lead_of(other), workshop=other.workshop, file=file)
    assert export_board(other.state())["things"] == file["things"]


@pytest.mark.parametrize(
    ("status", "visibility"), [("open", "public"), ("reported", "invited"), ("reported", "partners")]
)
def test_strangers_are_answered_as_if_it_did_not_exist(status: str, visibility: str) -> None:
    hall = a_workshop(visibility=visibility)
    transport(hall)
    Workshop.objects.update(status=status)
    for page in ("report/", "report/outcome/", *FILES):
        real, unreal = Client().get(at(hall, page)), Client().get(f"/w/22222222/{page}")
        assert (real.status_code, unreal.status_code) == (302, 302)
        assert real["Location"] == at(hall, "")
        assert unreal["Location"] == "/w/22222222/"
        assert real.headers.keys() == unreal.headers.keys()


def test_the_public_reads_a_public_report_without_a_name() -> None:
    hall = a_workshop(visibility="public")
    _group, _loose, ann = transport(hall)
    Participation.objects.filter(pk=ann.pk).update(name="Ann Canary")
    Feedback.objects.create(workshop=hall.workshop, giver_digest="a" * 64, worth_it=5, text="Feedback canary")
    reported(hall)
    client = Client()
    page = text(client.get(at(hall)))
    assert "Transport to clinics" in page
    assert "Names are shown only to those who took part" in page
    assert not re.search(f"(?i)canary|{ann.key}|Acre Council", page)
    for name in FILES:
        response = client.get(at(hall, name))
        if name == "export.json":
            assert response.status_code == 403
        else:
            assert response.status_code == 200
            assert not re.search(f"(?i)canary|{ann.key}|Acre Council".encode(), whole(response))
    assert "Feedback canary" in text(signed_in(lead_of(hall)).get(at(hall)))


def test_a_facilitator_turns_a_group_into_an_action() -> None:
    hall = a_workshop(visibility="partners")
    group, _loose, _ann = transport(hall)
    client = signed_in(lead_of(hall))
    assert "Turn into an action or draft" in text(client.get(at(hall)))
    address = at(hall, f"report/outcome/?from={group}")
    assert "What does it become?" in text(client.get(address))
    form = text(client.get(address + "&kind=action"))
    assert "Transport to clinics" in form
    assert Outcome.objects.count() == 0
    refused = client.post(address + "&kind=action", {"title": "Ask", "ask": "address", "visibility": "partners"})
    assert refused.status_code == 422
    assert "Enter the address of whoever is asked" in text(refused)
    said = {"title": "Ask the operator", "ask": "address", "email": "gwen@example.org", "visibility": "partners"}
    page = follow(client, address + "&kind=action", **said)
    follow(client, address + "&kind=action", **said)
    assert "from 14 votes on “Transport to clinics”, 12 March 2027 workshop" in page
    action = Action.objects.get()
    assert action.reference in page or "Ask the operator" in page
    shown = text(client.get(f"/actions/{action.reference}/"))
    assert "from 14 votes on “Transport to clinics”" in shown
    assert at(hall) in shown
    stranger = text(signed_in(acting(organisation(), "member")).get(f"/actions/{action.reference}/"))
    assert "Ask the operator" in stranger
    assert "Transport to clinics" not in stranger
    assert hall.workshop.code not in stranger


def test_a_proposal_asks_its_claimant_and_a_draft_is_begun() -> None:
    hall = a_workshop()
    Place.objects.create(key="vale", name="The Vale", reference_prefix="VAL", convening_organisation=hall.workshop.host)
    group, _loose, ann = transport(hall)
    Participation.objects.filter(pk=ann.pk).update(email="ann@example.org", name="Ann")
    proposal = propose(hall, hall.facilitator, "Ask the operator", as_="risk")
    hall.do(ann, "action.claim", proposal)
    client = signed_in(lead_of(hall))
    address = at(hall, f"report/outcome/?proposal={proposal}")
    assert re.search(r'value="risk"[^>]*checked', text(client.get(address)))
    assert "Ann, who claimed it" in text(client.get(address + "&kind=action"))
    follow(client, address + "&kind=action", title="Ask", ask="claimant", visibility="involved")
    assert Action.objects.get().owner_email == "ann@example.org"
    page = follow(client, at(hall, f"report/outcome/?from={group}&kind=initiative"), title="Clinic buses", text="Run.")
    draft = Initiative.objects.get()
    assert draft.get_absolute_url() in page
    shown = text(client.get(draft.get_absolute_url()))
    assert "from 14 votes on “Transport to clinics”, 12 March 2027 workshop" in shown


def test_odd_addresses_lead_back_with_a_sentence() -> None:
    hall = a_workshop()
    _group, loose, ann = transport(hall)
    client = signed_in(lead_of(hall))
    for query in ("", "?from=nothing", "?proposal=x", f"?from={loose}&from=%00"):
        assert client.get(at(hall, f"report/outcome/{query}")).status_code == 302
    assert browser_of(ann).get(at(hall, f"report/outcome/?from={loose}")).status_code == 403
    lower = f"/w/{hall.workshop.code.lower()}/report/"
    assert client.get(lower).status_code == 200
    assert client.get(at(hall, "report")).status_code == 301


def test_the_picture_can_do_nothing() -> None:
    hall = a_workshop()
    _group, _loose, ann = transport(hall)
    response = browser_of(ann).get(at(hall, "picture.svg"))
    assert response["Content-Type"].startswith("image/svg+xml")
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert "sandbox" in response["Content-Security-Policy"]


def test_what_happened_next_is_told_in_the_report() -> None:
    hall = a_workshop()
    _group, _loose, ann = transport(hall)
    Workshop.objects.update(next_text="The bus runs.", next_told_at=hall.workshop.created_at)
    assert "The bus runs." in text(browser_of(ann).get(at(hall)))


def test_a_page_costs_the_same_for_few_and_many() -> None:
    hall = a_workshop()
    _group, loose, _ann = transport(hall)
    client = signed_in(lead_of(hall))
    client.get(at(hall))
    with CaptureQueriesContext(connection) as few:
        client.get(at(hall))
    for title in ("One", "Two", "Three"):
        follow(client, at(hall, f"report/outcome/?from={loose}&kind=risk"), title=title)
    with CaptureQueriesContext(connection) as many:
        client.get(at(hall))
    assert len(few) == len(many)


def test_somebody_who_took_part_is_asked_by_choosing_their_name() -> None:
    hall = a_workshop(visibility="public")
    group, _loose, _ann = transport(hall)
    cleo = hall.join(person=person("Cleo"))
    client = signed_in(lead_of(hall))
    address = at(hall, f"report/outcome/?from={group}&kind=action")
    assert f'value="{cleo.key}"' in text(client.get(address))
    said = {"title": "Ask the operator", "ask": "participant", "email": "typed@example.org", "visibility": "partners"}
    refused = client.post(address, said)
    assert refused.status_code == 422
    assert "Choose who is asked" in text(refused)
    follow(client, address, **said, participant=cleo.key)
    action = Action.objects.get()
    assert (action.owner, action.owner_email) == (cleo.person, "")
    helper = browser_of(hall.facilitator)
    form = text(helper.get(address))
    assert 'value="partners"' in form
    assert 'value="public"' not in form, "a guest shows nothing to everybody"
    refused = helper.post(address, {**said, "ask": "address", "email": "far@example.org"})
    assert refused.status_code == 422
    assert "Without an account you can only ask people who take part" in text(refused)
    assert "far@example.org" in text(refused), "nothing typed is lost"


def test_files_are_named_by_title_and_day() -> None:
    hall = a_workshop()
    transport(hall)
    Workshop.objects.update(title="Getting to the clinic / “how”?")
    client = signed_in(lead_of(hall))
    name = client.get(at(hall, "export.md"))["Content-Disposition"]
    assert name == 'attachment; filename="getting-to-the-clinic-how-2027-03-12.md"'
    Workshop.objects.update(sensitive=True)
    name = client.get(at(hall, "export.xlsx"))["Content-Disposition"]
    assert name == 'attachment; filename="workshop-2027-03-12.xlsx"'
    Workshop.objects.update(sensitive=False, title="文字" * 20)
    assert "workshop-2027-03-12.csv" in client.get(at(hall, "export.csv"))["Content-Disposition"]


def test_the_last_stage_leads_to_closing_with_a_report() -> None:
    hall = a_workshop()
    lead = lead_of(hall)
    hall.join("facilitator", person=lead.who, mandate=lead.mandate)
    client, helper = signed_in(lead), browser_of(hall.facilitator)
    close = f"/workshops/{hall.workshop.code}/close/"
    assert close not in text(client.get(at(hall, "simple/")))
    hall.go(7)
    for page in ("simple/", "simple/run/"):
        assert close in text(client.get(at(hall, page)))
        assert close not in text(helper.get(at(hall, page)))
        assert "One of its facilitators who has an account" in text(helper.get(at(hall, page)))
    board = text(client.get(at(hall, "board")))
    assert f'"report": "{close}"' in board
    assert "Close the workshop with a report" in board
    assert close not in text(helper.get(at(hall, "board")))
    assert text(client.get(f"/workshops/{hall.workshop.code}/")).count(close) == 1
