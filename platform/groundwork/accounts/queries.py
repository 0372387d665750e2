"""Reading accounts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, cast

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from groundwork.access.actors import Actor
from groundwork.access.errors import NotFound
from groundwork.access.rules import require
from groundwork.accounts.models import ApiToken, Person
from groundwork.accounts.rules import ABSOLUTE, ABSOLUTE_SHORT, IDLE, IDLE_SHORT, SEEN_AT, SIGNED_IN_AT
from groundwork.clock import now
from groundwork.directory.queries import current_mandates


@dataclass(frozen=True, kw_only=True)
class WaysToSignIn:
    """How a person may sign in besides a link by email, and where they are signed in now."""

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


def present_sessions(keys: Collection[str]) -> set[str]:
    """Those of these sessions that have not ended or run out. One cheap query; whether they stand is not looked at."""
    present = Session.objects.filter(session_key__in=keys, expire_date__gt=now())
    return set(present.values_list("session_key", flat=True))


def standing_sessions(
    keys: Collection[str], *, short: Collection[str] = (), unused: Collection[str] = ()
) -> dict[str, int]:
    """Whose each of these sessions is, of those that stand: not ended, not too old, and of today's password.

    ``short``: sessions of people who act as officers now; theirs and operators' live shorter. Two queries, however many
    sessions. When a session was last used is looked at for ``unused`` only: those that nothing else keeps in use.
    """
    at = now()
    of_session: dict[str, dict[str, Any]] = {
        session.session_key: session.get_decoded()
        for session in Session.objects.filter(session_key__in=keys, expire_date__gt=at)
    }
    ids = {str(data[SESSION_KEY]) for data in of_session.values() if data.get(SESSION_KEY)}
    people = {str(person.pk): person for person in Person.objects.filter(pk__in=ids, is_active=True)} if ids else {}
    standing: dict[str, int] = {}
    for key, data in of_session.items():
        person = people.get(str(data.get(SESSION_KEY)))
        if person is None or not _is_of_today(person, data.get(HASH_SESSION_KEY, "")):
            continue
        is_short = key in short or person.is_operator
        limit, idle = (ABSOLUTE_SHORT, IDLE_SHORT) if is_short else (ABSOLUTE, IDLE)
        moment = at.timestamp()
        if moment - data.get(SIGNED_IN_AT, moment) >= limit.total_seconds():
            continue
        if key in unused and moment - data.get(SEEN_AT, moment) >= idle.total_seconds():
            continue
        standing[key] = person.pk
    return standing


def standing_tokens(ids: Collection[int]) -> set[int]:
    """Those of these tokens of the API that still work: not taken back, and not older than they were made for."""
    return set(ApiToken.objects.filter(pk__in=ids, revoked_at=None, expires_at__gt=now()).values_list("pk", flat=True))


def _is_of_today(person: Person, digest: str) -> bool:
    """Whether a session was begun under the person's present password and before no *sign out everywhere*."""
    hashes = [person.get_session_auth_hash(), *person.get_session_auth_fallback_hash()]
    return any(constant_time_compare(digest, each) for each in hashes)
