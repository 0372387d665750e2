"""Reading accounts."""

from __future__ import annotations

from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession

from groundwork.accounts.models import Person


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


def has_account(email: str) -> bool:
    """Whether somebody has an account with this address. Never say so to whoever merely asks."""
    return Person.objects.filter(email=email.strip().lower()).exists()
