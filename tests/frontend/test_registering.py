"""Registering through the pages, as a person does: every step saved, every mistake told, nothing lost."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client

from collaboration.initiatives.models import Initiative, Partner
from groundwork.directory.models import Organisation
from tests.collaboration.initiatives import world as worlds
from tests.collaboration.initiatives.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return worlds.build()


def signed_in(world: World, name: str) -> Client:
    client = Client()
    client.force_login(world[name].who)
    return client


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def version(response: Any) -> str:
    found = re.search(r'name="version" value="(\d+)"', response.content.decode())
    assert found, "the form carries no version"
    return found[1]


def save(client: Client, reference: str, section: str, **typed: Any) -> Any:
    """Open a section, type into it and press the button. Lines of a formset are given as ``lines=[{…}]``."""
    address = f"/initiatives/{reference}/edit/{section}/"
    page = client.get(address)
    assert page.status_code == 200
    prefix = {"partners": "partner", "funding": "funding"}.get(section)
    lines = typed.pop("lines", [])
    data = {"version": version(page)} | typed
    if prefix:
        data |= {f"{prefix}-TOTAL_FORMS": str(len(lines)), f"{prefix}-INITIAL_FORMS": "0"}
        data |= {f"{prefix}-{n}-{name}": value for n, line in enumerate(lines) for name, value in line.items()}
    return client.post(address, data)


def begin(client: Client, title: str = "Falls classes in village halls") -> str:
    response = client.post("/initiatives/new/", {"title": title})
    assert response.status_code == 302
    return str(response["Location"].split("/")[2])


SINCE = {"since-day": "1", "since-month": "9", "since-year": "2025"}


def fill(client: Client, reference: str) -> None:
    for section, typed in (
        (
            "about",
            {"title": "Falls classes in village halls", "summary": "Classes twice a week.", "stage": "active"}
            | {"starts_on-day": "1", "starts_on-month": "4", "starts_on-year": "2026"},
        ),
        ("ambitions", {"main_1": "V-A1.1", "contribution_1": "People stay steady.", "strands": ["V-A1.2"]}),
        ("blocks", {"blocks": ["B-1"]}),
        ("places", {"scale": "district", "areas": [world_area()]}),
        (
            "partners",
            {
                "lead": "northwick-council",
                "lines": [{"organisation": "vale-nhs", "role": "funder"} | SINCE],
            },
        ),
        ("funding", {"lines": [{"amount": "1200.50", "source": "vale-nhs"}]}),
        ("participation", {"participation": "They choose the hall."}),
        ("contact", {"contact_role": "Sport officer", "intended_visibility": "public"}),
    ):
        response = save(client, reference, section, **typed)
        assert response.status_code == 302, f"{section}: {text(response)[:3000]}"


def world_area() -> str:
    from groundwork.directory.models import Area

    return str(Area.objects.filter(kind="district").order_by("pk").values_list("code", flat=True)[0])


def test_from_a_title_to_published(world: World, drain: Any) -> None:
    client = signed_in(world, "owner:lead")
    reference = begin(client)
    tasks = client.get(f"/initiatives/{reference}/edit/")
    assert "of 9 sections are complete" in text(tasks)
    fill(client, reference)
    page = client.get(f"/initiatives/{reference}/edit/check/")
    assert page.status_code == 200
    for answer in (
        "Classes twice a week.",
        "People stay steady.",
        "£1,200.50",
        "Sport officer",
        "They choose the hall.",
    ):
        assert answer in text(page), answer
    done = client.post(f"/initiatives/{reference}/edit/check/", {"publish": "1"})
    assert done["Location"] == f"/initiatives/{reference}/edit/done/"
    assert reference in text(client.get(done["Location"]))
    initiative = Initiative.objects.get(reference=reference)
    assert initiative.visibility == "public"
    partner = initiative.partners.get(organisation=world.bodies["partner"])
    assert (partner.role, partner.confirmation) == ("funder", Partner.Confirmation.ASKED)
    assert partner.valid_from == date(2025, 9, 1)
    assert Client().get(f"/initiatives/{reference}/").status_code == 200


def test_nobody_else_sees_a_draft_or_its_steps(world: World) -> None:
    reference = begin(signed_in(world, "owner:lead"))
    stranger = signed_in(world, "other:officer")
    for step in ("edit/", "edit/about/", "edit/check/", "edit/done/", "history/"):
        assert stranger.get(f"/initiatives/{reference}/{step}").status_code == 404, step
    public = Client().get(f"/initiatives/{reference}/edit/")
    assert public.status_code == 302
    assert public["Location"].startswith("/sign-in/")


def test_publishing_too_early_says_what_is_missing_and_links_there(world: World) -> None:
    client = signed_in(world, "owner:lead")
    reference = begin(client)
    page = client.get(f"/initiatives/{reference}/edit/check/")
    assert f"/initiatives/{reference}/edit/ambitions/?from=check" in text(page)
    refused = client.post(f"/initiatives/{reference}/edit/check/", {"publish": "1"})
    assert refused.status_code in (409, 422)
    assert "There is a problem" in text(refused)
    assert not Initiative.objects.get(reference=reference).is_published


def test_a_member_sends_it_for_agreement_and_a_lead_publishes(world: World) -> None:
    member, lead = signed_in(world, "owner:member"), signed_in(world, "owner:lead")
    reference = begin(member)
    fill(member, reference)
    page = text(member.get(f"/initiatives/{reference}/edit/check/"))
    assert "Send for agreement" in page
    assert "Publish for everyone" not in page
    assert member.post(f"/initiatives/{reference}/edit/check/", {"publish": "1"}).status_code == 403
    assert member.post(f"/initiatives/{reference}/edit/check/", {"ask_review": "1"}).status_code == 302
    assert "Sent for agreement" in text(member.get(f"/initiatives/{reference}/edit/done/"))
    assert f"/initiatives/{reference}/edit/check/" in text(lead.get("/home/"))
    assert lead.post(f"/initiatives/{reference}/edit/check/", {"publish": "1"}).status_code == 302


def test_two_people_editing_the_second_keeps_what_was_typed_and_decides(world: World) -> None:
    first, second = signed_in(world, "owner:lead"), signed_in(world, "owner:member")
    reference = begin(first)
    seen = version(second.get(f"/initiatives/{reference}/edit/participation/"))
    assert save(first, reference, "participation", participation="Theirs").status_code == 302
    address = f"/initiatives/{reference}/edit/participation/"
    refused = second.post(address, {"version": seen, "participation": "Mine, and long"})
    assert refused.status_code == 409
    assert "Mine, and long" in text(refused)
    assert "Owner Lead" in text(refused), "it says who changed it"
    assert Initiative.objects.get(reference=reference).participation == "Theirs"
    again = second.post(address, {"version": version(refused), "participation": "Mine, and long"})
    assert again.status_code == 302
    assert Initiative.objects.get(reference=reference).participation == "Mine, and long"


@pytest.mark.parametrize(
    ("section", "typed", "sentence"),
    [
        ("about", {"title": "", "summary": "x", "stage": "idea"}, "Enter: title"),
        ("about", {"title": "x" * 201, "summary": "x", "stage": "idea"}, "200 characters or fewer"),
        ("about", {"title": "x", "summary": "y", "stage": "nonsense"}, "nonsense"),
        (
            "about",
            {"title": "x", "summary": "y", "stage": "idea", "starts_on-day": "31", "starts_on-month": "2"}
            | {"starts_on-year": "2026"},
            "real date",
        ),
        ("about", {"title": "a\x00b", "summary": "y", "stage": "idea"}, "ull characters are not allowed"),
        ("ambitions", {"main_1": "NOPE-1", "contribution_1": "x"}, "NOPE-1"),
        ("ambitions", {"main_1": "V-A1.1", "contribution_1": ""}, "Write one sentence"),
        (
            "ambitions",
            {"main_1": "V-A1.1", "contribution_1": "x", "main_2": "V-A1.1", "contribution_2": "y"},
            "already chosen",
        ),
        ("places", {"scale": "district", "areas": ["E99999999"]}, "E99999999"),
        ("partners", {"lead": "", "lines": [{"organisation": "", "role": "funder"}]}, "Choose the organisation"),
        ("partners", {"lead": "", "lines": [{"organisation": "no-such-body"}]}, "no-such-body"),
        ("funding", {"lines": [{"amount": "-5"}]}, "greater than or equal to 0"),
        ("funding", {"lines": [{"amount": "1e99999"}]}, "Line 1"),
        ("contact", {"contact_role": "", "intended_visibility": "public"}, "Enter: who can be asked about it"),
    ],
)
def test_bad_input_gets_a_sentence_and_keeps_what_was_typed(
    world: World, section: str, typed: dict[str, Any], sentence: str
) -> None:
    client = signed_in(world, "owner:lead")
    reference = begin(client)
    before = Initiative.objects.values().get(reference=reference)
    response = save(client, reference, section, **typed)
    assert response.status_code == 422
    assert sentence in text(response)
    assert "There is a problem" in text(response)
    assert "<title>Error:" in text(response)
    assert Initiative.objects.values().get(reference=reference) == before


def test_a_broken_or_missing_form_is_answered_not_crashed(world: World) -> None:
    client = signed_in(world, "owner:lead")
    reference = begin(client)
    for section in ("about", "ambitions", "partners", "funding", "contact"):
        address = f"/initiatives/{reference}/edit/{section}/"
        assert client.post(address, {}).status_code == 422, section
        assert client.post(address, {"version": "NaN", "partner-TOTAL_FORMS": "999999999"}).status_code == 422
    assert client.get(f"/initiatives/{reference}/edit/nonsense/").status_code == 404
    assert client.get("/initiatives/XXX-999999999/edit/").status_code == 404


def test_a_double_click_makes_one_draft(world: World) -> None:
    client = signed_in(world, "owner:lead")
    assert begin(client, "Twice") == begin(client, "Twice")
    assert Initiative.objects.filter(title="Twice").count() == 1


def test_a_group_can_be_named_and_is_not_asked(world: World) -> None:
    client = signed_in(world, "owner:lead")
    reference = begin(client)
    fill(client, reference)
    group = Organisation.objects.get(pk=world.bodies["group"].pk)
    save(client, reference, "partners", lead="northwick-council", lines=[{"organisation": group.slug}])
    client.post(f"/initiatives/{reference}/edit/check/", {"publish": "1"})
    assert Partner.objects.get(initiative__reference=reference, organisation=group).confirmation == "not_asked"


def test_similar_work_is_shown_before_publishing_with_a_way_to_join(world: World) -> None:
    first = signed_in(world, "owner:lead")
    reference = begin(first)
    fill(first, reference)
    first.post(f"/initiatives/{reference}/edit/check/", {"publish": "1"})
    second = signed_in(world, "lead:lead")
    twin = begin(second, "Falls prevention classes in the village hall")
    save(
        second,
        twin,
        "about",
        title="Falls prevention classes in the village hall",
        summary="Classes for older people who fall.",
        stage="idea",
    )
    page = text(second.get(f"/initiatives/{twin}/edit/check/"))
    assert f"/initiatives/{reference}/join/" in page


def test_the_task_list_costs_the_same_for_one_line_and_for_three(
    world: World, django_assert_max_num_queries: Any
) -> None:
    client = signed_in(world, "owner:lead")
    reference = begin(client)
    fill(client, reference)
    for address in (f"/initiatives/{reference}/edit/", f"/initiatives/{reference}/edit/check/"):
        counts = []
        for lines in (["vale-nhs"], ["vale-nhs", "southwick-council", "vale-county"]):
            save(client, reference, "partners", lead="northwick-council", lines=[{"organisation": o} for o in lines])
            with django_assert_max_num_queries(45) as queries:
                assert client.get(address).status_code == 200
            counts.append(len(queries))
        assert counts[0] == counts[1], address


def test_a_gap_fills_in_what_it_is(world: World) -> None:
    client = signed_in(world, "owner:lead")
    area = world_area()
    address = f"/initiatives/new/?ambition=V-A1&block=B-1&area={area}"
    assert "You start where nothing is registered yet." in text(client.get(address))
    reference = client.post(address, {"title": "Where nobody was"})["Location"].split("/")[2]
    draft = Initiative.objects.get(reference=reference)
    assert [a.element.code for a in draft.alignments.select_related("element")] == ["B-1"]
    assert [a.code for a in draft.areas.all()] == [area]


def test_a_gap_that_does_not_exist_is_no_hindrance(world: World) -> None:
    client = signed_in(world, "owner:lead")
    address = "/initiatives/new/?ambition=NOPE&block=%00&area=" + "x" * 500
    assert "You start where" not in text(client.get(address))
    assert client.post(address, {"title": "All the same"}).status_code == 302
