"""Taking part through pages: coming in, coming back, the lobby, invitations, one's own page, the screen."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client

from collaboration.workshops import queries, services
from collaboration.workshops.models import Feedback, Participation, Workshop, WorkshopInvitation
from groundwork.access.actors import Public
from groundwork.accounts.models import Tries
from tests.collaboration.workshops.ground import Ground, invited, lay, opened, planned
from tests.frontend.markup import assert_references_lead_somewhere
from tests.frontend.plain_board import Browser, arrived, joined, signed_in
from tests.settings import forget_cache

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ground() -> Ground:
    forget_cache()
    ground = lay()
    ground.hospital.names.create(name="Vale Hospital", folded="vale hospital", kind="current")
    return ground


@pytest.fixture
def workshop(ground: Ground) -> Workshop:
    return opened(ground)


def people(workshop: Workshop) -> list[Participation]:
    return list(Participation.objects.filter(workshop=workshop, person=None))


@pytest.mark.parametrize("spoil", [str.lower, lambda code: f" {code[:4]} {code[4:]} ", lambda code: "-".join(code)])
def test_a_code_is_forgiven_how_it_is_typed(workshop: Workshop, spoil: Callable[[str], str]) -> None:
    browser = Browser().go("/w/")
    form = browser.forms()[0]
    assert form.attrs["action"] == "/w/"
    browser.post("/w/", {"code": spoil(workshop.code)})
    assert browser.path == f"/w/{workshop.code}/{queries.link_token(workshop)}/"
    assert workshop.title in browser.text


def test_a_volunteer_without_an_account_joins_and_is_in(workshop: Workshop) -> None:
    browser = arrived(workshop.code.lower())
    assert browser.secret, "before anything is sent, so that a double click joins once"
    path, data = browser.filled("join", name="Sam", organisation="Parish of Vale", email="sam@parish.example")
    browser.post(path, data | {"plain": "1"})
    assert browser.path == f"/w/{workshop.code}/simple/"
    assert browser.status == 200
    [sam] = people(workshop)
    assert (sam.name, sam.organisation_name, sam.email) == ("Sam", "Parish of Vale", "sam@parish.example")
    assert "You are Sam" in browser.text
    again = browser.go(f"/w/{workshop.code}/")
    assert again.path in (f"/w/{workshop.code}/simple/", f"/w/{workshop.code}/board"), "whoever is in is led in"


def test_a_double_click_joins_once(workshop: Workshop) -> None:
    browser = arrived(workshop.code)
    path, data = browser.filled("join", name="Sam")
    browser.post(path, data | {"plain": "1"})
    browser.post(path, data | {"plain": "1"})
    assert len(people(workshop)) == 1


def test_a_name_or_none(workshop: Workshop) -> None:
    browser = arrived(workshop.code).press("join", email="not an address")
    assert browser.status == 422
    assert "Enter a name, or choose to take part without one." in browser.text
    assert "not an address" in str(browser.filled("join")[1]), "what was typed stays"
    browser.press("join", anonymous="on", email="")
    assert [each.name for each in people(workshop)] == [""]


def test_a_known_organisation_is_found(ground: Ground, workshop: Workshop) -> None:
    arrived(workshop.code).press("join", name="Nia", organisation="vale hospital")
    [nia] = people(workshop)
    assert nia.organisation == ground.hospital


def test_wrong_codes_are_counted_and_addresses_say_nothing(ground: Ground, workshop: Workshop) -> None:
    waiting, before = planned(ground), Tries.objects.count()
    shown = {Browser().go(f"/w/{code}/").text for code in (workshop.code, waiting.code, "ABCDEFGH", "x", "%20")}
    assert len(shown) == 1, "looking at an address tells nothing"
    for address in ("simple/", "me/", "screen/", "feedback/", "simple/item/x/", f"{'A' * 22}/screen/"):
        one, other = Client().get(f"/w/ABCDEFGH/{address}"), Client().get(f"/w/{workshop.code}/{address}")
        assert (one.status_code, other.status_code) == (302, 302)
        assert one["Location"].replace("ABCDEFGH", workshop.code) == other["Location"]
    assert Tries.objects.count() == before, "and counts nothing"
    for code in ("ABCDEFGH", waiting.code, "x", " "):
        browser = Browser().go("/w/").post("/w/", {"code": code})
        assert browser.status == 422, code
        assert "No open workshop has this code." in browser.text or code == " "
    for _ in range(27):
        assert Browser().go("/w/").post("/w/", {"code": "ABCDEFGH"}).status == 422
    last = Browser().go("/w/").post("/w/", {"code": workshop.code})
    assert last.status == 429, "no code is looked at any more"
    assert "Wait 5 minutes" in last.text


def test_a_link_needs_no_try(workshop: Workshop) -> None:
    for _ in range(31):
        Browser().go("/w/").post("/w/", {"code": "ABCDEFGH"})
    link = f"/w/{workshop.code}/{queries.link_token(workshop)}/"
    browser = Browser().go(link)
    assert browser.status == 200
    browser.press("join", name="Lin")
    assert [each.name for each in people(workshop)] == ["Lin"]
    assert Browser().go(f"/w/{workshop.code}/{'A' * 22}/").text == Browser().go(f"/w/{workshop.code}/").text


def test_a_hall_behind_one_address_gets_in(workshop: Workshop) -> None:
    for number in range(40):
        assert joined(workshop.code, f"Guest {number}").path.endswith("/simple/")
    assert len(people(workshop)) == 40


def test_the_lobby_waits_with_a_button(ground: Ground) -> None:
    workshop = opened(ground, has_lobby=True)
    browser = joined(workshop.code, "Sam")
    assert browser.path == f"/w/{workshop.code}/"
    assert "You are in the lobby" in browser.text
    assert browser.links("Refresh") == [f"/w/{workshop.code}/"]
    assert browser.go(f"/w/{workshop.code}/simple/").path == f"/w/{workshop.code}/", "not before somebody lets them in"
    [sam] = people(workshop)
    services.admit(actor=ground["member"], participation=sam)
    assert browser.go(f"/w/{workshop.code}/simple/").path == f"/w/{workshop.code}/simple/"


def test_removed_locked_and_over_say_so(ground: Ground, workshop: Workshop) -> None:
    browser = joined(workshop.code, "Sam")
    services.lock(actor=ground["member"], workshop=workshop)
    assert "Joining is locked" in arrived(workshop.code).text
    [sam] = people(workshop)
    services.remove(actor=ground["member"], participation=sam)
    assert "removed you" in browser.go(f"/w/{workshop.code}/simple/").text
    other = Browser()
    other.client.cookies[settings.GUEST_COOKIE_NAME] = "x" * 43
    workshop.refresh_from_db()
    services.report_workshop(actor=ground["member"], workshop=workshop)
    assert signed_in(ground["lead"]).go(f"/w/{workshop.code}/").text.count("over") == 1


def test_what_somebody_wrote_comes_back_when_they_are_out(ground: Ground, workshop: Workshop) -> None:
    browser = joined(workshop.code, "Sam")
    [sam] = people(workshop)
    services.remove(actor=ground["member"], participation=sam)
    browser.post(f"/w/{workshop.code}/simple/", {"act": "write", "text": "Buses to clinics"})
    assert browser.status == 403
    assert "Buses to clinics" in browser.text
    stranger = Browser().post("/w/ABCDEFGH/simple/", {"act": "write", "text": "Buses to clinics"})
    assert stranger.text.replace("ABCDEFGH", "") == browser.text.replace(workshop.code, "")


def test_ones_own_link_moves_to_another_phone(workshop: Workshop) -> None:
    old = joined(workshop.code, "Sam")
    link = old.go(f"/w/{workshop.code}/me/").links("/w/back/")[0]
    path = "/" + link.split("/", 3)[3]
    new = Browser().go(path)
    assert "Come back as Sam" in new.text
    assert old.go(f"/w/{workshop.code}/simple/").path.endswith("/simple/"), "looking changed nothing"
    new.post(path, {"plain": "1"})
    assert new.path == f"/w/{workshop.code}/simple/"
    assert "You are Sam" in new.text
    assert len(people(workshop)) == 1
    assert old.go(f"/w/{workshop.code}/simple/").path == f"/w/{workshop.code}/", "the old phone is out"
    dead = Browser().go("/w/back/nothing/")
    assert dead.status == 404


def test_ones_own_page_changes_name_and_text_size_and_leaves(workshop: Workshop) -> None:
    browser = joined(workshop.code, "Sam").go(f"/w/{workshop.code}/me/")
    assert_references_lead_somewhere(browser.tree)
    browser.press("name", name="Samira")
    assert "You are Samira" in browser.text
    browser.press("name", name="")
    assert browser.status == 422
    browser.go(f"/w/{workshop.code}/me/").press("size", text_size="largest")
    assert "gt-text-largest" in browser.tree.one("html").attrs["class"]
    browser.press("leave")
    assert browser.path.startswith("/w/?left=1")
    assert browser.go(f"/w/{workshop.code}/simple/").path == f"/w/{workshop.code}/"
    assert Participation.objects.get(workshop=workshop, person=None).status == "left"


def test_a_guest_signs_in_and_claims_their_place(ground: Ground, workshop: Workshop) -> None:
    browser = joined(workshop.code, "Sam")
    browser.client.force_login(ground["porter"].who)
    browser.go(f"/w/{workshop.code}/me/").press("claim")
    assert "belongs to your account" in browser.tree.text
    assert Participation.objects.get(workshop=workshop, name="Sam").person == ground["porter"].who
    assert browser.go(f"/w/{workshop.code}/simple/").path.endswith("/simple/")


def test_the_cookie_is_no_secure_one_in_a_hall_and_no_script_reads_it(workshop: Workshop) -> None:
    browser = arrived(workshop.code)
    cookie = browser.client.cookies[settings.GUEST_COOKIE_NAME]
    assert (cookie["httponly"], cookie["samesite"], cookie["secure"]) == (True, "Lax", "")
    assert (cookie["domain"], cookie["path"]) == ("", "/")


def test_an_invitation_is_answered_and_joined_by_post(ground: Ground, workshop: Workshop) -> None:
    invitation = invited(ground, workshop)
    path = f"/w/invitation/{queries.invitation_token(invitation)}/"
    browser = Browser().go(path)
    invitation.refresh_from_db()
    assert (invitation.answer, invitation.used_at) == ("", None), "looking changes nothing"
    browser.press("answer")
    assert browser.status == 422
    browser.go(path).press("answer", answer="maybe")
    invitation.refresh_from_db()
    assert invitation.answer == "maybe"
    browser.press("join", name="Ann")
    assert Participation.objects.get(workshop=workshop, name="Ann").status == "admitted"
    other = Browser().go(path)
    other.press("join", name="Somebody else")
    assert not Participation.objects.filter(workshop=workshop, name="Somebody else").exists()
    wrong = Browser().go("/w/invitation/nothing/")
    assert wrong.status == 404
    WorkshopInvitation.objects.update(revoked_at=workshop.created_at)
    assert Browser().go(path).text == wrong.text, "the same for every link that works no more"


def test_feedback_is_given_once_each_and_names_nobody(ground: Ground, workshop: Workshop) -> None:
    browser = joined(workshop.code, "Sam").go(f"/w/{workshop.code}/feedback/")
    path = browser.path
    browser.post(path, {"worth_it": "4", "text": "More time to talk"})
    assert "Thank you" in browser.tree.text
    browser.post(path, {"worth_it": "5", "text": ""})
    [given] = Feedback.objects.all()
    assert (given.worth_it, given.text) == (5, "")
    assert browser.post(path, {"worth_it": "6"}).status == 422


def test_the_screen_is_for_facilitators_and_holders_of_the_link(ground: Ground, workshop: Workshop) -> None:
    code, token = workshop.code, queries.link_token(workshop)
    assert Client().get(f"/w/{code}/screen/").status_code == 302
    assert joined(code, "Sam").go(f"/w/{code}/screen/").path != f"/w/{code}/screen/"
    assert Client().get(f"/w/{code}/{'A' * 22}/screen/").status_code == 302
    for response in (
        signed_in(ground["member"]).client.get(f"/w/{code}/screen/"),
        Client().get(f"/w/{code}/{token}/screen/"),
    ):
        assert response.status_code == 200
        words = response.content.decode()
        assert f"{code[:4]} {code[4:]}" in words
        assert "<svg" in words
        assert "1 person has joined" in words or "2 people have joined" in words
    same = Client().get(f"/w/{code}/{token}/screen/", headers={"If-None-Match": response["ETag"]})
    assert same.status_code == 304
    joined(code, "Nia")
    changed = Client().get(f"/w/{code}/{token}/screen/", headers={"If-None-Match": response["ETag"]})
    assert changed.status_code == 200


def test_no_page_of_a_workshop_is_kept_by_a_cache(workshop: Workshop) -> None:
    browser = joined(workshop.code, "Sam")
    for path in ("", "me/", "simple/", "feedback/", "simple/bin/"):
        assert "no-store" in browser.client.get(f"/w/{workshop.code}/{path}")["Cache-Control"], path


def test_somebody_signed_in_joins_under_their_account(ground: Ground, workshop: Workshop) -> None:
    browser = signed_in(ground["nurse"])
    browser.post("/w/", {"code": workshop.code})
    path, data = browser.filled("join")
    assert data["name"] == "Nurse"
    assert "email" not in data
    browser.post(path, data | {"plain": "1"})
    nurse = Participation.objects.get(workshop=workshop, person=ground["nurse"].who)
    assert (nurse.name, nurse.organisation) == ("Nurse", ground.hospital)
    assert browser.path.endswith("/simple/")
    assert browser.secret, "what makes notes this browser's own where names are hidden"


def test_device_keys_differ_by_browser_and_workshop_and_are_in_no_database(ground: Ground, workshop: Workshop) -> None:
    from frontend.pages.joining_in.here import device_key, new_secret

    one, other = new_secret(), new_secret()
    keys = {device_key(one, workshop.uuid), device_key(other, workshop.uuid), device_key(one, opened(ground).uuid)}
    assert len(keys) == 3
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", key) for key in keys)
    assert device_key(one, workshop.uuid) in keys


def test_nobody_joins_what_is_not_open(ground: Ground) -> None:
    workshop = planned(ground)
    link = f"/w/{workshop.code}/{queries.link_token(workshop)}/"
    assert "has not been opened yet" in Browser().go(link).text
    with pytest.raises(Exception, match="not been opened"):
        services.join(actor=Public(), workshop=workshop, name="Sam")
