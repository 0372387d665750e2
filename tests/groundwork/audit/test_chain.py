"""The chain over the audit log: it holds through all that is lawful, and names the row of all that is not."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from groundwork.audit import digests
from groundwork.audit.models import AuditChain, AuditEntry, AuditSeal
from groundwork.audit.services import forget_words, keep
from groundwork.audit.services.sealing import ChainBroken, seal_all, seal_some
from groundwork.audit.services.verifying import verify
from groundwork.clock import now
from groundwork.directory.models import Mandate
from groundwork.schedule.services import tick
from tests.groundwork.audit.log import by_hand, holds, named, seal_of, some_acts
from tests.groundwork.directory.town import SYSTEM, Town, acting, at_once, somebody


@pytest.fixture
def town(db: None) -> Town:
    return Town()


# What is lawful -------------------------------------------------------------------------------------------------------


def test_acts_are_sealed_in_the_order_in_which_they_are_seen(town):
    acts = some_acts(town)
    assert seal_some() == AuditEntry.objects.count()
    numbers = list(AuditSeal.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    assert [seal_of(act).number for act in acts] == sorted(seal_of(act).number for act in acts)
    report = holds()
    assert (report.number, report.hash) == (len(numbers), AuditChain.objects.get().hash)
    assert report.unsealed == 0
    assert report.notes == []


def test_what_commits_late_is_sealed_whatever_time_and_number_it_carries(town):
    late = AuditEntry(at=now() - timedelta(hours=3), action="organisation.late", object_type="x", object_id="1")
    some_acts(town)
    seal_all()
    late.save(force_insert=True)
    assert seal_some() == 1
    assert seal_of(late).number == AuditSeal.objects.count()
    holds()


def test_a_long_backlog_is_sealed_in_steps(town):
    some_acts(town, 10)
    there = AuditEntry.objects.count()
    steps = [seal_some(limit=4) for _ in range(there // 4 + 2)]
    assert steps == [4] * (there // 4) + [there % 4, 0][: len(steps) - there // 4]
    holds()


def test_the_clock_seals_each_minute(town, django_capture_on_commit_callbacks):
    some_acts(town)
    with django_capture_on_commit_callbacks(execute=True):
        tick(at=now())
    assert not AuditEntry.objects.filter(is_sealed=False).exists()


def test_to_keep_an_act_costs_one_query(town, django_assert_num_queries):
    actor = acting(town.council)
    with django_assert_num_queries(1):
        keep(actor=actor, action="organisation.look", obj=town.council, changes={"name": ["a", "b"]})


def test_erasing_a_person_leaves_the_chain_valid_and_says_whether_an_act_speaks_of_it(town):
    some_acts(town)
    gone = acting(town.council, name="Canary Wharfinger")
    keep(actor=gone, action="organisation.look", obj=town.council)
    keep(actor=gone, action="organisation.look", obj=town.council)
    seal_all()
    keep(actor=SYSTEM, action="person.erase", obj=gone.who)
    gone.who.delete()
    seal_all()
    assert not AuditEntry.objects.filter(action="organisation.look").exclude(person=None, mandate=None).exists()
    report = holds()
    assert (report.erased, report.untold) == (2, 0)

    silently = acting(town.council, name="Second Canary")
    keep(actor=silently, action="organisation.look", obj=town.council)
    seal_all()
    silently.who.delete()
    report = holds()
    assert (report.erased, report.untold) == (3, 1)
    assert any("no act" in note for note in report.notes)


def test_forgotten_words_are_nowhere_and_the_chain_holds(town):
    acts = some_acts(town)
    about = [act for act in acts if act.object_id == str(town.council.pk) and act.changes]
    before = AuditEntry.objects.get(pk=about[0].pk)
    seal_some(limit=len(acts) // 2)
    assert forget_words(town.council, "words", actor=acting(town.council)) == len(about)
    seal_all()
    for act in about:
        act.refresh_from_db()
        assert act.changes["words"] == [None, None]
        assert act.changes["name"][1].startswith("Name"), "what was not named stays"
        assert act.salt == ""
        assert before.salt not in json.dumps(act.forgotten)
    report = holds()
    assert report.forgotten == len(about)
    entry = AuditEntry.objects.get(action=digests.FORGET)
    assert entry.changes == {"forgotten": [None, "words"]}
    assert entry.person is not None, "the forgetting is an act of somebody"

    assert forget_words(town.council, "words") == 0, "the same again changes nothing"
    assert forget_words(town.council, "name", "words") == len(about)
    seal_all()
    assert holds().forgotten == 2 * len(about)
    assert not AuditEntry.objects.filter(changes__icontains="after 1").exists()


def test_words_that_went_cannot_be_found_by_trying_words(town):
    act = keep(actor=SYSTEM, action="x.y", obj=town.council, changes={"name": [None, "Mo"], "kind": [None, "b"]})
    was = digests.digests_of_changes(act)["name"]
    salt = act.salt
    forget_words(town.council, "name")
    act.refresh_from_db()
    assert digests.digests_of_changes(act)["name"] == was
    kept = json.dumps([act.salt, act.forgotten, act.changes])
    assert digests.salt_of_field(salt, "name") not in kept
    assert salt not in kept


# What is not ----------------------------------------------------------------------------------------------------------


OF_ENTRY = {
    "at": lambda e, t: e.at + timedelta(microseconds=1),
    "action": lambda e, t: e.action + "d",
    "object_type": lambda e, t: "directory.place",
    "object_id": lambda e, t: e.object_id + "0",
    "organisation_id": lambda e, t: t.convening.pk,
    "person_id": lambda e, t: t.stranger.pk,
    "mandate_id": lambda e, t: t.strange_mandate.pk,
    "acted_as": lambda e, t: e.acted_as + "x",
    "via": lambda e, t: "api",
    "correlation_id": lambda e, t: e.correlation_id + "x",
    "salt": lambda e, t: digests.digest("other")[:32],
    "changes": lambda e, t: json.dumps(e.changes | {"name": ["Somebody else", "wrote this"]}),
    "forgotten": lambda e, t: json.dumps({"salt": "", "digests": {}, "acts": {}, "salts": {}}),
    "is_sealed": lambda e, t: False,
}
OF_SEAL = {
    "entry_id": lambda s: uuid4().hex if connection.vendor == "sqlite" else str(uuid4()),
    "person_key": lambda s: (s.person_key or 0) + 1,
    "mandate_key": lambda s: (s.mandate_key or 0) + 1,
    "content": lambda s: digests.digest("other"),
    "parts": lambda s: s.parts.replace("a", "b") + " ",
    "sealed_at": lambda s: s.sealed_at + timedelta(seconds=1),
    "previous": lambda s: digests.digest("other"),
    "hash": lambda s: digests.digest("other"),
    "number": lambda s: s.number + 1000,
}


def _id(value: Any) -> Any:
    return value.hex if connection.vendor == "sqlite" else value


def changed(hand: Any, entry: AuditEntry, field: str, value: Any) -> None:
    hand.execute(f"UPDATE audit_auditentry SET {field} = %s WHERE id = %s", [value, _id(entry.pk)])  # noqa: S608


@pytest.fixture
def sealed(town):
    """A log with a forgotten word and an erased person in it, all sealed, that holds."""
    some_acts(town, 6)
    gone = acting(town.council, name="Gone Soon")
    keep(actor=gone, action="organisation.look", obj=town.council, changes={"name": ["a", "b"]})
    forget_words(town.charity, "words")
    seal_all()
    keep(actor=SYSTEM, action="person.erase", obj=gone.who)
    gone.who.delete()
    stranger = acting(town.convening, name="A Stranger")
    town.stranger, town.strange_mandate = stranger.who, stranger.under
    seal_all()
    holds()
    return town


@pytest.mark.parametrize("field", OF_ENTRY)
def test_every_field_of_every_act_is_covered(sealed, field):
    for entry in AuditEntry.objects.order_by("id"):
        value = OF_ENTRY[field](entry, sealed)
        number = seal_of(entry).number
        with by_hand() as hand:
            changed(hand, entry, field, value)
            report = verify()
            assert (number, str(entry.pk)) in named(report), f"{field} of {entry} was changed and nobody says so"
            # With the act that says why words went, those words are missing without a reason as well.
            assert report.count == 1 or entry.action == digests.FORGET
    holds()


@pytest.mark.parametrize("field", OF_SEAL)
def test_every_field_of_every_seal_is_covered(sealed, field):
    for seal in AuditSeal.objects.order_by("number"):
        with by_hand() as hand:
            value = OF_SEAL[field](seal)
            hand.execute(f"UPDATE audit_auditseal SET {field} = %s WHERE number = %s", [value, seal.number])  # noqa: S608
            assert seal.number in {number for number, _entry in named(verify())}
    holds()


@pytest.mark.parametrize("field", ["person_id", "mandate_id"])
def test_a_name_that_is_taken_out_while_the_person_is_there_is_tampering(sealed, field):
    for entry in AuditEntry.objects.exclude(**{field: None}).order_by("id"):
        with by_hand() as hand:
            changed(hand, entry, field, None)
            assert named(verify()) == {(seal_of(entry).number, str(entry.pk))}


def test_words_taken_out_as_if_they_were_forgotten_are_tampering_unless_an_act_says_so(sealed):
    lawful = AuditEntry.objects.get(action=digests.FORGET)
    for entry in AuditEntry.objects.filter(object_id=str(sealed.council.pk)).order_by("id"):
        for field in list(entry.changes):
            for act in (str(lawful.pk), str(uuid4()), str(entry.pk), "nothing"):
                row = AuditEntry.objects.get(pk=entry.pk)
                digests.without_words(row, [field], act)
                with by_hand():
                    row.save()
                    report = verify()
                    assert named(report) == {(seal_of(entry).number, str(entry.pk))}
                    assert field in report.problems[0].says


def test_an_act_that_says_so_serves_nothing_that_was_written_after_it(sealed):
    later = keep(actor=SYSTEM, action="x.y", obj=sealed.charity, changes={"words": ["old", "new"]})
    seal_all()
    digests.without_words(later, ["words"], str(AuditEntry.objects.get(action=digests.FORGET).pk))
    later.is_sealed = True
    with by_hand():
        later.save()
        assert named(verify()) == {(seal_of(later).number, str(later.pk))}


def test_deleted_inserted_and_exchanged_rows_are_named(sealed):
    for entry in AuditEntry.objects.order_by("id"):
        with by_hand() as hand:
            hand.execute("DELETE FROM audit_auditentry WHERE id = %s", [_id(entry.pk)])
            assert (seal_of(entry).number, str(entry.pk)) in named(verify())
    for seal in list(AuditSeal.objects.order_by("number"))[:-1]:
        with by_hand() as hand:
            hand.execute("DELETE FROM audit_auditseal WHERE number = %s", [seal.number])
            found = named(verify())
            assert (seal.number, "") in found
            assert (None, str(seal.entry_id)) in found
        with by_hand() as hand:
            move = "UPDATE audit_auditseal SET number = %s WHERE number = %s"
            for to, was in ((-1, seal.number), (seal.number, seal.number + 1), (seal.number + 1, -1)):
                hand.execute(move, [to, was])
            assert seal.number in {number for number, _entry in named(verify())}
    with by_hand():
        slipped = AuditEntry.objects.create(action="x.y", object_type="x", object_id="1", is_sealed=True)
        assert named(verify()) == {(None, str(slipped.pk))}


def test_a_tail_that_was_cut_off_is_noticed_by_the_head_in_the_database_or_by_one_noted_down(sealed):
    chain = AuditChain.objects.get()
    cut = list(AuditSeal.objects.order_by("-number")[:2])
    with by_hand() as hand:
        hand.execute("DELETE FROM audit_auditseal WHERE number >= %s", [cut[-1].number])
        hand.execute("DELETE FROM audit_auditentry WHERE id IN (%s, %s)", [_id(seal.entry_id) for seal in cut])
        report = verify()
        assert [problem.number for problem in report.problems] == [cut[-1].number]
        with pytest.raises(ChainBroken):
            seal_some()
        # Whoever cuts the head as well is caught by a head that was noted down elsewhere.
        last = AuditSeal.objects.order_by("-number")[0]
        AuditChain.objects.update(number=last.number, hash=last.hash)
        assert verify().holds
        assert [p.number for p in verify(head=(chain.number, chain.hash)).problems] == [chain.number]
    assert verify(head=(chain.number, chain.hash)).holds
    assert verify(head=(1, AuditSeal.objects.get(number=1).hash[:12])).holds
    assert not verify(head=(1, "f" * 64)).holds


def test_a_seal_made_anew_with_its_hash_does_not_fit_the_next(sealed):
    seal = AuditSeal.objects.get(number=3)
    with by_hand():
        entry = AuditEntry.objects.get(pk=seal.entry_id)
        entry.via = "api"
        entry.save()
        seal.content, seal.parts = digests.content_of(entry, person_key=entry.person_id, mandate_key=entry.mandate_id)
        seal.hash = digests.hash_of(seal)
        seal.save()
        assert {number for number, _entry in named(verify())} == {4}


# Each example undoes what it did, so they can share one log.
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_one_hand_changes_is_named(sealed, data):
    """One change anywhere, of any kind: the look names that row, and no other act."""
    entries = list(AuditEntry.objects.order_by("id"))
    entry = data.draw(st.sampled_from(entries))
    what = data.draw(st.sampled_from([*OF_ENTRY, "delete", "words"]))
    with by_hand() as hand:
        if what == "delete":
            hand.execute("DELETE FROM audit_auditentry WHERE id = %s", [_id(entry.pk)])
        elif what == "words":
            field = data.draw(st.text(min_size=1, max_size=8).filter(lambda t: "\x00" not in t and t.isprintable()))
            word = st.none() | st.booleans() | st.integers() | st.text("ab é", max_size=5)
            values = data.draw(st.lists(word, max_size=3))
            if entry.changes.get(field, ...) == values:
                return
            changed(hand, entry, "changes", json.dumps(entry.changes | {field: values}))
        else:
            changed(hand, entry, what, OF_ENTRY[what](entry, sealed))
        report = verify()
        assert str(entry.pk) in {named_entry for _number, named_entry in named(report)}
        assert report.count == 1 or entry.action == digests.FORGET


# What the database refuses --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM audit_auditentry",
        "DELETE FROM audit_auditseal",
        "UPDATE audit_auditseal SET sealed_at = sealed_at",
        "UPDATE audit_auditentry SET action = 'x.y'",
        "UPDATE audit_auditentry SET object_id = '0'",
        "UPDATE audit_auditentry SET organisation_id = NULL WHERE organisation_id IS NOT NULL",
        "UPDATE audit_auditentry SET changes = '{\"a\": [1, 2]}'",
        "UPDATE audit_auditentry SET salt = ''",
        "UPDATE audit_auditentry SET is_sealed = %s",
        "UPDATE audit_auditentry SET person_id = (SELECT MAX(id) FROM accounts_person)",
    ],
)
def test_the_database_refuses_to_change_what_was_kept(town, statement):
    some_acts(town)
    seal_all()
    somebody()
    with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [False] if "%s" in statement else None)
    holds()


# Two at once ----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_sealers_at_once_make_one_chain_while_acts_go_on(transactional_db):
    town = Town()
    some_acts(town, 60)
    actors = [acting(town.council), acting(town.charity)]
    there = AuditEntry.objects.count()

    def work(number: int) -> int:
        if number < 2:
            for n in range(15):
                with transaction.atomic():
                    keep(actor=actors[number], action="organisation.look", obj=town.council, changes={"n": [0, n]})
            return 0
        return sum(seal_some(limit=7) for _ in range(6))

    sealed = at_once(5, work)
    assert [each for each in sealed if isinstance(each, Exception)] == []
    seal_all()
    assert AuditSeal.objects.count() == AuditEntry.objects.count() == there + 30
    holds()
    Mandate.objects.all().delete()
