"""Coming in by code, link and invitation; guests who come back, leave and are claimed."""

from __future__ import annotations

import string
from datetime import timedelta

import pytest
import time_machine

from collaboration.workshops import queries, registry, services
from collaboration.workshops.models import CODE_SYMBOLS, Participation, Workshop, WorkshopInvitation
from collaboration.workshops.services.joining import WRONG_JOIN_CODES, WRONG_JOIN_CODES_OVERALL
from groundwork.access.actors import PersonActor, Public
from groundwork.access.errors import Conflict, Invalid, NotAllowed, NotFound
from groundwork.accounts.models import Tries
from groundwork.accounts.services.limits import TooMany
from groundwork.audit.models import AuditEntry
from groundwork.clock import now
from tests.collaboration.workshops.ground import Ground, as_guest, guest, invited, lay, opened, planned

pytestmark = pytest.mark.django_db


@pytest.fixture
def ground(clock: time_machine.Coordinates) -> Ground:
    return lay()


def wrong_codes(*taken: str) -> list[str]:
    """Codes that look right and are not."""
    made = [f"{a}{b}222222" for a in CODE_SYMBOLS for b in CODE_SYMBOLS]
    return [code for code in made if code not in taken]


# By code (S17)


@pytest.mark.parametrize("spoil", [str.lower, lambda c: f" {c[:4]}-{c[4:]} ", lambda c: ".".join(c)])
def test_a_code_is_found_however_it_is_typed(ground: Ground, spoil) -> None:
    it = opened(ground)
    assert services.try_code(code=spoil(it.code), address="192.0.2.1") == it


def test_a_code_opens_an_open_workshop_only(ground: Ground) -> None:
    it = planned(ground)
    refused = set()
    act = {"actor": ground["member"], "workshop": it}
    for step in (None, services.open_workshop, services.report_workshop, services.archive_workshop):
        if step:
            step(**act)
        if step is services.open_workshop:
            services.try_code(code=it.code, address="192.0.2.1")
            continue
        with pytest.raises(NotFound) as error:
            services.try_code(code=it.code, address="192.0.2.1")
        refused.add(error.value.message)
    with pytest.raises(NotFound) as error:
        services.try_code(code="22222222", address="192.0.2.1")
    # What does not exist and what is not open cannot be told apart.
    assert refused == {error.value.message}


@pytest.mark.parametrize("code", ["", "2", "ABCDEFGH\x00", "½" * 8, "x" * 5000, "\ud800" * 8, "%" * 8])
def test_what_cannot_be_a_code_counts_like_a_wrong_one(ground: Ground, code: str) -> None:
    with pytest.raises(NotFound):
        services.try_code(code=code, address="192.0.2.1")
    assert Tries.objects.count() == 2


def test_no_more_wrong_codes_are_looked_at_than_agreed(ground: Ground, clock: time_machine.Coordinates) -> None:
    it = opened(ground)
    codes = iter(wrong_codes(it.code))
    for _ in range(WRONG_JOIN_CODES.times):
        with pytest.raises(NotFound):
            services.try_code(code=next(codes), address="192.0.2.1")
    for code in (next(codes), it.code):
        # Not even the right one: it would tell that it is right.
        with pytest.raises(TooMany):
            services.try_code(code=code, address="192.0.2.1")
    services.try_code(code=it.code, address="192.0.2.2")
    clock.shift(timedelta(seconds=WRONG_JOIN_CODES.seconds + 1))
    services.try_code(code=it.code, address="192.0.2.1")


def test_guessing_from_many_addresses_ends_as_well(ground: Ground) -> None:
    it = opened(ground)
    looked_at = 0
    for number, code in enumerate(wrong_codes(it.code) * 2):
        try:
            services.try_code(code=code, address=f"198.51.{number // 250}.{number % 250}")
        except TooMany:
            break
        except NotFound:
            looked_at += 1
    assert looked_at == WRONG_JOIN_CODES_OVERALL.times


def test_a_hall_of_phones_behind_one_address_gets_in(ground: Ground) -> None:
    it = opened(ground)
    for number in range(100):
        found = services.try_code(code=it.code, address="203.0.113.7")
        guest(found, f"Phone {number}")
    assert queries.heads(it).admitted == 101
    assert all(row.moments == [] for row in Tries.objects.all())


