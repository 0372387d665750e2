"""The pages of decisions: who may open which in which state, what outsiders never read, and a decision made by them."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from collaboration.governance.checklist import IMPLICATIONS
from collaboration.governance.models import Decision, Declaration
from collaboration.governance.services import declaring, linking, voices
from groundwork.clock import now
from groundwork.directory.models import Organisation, OrganisationName
from tests.collaboration.governance import decided
from tests.collaboration.governance import ground as grounds
from tests.collaboration.governance.ground import CHAIR, DEPUTY, LEAD, MEMBER, OF_THE_BOARD, SECRETARY, Ground
from tests.frontend.test_keeping import follow
from tests.frontend.test_registering import signed_in, text
from tests.settings import forget_cache

pytestmark = pytest.mark.django_db

KEEP = {LEAD, "owner:officer", SECRETARY, CHAIR, DEPUTY}
VOTE = {CHAIR, DEPUTY, MEMBER}
BOARD = set(OF_THE_BOARD)
MAY: dict[str, set[str]] = {
    "decision-edit": KEEP,
    "decision-open": KEEP,
    "decision-voice": VOTE,
    "decision-voices": KEEP,
    "decision-make": KEEP,
    "decision-not-agreed": KEEP,
    "decision-take-back": KEEP,
    "decision-defer": KEEP,
    "decision-withdraw": KEEP,
    "decision-supersede": KEEP,
    "decision-review": KEEP,
    "decision-changes": KEEP,
    "decision-declare": BOARD,
    "decision-declare-another": KEEP,
}
"""Who may open the page of each act, of a decision they see."""
OUTSIDE = ("made", "not_made", "superseded")
"""The states that are shown outside the board."""


@pytest.fixture
def ground() -> Ground:
    forget_cache()
    return grounds.lay()


def client_of(ground: Ground, role: str) -> Client:
    client = Client()
    if role != "public":
        client.force_login(ground[role].who)
    return client


ROLES = (*OF_THE_BOARD, "public", "nobody", "operator", "lead:lead", "other:officer")
"""Everybody of the board, and one of each sort that is not."""


@pytest.mark.parametrize("status", Decision.Status.values)
def test_who_may_open_what_in_which_state(ground: Ground, status: str) -> None:
    decision = decided.in_state(ground, status, access="public")
    wrong = []
    for role in ROLES:
        client = client_of(ground, role)
        sees = role in BOARD or status in OUTSIDE
        wanted = 200 if sees else 404
        got = client.get(decision.get_absolute_url()).status_code
        if got != wanted:
            wrong.append(f"decision, {role}: {got}, not {wanted}")
        for route, may in MAY.items() if status in ("proposed", "open", "made") else ():
            wanted = 302 if role == "public" else 404 if not sees else 200 if role in may else 403
            got = client.get(reverse(route, args=[decision.reference])).status_code
            if got != wanted:
                wrong.append(f"{route}, {role}: {got}, not {wanted}")
    assert wrong == []


@pytest.mark.parametrize("role", ["public", "other:officer", "lead:lead", MEMBER, DEPUTY])
def test_a_post_gets_no_further_than_a_get(ground: Ground, role: str) -> None:
    decision = decided.opened(ground)
    before = Decision.objects.values().get(pk=decision.pk)
    client = client_of(ground, role)
    for route, may in MAY.items():
        if role in may:
            continue
        wanted = 302 if role == "public" else 403 if role in BOARD else 404
        form = {"choice": "for", "title": "X", "text": "X", "kind": "personal", "what": "X", "how": "vote"}
        assert client.post(reverse(route, args=[decision.reference]), form).status_code == wanted, route
    assert Decision.objects.values().get(pk=decision.pk) == before
    assert not decision.voices.exists()


def test_who_proposes_and_who_declares_in_an_item(ground: Ground) -> None:
    item = ground.item(ground.meeting(access="public", agenda_published_at=now()))
    declared = Declaration.objects.create(
        item=item,
        person=ground[MEMBER].who,
        name="Mo",
        organisation=ground.world.bodies["other"],
        kind="personal",
        text="My sister",
    )
    for role in ROLES:
        client = client_of(ground, role)
        signed_out = role == "public"
        new = client.get(reverse("decision-new") + f"?board={ground.board.slug}").status_code
        assert new == (302 if signed_out else 200 if role in BOARD else 403), role
        own = client.get(reverse("item-declare", args=[item.uuid])).status_code
        assert own == (302 if signed_out else 200 if role in BOARD else 403), role
        back = client.get(reverse("interest-take-back", args=[declared.pk])).status_code
        assert back == (302 if signed_out else 200 if role in KEEP else 403), role
    assert signed_in(ground.world, LEAD).get(reverse("decision-new") + "?board=nowhere").status_code == 404


def test_a_decision_from_its_proposal_to_its_review(ground: Ground) -> None:
    secretary, chair, lead = (signed_in(ground.world, who) for who in (SECRETARY, CHAIR, LEAD))
    said = {
        "title": "Open on Sundays",
        "text": "The hub opens on Sundays.",
        "rationale": "People asked for it.",
        "how": "vote",
        "access": "public",
        "accords": "contrary",
        "accords_reason": "The plan says weekdays.",
        "option_1_title": "Wait",
        "option_2_title": "Open",
        "chosen": "2",
        "financial": "£4,000 a year",
    }
    shown = follow(secretary, reverse("decision-new") + f"?board={ground.board.slug}", **said)
    assert "The proposal is saved" in shown
    decision = Decision.objects.get()
    page = decision.get_absolute_url()
    assert "Needs information" in text(secretary.get(page))
    follow(secretary, page + "open/")
    assert f"Give your organisation’s voice: {decision.title}" in text(chair.get("/home/"))
    assert "Your organisation’s voice is given." in follow(chair, page + "voice/", choice="for", reason="Yes")
    refused = lead.post(page + "make/", {"act": "1"})
    assert refused.status_code == 422
    assert "Say what it means, or “none”." in text(refused)
    filled = dict.fromkeys(IMPLICATIONS.keys() - {"financial"}, "none")
    follow(secretary, page + "edit/", **{**said, **filled}, version=Decision.objects.get().version)
    assert "It is decided." in follow(lead, page + "make/")
    public = text(Client().get(page))
    assert "Contrary to the strategy" in public
    assert "Carried by vote: 1 for, 0 against." in public
    assert ground[CHAIR].who.display_name not in public, "names are for partners"
    assert ground[CHAIR].who.display_name in text(lead.get(page))
    assert "contrary to the strategy" in text(Client().get("/decisions/")).lower()
    version = Decision.objects.get().version
    assert "It is reviewed, and stands." in follow(lead, page + "review/", note="Fine", version=version)
    again = follow(lead, page + "supersede/", **{**said, **filled, "title": "Closed on Sundays"})
    assert "Closed on Sundays" in again
    assert "Proposed in its place" in text(lead.get(page))
    assert "Closed on Sundays" not in text(Client().get(page))


def test_what_was_typed_is_kept_when_it_is_refused(ground: Ground) -> None:
    client = signed_in(ground.world, SECRETARY)
    decision = decided.proposed(ground)
    page = decision.get_absolute_url() + "edit/"
    refused = client.post(page, {"title": "", "text": "Kept words", "how": "vote", "access": "public"})
    assert refused.status_code == 422
    assert "Kept words" in text(refused)
    fields = {"title": "New", "text": "Kept words", "how": "vote", "access": "public"}
    stale = client.post(page, {**fields, "version": decision.version + 7})
    assert stale.status_code == 409
    assert "Kept words" in text(stale)
    assert "was changed after you opened it" in text(stale)
    # The page is of the newer version now: to save once more is a decision.
    version = re.search(r'name="version" value="(\d+)"', text(stale))
    assert version
    assert client.post(page, {**fields, "version": version[1]}).status_code == 302


def test_the_room_is_written_down_on_one_page(ground: Ground) -> None:
    decision = decided.opened(ground)
    client = signed_in(ground.world, SECRETARY)
    page = decision.get_absolute_url() + "voices/"
    bodies = ground.world.bodies
    said = {f"org_{bodies['partner'].pk}": "for", f"org_{bodies['other'].pk}": "abstain"}
    assert "written down in the room" in follow(client, page, **said)
    assert {(v.organisation, v.choice) for v in decision.voices.all()} == {
        (bodies["partner"], "for"),
        (bodies["other"], "abstain"),
    }


def test_an_interest_closes_the_pages_to_one_person(ground: Ground) -> None:
    decision = decided.opened(ground)
    page = decision.get_absolute_url()
    chair, deputy = signed_in(ground.world, CHAIR), signed_in(ground.world, DEPUTY)
    follow(chair, page + "declare/", kind="pecuniary", text="My firm", leaves="on")
    refused = chair.get(page + "voice/")
    assert refused.status_code == 403
    assert "You declared an interest" in text(refused)
    assert deputy.get(page + "voice/").status_code == 200
    assert "Give your organisation" not in text(chair.get("/home/"))
    register = text(deputy.get("/decisions/interests/"))
    assert "My firm" in register
    assert ground[CHAIR].who.display_name in register
    assert "My firm" not in text(Client().get("/decisions/interests/")), "it is still being decided"
    another = signed_in(ground.world, SECRETARY)
    follow(another, page + "declare-another/", person=ground[MEMBER].who.pk, kind="personal", text="My sister")
    assert declaring.is_locked(ground[MEMBER], decision)
    declared = Declaration.objects.get(person=ground[MEMBER].who)
    follow(another, reverse("interest-take-back", args=[declared.pk]))
    assert not declaring.is_locked(ground[MEMBER], decision)


CANARY = "Heliotrope"


def test_outsiders_find_nothing_of_what_is_not_for_them_anywhere(ground: Ground) -> None:
    """Not on a page, in a file, in a feed or in the API: what is not made, what is for the board, what was exempt."""
    meeting = ground.meeting(access="public", agenda_published_at=now())
    exempt = ground.item(meeting, exempt=True, exempt_reason="Paragraph 3")
    hidden = {"title": f"{CANARY} plan", "text": f"{CANARY} text"}
    # Each says something else, or a second one would be taken for a double click.
    rows = [
        decided.in_state(ground, status, **{**hidden, "text": f"{CANARY} text {status}"})
        for status in ("proposed", "open", "deferred", "withdrawn")
    ]
    rows.append(decided.made(ground, access="board", **hidden))
    rows.append(decided.made(ground, item=exempt, **hidden))
    late = decided.made(ground, item=ground.item(meeting), **hidden)
    type(exempt).objects.filter(decisions=late).update(exempt=True, exempt_reason="Paragraph 1")
    rows.append(late)
    closed = decided.in_state(ground, "open", **{**hidden, "text": f"{CANARY} text closed"})
    declaring.declare(actor=ground[MEMBER], decision=closed, kind="other", text=f"{CANARY} shares")
    shown = decided.made(ground, title="Plain as day", text="Seen by all")
    for role in ("public", "nobody", "lead:lead", "other:officer", "operator"):
        client = client_of(ground, role)
        for path in (
            "/decisions/",
            "/decisions.csv",
            "/decisions.json",
            "/decisions.atom",
            "/decisions/interests/",
            "/api/v1/decisions/",
            "/",
        ):
            answer: Any = client.get(path)
            content = b"".join(answer.streaming_content) if answer.streaming else answer.content
            assert CANARY.encode() not in content, (role, path)
            if path.startswith(("/decisions.", "/api")) or path == "/decisions/":
                assert shown.title.encode() in content, (role, path)
        sheet: Any = client.get("/decisions.xlsx")
        read = b"".join(sheet.streaming_content) if sheet.streaming else sheet.content
        book: Any = load_workbook(io.BytesIO(read))
        cells = [cell for line in book.active.values for cell in line]
        assert not any(CANARY in str(cell) for cell in cells)
        assert "Plain as day" in cells
        for row in [*rows, closed]:
            assert client.get(row.get_absolute_url()).status_code == 404, (role, row.status)
            assert client.get(f"/api/v1/decisions/{row.reference}/").status_code == 404
    secretary = text(client_of(ground, SECRETARY).get("/decisions/"))
    assert secretary.count(f"{CANARY} plan") == len(rows) + 1


def test_what_it_changes_shows_it_as_decided_here(ground: Ground) -> None:
    decision = decided.made(ground, access="public", elements=["V-A1"])
    those: list[dict[str, Any]] = [{"element": "V-A1"}, {"organisation": "vale-nhs"}, {"board": ground.board.slug}]
    for named in those:
        linking.add(actor=ground[LEAD], decision=decision, what="Pays for it", **named)
    page = text(Client().get(decision.get_absolute_url()))
    assert page.count("Pays for it") == 3
    for path in ("/thread/element/V-A1/", "/organisations/vale-nhs/"):
        found = text(Client().get(path))
        assert decision.reference in found, path
    client = signed_in(ground.world, LEAD)
    form = decision.get_absolute_url() + "changes/"
    assert client.post(form, {"what": "Stops it", "initiative": "VAL-999999"}).status_code == 422
    assert client.post(form, {"what": "Stops it"}).status_code == 422
    gone = decision.changes.order_by("pk").values_list("pk", flat=True)[0]
    client.post(form, {"remove": gone})
    assert decision.changes.count() == 2


PATHS = ("/decisions/", "/decisions.csv", "/decisions.atom", "/decisions/interests/", "/home/", "/api/v1/decisions/")


@pytest.mark.parametrize("path", PATHS)
def test_three_cost_what_one_costs(ground: Ground, path: str) -> None:
    client = signed_in(ground.world, DEPUTY)

    def queries() -> int:
        forget_cache()
        with CaptureQueriesContext(connection) as found:
            answer: Any = client.get(path)
            assert answer.status_code == 200
            if answer.streaming:
                b"".join(answer.streaming_content)
        return len(found)

    def one_more() -> None:
        decided.made(ground, elements=["V-A1"])
        waits = decided.opened(ground)
        declaring.declare(actor=ground[MEMBER], decision=waits, kind="other", text="Shares")

    one_more()
    queries()
    first = queries()
    one_more()
    one_more()
    assert queries() == first


def test_a_page_costs_the_same_whoever_spoke(ground: Ground) -> None:
    decision = decided.opened(ground)
    client = signed_in(ground.world, LEAD)

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(decision.get_absolute_url()).status_code == 200
        return len(found)

    voices.give(actor=ground[CHAIR], decision=decision, choice="for")
    queries()
    first = queries()
    voices.give(actor=ground[MEMBER], decision=decision, choice="for")
    voices.give(actor=ground[DEPUTY], decision=decision, choice="against")
    assert queries() == first


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", ["Ash", "Birch", "Cedar"]),
        ("status=made", ["Ash", "Birch"]),
        ("status=proposed", ["Cedar"]),
        ("contrary=yes", ["Birch"]),
        ("ambition=V-A1", ["Ash"]),
        ("year=1999", []),
        ("q=birch", ["Birch"]),
        ("organisation=vale-nhs", ["Ash", "Birch", "Cedar"]),
        ("organisation=southwick-council", ["Ash"]),
        ("organisation=SOUTHWICK+Borough", ["Ash"]),
    ],
)
def test_the_register_is_narrowed(ground: Ground, query: str, titles: list[str]) -> None:
    ash = decided.made(ground, title="Ash", elements=["V-A1"])
    linking.add(actor=ground[LEAD], decision=ash, what="Asks them", organisation="southwick-council")
    known_as = {"name": "Southwick Borough", "folded": "southwick borough", "kind": "former"}
    OrganisationName.objects.create(organisation=Organisation.objects.get(slug="southwick-council"), **known_as)
    decided.made(ground, title="Birch", accords="contrary", accords_reason="The law")
    decided.proposed(ground, title="Cedar")
    client = signed_in(ground.world, MEMBER)
    page = text(client.get(f"/decisions/?{query}"))
    assert [title for title in ("Ash", "Birch", "Cedar") if f">{title}</a>" in page] == titles
    answer: Any = client.get(f"/decisions.csv?{query}")
    file = b"".join(answer.streaming_content).decode()
    assert [title for title in ("Ash", "Birch", "Cedar") if title in file] == titles


def test_the_filter_shows_the_name_of_the_organisation(ground: Ground) -> None:
    page = text(Client().get("/decisions/?organisation=southwick-council"))
    assert 'value="Southwick Council"' in page


ODD = ("status=odd", "year=20x6", "board=nowhere", "q=%00", "organisation=x", "page=odd")


@pytest.mark.parametrize("query", ODD)
def test_odd_filters_are_told_and_files_refuse_them(ground: Ground, query: str) -> None:
    assert Client().get(f"/decisions/?{query}").status_code == 200
    if not query.startswith(("page", "q")):
        refused: Any = Client().get(f"/decisions.csv?{query}")
        assert refused.status_code == 400
