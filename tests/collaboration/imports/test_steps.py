"""A large import is done by the worker, step by step: each line once, whatever is killed between steps or in one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import OperationalError

from collaboration.imports import handlers, queries, services
from collaboration.imports.models import Import, ImportedLine
from collaboration.imports.services import stepping
from collaboration.initiatives.models import Initiative, Partner
from groundwork.clock import now
from groundwork.directory.models import Mandate
from groundwork.events import relay
from groundwork.events.models import OutboxEvent
from tests.collaboration.imports.files import titled, titles, uploaded, verdicts
from tests.collaboration.initiatives.world import World, events_of

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """As a process that is killed: nothing catches it."""


@pytest.fixture(autouse=True)
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten lines are many, and a step is three."""
    for module in ("checking", "confirming", "undoing"):
        monkeypatch.setattr(f"collaboration.imports.services.{module}.AT_ONCE", 2)
    monkeypatch.setattr(stepping, "STEP", 3)


def step() -> bool:
    """Relay the oldest event that is due, as a worker does. Whether there was one."""
    batch = relay.claim(1)
    for event in batch:
        relay.relay(event)
    return bool(batch)


def ten(world: World) -> Import:
    it = uploaded(world["owner:lead"], titled(*(f"Work {n}" for n in range(10)), partners="Vale NHS"))
    return services.choose_columns(actor=world["owner:lead"], imported=it, mapping=it.mapping)


def test_a_large_import_is_checked_imported_published_and_undone_by_the_worker(
    world: World, drain: Callable[[], int]
) -> None:
    it = ten(world)
    assert (it.status, it.position) == ("checking", 0)
    drain()
    it.refresh_from_db()
    assert (it.status, it.counts["new"]) == ("checked", 10)
    it = services.confirm(actor=world["owner:lead"], imported=it, publish="public")
    assert it.status == "importing"
    seen = set()
    while step():
        it.refresh_from_db()
        published = Initiative.objects.exclude(visibility="draft").count()
        seen.add((it.step, Initiative.objects.count(), published))
    # What is new is shown to nobody before all of it is in.
    assert {published for name, _made, published in seen if name == "apply"} == {0}
    assert ("apply", 3, 0) in seen
    it.refresh_from_db()
    assert (it.status, it.counts["new"]) == ("imported", 10)
    assert set(Initiative.objects.values_list("visibility", flat=True)) == {"public"}
    assert len(events_of("import.finished")) == 1
    it = services.undo(actor=world["owner:lead"], imported=it)
    assert it.status == "undoing"
    drain()
    it.refresh_from_db()
    assert it.status == "undone"
    assert titles(withdrawn_at=None) == []


def test_killed_in_any_step_it_goes_on_where_it_was_and_no_line_is_done_twice(
    world: World, monkeypatch: pytest.MonkeyPatch, clock: object
) -> None:
    it = ten(world)
    while step():
        pass
    services.confirm(actor=world["owner:lead"], imported=Import.objects.get(), publish="public")
    moments = 0
    while True:
        batch = relay.claim(1)
        if not batch:
            break
        asked = batch[0]
        if asked.name in ("import.confirmed", "import.step_due"):
            before = Import.objects.values().get(), Initiative.objects.count()
            _die_after_the_work(monkeypatch, asked)
            assert (Import.objects.values().get(), Initiative.objects.count()) == before
            moments += 1
        # The lease ran out, and another worker takes the event up.
        relay.relay(asked)
        # It arrives once more, as it may: taken twice, a step is taken once.
        handlers.step(relay._envelope(asked)) if asked.name.startswith("import.") and asked.name in STEPS else None
    it.refresh_from_db()
    assert it.status == "imported"
    assert moments >= 8
    assert titles() == sorted(f"Work {n}" for n in range(10))
    assert Partner.objects.count() == 10
    assert set(ImportedLine.objects.values_list("outcome", flat=True)) == {"done"}
    assert len(events_of("import.finished")) == 1


STEPS = ("import.confirmed", "import.step_due")


def _die_after_the_work(monkeypatch: pytest.MonkeyPatch, event: OutboxEvent) -> None:
    """Relay an event in a process that dies after the step's work and before its commit."""

    def die(*_args: object, **_kwargs: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(stepping, "ask_for_step", die)
        for name in ("end_import", "end_check", "end_undo"):
            for module in ("confirming", "checking", "undoing"):
                patch.setattr(f"collaboration.imports.services.{module}.{name}", die, raising=False)
        with pytest.raises(Killed):
            relay.relay(event)


def test_matching_again_overtakes_a_check_that_is_under_way(world: World, drain: Callable[[], int]) -> None:
    it = ten(world)
    step()
    it = services.choose_columns(actor=world["owner:lead"], imported=it, mapping={"0": "title"})
    drain()
    it.refresh_from_db()
    assert (it.status, it.mapping, verdicts(it)) == ("checked", {"0": "title"}, ["new"] * 10)
    assert len(events_of("import.checked")) == 1


def test_given_up_while_it_is_checked_it_is_over(world: World, drain: Callable[[], int]) -> None:
    it = ten(world)
    step()
    services.cancel(actor=world["owner:lead"], imported=it)
    drain()
    it.refresh_from_db()
    assert (it.status, it.imported_lines.count()) == ("cancelled", 0)


def test_a_title_twice_is_found_across_steps(world: World, drain: Callable[[], int]) -> None:
    it = uploaded(world["owner:lead"], titled("A", "B", "C", "D", "E", "a", "F"))
    services.choose_columns(actor=world["owner:lead"], imported=it, mapping={"0": "title"})
    drain()
    assert verdicts(it) == ["new"] * 5 + ["rejected", "new"]
    assert ImportedLine.objects.get(number=7).problems[0][1].startswith("Line 2 has the same title")


def test_something_unexpected_takes_back_what_was_done(
    world: World, drain: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    ten(world)
    drain()
    it = services.confirm(actor=world["owner:lead"], imported=Import.objects.get(), publish="public")
    step()
    assert Initiative.objects.count() == 3
    monkeypatch.setattr("collaboration.imports.services.confirming.note_acts", lambda lines: 1 / 0)
    while step():
        pass
    it.refresh_from_db()
    assert it.status == "failed"
    assert "Something went wrong on our side" in it.failure
    assert titles() == []
    assert not OutboxEvent.objects.exclude(status="done").exists()


def test_a_busy_database_is_tried_again(
    world: World, drain: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    it = ten(world)
    with monkeypatch.context() as patch:

        def busy(*_args: object) -> None:
            raise OperationalError("database is locked")

        patch.setattr("collaboration.imports.judging.judge", busy)
        drain()
    it.refresh_from_db()
    assert it.status == "checking"
    OutboxEvent.objects.update(due_at=now())
    drain()
    it.refresh_from_db()
    assert it.status == "checked"


def test_who_acts_for_the_organisation_no_more_imports_nothing_more(world: World, drain: Callable[[], int]) -> None:
    ten(world)
    drain()
    it = services.confirm(actor=world["owner:lead"], imported=Import.objects.get())
    step()
    assert Initiative.objects.count() == 3
    Mandate.objects.filter(pk=world["owner:lead"].mandate.pk).update(valid_to=date.today() - timedelta(days=1))
    drain()
    it.refresh_from_db()
    assert it.status == "failed"
    assert "does not act for this organisation any more" in it.failure
    assert titles() == []
    assert queries.left_alone(it) == []
