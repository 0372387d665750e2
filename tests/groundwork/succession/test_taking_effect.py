"""What a succession does on its day, and that it does nothing before it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from groundwork.access.actors import PersonActor
from groundwork.access.errors import Conflict, Invalid, NotAllowed
from groundwork.access.rules import can
from groundwork.accounts.services import tokens
from groundwork.audit.models import AuditEntry
from groundwork.directory import services as directory
from groundwork.directory.models import FormerAddress, JoinRequest, Mandate, Organisation, OrganisationName
from groundwork.directory.queries import actor_for, find_organisation, mandates_in_force, present_slug
from groundwork.succession import queries, services
from groundwork.succession.models import Predecessor, Succession
from tests.groundwork.directory.town import Town, acting, somebody
from tests.groundwork.succession.planned import AFTER, DAY, SYSTEM, beat, merged, new, plan, taken_apart

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(clock: Any) -> Town:
    return Town()


@pytest.fixture
def officer(town: Town) -> PersonActor:
    return acting(town.convening, "officer", "Olive Officer")


def test_a_merger_ends_who_is_replaced_and_begins_who_follows(town: Town, officer: PersonActor, clock: Any) -> None:
    lead = acting(town.council, "lead", "Lena Lead")
    merged(officer, town.council, town.charity)
    beat(datetime(2028, 3, 31, 22, 59, tzinfo=UTC))
    assert not Organisation.objects.filter(slug="north-vale-council").exists()
    # Midnight in London is eleven in the evening in UTC: the day begins on the place's own clock.
    beat(datetime(2028, 3, 31, 23, 0, tzinfo=UTC))
    clock.move_to(AFTER)
    made = Organisation.objects.get(slug="north-vale-council")
    for body in (town.council, town.charity):
        body.refresh_from_db()
        assert (body.valid_to, body.status) == (DAY, "closed")
        assert list(body.successors.all()) == [made]
    assert made.valid_from == DAY
    [mandate] = mandates_in_force([made])
    assert (mandate.person, mandate.role, mandate.valid_from) == (lead.person, "lead", DAY)
    assert not mandates_in_force([town.council]).exists()
    assert find_organisation("North Vale Council") == made
    assert find_organisation("Northwick Council") in (None, town.council)


def test_whoever_acted_for_the_old_body_acts_for_its_successor(town: Town, officer: PersonActor, clock: Any) -> None:
    lead = acting(town.council, "lead")
    merged(officer, town.council, town.charity)
    beat()
    clock.move_to(AFTER)
    assert lead.mandate is not None
    actor = actor_for(lead.person, mandate_id=lead.mandate.pk)
    assert actor.organisation is not None
    assert (actor.organisation.slug, actor.role) == ("north-vale-council", "lead")


def test_a_persons_roles_in_two_bodies_become_one(town: Town, officer: PersonActor, clock: Any) -> None:
    both = acting(town.council, "lead")
    second = Mandate.objects.create(
        person=both.person, organisation=town.charity, role="lead", valid_from=date(2021, 1, 1)
    )
    merged(officer, town.council, town.charity)
    beat()
    clock.move_to(AFTER)
    assert mandates_in_force([Organisation.objects.get(slug="north-vale-council")]).count() == 1
    assert actor_for(both.person, mandate_id=second.pk).role == "lead"


def test_tokens_invitations_and_requests_go_on(town: Town, officer: PersonActor, clock: Any) -> None:
    lead = acting(town.council, "lead")
    merged(officer, town.council, town.charity)
    clock.move_to(datetime(2028, 3, 31, 12, tzinfo=UTC))
    token, _secret = tokens.create(actor=lead, name="A program", days=30, scope="read")
    _invitation, secret = directory.invite(
        actor=lead, organisation=town.council, email="new@example.org", role="member"
    )
    asking = acting(None, name="Asker")
    for body in (town.council, town.charity):
        directory.request_to_join(actor=asking, organisation=body)
    beat()
    clock.move_to(AFTER)
    made = Organisation.objects.get(slug="north-vale-council")
    token.refresh_from_db()
    assert token.mandate.organisation == made
    assert directory.look_at_invitation(token=secret).organisation == made
    assert list(JoinRequest.objects.order_by("pk").values_list("organisation", "status")) == [
        (made.pk, "waiting"),
        (town.charity.pk, "declined"),
    ]


def test_it_is_applied_once_however_often_and_late_the_clock_asks(town: Town, officer: PersonActor, clock: Any) -> None:
    acting(town.council, "lead")
    row = merged(officer, town.council, town.charity)
    late = AFTER + timedelta(days=3)
    clock.move_to(late)
    for _again in range(3):
        beat(late)
        services.take_effect(actor=SYSTEM, succession_id=row.pk, at=late)
    row.refresh_from_db()
    assert (row.status, row.applied_at) == ("applied", late)
    assert AuditEntry.objects.filter(action="succession.apply").count() == 1
    made = Organisation.objects.get(slug="north-vale-council")
    # As from its day, not from when somebody got round to it.
    assert made.valid_from == DAY
    assert Mandate.objects.filter(organisation=made).get().valid_from == DAY


def test_nothing_is_applied_before_its_day_and_by_nobody_by_hand(town: Town, officer: PersonActor) -> None:
    row = merged(officer, town.council, town.charity)
    with pytest.raises(Conflict):
        services.take_effect(actor=SYSTEM, succession_id=row.pk, at=datetime(2028, 3, 31, 12, tzinfo=UTC))
    with pytest.raises(NotAllowed):
        services.take_effect(actor=officer, succession_id=row.pk, at=AFTER)


def test_a_cancelled_plan_changes_nothing(town: Town, officer: PersonActor, clock: Any) -> None:
    before = list(Organisation.objects.order_by("pk").values())
    row = merged(officer, town.council, town.charity)
    services.cancel(actor=officer, succession=row, reason="The order was not made")
    beat()
    assert list(Organisation.objects.order_by("pk").values()) == before
    with pytest.raises(Conflict, match="cancelled"):
        services.cancel(actor=officer, succession=row, reason="Again")


def test_what_has_taken_effect_is_not_changed_any_more(town: Town, officer: PersonActor, clock: Any) -> None:
    row = merged(officer, town.council, town.charity)
    beat()
    clock.move_to(AFTER)
    with pytest.raises(Conflict, match="has taken effect"):
        services.cancel(actor=officer, succession=row, reason="Too late")
    with pytest.raises(Conflict, match="has taken effect"):
        services.add_successor(actor=officer, succession=row, version=None, new=new("Another"))


def test_what_cannot_take_effect_says_why_and_does_when_it_is_put_right(
    town: Town, officer: PersonActor, clock: Any
) -> None:
    row = merged(officer, town.council)
    beat()
    clock.move_to(AFTER)
    row.refresh_from_db()
    assert row.is_planned
    assert "two or more" in row.problem
    assert queries.is_late(row)
    services.add_predecessor(
        actor=officer, succession=row, version=None, slug=town.charity.slug, goes_to=[row.successors.get().pk]
    )
    beat(AFTER + timedelta(minutes=1))
    row.refresh_from_db()
    assert (row.status, row.problem) == ("applied", "")


def test_a_renamed_body_stays_itself_and_dates_its_names(town: Town, officer: PersonActor, clock: Any) -> None:
    OrganisationName.objects.create(
        organisation=town.council, name="Northwick Council", folded="northwick council", kind="official"
    )
    lead = acting(town.council, "lead")
    row = plan(officer, "rename")
    services.add_successor(
        actor=officer, succession=row, version=None, existing=town.council.slug, new=new("Northwick City Council")
    )
    beat()
    clock.move_to(AFTER)
    town.council.refresh_from_db()
    assert (town.council.name, town.council.slug) == ("Northwick City Council", "northwick-city-council")
    assert town.council.name_on(DAY - timedelta(days=1)) == "Northwick Council"
    assert town.council.name_on(DAY) == "Northwick City Council"
    assert present_slug("northwick-council", "organisation") == "northwick-city-council"
    assert find_organisation("Northwick Council") == town.council
    assert list(mandates_in_force([town.council]).values_list("person", flat=True)) == [lead.person.pk]
    # And back: the old address is its own again, and both stretches of the first name are known.
    again = plan(officer, "rename", day=date(2029, 4, 1))
    services.add_successor(
        actor=officer, succession=again, version=None, existing="northwick-city-council", new=new("Northwick Council")
    )
    later = datetime(2029, 4, 2, tzinfo=UTC)
    beat(later)
    clock.move_to(later)
    town.council.refresh_from_db()
    assert town.council.slug == "northwick-council"
    assert [town.council.name_on(date(year, 6, 1)) for year in (2027, 2028, 2029)] == [
        "Northwick Council",
        "Northwick City Council",
        "Northwick Council",
    ]
    assert list(FormerAddress.objects.values_list("slug", flat=True)) == ["northwick-city-council"]


def test_a_split_gives_by_hand_or_to_the_first(town: Town, officer: PersonActor, clock: Any) -> None:
    one, two = acting(town.council, "lead", "Ada"), acting(town.council, "member", "Ben")
    row, heirs = taken_apart(
        officer,
        "split",
        {town.council.slug: ["East", "West"]},
        {"East": {"new": new("East Council")}, "West": {"new": new("West Council")}},
        of="organisation",
    )
    assert one.mandate is not None
    services.pick(
        actor=officer,
        succession=row,
        noun="people",
        predecessor=Predecessor.objects.get().pk,
        choices={str(one.mandate.pk): heirs["West"].pk},
    )
    [counted] = [each for each in queries.preview(row) if each.mover.noun == "people"]
    assert (counted.number, counted.by_successor) == (2, {heirs["West"].pk: 1, heirs["East"].pk: 1})
    beat()
    clock.move_to(AFTER)
    assert actor_for(one.person).organisation == Organisation.objects.get(slug="west-council")
    assert actor_for(two.person).organisation == Organisation.objects.get(slug="east-council")
    row.refresh_from_db()
    assert row.moved == {"people": 2}


def test_when_the_convening_body_is_replaced_its_officers_go_on(town: Town, officer: PersonActor, clock: Any) -> None:
    merged(officer, town.convening, town.council)
    beat()
    clock.move_to(AFTER)
    town.place.refresh_from_db()
    assert town.place.convening_organisation is not None
    assert town.place.convening_organisation.slug == "north-vale-council"
    assert officer.mandate is not None
    assert actor_for(officer.person, mandate_id=officer.mandate.pk).is_officer


def test_a_body_that_takes_over_goes_on(town: Town, officer: PersonActor, clock: Any) -> None:
    acting(town.charity, "lead")
    row = plan(officer, "take_over")
    heir = services.add_successor(actor=officer, succession=row, version=None, existing=town.council.slug)
    services.add_predecessor(actor=officer, succession=row, version=None, slug=town.charity.slug, goes_to=[heir.pk])
    beat()
    clock.move_to(AFTER)
    town.council.refresh_from_db()
    assert (town.council.status, town.council.valid_to) == ("active", None)
    assert mandates_in_force([town.council]).count() == 1


def test_a_part_that_is_split_off_takes_only_what_it_is_given(town: Town, officer: PersonActor, clock: Any) -> None:
    one, two = acting(town.council, "lead", "Ada"), acting(town.council, "member", "Ben")
    row, heirs = taken_apart(
        officer,
        "split",
        {town.council.slug: ["Stays", "Goes"]},
        {"Stays": {"existing": town.council.slug}, "Goes": {"new": new("Goes Council")}},
        of="organisation",
    )
    assert two.mandate is not None
    services.pick(
        actor=officer,
        succession=row,
        noun="people",
        predecessor=Predecessor.objects.get().pk,
        choices={str(two.mandate.pk): heirs["Goes"].pk},
    )
    assert [each.number for each in queries.preview(row)] == [1]
    beat()
    clock.move_to(AFTER)
    town.council.refresh_from_db()
    assert town.council.status == "active"
    assert actor_for(one.person).organisation == town.council
    assert actor_for(two.person).organisation == Organisation.objects.get(slug="goes-council")


def test_only_officers_plan_and_the_concerned_and_later_everybody_read(town: Town, officer: PersonActor) -> None:
    row = merged(officer, town.council, town.charity)
    concerned, other, public = acting(town.council, "member"), acting(town.convening, "member"), acting(None)
    assert not can(concerned, "succession.plan")
    seen = {True: officer, False: other}
    for expected, actor in seen.items():
        assert bool(can(actor, "succession.view", row)) is expected
    assert can(concerned, "succession.view", row)
    assert not can(public, "succession.view", row)
    services.change(
        actor=officer,
        succession=row,
        version=None,
        title=row.title,
        reason=row.reason,
        effective_on=row.effective_on,
        is_announced=True,
    )
    row.refresh_from_db()
    assert can(public, "succession.view", row)
    # The set-wise twin says the same of each of them in every state.
    for state in ("announced", "hidden", "cancelled", "applied"):
        Succession.objects.update(
            is_announced=state != "hidden",
            status={"cancelled": "cancelled", "applied": "applied"}.get(state, "planned"),
            applied_at=AFTER if state == "applied" else None,
        )
        row.refresh_from_db()
        for each in (officer, concerned, other, public, SYSTEM):
            assert queries.visible_to(each).filter(pk=row.pk).exists() is bool(can(each, "succession.view", row)), (
                state,
                each,
            )


def test_mistakes_are_told_in_sentences(town: Town, officer: PersonActor) -> None:
    with pytest.raises(Invalid, match="future"):
        plan(officer, day=date(2026, 11, 23))
    row = plan(officer)
    assert services.problems_of(row) == ["Say who takes over.", "Say who is replaced."]
    with pytest.raises(Invalid, match="group of organisations"):
        services.add_successor(actor=officer, succession=row, version=None, existing=town.group.slug)
    with pytest.raises(Invalid, match="does not exist any more"):
        services.add_successor(actor=officer, succession=row, version=None, existing=town.closed.slug)
    heir = services.add_successor(actor=officer, succession=row, version=None, new=new("Vale Volunteers"))
    services.add_predecessor(actor=officer, succession=row, version=None, slug=town.council.slug, goes_to=[heir.pk])
    assert any("belongs to somebody else" in sentence for sentence in services.problems_of(row))
    row.refresh_from_db()
    with pytest.raises(Conflict, match="after you opened it"):
        services.remove_successor(actor=officer, succession=row, version=row.version - 1, successor=heir.pk)
    other = plan(officer)
    second = services.add_successor(actor=officer, succession=other, version=None, new=new("Another"))
    with pytest.raises(Conflict, match="another plan"):
        services.add_predecessor(
            actor=officer, succession=other, version=None, slug=town.council.slug, goes_to=[second.pk]
        )
    with pytest.raises(NotAllowed):
        plan(acting(town.council, "lead"))


def test_what_a_preview_asks_does_not_grow_with_what_there_is(town: Town, officer: PersonActor) -> None:
    row = merged(officer, town.council, town.charity)
    counts = []
    for many in (1, 3):
        for _each in range(many):
            acting(town.council, "member")
        with CaptureQueriesContext(connection) as asked:
            queries.preview(row)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_somebody_of_no_body_is_nobodys_concern(town: Town, officer: PersonActor) -> None:
    row = merged(officer, town.council, town.charity)
    assert not queries.visible_to(PersonActor(who=somebody())).filter(pk=row.pk).exists()
