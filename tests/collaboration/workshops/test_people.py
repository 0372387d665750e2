"""Lists of people, what people paste, and how much reading either costs."""

from __future__ import annotations

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from collaboration.workshops import queries, services
from collaboration.workshops.addresses import LONGEST_NAME, is_address, read_addresses
from collaboration.workshops.models import CODE_SYMBOLS
from groundwork.access.errors import NotFound
from groundwork.clock import now
from tests.collaboration.workshops.ground import Ground, guest, invited, lay, opened


@pytest.fixture
def ground(clock: time_machine.Coordinates, db: None) -> Ground:
    return lay()


def test_a_longer_list_costs_no_more(ground: Ground, django_assert_num_queries) -> None:
    it = opened(ground)
    for number in (1, 3):
        for extra in range(number):
            guest(it, f"{number} {extra}", organisation_name="Vale Hospital", email=f"s{number}{extra}@example.org")
            invited(ground, it, f"p{number}{extra}@parish.example")
        with django_assert_num_queries(1):
            for part in queries.participants(it):
                assert str(part)
                assert part.organisation is None or part.organisation.sector.title
                assert part.person is None or part.person.display_name
                assert part.workshop.title
        with django_assert_num_queries(1):
            assert [(each.workshop.title, each.invited_by.name) for each in queries.invitations(it)]
        with django_assert_num_queries(1):
            assert [part.person and part.person.email for part in queries.to_be_told(it)]
        with django_assert_num_queries(1):
            assert queries.heads(it).admitted
        with django_assert_num_queries(2):
            queries.check_invitations(it, [queries.Invitee(f"p{n}@parish.example") for n in range(number)])


@pytest.mark.django_db
def test_who_is_looked_up_in_one_workshop_only(ground: Ground) -> None:
    one, other = opened(ground), opened(ground, "nurse", title="Other")
    sam = guest(one).participation
    assert queries.find_participation(ground["member"], one, sam.pk) == sam
    assert queries.find_participation(ground["nurse"], other, sam.pk) is None
    with pytest.raises(NotFound):
        queries.find_participation(ground["nurse"], one, sam.pk)


def test_whoever_acts_acts_as_themselves(ground: Ground) -> None:
    it = opened(ground)
    sam = guest(it).participation
    assert queries.actor_of(sam).participation_id == sam.pk
    nurse = services.join(actor=ground["nurse"], workshop=it).participation
    assert queries.actor_of(nurse).mandate == ground["nurse"].mandate
    mandate = ground["nurse"].mandate
    mandate.valid_to = now().date()
    mandate.save()
    assert queries.actor_of(nurse).mandate is None


@given(st.text(max_size=300))
def test_whatever_is_pasted_gives_addresses_and_sentences(text: str) -> None:
    people, problems = read_addresses(text)
    assert len({person.email for person in people}) == len(people)
    for person in people:
        assert is_address(person.email)
        assert person.email == person.email.lower()
        assert person.name.isprintable()
        assert len(person.name) <= LONGEST_NAME
    assert all(isinstance(sentence, str) and sentence.isprintable() for sentence in problems)


_NAMES = st.text(st.characters(categories=["Lu", "Ll", "Nd"]), min_size=1, max_size=20)


@given(
    st.lists(st.tuples(_NAMES, st.from_regex(r"[a-z]{1,9}@[a-z]{1,9}\.example", fullmatch=True)), max_size=8),
    st.sampled_from([", ", "; ", "\n", "\r\n", ";\n"]),
)
def test_what_a_mail_program_copies_is_understood(people: list[tuple[str, str]], between: str) -> None:
    read, problems = read_addresses(between.join(f'"{name}" <{email}>' for name, email in people))
    assert problems == []
    assert [person.email for person in read] == list(dict.fromkeys(email for _name, email in people))


@given(st.text(CODE_SYMBOLS, min_size=8, max_size=8), st.sampled_from(["", " ", "-", "–", "\u00a0", "."]))
def test_a_code_is_read_as_it_was_meant(code: str, between: str) -> None:
    assert queries.tidy_code(between.join([code[:4].lower(), code[4:]])) == code


@given(st.text(max_size=200))
def test_tidying_anything_is_harmless(text: str) -> None:
    assert len(queries.tidy_code(text)) <= 180
