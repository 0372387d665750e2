"""Making, using and taking back the tokens of the API."""

from __future__ import annotations

import re
import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import structlog
from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from groundwork.access.actors import Actor, PersonActor
from groundwork.access.errors import Conflict, DomainError, Invalid, NotFound
from groundwork.access.rules import require
from groundwork.accounts.models import ApiToken, Person
from groundwork.accounts.queries import token_by_digest
from groundwork.accounts.registry import AccountMail, post, tell_access_ended
from groundwork.accounts.services.people import clean_line
from groundwork.audit.services import keep
from groundwork.clock import now

log = structlog.get_logger(__name__)

BEGINNING = "gt_"
"""So that a person, and a scanner of leaked secrets, sees what it is."""
_FORM = re.compile(r"gt_[A-Za-z0-9_-]{43}")
NAME_LIMIT = 100
DEFAULT_DAYS = 90
MOST_DAYS = 366
MOST_TOKENS = 20
"""Tokens of one person that work at the same time. Who needs more needs fewer."""
SEEN_EVERY = timedelta(hours=1)
"""How exact "last used" is: a write for each read would cost more than it tells."""
ENDED_KEPT_FOR = timedelta(days=365)


class TokenRefused(DomainError):
    """A token does not work (any more); the sentence says why and what to do. ``code`` is for programs."""

    status = 401

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


@transaction.atomic
def create(
    *, actor: Actor, name: str, scope: str = "read", days: int = DEFAULT_DAYS, at: datetime | None = None
) -> tuple[ApiToken, str]:
    """Make a token that acts as ``actor`` does now: this person, under this mandate. Returns it and its secret.

    The secret is told this once. ``days`` (1 to 366) is how long it works. Raises :class:`Invalid` by field, and
    :class:`Conflict` when the person has too many.
    """
    require(actor, "token.create")
    if not isinstance(actor, PersonActor) or actor.under is None:
        raise Invalid(_("A token acts for a person: say for whom."))
    return _make(actor, actor.who, actor.under, name=name, scope=scope, days=days, at=at or now())


@transaction.atomic
def create_for(
    *,
    actor: Actor,
    person: Person,
    mandate: Any,
    name: str,
    scope: str = "write",
    days: int = DEFAULT_DAYS,
    at: datetime | None = None,
) -> tuple[ApiToken, str]:
    """Make a token for somebody else, as whoever runs the system does. See :func:`create`."""
    require(actor, "token.create")
    if not actor.is_system or mandate.person_id != person.pk:
        raise Invalid(_("A token is made by its person, for a mandate of their own."))
    if not person.is_active:
        raise Conflict(_("This account is closed."))
    return _make(actor, person, mandate, name=name, scope=scope, days=days, at=at or now())


@transaction.atomic
def revoke(*, actor: Actor, token: ApiToken, at: datetime | None = None) -> ApiToken:
    """Take a token back: it works no more, from now on, and what was opened by it is closed.

    Raises :class:`Conflict` when it was taken back before.
    """
    found = ApiToken.objects.select_for_update().filter(pk=token.pk).first()
    if found is None:
        raise NotFound(_("There is no such token."))
    require(actor, "token.revoke", found)
    if found.revoked_at is not None:
        raise Conflict(_("This token was taken back already."))
    found.revoked_at = at or now()
    found.save(update_fields=["revoked_at"])
    keep(actor=actor, action="token.revoke", obj=found, changes={"works": [True, False]}, at=at)
    tell_access_ended([found.person_id])
    return found


@sensitive_variables("secret")
def use(*, secret: str, at: datetime | None = None) -> ApiToken:
    """The token that ``secret`` is, with its person and its mandate in force. Raises :class:`TokenRefused`.

    One query, and once an hour a write of when it was last used.
    """
    at = at or now()
    if not _FORM.fullmatch(secret) or (token := token_by_digest(digest_of(secret))) is None:
        raise TokenRefused(
            _("This token is not known here. Check that you copied all of it, or make a new one in your account."),
            "token_unknown",
        )
    _refuse_ended(token, at)
    if token.last_used_at is None or token.last_used_at <= at - SEEN_EVERY:
        _note_use(token, at)
    return token


