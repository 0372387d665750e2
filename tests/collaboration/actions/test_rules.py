"""Every verb, every actor, every visibility: what is expected is written down. Lists and single answers agree.

``y`` may · ``.`` sees it but is refused with a sentence (403) · ``0`` may not know that it exists (404).
"""

from __future__ import annotations

from typing import Any

import pytest

from collaboration.actions import queries
from collaboration.actions.models import Action
from collaboration.actions.services import asking, making
from groundwork.access.actors import Actor, GuestActor
from groundwork.access.errors import NotAllowed, NotFound
from groundwork.access.rules import can, require, verbs
from tests.collaboration.initiatives.world import World, made, person

VERBS = (
    "view",
    "see_owner",
    "answer",
    "update",
    "finish",
    "postpone",
    "reopen",
    "ask",
    "claim",
    "change",
    "drop",
    "block",
    "chase",
)

MATRIX = """
== involved
y y y y y y y y y . . y . | asked
y y . y y y y y y y y y y | maker
y y . y y y y y y y y y y | owner:lead/approver/officer lead:lead/approver/officer
y y . . . . . . y . . . . | owner:member lead:member
0 0 0 0 0 0 0 0 0 0 0 0 0 | owner:scrutiny lead:scrutiny partner:* other:* public nobody operator guest
y y . . . . . . . . . . . | system
== partners
y y y y y y y y y . . y . | asked
y y . y y y y y y y y y y | maker owner:lead/approver/officer lead:lead/approver/officer partner:officer other:officer
y y . . . . . . y . . . . | owner:member lead:member partner:member/lead/approver other:member/lead/approver
y y . . . . . . . . . . . | owner:scrutiny lead:scrutiny partner:scrutiny other:scrutiny system
0 0 0 0 0 0 0 0 0 0 0 0 0 | public nobody operator guest
== public
y y y y y y y y y . . y . | asked
y y . y y y y y y y y y y | maker owner:lead/approver/officer lead:lead/approver/officer partner:officer other:officer
y y . . . . . . y . . . . | owner:member lead:member partner:member/lead/approver other:member/lead/approver
y y . . . . . . . . . . . | owner:scrutiny lead:scrutiny partner:scrutiny other:scrutiny system
y . . . . . . . . . . . . | public nobody operator guest
"""


def _rows() -> list[tuple[str, str, str]]:
    found, state = [], ""
    for line in MATRIX.strip().splitlines():
        if line.startswith("=="):
            state = line[2:].strip()
            continue
        cells, _bar, names = line.partition("|")
        for name in names.split():
            body, _colon, roles = name.partition(":")
            expanded = "member/lead/approver/scrutiny/officer" if roles == "*" else roles
            found += [(state, f"{body}:{role}" if role else body, cells) for role in expanded.split("/")]
    return found


def _lay(world: World) -> dict[str, tuple[Action, dict[str, Actor]]]:
    initiative = made(world, visibility="public")
    laid = {}
    for visibility in making.WITHOUT_A_ROOM:
        maker, asked = person(f"maker {visibility}"), person(f"asked {visibility}")
        action = making.new_action(
            actor=maker,
            said=making.Said(what=f"Do {visibility}", visibility=visibility),
            who=asking.Who(person=asked.who),
            organisation=world.bodies["owner"],
            initiative=initiative,
            origin=None,
            at=initiative.created_at,
        )
        laid[visibility] = (action, {"maker": maker, "asked": asked})
    return laid


def _answer(actor: Actor, verb: str, action: Action) -> str:
    try:
        require(actor, f"action.{verb}", action)
    except NotFound:
        return "0"
    except NotAllowed as refusal:
        return "." if refusal.message.endswith(".") else "refused without a sentence"
    return "y"


def test_the_matrix(world: World) -> None:
    laid = _lay(world)
    wrong = []
    covered = set()
    for state, name, cells in _rows():
        action, others = laid[state]
        actor: Any = GuestActor(workshop_id=1, participation_id=1) if name == "guest" else None
        actor = actor or others.get(name) or world[name]
        row = queries.get(world["system"], action.reference)
        found = " ".join(_answer(actor, verb, row) for verb in VERBS)
        if found.split() != cells.split():
            wrong.append(f"{state} {name}: {found}")
        covered.add((state, name))
    assert not wrong, "\n".join(wrong)
    assert len(covered) == 3 * (len(world.actors) + 3)


def test_every_verb_is_in_the_matrix() -> None:
    assert {v.removeprefix("action.") for v in verbs() if v.startswith("action.")} == {*VERBS, "make"}


@pytest.mark.parametrize("name", ["owner:member", "other:officer", "system"])
def test_who_may_make_one(world: World, name: str) -> None:
    assert can(world[name], "action.make")


@pytest.mark.parametrize("name", ["owner:scrutiny", "public", "nobody", "operator"])
def test_who_may_not_make_one(world: World, name: str) -> None:
    assert not can(world[name], "action.make")


def test_the_list_and_the_single_answer_agree(world: World) -> None:
    laid = _lay(world)
    by_mail = making.make(actor=world["owner:lead"], what="By mail", visibility="involved")
    asking.ask(actor=world["owner:lead"], action=by_mail, who=asking.somebody(email="later@example.org"))
    later = person("later")
    later.who.email = "later@example.org"
    later.who.save()
    actors = [*world.actors.values(), later, GuestActor(workshop_id=1, participation_id=1)]
    for _action, others in laid.values():
        actors += others.values()
    everything = list(Action.objects.select_related("initiative"))
    for actor in actors:
        listed = set(queries.visible_to(actor))
        assert listed == {action for action in everything if can(actor, "action.view", action)}, actor
    assert by_mail in set(queries.visible_to(later))