def test_codes_have_symbols_that_nobody_reads_wrongly(ground: Ground) -> None:
    assert len(CODE_SYMBOLS) == 31
    assert not set("01ILO") & set(CODE_SYMBOLS)
    assert set(CODE_SYMBOLS) < set(string.ascii_uppercase + string.digits)


# By link


def test_a_link_is_of_one_workshop_and_can_be_renewed(ground: Ground, settings) -> None:
    it, other = opened(ground), opened(ground, "nurse")
    token = queries.link_token(it)
    assert len(token) == 22
    assert queries.is_link(it, token)
    assert not queries.is_link(other, token)
    assert not queries.is_link(it, "")
    assert not queries.is_link(it, "é" * 22)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-secret" * 5
    assert queries.is_link(it, token)
    it = services.renew_link(actor=ground["member"], workshop=it)
    assert not queries.is_link(it, token)
    assert queries.is_link(it, queries.link_token(it))


# As a guest


def test_a_guest_comes_back_with_what_the_browser_holds(ground: Ground) -> None:
    it, other = opened(ground), opened(ground, "nurse")
    first = guest(it, "Sam", organisation_name="vale hospital", email="SAM@example.org")
    own = first.participation
    assert (own.name, own.organisation, own.email, own.role) == (
        "Sam",
        ground.hospital,
        "sam@example.org",
        "participant",
    )
    assert queries.participation_for(it, guest_secret=first.guest_secret) == own
    again = guest(it, "Somebody else", guest_secret=first.guest_secret)
    assert (again.participation.pk, again.is_new, again.participation.name) == (own.pk, False, "Sam")
    # One secret, but nobody can tell from what is kept that it is the same browser.
    there = guest(other, "Sam", guest_secret=first.guest_secret)
    assert there.guest_secret == first.guest_secret
    assert there.participation.guest_digest != own.guest_digest
    assert there.participation.key != own.key
    kept = str(list(Participation.objects.values())) + str(list(AuditEntry.objects.values()))
    assert first.guest_secret not in kept
    assert first.return_token not in kept


def test_a_guest_may_stay_anonymous_and_otherwise_says_a_name(ground: Ground) -> None:
    it = opened(ground)
    assert guest(it, "ignored", anonymous=True).participation.name == ""
    for name in ("", "   ", "\u200b"):
        with pytest.raises(Invalid) as refused:
            guest(it, name)
        assert list(refused.value.errors) == ["name"]


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"name": "a\u202eb"}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"email": "nobody"}, "email"),
        ({"organisation": "no-such-body"}, "organisation"),
        ({"organisation_name": "a\x00"}, "organisation"),
    ],
)
def test_what_a_guest_says_is_looked_at(ground: Ground, given: dict, wrong: str) -> None:
    it = opened(ground)
    with pytest.raises(Invalid) as refused:
        guest(it, **given)
    assert list(refused.value.errors) == [wrong]
    assert queries.participants(it).count() == 1


def test_the_lobby_waits_and_lets_in(ground: Ground) -> None:
    it = opened(ground, has_lobby=True)
    joined = guest(it)
    assert joined.participation.status == "waiting"
    assert queries.joining_state(it, joined.participation) == "waiting"
    with pytest.raises(NotAllowed):
        services.admit(actor=as_guest(joined), participation=joined.participation)
    with pytest.raises(NotFound):
        services.admit(actor=ground["porter"], participation=joined.participation)
    own = services.admit(actor=ground["member"], participation=joined.participation)
    assert queries.joining_state(it, own) == "in"
    more = [guest(it, name) for name in ("A", "B")]
    assert services.admit_all(actor=ground["member"], workshop=it) == len(more)


def test_a_lock_keeps_new_people_out_and_nobody_else(ground: Ground) -> None:
    it = opened(ground)
    before, gone = guest(it, "Before"), guest(it, "Gone")
    services.leave(actor=as_guest(gone), participation=gone.participation)
    it = services.lock(actor=ground["member"], workshop=it)
    assert queries.joining_state(it, None) == "locked"
    with pytest.raises(Conflict):
        guest(it, "After")
    assert not guest(it, guest_secret=before.guest_secret).is_new
    assert services.return_with(token=gone.return_token).participation.status == "admitted"
    person = services.join(actor=ground["member"], workshop=it)
    assert person.participation.role == "facilitator"
    services.unlock(actor=ground["member"], workshop=it)
    guest(it, "After")


