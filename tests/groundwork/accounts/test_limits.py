"""How often something may be tried (S8)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from groundwork.accounts.models import Tries
from groundwork.accounts.services import limits
from groundwork.accounts.services.limits import Limit, TooMany, forget_old, give_back, take, take_all
from tests.groundwork.directory.town import at_once
from tests.settings import forget_cache

THREE = Limit("three", 3, 60)


@pytest.mark.django_db
def test_so_many_and_no_more_until_the_first_is_old(clock):
    assert all(take(THREE, "a") for _each in range(3))
    assert take(THREE, "a") is None
    clock.shift(59)
    assert take(THREE, "a") is None
    clock.shift(2)
    assert take(THREE, "a") is not None


@pytest.mark.django_db
def test_no_stretch_of_the_length_holds_more_than_the_limit(clock):
    """A counter that starts anew at each full minute would let twice as many through around it."""
    taken = []
    for second in range(0, 300, 7):
        if take(THREE, "a"):
            taken.append(second)
        clock.shift(7)
    assert all(sum(begin <= s < begin + 60 for s in taken) <= 3 for begin in range(300))
    assert len(taken) > 9


@pytest.mark.django_db
def test_subjects_are_counted_apart_and_whatever_their_case(clock):
    for _each in range(3):
        take(THREE, "A@example.org")
    assert take(THREE, " a@EXAMPLE.org ") is None
    assert take(THREE, "b@example.org") is not None
    assert not Tries.objects.filter(key__contains="example").exists()


@pytest.mark.django_db
def test_a_right_guess_does_not_count(clock):
    for _each in range(20):
        one = take(THREE, "a")
        assert one is not None
        give_back(one)


@pytest.mark.django_db
def test_all_or_none(clock):
    for _each in range(3):
        take(THREE, "full")
    with pytest.raises(TooMany) as refused:
        take_all((THREE, "free"), (THREE, "full"))
    assert refused.value.status == 429
    assert "1 minutes" in refused.value.message
    assert len(Tries.objects.get(key=take(THREE, "free").key).moments) == 1  # type: ignore[union-attr]


@pytest.mark.django_db
def test_an_emptied_cache_forgets_nothing(clock):
    for _each in range(3):
        take(THREE, "a")
    forget_cache()
    assert take(THREE, "a") is None


@pytest.mark.django_db
def test_old_counters_are_deleted(clock):
    take(THREE, "a")
    clock.shift(timedelta(hours=25))
    take(THREE, "b")
    assert forget_old() == 1
    assert Tries.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_fifty_at_the_same_instant_are_counted_like_fifty_in_a_row():
    got = at_once(50, lambda _n: take(limits.WRONG_PASSWORDS, "victim@example.org"))
    assert not [one for one in got if isinstance(one, Exception)]
    assert sum(one is not None for one in got) == 10
