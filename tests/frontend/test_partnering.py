"""The pages of partnership boards: every route in every state for every role, what they say, and what forms do."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from collaboration.governance.models import ChairTerm, PartnershipBoard, Seat
from frontend.pages import partnerships_urls
from groundwork.clock import today
from tests.collaboration.governance import ground as grounds
from tests.collaboration.governance.ground import CHAIR, DEPUTY, LEAD, MEMBER, SECRETARY, Ground
from tests.collaboration.initiatives.world import person
from tests.settings import forget_cache

pytestmark = pytest.mark.django_db

KEEPERS = {LEAD, "owner:officer", SECRETARY, CHAIR, DEPUTY}
ROLES = (
    LEAD, "owner:officer", SECRETARY, CHAIR, DEPUTY, MEMBER, "other:lead", "other:officer", "other:scrutiny",
    "lead:lead", "nobody", "operator", "public",
)  # fmt: skip
STATES = ("proposed", "active", "limited", "closed", "board only", "named only")
PAGES = {
    "partnership-edit": KEEPERS,
    "partnership-terms": KEEPERS,
    "partnership-activate": KEEPERS,
    "partnership-renew": KEEPERS,
    "partnership-close": KEEPERS,
    "partnership-chair": KEEPERS,
    "partnership-chair-end": KEEPERS,
    "partnership-seat-new": KEEPERS,
    "partnership-seat-change": KEEPERS,
    "partnership-seat-end": KEEPERS,
    "partnership-seat-ask": KEEPERS,
    "partnership-seat-fill": {"other:lead"},
    "partnership-seat-leave": {"other:lead"},
}
"""Who may open each; the seat in the address is the one of "other"."""
INSIDE = KEEPERS | {DEPUTY, MEMBER, "other:lead"}
SEES = {"board only": INSIDE, "named only": INSIDE}


@pytest.fixture
def ground(clock: Any) -> Ground:
    forget_cache()
    return grounds.lay()


def client_of(ground: Ground, role: str) -> Client:
    client = Client()
    if role != "public":
        client.force_login(ground[role].who)
    return client


def in_state(ground: Ground, state: str) -> PartnershipBoard:
    fields_of: dict[str, dict[str, Any]] = {
        "proposed": {"status": "proposed"},
        "limited": {"ends_on": today() + timedelta(days=10)},
        "closed": {"status": "closed", "closed_on": today()},
        "board only": {"access": "board"},
        "named only": {"access": "named"},
    }
    if state in fields_of:
        PartnershipBoard.objects.filter(pk=ground.board.pk).update(**fields_of[state])
    if state == "closed":
        # Keepers are who sits there: with the seats they go.
        Seat.objects.filter(board=ground.board).update(valid_to=None)
    return PartnershipBoard.objects.get(pk=ground.board.pk)


def address(ground: Ground, name: str) -> str:
    seat, slug = ground.seats["other"], ground.board.slug
    if name == "partnership-chair-end":
        return reverse(name, args=[slug, ChairTerm.objects.get(board=ground.board).pk])
    if name == "partnership-seat-leave":
        return reverse(name, args=[slug, seat.pk, seat.holders.get().pk])
    if name.startswith("partnership-seat-") and name != "partnership-seat-new":
        return reverse(name, args=[slug, seat.pk])
    return reverse(name, args=[slug])


def test_every_route_is_in_the_matrix() -> None:
    names = {str(pattern.name) for pattern in partnerships_urls.urlpatterns}
    packs = {name for name in names if name.startswith("partnership-pack")}  # They have tests of their own.
    assert names - {"partnerships", "partnership-new", "partnership"} - packs == PAGES.keys()


@pytest.mark.parametrize("state", STATES)
def test_every_page_for_every_role(ground: Ground, state: str) -> None:
    in_state(ground, state)
    sees = SEES.get(state, set(ROLES))
    before = list(PartnershipBoard.objects.values()) + list(Seat.objects.values())
    wrong = []
    for role in ROLES:
        client = client_of(ground, role)
        status = client.get(address(ground, "partnership")).status_code
        if status != (200 if role in sees else 404):
            wrong.append(f"partnership, {role}: {status}")
        for name, may in PAGES.items():
            wanted = 302 if role == "public" else 404 if role not in sees else 200 if role in may else 403
            status = client.get(address(ground, name)).status_code
            if status != wanted:
                wrong.append(f"{name}, {role}: {status}, not {wanted}")
            if wanted != 200 and client.post(address(ground, name), {"version": 1}).status_code != wanted:
                wrong.append(f"{name}, {role}: a form gets further than its page")
    assert wrong == []
    assert list(PartnershipBoard.objects.values()) + list(Seat.objects.values()) == before


def test_a_whole_life(ground: Ground) -> None:
    """Set up, given seats, filled, chaired, made active for a time, renewed, closed: by forms alone."""
    keeper, other = client_of(ground, LEAD), client_of(ground, "other:lead")
    said = {"name": "Ready for School", "kind": "board", "purpose": "Children arrive ready.", "access": "public"}
    begun = keeper.post(reverse("partnership-new"), said, follow=True)
    board = PartnershipBoard.objects.get(name="Ready for School")
    assert begun.redirect_chain[-1][0] == reverse("partnership", args=[board.slug])
    assert "It is there, as proposed." in begun.content.decode()

    def post(client: Client, name: str, *args: Any, **form: Any) -> str:
        response = client.post(reverse(name, args=[board.slug, *args]), form, follow=True)
        assert response.status_code == 200, response.content.decode()
        board.refresh_from_db()
        return response.content.decode()

    slug = ground.world.bodies["other"].slug
    post(keeper, "partnership-seat-new", version=board.version, organisation=slug, role="member", title="Health")
    seat = board.seats.get()
    assert "1 seat is vacant" in post(keeper, "partnership-seat-ask", seat.pk)
    mandate = ground[MEMBER].under
    page = post(other, "partnership-seat-fill", seat.pk, mandate=mandate.pk, kind="holder")
    assert "The seat is filled." in page
    assert ground[MEMBER].who.name in page
    page = post(keeper, "partnership-chair", version=board.version, seat=seat.pk, role="chair")
    assert "Whose turn it is to chair" in page
    post(keeper, "partnership-terms", version=board.version, terms="## Purpose\n\n**Together** <script>x</script>")
    page = post(
        keeper, "partnership-activate", version=board.version,
        ends_on="2026-12-01",
    )  # fmt: skip
    assert "<strong>Together</strong>" in page
    assert "<script>x" not in page
    assert "Before that day it is to be renewed or closed." in page
    page = post(keeper, "partnership-renew", version=board.version)
    assert "to be renewed or closed" not in page
    page = post(keeper, "partnership-close", version=board.version, reason="The work is done.")
    assert "This board was closed on 23 November 2026." in page
    assert "The work is done." in page
    assert "Its seats have ended." in page
    assert [label for label in ("Set up", "Seat added", "Seat filled", "Renewed", "Became active") if label in page]


def test_closing_says_which_meetings_are_still_to_come(ground: Ground) -> None:
    page = reverse("partnership-close", args=[ground.board.slug])
    assert "to come" not in client_of(ground, LEAD).get(page).content.decode()
    ground.meeting()
    ground.meeting(status="cancelled")
    assert "1 meeting to come stays on the plan." in client_of(ground, LEAD).get(page).content.decode()


def test_a_stale_form_is_refused_and_keeps_what_was_typed(ground: Ground) -> None:
    client = client_of(ground, LEAD)
    form = {"version": 1, "terms": "Ours"}
    assert client.post(address(ground, "partnership-terms"), {**form, "terms": "Theirs"}).status_code == 302
    response = client.post(address(ground, "partnership-terms"), form)
    assert response.status_code == 409
    assert "was changed by you, in another window" in response.content.decode()
    # Saving once more is then a decision.
    assert f'name="version" value="{int(form["version"]) + 1}"' in response.content.decode()
    assert (
        ">\nOurs</textarea>" in response.content.decode().replace("\r", "")
        or "Ours</textarea>" in response.content.decode()
    )


def test_the_edit_form_loses_nothing(ground: Ground) -> None:
    client = client_of(ground, LEAD)
    page = client.get(address(ground, "partnership-edit")).content.decode()
    assert ground.board.name in page
    form = {
        "version": 1, "name": "Vale Board", "kind": "assembly", "access": "named", "deciding": "vote",
        "quorum_organisations": "2", "quorum_sectors": "1", "papers_days": "7", "elements": ["V-A1"],
        "lead": ground.world.bodies["owner"].slug, "named": "nobody-here@example.org",
    }  # fmt: skip
    refused = client.post(address(ground, "partnership-edit"), form)
    assert refused.status_code == 422
    assert "Nobody with an account here has the address nobody-here@example.org." in refused.content.decode()
    form["named"] = ground["lead:member"].who.email
    assert client.post(address(ground, "partnership-edit"), form).status_code == 302
    board = PartnershipBoard.objects.get(pk=ground.board.pk)
    assert (board.name, board.kind, board.papers_days, board.deciding) == ("Vale Board", "assembly", 7, "vote")
    assert [each.code for each in board.elements.all()] == ["V-A1"]
    assert client_of(ground, "lead:member").get(address(ground, "partnership")).status_code == 200


def test_names_are_for_partners(ground: Ground) -> None:
    name = ground[MEMBER].who.name
    page = client_of(ground, "public").get(address(ground, "partnership")).content.decode()
    assert name not in page
    assert "Shown to partners only" in page
    assert "Vacant" in page
    assert name in client_of(ground, "lead:lead").get(address(ground, "partnership")).content.decode()


def test_a_vacancy_offers_to_be_filled_to_its_own_leads(ground: Ground) -> None:
    ground[MEMBER].under.valid_to = today()
    ground[MEMBER].under.save()
    page = client_of(ground, "other:lead").get(address(ground, "partnership")).content.decode()
    assert address(ground, "partnership-seat-fill") in page
    assert address(ground, "partnership-seat-end") not in page
    page = client_of(ground, LEAD).get(address(ground, "partnership")).content.decode()
    assert address(ground, "partnership-seat-ask") in page
    assert address(ground, "partnership-seat-fill") not in page


def test_the_list_and_its_files(ground: Ground) -> None:
    grounds.made_board(ground.world, access="board", name="Quiet Board", lead=ground.world.bodies["lead"])
    grounds.made_board(ground.world, status="closed", name="Old Board")
    client = client_of(ground, "public")
    page = client.get("/partnerships/").content.decode()
    assert ground.board.name in page
    assert "Quiet Board" not in page
    assert "Old Board" not in page
    assert "Old Board" in client.get("/partnerships/?status=closed").content.decode()
    assert "There is no status of that name." in client.get("/partnerships/?status=x").content.decode()
    answer: Any = client.get("/partnerships.json")
    (row,) = json.loads(b"".join(answer.streaming_content))["results"]
    assert row["key"] == ground.board.slug
    assert row["chair"] == ground.world.bodies["partner"].slug
    assert (row["seats"], row["vacant"]) == (4, 1)
    answer = client.get("/partnerships.csv?status=any")
    csv = b"".join(answer.streaming_content).decode()
    assert "Old Board" in csv
    assert client.get("/partnerships.csv?status=x").status_code == 400
    assert client.get("/partnerships.csv?state=any").status_code == 400


def test_counts_of_queries_do_not_grow(ground: Ground) -> None:
    def counted(path: str) -> int:
        forget_cache()
        client = client_of(ground, LEAD)
        client.get(path)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
        return len(captured)

    organisation = ground.world.bodies["other"]
    paths = ("/partnerships/", address(ground, "partnership"), organisation.get_absolute_url())
    before = {path: counted(path) for path in paths}
    for number in range(3):
        board = grounds.made_board(ground.world, parent=ground.board)
        grounds.seat(board, ground[MEMBER])
        grounds.seat(ground.board, person(f"Member {number}", ground.world.bodies["lead"]), title=f"Seat {number}")
        ChairTerm.objects.create(
            board=ground.board, seat=ground.seats["other"], role="vice",
            valid_from=date(2030 + number, 1, 1), valid_to=date(2030 + number, 6, 1),
        )  # fmt: skip
    assert {path: counted(path) for path in paths} == before


@pytest.mark.parametrize("slug", ["nope", "x" * 200, "%00", "new-board", "ä"])
def test_hostile_addresses(ground: Ground, slug: str) -> None:
    assert client_of(ground, LEAD).get(f"/partnerships/{slug}/").status_code == 404
    assert (
        client_of(ground, LEAD).get(f"/partnerships/{ground.board.slug}/seats/99999999999999999999/end/").status_code
        == 404
    )
