"""Many people at the same instant: guesses are counted as if one came after the other, and nobody joins twice."""

from __future__ import annotations

import pytest

from collaboration.workshops import queries, services
from collaboration.workshops.models import CODE_SYMBOLS, Participation, Workshop
from collaboration.workshops.services.joining import WRONG_JOIN_CODES
from groundwork.access.actors import Public
from groundwork.access.errors import NotFound
from groundwork.accounts.models import Tries
from groundwork.accounts.services.limits import TooMany
from tests.collaboration.workshops.ground import guest, invited, lay, opened, planned
from tests.groundwork.directory.town import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_fifty_guesses_at_once_are_no_more_than_thirty() -> None:
    opened(lay())
    codes = [f"{a}{b}333333" for a in CODE_SYMBOLS[:10] for b in CODE_SYMBOLS[:5]]

    answers = at_once(50, lambda n: services.try_code(code=codes[n], address="192.0.2.1"))

    assert sorted(type(answer).__name__ for answer in answers) == sorted(
        [NotFound.__name__] * WRONG_JOIN_CODES.times + [TooMany.__name__] * (50 - WRONG_JOIN_CODES.times)
    )


def test_fifty_phones_of_one_hall_come_in_at_once_amid_wrong_codes() -> None:
    it = opened(lay())

    def arrive(number: int) -> object:
        if number % 5 == 4:
            return services.try_code(code="22222222", address="203.0.113.7")
        return guest(services.try_code(code=it.code, address="203.0.113.7"), f"Phone {number}")

    answers = at_once(50, arrive)

    assert [a for a in answers if isinstance(a, Exception) and not isinstance(a, NotFound)] == []
    assert queries.heads(it).admitted == 1 + 40
    assert sorted(len(row.moments) for row in Tries.objects.all()) == [10, 10]


def test_a_double_click_on_join_is_one_place() -> None:
    it = opened(lay())
    secret = "s" * 43

    answers = at_once(8, lambda _n: guest(it, "Sam", guest_secret=secret))

    assert {answer.participation.pk for answer in answers} == {Participation.objects.get(person=None, workshop=it).pk}


def test_a_person_who_joins_twice_at_once_is_one_person() -> None:
    ground = lay()
    it = opened(ground)

    at_once(8, lambda _n: services.join(actor=ground["nurse"], workshop=it))

    assert Participation.objects.filter(workshop=it, person=ground["nurse"].person).count() == 1


def test_an_invitation_used_by_many_at_once_lets_one_in() -> None:
    ground = lay()
    it = opened(ground)
    token = queries.invitation_token(invited(ground, it))

    answers = at_once(8, lambda n: services.join_by_invitation(actor=Public(), token=token, name=f"Eve {n}"))

    assert sum(isinstance(answer, NotFound) for answer in answers) == 7
    assert Participation.objects.filter(workshop=it, person=None).count() == 1


def test_a_double_click_on_plan_is_one_workshop() -> None:
    ground = lay()

    answers = at_once(6, lambda _n: planned(ground))

    assert {answer.pk for answer in answers} == {Workshop.objects.get().pk}
