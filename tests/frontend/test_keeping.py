"""Keeping an initiative true through the pages: one page for each act, and a GET that changes nothing."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from collaboration.initiatives.models import AskOrOffer, Initiative, JoinAsk, Nomination, Partner, ProblemReport
from collaboration.initiatives.services import keeping, registering
from tests.collaboration.initiatives import world as worlds
from tests.collaboration.initiatives.world import World
from tests.frontend.test_registering import begin, fill, signed_in, text
from tests.settings import forget_cache

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    forget_cache()
    return worlds.build()


@pytest.fixture
def initiative(world: World) -> Initiative:
    """Published for everyone by its owner, which also leads it; the NHS is asked."""
    client = signed_in(world, "owner:lead")
    reference = begin(client)
    fill(client, reference)
    draft = Initiative.objects.get(reference=reference)
    return registering.publish(actor=world["owner:lead"], initiative=draft)


def at(initiative: Initiative, act: str) -> str:
    return f"/initiatives/{initiative.reference}/{act}/"


def follow(client: Client, address: str, **typed: Any) -> str:
    """Post and read the page one lands on."""
    response = client.post(address, typed, follow=True)
    assert response.status_code == 200, text(response)[:2000]
    assert response.redirect_chain, text(response)[:3000]
    return text(response)


def test_still_accurate_is_one_button(world: World, initiative: Initiative) -> None:
    client = signed_in(world, "owner:member")
    assert client.get(at(initiative, "verify")).status_code == 200
    initiative.refresh_from_db()
    before = initiative.verified_at
    assert "checked today" in follow(client, at(initiative, "verify"))
    initiative.refresh_from_db()
    assert initiative.verified_at is not None
    assert initiative.verified_at != before or before is not None


def test_an_update_needs_words_or_the_button_that_says_there_are_none(world: World, initiative: Initiative) -> None:
    client = signed_in(world, "owner:member")
    refused = client.post(at(initiative, "update"), {"health": "on_track", "body": ""})
    assert refused.status_code == 422
    assert "Write what happened" in text(refused)
    page = follow(client, at(initiative, "update"), health="some_concerns", body="Two drivers left.", act="1")
    assert "Two drivers left." in page
    follow(client, at(initiative, "update"), no_change="1")
    assert initiative.updates.count() == 2


def test_the_asked_partner_confirms_from_its_home_page(world: World, initiative: Initiative) -> None:
    nhs = signed_in(world, "partner:lead")
    partner = initiative.partners.get(organisation=world.bodies["partner"])
    address = f"/initiatives/{initiative.reference}/partners/{partner.pk}/answer/"
    assert address in text(nhs.get("/home/"))
    assert nhs.get(address).status_code == 200
    partner.refresh_from_db()
    assert partner.confirmation == Partner.Confirmation.ASKED, "a GET changes nothing"
    follow(nhs, address, answer="yes")
    partner.refresh_from_db()
    assert partner.confirmation == Partner.Confirmation.CONFIRMED
    assert address not in text(nhs.get("/home/"))


def test_a_partner_that_declines_says_why_and_is_no_longer_shown(world: World, initiative: Initiative) -> None:
    nhs = signed_in(world, "partner:approver")
    partner = initiative.partners.get(organisation=world.bodies["partner"])
    address = f"/initiatives/{initiative.reference}/partners/{partner.pk}/answer/"
    refused = nhs.post(address, {"answer": "no", "reason": ""})
    assert refused.status_code == 422
    assert "Say in a sentence why not" in text(refused)
    initiative.funding.all().delete()
    follow(nhs, address, answer="no", reason="We pulled out.")
    assert partner.organisation.name not in text(Client().get(initiative.get_absolute_url()))
    assert signed_in(world, "partner:member").get(address).status_code == 403


def test_an_answer_for_somebody_else_is_refused(world: World, initiative: Initiative) -> None:
    partner = initiative.partners.get(organisation=world.bodies["partner"])
    address = f"/initiatives/{initiative.reference}/partners/{partner.pk}/answer/"
    for who in ("owner:lead", "other:officer", "operator", "nobody"):
        assert signed_in(world, who).post(address, {"answer": "yes"}).status_code in (403, 404), who
    assert Client().post(address, {"answer": "yes"}).status_code == 302
    partner.refresh_from_db()
    assert partner.confirmation == Partner.Confirmation.ASKED


def test_asking_to_join_reaches_the_lead_who_answers(world: World, initiative: Initiative) -> None:
    theirs, ours = signed_in(world, "other:lead"), signed_in(world, "owner:lead")
    follow(theirs, at(initiative, "join"), message="We have two vans.")
    ask = JoinAsk.objects.get(initiative=initiative)
    address = f"/initiatives/{initiative.reference}/join/{ask.pk}/"
    assert address in text(ours.get("/home/"))
    assert "We have two vans." in text(ours.get(address))
    follow(ours, address, answer="yes")
    assert initiative.partners.filter(organisation=world.bodies["other"], confirmation="confirmed").exists()


def test_scrutiny_challenges_and_the_lead_responds(world: World, initiative: Initiative) -> None:
    scrutiny, lead = signed_in(world, "other:scrutiny"), signed_in(world, "owner:lead")
    follow(scrutiny, at(initiative, "challenge"), body="How many people came?")
    challenge = initiative.challenges.get()
    address = f"/initiatives/{initiative.reference}/challenge/{challenge.pk}/"
    assert address in text(lead.get("/home/"))
    assert "Forty a week." in follow(lead, address, response="Forty a week.")
    assert signed_in(world, "owner:member").get(at(initiative, "challenge")).status_code == 403


def test_anybody_reports_a_problem_and_a_robot_is_not_heard(world: World, initiative: Initiative) -> None:
    public = Client()
    follow(public, at(initiative, "problem"), body="The hall is closed.", email="me@example.org")
    follow(public, at(initiative, "problem"), body="Buy this.", website="http://spam.example")
    report = ProblemReport.objects.get()
    assert report.body == "The hall is closed."
    keeper = signed_in(world, "owner:lead")
    address = f"/initiatives/{initiative.reference}/problem/{report.pk}/"
    assert address in text(keeper.get("/home/"))
    follow(keeper, address)
    assert address not in text(keeper.get("/home/"))


def test_too_many_posts_from_one_network_are_asked_to_wait(world: World, initiative: Initiative) -> None:
    public = Client()
    answers = {public.post(at(initiative, "problem"), {"body": f"Number {n}"}).status_code for n in range(10)}
    assert answers == {302}
    refused = public.post(at(initiative, "problem"), {"body": "One more"})
    assert refused.status_code == 429
    assert "Wait ten minutes" in text(refused)


def test_withdrawn_is_gone_for_others_and_can_be_restored(world: World, initiative: Initiative) -> None:
    lead = signed_in(world, "owner:lead")
    assert lead.post(at(initiative, "withdraw"), {"reason": ""}).status_code == 422
    follow(lead, at(initiative, "withdraw"), reason="Registered twice.")
    assert Client().get(initiative.get_absolute_url()).status_code == 410
    follow(lead, at(initiative, "restore"))
    assert Client().get(initiative.get_absolute_url()).status_code == 200


def test_merging_leads_the_old_address_to_the_survivor(world: World, initiative: Initiative) -> None:
    client = signed_in(world, "owner:lead")
    reference = begin(client, "Falls classes, again")
    fill(client, reference)
    twin = registering.publish(actor=world["owner:lead"], initiative=Initiative.objects.get(reference=reference))
    refused = client.post(at(twin, "merge"), {"into": "VAL-9999"})
    assert refused.status_code == 422
    assert "no initiative with this reference" in text(refused)
    follow(client, at(twin, "merge"), into=initiative.reference.lower())
    gone = Client().get(twin.get_absolute_url())
    assert gone.status_code == 301
    assert gone["Location"] == initiative.get_absolute_url()


def test_asks_offers_and_learning_are_shown_and_settled(world: World, initiative: Initiative) -> None:
    client = signed_in(world, "owner:member")
    page = follow(client, at(initiative, "ask-offer"), kind="ask", body="Ten more drivers.")
    assert "Ten more drivers." in page
    assert "One number works." in follow(client, at(initiative, "learning"), body="One number works.")
    ask = AskOrOffer.objects.get()
    follow(client, f"/initiatives/{initiative.reference}/ask-offer/{ask.pk}/")
    assert "Ten more drivers." not in text(Client().get(initiative.get_absolute_url()))


def test_only_officers_say_what_shows_good_practice(world: World, initiative: Initiative) -> None:
    officer = signed_in(world, "other:officer")
    follow(officer, at(initiative, "exemplar"), reason="Others copy it.", act="1")
    initiative.refresh_from_db()
    assert initiative.is_exemplar
    assert signed_in(world, "owner:lead").get(at(initiative, "exemplar")).status_code == 403


def test_history_tells_every_field_by_whom_for_whom(world: World, initiative: Initiative) -> None:
    keeping.add_learning(actor=world["owner:lead"], initiative=initiative, body="One number works.")
    page = text(signed_in(world, "partner:lead").get(at(initiative, "history")))
    assert "Owner Lead" in page
    assert world.bodies["owner"].name in page
    public = text(Client().get(at(initiative, "history")))
    assert "Owner Lead" not in public
    assert world.bodies["owner"].name in public


def test_a_nomination_becomes_a_draft_or_is_not_taken_up(world: World) -> None:
    public, officer = Client(), signed_in(world, "other:officer")
    assert public.post("/nominate/", {"title": "", "what": ""}).status_code == 422
    for title in ("Repair café", "Night shelter"):
        assert "Thank you" in follow(public, "/nominate/", title=title, what="They mend and help.")
    one, two = Nomination.objects.order_by("pk")
    home = text(officer.get("/home/"))
    assert f"/manage/nominations/{one.pk}/" in home
    assert "Repair café" in text(officer.get("/manage/nominations/"))
    follow(officer, f"/manage/nominations/{one.pk}/", draft="1")
    assert officer.post(f"/manage/nominations/{two.pk}/", {"decline": "1", "reason": ""}).status_code == 422
    follow(officer, f"/manage/nominations/{two.pk}/", decline="1", reason="Not joint work.")
    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.status, two.status) == ("drafted", "declined")
    assert officer.get(f"/manage/nominations/{one.pk}/").status_code == 404
    assert signed_in(world, "owner:lead").get("/manage/nominations/").status_code == 403


def test_home_costs_the_same_for_one_task_and_for_three(
    world: World, initiative: Initiative, django_assert_max_num_queries: Any
) -> None:
    nhs, counts = signed_in(world, "partner:lead"), []
    nhs.get("/home/")  # The first page of a session also writes when it was seen.
    for _ in range(2):
        with django_assert_max_num_queries(40) as queries:
            assert len(re.findall(r"/partners/\d+/answer/", text(nhs.get("/home/")))) == len(counts) * 2 + 1
        counts.append(len(queries))
        for title in ("Second", "Third"):
            client = signed_in(world, "owner:lead")
            reference = begin(client, title)
            fill(client, reference)
            registering.publish(actor=world["owner:lead"], initiative=Initiative.objects.get(reference=reference))
    assert counts[0] == counts[1]