def test_whoever_was_removed_stays_out(ground: Ground) -> None:
    it = opened(ground)
    joined = guest(it)
    services.remove(actor=ground["member"], participation=joined.participation)
    with pytest.raises(NotAllowed):
        guest(it, guest_secret=joined.guest_secret)
    with pytest.raises(NotFound):
        services.return_with(token=joined.return_token)
    own = queries.participation_for(it, guest_secret=joined.guest_secret)
    assert queries.joining_state(it, own) == "removed"
    services.admit(actor=ground["member"], participation=own)
    assert not guest(it, guest_secret=joined.guest_secret).is_new


def test_leaving_frees_the_browser_and_keeps_the_way_back(ground: Ground) -> None:
    it = opened(ground)
    joined = guest(it, "Sam")
    services.leave(actor=as_guest(joined), participation=joined.participation)
    assert queries.participation_for(it, guest_secret=joined.guest_secret) is None
    next_one = guest(it, "Next", guest_secret=joined.guest_secret)
    assert next_one.is_new
    back = services.return_with(token=joined.return_token)
    assert back.participation.pk == joined.participation.pk
    assert back.guest_secret != joined.guest_secret


def test_another_phone_takes_the_place_over(ground: Ground) -> None:
    it = opened(ground)
    joined, anew = guest(it, "Sam"), guest(it, "Sam again")
    back = services.return_with(token=joined.return_token, guest_secret=anew.guest_secret)
    assert back.guest_secret == anew.guest_secret
    assert queries.participation_for(it, guest_secret=anew.guest_secret) == joined.participation
    assert queries.participation_for(it, guest_secret=joined.guest_secret) is None
    services.return_with(token=joined.return_token, guest_secret=anew.guest_secret)
    assert Participation.objects.get(pk=anew.participation.pk).status == "left"


def test_a_guest_is_claimed_by_whoever_holds_the_browser(ground: Ground) -> None:
    it = opened(ground)
    joined = guest(it, "Nora")
    act = {"actor": ground["nurse"], "participation": joined.participation}
    for secret in ("", "x" * 43):
        with pytest.raises(NotAllowed):
            services.claim(**act, guest_secret=secret)
    own = services.claim(**act, guest_secret=joined.guest_secret)
    assert (own.person, own.key) == (ground["nurse"].person, joined.participation.key)
    assert services.claim(**act, guest_secret=joined.guest_secret).pk == own.pk
    assert queries.participation_for(it, guest_secret=joined.guest_secret) is None
    with pytest.raises(NotFound):
        services.return_with(token=joined.return_token)
    second = guest(it, "Nora too")
    with pytest.raises(Conflict):
        services.claim(actor=ground["nurse"], participation=second.participation, guest_secret=second.guest_secret)


def test_nobody_acts_for_another_guest(ground: Ground) -> None:
    it = opened(ground)
    one, other = guest(it, "One"), guest(it, "Other")
    for act in (services.leave, lambda **a: services.rename(**a, name="X"), services.give_feedback):
        with pytest.raises(NotAllowed):
            act(actor=as_guest(one), participation=other.participation)
    services.rename(actor=ground["member"], participation=other.participation, name="Tidy")


def test_a_person_joins_once_under_their_mandate(ground: Ground) -> None:
    it = opened(ground)
    first = services.join(actor=ground["nurse"], workshop=it)
    assert (first.participation.mandate, first.participation.organisation) == (ground["nurse"].mandate, ground.hospital)
    assert (first.participation.name, first.guest_secret, first.return_token) == ("Nurse", "", "")
    assert not services.join(actor=ground["nurse"], workshop=it).is_new
    assert not AuditEntry.objects.filter(changes__icontains="Nurse").exists()


def test_nobody_joins_what_is_not_open(ground: Ground) -> None:
    it = planned(ground)
    with pytest.raises(Conflict):
        guest(it)
    assert queries.joining_state(it, None) == "not_open"
    services.open_workshop(actor=ground["member"], workshop=it)
    services.report_workshop(actor=ground["member"], workshop=it)
    with pytest.raises(Conflict):
        guest(it)
    it.refresh_from_db()
    assert queries.joining_state(it, None) == "over"


