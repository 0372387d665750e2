"""The permission matrix: every verb, every actor, every state, with what is expected written down.

See :mod:`tests.collaboration.matrix` for how to read it.
"""

from __future__ import annotations

import pytest

from collaboration.initiatives.models import Challenge, Initiative, JoinAsk, Partner, ProblemReport
from groundwork.access.rules import can, verbs
from groundwork.clock import today
from tests.collaboration.initiatives.world import World, made, states
from tests.collaboration.matrix import check, names, verdict

VERBS = (
    "view",
    "edit",
    "ask_review",
    "publish",
    "verify",
    "update",
    "withdraw",
    "restore",
    "merge",
    "ask_to_join",
    "challenge",
    "see_history",
    "report_problem",
    "mark_exemplar",
)

MATRIX = """
== draft
y y y . . . . . . . . y y . | owner:member lead:member
y y y y . . y y y . . y y . | owner:lead/officer
y y y y . . y y . . . y y . | owner:approver
0 0 0 0 0 0 0 0 0 0 0 0 0 0 | owner:scrutiny lead:scrutiny partner:* other:* public nobody operator
y y y y . . . . . . . y y . | lead:lead/approver/officer
y . . . . . . . . . . y . . | system
== draft in review
y y y . . . . . . . . y y . | owner:member lead:member
y y y y . . y y y . . y y . | owner:lead/officer
y y y y . . y y . . . y y . | owner:approver
y . . . . . . . . . y y y . | owner:scrutiny
y y y y . . . . . . . y y . | lead:lead/approver/officer
0 0 0 0 0 0 0 0 0 0 0 0 0 0 | lead:scrutiny partner:* other:* public nobody operator
y . . . . . . . . . . y . . | system
== partners
y y . . y y . . . . . y y . | owner:member lead:member
y y . y y y y y y . . y y . | owner:lead
y y . y y y y y . . . y y . | owner:approver
y . . . . . . . . . y y y . | owner:scrutiny lead:scrutiny partner:scrutiny other:scrutiny
y y . y y y y y y . . y y y | owner:officer
y y . y y y . . . . . y y . | lead:lead/approver
y y . y y y . . y . . y y y | lead:officer
y . . . y y . . . . . y y . | partner:member/lead/approver
y . . . y y . . y . . y y y | partner:officer
y . . . . . . . . y . y y . | other:member/lead/approver
y . . . . . . . y y . y y y | other:officer
0 0 0 0 0 0 0 0 0 0 0 0 0 0 | public nobody operator
y . . . . . . . . . . y . . | system
== public
y y . . y y . . . . . y y . | owner:member lead:member
y y . y y y y y y . . y y . | owner:lead
y y . y y y y y . . . y y . | owner:approver
y . . . . . . . . . y y y . | owner:scrutiny lead:scrutiny partner:scrutiny other:scrutiny
y y . y y y y y y . . y y y | owner:officer
y y . y y y . . . . . y y . | lead:lead/approver
y y . y y y . . y . . y y y | lead:officer
y . . . y y . . . . . y y . | partner:member/lead/approver
y . . . y y . . y . . y y y | partner:officer
y . . . . . . . . y . y y . | other:member/lead/approver
y . . . . . . . y y . y y y | other:officer
y . . . . . . . . . . y y . | public nobody operator
y . . . . . . . . . . y . . | system
== public withdrawn
y . . . . . . . . . . y . . | owner:member/scrutiny lead:* partner:officer other:officer system
y . . . . . y y . . . y . . | owner:lead/approver/officer
0 0 0 0 0 0 0 0 0 0 0 0 0 0 | partner:member/lead/approver/scrutiny other:member/lead/approver/scrutiny
0 0 0 0 0 0 0 0 0 0 0 0 0 0 | public nobody operator
== draft withdrawn
y . . . . . . . . . . y . . | owner:member lead:member/lead/approver/officer system
y . . . . . y y . . . y . . | owner:lead/approver/officer
0 0 0 0 0 0 0 0 0 0 0 0 0 0 | owner:scrutiny lead:scrutiny partner:* other:* public nobody operator
== public merged
y . . . . . . . . . . y . . | owner:* lead:* partner:* other:* public nobody operator system
== draft merged
y . . . . . . . . . . y . . | owner:member/lead/approver/officer lead:member/lead/approver/officer system
0 0 0 0 0 0 0 0 0 0 0 0 0 0 | owner:scrutiny lead:scrutiny partner:* other:* public nobody operator
== public unowned
y . . . . . . . . y . y y . | owner:member/lead/approver lead:member/lead/approver
y . . . . . . . . y . y y . | other:member/lead/approver
y . . . . . . . . . y y y . | owner:scrutiny lead:scrutiny partner:scrutiny other:scrutiny
y y . y y y y y y y . y y y | owner:officer lead:officer other:officer
y . . . y y . . . . . y y . | partner:member/lead/approver
y y . y y y y y y . . y y y | partner:officer
y . . . . . . . . . . y y . | public nobody operator
y . . . . . . . . . . y . . | system
== draft unowned
0 0 0 0 0 0 0 0 0 0 0 0 0 0 | owner:member/lead/approver/scrutiny lead:member/lead/approver/scrutiny
0 0 0 0 0 0 0 0 0 0 0 0 0 0 | partner:member/lead/approver/scrutiny other:member/lead/approver/scrutiny
0 0 0 0 0 0 0 0 0 0 0 0 0 0 | public nobody operator
y y y y . . y y y . . y y . | owner:officer lead:officer partner:officer other:officer
y . . . . . . . . . . y . . | system
== public unowned, led
y . . . . . . . . y . y y . | owner:member/lead/approver other:member/lead/approver
y . . . . . . . . . y y y . | owner:scrutiny lead:scrutiny partner:scrutiny other:scrutiny
y y . y y y y y y y . y y y | owner:officer other:officer
y y . . y y . . . . . y y . | lead:member
y y . y y y . . . . . y y . | lead:lead/approver
y y . y y y y y y . . y y y | lead:officer partner:officer
y . . . y y . . . . . y y . | partner:member/lead/approver
y . . . . . . . . . . y y . | public nobody operator
y . . . . . . . . . . y . . | system
== public unowned, withdrawn
0 0 0 0 0 0 0 0 0 0 0 0 0 0 | owner:member/lead/approver/scrutiny lead:member/lead/approver/scrutiny
0 0 0 0 0 0 0 0 0 0 0 0 0 0 | partner:member/lead/approver/scrutiny other:member/lead/approver/scrutiny
0 0 0 0 0 0 0 0 0 0 0 0 0 0 | public nobody operator
y . . . . . y y . . . y . . | owner:officer lead:officer partner:officer other:officer
y . . . . . . . . . . y . . | system
"""

