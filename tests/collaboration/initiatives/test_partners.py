"""An organisation's own answer, and asking to join."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from collaboration.initiatives import queries
from collaboration.initiatives.models import Initiative, JoinAsk, Partner
from collaboration.initiatives.services import partners, registering
from collaboration.initiatives.services.registering import PartnerInput
from groundwork.access.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.collaboration.initiatives.world import World, draft, events_of, partner_of, published


def test_a_partner_confirms_once_however_often_it_says_so(world: World) -> None:
    it = published(world)
    partner = partner_of(it, "vale-nhs")
    assert list(queries.partner_requests_for(world["partner:member"])) == [partner]
    first = partners.confirm(actor=world["partner:lead"], partner=partner)
    again = partners.confirm(actor=world["partner:approver"], partner=partner)
    assert first.answered_at == again.answered_at
    assert again.answered_by == world["partner:lead"].person
    [event] = events_of("partner.confirmed")
    assert event.payload == {
        "initiative_id": it.pk,
        "reference": it.reference,
        "partner_id": partner.pk,
        "organisation_id": world.bodies["partner"].pk,
    }
    assert not queries.partner_requests_for(world["partner:lead"])
    assert Initiative.objects.get(pk=it.pk).version == it.version


@pytest.mark.parametrize("name", ["owner:lead", "other:lead", "partner:member", "partner:scrutiny", "public"])
def test_nobody_else_answers(world: World, name: str) -> None:
    partner = partner_of(published(world), "vale-nhs")
    with pytest.raises(NotAllowed):
        partners.confirm(actor=world[name], partner=partner)
    with pytest.raises(NotAllowed):
        partners.decline(actor=world[name], partner=partner, reason="No")
    partner.refresh_from_db()
    assert partner.confirmation == "asked"


def test_nobody_answers_while_it_is_a_draft(world: World) -> None:
    with pytest.raises(NotFound):
        partners.confirm(actor=world["partner:lead"], partner=partner_of(draft(world), "vale-nhs"))


def test_a_partner_that_is_gone_is_not_found(world: World) -> None:
    partner = partner_of(published(world), "vale-nhs")
    Partner.objects.filter(pk=partner.pk).delete()
    with pytest.raises(NotFound):
        partners.confirm(actor=world["partner:lead"], partner=partner)


def test_a_declined_partner_is_not_shown_and_the_owner_sees_why(world: World) -> None:
    it = published(world)
    partner = partner_of(it, "vale-nhs")
    with pytest.raises(Invalid, match="Enter the reason"):
        partners.decline(actor=world["partner:lead"], partner=partner, reason=" ")
    partners.decline(actor=world["partner:lead"], partner=partner, reason="We only gave advice.")
    partners.decline(actor=world["partner:lead"], partner=partner, reason="Said twice.")
    assert len(events_of("partner.declined")) == 1

    def shown(name: str) -> tuple[list[str], list[str]]:
        seen = queries.detail(world[name], queries.get(world[name], it.reference))
        return [p.organisation.slug for p in seen.partners], [p.declined_reason for p in seen.declined]

    assert shown("public") == (["all-councils", "northwick-council"], [])
    assert shown("other:lead") == (["all-councils", "northwick-council"], [])
    assert shown("owner:member") == (["all-councils", "northwick-council"], ["We only gave advice."])
    for name in ("public", "other:lead"):
        history = queries.history(world[name], queries.get(world[name], it.reference))
        assert "Vale NHS" not in str(history)
        assert "only gave advice" not in str(history)
    assert "only gave advice" in str(queries.history(world["owner:member"], it))


def test_naming_a_declined_partner_again_in_the_form_does_not_overrule_it(world: World) -> None:
    it = published(world)
    partner = partner_of(it, "vale-nhs")
    partners.decline(actor=world["partner:lead"], partner=partner, reason="Not us.")
    for lines in ([PartnerInput(organisation="vale-nhs", role="funder", contribution="Pays")], []):
        it = registering.save_partners(
            actor=world["owner:lead"], initiative=it, version=it.version, lead="southwick-council", partners=lines
        )
        partner.refresh_from_db()
        assert (partner.confirmation, partner.valid_to) == ("declined", None)
    assert len(events_of("partner.asked")) == 2


def test_a_lead_that_declines_leaves_the_record_without_a_lead(world: World) -> None:
    it = published(world)
    partners.decline(actor=world["lead:lead"], partner=partner_of(it, "southwick-council"), reason="Not ours.")
    after = Initiative.objects.get(pk=it.pk)
    assert (after.lead, after.version) == (None, it.version + 1)
    with pytest.raises(NotAllowed):
        registering.save_about(actor=world["lead:lead"], initiative=it, version=None, title="Still mine?")


def test_an_answer_can_be_changed(world: World) -> None:
    partner = partner_of(published(world), "vale-nhs")
    partners.confirm(actor=world["partner:lead"], partner=partner)
    partners.decline(actor=world["partner:lead"], partner=partner, reason="We left.")
    partner = partners.confirm(actor=world["partner:lead"], partner=partner)
    assert (partner.confirmation, partner.declined_reason) == ("confirmed", "")
    assert len(events_of("partner.confirmed", "partner.declined")) == 3


def test_asking_again_waits_a_week(world: World, clock: time_machine.Coordinates) -> None:
    it = published(world)
    partner = partner_of(it, "vale-nhs")
    clock.shift(timedelta(days=6))
    with pytest.raises(Conflict, match="Ask again at 12:00 on 30 November 2026 at the soonest"):
        partners.ask_again(actor=world["owner:member"], partner=partner)
    clock.shift(timedelta(days=1))
    partners.ask_again(actor=world["owner:member"], partner=partner)
    assert [e.payload["again"] for e in events_of("partner.asked") if e.payload["partner_id"] == partner.pk] == [
        False,
        True,
    ]
    partners.confirm(actor=world["partner:lead"], partner=partner)
    with pytest.raises(Conflict, match="has already confirmed"):
        partners.ask_again(actor=world["owner:member"], partner=partner)


def test_a_group_a_draft_and_a_former_partner_are_not_asked(world: World) -> None:
    with pytest.raises(Conflict, match="still a draft"):
        partners.ask_again(actor=world["owner:lead"], partner=partner_of(draft(world), "vale-nhs"))
    it = published(world, title="Another")
    with pytest.raises(Conflict, match="group of organisations"):
        partners.ask_again(actor=world["owner:lead"], partner=partner_of(it, "all-councils"))
    former = partner_of(it, "vale-nhs")
    registering.save_partners(
        actor=world["owner:lead"], initiative=it, version=it.version, lead="southwick-council", partners=[]
    )
    with pytest.raises(Conflict, match="no longer named"):
        partners.ask_again(actor=world["owner:lead"], partner=former)
    with pytest.raises(NotAllowed, match="no longer named"):
        partners.confirm(actor=world["partner:lead"], partner=former)


def test_asking_to_join_reaches_the_lead_once(world: World) -> None:
    it = published(world)
    ask = partners.ask_to_join(actor=world["other:lead"], initiative=it, message="We can lend vans.")
    assert partners.ask_to_join(actor=world["other:member"], initiative=it, message="Again") == ask
    assert len(events_of("join.asked")) == 1
    for name in ("owner:lead", "lead:approver"):
        assert list(queries.join_asks_for(world[name])) == [ask]
    for name in ("owner:member", "other:lead", "partner:lead", "public"):
        assert not queries.join_asks_for(world[name])
    with pytest.raises(Invalid, match="1000 characters"):
        partners.ask_to_join(actor=world["other:lead"], initiative=it, message="x" * 1001)


@pytest.mark.parametrize(("asker", "outcome"), [("other:lead", "confirmed"), ("other:member", "asked")])
def test_an_accepted_organisation_is_a_partner(world: World, asker: str, outcome: str) -> None:
    it = published(world)
    ask = partners.ask_to_join(actor=world[asker], initiative=it)
    answered = partners.answer_join(actor=world["lead:lead"], ask=ask, accept=True, role="delivery")
    partners.answer_join(actor=world["owner:lead"], ask=ask, accept=True, role="delivery")
    assert answered.status == JoinAsk.Status.ACCEPTED
    partner = partner_of(it, "vale-county")
    assert (partner.role, partner.confirmation) == ("delivery", outcome)
    [event] = events_of("join.answered")
    assert event.payload["accepted"] is True
    assert len(events_of("partner.confirmed")) == (1 if outcome == "confirmed" else 0)
    with pytest.raises(Conflict, match="answered already"):
        partners.answer_join(actor=world["lead:lead"], ask=ask, accept=False, reason="Changed my mind")


def test_declining_to_let_in_needs_a_reason_and_they_may_ask_again(world: World) -> None:
    it = published(world)
    ask = partners.ask_to_join(actor=world["other:lead"], initiative=it)
    with pytest.raises(Invalid, match="Enter the reason"):
        partners.answer_join(actor=world["owner:lead"], ask=ask, accept=False)
    partners.answer_join(actor=world["owner:lead"], ask=ask, accept=False, reason="Full for now.")
    assert not it.partners.filter(organisation=world.bodies["other"]).exists()
    assert partners.ask_to_join(actor=world["other:lead"], initiative=it) != ask


@pytest.mark.parametrize("values", [{"role": "lead"}, {"role": "boss"}, {"reason": "x" * 501}, {"reason": "\x00"}])
def test_a_bad_answer_is_refused(world: World, values: dict[str, Any]) -> None:
    ask = partners.ask_to_join(actor=world["other:lead"], initiative=published(world))
    with pytest.raises(Invalid):
        partners.answer_join(actor=world["owner:lead"], ask=ask, accept=True, **values)
    ask.refresh_from_db()
    assert ask.status == "waiting"


def test_a_declined_partner_that_asks_to_join_takes_up_its_place_again(world: World) -> None:
    it = published(world)
    partner = partner_of(it, "vale-nhs")
    partners.decline(actor=world["partner:lead"], partner=partner, reason="Not yet.")
    ask = partners.ask_to_join(actor=world["partner:lead"], initiative=it)
    partners.answer_join(actor=world["owner:lead"], ask=ask, accept=True, role="funder")
    partner.refresh_from_db()
    assert (partner.confirmation, partner.declined_reason) == ("confirmed", "")
    assert it.partners.filter(organisation=world.bodies["partner"], valid_to=None).count() == 1
