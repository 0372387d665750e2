"""Every address of the product, with real or with hostile values in it, for the tests that ask them all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from allauth.account.models import EmailAddress
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import get_resolver

from collaboration.imports import services as imports
from collaboration.initiatives.models import AskOrOffer, Challenge, Initiative, JoinAsk, Nomination, ProblemReport
from groundwork.accounts.models import Person
from groundwork.accounts.services import tokens
from groundwork.accounts.services.signing_in import ask_to_sign_in
from groundwork.directory.models import Area, JoinRequest, Mandate
from groundwork.directory.services import invite
from groundwork.ids import uuid7
from notifications.models import OutgoingMessage
from tests.collaboration.initiatives import world as worlds
from tests.collaboration.initiatives.world import World
from tests.frontend.reading import vale


@dataclass(frozen=True)
class Route:
    """One pattern of an address: ``initiatives/%(reference)s/`` and the names of what stands in it."""

    name: str
    template: str
    parameters: tuple[str, ...]

    def path(self, values: dict[str, Any]) -> str:
        return "/" + self.template % {name: quote(str(values[name]), safe="") for name in self.parameters}

    def filled(self, value: str) -> str:
        """The address with one raw, already quoted value for everything in it."""
        return "/" + self.template % dict.fromkeys(self.parameters, value)


def routes() -> list[Route]:
    """Every named route, those of django-allauth too."""
    known = get_resolver().reverse_dict
    found = {
        Route(name, template, tuple(parameters))
        for name in list(known)
        if isinstance(name, str)
        for possibilities, *_rest in known.getlist(name)
        for template, parameters in possibilities
    }
    return sorted(found, key=lambda route: (route.name, route.template))


@dataclass
class Place:
    """A place with one of everything that an address can name."""

    world: World
    initiative: Initiative
    values: dict[str, dict[str, Any]]
    """For each route with something in its address, what."""

    def client(self, actor: str = "", **more: Any) -> Client:
        """A browser of nobody, or of the actor of that name; what breaks is a page with 500, as in life."""
        client = Client(raise_request_exception=False, **more)
        if actor:
            client.force_login(self.world[actor].who)
        return client

    def addresses(self) -> Iterator[str]:
        """Every route once, with what exists in it."""
        for route in routes():
            values = {"reference": self.initiative.reference, "ref": self.initiative.reference}
            values |= self.values.get(route.name, {})
            unknown = set(route.parameters) - values.keys()
            assert not unknown, f"say in tests/frontend/every_route.py what may stand in {route.template}"
            yield route.path(values)


def place() -> Place:
    made = vale()
    world, it = made.world, made.full
    lead, owner = world["owner:lead"], world.bodies["owner"]
    acted = {"person": world["other:lead"].who, "organisation": world.bodies["other"]}
    invitation, token = invite(actor=lead, organisation=owner, email="invited@example.org", role="member")
    ask_to_sign_in(email="asks@example.org", caller="192.0.2.1")
    letter = OutgoingMessage.objects.get(recipient="asks@example.org")
    link = next(part for part in letter.text.split() if "/sign-in/link/" in part)
    mandate = Mandate.objects.get(person=world["owner:member"].who)
    program, _secret = tokens.create(actor=lead, name="Our report", scope="write")
    asked = JoinRequest.objects.create(person=world["nobody"].who, organisation=owner)
    newest = it.asks_and_offers.order_by("-pk").first()
    assert isinstance(newest, AskOrOffer)
    for person in Person.objects.all():
        # As every account that the product opens.
        EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    slug = {"slug": owner.slug}
    listed = ContentFile(b"title,stage,lead\nFalls classes,active,\nRepair caf\xc3\xa9,sleeping,Nobody\n")
    imported = imports.upload(actor=lead, file=listed, name="ours.csv")
    brought = {"identifier": imported.pk}
    imports.choose_columns(actor=lead, imported=imported, mapping=imported.mapping)
    values: dict[str, dict[str, Any]] = {
        "ambition": {"slug": "v-a1"},
        "building-block": {"slug": "b-1"},
        "thread-element": {"code": "V-A1"},
        "organisation": slug,
        "organisation-people": slug,
        "organisation-join": slug,
        "end_mandate": {**slug, "pk": mandate.pk},
        "leave": {"pk": mandate.pk},
        "account-token-revoke": {"pk": program.pk},
        "revoke_invitation": {**slug, "pk": invitation.pk},
        "join_request": {"pk": asked.pk},
        "invitation": {"token": token},
        "sign_in_link": {"token": link.rstrip("/").rsplit("/", 1)[1]},
        "area": {"slug": Area.objects.get(code="C1").slug},
        "framework": {"key": "plan"},
        "api-framework": {"key": "plan"},
        "api-element": {"code": "V-A1"},
        "api-organisation": slug,
        "api-area": {"code": "C1"},
        "initiative-section": {"key": "about"},
        "ask-offer-close": {"number": newest.pk},
        "challenge-respond": {"number": Challenge.objects.get(initiative=it).pk},
        "join-answer": {"number": JoinAsk.objects.create(initiative=it, **acted).pk},
        "problem-close": {"number": ProblemReport.objects.create(initiative=it, body="Wrong").pk},
        "partner-answer": {"number": worlds.partner_of(it, "vale-nhs").pk},
        **{f"import{part}": brought for part in ("", "-columns", "-confirm", "-cancel", "-undo", "-rejected")},
        "nomination": {"number": Nomination.objects.create(title="Café", what="Mending").pk},
        "manage-mail-resend": {"message_id": letter.pk},
        "manage-outbox-retry": {"event_id": uuid7()},
        "demo-letter": {"message_id": letter.pk},
        "demo-letter-html": {"message_id": letter.pk},
        "account_reset_password_from_key": {"uidb36": "1", "key": "abc-def"},
        "account_confirm_email": {"key": "MQ:abc:def"},
        "mfa_edit_webauthn": {"pk": 1},
        "mfa_remove_webauthn": {"pk": 1},
    }
    return Place(world, it, values)