def test_every_change_of_rights_is_told_to_the_board(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    it = planned(ground)
    heard: list[int] = []
    monkeypatch.setattr(registry, "_access_changed", [lambda ids: heard.extend(ids)])

    def told(act, **given) -> object:
        heard.clear()
        made = act(**given)
        assert heard == [it.pk], act
        return made

    by = {"actor": ground["member"]}
    told(services.open_workshop, **by, workshop=it)
    joined = told(guest, workshop=it)
    part = joined.participation
    told(services.change_role, **by, participation=part, role="facilitator")
    told(services.rename, **by, participation=part, name="Sammy")
    told(services.remove, **by, participation=part)
    told(services.admit, **by, participation=part)
    told(services.return_with, token=joined.return_token)
    told(services.leave, actor=as_guest(joined), participation=part)
    more = guest(it, "More")
    told(services.claim, actor=ground["nurse"], participation=more.participation, guest_secret=more.guest_secret)
    told(services.add_facilitator, **by, workshop=it, email="lead@vale.example")
    for act in (services.report_workshop, services.reopen, services.report_workshop, services.archive_workshop):
        told(act, **by, workshop=it)


# By invitation (S16)


def test_an_invitation_lets_in_once_through_lobby_and_lock(ground: Ground) -> None:
    it = opened(ground, has_lobby=True)
    token = queries.invitation_token(invited(ground, it, role="observer"))
    services.lock(actor=ground["member"], workshop=it)
    joined = services.join_by_invitation(actor=Public(), token=token, name="Ann")
    assert (joined.participation.status, joined.participation.role) == ("admitted", "observer")
    assert WorkshopInvitation.objects.get().answer == "yes"
    again = services.join_by_invitation(actor=Public(), token=token, name="Ann", guest_secret=joined.guest_secret)
    assert again.participation.pk == joined.participation.pk


def test_every_invitation_that_lets_nobody_in_says_the_same(ground: Ground, clock: time_machine.Coordinates) -> None:
    it = opened(ground)
    used = queries.invitation_token(invited(ground, it, "used@parish.example"))
    services.join_by_invitation(actor=Public(), token=used, name="Used")
    revoked = invited(ground, it, "revoked@parish.example")
    services.withdraw_invitation(actor=ground["member"], invitation=revoked)
    expired = queries.invitation_token(invited(ground, it, "expired@parish.example"))
    said = set()
    clock.shift(timedelta(days=13))
    fresh = invited(ground, it, "fresh@parish.example")
    clock.shift(timedelta(days=2))
    for token in (used, queries.invitation_token(revoked), expired, "unknown", "", "\ud800", "x" * 10_000):
        with pytest.raises(NotFound) as refused:
            services.join_by_invitation(actor=Public(), token=token, name="Eve")
        said.add(refused.value.message)
        if token != used:
            with pytest.raises(NotFound) as refused:
                services.answer_invitation(token=token, answer="yes")
            said.add(refused.value.message)
    assert len(said) == 1
    services.join_by_invitation(actor=Public(), token=queries.invitation_token(fresh), name="Fresh")
    assert queries.participants(it).count() == 3


def test_an_invitation_is_kept_as_a_digest(ground: Ground) -> None:
    it = planned(ground)
    token = queries.invitation_token(invited(ground, it))
    assert len(token) == 64
    assert token not in str(list(WorkshopInvitation.objects.values()))


def test_an_invitation_to_something_far_off_works_until_then(ground: Ground, clock: time_machine.Coordinates) -> None:
    it = planned(ground, starts_at=now() + timedelta(days=60), ends_at=now() + timedelta(days=60, hours=2))
    token = queries.invitation_token(invited(ground, it))
    clock.shift(timedelta(days=60))
    services.open_workshop(actor=ground["member"], workshop=it)
    services.join_by_invitation(actor=Public(), token=token, name="Ann")


def test_an_answer_is_changed_as_often_as_one_likes(ground: Ground) -> None:
    it = planned(ground)
    token = queries.invitation_token(invited(ground, it))
    for answer in ("yes", "yes", "no", "maybe"):
        assert services.answer_invitation(token=token, answer=answer).answer == answer
    with pytest.raises(Invalid):
        services.answer_invitation(token=token, answer="perhaps")


def test_nobody_is_mailed_twice_by_a_second_click(ground: Ground, clock: time_machine.Coordinates) -> None:
    it = planned(ground)
    act = {"actor": ground["member"], "workshop": it}
    people, problems = queries.read_addresses(
        'Ann Archer <Ann@Parish.example>, bob@parish.example; "Carr, Cy" <cy@parish.example>\nann@parish.example'
    )
    assert problems == []
    assert [(p.email, p.name) for p in people] == [
        ("ann@parish.example", "Ann Archer"),
        ("bob@parish.example", ""),
        ("cy@parish.example", "Carr, Cy"),
    ]
    assert queries.check_invitations(it, people).mails == 3
    assert services.invite(**act, people=people).mails == 3
    assert services.invite(**act, people=people).mails == 0
    first = WorkshopInvitation.objects.get(email="ann@parish.example")
    old = queries.invitation_token(first)
    services.withdraw_invitation(actor=ground["member"], invitation=first)
    clock.shift(timedelta(seconds=1))
    assert services.invite(**act, people=people).mails == 1
    with pytest.raises(NotFound):
        queries.invitation_by_token(old)
    services.join(actor=ground["nurse"], workshop=services.open_workshop(**act))
    assert services.invite(**act, people=[("nurse@vale.example", "", "participant")]).mails == 0


def test_one_wrong_address_and_nobody_is_invited(ground: Ground) -> None:
    it = planned(ground)
    with pytest.raises(Invalid) as refused:
        services.invite(
            actor=ground["member"],
            workshop=it,
            people=[("ann@parish.example", "", "participant"), ("not an address", "", "participant")],
        )
    assert "not an address" in refused.value.message
    assert not WorkshopInvitation.objects.exists()
    people, problems = queries.read_addresses("ann@parish.example\nbob at parish\n<script>@x")
    assert [p.email for p in people] == ["ann@parish.example"]
    assert len(problems) == 2


def test_inviting_many_costs_no_more_queries(ground: Ground, django_assert_max_num_queries) -> None:
    it = planned(ground)
    with django_assert_max_num_queries(40):
        services.invite(
            actor=ground["member"],
            workshop=it,
            people=[(f"p{n}@parish.example", "", "participant") for n in range(100)],
        )
    assert Workshop.objects.get(pk=it.pk).invitations.count() == 100


# The team


def test_a_workshop_keeps_a_facilitator_with_an_account(ground: Ground) -> None:
    it = opened(ground)
    planner = queries.facilitators(it).get()
    joined = guest(it)
    services.change_role(actor=ground["member"], participation=joined.participation, role="facilitator")
    for act in (
        lambda: services.leave(actor=ground["member"], participation=planner),
        lambda: services.change_role(actor=ground["member"], participation=planner, role="observer"),
        lambda: services.remove(actor=ground["lead"], participation=planner),
    ):
        with pytest.raises(Conflict):
            act()
    services.add_facilitator(actor=ground["member"], workshop=it, email="Nurse@Vale.example")
    services.leave(actor=ground["member"], participation=planner)


def test_a_guest_who_facilitates_runs_the_room_and_decides_nothing_else(ground: Ground) -> None:
    it = opened(ground)
    joined = guest(it)
    services.change_role(actor=ground["member"], participation=joined.participation, role="facilitator")
    services.lock(actor=as_guest(joined), workshop=it)
    for act in (services.report_workshop, services.copy_for_rehearsal):
        with pytest.raises(NotAllowed):
            act(actor=as_guest(joined), workshop=it)


def test_a_facilitator_whose_mandate_ended_runs_nothing(ground: Ground, clock: time_machine.Coordinates) -> None:
    it = opened(ground)
    mandate = ground["member"].mandate
    mandate.valid_to = mandate.valid_from + timedelta(days=1)
    mandate.save()
    with pytest.raises(NotFound):
        services.lock(actor=PersonActor(who=ground["member"].person), workshop=it)


# Afterwards


def test_feedback_names_nobody_and_is_given_once(ground: Ground) -> None:
    it = opened(ground)
    one, other = guest(it, "One"), guest(it, "Other")
    for joined, mark in ((one, "5"), (other, 2), (one, 4)):
        services.give_feedback(
            actor=as_guest(joined), participation=joined.participation, worth_it=mark, text=f"From {mark}"
        )
    summary = queries.feedback_summary(it)
    assert (summary.answers, summary.marks) == (2, (0, 1, 0, 1, 0))
    assert set(summary.texts) == {"From 4", "From 2"}
    for mark in ("6", "0", "x", True):
        with pytest.raises(Invalid):
            services.give_feedback(actor=as_guest(one), participation=one.participation, worth_it=mark)
    services.give_feedback(actor=as_guest(one), participation=one.participation)
    assert queries.feedback_summary(it).answers == 1
    assert not AuditEntry.objects.filter(action__contains="feedback").exists()
