"""Following, choosing when, and asking an address once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from collaboration.initiatives import events as register
from collaboration.workshops.models import Workshop
from groundwork.access.actors import Public
from groundwork.access.errors import Conflict, Invalid, NotAllowed, NotFound
from groundwork.accounts.services import people
from groundwork.accounts.services.limits import TooMany
from groundwork.audit.models import AuditEntry
from groundwork.clock import now
from groundwork.directory.models import Mandate
from groundwork.events import relay
from notifications.models import Choice, Digest, Follow, FollowAsk, OutgoingMessage, RestingAddress, Subscriber
from notifications.queries.follows import addresses_of
from notifications.services import asking, resting, subscribing
from notifications.services.subscribing import Hours
from tests.notifications.ground import Ground, lay
from tests.notifications.occasions import happen
from tests.settings import forget_cache

pytestmark = pytest.mark.django_db

TUESDAY = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


@pytest.fixture
def ground(clock: time_machine.Coordinates) -> Ground:
    # Monday 23 November 2026, 12:00.
    forget_cache()
    return lay()


def token_of(ask: FollowAsk) -> str:
    return asking.confirm_link(ask).rstrip("/").rsplit("/", 1)[1]


def ask(email: str = "rita@example.org", *queries: str, frequency: str = "weekly") -> FollowAsk:
    return asking.ask_address(email, queries or ["area=V1"], frequency, caller="192.0.2.1")


def test_nobody_is_subscribed_before_they_choose_something(ground: Ground) -> None:
    assert subscribing.subscriber_of(ground.people["member"].person) is None
    assert Subscriber.objects.count() == 0


def test_following_is_weekly_and_says_when_the_next_digest_is_due(ground: Ground) -> None:
    member = ground.people["member"]

    row = subscribing.follow(member, "area=V1")

    assert (row.query, row.anchor, row.frequency) == ("area=V1", "area:V1", "weekly")
    assert Subscriber.objects.get().next_at == TUESDAY
    assert AuditEntry.objects.get(action="mail.follow").changes == {"area=V1": [None, "weekly"]}


def test_following_twice_is_following_once_and_may_change_how_often(ground: Ground) -> None:
    member = ground.people["member"]
    subscribing.follow(member, "area=V1")
    subscribing.follow(member, "area=V1&sort=title", "monthly")

    assert [row.frequency for row in Follow.objects.all()] == ["monthly"]
    assert Subscriber.objects.get().next_at == datetime(2026, 12, 1, 8, 0, tzinfo=UTC)


def test_the_public_follows_by_an_address_only(ground: Ground) -> None:
    with pytest.raises(NotAllowed):
        subscribing.follow(Public(), "area=V1")


def test_what_one_may_not_see_cannot_be_followed(ground: Ground) -> None:
    ground.initiative.visibility = "draft"
    ground.initiative.save()

    for query in ("initiative=VAL-0042", "workshop=31"):
        with pytest.raises(NotFound):
            subscribing.follow(ground.people["nurse"], query)
        with pytest.raises(NotFound):
            ask("rita@example.org", query)
    assert subscribing.follow(ground.people["lead"], "initiative=val-0042").query == "initiative=VAL-0042"


def test_a_follow_is_ones_own(ground: Ground) -> None:
    row = subscribing.follow(ground.people["member"], "area=V1")

    for other in (ground.people["lead"], ground.people["officer"], Public()):
        with pytest.raises(NotFound):
            subscribing.unfollow(other, row.pk)
        with pytest.raises(NotFound):
            subscribing.set_frequency(other, row.pk, "daily")
    with pytest.raises(NotFound):
        subscribing.unfollow(ground.people["member"], "not-an-id")
    subscribing.unfollow(ground.people["member"], row.pk)
    assert not Follow.objects.exists()
    assert Subscriber.objects.get().next_at is None


def test_nobody_follows_more_than_they_can_read(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subscribing, "MOST", 2)
    for words in ("one", "two"):
        subscribing.follow(ground.people["member"], f"words={words}")
    with pytest.raises(Conflict):
        subscribing.follow(ground.people["member"], "words=three")
    subscribing.follow(ground.people["member"], "words=two", "daily")


def test_settings_are_kept_together_or_not_at_all(ground: Ground) -> None:
    member = ground.people["member"]
    row = subscribing.follow(member, "area=V1")
    hours = Hours(weekday=3, hour=7, quiet_from=20, quiet_until=6, quiet_weekends=False, paused_until=None)

    subscribing.save_settings(member, hours, {"actions": "daily", "workshops": "at_once"}, {str(row.pk): "monthly"})

    subscriber = Subscriber.objects.get()
    assert Hours.of(subscriber) == hours
    assert dict(Choice.objects.values_list("topic", "frequency")) == {"actions": "daily"}
    assert subscriber.next_at == datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
    row.refresh_from_db()
    assert row.frequency == "monthly"

    with pytest.raises(Invalid) as refused:
        subscribing.save_settings(
            member, Hours(weekday=9, hour=24, paused_until=date(2026, 11, 23)), {"actions": "never"}, {}
        )
    assert set(refused.value.errors) == {"weekday", "hour", "paused_until"}
    with pytest.raises(Invalid):
        subscribing.save_settings(member, Hours(), {"actions": "sometimes"}, {})
    assert Hours.of(Subscriber.objects.get()) == hours
    assert Choice.objects.get().frequency == "daily"

    subscribing.save_settings(member, Hours(), {"actions": "at_once"}, {})
    assert not Choice.objects.exists()


def test_a_rest_moves_the_next_digest(ground: Ground) -> None:
    member = ground.people["member"]
    subscribing.follow(member, "area=V1")

    subscribing.save_settings(member, Hours(paused_until=date(2026, 12, 14)), {}, {})

    assert Subscriber.objects.get().next_at == datetime(2026, 12, 14, 8, 0, tzinfo=UTC), (
        "the first day on which mail comes again"
    )


def test_what_waits_to_be_told_at_once_is_not_put_off_by_a_change(ground: Ground) -> None:
    member = ground.people["member"]
    row = subscribing.follow(member, "area=V1", "at_once")
    assert Subscriber.objects.get().next_at is None
    soon = now() + timedelta(minutes=2)
    Subscriber.objects.update(next_at=soon)

    subscribing.follow(member, "words=homes")
    assert Subscriber.objects.get().next_at == soon
    subscribing.unfollow(member, row.pk)
    assert Subscriber.objects.get().next_at == TUESDAY


def test_stopping_is_taken_back_as_it_was(ground: Ground) -> None:
    member = ground.people["member"]
    told = now() - timedelta(days=3)
    subscribing.follow(member, "area=V1")
    subscribing.save_settings(member, Hours(), {"actions": "weekly", "workshops": "at_once"}, {})
    Follow.objects.update(reported_until=told)
    subscriber = Subscriber.objects.get()

    before = subscribing.stop(subscriber)
    assert subscribing.stop(subscriber) == {}
    assert set(Follow.objects.values_list("frequency", flat=True)) == {"never"}
    assert Choice.objects.get().frequency == "never"
    assert Subscriber.objects.get().next_at is None

    subscribing.resume(subscriber, before)
    assert Follow.objects.get().frequency == "weekly"
    assert Follow.objects.get().reported_until == told, "what happened before they stopped is still to be told"
    assert Choice.objects.get().frequency == "weekly"
    assert Subscriber.objects.get().next_at == TUESDAY


def test_taken_up_again_begins_anew(ground: Ground) -> None:
    member = ground.people["member"]
    row = subscribing.follow(member, "area=V1", "never")
    Follow.objects.update(reported_until=now() - timedelta(days=30))

    subscribing.set_frequency(member, row.pk, "weekly")

    assert Follow.objects.get().reported_until == now()


def test_a_partner_who_was_asked_and_said_no_gets_nothing(ground: Ground) -> None:
    subscribing.answer_first(ground.people["nurse"], yes=False)
    assert Subscriber.objects.get().next_at is None

    subscribing.answer_first(ground.people["member"], yes=True)
    assert Follow.objects.get().query == "organisation=northwick"


def test_an_address_gets_one_question_and_nothing_is_followed_before_the_answer(ground: Ground) -> None:
    asked = ask("Rita@Example.org", "area=V1", "area=V1", "words=homes")
    relay.drain()

    assert asked.email == "rita@example.org"
    assert asked.queries == ["area=V1", "words=homes"]
    assert Subscriber.objects.count() == 0
    (letter,) = OutgoingMessage.objects.all()
    assert (letter.kind, letter.mail_class, letter.holds_secret) == ("follow.asked", "service", True)
    assert asking.confirm_link(asked) in letter.text
    assert token_of(asked) not in asked.token_digest

    assert asking.look_at(token_of(asked)) == asked
    subscriber = asking.confirm(token_of(asked))
    assert subscriber.email == "rita@example.org"
    assert subscriber.confirmed_at == now()
    assert subscriber.next_at == TUESDAY
    assert {row.query for row in subscriber.follows.all()} == {"area=V1", "words=homes"}


def test_a_link_works_once_and_for_fourteen_days(ground: Ground, clock: time_machine.Coordinates) -> None:
    used, late = ask(), ask("late@example.org")
    asking.confirm(token_of(used))

    for act in (asking.look_at, asking.confirm):
        with pytest.raises(Conflict):
            act(token_of(used))
        with pytest.raises(NotFound):
            act("forged")
    clock.shift(timedelta(days=14))
    with pytest.raises(NotFound):
        asking.confirm(token_of(late))
    assert Subscriber.objects.get().email == "rita@example.org"


def test_a_second_question_adds_and_may_change_how_often(ground: Ground) -> None:
    asking.confirm(token_of(ask()))
    asking.confirm(token_of(ask("rita@example.org", "area=V1", "words=homes", frequency="monthly")))

    subscriber = Subscriber.objects.get()
    assert {row.query: row.frequency for row in subscriber.follows.all()} == {
        "area=V1": "monthly",
        "words=homes": "monthly",
    }


def test_whoever_has_an_account_follows_with_it(ground: Ground) -> None:
    subscriber = asking.confirm(token_of(ask("member@example.org")))

    assert subscriber.person == ground.people["member"].person
    assert Follow.objects.get().subscriber == subscriber


def test_whoever_opens_an_account_finds_what_they_followed(ground: Ground) -> None:
    person = ground.people["member"].person
    by_address = Subscriber.objects.create(email=person.email, confirmed_at=now())
    Follow.objects.create(subscriber=by_address, query="area=V1", anchor="area:V1")

    subscribing.follow(ground.people["member"], "words=homes")

    assert Subscriber.objects.get().person == person
    assert {row.query for row in Follow.objects.all()} == {"area=V1", "words=homes"}


@pytest.mark.parametrize(
    ("email", "queries", "frequency", "field"),
    [
        ("nobody", ["area=V1"], "weekly", "email"),
        ("rita@example.org", [], "weekly", "what"),
        ("rita@example.org", ["area=V1"], "daily", "frequency"),
        ("rita@example.org", [f"words=w{n}" for n in range(21)], "weekly", "what"),
        ("rita@example.org", ["area=nowhere"], "weekly", ""),
    ],
)
def test_bad_wishes_are_refused_by_field(
    ground: Ground, email: str, queries: list[str], frequency: str, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        asking.ask_address(email, queries, frequency, caller="192.0.2.1")

    assert list(refused.value.errors) == [field]
    assert not FollowAsk.objects.exists()


def test_asking_is_no_way_to_flood_an_inbox_or_from_one_network(ground: Ground) -> None:
    for _time in range(3):
        ask()
    with pytest.raises(TooMany):
        ask()
    for number in range(57):
        ask(f"r{number}@example.org")
    with pytest.raises(TooMany):
        ask("fresh@example.org")


def test_an_inbox_gets_six_questions_in_a_day(ground: Ground, clock: time_machine.Coordinates) -> None:
    for _hour in range(2):
        for _time in range(3):
            ask()
        clock.shift(timedelta(hours=1, seconds=1))
    with pytest.raises(TooMany, match="tomorrow"):
        ask()
    with pytest.raises(TooMany):
        asking.send_link("rita@example.org", caller="192.0.2.9")
    ask("sam@example.org")
    clock.shift(timedelta(days=1))
    ask()


@pytest.mark.parametrize(("reason", "count"), [("complaint", 0), ("stopped", 0), ("bounce", 1)])
def test_whoever_wants_no_mail_gets_no_question(reason: str, count: int, ground: Ground) -> None:
    before = ask("earlier@example.org")
    for email in ("rita@example.org", "earlier@example.org"):
        resting.rest(email, reason=reason)
    assert ask().email == "rita@example.org"
    relay.drain()
    assert OutgoingMessage.objects.filter(recipient="rita@example.org").count() == count

    # Who had the link already and presses its button wants mail after all.
    asking.confirm(token_of(before))
    assert list(RestingAddress.objects.filter(ended_at=None).values_list("email", flat=True)) == ["rita@example.org"]


def test_who_asks_an_address_for_an_organisation(ground: Ground) -> None:
    def wish(actor: object, organisation: object) -> FollowAsk:
        return asking.ask_address(
            "office@young.example", [], "weekly", caller="192.0.2.1", organisation=organisation, actor=actor
        )

    for name in ("lead", "member", "scrutiny"):
        with pytest.raises(NotAllowed):
            wish(ground.people[name], ground.empty)
    with pytest.raises(NotAllowed):
        wish(None, ground.empty)
    with pytest.raises(Conflict):
        wish(ground.people["officer"], ground.council)

    asked = wish(ground.people["officer"], ground.empty)
    assert asked.queries == ["organisation=young-vale"]
    subscriber = asking.confirm(token_of(asked))
    assert subscriber.organisation == ground.empty
    assert subscriber.next_at == TUESDAY
    # The same reader may follow something for themselves beside it.
    own = asking.confirm(token_of(ask("office@young.example")))
    assert own != subscriber


def test_an_address_of_an_organisation_ends_when_it_has_accounts(ground: Ground) -> None:
    def wish(email: str) -> FollowAsk:
        officer = ground.people["officer"]
        return asking.ask_address(email, [], "weekly", caller="192.0.2.1", organisation=ground.empty, actor=officer)

    said_yes, open_question = wish("office@young.example"), wish("late@young.example")
    asking.confirm(token_of(said_yes))
    own = asking.confirm(token_of(ask("office@young.example")))
    assert asking.let_go() == 0

    Mandate.objects.create(
        person=ground.people["member"].person, organisation=ground.empty, role="lead", valid_from=date(2020, 1, 1)
    )
    for act in (asking.look_at, asking.confirm):
        with pytest.raises(NotFound, match="has accounts by now"):
            act(token_of(open_question))
    assert asking.let_go() == 1
    assert Subscriber.objects.get() == own
    assert AuditEntry.objects.filter(action="organisation.end_address").count() == 1


def test_officers_see_and_end_the_addresses_of_an_organisation(ground: Ground) -> None:
    officer = ground.people["officer"]
    asked = asking.ask_address(
        "office@young.example", [], "weekly", caller="192.0.2.1", organisation=ground.empty, actor=officer
    )
    [waiting] = addresses_of(officer, ground.empty)
    assert (waiting.email, waiting.confirmed_at) == ("office@young.example", None)
    subscriber = asking.confirm(token_of(asked))
    [confirmed] = addresses_of(officer, ground.empty)
    assert (confirmed.id, confirmed.frequency_label, confirmed.confirmed_at) == (subscriber.pk, "Each week", now())

    for name in ("lead", "member", "scrutiny"):
        with pytest.raises(NotAllowed):
            asking.end_address(ground.people[name], ground.empty, subscriber.pk)
        with pytest.raises(NotAllowed):
            addresses_of(ground.people[name], ground.empty)
    own = asking.confirm(token_of(ask("office@young.example")))
    for other in (own.pk, "nonsense"):
        with pytest.raises(NotFound):
            asking.end_address(officer, ground.empty, other)
    asking.end_address(officer, ground.empty, str(subscriber.pk))
    assert Subscriber.objects.get() == own
    assert addresses_of(officer, ground.empty) == []


def test_addresses_that_do_not_answer_are_let_go(ground: Ground, clock: time_machine.Coordinates) -> None:
    ask("silent@example.org")
    reads = asking.confirm(token_of(ask("reads@example.org")))
    stopped = asking.confirm(token_of(ask("stopped@example.org")))
    Subscriber.objects.create(email="unconfirmed@example.org")
    clock.shift(timedelta(days=13))
    subscribing.stop(stopped)
    Digest.objects.create(subscriber=stopped, period="2026-12-05", until=now())
    assert asking.let_go() == 0

    clock.shift(timedelta(days=1))
    asking.let_go()
    assert not FollowAsk.objects.filter(email="silent@example.org").exists()
    assert set(Subscriber.objects.values_list("email", flat=True)) == {"reads@example.org", "stopped@example.org"}

    clock.shift(timedelta(days=20))
    asking.let_go()
    assert Subscriber.objects.get() == reads


def test_the_link_to_change_goes_only_to_who_follows(ground: Ground) -> None:
    subscriber = asking.confirm(token_of(ask()))
    OutgoingMessage.objects.all().delete()

    asking.send_link("nobody@example.org", caller="192.0.2.1")
    asking.send_link("rita@example.org", caller="192.0.2.1")
    relay.drain()

    (letter,) = OutgoingMessage.objects.filter(kind="follow.link")
    assert letter.recipient == "rita@example.org"
    token = asking.manage_token(subscriber)
    assert asking.subscriber_by_token(token) == subscriber
    subscriber.token_version += 1
    subscriber.save()
    for dead in (token, "forged", token[:-1]):
        with pytest.raises(NotFound):
            asking.subscriber_by_token(dead)


def test_whoever_followed_a_merged_initiative_follows_the_one_it_went_into(ground: Ground) -> None:
    for who, queries in (("member", ("VAL-0042",)), ("lead", ("VAL-0042", "VAL-0043"))):
        subscriber = subscribing.subscriber_of(ground.people[who].person, create=True)
        assert subscriber is not None
        for reference in queries:
            Follow.objects.create(
                subscriber=subscriber, query=f"initiative={reference}", anchor=f"initiative:{reference}"
            )

    happen(
        register.InitiativeMerged(initiative_id=701, reference="VAL-0042", into_id=702, into_reference="VAL-0043"),
        ground.people["officer"],
    )

    assert {row.anchor for row in Follow.objects.all()} == {"initiative:VAL-0043"}
    assert Follow.objects.count() == 2


def test_what_was_chosen_goes_with_the_account(ground: Ground) -> None:
    member = ground.people["member"]
    subscribing.follow(member, "area=V1")
    subscribing.save_settings(member, Hours(), {"actions": "never"})

    people.close(actor=ground.people["operator"], person=member.person)

    assert not Subscriber.objects.exists()
    assert not Choice.objects.exists()


def test_what_an_address_chooses_by_its_link(ground: Ground) -> None:
    subscriber = asking.confirm(token_of(ask()))
    row = subscriber.follows.get()

    subscribing.save_by_link(subscriber, Hours(weekday=4, hour=10), {str(row.pk): "weekly"})
    assert Subscriber.objects.get().next_at == datetime(2026, 11, 27, 10, 0, tzinfo=UTC)
    with pytest.raises(Invalid):
        subscribing.save_by_link(subscriber, Hours(), {str(row.pk): "daily"})
    assert AuditEntry.objects.filter(action="mail.set", via="mail", person=None).count() == 1


def test_the_question_does_not_carry_what_a_stranger_wrote(ground: Ground) -> None:
    ask("rita@example.org", "words=damp+homes+http://evil.example/win+call+0900123456+" + "now+" * 30)
    relay.drain()

    row = OutgoingMessage.objects.get(kind="follow.asked")
    for text in (row.text, row.html):
        assert "damp homes" in text
        assert "evil.example" not in text
        assert "0900" not in text
        assert "now now now now now now" not in text


def test_mail_names_a_sensitive_workshop_by_its_host_alone(ground: Ground) -> None:
    workshop = Workshop.objects.create(
        title="Leaving a violent home",
        host=ground.council,
        template="pre-mortem",
        visibility="public",
        sensitive=True,
        starts_at=TUESDAY,
        ends_at=TUESDAY + timedelta(hours=2),
    )
    asking.confirm(token_of(ask("rita@example.org", f"workshop={workshop.pk}")))
    asking.send_link("rita@example.org", caller="192.0.2.1")
    ask("sam@example.org", f"workshop={workshop.pk}")
    relay.drain()

    rows = OutgoingMessage.objects.filter(
        kind__in=("follow.asked", "follow.link"), recipient__in=("rita@example.org", "sam@example.org")
    )
    assert {row.kind for row in rows} == {"follow.asked", "follow.link"}
    for row in rows:
        for text in (row.subject, row.text, row.html):
            assert "violent" not in text
        assert "A workshop of Northwick Council" in row.text