def _refuse_ended(token: ApiToken, at: datetime) -> None:
    """Raise unless the token, its account and its mandate all stand. Only who has the secret reads which it was."""
    if not token.person.is_active:
        raise TokenRefused(
            _("The account of this token is closed. Ask the people who run this service."), "account_closed"
        )
    if token.revoked_at is not None:
        raise TokenRefused(
            _("This token was taken back on %(day)s. Make a new one in your account.")
            % {"day": _day(token.revoked_at)},
            "token_revoked",
        )
    if token.expires_at <= at:
        raise TokenRefused(
            _("This token worked until %(day)s. Make a new one in your account.") % {"day": _day(token.expires_at)},
            "token_expired",
        )
    if not token.mandate_stands:  # type: ignore[attr-defined]
        raise TokenRefused(
            _(
                "The person of this token no longer acts for %(organisation)s in that role. "
                "Make a new token in your account, for whom you act now."
            )
            % {"organisation": token.mandate.organisation.name},
            "mandate_ended",
        )


def _note_use(token: ApiToken, at: datetime) -> None:
    """Write when it was used. Nobody is refused because that cannot be written."""
    due = Q(last_used_at=None) | Q(last_used_at__lte=at - SEEN_EVERY)
    try:
        with transaction.atomic():
            ApiToken.objects.filter(due, pk=token.pk).update(last_used_at=at)
    except DatabaseError as error:
        log.warning("last_use_not_kept", error=type(error).__name__)
    else:
        token.last_used_at = at


def forget_old(*, at: datetime | None = None) -> int:
    """Delete tokens that ended more than a year ago; the audit log still has them. Returns how many."""
    before = (at or now()) - ENDED_KEPT_FOR
    ended = ApiToken.objects.filter(Q(expires_at__lt=before) | Q(revoked_at__lt=before))
    count = ended.count()
    ended.delete()
    return count


def digest_of(secret: str) -> str:
    """What is kept of a token: its SHA-256, in hexadecimal."""
    return sha256(secret.encode()).hexdigest()


@sensitive_variables("secret")
def _make(
    actor: Actor, person: Person, mandate: Any, *, name: str, scope: str, days: int, at: datetime
) -> tuple[ApiToken, str]:
    # The person's row is the lock: two at the same time do not count each other's otherwise.
    Person.objects.select_for_update().get(pk=person.pk)
    name = clean_line(name, "name", NAME_LIMIT, missing=_("Enter what you will use it for"))
    if scope not in ApiToken.Scope.values:
        raise Invalid({"scope": [_("Choose what it may do: read, or read and write")]})
    if isinstance(days, bool) or not isinstance(days, int) or not 1 <= days <= MOST_DAYS:
        raise Invalid({"days": [_("Choose for how long, from 1 to %(most)s days") % {"most": MOST_DAYS}]})
    working = ApiToken.objects.filter(person=person, revoked_at=None, expires_at__gt=at)
    names = list(working.values_list("name", flat=True))
    if name.casefold() in {each.casefold() for each in names}:
        raise Invalid(
            {"name": [_("You have a token with this name. Choose another name, or take the other token back first")]}
        )
    if len(names) >= MOST_TOKENS:
        raise Conflict(
            _("There are %(most)s tokens already. Take one back that is not needed any more.") % {"most": MOST_TOKENS}
        )
    secret = BEGINNING + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        person=person,
        mandate=mandate,
        name=name,
        prefix=secret[:7],
        digest=digest_of(secret),
        scope=scope,
        created_at=at,
        expires_at=at + timedelta(days=days),
    )
    keep(
        actor=actor,
        action="token.create",
        obj=token,
        changes={"may": [None, scope], "works until": [None, token.expires_at.isoformat()]},
        at=at,
    )
    _tell(token)
    return token, secret


def _tell(token: ApiToken) -> None:
    """A mail to the person: whoever made it in their name is found out."""
    post(
        AccountMail(
            kind="account.notice",
            recipient=token.person.email,
            dedupe_key=f"account.token:{token.pk}",
            person=token.person,
            context={
                "heading": _("A token was made for your account"),
                "sentences": [
                    _("The token “%(name)s” acts for %(organisation)s until %(day)s.")
                    % {
                        "name": token.name,
                        "organisation": token.mandate.organisation.name,
                        "day": _day(token.expires_at),
                    },
                    _("If this was you, there is nothing to do. If it was not, take the token back."),
                ],
                "link": settings.BASE_URL + reverse("account-tokens"),
            },
        )
    )


def _day(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "j F Y")
