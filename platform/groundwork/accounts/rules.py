"""Who may do what to an account and to tokens, and what makes a password acceptable."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from groundwork.access.actors import Actor
from groundwork.access.rules import Allowed, Decision, Denied, rule
from groundwork.accounts import registry
from groundwork.accounts.models import ApiToken, Person


@rule("person.open")
def may_open(actor: Actor, _person: None) -> Decision:
    """Anybody may open an account for an address they have shown to be theirs; it gives no rights by itself."""
    return Allowed()


@rule("person.edit")
def may_edit(actor: Actor, person: Person) -> Decision:
    if actor.is_system or (actor.person is not None and actor.person.pk == person.pk):
        return Allowed()
    return Denied(_("Only the person can change their own details."))


@rule("person.end_sessions")
def may_end_sessions(actor: Actor, person: Person) -> Decision:
    if actor.is_system or actor.is_operator or (actor.person is not None and actor.person.pk == person.pk):
        return Allowed()
    return Denied(_("Only the person, or an operator, can end these sessions."))


@rule("person.close")
def may_close(actor: Actor, person: Person) -> Decision:
    if actor.is_system or actor.is_operator:
        return Allowed()
    return Denied(_("Only an operator can close or reopen an account."))


@rule("token.view")
def may_view_token(actor: Actor, token: ApiToken) -> Decision:
    """Whoever runs the system ends a token by closing the account; its list is the person's own."""
    if actor.is_system or (actor.person is not None and actor.person.pk == token.person_id):
        return Allowed()
    return Denied(_("A token is its owner's."))


@rule("token.create")
def may_create_token(actor: Actor, _nothing: None = None) -> Decision:
    """A token acts for an organisation, so it is made by somebody who does, and who signed in as well as they must."""
    if actor.via == "api":
        return Denied(_("A token cannot make another one. Sign in, and make it on the page “API tokens”."))
    if actor.is_system:
        return Allowed()
    if actor.person is None:
        return Denied(_("Sign in to make a token."))
    if actor.mandate is None:
        return Denied(_("You act for no organisation, so there is nothing a token could do for you."))
    if needs_second_factor(actor) and not has_second_factor(actor.person):
        return Denied(_("Add a second step to your account first. Then you can make a token."))
    return Allowed()


@rule("token.revoke")
def may_revoke_token(actor: Actor, token: ApiToken) -> Decision:
    if actor.is_system or (actor.person is not None and actor.person.pk == token.person_id):
        return Allowed()
    return Denied(_("Only its owner can take a token back."))


def has_second_factor(person: Person) -> bool:
    """Whether the person has an authenticator app or a passkey."""
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    return Authenticator.objects.filter(user=person, type__in=kinds).exists()


def needs_second_factor(actor: Actor) -> bool:
    """Whether this actor may work only with a second factor (``REQUIRE_MFA``: none, officers, all; promise S7).

    Officers and operators in production. Demo accounts never: everybody may sign in as them anyway.
    """
    person = actor.person
    if person is None or person.is_demo or settings.REQUIRE_MFA == "none":
        return False
    return settings.REQUIRE_MFA == "all" or actor.is_officer or actor.is_operator


SIGNED_IN_AT = "signed_in_at"
"""Session key: when this session was signed in, in seconds since 1970."""
SEEN_AT = "seen_at"
"""Session key: when this session was last used, to the minute."""

IDLE = timedelta(hours=12)
IDLE_SHORT = timedelta(minutes=30)
ABSOLUTE = timedelta(days=14)
ABSOLUTE_SHORT = timedelta(hours=12)
"""Promise S11: members 12 hours idle and 14 days in all; officers and operators 30 minutes and 12 hours."""


def has_short_sessions(actor: Actor) -> bool:
    """Whether sessions of this actor are the short ones, of officers and operators."""
    return actor.is_officer or actor.is_operator


def idle_seconds(actor: Actor) -> int:
    """How long a session of this actor lives without being used."""
    return int((IDLE_SHORT if has_short_sessions(actor) else IDLE).total_seconds())


class MaximumLength:
    """A password of more than ``max_length`` characters is refused before it costs anything to hash."""

    def __init__(self, max_length: int = 256) -> None:
        self.max_length = max_length

    def validate(self, password: str, user: Any = None) -> None:
        if len(password) > self.max_length:
            raise ValidationError(_("Use %(limit)s characters or fewer") % {"limit": self.max_length})

    def get_help_text(self) -> str:
        return ngettext("Use %d character or fewer", "Use %d characters or fewer", self.max_length) % self.max_length


class NotAboutThisService:
    """A password made of this service's or place's name is guessed first (promise S6: context words).

    Refused when the words, without spaces, case and the digits and signs around them, are most of the password.
    """

    def __init__(self, words: tuple[str, ...] = ("golden thread", "goldenthread", "password")) -> None:
        self.words = words

    def validate(self, password: str, user: Any = None) -> None:
        plain = _letters(password)
        for word in self._all_words(user):
            folded = _letters(word)
            if len(folded) < 4 or folded not in plain:
                continue
            left = plain.replace(folded, "")
            if len(left) < max(6, len(plain) // 3):
                raise ValidationError(
                    _("Choose a password that is not made from your name, your place or the name of this service")
                )

    def get_help_text(self) -> str:
        return _("Do not use your name, your place or the name of this service")

    def _all_words(self, user: Any) -> list[str]:
        words = [*self.words, *registry.context_words()]
        if user is not None:
            words += [getattr(user, "name", "") or "", *(getattr(user, "name", "") or "").split()]
            email = getattr(user, "email", "") or ""
            words += [email, email.split("@")[0], *email.split("@")[-1].split(".")[:1]]
        return words


def _letters(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalpha())
