"""Granting, inviting, asking to join and ending."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from groundwork.access.actors import Actor, PersonActor, Public
from groundwork.access.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound
from groundwork.access.rules import can
from groundwork.accounts.models import Person
from groundwork.audit.queries import history_of
from groundwork.directory import services
from groundwork.directory.models import Invitation, JoinRequest, Mandate
from groundwork.directory.queries import actor_for, current_mandates, people_of, waiting_join_requests
from groundwork.events.models import OutboxEvent
from tests.groundwork.directory.town import SYSTEM, Town, acting, at_once, somebody


@pytest.fixture
def town(db: None) -> Town:
    return Town()


def events() -> list[str]:
    return list(OutboxEvent.objects.order_by("id").values_list("name", flat=True))


# Inviting -------------------------------------------------------------------------------------------------------------


def test_an_invitation_becomes_an_account_and_a_mandate(town, clock):
    lead = acting(town.council)
    invitation, token = services.invite(actor=lead, organisation=town.council, email=" New@Example.org", role="member")
    assert invitation.email == "new@example.org"
    assert invitation.expires_at - invitation.created_at == timedelta(days=14)
    mandate = services.accept_invitation(actor=Public(), token=token, name="Mo Achebe")
    assert (mandate.organisation, mandate.role, mandate.valid_from) == (town.council, "member", date(2026, 11, 23))
    assert mandate.granted_by == lead.who
    assert mandate.person.emailaddress_set.get().verified
    assert events() == ["person.invited", "mandate.granted", "person.joined"]
    assert history_of(invitation).filter(action="person.invite", organisation=town.council).exists()


def test_the_token_is_256_bits_and_is_stored_nowhere(town, clock):
    invitation, token = services.invite(
        actor=acting(town.council), organisation=town.council, email="new@example.org", role="member"
    )
    assert len(bytes.fromhex(token)) == 32
    kept = [str(v) for row in Invitation.objects.values() for v in row.values()]
    kept += [str(v) for row in OutboxEvent.objects.values() for v in row.values()]
    assert token not in " ".join(kept)
    # A mail that is made twice holds the same link, and it is the one that works.
    fresh = Invitation.objects.get(pk=invitation.pk)
    assert services.invitation_link(fresh) == services.invitation_link(invitation)
    assert services.invitation_link(fresh).endswith(f"/invitations/{token}/")


def test_used_revoked_expired_replaced_and_unknown_are_refused_with_one_sentence(town, clock):
    lead = acting(town.council)

    def invite(email: str) -> tuple[Invitation, str]:
        return services.invite(actor=lead, organisation=town.council, email=email, role="member")

    _used, used = invite("used@example.org")
    services.accept_invitation(actor=Public(), token=used, name="Used Once")
    revoked_row, revoked = invite("revoked@example.org")
    services.revoke_invitation(actor=lead, invitation=revoked_row)
    _first, replaced = invite("twice@example.org")
    clock.shift(1)
    invite("twice@example.org")
    _old, expired = invite("late@example.org")
    clock.shift(timedelta(days=14))
    _closing, closing = services.invite(
        actor=SYSTEM, organisation=town.charity, email="closing@example.org", role="member"
    )
    town.charity.status = "closed"
    town.charity.save()
    sentences = set()
    for token in (used, revoked, replaced, expired, closing, "never", "", "\x00", "x" * 9999):
        with pytest.raises(Invalid) as refused:
            services.look_at_invitation(token=token)
        sentences.add(refused.value.message)
        with pytest.raises(Invalid) as refused:
            services.accept_invitation(actor=Public(), token=token, name="Somebody")
        sentences.add(refused.value.message)
    assert len(sentences) == 1
    assert Mandate.objects.filter(person__email__in=["late@example.org", "revoked@example.org"]).count() == 0


def test_it_is_accepted_by_its_own_address_only(town, clock):
    lead = acting(town.council)
    _row, token = services.invite(actor=lead, organisation=town.council, email="new@example.org", role="lead")
    with pytest.raises(NotAllowed, match="another address"):
        services.accept_invitation(actor=acting(town.charity), token=token)
    known = somebody(email="new@example.org")
    with pytest.raises(NotAllowed, match="Sign in"):
        services.accept_invitation(actor=Public(), token=token, name="An Impostor")
    assert services.accept_invitation(actor=PersonActor(who=known), token=token).person == known


@pytest.mark.django_db(transaction=True)
def test_of_twenty_at_once_one_accepts():
    town = Town()
    _row, token = services.invite(actor=SYSTEM, organisation=town.council, email="new@example.org", role="member")
    got = at_once(20, lambda _n: services.accept_invitation(actor=Public(), token=token, name="Mo"))
    assert sum(isinstance(one, Mandate) for one in got) == 1
    assert all(isinstance(one, Mandate | DomainError) for one in got), got
    assert Mandate.objects.count() == Person.objects.count() == 1


@pytest.mark.parametrize(("role", "field"), [("officer", "role"), ("king", "role"), ("", "role")])
def test_roles_that_do_not_exist_here(town, role, field):
    with pytest.raises(Invalid) as refused:
        services.invite(actor=acting(town.council), organisation=town.council, email="a@example.org", role=role)
    assert field in refused.value.errors


def test_officers_exist_in_the_convening_organisation(town):
    officer = acting(town.convening, "officer")
    _row, token = services.invite(actor=officer, organisation=town.convening, email="a@example.org", role="officer")
    assert services.accept_invitation(actor=Public(), token=token, name="A").role == "officer"


def test_nobody_is_invited_to_a_role_they_hold(town, clock):
    lead = acting(town.council)
    with pytest.raises(Conflict, match="already acts"):
        services.invite(actor=lead, organisation=town.council, email=lead.who.email, role="lead")


def test_only_leads_invite(town):
    for actor, sees in (
        (acting(town.council, "member"), True),
        (acting(town.council, "approver"), True),
        (acting(town.council, "scrutiny"), True),
        (acting(town.charity, "lead"), True),
        (acting(None), True),
        (Public(), True),
    ):
        acting(town.council, "lead")
        with pytest.raises(NotAllowed) as refused:
            services.invite(actor=actor, organisation=town.council, email="a@example.org", role="member")
        assert refused.value.message.endswith(".")
        assert sees
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("which", ["group", "closed"])
def test_groups_and_closed_organisations_have_no_people(town, which):
    organisation = getattr(town, which)
    with pytest.raises(NotAllowed):
        services.invite(actor=SYSTEM, organisation=organisation, email="a@example.org", role="lead")
    with pytest.raises(NotAllowed):
        services.request_to_join(actor=acting(None), organisation=organisation)


# The first lead -------------------------------------------------------------------------------------------------------


def test_officers_decide_for_an_organisation_without_a_lead_and_only_then(town, clock):
    officer = acting(town.convening, "officer")
    asker = acting(None, name="First Lead")
    asked = services.request_to_join(actor=asker, organisation=town.council, message="I lead here")
    assert list(waiting_join_requests(officer)) == [asked]
    services.decide_join_request(actor=officer, join_request=asked, approve=True, role="lead")
    assert current_mandates(asker.who).get().role == "lead"
    second = services.request_to_join(actor=acting(None), organisation=town.council)
    assert list(waiting_join_requests(officer)) == []
    with pytest.raises(NotAllowed, match="has a lead"):
        services.decide_join_request(actor=officer, join_request=second, approve=True)


def test_a_lead_whose_account_is_closed_is_no_lead(town):
    lead, officer = acting(town.council), acting(town.convening, "officer")
    assert not can(officer, "organisation.invite", town.council)
    lead.who.is_active = False
    lead.who.save()
    assert can(officer, "organisation.invite", town.council)


# Asking to join -------------------------------------------------------------------------------------------------------


def test_a_request_is_answered_once(town, clock):
    lead, asker = acting(town.council), acting(None)
    asked = services.request_to_join(actor=asker, organisation=town.council, message="I run the parks")
    with pytest.raises(Conflict):
        services.request_to_join(actor=asker, organisation=town.council)
    decided = services.decide_join_request(actor=lead, join_request=asked, approve=True, role="approver")
    assert (decided.status, decided.decided_by) == ("approved", lead.who)
    assert current_mandates(asker.who).get().role == "approver"
    with pytest.raises(Conflict):
        services.decide_join_request(actor=lead, join_request=asked, approve=False, reason="No")
    with pytest.raises(Conflict, match="already act"):
        services.request_to_join(actor=asker, organisation=town.council)
    assert events() == ["join_request.made", "mandate.granted", "join_request.decided"]


def test_declining_needs_a_reason_and_gives_nothing(town, clock):
    lead, asker = acting(town.council), acting(None)
    asked = services.request_to_join(actor=asker, organisation=town.council)
    with pytest.raises(Invalid) as refused:
        services.decide_join_request(actor=lead, join_request=asked, approve=False, reason="  ")
    assert "reason" in refused.value.errors
    services.decide_join_request(actor=lead, join_request=asked, approve=False, reason="You work elsewhere")
    assert not current_mandates(asker.who).exists()
    # And one may ask again.
    assert services.request_to_join(actor=asker, organisation=town.council).status == "waiting"


@pytest.mark.django_db(transaction=True)
def test_two_leads_answer_at_once():
    town = Town()
    asked = services.request_to_join(actor=acting(None), organisation=town.council)
    leads = [acting(town.council) for _each in range(6)]
    got = at_once(
        6,
        lambda n: services.decide_join_request(
            actor=leads[n], join_request=asked, approve=n % 2 == 0, reason="Because"
        ),
    )
    assert sum(isinstance(one, JoinRequest) for one in got) == 1
    assert sum(isinstance(one, Conflict) for one in got) == 5


@pytest.mark.parametrize("message", ["x" * 1001, "a\x00b", "\x1b[31m"])
def test_messages_that_are_refused(town, message):
    with pytest.raises(Invalid) as refused:
        services.request_to_join(actor=acting(None), organisation=town.council, message=message)
    assert "message" in refused.value.errors


def test_whose_requests_one_may_answer_is_the_same_asked_one_by_one_and_as_a_set(town, clock):
    """The set-wise query and the rule agree, for every role in every organisation."""
    asked = [
        services.request_to_join(actor=acting(None), organisation=organisation)
        for organisation in (town.council, town.charity, town.convening)
    ]
    acting(town.council, "lead")
    own = acting(town.charity, "lead")
    asked.append(JoinRequest.objects.create(person=own.who, organisation=town.convening))
    actors: list[Actor] = [own, Public(), acting(None), SYSTEM]
    actors += [
        acting(organisation, role)
        for organisation in (town.council, town.charity, town.convening)
        for role in Mandate.Role.values
        # Officers exist in the convening organisation only.
        if role != "officer" or organisation == town.convening
    ]
    for actor in actors:
        one_by_one = {a.pk for a in asked if can(actor, "join_request.decide", a)}
        assert set(waiting_join_requests(actor).values_list("pk", flat=True)) == one_by_one, actor


# Ending ---------------------------------------------------------------------------------------------------------------


def test_an_ended_mandate_falls_away_at_once(town, clock):
    lead, member = acting(town.council), acting(town.council, "member")
    services.end_mandate(actor=lead, mandate=member.under)  # type: ignore[arg-type]
    assert not current_mandates(member.who).exists()
    assert actor_for(member.who, mandate_id=member.under.pk).organisation is None  # type: ignore[union-attr]
    assert member.who not in [m.person for m in people_of(lead, town.council)]
    with pytest.raises(Conflict):
        services.end_mandate(actor=lead, mandate=member.under)  # type: ignore[arg-type]
    assert events() == ["mandate.ended"]


def test_who_chose_an_ended_mandate_acts_for_nobody_until_they_choose_again(town, clock):
    member = acting(town.council, "member")
    other = services.grant_mandate(actor=SYSTEM, person=member.who, organisation=town.charity, role="lead")
    chosen = member.under
    assert chosen is not None
    services.end_mandate(actor=member, mandate=chosen)
    assert actor_for(member.who, mandate_id=chosen.pk).organisation is None
    assert actor_for(member.who, mandate_id=other.pk).organisation == town.charity
    assert actor_for(member.who).organisation == town.charity


def test_granted_and_ended_on_one_day_and_granted_again(town, clock):
    person = somebody()
    for _each in range(2):
        mandate = services.grant_mandate(actor=SYSTEM, person=person, organisation=town.council, role="lead")
        assert current_mandates(person).get() == mandate
        services.end_mandate(actor=SYSTEM, mandate=mandate)
        assert not current_mandates(person).exists()


def test_granting_twice_is_granting_once(town, clock):
    person = somebody()
    first = services.grant_mandate(actor=SYSTEM, person=person, organisation=town.council, role="lead")
    assert services.grant_mandate(actor=SYSTEM, person=person, organisation=town.council, role="lead") == first
    assert events() == ["mandate.granted"]


def test_one_may_leave_but_not_send_others_away(town, clock):
    member, colleague = acting(town.council, "member"), acting(town.council, "member")
    with pytest.raises(NotAllowed):
        services.end_mandate(actor=member, mandate=colleague.under)  # type: ignore[arg-type]
    services.end_mandate(actor=member, mandate=member.under)  # type: ignore[arg-type]


def test_others_do_not_even_see_a_mandate(town):
    member = acting(town.council, "member")
    for actor in (acting(town.charity, "lead"), Public(), acting(None)):
        with pytest.raises(NotFound):
            services.end_mandate(actor=actor, mandate=member.under)  # type: ignore[arg-type]


def test_names_of_people_are_for_colleagues_and_officers(town):
    member = acting(town.council, "member")
    assert list(people_of(member, town.council)) == [member.under]
    assert list(people_of(acting(town.convening, "officer"), town.council)) == [member.under]
    for actor in (acting(town.charity, "lead"), Public(), acting(town.convening, "member")):
        with pytest.raises(NotAllowed):
            people_of(actor, town.council)


def test_every_act_names_who_for_whom_and_under_which_mandate(town, clock):
    lead = acting(town.council)
    invitation, _token = services.invite(actor=lead, organisation=town.council, email="a@example.org", role="member")
    services.revoke_invitation(actor=lead, invitation=invitation)
    entries: Any = history_of(invitation)
    assert {e.action for e in entries} == {"person.invite", "person.revoke_invitation"}
    assert all((e.person, e.organisation, e.mandate) == (lead.who, town.council, lead.under) for e in entries)
