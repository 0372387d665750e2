"""What becomes of an action: asked, taken on, declined, handed over, done, dropped, taken up again."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from collaboration.actions import queries
from collaboration.actions.models import Action
from collaboration.actions.queries import Filters
from collaboration.actions.services import asking, by_link, making, records, working
from collaboration.actions.services.asking import Who, somebody
from groundwork.access.errors import Conflict, Invalid, NotAllowed
from groundwork.audit.models import AuditEntry
from groundwork.clock import today
from groundwork.events.models import OutboxEvent
from tests.collaboration.initiatives.world import World, made

Status = Action.Status


def events() -> list[str]:
    return list(OutboxEvent.objects.order_by("pk").values_list("name", flat=True))


def a(world: World, **fields: Any) -> Action:
    return making.make(actor=world["owner:lead"], **{"what": "Ask the bus operator", **fields})


def test_numbers_follow_each_other(world: World) -> None:
    assert [a(world, what=f"Act {n}").reference for n in range(3)] == ["A-0001", "A-0002", "A-0003"]


def test_a_double_click_makes_one(world: World) -> None:
    assert a(world) == a(world)
    assert Action.objects.count() == 1
    assert a(world, details="another") != a(world)


def test_bad_input_is_told_by_field_and_leaves_nothing(world: World) -> None:
    with pytest.raises(Invalid) as refused:
        making.make(
            actor=world["owner:lead"], what=" ", details="x" * 4001, due_on="2027-02-30", visibility="everybody!"
        )
    assert set(refused.value.errors) == {"what", "details", "due_on", "visibility"}
    with pytest.raises(Invalid):
        a(world, what="left \u202e right")
    assert Action.objects.count() == 0


def test_it_is_theirs_once_they_have_accepted(world: World) -> None:
    nurse = world["partner:member"]
    action = a(world, who=Who(person=nurse.who), due_on="2027-03-31")
    assert (action.status, action.owner, action.due_on) == (Status.ASKED, nurse.who, date(2027, 3, 31))
    with pytest.raises(NotAllowed):
        asking.accept(actor=world["owner:member"], action=action)
    for _click in range(2):
        taken = asking.accept(actor=nurse, action=action)
    assert (taken.status, taken.owner_mandate) == (Status.ACCEPTED, nurse.under)
    assert events().count("action.answered") == 1
    working.add_update(actor=nurse, action=action, text="Spoke to them.")
    working.add_update(actor=nurse, action=action, text="Spoke to them.")
    for _click in range(2):
        working.finish(actor=nurse, action=action, text="They run it from May.")
    done = queries.get(nurse, action.reference)
    assert done.status == Status.DONE
    assert done.done_at is not None
    assert [update.text for update in queries.updates(done)] == ["They run it from May.", "Spoke to them."]
    assert events().count("action.settled") == 1
    assert {entry.action for entry in AuditEntry.objects.filter(object_type="actions.action")} >= {
        "action.make", "action.ask", "action.accept", "action.update", "action.finish",
    }  # fmt: skip


def test_declining_says_why_and_somebody_else_is_asked(world: World) -> None:
    nurse, member = world["partner:member"], world["other:member"]
    action = a(world, who=Who(person=nurse.who))
    declined = asking.decline(actor=nurse, action=action, reason="Not our road.")
    assert (declined.status, declined.declined_reason) == (Status.DECLINED, "Not our road.")
    with pytest.raises(Conflict):
        making.reopen(actor=world["owner:lead"], action=action)
    again = asking.ask(actor=world["owner:lead"], action=action, who=Who(person=member.who))
    assert (again.status, again.owner, again.declined_reason) == (Status.ASKED, member.who, "")
    with pytest.raises(NotAllowed):
        asking.accept(actor=nurse, action=action)


def test_asking_the_same_person_again_is_a_double_click(world: World) -> None:
    action = a(world)
    for _click in range(2):
        asking.ask(actor=world["owner:lead"], action=action, who=somebody(email="Someone@Example.org"))
    assert events().count("action.asked") == 1
    with pytest.raises(Invalid):
        asking.ask(actor=world["owner:lead"], action=action, who=somebody(name="Only a name"))


def test_whoever_asks_themselves_has_taken_it_on(world: World) -> None:
    lead = world["owner:lead"]
    assert a(world, who=Who(person=lead.who)).status == Status.ACCEPTED
    assert "action.asked" not in events()


def test_a_name_alone_asks_nobody(world: World) -> None:
    action = a(world, who=somebody(name="The bus people"))
    assert (action.status, action.owner_name) == (Status.UNOWNED, "The bus people")
    taken = asking.claim(actor=world["other:member"], action=action)
    assert (taken.status, taken.owner) == (Status.ACCEPTED, world["other:member"].who)
    with pytest.raises(Conflict):
        asking.claim(actor=world["partner:member"], action=action)


def test_an_address_with_an_account_means_that_person(world: World) -> None:
    nurse = world["partner:member"]
    action = a(world, who=somebody(email=nurse.who.email.upper(), name="Nora"))
    assert (action.owner, action.owner_email, action.answer_digest) == (nurse.who, "", None)


def test_handing_over_ends_the_old_link(world: World) -> None:
    action = a(world, who=somebody(email="first@example.org"))
    first = records.token_of(action)
    assert queries.by_token(first) == action
    by_link.accept(token=first)
    handed = asking.ask(actor=world["owner:lead"], action=action, who=somebody(email="second@example.org"))
    with pytest.raises(Invalid):
        by_link.finish(token=first)
    assert by_link.accept(token=records.token_of(handed)).status == Status.ACCEPTED


def test_by_link_everything_without_an_account(world: World) -> None:
    action = a(world, who=somebody(email="guest@example.org", name="Gwen"))
    token = records.token_of(action)
    assert action.answer_digest != token
    for _click in range(2):
        assert by_link.accept(token=token).status == Status.ACCEPTED
    by_link.add_update(token=token, text="Half way.")
    for _click in range(2):
        assert by_link.finish(token=token, text="Done it.").status == Status.DONE
    with pytest.raises(Conflict):
        by_link.decline(token=token)
    with pytest.raises(Invalid) as wrong:
        by_link.accept(token="0" * 64)
    with pytest.raises(Invalid) as odd:
        by_link.accept(token="\x00\ud800 ☃")
    assert wrong.value.message == odd.value.message


def test_an_account_opened_later_finds_what_its_address_was_asked(world: World) -> None:
    action = a(world, who=somebody(email="later@example.org"), visibility="involved")
    later = world["nobody"]
    later.who.email = "later@example.org"
    later.who.save()
    assert list(queries.waiting_for(later)) == [action]
    taken = asking.accept(actor=later, action=action)
    assert (taken.owner, taken.owner_email, taken.answer_digest) == (later.who, "", None)


def test_dropped_and_taken_up_again(world: World) -> None:
    nurse = world["partner:member"]
    action = a(world, who=Who(person=nurse.who))
    asking.accept(actor=nurse, action=action)
    with pytest.raises(NotAllowed):
        making.drop(actor=nurse, action=action)
    for _click in range(2):
        dropped = making.drop(actor=world["owner:lead"], action=action, reason="The road is closed.")
    assert dropped.status == Status.DROPPED
    with pytest.raises(Conflict):
        working.finish(actor=nurse, action=action)
    with pytest.raises(Conflict):
        asking.ask(actor=world["owner:lead"], action=action, who=somebody(email="x@example.org"))
    again = making.reopen(actor=world["owner:lead"], action=action)
    assert (again.status, again.owner) == (Status.ACCEPTED, nurse.who)
    unowned = making.reopen(
        actor=world["owner:lead"], action=making.drop(actor=world["owner:lead"], action=a(world, what="Other"))
    )
    assert unowned.status == Status.UNOWNED


def test_a_stale_change_is_refused_and_the_same_change_is_none(world: World) -> None:
    action = a(world)
    changed = making.change(actor=world["owner:lead"], action=action, version=1, what="Ask twice", due_on="2027-01-01")
    assert changed.version == 2
    with pytest.raises(Conflict):
        making.change(actor=world["owner:lead"], action=action, version=1, what="Ask never")
    same = making.change(actor=world["owner:lead"], action=action, version=1, what="Ask twice", due_on="2027-01-01")
    assert same.version == 2


def test_seven_more_days_are_seven_however_often_they_are_asked_for(world: World) -> None:
    nurse = world["partner:member"]
    due = today() + timedelta(days=3)
    action = a(world, who=Who(person=nurse.who), due_on=due)
    before = action.version
    later = working.postpone(actor=nurse, action=action, from_day=due)
    assert (later.due_on, later.version) == (due + timedelta(days=7), before + 1)
    with pytest.raises(Conflict):
        working.postpone(actor=nurse, action=action, from_day=due)
    assert Action.objects.get().due_on == due + timedelta(days=7)
    with pytest.raises(NotAllowed):
        working.postpone(actor=world["owner:member"], action=action, from_day=due + timedelta(days=7))
    working.finish(actor=nurse, action=action)
    with pytest.raises(NotAllowed, match="has ended"):
        working.postpone(actor=nurse, action=action, from_day=due + timedelta(days=7))
    # Of what is late, from today: seven days more than a day last month would be late again.
    assert working.seven_days_later(today() - timedelta(days=30)) == today() + timedelta(days=7)


def test_an_initiative_is_named_only_by_those_who_work_on_it(world: World) -> None:
    initiative = made(world, visibility="public")
    assert a(world, initiative=initiative).initiative == initiative
    with pytest.raises(NotAllowed):
        making.make(actor=world["other:member"], what="Meddle", initiative=initiative)


def test_lists(world: World, django_assert_num_queries: Any) -> None:
    lead, nurse = world["owner:lead"], world["partner:member"]
    late = a(world, what="Late", who=Who(person=nurse.who), due_on=today() - timedelta(days=1))
    undated = a(world, what="Undated", who=Who(person=nurse.who))
    soon = a(world, what="Soon", who=Who(person=nurse.who), due_on=today())
    done = working.finish(actor=nurse, action=a(world, what="Done", who=Who(person=nurse.who)))
    assert list(queries.listed(nurse, Filters())) == [late, soon, undated]
    assert list(queries.listed(nurse, Filters(state="late"))) == [late]
    assert list(queries.listed(nurse, Filters(state="done"))) == [done]
    assert list(queries.listed(lead, Filters(whose="made", state="any"))) == [late, soon, undated, done]
    assert list(queries.listed(lead, Filters(whose="ours"))) == [late, soon, undated]
    assert list(queries.listed(world["public"], Filters())) == []
    assert queries.is_late(late)
    assert not queries.is_late(soon)
    filters, problems = Filters.from_query({"whose": "theirs", "state": "lost"})
    assert filters == Filters()
    assert len(problems) == 2
    with CaptureQueriesContext(connection) as one:
        [str(row.owner) + str(row.organisation) for row in queries.listed(nurse, Filters(state="late"))]
    with CaptureQueriesContext(connection) as three:
        [str(row.owner) + str(row.organisation) for row in queries.listed(nurse, Filters())]
    assert len(one) == len(three) == 1
