"""Saying many things of an initiative at once: the same as in the forms, for one and for many, and back again."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collaboration.initiatives import finding, indexing
from collaboration.initiatives.models import FundingLine, Initiative, Partner
from collaboration.initiatives.services import registering
from collaboration.initiatives.services.registering import FundingInput, PartnerInput
from collaboration.initiatives.services.stating import (
    PartnerStatement,
    Statement,
    carry_out,
    lock_many,
    plan,
    publish_many,
    register,
    restate,
)
from groundwork.access.actors import Actor, SystemActor
from groundwork.access.errors import Conflict, Invalid, NotAllowed, NotFound
from groundwork.directory.models import Organisation, OrganisationIdentifier, OrganisationName
from groundwork.directory.queries import fold
from tests.collaboration.initiatives import world as worlds
from tests.collaboration.initiatives.world import World, audited, events_of, published

pytestmark = pytest.mark.django_db

COMMAND = SystemActor(name="tests", via="command")

WHOLE = Statement(
    title="Warm homes",
    summary="Insulation for cold homes.",
    stage="active",
    scale="district",
    start="2026-04-01",
    money="12000.50",
    contact_role="Housing team",
    contact_email="homes@example.org",
    lead="Southwick Council",
    partners=[
        PartnerStatement(organisation="vale-nhs", role="funder", contribution="Pays for surveys"),
        PartnerStatement(organisation="All councils"),
    ],
    strands=["V-A1.1", "preventing illness", "V-A2"],
    blocks=["governance", "B-2"],
    elements=["P-1.1"],
    principles=["PR-1"],
    areas=["C1", "southwick"],
    source="Joint working table, row 7",
    original_labels=["Heath", "Housing"],
)


def said_of(initiative: Initiative) -> dict[str, Any]:
    row = finding.row_of(SystemActor(), initiative)
    assert row is not None
    return {name: value for name, value in row.record.items() if name != "changed"}


class TestRegister:
    def test_everything_that_can_be_said_is_kept_as_a_draft_of_the_actors_organisation(self, world: World) -> None:
        made = register(actor=world["owner:member"], statement=WHOLE)
        made.refresh_from_db()
        assert (made.owner, made.lead) == (world.bodies["owner"], world.bodies["lead"])
        assert (made.visibility, made.version, made.starts_on) == ("draft", 1, date(2026, 4, 1))
        record = said_of(made)
        assert record["strands"] == ["V-A1.1", "V-A1.2", "V-A2"]
        assert record["ambitions"] == ["V-A1", "V-A2"]
        assert (record["blocks"], record["areas"], record["money"]) == (["B-1", "B-2"], ["C1", "C2"], 12000.5)
        assert (record["elements"], record["principles"]) == (["P-1.1"], ["PR-1"])
        assert record["partners"] == ["all-councils", "vale-nhs"]
        assert record["source"] == "Joint working table, row 7"
        assert record["original_labels"] == {"labels": ["Heath", "Housing"]}
        main = {a.element.code for a in made.alignments.filter(is_main=True)}
        assert main == {"V-A1.1", "V-A1.2"}, "a whole ambition is no main strand"
        roles = {(p.organisation.slug, p.role, p.confirmation) for p in made.partners.all()}
        assert roles == {
            ("vale-nhs", "funder", "not_asked"),
            ("all-councils", "", "not_asked"),
            ("southwick-council", "lead", "not_asked"),
        }
        assert len(audited(made, "initiative.draft")) == 1
        (event,) = events_of("initiative.drafted")
        assert event.payload == {"initiative_id": made.pk, "reference": made.reference}

    def test_a_title_is_all_that_is_needed(self, world: World) -> None:
        made = register(actor=world["owner:lead"], statement=Statement(title="Warm homes"))
        record = said_of(made)
        assert record["lead"] is None
        assert (record["partners"], record["strands"], record["areas"], record["money"]) == ([], [], [], None)

    @pytest.mark.parametrize("who", ["public", "nobody", "operator", "owner:scrutiny", "system"])
    def test_who_may_not_register_may_not_state_either(self, world: World, who: str) -> None:
        with pytest.raises(NotAllowed):
            register(actor=world[who], statement=Statement(title="Warm homes"))
        (planned,) = plan(actor=world[who], items=[(None, Statement(title="Warm homes"))])
        assert planned.is_rejected
        assert not Initiative.objects.exists()

    def test_an_operators_command_brings_in_work_that_nobody_owns(self, world: World) -> None:
        made = register(actor=COMMAND, statement=Statement(title="Warm homes"))
        assert made.owner is None
        restate(actor=COMMAND, initiative=made, version=None, statement=Statement(summary="Insulation."))
        publish_many(actor=COMMAND, initiatives=[made], visibility="public")
        owned = register(actor=world["owner:lead"], statement=Statement(title="Cold homes"))
        with pytest.raises(NotAllowed):
            restate(actor=COMMAND, initiative=owned, version=None, statement=Statement(summary="Insulation."))


class TestNames:
    def test_a_name_matches_by_code_identifier_name_former_name_and_alias(self, world: World) -> None:
        body = world.bodies["partner"]
        OrganisationIdentifier.objects.create(organisation=body, scheme="ods", value="QX1")
        OrganisationName.objects.create(
            organisation=body, name="The Vale Hospitals", folded=fold("The Vale Hospitals"), kind="former"
        )
        for text in ("vale-nhs", "ODS:qx1", "vale nhs", "the  Vale hospitals", " Vale NHS "):
            (planned,) = plan(actor=world["owner:lead"], items=[(None, Statement(title="A", lead=text))])
            assert planned.target.fields["lead"] == body, text
        for text in ("An equal foundation for every child", "v-a2", "AN EQUAL START FOR EVERY CHILD"):
            (planned,) = plan(actor=world["owner:lead"], items=[(None, Statement(title="A", strands=[text]))])
            assert [a.element.code for a in planned.target.new_alignments] == ["V-A2"], text

    def test_the_nearest_organisation_is_told_by_its_own_name(self, world: World) -> None:
        body = world.bodies["partner"]
        OrganisationName.objects.create(organisation=body, name="Valeland", folded=fold("Valeland"), kind="alias")
        (planned,) = plan(actor=world["owner:lead"], items=[(None, Statement(title="A", lead="Valeland PCT"))])
        assert planned.errors == {"lead": ["There is no organisation called “Valeland PCT”. Did you mean “Vale NHS”?"]}

    @pytest.mark.parametrize(
        ("statement", "field", "sentence"),
        [
            (Statement(title="A", lead="Nortwick Council"), "lead", "Did you mean “Northwick Council”?"),
            (Statement(title="A", lead="Zzz"), "lead", "There is no organisation called “Zzz”."),
            (Statement(title="A", lead="All councils"), "lead", "is a group of organisations and cannot lead"),
            (Statement(title="A", strands=["Promotng independence"]), "strands", "“Promoting independence”?"),
            (Statement(title="A", strands=["B-1"]), "strands", "is no strand or ambition"),
            (Statement(title="A", blocks=["V-A1.1"]), "blocks", "is no building block"),
            (Statement(title="A", areas=["Nortwick"]), "areas", "Did you mean “Northwick”?"),
            (Statement(title="A", areas=["\x00"]), "areas", "There is no area called"),
            (Statement(title="A", partners=[PartnerStatement(organisation="")]), "partners.0", "missing"),
            (
                Statement(title="A", partners=[PartnerStatement(organisation="vale-nhs", role="boss")]),
                "partners.0",
                "role",
            ),
            (
                Statement(title="A", partners=[PartnerStatement(organisation="vale-nhs", role="lead")]),
                "partners.0",
                "Choose it as the lead organisation",
            ),
            (Statement(title="A", start="2026-02-30"), "start", "The start"),
            (
                Statement(title="A", start="2026-03-02", end="2026-03-01"),
                "end",
                "on the same day as the start or after",
            ),
            (Statement(title="A", money="lots"), "money", "must be a number"),
            (Statement(title="A", stage="soon"), "stage", "stage"),
            (Statement(title="A", contact_email="homes"), "contact_email", "name@example.org"),
            (Statement(title="A", intended_visibility="draft"), "intended_visibility", "partners, or everyone"),
            (Statement(title="A", original_labels=["x" * 2000]), "original_labels", "1000 characters"),
            (Statement(title="  "), "title", "title"),
            (Statement(summary="No title"), "title", "title"),
            (Statement(title="A\u202eB"), "title", "title"),
        ],
    )
    def test_what_cannot_be_said_is_told_in_a_sentence_at_its_field(
        self, world: World, statement: Statement, field: str, sentence: str
    ) -> None:
        (planned,) = plan(actor=world["owner:lead"], items=[(None, statement)])
        assert planned.is_rejected
        assert sentence.casefold() in " ".join(planned.errors[field]).casefold()
        with pytest.raises(Invalid):
            register(actor=world["owner:lead"], statement=statement)
        assert not Initiative.objects.exists()

    def test_a_name_of_several_asks_for_the_code(self, world: World) -> None:
        for slug in ("vale-nhs", "vale-county"):
            OrganisationName.objects.create(
                organisation=Organisation.objects.get(slug=slug), name="The Vale", folded="the vale", kind="alias"
            )
        (planned,) = plan(actor=world["owner:lead"], items=[(None, Statement(title="A", lead="The Vale"))])
        assert "vale-nhs (Vale NHS)" in planned.errors["lead"][0]

    def test_what_has_ended_stays_where_it_is_named_and_cannot_be_named_anew(self, world: World) -> None:
        it = published(world)
        Organisation.objects.filter(slug="vale-nhs").update(status="closed")
        same = Statement(partners=[PartnerStatement(organisation=n) for n in ("Vale NHS", "All councils")])
        (kept,) = plan(actor=world["owner:lead"], items=[(it, same)])
        assert not kept.is_rejected
        (new,) = plan(actor=world["owner:lead"], items=[(None, Statement(title="A", lead="Vale NHS"))])
        assert "does not exist any more" in new.errors["lead"][0]


class TestRestate:
    def test_saying_what_is_so_already_changes_nothing_and_needs_no_right(self, world: World) -> None:
        it = published(world, starts_on=date(2026, 4, 1))
        same = Statement(
            title="Warm homes",
            start="2026-04-01",
            lead="southwick council",
            partners=[PartnerStatement(organisation=n) for n in ("Northwick Council", "Vale NHS", "All councils")],
            strands=["Promoting independence"],
            blocks=["Governance"],
            areas=["Northwick"],
            contact_role="Housing team",
        )
        for actor in (world["owner:lead"], world["public"], world["other:member"]):
            (planned,) = plan(actor=actor, items=[(it, same)])
            assert planned.is_unchanged, planned.changes
        version, before = it.version, len(events_of("initiative.changed"))
        assert restate(actor=world["owner:lead"], initiative=it, version=1, statement=same).version == version
        assert len(events_of("initiative.changed")) == before

    def test_a_change_is_one_version_one_entry_and_one_event(self, world: World) -> None:
        it = published(world)
        before = len(events_of("initiative.changed"))
        changed = restate(
            actor=world["owner:member"],
            initiative=it,
            version=it.version,
            statement=Statement(title="Warmer homes", areas=["C1", "C2"], blocks=[], money=500),
        )
        assert changed.version == it.version + 1
        entry = audited(it, "initiative.edit")[-1]
        assert entry.changes == {
            "title": ["Warm homes", "Warmer homes"],
            "areas": [["Northwick"], ["Northwick", "Southwick"]],
            "blocks": [["Governance"], []],
            "funding": [None, ["£500 from a source not stated"]],
        }
        events = events_of("initiative.changed")
        assert len(events) == before + 1
        assert events[-1].payload["fields"] == ["areas", "blocks", "funding", "title"]
        assert [row.record["title"] for row in finding.find_all(world["public"], finding.Filters())] == ["Warmer homes"]

    def test_a_stale_version_is_refused_and_nothing_lost(self, world: World) -> None:
        it = published(world)
        with pytest.raises(Conflict, match="Warm homes"):
            restate(
                actor=world["owner:lead"], initiative=it, version=it.version - 1, statement=Statement(title="Other")
            )
        it.refresh_from_db()
        assert it.title == "Warm homes"

    @pytest.mark.parametrize("who", ["partner:lead", "other:member", "owner:scrutiny", "other:officer"])
    def test_who_may_not_edit_is_told_why(self, world: World, who: str) -> None:
        it = published(world)
        with pytest.raises(NotAllowed):
            restate(actor=world[who], initiative=it, version=None, statement=Statement(title="Other"))
        (planned,) = plan(actor=world[who], items=[(it, Statement(title="Other"))])
        assert planned.errors[""]

    def test_who_may_not_see_it_does_not_learn_of_it(self, world: World) -> None:
        it = worlds.draft(world)
        with pytest.raises(NotFound):
            restate(actor=world["other:lead"], initiative=it, version=None, statement=Statement(title="Other"))

    def test_opening_a_published_record_is_for_those_who_may_publish(self, world: World) -> None:
        it = published(world)
        with pytest.raises(NotAllowed):
            restate(
                actor=world["owner:member"],
                initiative=it,
                version=None,
                statement=Statement(intended_visibility="partners"),
            )
        it = restate(
            actor=world["owner:lead"], initiative=it, version=None, statement=Statement(intended_visibility="partners")
        )
        assert it.visibility == "partners"
        assert list(finding.find_all(world["public"], finding.Filters())) == []

    def test_a_published_record_does_not_lose_what_publishing_needs(self, world: World) -> None:
        it = published(world)
        for statement in (Statement(summary=""), Statement(areas=[]), Statement(lead=""), Statement(strands=[])):
            with pytest.raises(Invalid, match="This initiative is published, so this cannot be left out"):
                restate(actor=world["owner:lead"], initiative=it, version=None, statement=statement)

    def test_but_one_that_was_published_with_gaps_can_be_changed(self, world: World) -> None:
        it = register(actor=world["owner:lead"], statement=Statement(title="Warm homes"))
        publish_many(actor=world["owner:lead"], initiatives=[it], visibility="public")
        changed = restate(
            actor=world["owner:lead"], initiative=it, version=None, statement=Statement(summary="Insulation.")
        )
        assert changed.summary == "Insulation."

    def test_money_with_a_story_is_changed_on_its_own_page(self, world: World) -> None:
        it = worlds.draft(world)
        registering.save_funding(
            actor=world["owner:lead"],
            initiative=it,
            version=None,
            lines=[FundingInput(amount="100", source="vale-nhs"), FundingInput(amount="50")],
        )
        (same,) = plan(actor=world["owner:lead"], items=[(it, Statement(money="150"))])
        assert same.is_unchanged
        (other,) = plan(actor=world["owner:lead"], items=[(it, Statement(money="151"))])
        assert "£150" in other.errors["money"][0]

    def test_a_newly_named_partner_of_a_published_record_is_asked(self, world: World) -> None:
        it = published(world)
        asked = len(events_of("partner.asked"))
        partners = [PartnerStatement(organisation=n) for n in ("northwick-council", "vale-nhs", "all-councils")]
        restate(
            actor=world["owner:lead"],
            initiative=it,
            version=None,
            statement=Statement(partners=[*partners, PartnerStatement(organisation="Vale County Council")]),
        )
        assert len(events_of("partner.asked")) == asked + 1
        assert Partner.objects.get(initiative=it, organisation__slug="vale-county").confirmation == "asked"
        restate(actor=world["owner:lead"], initiative=it, version=None, statement=Statement(partners=partners))
        assert len(events_of("partner.ended")) == 1

    def test_a_declined_partner_stays_declined_whether_listed_or_not(self, world: World) -> None:
        it = published(world)
        Partner.objects.filter(initiative=it, organisation__slug="vale-nhs").update(confirmation="declined")
        for names in (["vale-nhs", "all-councils", "northwick-council"], ["all-councils", "northwick-council"]):
            (planned,) = plan(
                actor=world["owner:lead"],
                items=[(it, Statement(partners=[PartnerStatement(organisation=n) for n in names]))],
            )
            assert planned.is_unchanged, planned.changes


class TestMany:
    def test_as_many_queries_for_three_as_for_sixty(self, world: World) -> None:
        def cost(many: int) -> tuple[int, int]:
            actor = world["owner:lead"]
            existing = [published(world, title=f"Work {many} {n}") for n in range(2)]
            items: list[tuple[Initiative | None, Statement]] = [
                (None, Statement.from_json({**WHOLE.to_json(), "title": f"New {many} {n}"})) for n in range(many)
            ]
            change = Statement(summary="Other.", areas=["C2"], blocks=["B-2"], money=7, contact_role="Team")
            items += [(each, change) for each in existing]
            with CaptureQueriesContext(
                connection,
            ) as looking:
                plans = plan(actor=actor, items=items)
            assert all(p.is_new or p.is_change for p in plans), [p.errors for p in plans]
            with CaptureQueriesContext(connection) as writing:
                carry_out(actor=actor, plans=plans)
            return len(looking), len(writing)

        few, many = cost(3), cost(60)
        assert few[0] == many[0] <= 15, (few, many)
        # SQLite takes so many values in one statement: a few inserts more, not one for each row.
        assert many[1] <= few[1] + (0 if connection.vendor == "postgresql" else 6), (few, many)

    def test_many_are_published_at_once_with_what_they_do_not_say(self, world: World, drain: Any) -> None:
        actor = world["owner:approver"]
        plans = plan(
            actor=actor,
            items=[
                (None, Statement(title=f"Work {n}", partners=[PartnerStatement(organisation="vale-nhs")]))
                for n in range(3)
            ],
        )
        made = carry_out(actor=actor, plans=plans)
        done = publish_many(actor=actor, initiatives=made, visibility="public")
        assert publish_many(actor=actor, initiatives=made, visibility="public") == []
        assert len(done) == 3
        assert Partner.objects.filter(confirmation="asked").count() == 3
        assert not events_of("partner.asked"), "whoever published them tells each organisation once"
        (event,) = events_of("initiatives.published")
        assert sorted(event.payload["initiative_ids"]) == sorted(each.pk for each in made)
        assert len(list(finding.find_all(world["public"], finding.Filters()))) == 3
        drain()
        from collaboration.thread.queries import totals_of

        assert totals_of("all").initiatives == 3

    def test_members_do_not_publish_and_nothing_is_published_in_part(self, world: World) -> None:
        made = [register(actor=world["owner:lead"], statement=Statement(title=f"Work {n}")) for n in range(2)]
        with pytest.raises(NotAllowed):
            publish_many(actor=world["owner:member"], initiatives=made, visibility="public")
        assert not Initiative.objects.exclude(visibility="draft").exists()

    def test_one_that_cannot_be_written_keeps_all_from_being_written(self, world: World) -> None:
        plans = plan(
            actor=world["owner:lead"], items=[(None, Statement(title="Good")), (None, Statement(title="", lead="Zzz"))]
        )
        with pytest.raises(Invalid):
            carry_out(actor=world["owner:lead"], plans=plans)
        assert not Initiative.objects.exists()


TEXT = st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), max_size=20)
ORGANISATIONS = st.sampled_from(["northwick-council", "southwick-council", "vale-nhs", "vale-county", "all-councils"])
LEADS = st.sampled_from(["", "northwick-council", "southwick-council", "vale-nhs"])


@st.composite
def statements(draw: st.DrawFn) -> Statement:
    """Anything the made-up place can have, each field stated or not."""
    everything: dict[str, st.SearchStrategy[Any]] = {
        "title": TEXT.map("T{}".format),
        "summary": TEXT,
        "stage": st.sampled_from(["", "idea", "active", "ended"]),
        "scale": st.sampled_from(["", "county"]),
        "start": st.none() | st.dates(date(2000, 1, 1), date(2020, 1, 1)),
        "end": st.none() | st.dates(date(2020, 1, 2), date(2030, 1, 1)),
        "money": st.none() | st.decimals(0, 10_000, places=2),
        "lead": LEADS,
        "partners": st.lists(
            st.builds(
                PartnerStatement,
                organisation=ORGANISATIONS,
                role=st.sampled_from([None, "", "funder", "host"]),
                contribution=st.none(),
            ),
            max_size=4,
        ),
        "strands": st.lists(st.sampled_from(["V-A1", "V-A1.1", "V-A1.2", "V-A2", "V-A2.1", "V-A3.1"]), unique=True),
        "main": st.lists(
            st.tuples(st.sampled_from(["V-A1.1", "V-A1.2", "V-A2.1"]), TEXT), max_size=3, unique_by=lambda pair: pair[0]
        ),
        "blocks": st.lists(st.sampled_from(["B-1", "B-2", "B-3"]), unique=True),
        "elements": st.lists(st.sampled_from(["P-1", "P-1.1", "P-2"]), unique=True),
        "principles": st.lists(st.sampled_from(["PR-1", "PR-2"]), unique=True),
        "areas": st.lists(st.sampled_from(["C0", "C1", "C2"]), unique=True),
        "source": TEXT,
        "original_labels": st.lists(TEXT, max_size=3),
        "participation": TEXT,
        "contact_role": TEXT,
    }
    chosen = draw(st.sets(st.sampled_from(sorted(everything)))) | {"title"}
    return Statement(**{name: draw(everything[name]) for name in sorted(chosen)})


def facts(initiative: Initiative) -> dict[str, Any]:
    """Everything that is said of it, in no particular order."""
    record = said_of(Initiative.objects.get(pk=initiative.pk))
    told = {name: sorted(value) if isinstance(value, list) else value for name, value in record.items()}
    told["main"] = sorted(initiative.alignments.filter(is_main=True).values_list("element__code", "contribution"))
    told["roles"] = sorted(
        initiative.partners.filter(valid_to=None).values_list("organisation__slug", "role", "contribution")
    )
    told["amounts"] = sorted(FundingLine.objects.filter(initiative=initiative).values_list("amount", flat=True))
    return told


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=statements(), second=statements())
def test_what_was_said_is_so_and_its_inverse_takes_it_back(world: World, first: Statement, second: Statement) -> None:
    actor: Actor = world["owner:lead"]
    with transaction.atomic():
        it = register(actor=actor, statement=first)
        (again,) = plan(actor=actor, items=[(Initiative.objects.get(pk=it.pk), first)])
        assert again.is_unchanged, again.changes
        before = facts(it)
        (planned,) = plan(actor=actor, items=[(Initiative.objects.get(pk=it.pk), second)])
        if not planned.is_rejected:
            kept = Statement.from_json(planned.inverse.to_json())
            if planned.is_change:
                carry_out(actor=actor, plans=[planned])
            (stated,) = plan(actor=actor, items=[(Initiative.objects.get(pk=it.pk), second)])
            assert stated.is_unchanged, stated.changes
            (back,) = plan(actor=actor, items=[(Initiative.objects.get(pk=it.pk), kept)])
            assert not back.is_rejected, back.errors
            if back.is_change:
                carry_out(actor=actor, plans=[back])
            assert facts(it) == before
        transaction.set_rollback(True)


def test_said_at_once_is_as_said_in_the_forms(world: World) -> None:
    """The two ways into the register keep the same record, the same answers to publishing and the same words."""
    in_forms = worlds.draft(world)
    registering.save_funding(
        actor=world["owner:lead"], initiative=in_forms, version=None, lines=[FundingInput(amount="12")]
    )
    at_once = register(
        actor=world["owner:lead"],
        statement=Statement(
            title="Warm homes",
            summary="Insulation for cold homes.",
            stage="active",
            scale="district",
            main=[("V-A1.1", "People stay in their own homes.")],
            blocks=["B-1"],
            areas=["C1"],
            lead="southwick-council",
            partners=[
                PartnerStatement(organisation="vale-nhs", role="funder", contribution="Pays for surveys"),
                PartnerStatement(organisation="all-councils", role="adviser"),
                PartnerStatement(organisation="northwick-council", role="host"),
            ],
            contact_role="Housing team",
            contact_email="homes@example.org",
            money=Decimal("12.00"),
        ),
    )
    own = {"ref": "", "address": ""}
    assert {**facts(in_forms), **own} == {**facts(at_once), **own}
    for each in (in_forms, at_once):
        registering.publish(actor=world["owner:lead"], initiative=each)
        assert indexing.records([each.pk])
    asked = [
        [(p.organisation.slug, p.confirmation) for p in each.partners.order_by("organisation__slug", "role")]
        for each in (in_forms, at_once)
    ]
    assert asked[0] == asked[1]


def test_a_whole_ambition_survives_the_form_until_a_strand_of_it_says_more(world: World) -> None:
    it = register(actor=world["owner:lead"], statement=Statement(title="Warm homes", strands=["V-A1", "V-A2.1"]))
    save = registering.save_alignment
    save(actor=world["owner:lead"], initiative=it, version=None, main=[("V-A2.1", "Ready.")])
    assert said_of(it)["strands"] == ["V-A2.1", "V-A1"]
    save(actor=world["owner:lead"], initiative=it, version=None, main=[("V-A2.1", "Ready.")], strands=["V-A1.2"])
    assert said_of(it)["strands"] == ["V-A2.1", "V-A1.2"]


def test_rows_are_locked_in_one_order(world: World) -> None:
    made = [register(actor=world["owner:lead"], statement=Statement(title=f"Work {n}")) for n in range(3)]
    assert list(lock_many(each.pk for each in reversed(made))) == sorted(each.pk for each in made)


def test_naming_partners_in_the_form_after_stating_them_changes_nothing(world: World) -> None:
    it = register(actor=world["owner:lead"], statement=WHOLE)
    again = registering.save_partners(
        actor=world["owner:lead"],
        initiative=it,
        version=None,
        lead="southwick-council",
        partners=[
            PartnerInput(organisation="vale-nhs", role="funder", contribution="Pays for surveys"),
            PartnerInput(organisation="all-councils"),
        ],
    )
    assert again.version == it.version
