"""Several people at once, on whichever database the tests run: nothing twice, nothing lost, no gap."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from collaboration.initiatives.models import Initiative
from collaboration.initiatives.services import keeping, lifecycle, partners, registering
from groundwork.access.errors import Conflict, DomainError, Invalid
from groundwork.directory.models import Place
from tests.collaboration.initiatives.world import World, build, draft, events_of, partner_of, published

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(transactional_db: None) -> World:
    return build()


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Start every act at the same moment, each in its own thread. Returns results and errors in order."""
    start = threading.Barrier(len(acts))
    results: list[Any] = [None] * len(acts)

    def run(position: int, act: Callable[[], Any]) -> None:
        try:
            start.wait(timeout=20)
            results[position] = act()
        except Exception as error:
            results[position] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(n, act)) for n, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads), "a thread waits for ever"
    return results


def test_references_are_unique_and_gap_free_under_eight_writers(world: World) -> None:
    each = 6

    def write(writer: int) -> Callable[[], list[int]]:
        def act() -> list[int]:
            numbers = []
            for n in range(each):
                if n % 3 == 2:
                    # A failure in between must not cost a number.
                    with pytest.raises(Invalid):
                        registering.start_draft(actor=world["owner:lead"], title="\x00")
                numbers.append(registering.start_draft(actor=world["owner:lead"], title=f"Work {writer} {n}").number)
            return numbers

        return act

    results = at_once(*(write(writer) for writer in range(8)))
    errors = [r for r in results if isinstance(r, Exception)]
    assert not errors
    given = sorted(number for numbers in results for number in numbers)
    assert given == list(range(1, 8 * each + 1))
    assert Place.objects.get().last_reference == 8 * each
    assert all(numbers == sorted(numbers) for numbers in results)


def test_a_double_click_at_the_same_moment_begins_one_draft(world: World) -> None:
    act = lambda: registering.start_draft(actor=world["owner:lead"], title="Warm homes").pk  # noqa: E731
    assert len(set(at_once(act, act, act))) == 1
    assert len(events_of("initiative.drafted")) == 1
    assert Place.objects.get().last_reference == 1


def test_two_confirmations_at_once_are_one(world: World) -> None:
    partner = partner_of(published(world), "vale-nhs")
    results = at_once(
        lambda: partners.confirm(actor=world["partner:lead"], partner=partner),
        lambda: partners.confirm(actor=world["partner:approver"], partner=partner),
    )
    assert [r.confirmation for r in results] == ["confirmed", "confirmed"]
    assert len(events_of("partner.confirmed")) == 1


def test_two_publish_at_once_and_it_is_published_once(world: World) -> None:
    it = draft(world)
    results = at_once(
        lambda: registering.publish(actor=world["owner:lead"], initiative=it),
        lambda: registering.publish(actor=world["owner:approver"], initiative=it),
    )
    assert [r.visibility for r in results] == ["public", "public"]
    assert len(events_of("initiative.published")) == 1
    assert len(events_of("partner.asked")) == 2


def test_of_two_edits_at_once_one_wins_and_the_other_is_told(world: World) -> None:
    it = draft(world)

    def edit(title: str) -> Callable[[], Initiative]:
        return lambda: registering.save_about(
            actor=world["owner:lead"], initiative=it, version=it.version, title=title, summary="s", stage="active"
        )

    results = at_once(edit("One"), edit("Two"))
    won = [r for r in results if isinstance(r, Initiative)]
    lost = [r for r in results if isinstance(r, Conflict)]
    assert (len(won), len(lost)) == (1, 1)
    after = Initiative.objects.get(pk=it.pk)
    assert (after.title, after.version) == (won[0].title, it.version + 1)


def test_two_mergers_the_other_way_round_do_not_wait_for_ever(world: World) -> None:
    one, two = published(world), published(world, title="Cosy houses")
    results = at_once(
        lambda: lifecycle.merge(actor=world["owner:lead"], initiative=one, into=two),
        lambda: lifecycle.merge(actor=world["owner:lead"], initiative=two, into=one),
    )
    assert sum(isinstance(r, Initiative) for r in results) == 1
    assert sum(isinstance(r, DomainError) for r in results) == 1
    assert Initiative.objects.filter(merged_into=None).count() == 1


def test_publishing_and_withdrawing_at_once_ends_in_one_order_or_the_other(world: World) -> None:
    it = draft(world)
    results = at_once(
        lambda: registering.publish(actor=world["owner:lead"], initiative=it),
        lambda: lifecycle.withdraw(actor=world["owner:approver"], initiative=it, reason="Not now"),
    )
    after = Initiative.objects.get(pk=it.pk)
    assert after.withdrawn_at is not None
    published_first = not isinstance(results[0], Exception)
    assert after.is_published == published_first
    assert len(events_of("initiative.published")) == int(published_first)


def test_an_update_sent_twice_at_once_is_one(world: World) -> None:
    it = published(world)
    act = lambda: keeping.add_update(actor=world["owner:lead"], initiative=it, body="News").pk  # noqa: E731
    assert len(set(at_once(act, act))) == 1
    assert it.updates.count() == 1


def test_one_organisation_asks_to_join_once_even_from_two_desks(world: World) -> None:
    it = published(world)
    results = at_once(
        lambda: partners.ask_to_join(actor=world["other:lead"], initiative=it).pk,
        lambda: partners.ask_to_join(actor=world["other:member"], initiative=it).pk,
    )
    assert len(set(results)) == 1
    assert it.join_asks.count() == 1
