"""A request that comes twice is done once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from groundwork.accounts.models import ApiToken
from groundwork.clock import now
from groundwork.directory.models import Organisation
from groundwork.schedule.registry import Slot, jobs
from groundwork.web.models import IdempotencyKey
from groundwork.web.services import claim_key
from tests.groundwork.directory.town import Town, acting, at_once
from tests.groundwork.web.api.asking import THINGS, Program, problem, token_of

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.groundwork.web.api.addresses")]


@pytest.fixture
def town() -> Town:
    return Town()


@pytest.fixture
def program(town: Town) -> Program:
    return Program(token_of(acting(town.council)))


def made() -> int:
    return Organisation.objects.filter(slug__startswith="thing-").count()


def test_the_same_again_gets_the_same_answer(program):
    first = program.post(THINGS, {"name": "Gärtnerei", "colour": "red"}, idempotency_key="one")
    assert first.status_code == 201
    assert "Idempotent-Replayed" not in first
    for body in ({"name": "Gärtnerei", "colour": "red"}, {"colour": "red", "name": "Gärtnerei"}):
        again = program.post(THINGS, body, idempotency_key="one")
        assert again.status_code == 201
        assert again.content == first.content
        assert again["Idempotent-Replayed"] == "true"
        for name in ("Location", "ETag", "Content-Type", "Cache-Control", "Vary"):
            assert again[name] == first[name]
    assert made() == 1


def test_without_a_key_each_is_a_request_of_its_own(program):
    for _each in range(2):
        assert program.post(THINGS, {"name": "x"}).status_code == 201
    assert made() == 2
    assert not IdempotencyKey.objects.exists()


def test_keys_belong_to_their_token(program, town):
    assert program.post(THINGS, {"name": "x"}, idempotency_key="one").status_code == 201
    other = Program(token_of(acting(town.charity)))
    answer = other.post(THINGS, {"name": "x"}, idempotency_key="one")
    assert (answer.status_code, made()) == (201, 2)
    assert "Idempotent-Replayed" not in answer


@pytest.mark.parametrize("body", [{"name": "y"}, {"name": "x", "colour": "red"}, {}])
def test_a_key_that_comes_with_something_else_is_refused(program, body):
    program.post(THINGS, {"name": "x"}, idempotency_key="one")
    assert problem(program.post(THINGS, body, idempotency_key="one"), 422)["code"] == "key_reused"
    assert made() == 1


def test_a_key_that_comes_to_another_address_is_refused(program):
    program.post(THINGS, {"name": "x"}, idempotency_key="one")
    for path in (f"{THINGS}?x=1", "/api/v1/broken/bug/"):
        assert problem(program.post(path, {"name": "x"}, idempotency_key="one"), 422)["code"] == "key_reused"


def test_a_refusal_leaves_its_key_free(program):
    """Nothing was done, so there is nothing to be repeated: the corrected request may use the same key."""
    problem(program.post(THINGS, {"nam": "x"}, idempotency_key="one"), 422)
    problem(program.post(THINGS, b"{", idempotency_key="one"), 400)
    problem(program.post(THINGS, {"name": "taken"}, idempotency_key="one"), 409)
    assert program.post(THINGS, {"name": "answered with a refusal"}, idempotency_key="one").status_code == 409
    assert made() == 0
    assert not IdempotencyKey.objects.exists()
    assert program.post(THINGS, {"name": "x"}, idempotency_key="one").status_code == 201
    assert made() == 1


@pytest.mark.parametrize("key", ["", "é", "a" * 256, "a\tb", "a\x7f"])
def test_a_key_that_cannot_be_one(program, key):
    found = problem(program.post(THINGS, {"name": "x"}, idempotency_key=key), 400)
    assert found["code"] == "idempotency_key"
    assert made() == 0


@pytest.mark.parametrize("key", ["a", "a" * 255, "with spaces ~!", '"quoted"', "🙂".encode().hex()])
def test_any_plain_key_will_do(program, key):
    for _twice in range(2):
        assert program.post(THINGS, {"name": "x"}, idempotency_key=key).status_code == 201
    assert made() == 1


def test_who_may_not_write_learns_nothing_from_a_key(program, town):
    program.post(THINGS, {"name": "x"}, idempotency_key="one")
    problem(Program().post(THINGS, {"name": "x"}, idempotency_key="one"), 401)
    reader = Program(token_of(acting(town.council), scope="read"))
    problem(reader.post(THINGS, {"name": "x"}, idempotency_key="one"), 403)


def test_a_key_is_forgotten_after_two_days(program, clock):
    program.post(THINGS, {"name": "x"}, idempotency_key="one")
    clock.shift(timedelta(hours=48))
    program.post(THINGS, {"name": "x"}, idempotency_key="one")
    assert made() == 1
    clock.shift(timedelta(seconds=1))
    # Whether or not the night's job has run.
    answer = program.post(THINGS, {"name": "y"}, idempotency_key="one")
    assert (answer.status_code, made()) == (201, 2)
    again = program.post(THINGS, {"name": "y"}, idempotency_key="one")
    assert (again.content, made()) == (answer.content, 2)
    job = next(each for each in jobs() if each.name == "web.forget_old_keys")
    job.run(Slot(period="x", due_at=now() + timedelta(hours=47)))
    assert IdempotencyKey.objects.count() == 1
    job.run(Slot(period="x", due_at=now() + timedelta(hours=49)))
    assert IdempotencyKey.objects.count() == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round_", range(3))
def test_at_the_very_same_time_it_is_done_once(round_):
    town = Town()
    secret = token_of(acting(town.council))
    Program(secret).get(THINGS)
    answers: list[Any] = at_once(
        8, lambda _number: Program(secret).post(THINGS, {"name": "Together"}, idempotency_key="one")
    )
    assert [answer.status_code for answer in answers] == [201] * 8
    assert len({answer.content for answer in answers}) == 1
    assert sum("Idempotent-Replayed" not in answer for answer in answers) == 1
    assert made() == 1
    assert IdempotencyKey.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_at_the_very_same_time_different_things_are_one_of_them():
    town = Town()
    secret = token_of(acting(town.council))
    answers: list[Any] = at_once(
        6, lambda number: Program(secret).post(THINGS, {"name": f"Thing {number}"}, idempotency_key="one")
    )
    assert sorted(answer.status_code for answer in answers) == [201, *[422] * 5]
    assert made() == 1


@pytest.mark.django_db(transaction=True)
def test_at_the_very_same_time_refusals_block_nobody():
    town = Town()
    secret = token_of(acting(town.council))
    names = ["taken", "good"] * 3
    answers: list[Any] = at_once(
        6, lambda number: Program(secret).post(THINGS, {"name": names[number]}, idempotency_key="one")
    )
    found = [answer.status_code for answer in answers]
    assert found.count(201) == 3
    # Who came before the good one was refused for what they asked, who came after it for the key.
    assert set(found) <= {201, 409, 422}
    assert made() == 1


@pytest.mark.django_db(transaction=True)
def test_a_key_is_claimed_within_its_effect_or_not_at_all():
    with pytest.raises(RuntimeError, match="outside the transaction"):
        claim_key(token=ApiToken(pk=1), key="x")
