"""Following a partnership board: whoever sees it can, and is told what changed, by organisation and never by name."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from collaboration.governance.services import boards, seats
from groundwork.access.actors import Public
from groundwork.access.errors import Invalid, NotFound
from groundwork.clock import now
from notifications.following import Followed
from notifications.queries.changes import Changes
from notifications.queries.follows import shown
from notifications.services import subscribing
from tests.collaboration.governance import ground as grounds
from tests.collaboration.governance.ground import LEAD, MEMBER, Ground
from tests.collaboration.initiatives.world import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def ground(clock: Any) -> Ground:
    return grounds.lay()


def test_a_line_and_back(ground: Ground) -> None:
    line = f"partnership={ground.board.slug}"
    followed = Followed.parse(line)
    assert (followed.query, followed.is_view, followed.path) == (line, False, f"/partnerships/{ground.board.slug}/")
    assert Followed.parse(followed.query) == followed
    for wrong in ("partnership=%2F..%2F", f"partnership={'x' * 101}", "partnership=a b"):
        with pytest.raises(Invalid):
            Followed.parse(wrong)


def test_only_who_sees_it_follows_it(ground: Ground) -> None:
    hidden = grounds.made_board(ground.world, access="board")
    line = f"partnership={hidden.slug}"
    with pytest.raises(NotFound):
        subscribing.follow(ground["other:lead"], line)
    assert subscribing.follow(ground[LEAD], line).query == line
    assert shown(ground[LEAD], [line])[line].title == hidden.name
    told = shown(Public(), [line])[line]
    assert (told.title, told.path) == ("A partnership board that you cannot see any more", "")


def test_its_changes_are_found_under_it(ground: Ground) -> None:
    line = f"partnership={ground.board.slug}"
    since = now() - timedelta(minutes=1)
    new = person("Somebody New", ground.world.bodies["other"])
    seats.appoint(actor=ground["other:lead"], seat=ground.seats["other"], mandate=new.under)
    boards.edit(actor=ground[LEAD], board=ground.board, version=1, purpose="Together.")
    boards.edit(actor=ground[LEAD], board=grounds.made_board(ground.world), version=1, purpose="Apart.")
    changes = Changes.read(since)
    changes.look_up([line])
    (thing,) = changes.found(line)
    assert (thing.title, thing.path) == (ground.board.name, f"/partnerships/{ground.board.slug}/")
    acts = thing.acts_for([ground[MEMBER]])
    assert [act.label for act in acts] == ["Changed", "Seat filled"]
    assert "Somebody New" not in str(acts)
    assert thing.is_seen_by([Public()])


def test_the_button_on_its_page(ground: Ground) -> None:
    client = Client()
    client.force_login(ground[MEMBER].who)
    page = client.get(f"/partnerships/{ground.board.slug}/").content.decode()
    assert f'value="partnership={ground.board.slug}"' in page
    subscribing.follow(ground[MEMBER], f"partnership={ground.board.slug}")
    assert "You follow this" in client.get(f"/partnerships/{ground.board.slug}/").content.decode()
