"""Inviting, asking to join, answering and leaving, as people do it on the pages."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from groundwork.access.actors import PersonActor
from groundwork.accounts.models import Person
from groundwork.audit.models import AuditEntry
from groundwork.directory.models import Invitation, JoinRequest, Mandate
from groundwork.directory.queries import current_mandates
from groundwork.directory.services import invite, request_to_join, revoke_invitation
from notifications.models import OutgoingMessage
from tests.frontend.test_signing_in import is_in, sign_in
from tests.groundwork.directory.town import Town, acting, somebody


@pytest.fixture
def town(db: None) -> Town:
    return Town()


def browser(actor: PersonActor) -> Client:
    client = Client()
    client.force_login(actor.who)
    return client


def people_page(town: Town) -> str:
    return f"/organisations/{town.council.slug}/people/"


def test_a_colleague_is_invited_and_joins_without_an_account_beforehand(town, clock, drain):
    lead = browser(acting(town.council, name="Lena Ford"))
    assert lead.post(people_page(town), {"email": "new@example.org", "role": "approver"}).status_code == 302
    assert "new@example.org" in lead.get(people_page(town)).content.decode()
    drain()
    mail = OutgoingMessage.objects.get(kind="person.invited")
    found = re.search(r"https?://[^/]+(/invitations/\w+/)", mail.text)
    assert found is not None
    scanner, invited = Client(), Client()
    for _each in range(3):
        page = scanner.get(found[1])
        scanner.head(found[1])
    assert "Lena Ford invites you to act for Northwick Council" in page.content.decode()
    assert not Person.objects.filter(email="new@example.org").exists()
    nameless = invited.post(found[1], {"name": " "})
    assert nameless.status_code == 422
    assert "Enter your full name" in nameless.content.decode()
    assert invited.post(found[1], {"name": "Mo Achebe"}).status_code == 302
    assert "acting for <strong>Northwick Council</strong>" in invited.get("/account/").content.decode()
    assert current_mandates(Person.objects.get(email="new@example.org")).get().role == "approver"


def test_who_has_an_account_signs_in_first(town, clock):
    person = somebody(email="known@example.org")
    _row, token = invite(actor=acting(town.council), organisation=town.council, email=person.email, role="member")
    path = f"/invitations/{token}/"
    client = Client()
    assert "Sign in to accept" in client.get(path).content.decode()
    assert client.post(path).headers["Location"] == f"/sign-in/?next=%2Finvitations%2F{token}%2F"
    assert not is_in(client)
    sign_in(client, person)
    assert client.post(path).headers["Location"] == "/home/"
    assert "acting for <strong>Northwick Council</strong>" in client.get("/account/").content.decode()


def test_an_invitation_for_somebody_else_is_not_taken(town, clock):
    _row, token = invite(actor=acting(town.council), organisation=town.council, email="new@example.org", role="lead")
    other = browser(acting(town.charity))
    page = other.get(f"/invitations/{token}/").content.decode()
    assert "sent to another address" in page
    assert "new@example.org" not in page
    assert other.post(f"/invitations/{token}/").status_code == 403
    assert Invitation.objects.get().accepted_at is None


def test_links_that_do_not_work_all_say_the_same(town, clock):
    lead = acting(town.council)
    tokens = ["never-made", "x" * 3000]
    row, revoked = invite(actor=lead, organisation=town.council, email="a@example.org", role="member")
    revoke_invitation(actor=lead, invitation=row)
    _row, used = invite(actor=lead, organisation=town.council, email="b@example.org", role="member")
    Client().post(f"/invitations/{used}/", {"name": "Bea"})
    _row, old = invite(actor=lead, organisation=town.council, email="c@example.org", role="member")
    clock.shift(timedelta(days=15))
    pages = set()
    for token in (*tokens, revoked, used, old):
        for answer in (Client().get(f"/invitations/{token}/"), Client().post(f"/invitations/{token}/", {"name": "X"})):
            assert answer.status_code == 422
            pages.add(answer.content)
    assert len(pages) == 1


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "Enter the email address"),
        ({"email": "x", "role": "member"}, "correct format"),
        ({"email": "a@example.org"}, "Choose what they will do"),
        ({"email": "a@example.org", "role": "officer"}, "officer"),
        ({"email": "a@example.org", "role": "member\x00"}, "member"),
        ({"email": "a@example.org" * 30, "role": "member"}, "254"),
    ],
)
def test_bad_invitations_get_a_sentence_and_lose_nothing(town, clock, data, said):
    answer = browser(acting(town.council)).post(people_page(town), data)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert "govuk-error-summary" in answer.content.decode()
    assert not Invitation.objects.exists()


def test_an_invitation_is_taken_back(town, clock):
    lead = acting(town.council)
    row, token = invite(actor=lead, organisation=town.council, email="a@example.org", role="member")
    client = browser(lead)
    path = f"/organisations/{town.council.slug}/invitations/{row.pk}/revoke/"
    assert client.get(path).status_code == 405
    assert client.post(path).status_code == 302
    assert Client().get(f"/invitations/{token}/").status_code == 422
    assert client.post(path).status_code == 409


def test_a_request_to_join_is_answered_by_the_lead(town, clock):
    asker, lead = acting(None, name="Ada Quill"), acting(town.council)
    client = browser(asker)
    assert client.get(f"/organisations/{town.council.slug}/join/").status_code == 200
    assert client.post(f"/organisations/{town.council.slug}/join/", {"message": ""}).status_code == 302
    assert "You asked to join Northwick Council" in client.get("/account/").content.decode()
    again = client.post(f"/organisations/{town.council.slug}/join/", {"message": "Again"})
    assert again.status_code == 409
    assert "Again" in again.content.decode()
    asked = JoinRequest.objects.get()
    answering = browser(lead)
    assert "Ada Quill" in answering.get("/join-requests/").content.decode()
    assert "Ada Quill" in answering.get(people_page(town)).content.decode()
    path = f"/join-requests/{asked.pk}/"
    assert answering.get(path).status_code == 200
    for data in ({}, {"answer": "decline"}, {"answer": "approve"}, {"answer": "maybe", "role": "member"}):
        assert answering.post(path, data).status_code == 422
    assert answering.post(path, {"answer": "approve", "role": "member"}).status_code == 302
    assert current_mandates(asker.who).get().organisation == town.council
    assert answering.post(path, {"answer": "approve", "role": "member"}).status_code == 409


def test_the_officer_gives_an_organisation_its_first_lead(town, clock):
    asker = acting(None, name="First Lead")
    asked = request_to_join(actor=asker, organisation=town.council)
    officer = browser(acting(town.convening, "officer"))
    assert "First Lead" in officer.get("/join-requests/").content.decode()
    page = officer.get(f"/join-requests/{asked.pk}/").content.decode()
    assert re.search(r'value="lead"[^>]* checked', page)
    officer.post(f"/join-requests/{asked.pk}/", {"answer": "approve", "role": "lead"})
    assert current_mandates(asker.who).get().role == "lead"
    refused = officer.post(people_page(town), {"email": "a@example.org", "role": "member"})
    assert refused.status_code == 403
    assert "has a lead" in refused.content.decode()


def test_a_mandate_is_ended_after_asking_once_more(town, clock):
    lead, member = acting(town.council), acting(town.council, "member", name="Ben Vale")
    path = f"{people_page(town)}{member.under.pk}/end/"  # type: ignore[union-attr]
    inside = browser(member)
    assert "acting for <strong>Northwick Council</strong>" in inside.get("/account/").content.decode()
    assert "Should Ben Vale no longer act for you?" in browser(lead).get(path).content.decode()
    assert current_mandates(member.who).exists()
    assert browser(lead).post(path).status_code == 302
    page = inside.get("/account/").content.decode()
    assert "acting for no organisation" in page
    assert inside.get(people_page(town)).status_code == 403


def test_leaving(town, clock):
    member = acting(town.council, "member")
    client = browser(member)
    path = f"/account/mandates/{member.under.pk}/leave/"  # type: ignore[union-attr]
    assert "Leave Northwick Council?" in client.get(path).content.decode()
    assert client.post(path).headers["Location"] == "/account/"
    assert not current_mandates(member.who).exists()
    assert client.post(path).status_code == 409
    assert AuditEntry.objects.filter(action="mandate.end", person=member.who).exists()


@pytest.mark.parametrize("who", ["public", "nobody", "stranger", "member", "officer", "operator"])
def test_who_may_see_and_do_what(town, clock, who):
    """Every page of this kind for every kind of person: never a 500, never more than the rules allow."""
    lead, target = acting(town.council), acting(town.council, "member")
    invitation, _token = invite(actor=lead, organisation=town.council, email="a@example.org", role="member")
    asked = request_to_join(actor=acting(None), organisation=town.council)
    client = Client()
    if who != "public":
        actor = {
            "nobody": lambda: acting(None),
            "stranger": lambda: acting(town.charity, "lead"),
            "member": lambda: acting(town.council, "member"),
            "officer": lambda: acting(town.convening, "officer"),
            "operator": lambda: acting(None, is_operator=True),
        }[who]()
        client = browser(actor)
    slug, mandate = town.council.slug, target.under
    assert mandate is not None
    sees = who in ("member", "officer")
    expected: dict[str, tuple[int, int]] = {
        f"/organisations/{slug}/people/": (200 if sees else 403, 403),
        f"/organisations/{slug}/people/{mandate.pk}/end/": (403 if sees else 404, 403 if sees else 404),
        f"/organisations/{slug}/invitations/{invitation.pk}/revoke/": (405, 403 if sees else 404),
        f"/join-requests/{asked.pk}/": (200 if sees else 404, 403 if sees else 404),
        f"/account/mandates/{mandate.pk}/leave/": (200 if sees else 404, 403 if sees else 404),
        "/organisations/no-such/people/": (404, 404),
        "/organisations/no-such/join/": (404, 404),
        f"/organisations/{slug}/people/999999999999999999999/end/": (404, 404),
        "/join-requests/999999999999999999999/": (404, 404),
        "/account/mandates/999999999999999999999/leave/": (404, 404),
    }
    for path, (got, posted) in expected.items():
        if who == "public":
            assert client.get(path).status_code in (302, 405), path
            assert client.post(path, {"email": "a@example.org", "role": "member"}).status_code == 302, path
        else:
            assert client.get(path).status_code == got, path
            assert client.post(path, {"email": "a@example.org", "role": "member"}).status_code == posted, path
    assert Mandate.objects.get(pk=mandate.pk).valid_to is None
    assert Invitation.objects.get().revoked_at is None


def test_details_are_changed_and_names_cannot_forge_a_page(town, clock):
    member = acting(town.council, "member", name="Old Name")
    client = browser(member)
    for name in ("", "x" * 121, "a\x00b", "Mo \u202egnirts"):
        assert client.post("/account/details/", {"name": name, "job_title": ""}).status_code == 422
    client.post("/account/details/", {"name": "<img src=x onerror=alert(1)>", "job_title": "{{ 7 }}"})
    page: Any = client.get(people_page(town)).content.decode()
    assert "<img src=x" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    entry = AuditEntry.objects.get(action="person.edit")
    assert entry.changes["name"] == ["Old Name", "<img src=x onerror=alert(1)>"]


def test_the_page_of_an_organisation_leads_to_its_people_or_to_its_door(town, clock):
    path = f"/organisations/{town.council.slug}/"
    join, people = f'href="{path}join/"', f'href="{path}people/"'
    assert join in Client().get(path).content.decode()
    assert join in browser(acting(town.charity)).get(path).content.decode()
    assert people in browser(acting(town.council, "member")).get(path).content.decode()
    assert people in browser(acting(town.convening, "officer")).get(path).content.decode()
    group = Client().get(f"/organisations/{town.group.slug}/").content.decode()
    assert "/join/" not in group
    assert "/people/" not in group
