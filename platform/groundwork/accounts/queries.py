"""Reading accounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from groundwork.access.actors import Actor
from groundwork.access.errors import NotFound
from groundwork.access.rules import require
from groundwork.accounts.models import ApiToken, Person
from groundwork.clock import now
from groundwork.directory.queries import current_mandates


@dataclass(frozen=True, kw_only=True)
class WaysToSignIn:
    """How a person may sign in besides a link by e-mail, and where they are signed in now."""

    password: bool
    authenticator_app: bool
    passkeys: int
    sessions: int

    @property
    def has_second_step(self) -> bool:
        return self.authenticator_app or self.passkeys > 0


def ways_to_sign_in(person: Person) -> WaysToSignIn:
    kinds = list(Authenticator.objects.filter(user=person).values_list("type", flat=True))
    return WaysToSignIn(
        password=person.has_usable_password(),
        authenticator_app=Authenticator.Type.TOTP in kinds,
        passkeys=kinds.count(Authenticator.Type.WEBAUTHN),
        sessions=UserSession.objects.filter(user=person).count(),
    )


def person_by_email(email: str) -> Person | None:
    """Who has an account with this address, or None. For those who run the system."""
    return Person.objects.filter(email=email.strip().lower()).first()


def has_account(email: str) -> bool:
    """Whether somebody has an account with this address. Never say so to whoever merely asks."""
    return Person.objects.filter(email=email.strip().lower()).exists()


def _with_standing(tokens: QuerySet[ApiToken]) -> QuerySet[Any]:
    """Each with whether its mandate is in force today (``mandate_stands``), and all that an actor is made of."""
    standing = current_mandates(cast("Person", OuterRef("person_id"))).filter(pk=OuterRef("mandate_id"))
    return tokens.select_related("person", "mandate__organisation__sector").annotate(mandate_stands=Exists(standing))


def tokens_of(person: Person) -> QuerySet[ApiToken]:
    """A person's tokens, newest first, those that have ended too; each with ``mandate_stands``."""
    return _with_standing(ApiToken.objects.filter(person=person))


def working_tokens(person: Person) -> int:
    """How many of a person's tokens work now."""
    working = ApiToken.objects.filter(person=person, revoked_at=None, expires_at__gt=now())
    return _with_standing(working).filter(mandate_stands=True).count()


def token_by_digest(digest: str) -> ApiToken | None:
    """The token with that SHA-256, whether or not it still works, with ``mandate_stands``. One query.

    Found by the index of the digest: how long that takes says nothing about how much of a guess was right.
    """
    return _with_standing(ApiToken.objects.filter(digest=digest)).first()


def find_token(actor: Actor, pk: int) -> ApiToken:
    """One token that ``actor`` may see. Raises :class:`NotFound`."""
    found = _with_standing(ApiToken.objects.filter(pk=pk)).first()
    if found is None:
        raise NotFound(_("There is no such token."))
    require(actor, "token.view", found)
    return found
