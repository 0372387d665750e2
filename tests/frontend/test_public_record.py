"""The page of one initiative: everything it says, nothing it must not, and only what the reader may do."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from collaboration.initiatives.models import AskOrOffer, Initiative, Partner, Update
from collaboration.initiatives.services import keeping, lifecycle, partners
from frontend.templatetags.reading import paragraphs
from groundwork.clock import now
from tests.frontend.markup import Node, parse
from tests.frontend.reading import Vale, queries, read, vale, words
from tests.settings import forget_cache

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> Vale:
    forget_cache()
    return vale()


def address(initiative: Initiative) -> str:
    return f"/initiatives/{initiative.reference}/"


def acts(tree: Node) -> dict[str, str]:
    """What the reader is offered, with its address."""
    return {link.text: link.attrs["href"] for box in tree.all("section.gt-acts") for link in box.all("a")}


def signed_in(place: Vale, name: str) -> Client:
    client = Client()
    client.force_login(place.world[name].who)
    return client


def test_a_record_says_all_it_knows(client: Client, place: Vale) -> None:
    tree = read(client, address(place.full))
    text = words(client, address(place.full))
    for said in (
        place.full.reference,
        "Warm homes for older people",
        "Active",
        "Shows good practice",
        "Still accurate as of 2 November 2026",
        "Run <with> care.",
        "Fewer people fall ill in winter.",
        "Promoting independence",
        "People stay at home longer.",
        "Preventing illness",
        "Northwick Council",
        "Vale NHS",
        "Confirmed",
        "printed as “Heath”",
        "All councils",
        "Group",
        "Residents choose the visitors.",
        "District, borough or city",
        "1 April 2025",
        "31 March 2027",
        "Governance",
        "Principle 1",
        "County plan",
        "Healthy places",
        "£1,500",
        "£250",
        "amount not stated from A charity",
        "Together £1,750",
        "Housing officer",
        "homes@example.org",
        "Run by residents.",
        "vale-report, Appendix 1, row JW-01",
        "Forty homes visited.",
        "On track",
        "Evenings suit people best.",
        "A van",
        "Advice",
        "How is it counted?",
        "By visits.",
        "Report a problem with this record",
        "History of this record",
    ):
        assert said in text, said
    assert [item.text for item in tree.all("ul.govuk-list--bullet")[0].all("li")] == [
        "draught proofing",
        "heating checks",
    ]


def test_what_is_silent_is_not_stated(client: Client, place: Vale) -> None:
    text = words(client, address(place.bare))
    assert text.count("Not stated") >= 12
    assert "Not verified yet" in text
    assert "Stage not stated" in text
    assert "None" not in text
    assert "Not stated" not in words(client, address(place.full))


def test_the_thread_runs_from_the_ambition_to_this_record(client: Client, place: Vale) -> None:
    strips = read(client, address(place.full)).all("ol.gt-thread")
    assert len(strips) == 1
    assert [step.all("span.gt-thread__kind")[0].text for step in strips[0].all("li")] == [
        "Ambition",
        "Strand",
        "Strand",
        "This initiative",
        "Also answers to",
    ]
    (missing,) = read(client, address(place.bare)).all("li.gt-thread__step--missing")
    assert missing.text == "Ambition Not stated"


def test_a_declined_partner_is_shown_as_none_and_who_was_asked_is_not_told_to_everybody(
    client: Client, place: Vale
) -> None:
    text = words(client, address(place.full))
    shown = [item.text for item in read(client, address(place.full)).all("li.gt-partners__item")]
    assert len(shown) == 3
    assert "Southwick Council" not in text
    assert "Asked to confirm" not in text
    keeper = words(signed_in(place, "owner:lead"), address(place.full))
    assert "DECLINED-CANARY" in keeper
    assert "Asked to confirm" in keeper
    assert "DECLINED-CANARY" not in words(signed_in(place, "partner:lead"), address(place.full))


def test_names_of_people_are_for_partners(client: Client, place: Vale) -> None:
    assert "Owner Lead" not in words(client, address(place.full))
    assert "Owner Lead" in words(signed_in(place, "partner:member"), address(place.full))


def test_only_what_one_may_do_is_offered(client: Client, place: Vale) -> None:
    at = address(place.full)
    assert acts(read(client, at)) == {}
    member = acts(read(signed_in(place, "owner:member"), at))
    assert member["Change this record"] == f"{at}edit/"
    assert member["Say that it is still accurate"] == f"{at}verify/"
    assert member["Add an update"] == f"{at}update/"
    assert "Withdraw it" not in member
    assert acts(read(signed_in(place, "owner:lead"), at))["Withdraw it"] == f"{at}withdraw/"
    scrutiny = acts(read(signed_in(place, "owner:scrutiny"), at))
    assert list(scrutiny.items()) == [("Challenge this record", f"{at}challenge/")]
    asked = acts(read(signed_in(place, "other:lead"), at))
    partner = Partner.objects.get(initiative=place.full, confirmation="asked")
    assert asked["Confirm or decline"] == f"{at}partners/{partner.pk}/answer/"
    joins = acts(read(signed_in(place, "other:member"), address(place.bare)))
    assert joins["Ask to join"] == f"{address(place.bare)}join/"


def test_every_offer_leads_to_a_page(place: Vale) -> None:
    for name in ("owner:lead", "owner:officer", "owner:scrutiny", "partner:lead", "other:lead", "other:officer"):
        reader = signed_in(place, name)
        for one in (place.full, place.bare):
            for text, href in acts(read(reader, address(one))).items():
                assert reader.get(href).status_code == 200, f"{name}: {text} ({href})"


def test_who_may_not_see_it_is_told_that_it_is_not_there(client: Client, place: Vale) -> None:
    draft = Initiative.objects.get(title="DRAFT-CANARY")
    for hidden in (draft, place.partners_only):
        assert "CANARY" not in words(client, address(hidden), status=404)
    assert signed_in(place, "other:officer").get(address(draft)).status_code == 404
    assert "This is a draft" in words(signed_in(place, "owner:member"), address(draft))
    assert "CANARY" in words(signed_in(place, "other:member"), address(place.partners_only))


def test_a_merged_record_leads_to_the_one_that_stays(client: Client, place: Vale) -> None:
    Initiative.objects.filter(pk=place.bare.pk).update(merged_into=place.full)
    response = client.get(address(place.bare))
    assert response.status_code == 301
    assert response["Location"] == address(place.full)
    other_case = client.get(address(place.full).replace("VAL", "val"))
    assert (other_case.status_code, other_case["Location"]) == (301, address(place.full))


def test_a_withdrawn_record_is_gone_and_says_so_without_its_title(client: Client, place: Vale) -> None:
    lifecycle.withdraw(actor=place.world["owner:lead"], initiative=place.full, reason="Funding ended.")
    text = words(client, address(place.full), status=410)
    assert "This record was withdrawn" in text
    assert place.full.title not in text
    keeper = read(signed_in(place, "owner:lead"), address(place.full))
    assert "Funding ended." in keeper.text
    assert acts(keeper)["Restore it"] == f"{address(place.full)}restore/"
    assert client.get(address(place.partners_only)).status_code == 404
    Initiative.objects.filter(pk=place.partners_only.pk).update(withdrawn_at=now())
    assert client.get(address(place.partners_only)).status_code == 404


def test_the_same_queries_for_one_and_for_many(client: Client, place: Vale) -> None:
    few = queries(client, address(place.full))
    member = signed_in(place, "other:member")
    few_signed_in = queries(member, address(place.full))
    assert few <= 10
    # One of them for the bell of the header, one for whether they follow it.
    assert few_signed_in <= 17
    for n in range(3):
        Update.objects.create(initiative=place.full, organisation=place.world.bodies["owner"], body=f"Update {n}")
        AskOrOffer.objects.create(initiative=place.full, kind="ask", body=f"Ask {n}")
        Partner.objects.create(
            initiative=place.full, organisation=place.world.bodies["partner"], role=("host", "lead", "funder")[n]
        )
        place.full.funding.create(amount=n)
    assert queries(client, address(place.full)) == few
    assert queries(member, address(place.full)) == few_signed_in


def test_what_is_kept_of_a_record_is_made_again_after_every_act(client: Client, place: Vale) -> None:
    words(client, address(place.full))
    assert queries(client, address(place.full)) <= 3
    keeping.add_update(actor=place.world["owner:lead"], initiative=place.full, body="Fifty homes now.", health="")
    assert "Fifty homes now." in words(client, address(place.full))
    asked = Partner.objects.get(initiative=place.full, confirmation="asked")
    partners.confirm(actor=place.world["other:lead"], partner=asked)
    confirmed = [item.text for item in read(client, address(place.full)).all("li.gt-partners__item")]
    assert any("Vale County Council" in item and "Confirmed" in item for item in confirmed)
    keeping.verify(actor=place.world["owner:lead"], initiative=place.full)
    assert "Still accurate as of 2 November 2026" not in words(client, address(place.full))


def test_what_is_kept_for_the_public_is_never_what_a_partner_saw(client: Client, place: Vale) -> None:
    forget_cache()
    assert "DECLINED-CANARY" in words(signed_in(place, "owner:lead"), address(place.full))
    assert "DECLINED-CANARY" not in words(client, address(place.full))
    assert "DECLINED-CANARY" in words(signed_in(place, "owner:lead"), address(place.full))


def test_text_becomes_paragraphs_and_lists_and_never_markup() -> None:
    tree = parse(paragraphs("One\ntwo\n\n- a <b>\n* b\n1. c\nAfter & on"))
    assert [(node.tag, node.text) for node in tree.elements] == [
        ("p", "One two"),
        ("ul", "a <b> b c"),
        ("p", "After & on"),
    ]
    assert paragraphs("") == ""
    assert paragraphs(None) == ""
    assert not re.search("<(?!/?(p|ul|li|br))", paragraphs("<script>x</script>\n- <img src=x>"))
