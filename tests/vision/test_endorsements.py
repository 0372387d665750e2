"""Endorsements: asked for, given, declined and taken back; local translations; the review of one's own programmes."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from groundwork.access.actors import Actor, PersonActor, Public
from groundwork.access.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound
from groundwork.access.rules import can, verbs
from groundwork.audit.queries import history_of
from groundwork.clock import today
from groundwork.events.models import OutboxEvent
from tests.groundwork.directory.town import SYSTEM, Town, acting, at_once, somebody
from vision.frameworks import queries, services
from vision.frameworks.models import Element, Endorsement, Framework, months_after


class Scene:
    def __init__(self) -> None:
        self.town = town = Town()
        self.vision = Framework.objects.create(
            key="vision", title="Vision of the Vale", part="vision", kind="vision", launched_on=date(2017, 1, 1)
        )
        self.first, self.second = (
            Element.objects.create(framework=self.vision, code=f"V-A{n}", slug=f"v-a{n}", kind="ambition", order=n)
            for n in (1, 2)
        )
        self.officer = acting(town.convening, "officer")
        self.lead, self.member = acting(town.council), acting(town.council, "member")
        self.actors: dict[str, Actor] = {
            "public": Public(),
            "nobody": PersonActor(who=somebody()),
            "system": SYSTEM,
            "operator": PersonActor(who=somebody(is_operator=True)),
            "officer": self.officer,
            "charity:lead": acting(town.charity),
            **{f"council:{role}": acting(town.council, role) for role in ("member", "lead", "approver", "scrutiny")},
        }

    def endorse(self, **more: object) -> Endorsement:
        usual = {"actor": self.lead, "framework": self.vision, "organisation": self.town.council}
        return services.endorse(**{**usual, "endorsed_on": date(2026, 5, 31), **more})  # type: ignore[arg-type]


@pytest.fixture
def scene(db: None) -> Scene:
    return Scene()


def test_whom_a_framework_is_put_to_is_asked_once(scene):
    town = scene.town
    asked = services.ask(actor=scene.officer, framework=scene.vision, organisations=[town.council, town.charity])
    assert {each.organisation for each in asked} == {town.council, town.charity}
    assert services.ask(actor=scene.officer, framework=scene.vision, organisations=[town.council, town.council]) == []
    assert OutboxEvent.objects.filter(name="endorsement.asked").count() == 2
    assert set(queries.endorsable_by(scene.vision)) == {town.convening}
    assert list(queries.endorsements_unanswered()) == asked
    with pytest.raises(NotAllowed):
        services.ask(actor=scene.lead, framework=scene.vision, organisations=[town.convening])
    for cannot in (town.group, town.closed):
        with pytest.raises(Invalid, match="cannot be asked"):
            services.ask(actor=scene.officer, framework=scene.vision, organisations=[cannot])


def test_to_ask_many_costs_the_same_as_to_ask_one(scene, django_assert_num_queries):
    bodies = [scene.town._body(f"Body {n}", scene.town.council.sector) for n in range(4)]
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for chosen in (bodies[:1], bodies[1:]):
        with CaptureQueriesContext(connection) as found:
            services.ask(actor=scene.officer, framework=scene.vision, organisations=chosen)
        counts.append(len([query for query in found if "events_outboxevent" not in query["sql"]]))
    assert counts[0] == counts[1]


def test_endorsed_with_its_minute_and_corrected_later_with_its_history(scene):
    row = scene.endorse(minute_reference="C/2026/14", link="https://council.example/minutes", lead=scene.lead.who)
    assert (row.status, row.version, row.asked_at) == ("endorsed", 1, None)
    assert list(queries.endorsement_register(scene.vision)) == [row]
    row = scene.endorse(minute_reference="C/2026/15", lead_office="Leader of the Council", version=1)
    assert (row.version, row.lead, row.lead_office) == (2, None, "Leader of the Council")
    assert history_of(row).first().changes["minute_reference"] == ["C/2026/14", "C/2026/15"]
    with pytest.raises(Conflict, match="changed this meanwhile"):
        scene.endorse(version=1)
    same = scene.endorse(minute_reference="C/2026/15", lead_office="Leader of the Council", version=2)
    assert same.version == 2, "the same again is no change"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"endorsed_on": date(2099, 1, 1)}, "endorsed_on"),
        ({"endorsed_on": date(2016, 12, 31)}, "endorsed_on"),
        ({"link": "javascript:alert(1)"}, "link"),
        ({"lead": "stranger"}, "lead"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(scene, wrong, field):
    if wrong.get("lead"):
        wrong = {"lead": somebody()}
    with pytest.raises(Invalid) as refusal:
        scene.endorse(**wrong)
    assert list(refusal.value.errors) == [field]
    assert not Endorsement.objects.exists()


def test_declined_and_withdrawn_say_why_and_only_when_they_can(scene):
    asked = {"framework": scene.vision, "organisation": scene.town.council}
    with pytest.raises(Conflict):
        services.decline(actor=scene.lead, reason="Not now", **asked)
    services.ask(actor=scene.officer, framework=scene.vision, organisations=[scene.town.council])
    with pytest.raises(Invalid):
        services.decline(actor=scene.lead, reason=" ", **asked)
    with pytest.raises(NotAllowed):
        services.decline(actor=scene.member, reason="No", **asked)
    assert services.decline(actor=scene.lead, reason="After the election", **asked).status == "declined"
    assert not queries.endorsement_register(scene.vision).exists(), "who declined is not in the public register"
    row = scene.endorse()
    assert (row.status, row.reason) == ("endorsed", "")
    gone = services.withdraw(actor=scene.lead, reason="A new council", **asked)
    assert list(queries.endorsement_register(scene.vision)) == [gone]
    with pytest.raises(Conflict):
        services.translate(actor=scene.lead, endorsement=gone, words={scene.first.pk: "x"})


def test_what_an_element_means_here_is_said_changed_and_taken_away(scene):
    row = scene.endorse()
    row = services.translate(actor=scene.lead, endorsement=row, words={scene.first.pk: " Buses ", scene.second.pk: ""})
    assert [each.words for each in queries.translations_of_element(scene.first)] == ["Buses"]
    row = services.translate(actor=scene.lead, endorsement=row, words={scene.first.pk: "Buses and paths"}, version=2)
    assert history_of(row).first().changes == {"V-A1": ["Buses", "Buses and paths"]}
    with pytest.raises(Conflict):
        services.translate(actor=scene.lead, endorsement=row, words={scene.first.pk: "Late"}, version=2)
    with pytest.raises(Invalid):
        services.translate(actor=scene.lead, endorsement=row, words={scene.first.pk: "x" * 2001})
    with pytest.raises(NotFound):
        services.translate(actor=scene.lead, endorsement=row, words={0: "x"})
    assert [len(each.translations.all()) for each in queries.endorsed_by(scene.town.council)] == [1]
    services.translate(actor=scene.lead, endorsement=row, words={scene.first.pk: ""})
    assert not queries.translations_of_element(scene.first).exists()


def test_the_review_is_asked_for_from_three_months_and_overdue_after_six(scene):
    row = scene.endorse(endorsed_on=date(2026, 5, 31))
    assert (row.review_from, row.review_by) == (date(2026, 8, 31), date(2026, 11, 30))
    assert months_after(date(2025, 11, 30), 3) == date(2026, 2, 28)
    assert months_after(date(2027, 11, 29), 3) == date(2028, 2, 29)
    assert list(queries.endorsements_to_review(today() - timedelta(days=89))) == [row]
    with pytest.raises(Invalid, match="at least one programme"):
        services.finish_review(actor=scene.member, endorsement=row)
    with pytest.raises(Invalid):
        services.add_programme(actor=scene.member, endorsement=row, title=" ", verdict="drop")
    made = services.add_programme(
        actor=scene.member, endorsement=row, title="Bus passes", verdict="keep", serves=scene.first
    )
    other = services.add_programme(actor=scene.member, endorsement=row, title="Leaflets", verdict="stop")
    services.remove_programme(actor=scene.member, endorsement=row, pk=other.pk)
    services.remove_programme(actor=scene.member, endorsement=row, pk=other.pk)
    assert list(queries.programmes_of(scene.member, row)) == [made]
    assert services.finish_review(actor=scene.member, endorsement=row).reviewed_on == today()
    assert not queries.endorsements_to_review(today()).exists()
    with pytest.raises(NotAllowed):
        queries.programmes_of(scene.actors["charity:lead"], row)


def test_the_rule_and_the_query_agree_on_who_may_know(scene):
    for status in Endorsement.Status.values:
        Endorsement.objects.all().delete()
        row = Endorsement.objects.create(
            framework=scene.vision, organisation=scene.town.council, status=status, endorsed_on=today()
        )
        for name, actor in scene.actors.items():
            seen = queries.endorsements_visible_to(actor).filter(pk=row.pk).exists()
            assert seen == bool(can(actor, "endorsement.view", row)), (status, name)
            public = status in ("endorsed", "withdrawn")
            own = name.startswith("council:") or name in ("officer", "system")
            assert seen == (public or own), (status, name)


def test_who_may_what_is_written_here(scene):
    row = scene.endorse()
    decide = {"system", "council:lead", "council:approver"}
    table = {
        "framework.view": (set(scene.actors), scene.vision),
        "framework.ask_endorsements": ({"system", "officer"}, scene.vision),
        "endorsement.view": (set(scene.actors), row),
        "endorsement.answer": (decide, row),
        "endorsement.translate": (decide, row),
        "endorsement.review": (decide | {"council:member"}, row),
    }
    assert {verb for verb in verbs() if verb.split(".")[0] in ("framework", "endorsement")} == set(table)
    for verb, (allowed, obj) in table.items():
        assert {name for name, actor in scene.actors.items() if can(actor, verb, obj)} == allowed, verb
        for name in set(scene.actors) - allowed:
            assert can(scene.actors[name], verb, obj).reason.endswith(".")


@pytest.mark.django_db(transaction=True)
def test_two_who_endorse_at_once_make_one_endorsement(transactional_db):
    scene = Scene()
    leads = [acting(scene.town.council), acting(scene.town.council, "approver")]
    done = at_once(2, lambda n: scene.endorse(actor=leads[n], minute_reference=f"M{n}", version=0))
    assert Endorsement.objects.count() == 1
    assert sorted(type(each).__name__ for each in done) == ["Conflict", "Endorsement"]
    assert all(isinstance(each, Endorsement | DomainError) for each in done)
