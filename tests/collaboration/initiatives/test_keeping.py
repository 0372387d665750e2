"""Still accurate, updates, learning, asks and offers, challenges, problem reports, good practice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from collaboration.initiatives import queries
from collaboration.initiatives.models import Initiative
from collaboration.initiatives.services import keeping, partners, registering
from groundwork.access.errors import Conflict, Invalid, NotAllowed, NotFound
from groundwork.audit.models import AuditEntry
from groundwork.clock import now
from tests.collaboration.initiatives.world import World, draft, events_of, made, partner_of, published


def test_still_accurate_in_one_act_and_an_open_edit_stays_valid(world: World, clock: time_machine.Coordinates) -> None:
    it = published(world)
    clock.shift(timedelta(days=100))
    assert list(queries.stale_for(world["owner:member"])) == [it]
    assert not queries.stale_for(world["owner:scrutiny"])
    verified = keeping.verify(actor=world["lead:member"], initiative=it)
    assert verified.verified_at == now()
    assert not queries.stale_for(world["owner:member"])
    keeping.verify(actor=world["lead:member"], initiative=it)
    assert len(events_of("initiative.verified")) == 1
    registering.save_about(
        actor=world["owner:lead"], initiative=it, version=it.version, title="T", summary="s", stage="active"
    )


def test_a_draft_and_a_withdrawn_record_are_not_verified(world: World) -> None:
    for state in ({"visibility": "draft"}, {"visibility": "public", "withdrawn_at": now()}):
        with pytest.raises(NotAllowed):
            keeping.verify(actor=world["owner:lead"], initiative=made(world, **state))


def test_a_confirmed_partner_writes_an_update(world: World, clock: time_machine.Coordinates) -> None:
    it = published(world)
    with pytest.raises(NotAllowed):
        keeping.add_update(actor=world["partner:member"], initiative=it, body="Too early")
    partners.confirm(actor=world["partner:lead"], partner=partner_of(it, "vale-nhs"))
    clock.shift(3600)
    update = keeping.add_update(
        actor=world["partner:member"], initiative=it, body=" 40 homes done. ", health="on_track"
    )
    again = keeping.add_update(actor=world["partner:member"], initiative=it, body="40 homes done.", health="on_track")
    assert again == update
    assert (update.body, update.organisation, update.mandate) == (
        "40 homes done.",
        world.bodies["partner"],
        world["partner:member"].mandate,
    )
    after = Initiative.objects.get(pk=it.pk)
    assert after.verified_at == after.changed_at == now()
    assert after.version == it.version
    [event] = events_of("initiative.updated")
    assert (event.payload["health"], event.payload["verified"]) == ("on_track", True)


def test_no_change_is_an_update_with_the_last_health(world: World, clock: time_machine.Coordinates) -> None:
    it = published(world)
    actor = world["owner:lead"]
    keeping.add_update(actor=actor, initiative=it, body="Boiler late", health="some_concerns", still_accurate=False)
    verified = Initiative.objects.get(pk=it.pk).verified_at
    assert verified == it.verified_at
    clock.shift(60)
    update = keeping.add_update(actor=actor, initiative=it, no_change=True)
    assert (update.body, update.health) == ("No change since the last update.", "some_concerns")
    seen = queries.detail(world["public"], queries.get(world["public"], it.reference))
    assert (seen.health_label, [u.person for u in seen.updates]) == ("Some concerns", ["", ""])


@pytest.mark.parametrize(
    "values",
    [
        {"body": ""},
        {"body": "x" * 2001},
        {"body": "nul \x00"},
        {"body": "fine", "health": "splendid"},
        {"body": 3},
        {"body": None},
    ],
)
def test_a_bad_update_is_refused(world: World, values: dict[str, Any]) -> None:
    it = published(world)
    with pytest.raises(Invalid):
        keeping.add_update(actor=world["owner:lead"], initiative=it, **values)
    assert not it.updates.exists()


def test_learning_asks_and_offers_are_kept_and_closed_once(world: World) -> None:
    it = published(world)
    actor = world["owner:member"]
    note = keeping.add_learning(actor=actor, initiative=it, body="Ask tenants first.")
    assert keeping.add_learning(actor=actor, initiative=it, body="Ask tenants first.") == note
    ask = keeping.add_ask_or_offer(actor=actor, initiative=it, kind="ask", body="A van on Tuesdays")
    assert keeping.add_ask_or_offer(actor=actor, initiative=it, kind="ask", body="A van on Tuesdays") == ask
    keeping.add_ask_or_offer(actor=actor, initiative=it, kind="offer", body="A meeting room")
    with pytest.raises(Invalid, match="Choose whether this is an ask or an offer"):
        keeping.add_ask_or_offer(actor=actor, initiative=it, kind="", body="?!")
    with pytest.raises(NotAllowed):
        keeping.close_ask_or_offer(actor=world["other:lead"], ask_or_offer=ask)
    closed = keeping.close_ask_or_offer(actor=actor, ask_or_offer=ask)
    assert keeping.close_ask_or_offer(actor=actor, ask_or_offer=ask).closed_at == closed.closed_at
    seen = queries.detail(world["public"], queries.get(world["public"], it.reference))
    assert [e.body for e in seen.learning] == ["Ask tenants first."]
    assert [(e.body, e.done_at) for e in seen.asks] == [("A van on Tuesdays", closed.closed_at)]
    assert [(e.body, e.done_at) for e in seen.offers] == [("A meeting room", None)]
    assert len(events_of("ask_or_offer.made", "ask_or_offer.closed", "initiative.learned")) == 4


def test_scrutiny_challenges_and_the_lead_answers_once(world: World) -> None:
    it = published(world)
    with pytest.raises(NotAllowed):
        keeping.challenge(actor=world["owner:lead"], initiative=it, body="Why?")
    challenge = keeping.challenge(actor=world["other:scrutiny"], initiative=it, body="How many homes?")
    assert list(queries.open_challenges_for(world["lead:approver"])) == [challenge]
    for name in ("lead:member", "other:lead", "other:scrutiny", "public"):
        assert not queries.open_challenges_for(world[name])
    assert keeping.challenge(actor=world["other:scrutiny"], initiative=it, body="How many homes?") == challenge
    with pytest.raises(NotAllowed):
        keeping.respond(actor=world["owner:member"], challenge=challenge, response="Forty.")
    answered = keeping.respond(actor=world["lead:lead"], challenge=challenge, response="Forty.")
    keeping.respond(actor=world["lead:lead"], challenge=challenge, response="Forty.")
    assert not queries.open_challenges_for(world["lead:approver"])
    with pytest.raises(Conflict, match="The answer stands"):
        keeping.respond(actor=world["owner:lead"], challenge=challenge, response="Fifty.")
    assert len(events_of("challenge.raised", "challenge.answered")) == 2
    seen = queries.detail(world["public"], queries.get(world["public"], it.reference))
    assert [(c.body, c.response, c.done_at, c.person) for c in seen.challenges] == [
        ("How many homes?", "Forty.", answered.responded_at, "")
    ]


def test_scrutiny_challenges_a_draft_only_while_it_is_under_review(world: World) -> None:
    it = draft(world)
    with pytest.raises(NotFound):
        keeping.challenge(actor=world["owner:scrutiny"], initiative=it, body="Why?")
    registering.ask_review(actor=world["owner:lead"], initiative=it)
    keeping.challenge(actor=world["owner:scrutiny"], initiative=it, body="Why?")


def test_anybody_reports_a_problem_and_only_keepers_and_officers_read_it(world: World) -> None:
    it = published(world)
    report = keeping.report_problem(
        actor=world["public"], initiative=it, body="It ended in May.", email="resident@example.org"
    )
    again = keeping.report_problem(
        actor=world["public"], initiative=it, body="It ended in May.", email="resident@example.org"
    )
    assert again == report
    assert len(events_of("problem.reported")) == 1
    readers = {name for name, actor in world.actors.items() if queries.problem_reports_for(actor).exists()}
    assert readers == {
        f"{body}:{role}" for body in ("owner", "lead") for role in ("member", "lead", "approver", "officer")
    } | {"partner:officer", "other:officer"}
    assert not AuditEntry.objects.filter(changes__icontains="resident@").exists()
    with pytest.raises(NotAllowed):
        keeping.close_problem(actor=world["partner:lead"], problem=report)
    keeping.close_problem(actor=world["owner:member"], problem=report)
    keeping.close_problem(actor=world["owner:member"], problem=report)
    assert len(events_of("problem.closed")) == 1
    assert not queries.problem_reports_for(world["owner:lead"])
    with pytest.raises(Invalid):
        keeping.report_problem(actor=world["public"], initiative=it, body="", email="no")
    with pytest.raises(NotFound):
        keeping.report_problem(actor=world["public"], initiative=draft(world), body="What is it?")


def test_an_officer_marks_good_practice_with_a_reason(world: World) -> None:
    it = published(world)
    with pytest.raises(NotAllowed):
        keeping.mark_exemplar(actor=world["owner:lead"], initiative=it, yes=True, reason="We like it")
    with pytest.raises(Invalid):
        keeping.mark_exemplar(actor=world["other:officer"], initiative=it, yes=True)
    for _click in range(2):
        it = keeping.mark_exemplar(actor=world["other:officer"], initiative=it, yes=True, reason="Clear measures")
    assert (it.is_exemplar, it.exemplar_reason) == (True, "Clear measures")
    it = keeping.mark_exemplar(actor=world["other:officer"], initiative=it, yes=False)
    assert (it.is_exemplar, it.exemplar_reason) == (False, "")
    assert len(events_of("initiative.marked_exemplar")) == 2


@pytest.mark.parametrize(
    "act",
    [
        lambda actor, it: keeping.verify(actor=actor, initiative=it),
        lambda actor, it: keeping.add_update(actor=actor, initiative=it, body="Hello there"),
        lambda actor, it: registering.publish(actor=actor, initiative=it),
    ],
)
def test_a_record_that_is_gone_is_not_found(world: World, act: Callable[..., Any]) -> None:
    it = made(world, visibility="public")
    it.partners.all().delete()
    Initiative.objects.filter(pk=it.pk).delete()
    it.pk = 10**9
    with pytest.raises(NotFound):
        act(world["owner:lead"], it)


def test_what_hangs_on_a_record_and_is_gone_is_not_found(world: World) -> None:
    it = published(world)
    actor = world["owner:lead"]
    ask = keeping.add_ask_or_offer(actor=actor, initiative=it, kind="ask", body="A van")
    challenge = keeping.challenge(actor=world["other:scrutiny"], initiative=it, body="Why?")
    report = keeping.report_problem(actor=world["public"], initiative=it, body="Wrong")
    join = partners.ask_to_join(actor=world["other:lead"], initiative=it)
    for row in (ask, challenge, report, join):
        type(row).objects.filter(pk=row.pk).delete()
    acts: list[Callable[[], Any]] = [
        lambda: keeping.close_ask_or_offer(actor=actor, ask_or_offer=ask),
        lambda: keeping.respond(actor=actor, challenge=challenge, response="Because"),
        lambda: keeping.close_problem(actor=actor, problem=report),
        lambda: partners.answer_join(actor=actor, ask=join, accept=True),
    ]
    for act in acts:
        with pytest.raises(NotFound):
            act()
