"""From the first title to publishing."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from collaboration.initiatives import queries
from collaboration.initiatives.models import Facet, Initiative, Partner
from collaboration.initiatives.services import registering
from collaboration.initiatives.services.registering import FundingInput, PartnerInput
from groundwork.access.errors import Conflict, Invalid, NotAllowed, NotFound
from groundwork.clock import now, today
from groundwork.directory.models import Area, Organisation, Place
from groundwork.events.models import OutboxEvent
from tests.collaboration.initiatives.world import World, audited, draft, events_of, made, partner_of, published


def test_a_draft_has_the_next_reference_and_is_its_organisations_own(world: World) -> None:
    Place.objects.update(last_reference=41)
    it = registering.start_draft(actor=world["owner:member"], title="  Warm \n homes  ")
    assert (it.reference, it.number, it.title) == ("VAL-0042", 42, "Warm homes")
    assert (it.owner, it.created_by, it.visibility) == (
        world.bodies["owner"],
        world["owner:member"].person,
        "draft",
    )
    assert [e.payload for e in events_of("initiative.drafted")] == [{"initiative_id": it.pk, "reference": "VAL-0042"}]
    [entry] = audited(it, "initiative.draft")
    assert (entry.organisation, entry.mandate) == (world.bodies["owner"], world["owner:member"].mandate)


def test_a_double_click_begins_one_draft_and_later_the_same_title_another(
    world: World, clock: time_machine.Coordinates
) -> None:
    actor = world["owner:lead"]
    first = registering.start_draft(actor=actor, title="Warm homes")
    clock.shift(9)
    assert registering.start_draft(actor=actor, title="Warm homes") == first
    assert registering.start_draft(actor=world["owner:member"], title="Warm homes") != first
    clock.shift(2)
    third = registering.start_draft(actor=actor, title="Warm homes")
    assert third.number == 3
    assert Place.objects.get().last_reference == 3


def test_a_reference_of_a_failed_transaction_is_not_lost(world: World) -> None:
    with pytest.raises(Invalid):
        registering.start_draft(actor=world["owner:lead"], title="")
    assert registering.start_draft(actor=world["owner:lead"], title="One").number == 1


@pytest.mark.parametrize("name", ["public", "nobody", "operator", "owner:scrutiny", "system"])
def test_who_has_no_mandate_to_register_is_told_why(world: World, name: str) -> None:
    with pytest.raises(NotAllowed):
        registering.start_draft(actor=world[name], title="Warm homes")
    assert not Initiative.objects.exists()


def test_without_a_place_there_is_a_sentence(world: World) -> None:
    Place.objects.all().delete()
    with pytest.raises(Conflict, match="No place is loaded"):
        registering.start_draft(actor=world["owner:lead"], title="Warm homes")


def about(world: World, it: Initiative, **values: Any) -> Initiative:
    values = {"version": it.version, "title": it.title, **values}
    return registering.save_about(actor=world["owner:lead"], initiative=it, **values)


def test_every_field_is_kept_audited_and_told(world: World) -> None:
    it = registering.start_draft(actor=world["owner:lead"], title="Warm homes")
    saved = about(
        world,
        it,
        title="Warmer homes",
        summary="One.\r\nTwo.  \n\n\n\n\nThree.",
        difference="Fewer cold homes",
        stage="active",
        scale="district",
        starts_on=date(2026, 1, 31),
        ends_on=date(2027, 1, 31),
    )
    again = Initiative.objects.get(pk=it.pk)
    assert again.summary == "One.\nTwo.\n\n\nThree."
    assert (again.stage, again.scale, again.version) == ("active", "district", 2)
    assert saved.version == 2
    [entry] = audited(it, "initiative.edit")
    assert entry.changes["title"] == ["Warm homes", "Warmer homes"]
    assert entry.changes["stage"] == [None, "Active"]
    assert entry.changes["starts_on"] == [None, "31 January 2026"]
    [event] = events_of("initiative.changed")
    assert event.payload["version"] == 2
    assert "summary" in event.payload["fields"]


def test_saving_what_is_there_already_is_no_change(world: World) -> None:
    it = draft(world)
    before = OutboxEvent.objects.count()
    stale = it.version - 3
    about(world, it, version=stale, summary=it.summary, stage=it.stage)
    registering.save_places(actor=world["owner:lead"], initiative=it, version=stale, areas=["C1"])
    registering.save_alignment(
        actor=world["owner:lead"],
        initiative=it,
        version=stale,
        main=[("V-A1.1", "People stay in their own homes.")],
        blocks=["B-1"],
    )
    registering.save_partners(
        actor=world["owner:lead"],
        initiative=it,
        version=stale,
        lead="southwick-council",
        partners=[
            PartnerInput(organisation="vale-nhs", role="funder", contribution="Pays for surveys"),
            PartnerInput(organisation="all-councils", role="adviser"),
            PartnerInput(organisation="northwick-council", role="host"),
        ],
    )
    registering.save_funding(actor=world["owner:lead"], initiative=it, version=stale, lines=[FundingInput()])
    assert OutboxEvent.objects.count() == before
    assert Initiative.objects.get(pk=it.pk).version == it.version


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("title", "", "Enter the title."),
        ("title", "...", "Enter the title."),
        ("title", "x" * 201, "The title must be 200 characters or fewer. It has 201."),
        ("title", 7, "The title must be text."),
        ("title", "nul\x00", "a character that cannot be shown"),
        ("title", "evil \u202e txt", "changes the direction of text"),
        ("title", "half \ud800", "broken character"),
        ("summary", "x" * 4001, "4000 characters or fewer"),
        ("summary", "bell \x07", "cannot be shown"),
        ("difference", "x" * 2001, "2000 characters or fewer"),
        ("stage", "flying", "must be one of those offered"),
        ("stage", ["active"], "must be one of those offered"),
        ("scale", "galaxy", "must be one of those offered"),
        ("starts_on", "31 February", "must be a real date"),
        ("starts_on", 20260101, "must be a real date"),
        ("starts_on", date(1066, 1, 1), "between 1900 and 2200"),
        ("ends_on", date(2019, 1, 1), "on the same day as the start or after it"),
    ],
)
def test_bad_input_is_refused_with_a_sentence_and_nothing_is_lost(
    world: World, field: str, value: Any, sentence: str
) -> None:
    it = draft(world, starts_on=date(2020, 1, 1))
    values = {"summary": it.summary, "stage": it.stage, "starts_on": it.starts_on, field: value}
    with pytest.raises(Invalid, match=sentence) as refused:
        about(world, it, **values)
    assert list(refused.value.errors) == [field]
    now_there = Initiative.objects.get(pk=it.pk)
    assert (now_there.title, now_there.version) == (it.title, it.version)


def test_everything_wrong_is_told_at_once(world: World) -> None:
    it = draft(world)
    with pytest.raises(Invalid) as refused:
        about(world, it, title="", stage="flying", starts_on="x")
    assert set(refused.value.errors) == {"title", "stage", "starts_on"}


def test_what_people_paste_is_tidied(world: World) -> None:
    it = draft(world)
    saved = about(world, it, title="\ufeffCafe\u0301\u200b\tclub 👩‍👩‍👧", summary="a\x0bb\u2028c", stage="active")
    assert saved.title == "Café club 👩‍👩‍👧"
    assert saved.summary == "a\nb\nc"


def test_two_people_editing_the_second_is_told_who_and_when(world: World, clock: time_machine.Coordinates) -> None:
    it = draft(world)
    clock.move_to("2026-11-23T14:05:00+00:00")
    registering.save_about(
        actor=world["owner:member"], initiative=it, version=it.version, title="Theirs", summary="s", stage="active"
    )
    clock.shift(60)
    with pytest.raises(Conflict, match=r"changed by Owner Member \(Northwick Council\) at 14:05, after"):
        about(world, it, title="Mine", summary="s", stage="active")
    assert Initiative.objects.get(pk=it.pk).title == "Theirs"
    clock.shift(timedelta(days=1))
    with pytest.raises(Conflict, match="at 14:05 on 23 November 2026"):
        registering.save_places(actor=world["owner:lead"], initiative=it, version=it.version, areas=["C2"])
    assert [a.code for a in it.areas.all()] == ["C1"]


def test_each_section_refuses_a_stale_version_and_changes_nothing(world: World) -> None:
    it = draft(world)
    about(world, it, title="Newer", summary=it.summary, stage=it.stage)
    actor, stale = world["owner:lead"], it.version
    tries: list[tuple[Any, dict[str, Any]]] = [
        (registering.save_about, {"title": "Older"}),
        (registering.save_alignment, {"main": [("V-A2.1", "Other.")]}),
        (registering.save_places, {"areas": ["C2"]}),
        (registering.save_partners, {"lead": None, "partners": []}),
        (registering.save_funding, {"lines": [FundingInput(amount=1)]}),
        (registering.save_participation, {"participation": "Come along", "principles": ["PR-1"]}),
        (registering.save_contact, {"contact_role": "Somebody else"}),
        (registering.publish, {}),
        (registering.ask_review, {}),
    ]
    for save, values in tries:
        with pytest.raises(Conflict, match="by you, in another window"):
            save(actor=actor, initiative=it, version=stale, **values)
    now_there = Initiative.objects.get(pk=it.pk)
    assert now_there.version == stale + 1
    assert [a.element.code for a in now_there.alignments.order_by("element__code")] == ["B-1", "V-A1.1"]
    assert [a.code for a in now_there.areas.all()] == ["C1"]
    assert now_there.partners.count() == 4
    assert not now_there.funding.exists()


def test_nobody_edits_what_another_organisation_owns(world: World) -> None:
    it = published(world)
    with pytest.raises(NotAllowed):
        registering.save_about(actor=world["other:lead"], initiative=it, version=it.version, title="Mine now")
    with pytest.raises(NotFound):
        registering.save_about(actor=world["other:officer"], initiative=draft(world), version=None, title="Mine now")


def align(world: World, it: Initiative, **values: Any) -> Initiative:
    return registering.save_alignment(
        actor=world["owner:lead"], initiative=it, version=it.version, **{"main": [], **values}
    )


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"main": [("V-A1.1", "a"), ("V-A1.2", "b"), ("V-A2.1", "c"), ("V-A3.1", "d")]}, "main", "no more than 3"),
        ({"main": [("V-A9", "x")]}, "main", "There is nothing with the code “V-A9”"),
        ({"main": [("V-A1", "an ambition")]}, "main", "“Live well for longer” is not a strand of the vision"),
        ({"main": [("B-1", "a block")]}, "main", "“Governance” is not a strand"),
        ({"main": [("V-A1.1", "x" * 501)]}, "main.V-A1.1", "500 characters or fewer"),
        ({"main": "V-A1.1"}, "main", "list of codes, each with a sentence"),
        ({"main": [5]}, "main", "list of codes, each with a sentence"),
        ({"main": [(5, "x")]}, "main", "must be a list of codes"),
        ({"strands": ["P-1"]}, "strands", "is not a strand"),
        ({"blocks": ["V-A1.1"]}, "blocks", "is not a building block"),
        ({"blocks": "B-1"}, "blocks", "must be a list"),
        ({"elements": ["V-A1.1"]}, "elements", "is not an element of another framework"),
        ({"elements": ["PR-1"]}, "elements", "is not an element of another framework"),
        ({"elements": ["P-9' OR 1=1", "x" * 9000]}, "elements", "There is nothing with the code “P-9' OR 1=1”"),
        ({"elements": [f"P-{n}" for n in range(101)]}, "elements", "no more than 100"),
        ({"elements": ["P-1\x00"]}, "elements", "There is nothing with the code"),
    ],
)
def test_an_alignment_that_does_not_fit_is_refused(
    world: World, values: dict[str, Any], field: str, sentence: str
) -> None:
    it = draft(world)
    with pytest.raises(Invalid, match=sentence) as refused:
        align(world, it, **values)
    assert field in refused.value.errors
    assert it.alignments.count() == 2


def test_an_alignment_is_replaced_and_read_back_in_words(world: World) -> None:
    it = draft(world)
    it = align(
        world,
        it,
        main=[("V-A1.2", "Fewer falls."), ("V-A2.1", "Warm rooms to learn in.")],
        strands=["V-A1.1", "V-A1.2"],
        blocks=["B-1", "B-2", "B-2"],
        elements=["P-1.1"],
    )
    kept = {a.element.code: (a.is_main, a.contribution) for a in it.alignments.all()}
    assert kept == {
        "V-A1.2": (True, "Fewer falls."),
        "V-A2.1": (True, "Warm rooms to learn in."),
        "V-A1.1": (False, ""),
        "B-1": (False, ""),
        "B-2": (False, ""),
        "P-1.1": (False, ""),
    }
    changes = audited(it, "initiative.edit")[-1].changes
    assert changes["main_strands"] == [
        ["Promoting independence: People stay in their own homes."],
        ["Preventing illness: Fewer falls.", "Ready for school: Warm rooms to learn in."],
    ]
    assert changes["elements"] == [[], ["Healthy places (County plan)"]]


def test_what_is_withdrawn_is_not_chosen_anew_but_may_stay(world: World) -> None:
    it = draft(world)
    for code in ("B-1", "B-2"):
        world.ground.elements[code].withdrawn_on = today()
        world.ground.elements[code].save()
    with pytest.raises(Invalid, match="“Delivery” is withdrawn"):
        align(world, it, main=[("V-A1.1", "x")], blocks=["B-1", "B-2"])
    align(world, it, main=[("V-A1.1", "x")], blocks=["B-1"])


def test_principles_and_alignment_do_not_touch_each_other(world: World) -> None:
    it = draft(world)
    actor = world["owner:lead"]
    it = registering.save_participation(
        actor=actor, initiative=it, version=it.version, participation="Monthly open evenings", principles=["PR-1"]
    )
    it = align(world, it, main=[("V-A1.2", "x")])
    assert it.alignments.filter(element__code="PR-1").exists()
    it = registering.save_participation(
        actor=actor, initiative=it, version=it.version, participation="Monthly open evenings", principles=["PR-2"]
    )
    assert set(it.alignments.values_list("element__code", flat=True)) == {"V-A1.2", "PR-2"}
    assert audited(it, "initiative.edit")[-1].changes == {"principles": [["Principle 1"], ["Principle 2"]]}
    with pytest.raises(Invalid, match="is not a principle"):
        registering.save_participation(actor=actor, initiative=it, version=it.version, principles=["P-1"])


def test_places_are_checked_and_those_of_the_past_may_stay(world: World) -> None:
    it = draft(world)
    actor = world["owner:lead"]
    with pytest.raises(Invalid, match="There is no area with the code “C9”"):
        registering.save_places(actor=actor, initiative=it, version=it.version, areas=["C1", "C9"])
    Area.objects.filter(code__in=["C1", "C2"]).update(valid_to=today())
    with pytest.raises(Invalid, match="Southwick is not an area today"):
        registering.save_places(actor=actor, initiative=it, version=it.version, areas=["C1", "C2"])
    it = registering.save_places(actor=actor, initiative=it, version=it.version, areas=["C1", "C3"], scale="several")
    assert audited(it, "initiative.edit")[-1].changes == {
        "areas": [["Northwick"], ["Eastwick", "Northwick"]],
        "scale": ["District, borough or city", "Several districts"],
    }


@pytest.mark.parametrize(
    ("line", "field", "sentence"),
    [
        (FundingInput(amount="twelve"), "lines.0.amount", "must be a number"),
        (FundingInput(amount="NaN"), "lines.0.amount", "must be a number"),
        (FundingInput(amount=Decimal("Infinity")), "lines.0.amount", "must be a number"),
        (FundingInput(amount="-1"), "lines.0.amount", "must be 0 or more"),
        (FundingInput(amount="1.234"), "lines.0.amount", "two decimals"),
        (FundingInput(amount="9" * 30), "lines.0.amount", "too large"),
        (FundingInput(amount="1" * 300_000), "lines.0.amount", "too large"),
        (FundingInput(source="nobody"), "lines.0.source", "no organisation called “nobody”"),
        (FundingInput(source_name="x" * 201), "lines.0.source_name", "200 characters or fewer"),
        (
            FundingInput(amount=1, period_from=date(2027, 1, 1), period_to=date(2026, 1, 1)),
            "lines.0.period_to",
            "on the same day as the start or after it",
        ),
    ],
)
def test_bad_funding_is_refused(world: World, line: FundingInput, field: str, sentence: str) -> None:
    it = draft(world)
    with pytest.raises(Invalid, match=sentence) as refused:
        registering.save_funding(actor=world["owner:lead"], initiative=it, version=it.version, lines=[line])
    assert list(refused.value.errors) == [field]
    assert not it.funding.exists()


def test_funding_is_kept_and_read_back_in_words(world: World) -> None:
    it = draft(world)
    it = registering.save_funding(
        actor=world["owner:lead"],
        initiative=it,
        version=it.version,
        lines=[
            FundingInput(
                amount="£12,000", source="vale-nhs", period_from=date(2026, 4, 1), period_to=date(2027, 3, 31)
            ),
            FundingInput(),
            FundingInput(source_name="A trust", period_to=date(2027, 3, 31)),
        ],
    )
    assert [line.amount for line in it.funding.all()] == [Decimal("12000.00"), None]
    assert audited(it, "initiative.edit")[-1].changes == {
        "funding": [
            [],
            [
                "£12,000 from Vale NHS, 1 April 2026 to 31 March 2027",
                "amount not stated from A trust, until 31 March 2027",
            ],
        ]
    }


@pytest.mark.parametrize(
    ("lead", "line", "sentence"),
    [
        (None, PartnerInput(organisation="nobody"), "There is no organisation called “nobody”"),
        (None, PartnerInput(organisation="x" * 3000), "There is no organisation called"),
        (None, PartnerInput(organisation="vale-nhs\x00"), "There is no organisation called"),
        (None, PartnerInput(organisation="vale-nhs", role="boss"), "must be one of those offered"),
        (None, PartnerInput(organisation="vale-nhs", role="lead"), "Choose it as the lead organisation"),
        (None, PartnerInput(organisation="vale-nhs", contribution="x" * 501), "500 characters or fewer"),
        (None, PartnerInput(organisation="vale-nhs", since=date(2199, 1, 1)), "must not be in the future"),
        ("all-councils", PartnerInput(organisation="vale-nhs"), "is a group of organisations and cannot lead"),
        ("nobody", PartnerInput(organisation="vale-nhs"), "There is no organisation called “nobody”"),
    ],
)
def test_a_partner_that_does_not_fit_is_refused(
    world: World, lead: str | None, line: PartnerInput, sentence: str
) -> None:
    it = draft(world)
    with pytest.raises(Invalid, match=sentence):
        registering.save_partners(
            actor=world["owner:lead"], initiative=it, version=it.version, lead=lead, partners=[line]
        )
    assert it.partners.count() == 4


def test_an_organisation_that_closed_is_not_named_anew(world: World) -> None:
    it = draft(world)
    Organisation.objects.filter(slug__in=["vale-nhs", "vale-county"]).update(status="closed")
    stays = [PartnerInput(organisation="vale-nhs", role="funder")]
    with pytest.raises(Invalid, match="Vale County Council does not exist any more"):
        registering.save_partners(
            actor=world["owner:lead"],
            initiative=it,
            version=it.version,
            lead=None,
            partners=[*stays, PartnerInput(organisation="vale-county")],
        )
    registering.save_partners(actor=world["owner:lead"], initiative=it, version=it.version, lead=None, partners=stays)


def test_the_same_partner_twice_is_one_unless_it_says_two_things(world: World) -> None:
    it = draft(world)
    line = PartnerInput(organisation="vale-nhs", role="funder", contribution="a")
    it = registering.save_partners(
        actor=world["owner:lead"], initiative=it, version=it.version, lead=None, partners=[line, line]
    )
    assert it.partners.count() == 1
    other = PartnerInput(organisation="vale-nhs", role="funder", contribution="b")
    with pytest.raises(Invalid, match="named twice"):
        registering.save_partners(
            actor=world["owner:lead"], initiative=it, version=it.version, lead=None, partners=[line, other]
        )


def test_the_task_list_says_what_is_missing(world: World) -> None:
    it = registering.start_draft(actor=world["owner:lead"], title="Warm homes")
    sections = {s.key: s for s in registering.completeness(it)}
    assert list(sections) == [
        "about",
        "alignment",
        "places",
        "partners",
        "participation",
        "funding",
        "contact",
    ]
    assert {s.status for s in sections.values()} == {"not_started"}
    it = about(world, it, summary="Something")
    it = align(world, it, main=[("V-A1.1", "")])
    sections = {s.key: s for s in registering.completeness(it)}
    assert sections["about"].status == sections["alignment"].status == "needs_information"
    assert sections["alignment"].missing == ["Say in one sentence what it adds to “Promoting independence”."]
    done = {s.key: s.status for s in registering.completeness(draft(world, title="Another"))}
    assert done["places"] == done["partners"] == done["contact"] == "completed"
    assert done["about"] == "in_progress"


def test_publishing_says_everything_that_is_missing(world: World) -> None:
    it = registering.start_draft(actor=world["owner:lead"], title="Warm homes")
    for service in (registering.publish, registering.ask_review):
        with pytest.raises(Invalid) as refused:
            service(actor=world["owner:lead"], initiative=it)
        assert len(refused.value.errors[""]) == 7
    assert Initiative.objects.get(pk=it.pk).visibility == "draft"
    assert not events_of("initiative.published", "partner.asked", "initiative.review_asked")


def test_publishing_shows_it_and_asks_each_partner_once(world: World) -> None:
    it = draft(world)
    assert not events_of("partner.asked")
    it = registering.publish(actor=world["owner:lead"], initiative=it, version=it.version)
    assert (it.visibility, it.published_at is not None, it.verified_at is not None) == ("public", True, True)
    assert queries.get(world["public"], it.reference) == it
    asked = {e.payload["organisation_id"] for e in events_of("partner.asked")}
    assert asked == {world.bodies["partner"].pk, world.bodies["lead"].pk}
    status = {p.organisation.slug: p.confirmation for p in it.partners.select_related("organisation")}
    assert status == {
        "vale-nhs": "asked",
        "southwick-council": "asked",
        "all-councils": "not_asked",
        "northwick-council": "confirmed",
    }
    assert Facet.objects.filter(initiative=it, kind="area", value="C1").exists()
    again = registering.publish(actor=world["owner:approver"], initiative=it)
    assert again.version == it.version
    assert len(events_of("initiative.published")) == 1
    assert len(events_of("partner.asked")) == 2


def test_what_is_meant_for_partners_is_published_to_partners(world: World) -> None:
    it = draft(world)
    it = registering.save_contact(
        actor=world["owner:member"],
        initiative=it,
        version=it.version,
        contact_role="Team",
        intended_visibility="partners",
    )
    it = registering.publish(actor=world["owner:lead"], initiative=it)
    assert it.visibility == "partners"
    assert queries.get(world["other:member"], it.reference) == it
    with pytest.raises(NotFound):
        queries.get(world["public"], it.reference)


def test_the_lead_that_publishes_itself_is_not_asked(world: World) -> None:
    it = registering.publish(actor=world["lead:lead"], initiative=draft(world))
    assert partner_of(it, "southwick-council").confirmation == "confirmed"


def test_opening_a_published_record_wider_needs_who_may_publish(world: World) -> None:
    it = published(world)
    fields = {"contact_role": "Team", "contact_email": "", "intended_visibility": "partners"}
    with pytest.raises(NotAllowed):
        registering.save_contact(actor=world["owner:member"], initiative=it, version=it.version, **fields)
    it = registering.save_contact(actor=world["owner:lead"], initiative=it, version=it.version, **fields)
    assert it.visibility == "partners"
    with pytest.raises(NotFound):
        queries.get(world["public"], it.reference)
    with pytest.raises(Invalid, match="partners, or everyone"):
        registering.save_contact(
            actor=world["owner:lead"], initiative=it, version=it.version, intended_visibility="draft"
        )


@pytest.mark.parametrize("email", ["not an address", "a@b", "x" * 260 + "@example.org", "a@example.org\nBcc: b@c.de"])
def test_a_contact_address_in_the_wrong_form_is_refused(world: World, email: str) -> None:
    it = draft(world)
    with pytest.raises(Invalid) as refused:
        registering.save_contact(
            actor=world["owner:lead"], initiative=it, version=it.version, contact_role="Team", contact_email=email
        )
    assert "contact_email" in refused.value.errors


def test_a_published_record_stays_complete(world: World) -> None:
    it = published(world)
    with pytest.raises(Invalid, match=r"published, so this cannot be left out\. Say in a few plain sentences"):
        about(world, it, summary="", stage="active")
    with pytest.raises(Invalid, match="at least one area"):
        registering.save_places(actor=world["owner:lead"], initiative=it, version=it.version, areas=[])
    with pytest.raises(Invalid, match="one to three main strands"):
        align(world, it, main=[], blocks=["B-1"])
    with pytest.raises(Invalid, match="the organisation that leads it"):
        registering.save_partners(actor=world["owner:lead"], initiative=it, version=it.version, lead=None, partners=[])
    now_there = Initiative.objects.get(pk=it.pk)
    assert (now_there.version, now_there.summary, now_there.lead) == (it.version, it.summary, it.lead)
    assert now_there.areas.count() == 1
    assert now_there.alignments.count() == 2


def test_what_came_with_the_place_may_stay_silent(world: World) -> None:
    it = made(world, visibility="public", owner=None, lead=None)
    saved = registering.save_about(
        actor=world["other:officer"], initiative=it, version=it.version, title="Better title", summary=""
    )
    assert saved.title == "Better title"


def test_a_member_asks_for_review_once_and_scrutiny_reads_it(world: World) -> None:
    it = draft(world)
    with pytest.raises(NotFound):
        queries.get(world["owner:scrutiny"], it.reference)
    it = registering.ask_review(actor=world["owner:member"], initiative=it)
    registering.ask_review(actor=world["owner:member"], initiative=it)
    assert len(events_of("initiative.review_asked")) == 1
    assert queries.get(world["owner:scrutiny"], it.reference) == it
    assert list(queries.waiting_for_review(world["owner:approver"])) == [it]
    assert list(queries.waiting_for_review(world["owner:scrutiny"])) == [it]
    assert not queries.waiting_for_review(world["owner:member"])
    assert not queries.waiting_for_review(world["other:lead"])
    it = registering.publish(actor=world["owner:approver"], initiative=it, version=it.version)
    assert not queries.waiting_for_review(world["owner:approver"])


def test_naming_a_partner_later_asks_it_and_leaving_one_out_ends_it(world: World) -> None:
    it = published(world)
    gone = partner_of(it, "vale-nhs")
    it = registering.save_partners(
        actor=world["owner:lead"],
        initiative=it,
        version=it.version,
        lead="southwick-council",
        partners=[PartnerInput(organisation="vale-county", role="delivery")],
    )
    assert partner_of(it, "vale-county").confirmation == "asked"
    gone.refresh_from_db()
    assert gone.valid_to == today()
    assert gone.pk in [e.payload["partner_id"] for e in events_of("partner.ended")]
    assert audited(it, "initiative.edit")[-1].changes["partners"][1] == [
        "Southwick Council (Lead)",
        "Vale County Council (Delivery)",
    ]


def test_a_partner_that_is_left_out_on_the_day_it_began_ends_as_well(world: World) -> None:
    it = published(world)
    Partner.objects.filter(initiative=it).update(valid_from=today())
    it = registering.save_partners(
        actor=world["owner:lead"], initiative=it, version=it.version, lead="southwick-council", partners=[]
    )
    assert it.partners.filter(valid_to=None).count() == 1


def test_a_confirmed_partner_is_asked_again_when_what_is_said_of_it_changes(world: World) -> None:
    it = published(world)
    partner = partner_of(it, "vale-nhs")
    Partner.objects.filter(pk=partner.pk).update(confirmation="confirmed", answered_at=now())
    it = registering.save_partners(
        actor=world["owner:lead"],
        initiative=it,
        version=it.version,
        lead="southwick-council",
        partners=[PartnerInput(organisation="vale-nhs", role="funder", contribution="Pays for everything")],
    )
    partner.refresh_from_db()
    assert (partner.confirmation, partner.contribution) == ("asked", "Pays for everything")
    assert events_of("partner.asked")[-1].payload["again"] is True


def test_a_new_lead_is_asked_and_the_old_one_ended(world: World) -> None:
    it = published(world)
    it = registering.save_partners(
        actor=world["owner:lead"], initiative=it, version=it.version, lead="vale-county", partners=[]
    )
    assert it.lead == world.bodies["other"]
    assert (partner_of(it, "vale-county").role, partner_of(it, "vale-county").confirmation) == ("lead", "asked")
    it = registering.save_partners(
        actor=world["owner:lead"], initiative=it, version=it.version, lead="northwick-council", partners=[]
    )
    assert not it.partners.filter(valid_to=None).exists()
