"""Who sees which acts: the rule and its twin on the query, over every role."""

from __future__ import annotations

import pytest

from groundwork.access.actors import Actor, PersonActor, Public
from groundwork.access.errors import NotAllowed
from groundwork.access.rules import can, verbs
from groundwork.audit.models import AuditEntry
from groundwork.audit.queries import Choice, acts_of_organisation, acts_to_look_after, part_of, state, visible_to
from groundwork.audit.services import keep
from tests.groundwork.directory.town import SYSTEM, Town, acting, somebody


class Log:
    def __init__(self) -> None:
        self.town = town = Town()
        self.actors: dict[str, Actor] = {
            "public": Public(),
            "nobody": PersonActor(who=somebody()),
            "system": SYSTEM,
            "operator": PersonActor(who=somebody(is_operator=True)),
            "officer": acting(town.convening, "officer"),
        }
        for body in ("convening", "council", "charity"):
            for role in ("member", "lead", "approver", "scrutiny"):
                self.actors[f"{body}:{role}"] = acting(getattr(town, body), role)
        AuditEntry.objects.all()
        self.acts: dict[str, AuditEntry] = {}
        for name, actor in self.actors.items():
            self.acts[name] = keep(actor=actor, action="organisation.look", obj=town.council)
            self.acts[f"{name} account"] = keep(actor=actor, action="person.edit", obj=somebody())
            self.acts[f"{name} mail"] = keep(actor=actor, action="mail.set", obj=town.council)


@pytest.fixture
def log(db: None) -> Log:
    return Log()


def seen(actor: Actor) -> set[object]:
    return set(visible_to(actor).values_list("pk", flat=True))


def test_the_rule_and_the_query_agree(log):
    for name, actor in log.actors.items():
        by_rule = {entry.pk for entry in AuditEntry.objects.all() if can(actor, "audit.view", entry)}
        assert seen(actor) == by_rule, name


def test_each_sees_just_this(log):
    def names(actor: str) -> set[str]:
        found = seen(log.actors[actor])
        return {name for name, entry in log.acts.items() if entry.pk in found}

    of = lambda body: {f"{body}:{role}" for role in ("member", "lead", "approver", "scrutiny")}  # noqa: E731
    assert names("system") == set(log.acts)
    for nobody in ("public", "nobody", "council:member", "charity:member", "convening:member"):
        assert names(nobody) == set(), nobody
    for role in ("lead", "approver", "scrutiny"):
        assert names(f"council:{role}") == of("council")
        assert names(f"convening:{role}") == of("convening") | {"officer"}
    for keeper in ("officer", "operator"):
        assert names(keeper) == of("convening") | {"officer", "system"}, "nothing of other organisations"


def test_what_a_rule_stands_for_is_in_this_table(log):
    town = log.town
    who = {
        "audit.manage": ({"system", "officer", "operator"}, None),
        "organisation.see_acts": ({"system", "council:lead", "council:approver", "council:scrutiny"}, town.council),
        "audit.view": ({"system", "council:lead", "council:approver", "council:scrutiny"}, log.acts["council:member"]),
    }
    assert {verb for verb in verbs() if verb.startswith("audit.")} | {"organisation.see_acts"} == set(who)
    for verb, (allowed, obj) in who.items():
        assert {name for name, actor in log.actors.items() if can(actor, verb, obj)} == allowed, verb
    for name in set(log.actors) - who["organisation.see_acts"][0]:
        decision = can(log.actors[name], "organisation.see_acts", town.council)
        assert decision.reason.endswith("."), "a refusal is a sentence"
        with pytest.raises(NotAllowed):
            acts_of_organisation(actor=log.actors[name], organisation=town.council, choice=Choice())
    for name in set(log.actors) - who["audit.manage"][0]:
        with pytest.raises(NotAllowed):
            acts_to_look_after(actor=log.actors[name], choice=Choice())
        with pytest.raises(NotAllowed):
            state(actor=log.actors[name])


def test_a_list_comes_in_parts_that_miss_nothing_and_repeat_nothing(log, django_assert_num_queries):
    lead = log.actors["council:lead"]
    at = log.acts["council:lead"].at
    for n in range(11):
        keep(actor=lead, action="initiative.edit" if n % 2 else "organisation.look", obj=log.town.council, at=at)
    acts = acts_of_organisation(actor=lead, organisation=log.town.council, choice=Choice())
    whole = list(acts)
    read: list[AuditEntry] = []
    after = ""
    while True:
        with django_assert_num_queries(2):
            part = part_of(acts.all(), after=after, size=4)
        read += part.entries
        after = part.after
        if not after:
            break
    assert read == whole
    assert len(read) == 15
    assert part_of(acts, after="no cursor", size=4).entries == whole[:4]
    only = acts_of_organisation(actor=lead, organisation=log.town.council, choice=Choice(noun="initiative"))
    assert {entry.action for entry in only} == {"initiative.edit"}
    mine = acts_of_organisation(actor=lead, organisation=log.town.council, choice=Choice(person_id=lead.person.pk))
    assert {entry.person for entry in mine} == {lead.person}
    day = at.date()
    for choice, there in ((Choice(since=day), True), (Choice(until=day), True)):
        assert acts_of_organisation(actor=lead, organisation=log.town.council, choice=choice).exists() is there
    early = Choice(until=day.replace(year=day.year - 1))
    assert not acts_of_organisation(actor=lead, organisation=log.town.council, choice=early).exists()
