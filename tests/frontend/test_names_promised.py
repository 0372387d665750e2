"""What people are told about names before they write is what the board does, also when it was settled in the lobby."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client

from collaboration.boards.consumers.presence import Roster, rosters
from collaboration.boards.services import perform
from collaboration.workshops import queries, services
from collaboration.workshops.models import Participation, Workshop
from tests.collaboration.workshops.ground import Ground, guest, invited, lay, opened, planned
from tests.frontend.plain_board import Browser
from tests.settings import forget_cache

pytestmark = pytest.mark.django_db(transaction=True)
HIDDEN, SHOWN = "notes carry no names", "see your name and organisation beside your notes"


@pytest.fixture
def ground() -> Ground:
    forget_cache()
    return lay()


def settled(workshop: Workshop, names: str) -> None:
    """A facilitator changes the rules on the board, in the lobby."""
    who = Participation.objects.get(workshop=workshop, role="facilitator")
    op = {"op_id": str(uuid4()), "base_seq": 1, "kind": "settings", "target": "board", "props": {"names": names}}
    assert perform(participation=who, device="", ops=[op])[0]["t"] == "ack"


def told(workshop: Workshop, path: str) -> bool:
    """Whether this page says that names are hidden; it says one of the two."""
    text = Browser().go(path).text
    assert (HIDDEN in text) != (SHOWN in text)
    return HIDDEN in text


@pytest.mark.parametrize("names", ["hidden", "shown"])
def test_names_as_settled_in_the_lobby(ground: Ground, names: str) -> None:
    before = planned(ground)
    plan = {"budget": before.budget, "most": before.most, "totals": before.totals, "grouping": before.grouping}
    other = "shown" if names == "hidden" else "hidden"
    act = {"actor": ground["member"], "workshop": before}
    services.change_rules(**act, version=None, names=other, **plan)
    it = services.open_workshop(**act)
    join = f"/w/{it.code}/{queries.link_token(it)}/"
    invitation = f"/w/invitation/{queries.invitation_token(invited(ground, it))}/"
    assert told(it, join) == told(it, invitation) == (other == "hidden")
    settled(it, names)
    assert told(it, join) == told(it, invitation) == (names == "hidden")
    (roster,) = rosters([it.board.pk])
    assert isinstance(roster, Roster)
    assert roster.shown is (names == "shown")


def test_the_screen_tells_no_names_once_they_are_hidden(ground: Ground) -> None:
    it = opened(ground)
    settled(it, "shown")
    guest(it, "Sam")
    path = f"/w/{it.code}/{queries.link_token(it)}/screen/"
    assert "Show names" in Browser().go(path).tree.text
    settled(it, "hidden")
    assert "Show names" not in Browser().go(path).tree.text
    assert "Hide names" not in Browser().go(f"{path}?names=1").tree.text


def test_a_screen_with_names_is_another_page_than_one_without(ground: Ground) -> None:
    it = opened(ground)
    settled(it, "shown")
    sam = guest(it, "Sam").participation
    path = f"/w/{it.code}/{queries.link_token(it)}/screen/"
    plain, named = Client().get(path), Client().get(f"{path}?names=1")
    assert plain["ETag"] != named["ETag"]
    asked = Client().get(f"{path}?names=1", headers={"If-None-Match": plain["ETag"]})
    assert asked.status_code == 200, "who asks for names is not told that nothing changed"
    services.rename(actor=ground["member"], participation=sam, name="Samira")
    assert Client().get(path, headers={"If-None-Match": plain["ETag"]}).status_code == 304
    assert Client().get(f"{path}?names=1", headers={"If-None-Match": named["ETag"]}).status_code == 200
