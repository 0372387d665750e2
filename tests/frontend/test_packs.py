"""The page of a board's month: the same as its mail, for whoever may see the board, and the button to get it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client

from collaboration.governance.models import PartnershipBoard
from notifications.models import OutgoingMessage, PackChoice
from notifications.queries.pack_readers import is_wanted
from notifications.services import packing
from tests.frontend.markup import Node
from tests.frontend.markup import page as parsed
from tests.notifications.ground import Ground, lay
from tests.notifications.pack_occasion import MORNING, a_month

pytestmark = pytest.mark.django_db
NOVEMBER = "/partnerships/vale-board/pack/2026-11/"


@pytest.fixture
def clock() -> Iterator[time_machine.Coordinates]:
    with time_machine.travel("2026-11-23T12:00:00Z", tick=False) as traveller:
        yield traveller


@pytest.fixture
def ground(clock: time_machine.Coordinates) -> Ground:
    return lay()


@pytest.fixture
def board(ground: Ground, clock: time_machine.Coordinates) -> PartnershipBoard:
    board = a_month(ground)
    clock.move_to(MORNING)
    return board


def signed_in(ground: Ground, name: str) -> Client:
    client = Client()
    client.force_login(ground.people[name].person)
    return client


def test_it_tells_what_its_mail_tells(ground: Ground, board: PartnershipBoard) -> None:
    packing.make()
    mail = OutgoingMessage.objects.get(kind="board.pack").html
    page = signed_in(ground, "nurse").get(NOVEMBER).content.decode()

    for words in ("One budget for", "Find a dry room", "40 letters went.", "The road map", "Clean air", "Not started"):
        assert words in mail, words
        assert words in page, words
    assert "What happened in November 2026, and what is open on 1 December 2026." in page


def test_an_empty_month_says_so(ground: Ground, board: PartnershipBoard) -> None:
    page = signed_in(ground, "nurse").get("/partnerships/vale-board/pack/").content.decode()
    assert "What happened in December 2026 until now, and what is open on 1 December 2026." in page
    assert "No decision was made." in page
    assert "Nothing changed in December 2026." in page


def test_everybody_reads_only_what_they_may(ground: Ground, board: PartnershipBoard) -> None:
    page = Client().get(NOVEMBER).content.decode()
    assert "The road map" in page
    assert "One budget for" not in page
    assert "bus operator" not in page
    PartnershipBoard.objects.update(access="board")
    assert Client().get(NOVEMBER).status_code == 404
    assert signed_in(ground, "scrutiny").get(NOVEMBER).status_code == 404
    assert signed_in(ground, "nurse").get(NOVEMBER).status_code == 200


@pytest.mark.parametrize("month", ["2027-01", "2025-11", "2026-13", "nonsense", "2026-11%00"])
def test_other_months_are_refused_with_a_sentence(month: str, ground: Ground, board: PartnershipBoard) -> None:
    answer = Client().get(f"/partnerships/vale-board/pack/{month}/")
    assert answer.status_code == 404


def test_the_button_takes_it_and_leaves_it(ground: Ground, board: PartnershipBoard) -> None:
    """Reading it changes nothing, and a seat holder who said nothing has no row."""
    client, officer = signed_in(ground, "officer"), ground.people["officer"].person
    client.get(NOVEMBER)
    assert not PackChoice.objects.exists()
    assert not is_wanted(officer, board)

    client.post("/partnerships/vale-board/pack/choose/", {"wanted": "yes"})
    assert is_wanted(officer, board)
    client.post("/partnerships/vale-board/pack/choose/", {"wanted": "no"})
    assert not is_wanted(officer, board)
    assert client.get("/partnerships/vale-board/pack/choose/").status_code == 405


def test_nobody_without_an_account_or_without_the_board_chooses(ground: Ground, board: PartnershipBoard) -> None:
    assert Client().post("/partnerships/vale-board/pack/choose/", {"wanted": "yes"}).status_code == 302
    PartnershipBoard.objects.update(access="board")
    answer = signed_in(ground, "scrutiny").post("/partnerships/vale-board/pack/choose/", {"wanted": "yes"})
    assert answer.status_code == 404
    assert not PackChoice.objects.exists()


def settings_of(client: Client) -> tuple[Node, dict[str, str]]:
    """The page, and what its form sends as it stands."""
    page = parsed(client.get("/account/notifications/").content.decode())
    (form,) = [each for each in page.all("form") if each.all(".govuk-select")]
    values = {
        each.attrs["name"]: each.attrs.get("value", "on")
        for each in form.all("input")
        if each.attrs.get("type") != "checkbox" or "checked" in each.attrs
    }
    for each in form.all("select"):
        values[each.attrs["name"]] = next(
            option.attrs["value"] for option in each.all("option") if "selected" in option.attrs
        )
    return page, values


def test_the_page_of_settings_has_it(ground: Ground, board: PartnershipBoard) -> None:
    client, nurse = signed_in(ground, "nurse"), ground.people["nurse"].person
    page, values = settings_of(client)
    sentence = "You get the pack of the month before at the beginning of each month, from Vale <Health> & Care Board."
    assert sentence in page.text
    del values[f"pack-{board.pk}"]

    answer = client.post("/account/notifications/", values)

    assert answer.status_code == 302
    assert not is_wanted(nurse, board)
    assert "You get the pack of the month before" not in settings_of(client)[0].text


def test_saving_other_settings_keeps_the_default_a_default(ground: Ground, board: PartnershipBoard) -> None:
    client = signed_in(ground, "nurse")
    assert client.post("/account/notifications/", settings_of(client)[1]).status_code == 302
    assert not PackChoice.objects.exists()
