"""Actions in any order of acts, by anybody, with versions that may be stale: what always holds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from collaboration.actions import queries
from collaboration.actions.models import Action, ActionUpdate, Chase
from collaboration.actions.services import asking, chasing, making, working
from collaboration.actions.services.asking import Who
from groundwork.access.errors import DomainError
from groundwork.access.rules import can
from groundwork.clock import today
from tests.collaboration.initiatives import world as worlds

KEEPER, NURSE, DRIVER = "owner:lead", "partner:member", "other:member"
WHO = st.sampled_from([KEEPER, KEEPER, NURSE, NURSE, DRIVER, "owner:officer", "other:officer", "nobody", "public"])
ASKED = st.sampled_from([NURSE, NURSE, DRIVER, KEEPER, "by mail", "by name"])
PICK = st.integers(0, 5)
FIELDS = [field.attname for field in Action._meta.concrete_fields]


class ActionMachine(RuleBasedStateMachine):
    """Every act is tried by anybody at any time; what is refused changes nothing."""

    @initialize()
    def lay(self) -> None:
        self.point = transaction.savepoint()
        self.world = worlds.build()
        self.took_on: set[tuple[int, int]] = set()
        """Actions with the people who said that they take them on."""
        self.versions: dict[int, int] = {}
        self.made = 0

    def teardown(self) -> None:
        if hasattr(self, "point"):
            transaction.savepoint_rollback(self.point)

    def picture(self) -> Any:
        counts = (ActionUpdate.objects.count(), Chase.objects.count())
        return list(Action.objects.order_by("pk").values_list(*FIELDS)), counts

    def tried(self, act: Callable[..., Any], by: str, /, **given: Any) -> Any:
        before = self.picture()
        try:
            with transaction.atomic():
                return act(actor=self.world[by], **given)
        except DomainError as refusal:
            said = refusal.message
        assert said, "a refusal is a sentence"
        assert self.picture() == before, "what is refused changes nothing"
        return None

    def picked(self, number: int) -> Action | None:
        rows = list(Action.objects.order_by("pk"))
        return rows[number % len(rows)] if rows else None

    def somebody(self, name: str) -> Who:
        if name == "by mail":
            return Who(email="driver@buses.example")
        return Who(name="Sam from the buses") if name == "by name" else Who(person=self.world[name].who)

    @rule(who=WHO, visibility=st.sampled_from(Action.Visibility.values), late=st.booleans(), asked=ASKED)
    def make(self, who: str, visibility: str, late: bool, asked: str) -> None:
        if self.made < 6:
            due = today() + timedelta(days=-3 if late else 3)
            given = {"what": f"Act {self.made}", "visibility": visibility, "due_on": due, "who": self.somebody(asked)}
            made = self.tried(making.make, who, **given)
            self.made += made is not None
            self.self_asked(made, who)

    @rule(who=WHO, number=PICK, asked=ASKED)
    def ask(self, who: str, number: int, asked: str) -> None:
        if (action := self.picked(number)) is not None:
            self.self_asked(self.tried(asking.ask, who, action=action, who=self.somebody(asked)), who)

    def self_asked(self, made: Action | None, who: str) -> None:
        """Whoever names themselves has said yes by that."""
        person = self.world[who].person
        if made is not None and person is not None and made.owner_id == person.pk:
            self.took_on.add((made.pk, person.pk))

    @rule(who=WHO, number=PICK, act=st.sampled_from([asking.accept, asking.claim]))
    def take_on(self, who: str, number: int, act: Callable[..., Any]) -> None:
        action = self.picked(number)
        if action is not None and self.tried(act, who, action=action) is not None:
            self.took_on.add((action.pk, self.world[who].person.pk))

    @rule(who=WHO, number=PICK)
    def decline(self, who: str, number: int) -> None:
        if (action := self.picked(number)) is not None:
            self.tried(asking.decline, who, action=action, reason="No time.")

    @rule(who=WHO, number=PICK, evidence=st.sampled_from(["", "The stop is there."]))
    def finish(self, who: str, number: int, evidence: str) -> None:
        if (action := self.picked(number)) is not None:
            self.tried(working.finish, who, action=action, evidence=evidence)

    @rule(who=WHO, number=PICK)
    def drop(self, who: str, number: int) -> None:
        if (action := self.picked(number)) is not None:
            self.tried(making.drop, who, action=action, reason="Not needed.")

    @rule(who=WHO, number=PICK)
    def reopen(self, who: str, number: int) -> None:
        if (action := self.picked(number)) is not None:
            self.tried(making.reopen, who, action=action)

    @rule(who=WHO, number=PICK, free=st.booleans())
    def block(self, who: str, number: int, free: bool) -> None:
        if (action := self.picked(number)) is not None and free:
            self.tried(working.unblock, who, action=action)
        elif action is not None:
            self.tried(working.block, who, action=action, reason="No road.")

    @rule(who=WHO, number=PICK, stale=st.booleans())
    def change(self, who: str, number: int, stale: bool) -> None:
        action = self.picked(number)
        if action is None:
            return
        said = {"what": f"{action.what}!"[:40], "details": "", "due_on": action.due_on, "visibility": action.visibility}
        made = self.tried(making.change, who, action=action, version=action.version - stale, **said)
        assert made is None or not stale or made.version == action.version

    @rule(who=WHO)
    def chase(self, who: str) -> None:
        self.tried(chasing.chase, who, references=[each.reference for each in Action.objects.all()])

    @invariant()
    def whoever_has_one_has_taken_it_on(self) -> None:
        for action in Action.objects.filter(status="accepted"):
            assert (action.pk, action.owner_id) in self.took_on

    @invariant()
    def whoever_is_asked_can_be_reached(self) -> None:
        for action in Action.objects.filter(status="asked"):
            assert action.owner_id is not None or action.owner_email

    @invariant()
    def what_is_done_says_when_and_nothing_blocks_what_has_ended(self) -> None:
        for action in Action.objects.all():
            assert (action.status == "done") == (action.done_at is not None)
            assert action.is_open or not action.is_blocked

    @invariant()
    def nobody_is_asked_twice_within_three_days(self) -> None:
        for action in Action.objects.all():
            assert action.chases.count() <= 1

    @invariant()
    def versions_only_grow_and_numbers_are_given_once(self) -> None:
        rows = list(Action.objects.order_by("number"))
        assert len({each.reference for each in rows}) == len(rows)
        for action in rows:
            assert action.version >= self.versions.get(action.pk, 1)
            self.versions[action.pk] = action.version

    @invariant()
    def lists_show_what_the_rule_shows(self) -> None:
        if not hasattr(self, "world"):
            return
        for name in (KEEPER, NURSE, "other:officer", "public"):
            actor = self.world[name]
            shown = set(queries.visible_to(actor).values_list("pk", flat=True))
            assert shown == {each.pk for each in Action.objects.all() if can(actor, "action.view", each)}


class TestActions(TestCase):
    def test_actions(self) -> None:
        run_state_machine_as_test(
            ActionMachine,
            settings=settings(
                max_examples=12,
                stateful_step_count=30,
                deadline=None,
                suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
            ),
        )