OTHER_VERBS = """
answer_for answer_for_draft answer_join respond close_problem register nominate handle_nominations
. . . . y y y . | owner:member lead:member
. . y y y y y . | owner:lead/approver lead:lead/approver
. 0 . . . . y . | owner:scrutiny lead:scrutiny partner:scrutiny other:scrutiny
. . y y y y y y | owner:officer lead:officer
. 0 . . . y y . | partner:member other:member/lead/approver
y 0 . . . y y . | partner:lead/approver
y 0 . . y y y y | partner:officer
. 0 . . y y y y | other:officer
. 0 . . . . y . | public nobody operator
. . . . . . . . | system
"""


def test_the_matrix_holds(world: World) -> None:
    records = {state: record for state, record in states(world).items() if f"== {state}\n" in MATRIX}
    check([f"initiative.{verb}" for verb in VERBS], MATRIX, world.actors, records)


def test_the_matrix_of_other_verbs_holds(world: World) -> None:
    records = states(world)
    public = records["public"]
    objects = (
        ("answer_for", public.partners.get()),
        ("answer_for", records["draft"].partners.get()),
        ("answer_join", JoinAsk.objects.create(initiative=public, organisation=world.bodies["other"])),
        ("respond", Challenge.objects.create(initiative=public, body="Why?")),
        ("close_problem", ProblemReport.objects.create(initiative=public, body="Wrong.")),
        ("register", None),
        ("nominate", None),
        ("handle_nominations", None),
    )
    seen = set()
    for line in OTHER_VERBS.strip().splitlines()[1:]:
        cells, _, who = line.partition("|")
        for name in names(who):
            seen.add(name)
            assert (
                " ".join(verdict(world[name], f"initiative.{verb}", obj) for verb, obj in objects) == cells.strip()
            ), name
    assert seen == set(world.actors)


def test_no_verb_is_without_a_matrix() -> None:
    tested = {*VERBS, *OTHER_VERBS.split("\n")[1].split()} - {"answer_for_draft"}
    assert {v.removeprefix("initiative.") for v in verbs() if v.startswith("initiative.")} == tested


def test_nobody_may_do_anything_to_what_they_do_not_see(world: World) -> None:
    for state, initiative in states(world).items():
        for name, actor in world.actors.items():
            if not can(actor, "initiative.view", initiative):
                allowed = [verb for verb in VERBS if can(actor, f"initiative.{verb}", initiative)]
                assert not allowed, f"{name} may {allowed} on {state}"


@pytest.mark.parametrize("confirmation", ["not_asked", "asked", "declined"])
def test_only_a_confirmed_partner_verifies_and_updates(world: World, confirmation: str) -> None:
    it = made(world, visibility="public")
    it.partners.update(confirmation=confirmation)
    for verb in ("verify", "update"):
        assert not can(world["partner:lead"], f"initiative.{verb}", Initiative.objects.get(pk=it.pk))


def test_a_partner_that_has_left_has_no_say_any_more(world: World) -> None:
    it = made(world, visibility="public")
    it.partners.update(valid_to=today())
    it = Initiative.objects.get(pk=it.pk)
    assert not can(world["partner:lead"], "initiative.update", it)
    assert not can(world["partner:lead"], "initiative.answer_for", it.partners.get())
    assert can(world["partner:lead"], "initiative.ask_to_join", it)


def test_a_declined_partner_may_ask_to_join_and_a_named_one_only_confirms(world: World) -> None:
    it = made(world, visibility="public")
    it.partners.update(confirmation="declined")
    assert can(world["partner:member"], "initiative.ask_to_join", Initiative.objects.get(pk=it.pk))
    it.partners.update(confirmation="asked")
    refusal = can(world["partner:member"], "initiative.ask_to_join", Initiative.objects.get(pk=it.pk))
    assert "only has to confirm" in refusal.reason


def test_nobody_answers_for_a_group(world: World) -> None:
    it = made(world, visibility="public")
    group = Partner.objects.create(initiative=it, organisation=world.bodies["group"])
    for name, actor in world.actors.items():
        assert not can(actor, "initiative.answer_for", group), name
