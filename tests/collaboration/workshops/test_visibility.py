"""Who sees a workshop: the rule about one, and its set-wise twin, over everybody and every state."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine

from collaboration.workshops import queries, services
from collaboration.workshops.models import Participation, Workshop, WorkshopInvitation
from collaboration.workshops.rules import facilitates, organises
from groundwork.access.actors import Actor, GuestActor, PersonActor, Public, SystemActor
from groundwork.access.errors import NotFound
from groundwork.access.rules import can, verbs
from groundwork.accounts.models import Person
from groundwork.clock import now
from groundwork.directory.models import Mandate
from tests.collaboration.workshops.ground import Ground, invited, lay, opened, planned

pytestmark = pytest.mark.django_db

PARTS = ("none", "waiting", "admitted", "removed", "left", "mandate-ended", "invited", "revoked")


@pytest.fixture
def ground(clock: time_machine.Coordinates) -> Ground:
    return lay()


def everything(ground: Ground) -> list[Workshop]:
    """A workshop in each visibility and status, in each of which the porter and a guest have each part."""
    made = []
    porter = ground["porter"].person
    gone = Mandate.objects.create(
        person=porter,
        organisation=ground.hospital,
        role="scrutiny",
        valid_from=date(2020, 1, 1),
        valid_to=date(2021, 1, 1),
    )
    for visibility in Workshop.Visibility.values:
        for status in Workshop.Status.values:
            for part in PARTS:
                it = Workshop.objects.create(
                    title=f"{visibility} {status} {part}",
                    template="pre-mortem",
                    host=ground.council,
                    visibility=visibility,
                    status=status,
                )
                made.append(it)
                if part in ("invited", "revoked"):
                    WorkshopInvitation.objects.create(
                        workshop=it,
                        email=porter.email,
                        token_digest=f"digest {it.pk}",
                        expires_at=now(),
                        revoked_at=now() if part == "revoked" else None,
                    )
                elif part != "none":
                    Participation.objects.create(
                        workshop=it,
                        person=porter,
                        status="admitted" if part == "mandate-ended" else part,
                        mandate=gone if part == "mandate-ended" else None,
                    )
                    if part != "mandate-ended":
                        Participation.objects.create(workshop=it, status=part, guest_digest=f"guest {it.pk}")
    return made


def everybody(ground: Ground, made: list[Workshop]) -> dict[str, Actor]:
    operator = Person.objects.create(email="op@vale.example", name="Op", is_operator=True)
    guests = Participation.objects.filter(person=None)
    return {
        **ground.people,
        "porter without a mandate": PersonActor(who=ground["porter"].who),
        "operator": PersonActor(who=operator),
        "public": Public(),
        "system": SystemActor(),
        **{
            f"guest of {guest.workshop.title}": GuestActor(workshop_id=guest.workshop_id, participation_id=guest.pk)
            for guest in guests.select_related("workshop")
        },
        "guest with somebody else's number": GuestActor(
            workshop_id=made[0].pk, participation_id=guests.order_by("-pk")[0].pk
        ),
    }


def test_what_a_rule_allows_a_list_shows(ground: Ground) -> None:
    made = everything(ground)
    for name, actor in everybody(ground, made).items():
        seen = set(queries.visible_to(actor).values_list("title", flat=True))
        assert len(seen) == queries.visible_to(actor).count(), "each once"
        assert seen == {it.title for it in made if can(actor, "workshop.view", it)}, name


def test_who_sees_what_is_seen_by_its_people_alone(ground: Ground) -> None:
    made = everything(ground)
    people = everybody(ground, made)

    def sees(name: str, part: str) -> bool:
        return can(people[name], "workshop.view", next(i for i in made if i.title == f"invited open {part}")).allowed

    for name in ("officer", "lead", "system"):
        assert sees(name, "none")
    for name in ("member", "scrutiny", "nurse", "nobody", "operator", "public", "porter"):
        assert not sees(name, "none"), name
    assert [part for part in PARTS if sees("porter", part)] == ["waiting", "admitted", "invited"]
    guests = [n for n in people if n.startswith("guest of invited open") and can(people[n], "workshop.view", made[0])]
    assert guests == []


def test_what_one_may_not_see_does_not_exist(ground: Ground) -> None:
    it = planned(ground)
    with pytest.raises(NotFound):
        queries.find(ground["nurse"], it.code)
    with pytest.raises(NotFound):
        services.open_workshop(actor=ground["nurse"], workshop=it)
    for typed in ("", "\x00" * 8, "½" * 8, "A" * 9, it.code + "A"):
        with pytest.raises(NotFound):
            queries.find(ground["lead"], typed)
    assert queries.find(ground["lead"], it.code.lower()) == it


def test_every_verb_about_workshops_over_every_role(ground: Ground) -> None:
    it = opened(ground, visibility="public")
    services.join(actor=ground["porter"], workshop=it)
    mine = queries.participation_for(it, person=ground["porter"].person)
    invitation = invited(ground, it)
    on = {"workshop.rename": mine, "workshop.remove": mine, "workshop.take_part": mine, "workshop.plan": None}
    allowed = {
        verb: {
            name
            for name, actor in {**ground.people, "public": Public(), "system": SystemActor()}.items()
            if can(actor, verb, on.get(verb, it))
        }
        for verb in verbs()
        if verb.startswith("workshop.")
    }
    everyone = {*ground.people, "public"}
    organisers = {"member", "lead", "officer"}
    assert allowed == {
        "workshop.view": everyone | {"system"},
        "workshop.plan": {"member", "lead", "officer", "nurse", "porter"},
        "workshop.copy": {"member", "lead", "officer", "nurse", "porter"},
        "workshop.edit": organisers,
        "workshop.invite": organisers,
        "workshop.open": organisers,
        "workshop.run": organisers,
        "workshop.remove": organisers,
        "workshop.hold": {"lead", "officer"},
        "workshop.join": everyone,
        "workshop.take_part": {"porter"},
        "workshop.rename": organisers | {"porter"},
        "workshop.forget": {"system"},
    }
    assert can(ground["lead"], "workshop.invite", invitation)
    assert not can(ground["porter"], "workshop.invite", invitation)


def test_an_officer_of_the_convening_organisation_is_no_organiser_of_others(ground: Ground) -> None:
    it = planned(ground, "nurse", visibility="partners")
    assert not organises(ground["officer"], it)
    assert not facilitates(ground["officer"], it)
    assert can(ground["officer"], "workshop.hold", it)
    assert not can(ground["officer"], "workshop.hold", planned(ground, "nurse", title="Ours alone"))


def test_lists(ground: Ground) -> None:
    day = timedelta(days=1)
    soon, later = planned(ground, visibility="public"), planned(ground, title="Later", visibility="public")
    services.change_workshop(
        actor=ground["member"], workshop=later, version=None, starts_at=now() + 9 * day, ends_at=now() + 10 * day
    )
    undated = planned(ground, title="Undated", starts_at=None, ends_at=None, visibility="partners")
    running = opened(ground, title="Running", visibility="partners")
    over = opened(ground, title="Over", visibility="public")
    services.report_workshop(actor=ground["member"], workshop=over)
    rehearsal = services.copy_for_rehearsal(actor=ground["member"], workshop=soon)
    invited(ground, soon, "nurse@vale.example")

    def titles(who: str, which: queries.Which, **given: str) -> list[str]:
        actor = Public() if who == "public" else ground[who]
        return [it.title for it in queries.listing(actor, which, **given)]

    assert titles("nurse", "upcoming") == [soon.title, "Later", "Undated"]
    assert titles("public", "upcoming") == [soon.title, "Later"]
    assert titles("nurse", "open") == [running.title]
    assert titles("public", "past") == ["Over"]
    assert rehearsal.title in titles("member", "mine")
    assert rehearsal.title not in titles("member", "all")
    assert titles("nurse", "mine") == []
    assert titles("lead", "all", words="undat vale") == [undated.title]
    assert titles("lead", "all", words="\x00") == titles("lead", "all")
    assert [it.title for it in queries.upcoming_of(ground["nurse"])] == [soon.title]
    assert [it.people for it in queries.listing(ground["lead"], "open")] == [1]


def test_a_list_costs_the_same_however_long_it_is(ground: Ground, django_assert_num_queries) -> None:
    planned(ground)
    for number in (1, 3):
        for extra in range(number):
            planned(ground, title=f"More {number} {extra}")
        with django_assert_num_queries(1):
            assert [(it.host.name, it.people) for it in queries.listing(ground["lead"])]
        with django_assert_num_queries(1):
            assert list(queries.upcoming_of(ground["member"]))
