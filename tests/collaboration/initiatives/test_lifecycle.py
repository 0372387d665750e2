"""Withdrawing, restoring, merging; nominations."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from collaboration.initiatives import queries
from collaboration.initiatives.models import Facet, Initiative, Nomination
from collaboration.initiatives.services import keeping, lifecycle, nominating, partners, registering
from collaboration.initiatives.services.registering import FundingInput, PartnerInput
from groundwork.access.errors import Conflict, Invalid, NotAllowed, NotFound
from groundwork.directory.models import Mandate
from tests.collaboration.initiatives.world import World, audited, draft, events_of, made, partner_of, published


def test_a_withdrawn_record_leaves_the_register_and_can_return(world: World) -> None:
    it = published(world)
    with pytest.raises(Invalid, match="Enter the reason"):
        lifecycle.withdraw(actor=world["owner:lead"], initiative=it, reason="")
    with pytest.raises(NotAllowed):
        lifecycle.withdraw(actor=world["lead:lead"], initiative=it, reason="Not mine to withdraw")
    it = lifecycle.withdraw(actor=world["owner:lead"], initiative=it, reason="Registered by mistake")
    assert lifecycle.withdraw(actor=world["owner:approver"], initiative=it, reason="Twice").version == it.version
    assert not Facet.objects.filter(initiative=it).exists()
    with pytest.raises(NotFound):
        queries.get(world["public"], it.reference)
    assert queries.get(world["other:officer"], it.reference).withdrawn_reason == "Registered by mistake"
    assert not queries.mine(world["owner:lead"])
    with pytest.raises(NotAllowed, match="restored before"):
        registering.save_about(actor=world["owner:lead"], initiative=it, version=it.version, title="x1")
    it = lifecycle.restore(actor=world["owner:lead"], initiative=it)
    lifecycle.restore(actor=world["owner:lead"], initiative=it)
    assert queries.get(world["public"], it.reference) == it
    assert Facet.objects.filter(initiative=it).exists()
    assert [e.name for e in events_of("initiative.withdrawn", "initiative.restored")] == [
        "initiative.withdrawn",
        "initiative.restored",
    ]


def test_a_withdrawn_reference_is_never_given_again(world: World) -> None:
    one = draft(world)
    lifecycle.withdraw(actor=world["owner:lead"], initiative=one, reason="Not needed")
    two = registering.start_draft(actor=world["owner:lead"], title="Warm homes")
    assert two.number == one.number + 1


def test_a_withdrawn_record_asks_nobody_any_more(world: World) -> None:
    it = published(world)
    lifecycle.withdraw(actor=world["owner:lead"], initiative=it, reason="Mistake")
    assert not queries.partner_requests_for(world["partner:lead"])
    with pytest.raises(NotFound):
        partners.confirm(actor=world["partner:lead"], partner=partner_of(it, "vale-nhs"))


def full(world: World, title: str, **values: Any) -> Initiative:
    it = published(world, title=title)
    lead = world["owner:lead"]
    it = registering.save_alignment(
        actor=lead, initiative=it, version=it.version, main=values["main"], blocks=values["blocks"]
    )
    it = registering.save_partners(
        actor=lead, initiative=it, version=it.version, lead=values["lead"], partners=values["partners"]
    )
    it = registering.save_funding(
        actor=lead, initiative=it, version=it.version, lines=[FundingInput(amount=values["amount"])]
    )
    keeping.add_update(actor=lead, initiative=it, body=f"News of {title}")
    keeping.add_learning(actor=lead, initiative=it, body=f"Lesson of {title}")
    return it


def test_a_merger_keeps_one_record_with_what_it_lacked(world: World) -> None:
    kept = full(
        world,
        "Warm homes",
        main=[("V-A1.1", "Ours.")],
        blocks=["B-1"],
        lead="northwick-council",
        partners=[PartnerInput(organisation="vale-nhs", role="funder")],
        amount=100,
    )
    gone = full(
        world,
        "Cosy houses",
        main=[("V-A1.1", "Theirs."), ("V-A2.1", "More.")],
        blocks=["B-2"],
        lead="southwick-council",
        partners=[
            PartnerInput(organisation="vale-nhs", role="funder"),
            PartnerInput(organisation="vale-county", role="adviser"),
            PartnerInput(organisation="all-councils"),
        ],
        amount=900,
    )
    partners.confirm(actor=world["other:lead"], partner=partner_of(gone, "vale-county"))
    survivor = lifecycle.merge(actor=world["other:officer"], initiative=gone, into=kept)
    assert survivor == kept
    assert {(a.element.code, a.is_main, a.contribution) for a in survivor.alignments.all()} == {
        ("V-A1.1", True, "Ours."),
        ("B-1", False, ""),
        ("V-A2.1", False, "More."),
        ("B-2", False, ""),
    }
    assert {(p.organisation.slug, p.role, p.confirmation) for p in survivor.partners.filter(valid_to=None)} == {
        ("vale-nhs", "funder", "asked"),
        ("vale-county", "adviser", "confirmed"),
        ("all-councils", "", "not_asked"),
        ("southwick-council", "", "asked"),
    }
    assert {u.body for u in survivor.updates.all()} == {"News of Warm homes", "News of Cosy houses"}
    assert {n.body for n in survivor.learning.all()} == {"Lesson of Warm homes", "Lesson of Cosy houses"}
    assert [line.amount for line in survivor.funding.all()] == [100]
    gone = Initiative.objects.get(pk=gone.pk)
    assert (gone.merged_into, gone.is_live) == (kept, False)
    assert queries.survivor_of(queries.get(world["public"], gone.reference)) == kept
    assert not Facet.objects.filter(initiative=gone).exists()
    assert Facet.objects.filter(initiative=kept, value="V-A2.1").exists()
    [event] = events_of("initiative.merged")
    assert (event.payload["into_reference"], event.payload["reference"]) == (kept.reference, gone.reference)
    assert lifecycle.merge(actor=world["other:officer"], initiative=gone, into=kept) == kept
    assert len(events_of("initiative.merged")) == 1
    assert audited(kept, "initiative.merge")[0].changes["elements"][1] != []


def test_whoever_waits_for_an_answer_waits_at_the_survivor(world: World) -> None:
    kept, gone = published(world), published(world, title="Cosy houses")
    ask = partners.ask_to_join(actor=world["other:lead"], initiative=gone)
    report = keeping.report_problem(actor=world["public"], initiative=gone, body="It is the same work.")
    challenge = keeping.challenge(actor=world["other:scrutiny"], initiative=gone, body="Why twice?")
    lifecycle.merge(actor=world["owner:lead"], initiative=gone, into=kept)
    for row in (ask, report, challenge):
        row.refresh_from_db()
        assert row.initiative == kept
    assert list(queries.join_asks_for(world["owner:lead"])) == [ask]
    partners.answer_join(actor=world["owner:lead"], ask=ask, accept=True)
    assert partner_of(kept, "vale-county").confirmation == "confirmed"


def test_what_cannot_be_merged(world: World) -> None:
    shown, hidden, third = published(world), draft(world, title="Hidden"), published(world, title="Third")
    lead, officer = world["owner:lead"], world["other:officer"]
    with pytest.raises(Conflict, match="into itself"):
        lifecycle.merge(actor=lead, initiative=shown, into=shown)
    with pytest.raises(Conflict, match="fewer people"):
        lifecycle.merge(actor=lead, initiative=shown, into=hidden)
    with pytest.raises(NotFound):
        lifecycle.merge(actor=officer, initiative=shown, into=hidden)
    with pytest.raises(NotAllowed):
        lifecycle.merge(actor=world["lead:lead"], initiative=third, into=shown)
    lifecycle.merge(actor=lead, initiative=hidden, into=shown)
    with pytest.raises(NotAllowed, match="merged into another"):
        lifecycle.merge(actor=lead, initiative=third, into=hidden)
    with pytest.raises(NotAllowed, match="merged into another"):
        lifecycle.merge(actor=lead, initiative=hidden, into=third)
    with pytest.raises(NotAllowed):
        lifecycle.restore(actor=lead, initiative=hidden)
    lifecycle.withdraw(actor=lead, initiative=third, reason="Gone")
    with pytest.raises(NotAllowed, match="withdrawn"):
        lifecycle.merge(actor=lead, initiative=shown, into=third)


def test_a_merged_draft_does_not_show_its_title_in_the_public_history(world: World) -> None:
    shown, hidden = published(world), draft(world, title="Secret plan")
    lifecycle.merge(actor=world["owner:lead"], initiative=hidden, into=shown)
    assert "Secret plan" not in str(queries.history(world["public"], Initiative.objects.get(pk=shown.pk)))


def test_a_merger_does_not_show_what_was_for_partners_only(world: World) -> None:
    shown, among_us = published(world), published(world, title="Among us")
    Initiative.objects.filter(pk=among_us.pk).update(visibility="partners")
    keeping.add_update(actor=world["owner:lead"], initiative=among_us, body="Not for everyone")
    with pytest.raises(Conflict, match="shared among partners only"):
        lifecycle.merge(actor=world["other:officer"], initiative=among_us, into=shown)
    assert not shown.updates.exists()


def test_whoever_comes_for_a_withdrawn_record_learns_only_that(world: World) -> None:
    it, hidden = published(world), draft(world, title="Hidden")
    assert not queries.was_withdrawn(it.reference)
    for record in (it, hidden):
        lifecycle.withdraw(actor=world["owner:lead"], initiative=record, reason="Mistake")
    assert queries.was_withdrawn(it.reference.lower())
    assert not queries.was_withdrawn(hidden.reference)
    assert not queries.was_withdrawn("VAL-\x00")


def test_merging_into_what_came_with_the_place_asks_nobody(world: World) -> None:
    kept = made(world, visibility="public", owner=None, lead=None)
    gone = draft(world)
    Initiative.objects.filter(pk=gone.pk).update(owner=world.bodies["other"])
    lifecycle.merge(actor=world["other:officer"], initiative=gone, into=kept)
    assert not events_of("partner.asked")


def nominate(world: World, **values: Any) -> Nomination:
    return nominating.nominate(
        actor=world["public"],
        **{
            "title": "Lunch club",
            "what": "Meals for older people",
            "who": "The church",
            "area": "C2",
            "email": "me@example.org",
            **values,
        },
    )


def test_a_nomination_becomes_a_draft_once(world: World) -> None:
    one = nominate(world)
    assert nominate(world) == one
    assert len(events_of("nomination.made")) == 1
    assert list(queries.nominations(world["other:officer"])) == [one]
    for name in ("owner:lead", "public", "operator", "nobody"):
        assert not queries.nominations(world[name])
    with pytest.raises(NotAllowed):
        nominating.draft_from(actor=world["owner:lead"], nomination=one)
    it = nominating.draft_from(actor=world["other:officer"], nomination=one)
    assert nominating.draft_from(actor=world["owner:officer"], nomination=one) == it
    assert (it.title, it.summary, it.owner, it.visibility) == (
        "Lunch club",
        "Meals for older people\n\nWho is in it: The church",
        world.bodies["other"],
        "draft",
    )
    assert [a.code for a in it.areas.all()] == ["C2"]
    assert not queries.nominations(world["other:officer"])
    assert [e.payload for e in events_of("nomination.handled")] == [{"nomination_id": one.pk, "initiative_id": it.pk}]
    with pytest.raises(Conflict, match="made into a draft already"):
        nominating.decline_nomination(actor=world["other:officer"], nomination=one, reason="No")


def test_a_nomination_is_handed_to_an_organisation_that_has_people(world: World) -> None:
    it = nominating.draft_from(actor=world["other:officer"], nomination=nominate(world), owner="northwick-council")
    assert it.owner == world.bodies["owner"]
    assert list(queries.drafts_of(world["owner:member"])) == [it]
    with pytest.raises(NotFound):
        queries.get(world["other:officer"], it.reference)
    second = nominate(world, title="Another")
    Mandate.objects.filter(organisation=world.bodies["partner"]).exclude(role="scrutiny").update(
        valid_to=date(2021, 1, 1)
    )
    for owner, sentence in (
        ("vale-nhs", "Nobody acts for Vale NHS here yet"),
        ("all-councils", "no such organisation"),
        ("x\x00", "no such organisation"),
    ):
        with pytest.raises(Invalid, match=sentence):
            nominating.draft_from(actor=world["other:officer"], nomination=second, owner=owner)
    second.refresh_from_db()
    assert second.status == "new"


def test_a_nomination_is_declined_with_a_reason(world: World) -> None:
    one = nominate(world, area=None, who="", email="")
    with pytest.raises(Invalid):
        nominating.decline_nomination(actor=world["other:officer"], nomination=one, reason="")
    for _click in range(2):
        nominating.decline_nomination(actor=world["other:officer"], nomination=one, reason="Already there")
    assert len(events_of("nomination.handled")) == 1
    with pytest.raises(Conflict, match="not taken up"):
        nominating.draft_from(actor=world["other:officer"], nomination=one)


@pytest.mark.parametrize(
    "values",
    [
        {"title": ""},
        {"title": "x" * 201},
        {"what": ""},
        {"what": "x" * 2001},
        {"who": "x" * 501},
        {"area": "C9"},
        {"area": "\x00"},
        {"area": 7},
        {"email": "nobody"},
        {"what": "\u202e"},
    ],
)
def test_a_bad_nomination_is_refused(world: World, values: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refused:
        nominate(world, **values)
    assert list(refused.value.errors) == list(values)
    assert not Nomination.objects.exists()
