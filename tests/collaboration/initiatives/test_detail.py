"""What one record's page shows, and what it costs."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from collaboration.initiatives import queries
from collaboration.initiatives.models import Initiative, Partner
from collaboration.initiatives.services import keeping, partners, registering
from collaboration.initiatives.services.registering import FundingInput, PartnerInput
from groundwork.access.errors import NotFound
from groundwork.clock import today
from groundwork.directory.models import Organisation
from tests.collaboration.initiatives.world import World, draft, made, partner_of, published


def fill(world: World, times: int) -> Initiative:
    """A published record with ``times`` of everything there can be several of."""
    it = published(world, title=f"Work with {times}")
    lead = world["owner:lead"]
    sector = world.bodies["other"].sector
    slugs = []
    for n in range(times):
        slug = f"charity-{times}-{n}"
        Organisation.objects.create(slug=slug, name=slug.title(), sector=sector)
        slugs.append(slug)
    it = registering.save_partners(
        actor=lead,
        initiative=it,
        version=it.version,
        lead="southwick-council",
        partners=[PartnerInput(organisation=slug, role="delivery") for slug in slugs],
    )
    it = registering.save_alignment(
        actor=lead,
        initiative=it,
        version=it.version,
        main=[(code, "Why.") for code in ("V-A1.1", "V-A2.1", "V-A3.1")[:times]],
        blocks=["B-1", "B-2", "B-3"][:times],
        elements=["P-1", "P-1.1", "P-2"][:times],
    )
    it = registering.save_places(actor=lead, initiative=it, version=it.version, areas=["C1", "C2", "C3"][:times])
    it = registering.save_funding(
        actor=lead,
        initiative=it,
        version=it.version,
        lines=[FundingInput(amount=100, source=slug) for slug in slugs],
    )
    for n in range(times):
        keeping.add_update(actor=lead, initiative=it, body=f"News {n}", health="on_track")
        keeping.add_learning(actor=lead, initiative=it, body=f"Lesson {n}")
        keeping.add_ask_or_offer(actor=lead, initiative=it, kind="ask", body=f"Ask {n}")
        keeping.challenge(actor=world["other:scrutiny"], initiative=it, body=f"Question {n}?")
    return it


@pytest.mark.parametrize("name", ["public", "other:lead", "owner:member", "owner:officer"])
def test_a_page_costs_the_same_however_much_there_is(world: World, name: str) -> None:
    cost = []
    for times in (1, 3):
        it = fill(world, times)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            found = queries.get(world[name], it.reference)
            seen = queries.detail(world[name], found)
            # What a template touches must be there already.
            shown = [
                [(p.organisation.sector.title, p.role_label) for p in seen.partners],
                [(g.ambition.label, [s.element.label for s in g.strands]) for g in seen.ambitions],
                [(g.framework.title, [e.element.label for e in g.elements]) for g in seen.others],
                [(line.amount, line.source_organisation) for line in seen.funding],
                [area.name for area in seen.areas],
                [(u.person, u.organisation, u.health_label) for u in seen.updates],
                [seen.lead, found.owner, found.merged_into],
                [len(seen.learning), len(seen.asks), len(seen.challenges), len(seen.blocks)],
            ]
        assert len(seen.updates) == len(seen.asks) == len(seen.blocks) == times
        assert shown
        cost.append(len(asked))
    assert cost[0] == cost[1] <= 8


def test_everything_is_grouped_for_the_reader(world: World) -> None:
    it = fill(world, 3)
    seen = queries.detail(world["public"], queries.get(world["public"], it.reference))
    assert [(g.ambition.code, [s.element.code for s in g.strands]) for g in seen.ambitions] == [
        ("V-A1", ["V-A1.1"]),
        ("V-A2", ["V-A2.1"]),
        ("V-A3", ["V-A3.1"]),
    ]
    assert [s.contribution for s in seen.main] == ["Why.", "Why.", "Why."]
    assert [b.element.code for b in seen.blocks] == ["B-1", "B-2", "B-3"]
    assert [(g.framework.key, [e.element.code for e in g.elements]) for g in seen.others] == [
        ("plan", ["P-1", "P-1.1", "P-2"])
    ]
    assert seen.funding_total == Decimal(300)
    assert seen.lead == world.bodies["lead"]
    assert seen.lead_partner is not None
    assert seen.lead_partner.is_confirmed is False


def test_money_that_is_not_stated_is_not_nothing(world: World) -> None:
    it = published(world)
    registering.save_funding(
        actor=world["owner:lead"], initiative=it, version=it.version, lines=[FundingInput(source_name="A trust")]
    )
    assert queries.detail(world["public"], queries.get(world["public"], it.reference)).funding_total is None


def test_who_is_asked_is_told_to_partners_and_who_confirmed_to_all(world: World) -> None:
    it = published(world)
    partners.confirm(actor=world["lead:lead"], partner=partner_of(it, "southwick-council"))

    def marks(name: str) -> dict[str, tuple[bool, bool, bool, bool]]:
        seen = queries.detail(world[name], queries.get(world[name], it.reference))
        assert seen.lead_partner is not None
        return {
            p.organisation.slug: (p.is_confirmed, p.is_asked, p.is_group, p.may_answer)
            for p in [*seen.partners, seen.lead_partner]
        }

    assert marks("public") == {
        "vale-nhs": (False, False, False, False),
        "all-councils": (False, False, True, False),
        "northwick-council": (True, False, False, False),
        "southwick-council": (True, False, False, False),
    }
    assert marks("partner:lead")["vale-nhs"] == (False, True, False, True)
    assert marks("partner:member")["vale-nhs"] == (False, True, False, False)


def test_a_former_partner_is_shown_as_one_only_if_it_had_confirmed(world: World) -> None:
    it = published(world)
    partners.confirm(actor=world["partner:lead"], partner=partner_of(it, "vale-nhs"))
    Partner.objects.filter(initiative=it).exclude(role="lead").update(
        valid_from=date(2020, 1, 1), valid_to=today() - timedelta(days=1)
    )
    seen = queries.detail(world["public"], queries.get(world["public"], it.reference))
    assert seen.partners == []
    assert {p.organisation.slug for p in seen.past_partners} == {"vale-nhs", "northwick-council"}


def test_names_of_people_are_for_partners(world: World) -> None:
    it = fill(world, 1)
    for name, person in (("public", ""), ("nobody", ""), ("operator", ""), ("other:member", "Owner Lead")):
        seen = queries.detail(world[name], queries.get(world[name], it.reference))
        assert {e.person for e in [*seen.updates, *seen.learning, *seen.asks]} == {person}
        assert {e.organisation for e in seen.updates} == {"Northwick Council"}


def test_a_hidden_record_shows_nothing(world: World) -> None:
    with pytest.raises(NotFound):
        queries.detail(world["public"], draft(world))


def test_what_the_reader_may_do_comes_with_the_reason_why_not(world: World) -> None:
    it = published(world)
    seen = queries.detail(world["other:member"], queries.get(world["other:member"], it.reference))
    assert seen.may["ask_to_join"]
    assert not seen.may["edit"]
    assert "owns or leads" in seen.may["edit"].reason


def test_lists_of_what_waits_cost_the_same_for_many(world: World) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            actor = world["owner:officer"]
            [(i.owner, i.lead) for i in queries.mine(actor)]
            [(i.owner, i.lead) for i in queries.drafts_of(actor)]
            [(i.owner, i.lead) for i in queries.stale_for(actor)]
            [(i.owner, i.lead) for i in queries.waiting_for_review(actor)]
            [(j.organisation, j.person, j.initiative.owner) for j in queries.join_asks_for(actor)]
            [(r.initiative.owner, r.initiative.lead) for r in queries.problem_reports_for(actor)]
            [(p.initiative.owner, p.organisation) for p in queries.partner_requests_for(world["partner:lead"])]
        return len(asked)

    first = cost()
    for n in range(3):
        draft(world, title=f"Draft {n}")
        it = published(world, title=f"Work {n}")
        partners.ask_to_join(actor=world["other:lead"], initiative=it)
        keeping.report_problem(actor=world["public"], initiative=it, body="It is wrong.")
    assert cost() == first == 7


def test_lists_are_each_organisations_own(world: World) -> None:
    it, unfinished = published(world), draft(world, title="Draft")
    made(world, visibility="public", title="Unowned", owner=None, lead=None)
    assert list(queries.mine(world["owner:scrutiny"])) == [it]
    assert list(queries.mine(world["lead:member"])) == [it]
    assert not queries.mine(world["other:officer"])
    assert list(queries.drafts_of(world["lead:member"])) == [unfinished]
    for name in ("owner:scrutiny", "other:officer", "partner:lead", "public", "nobody", "operator"):
        assert not queries.drafts_of(world[name])


def test_the_task_list_costs_the_same_for_an_empty_and_a_full_record(world: World) -> None:
    empty = registering.start_draft(actor=world["owner:lead"], title="Empty")
    costs = []
    for it in (empty, fill(world, 3)):
        with CaptureQueriesContext(connection) as asked:
            registering.completeness(it)
        costs.append(len(asked))
    assert costs[0] == costs[1] <= 6
