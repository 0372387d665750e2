"""Actions that a partnership board agreed: the board sees what is for it, and its keepers keep it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from collaboration.actions import queries
from collaboration.actions.models import Action
from collaboration.actions.origins import Origin
from collaboration.actions.services import asking, chasing, making, working
from collaboration.governance.rooms import room_of
from groundwork.access.errors import Conflict, Invalid, NotAllowed, NotFound
from groundwork.access.rules import can
from groundwork.audit.queries import history_of
from groundwork.clock import now
from tests.collaboration.governance import ground as grounds
from tests.collaboration.governance.ground import CHAIR, DEPUTY, LEAD, MEMBER, OF_THE_BOARD, SECRETARY, Ground
from tests.collaboration.initiatives.world import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def ground() -> Ground:
    return grounds.lay()


def agreed(ground: Ground, what: str = "Write to the operator", **fields: Any) -> Action:
    room = room_of(ground.board)
    origin = Origin(kind="meeting", id=str(uuid4()), label="A meeting", room=room)
    said = making.Said(what=what, visibility=fields.pop("visibility", Action.Visibility.ROOM))
    who = fields.pop("who", None) or asking.Who(person=person("somebody").who)
    return making.new_action(
        actor=ground[SECRETARY],
        said=said,
        who=who,
        organisation=None,
        initiative=None,
        origin=origin,
        at=now(),
        **fields,
    )


def test_the_board_sees_it_and_its_keepers_keep_it(ground: Ground) -> None:
    maker, action = ground[SECRETARY].person, agreed(ground)
    seen = {name for name, actor in ground.world.actors.items() if can(actor, "action.view", action)}
    listed = {
        name for name, actor in ground.world.actors.items() if queries.visible_to(actor).filter(pk=action.pk).exists()
    }
    assert seen == listed == {*OF_THE_BOARD, "system"}
    assert action.created_by == maker
    keepers = {name for name, actor in ground.world.actors.items() if can(actor, "action.drop", action)}
    assert keepers == {LEAD, "owner:officer", SECRETARY, CHAIR, DEPUTY}


def test_only_what_a_board_agreed_can_be_for_a_board(ground: Ground) -> None:
    with pytest.raises(Invalid):
        making.make(actor=ground[LEAD], what="Ours", visibility="room")
    made = making.make(actor=ground[LEAD], what="Ours", visibility="partners")
    with pytest.raises(Invalid):
        making.change(actor=ground[LEAD], action=made, version=None, what="Ours", visibility="room")


def test_asking_about_many_at_once_is_one_event_and_leaves_out_with_reasons(ground: Ground) -> None:
    one, two = agreed(ground), agreed(ground, "Count who comes")
    nobody = agreed(ground, "Nobody’s", who=asking.Who(name="The new colleague"))
    mine = agreed(ground, "The chair’s own", who=asking.Who(person=ground[CHAIR].person))
    references = [each.reference for each in (one, two, nobody, mine)]
    looked = chasing.look(actor=ground[CHAIR], references=[*references, "A-9999"])
    assert [each.pk for each in looked.asked] == [one.pk, two.pk]
    assert looked.owners == 2
    assert [reason for _each, reason in looked.left_out] == ["Nobody has it now.", "It is yours."]
    chasing.chase(actor=ground[CHAIR], references=references, message="We meet on Friday")
    assert [entry.action for entry in history_of(one)][:1] == ["action.chase"]
    with pytest.raises(Conflict):
        chasing.chase(actor=ground[SECRETARY], references=references[:3])
    assert chasing.look(actor=ground[SECRETARY], references=[one.reference]).left_out[0][1].startswith("Somebody asked")


def test_who_does_not_keep_them_cannot_ask(ground: Ground) -> None:
    action = agreed(ground, visibility=Action.Visibility.PARTNERS)
    looked = chasing.look(actor=ground[MEMBER], references=[action.reference])
    assert (looked.asked, looked.left_out[0][1]) == ([], "Only those who keep this action can ask how it goes.")
    with pytest.raises(Conflict):
        chasing.chase(actor=ground[MEMBER], references=[action.reference])
    hidden = agreed(ground, "For the board")
    assert chasing.look(actor=ground["other:officer"], references=[hidden.reference]) == chasing.Round()
    with pytest.raises(Invalid):
        chasing.look(actor=ground[CHAIR], references=[])


def test_blocked_and_free_again_and_done_with_evidence(ground: Ground) -> None:
    owner = ground[MEMBER]
    action = agreed(ground, who=asking.Who(person=owner.person))
    with pytest.raises(Invalid):
        working.block(actor=owner, action=action, reason=" ")
    assert working.block(actor=owner, action=action, reason="No reply").is_blocked
    assert queries.counts(ground[CHAIR], queries.Filters(whose="all"))["blocked"] == 1
    with pytest.raises(NotFound):
        working.unblock(actor=ground["lead:lead"], action=action)
    assert not working.unblock(actor=ground[SECRETARY], action=action).is_blocked
    done = working.finish(actor=owner, action=action, text="They agreed", evidence="https://example.org/letter")
    assert (done.status, done.evidence) == ("done", "https://example.org/letter")
    with pytest.raises(Conflict):
        working.block(actor=owner, action=action, reason="Late")
    assert making.reopen(actor=owner, action=done).evidence == ""


def test_ageing_counts_what_the_reader_sees(ground: Ground) -> None:
    room = room_of(ground.board)
    agreed(ground)
    assert queries.ageing(ground[CHAIR], room) == {"in_time": 1, "week": 0, "month": 0, "longer": 0, "done": 0}
    assert queries.ageing(ground["other:officer"], room)["in_time"] == 0
    with pytest.raises(NotAllowed):
        working.finish(actor=ground[MEMBER], action=agreed(ground, "Another"))
