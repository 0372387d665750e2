"""Uploads, checks, confirmations, undos, second thoughts and other people's edits, in any order.

Whatever happens: one title of one organisation is one record, no edit is lost that an importer had not seen, an undo
takes back what its import did and nothing else, and nobody ever sees anything but a sentence.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from collaboration.imports import services
from collaboration.imports.models import Import, ImportedLine
from collaboration.imports.services import stepping
from collaboration.initiatives.models import Initiative
from collaboration.initiatives.services import lifecycle, registering
from groundwork.access.errors import DomainError
from groundwork.events import relay
from groundwork.events.models import OutboxEvent
from tests.collaboration.imports.files import sheet, uploaded
from tests.collaboration.initiatives.world import World

pytestmark = pytest.mark.django_db

TITLES = ("A", "B")
WORDS = st.sampled_from(["one", "two", "three", "four", "five"])
LINES = st.lists(st.tuples(st.sampled_from(TITLES), WORDS), min_size=1, max_size=3)
WHO = st.sampled_from(["owner:lead", "owner:member", "owner:approver"])


class Machine(RuleBasedStateMachine):
    world: World
    """Set by the test."""

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.imports: list[Import] = []
        self.summaries: dict[int, str] = {}
        """What each record says, as the acts that succeeded have it."""
        self.shown: dict[int, Any] = {}
        """What people saw that each line would change."""
        self.done: dict[int, str] = {}
        """What became of each line, as last seen."""

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    def one(self, number: int) -> Import:
        it = self.imports[number % len(self.imports)]
        it.refresh_from_db()
        return it

    @rule(lines=LINES, who=WHO)
    def upload(self, lines: list[tuple[str, str]], who: str) -> None:
        rows = [{"title": title, "summary": words} for title, words in lines]
        self.imports.append(uploaded(self.world[who], sheet(*rows, headers=["title", "summary"])))

    @rule(lines=LINES, who=WHO, words=WORDS, between=st.booleans(), after=st.booleans(), undo=st.booleans())
    def bring(self, lines: list[tuple[str, str]], who: str, words: str, between: bool, after: bool, undo: bool) -> None:
        """What people do, one after the other, with an edit by somebody else between any two of it."""
        self.upload(lines, who)
        self.match(-1, who)
        self.the_worker_takes_a_step()
        if between:
            self.edit_titled(lines[0][0], words)
        self.confirm(-1, who, True, "")
        self.the_worker_takes_a_step()
        if after:
            self.edit_titled(lines[-1][0], words)
        if undo:
            self.undo(-1, who)

    def edit_titled(self, title: str, words: str) -> None:
        for pk in Initiative.objects.filter(title=title, withdrawn_at=None).values_list("pk", flat=True)[:1]:
            self.edit(sorted(self.summaries).index(pk), words)

    @precondition(lambda self: self.imports)
    @rule(number=st.integers(0, 9), who=WHO)
    def match(self, number: int, who: str) -> None:
        it = self.one(number)
        self.attempt(services.choose_columns, actor=self.world[who], imported=it, mapping=it.mapping)

    @precondition(lambda self: self.imports)
    @rule(number=st.integers(0, 9), who=WHO, skip_bad=st.booleans(), publish=st.sampled_from(["", "public"]))
    def confirm(self, number: int, who: str, skip_bad: bool, publish: str) -> None:
        self.attempt(
            services.confirm, actor=self.world[who], imported=self.one(number), skip_bad=skip_bad, publish=publish
        )

    @precondition(lambda self: self.imports)
    @rule(number=st.integers(0, 9), who=WHO)
    def undo(self, number: int, who: str) -> None:
        self.attempt(services.undo, actor=self.world[who], imported=self.one(number))

    @precondition(lambda self: self.imports)
    @rule(number=st.integers(0, 9), sure=st.sampled_from([False, False, True]))
    def cancel(self, number: int, sure: bool) -> None:
        if not sure:
            return
        self.attempt(services.cancel, actor=self.world["owner:lead"], imported=self.one(number))

    @precondition(lambda self: self.imports)
    @rule()
    def the_worker_takes_a_step(self) -> None:
        for event in relay.claim(1):
            relay.relay(event)
        self.follow()

    @precondition(lambda self: self.summaries)
    @rule(number=st.integers(0, 9), words=WORDS)
    def edit(self, number: int, words: str) -> None:
        pk = sorted(self.summaries)[number % len(self.summaries)]
        it = Initiative.objects.filter(pk=pk).first()
        if it is None or it.withdrawn_at:
            return
        if self.attempt(
            registering.save_about,
            actor=self.world["owner:approver"],
            initiative=it,
            version=it.version,
            title=it.title,
            summary=words,
            stage=it.stage,
        ):
            self.summaries[pk] = words

    @precondition(lambda self: self.summaries)
    @rule(number=st.integers(0, 9), sure=st.sampled_from([False, False, True]))
    def withdraw(self, number: int, sure: bool) -> None:
        if not sure:
            return
        pk = sorted(self.summaries)[number % len(self.summaries)]
        it = Initiative.objects.filter(pk=pk).first()
        if it is not None:
            self.attempt(lifecycle.withdraw, actor=self.world["owner:lead"], initiative=it, reason="Over")

    def attempt(self, act: Any, **how: Any) -> bool:
        """Whether it was done; what is refused is refused with a sentence."""
        try:
            act(**how)
        except DomainError:
            return False
        finally:
            self.follow()
        return True

    def follow(self) -> None:
        """What the lines say that was done to each record since the last look, applied to what records should say."""
        for line in ImportedLine.objects.filter(verdict="changed", outcome=""):
            self.shown[line.pk] = line.changes
        lines = list(
            ImportedLine.objects.exclude(outcome="").select_related("imported").order_by("imported_id", "number")
        )
        for line in lines:
            was = self.done.get(line.pk)
            if line.outcome == was:
                continue
            self.done[line.pk] = line.outcome
            if line.outcome == "done" and line.verdict == "new":
                assert line.initiative_id not in self.summaries
                self.summaries[line.initiative_id] = line.cells[1]
            elif line.outcome == "done":
                before, after = self.shown[line.pk]["summary"]
                # Nobody writes over what they have not seen.
                assert self.summaries[line.initiative_id] == (before or "")
                self.summaries[line.initiative_id] = after or ""
            elif line.outcome == "undone" and line.verdict == "changed":
                before, after = line.changes["summary"]
                assert self.summaries[line.initiative_id] == (after or "")
                self.summaries[line.initiative_id] = before or ""
        living = set(Initiative.objects.values_list("pk", flat=True))
        self.summaries = {pk: words for pk, words in self.summaries.items() if pk in living}

    @invariant()
    def records_say_what_was_last_said_of_them(self) -> None:
        assert dict(Initiative.objects.values_list("pk", "summary")) == self.summaries

    @invariant()
    def a_title_is_one_record(self) -> None:
        live = list(Initiative.objects.filter(withdrawn_at=None).values_list("title", flat=True))
        assert len(live) == len(set(live))

    @invariant()
    def each_import_knows_what_it_did(self) -> None:
        for it in Import.objects.all():
            outcomes = list(ImportedLine.objects.filter(imported=it).values_list("verdict", "outcome"))
            if it.status == "imported":
                assert {outcome for verdict, outcome in outcomes if verdict in ("new", "changed")} <= {"done"}
            if it.status == "undone":
                assert {outcome for verdict, outcome in outcomes if verdict in ("new", "changed")} <= {"undone", "kept"}
            if it.status in ("uploaded", "checking", "checked", "cancelled"):
                assert {outcome for _verdict, outcome in outcomes} <= {""}
            if it.status not in ("uploaded", "checking", "cancelled"):
                assert sum(it.counts.values()) == it.lines
            assert it.status != "failed", it.failure

    @invariant()
    def nothing_is_parked_or_tried_in_vain(self) -> None:
        assert not OutboxEvent.objects.exclude(last_error="").exists()


@pytest.mark.parametrize("size", [500, 1])
def test_any_order_of_acts(world: World, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    """Done in the call, and step by step with other acts between the steps."""
    for module in ("checking", "confirming", "undoing"):
        monkeypatch.setattr(f"collaboration.imports.services.{module}.AT_ONCE", size)
    monkeypatch.setattr(stepping, "STEP", size)
    Machine.world = world
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=20,
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
