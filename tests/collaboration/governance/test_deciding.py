"""The life of a decision: who takes it through, what it must say, and what is refused with which sentence."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from collaboration.governance.checklist import IMPLICATIONS, missing
from collaboration.governance.models import Decision, SeatHolder
from collaboration.governance.queries.voices import tally_of
from collaboration.governance.services import deciding, declaring, voices
from groundwork.access.errors import Conflict, Invalid, NotAllowed, NotFound
from groundwork.audit.queries import history_of
from groundwork.clock import today
from tests.collaboration.governance import ground as grounds
from tests.collaboration.governance.decided import WHOLE, made, opened, proposed
from tests.collaboration.governance.ground import CHAIR, DEPUTY, LEAD, MEMBER, SECRETARY, Ground

pytestmark = pytest.mark.django_db


@pytest.fixture
def ground() -> Ground:
    return grounds.lay()


def test_from_a_proposal_to_a_decision(ground: Ground) -> None:
    decision = opened(ground)
    voices.give(actor=ground[CHAIR], decision=decision, choice="for", reason="At last")
    voices.give(actor=ground[MEMBER], decision=decision, choice="abstain")
    done = deciding.make(actor=ground[CHAIR], decision=decision)
    assert (done.status, done.decided_on) == ("made", today())
    assert tally_of(done).in_words == "Agreed by consensus: 1 for, 0 against, 1 abstains."
    assert tally_of(done).unheard == (ground.world.bodies["owner"].name,)
    assert deciding.make(actor=ground[CHAIR], decision=decision).version == done.version


def test_numbers_follow_each_other(ground: Ground) -> None:
    assert [proposed(ground, title=f"Plan {each}").reference for each in range(3)] == ["D-0001", "D-0002", "D-0003"]


@pytest.mark.parametrize("field", [*IMPLICATIONS, "rationale", "accords"])
def test_nothing_is_made_while_something_is_unsaid(ground: Ground, field: str) -> None:
    decision = opened(ground, **{field: ""})
    voices.give(actor=ground[CHAIR], decision=decision, choice="for")
    assert [task.field for task in missing(decision)] == [field]
    with pytest.raises(Invalid):
        deciding.make(actor=ground[LEAD], decision=decision)
    said: dict[str, Any] = {field: "accords" if field == "accords" else "none"}
    deciding.change(actor=ground[LEAD], decision=decision, version=None, **said)
    assert deciding.make(actor=ground[LEAD], decision=decision).status == "made"


def test_contrary_to_the_strategy_needs_a_reason(ground: Ground) -> None:
    decision = opened(ground, accords="contrary")
    voices.give(actor=ground[CHAIR], decision=decision, choice="for")
    with pytest.raises(Invalid, match="Say why it goes against the strategy"):
        deciding.make(actor=ground[LEAD], decision=decision)
    deciding.change(actor=ground[LEAD], decision=decision, version=None, accords_reason="The law changed.")
    assert deciding.make(actor=ground[LEAD], decision=decision).accords == "contrary"


def test_an_option_is_chosen_where_there_are_options(ground: Ground) -> None:
    decision = opened(ground, options=[{"title": "Wait", "text": ""}, {"title": "Do it", "text": "Now"}])
    assert [task.field for task in missing(decision)] == ["options"]
    chosen: list[dict[str, Any]] = [{"title": "Wait"}, {"title": "Do it", "text": "Now", "chosen": True}]
    decision = deciding.change(actor=ground[LEAD], decision=decision, version=decision.version, options=chosen)
    assert not missing(decision)
    with pytest.raises(Invalid, match="Only one"):
        deciding.change(actor=ground[LEAD], decision=decision, version=None, options=[chosen[1], chosen[1]])


def test_two_people_of_one_organisation_are_one_voice(ground: Ground) -> None:
    decision = opened(ground)
    voices.give(actor=ground[CHAIR], decision=decision, choice="for")
    voices.give(actor=ground[DEPUTY], decision=decision, choice="against", reason="We cannot pay")
    (voice,) = decision.voices.all()
    assert (voice.choice, voice.person) == ("against", ground[DEPUTY].person)
    said = [entry.changes for entry in history_of(decision) if entry.action == "decision.voice"]
    name = ground.world.bodies["partner"].name
    assert said == [{name: ["for", "against: We cannot pay"]}, {name: [None, "for"]}]
    with pytest.raises(Conflict, match="No consensus: 0 for, 1 against"):
        deciding.make(actor=ground[LEAD], decision=decision)
    assert deciding.not_agreed(actor=ground[LEAD], decision=decision).status == "not_made"


def test_who_has_no_vote_has_no_voice(ground: Ground) -> None:
    decision = opened(ground)
    for name in (LEAD, SECRETARY):
        with pytest.raises(NotAllowed, match="seat with a vote"):
            voices.give(actor=ground[name], decision=decision, choice="for")
    with pytest.raises(NotFound):
        voices.give(actor=ground["lead:lead"], decision=decision, choice="for")
    with pytest.raises(Invalid, match="Only organisations with a vote"):
        voices.take_down(actor=ground[SECRETARY], decision=decision, said={ground.world.bodies["lead"].pk: "for"})


def test_an_ended_mandate_is_refused_with_a_sentence(ground: Ground) -> None:
    decision = opened(ground)
    mandate = ground[CHAIR].under
    type(mandate).objects.filter(pk=mandate.pk).update(valid_to=today())
    with pytest.raises(NotAllowed, match=f"Your mandate for .* ended on {today().day} "):
        voices.give(actor=ground[CHAIR], decision=decision, choice="for")
    assert not decision.voices.exists()


def test_a_seat_that_is_left_gives_no_voice_and_an_ended_seat_counts_no_more(ground: Ground) -> None:
    decision = opened(ground)
    voices.give(actor=ground[MEMBER], decision=decision, choice="for")
    SeatHolder.objects.filter(person=ground[CHAIR].person).update(valid_to=today())
    with pytest.raises(NotFound):
        voices.give(actor=ground[CHAIR], decision=Decision.objects.get(pk=decision.pk), choice="for")
    ground.seats["other"].valid_to = today()
    ground.seats["other"].save()
    assert not tally_of(decision).is_carried


def test_the_secretary_writes_down_what_is_said_in_the_room(ground: Ground) -> None:
    decision = opened(ground)
    bodies = ground.world.bodies
    said = {bodies["partner"].pk: "for", bodies["other"].pk: "for"}
    for _twice in range(2):
        voices.take_down(actor=ground[SECRETARY], decision=decision, said=said)
    kept = list(decision.voices.all())
    assert {(v.organisation_id, v.choice, v.person, v.taken_by) for v in kept} == {
        (pk, "for", None, ground[SECRETARY].person) for pk in said
    }
    assert history_of(decision).filter(action="decision.take_voice").count() == 2
    with pytest.raises(NotAllowed):
        voices.take_down(actor=ground[MEMBER], decision=decision, said=said)


def test_words_that_organisations_spoke_on_stay(ground: Ground) -> None:
    decision = opened(ground)
    voices.give(actor=ground[CHAIR], decision=decision, choice="for")
    with pytest.raises(Conflict, match="have given their voice on these words"):
        deciding.change(actor=ground[LEAD], decision=decision, version=None, text="We share two.")
    back = deciding.take_back(actor=ground[LEAD], decision=decision)
    assert not back.voices.exists()
    assert (
        deciding.change(actor=ground[LEAD], decision=back, version=None, text="We share two.").text == "We share two."
    )


def test_a_stale_edit_is_refused(ground: Ground) -> None:
    decision = proposed(ground)
    deciding.change(actor=ground[LEAD], decision=decision, version=decision.version, financial="£4")
    with pytest.raises(Conflict, match="was changed after you opened it"):
        deciding.change(actor=ground[LEAD], decision=decision, version=decision.version, financial="£5")


def test_superseding(ground: Ground) -> None:
    first = made(ground)
    second = deciding.supersede(actor=ground[LEAD], decision=first, title="Two budgets", text="We split.", **WHOLE)
    rival = deciding.supersede(actor=ground[LEAD], decision=first, title="Three budgets", text="We split.", **WHOLE)
    for each in (second, rival):
        deciding.open_for_voices(actor=ground[LEAD], decision=each)
        voices.give(actor=ground[CHAIR], decision=each, choice="for")
    assert Decision.objects.get(pk=first.pk).status == "made"
    deciding.make(actor=ground[LEAD], decision=second)
    first.refresh_from_db()
    assert (first.status, list(first.superseded_by.filter(status="made"))) == ("superseded", [second])
    with pytest.raises(Conflict, match="D-0001 is superseded, so nothing can supersede it"):
        deciding.make(actor=ground[LEAD], decision=rival)


def test_a_chain_never_closes(ground: Ground) -> None:
    first, second = made(ground), made(ground)
    Decision.objects.filter(pk=first.pk).update(supersedes=second)
    Decision.objects.filter(pk=second.pk).update(status="open", supersedes=first)
    with pytest.raises(Conflict, match="not even through others"):
        deciding.make(actor=ground[LEAD], decision=Decision.objects.get(pk=second.pk))


def test_a_review_says_that_it_stands(ground: Ground) -> None:
    decision = made(ground, review_on=today() + timedelta(days=1))
    with pytest.raises(Invalid, match="after today"):
        deciding.review(actor=ground[LEAD], decision=decision, next_on=today())
    again = date(today().year + 1, 3, 1)
    reviewed = deciding.review(actor=ground[LEAD], decision=decision, next_on=again, note="Still right")
    assert (reviewed.review_on, reviewed.reviewed_at is not None) == (again, True)
    with pytest.raises(NotAllowed):
        deciding.review(actor=ground[MEMBER], decision=decision)


def test_resting_and_coming_back(ground: Ground) -> None:
    decision = opened(ground)
    assert deciding.defer(actor=ground[CHAIR], decision=decision, reason="No figures").status_reason == "No figures"
    assert deciding.open_for_voices(actor=ground[CHAIR], decision=decision).status == "open"
    assert deciding.withdraw(actor=ground[CHAIR], decision=decision).status == "withdrawn"
    for act in (deciding.open_for_voices, deciding.make, deciding.defer):
        with pytest.raises(Conflict, match="This decision is withdrawn"):
            act(actor=ground[CHAIR], decision=decision)
    with pytest.raises(Conflict):
        deciding.change(actor=ground[CHAIR], decision=decision, version=None, text="Else")
    with pytest.raises(Conflict, match="is made"):
        deciding.withdraw(actor=ground[CHAIR], decision=made(ground))


def test_an_interest_locks_for_the_person_and_not_for_the_organisation(ground: Ground) -> None:
    decision = opened(ground)
    voices.give(actor=ground[CHAIR], decision=decision, choice="for")
    declaring.declare(actor=ground[CHAIR], decision=decision, kind="pecuniary", text="My firm would build it.")
    assert declaring.is_locked(ground[CHAIR], decision)
    assert not decision.voices.exists()
    for act in (deciding.make, deciding.defer, deciding.withdraw):
        with pytest.raises(NotAllowed, match="You declared an interest"):
            act(actor=ground[CHAIR], decision=decision)
    with pytest.raises(NotAllowed, match="You declared an interest"):
        voices.give(actor=ground[CHAIR], decision=decision, choice="for")
    voices.give(actor=ground[DEPUTY], decision=decision, choice="for")
    assert deciding.make(actor=ground[LEAD], decision=decision).status == "made"


def test_an_interest_in_an_item_locks_its_decisions(ground: Ground) -> None:
    meeting = ground.meeting()
    item = ground.item(meeting)
    decision = opened(ground, item=item)
    declared = declaring.declare(
        actor=ground[SECRETARY],
        item=item,
        person=ground[MEMBER].person,
        organisation=ground.world.bodies["other"],
        kind="personal",
        text="My sister works there.",
    )
    assert declaring.is_locked(ground[MEMBER], item)
    assert declaring.is_locked(ground[MEMBER], decision)
    assert not declaring.is_locked(ground[CHAIR], decision)
    with pytest.raises(NotAllowed):
        declaring.withdraw(actor=ground[MEMBER], declaration=declared)
    declaring.withdraw(actor=ground[SECRETARY], declaration=declared)
    assert not declaring.is_locked(ground[MEMBER], decision)


def test_nothing_is_wider_than_where_it_is_taken(ground: Ground) -> None:
    meeting = ground.meeting(access="public")
    exempt = ground.item(meeting, exempt=True, exempt_reason="Paragraph 3")
    assert proposed(ground).access == "public"
    assert proposed(ground, item=ground.item(meeting)).access == "public"
    decision = proposed(ground, item=exempt)
    assert decision.access == "board"
    with pytest.raises(Invalid, match="cannot be shown to more people"):
        deciding.change(actor=ground[LEAD], decision=decision, version=None, access="public")
