"""Signing in by email: a link with one button, and a code, of which the first used is the last.

Whoever asks gets the same answer whether or not the address has an account; what differs is the mail (promise: no
enumeration). Nothing is used up by looking: mail scanners open every link (promise F21).
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from groundwork.access.actors import PersonActor, Public
from groundwork.access.errors import Invalid
from groundwork.accounts import registry
from groundwork.accounts.models import Person, SignInRequest
from groundwork.accounts.services import limits
from groundwork.accounts.services.people import clean_address, make_person
from groundwork.audit.services import keep
from groundwork.clock import now

VALID_FOR = timedelta(minutes=15)
CODE_ALPHABET = "BCDFGHJKLMNPQRSTVWXZ"
"""No vowels, so no words; no digits, so nothing looks like something else."""
CODE_LENGTH = 8
"""Eight of twenty symbols are 34.6 bits: at ten guesses in five minutes, one chance in 9 million a year."""


def _used_up() -> Invalid:
    return Invalid(_("This link or code does not work any more. Ask for a new one to sign in."))


@transaction.atomic
def ask_to_sign_in(*, email: str, caller: str, next_path: str = "", at: datetime | None = None) -> SignInRequest:
    """Send a link and a code to ``email``. ``caller`` is the network address that asks.

    Raises :class:`Invalid` for what is no address and :class:`~.limits.TooMany`, both without regard to who exists.
    """
    at = at or now()
    email = clean_address(email)
    limits.take_all((limits.MAILS_FROM_ADDRESS, caller), (limits.MAILS_TO_ADDRESS, email), at=at)
    person = Person.objects.filter(email=email).first()
    token = secrets.token_urlsafe(32)
    code = "".join(secrets.choice(CODE_ALPHABET) for _each in range(CODE_LENGTH))
    asked = SignInRequest.objects.create(
        email=email,
        person=person,
        link_hash=_digest(token),
        code_hash=_code_digest(code),
        next_path=next_path if len(next_path) <= 500 else "",
        created_at=at,
        expires_at=at + VALID_FOR,
        # A closed account gets a mail, like every address, but nothing that would open it.
        used_at=at if person and not person.is_active else None,
    )
    kind, context = "account.closed", {}
    if asked.used_at is None:
        kind = "account.sign_in" if person else "account.open"
        context = {
            "link": settings.BASE_URL + reverse("sign_in_link", args=[token]),
            "code": f"{code[:4]}-{code[4:]}",
            "minutes": int(VALID_FOR.total_seconds() // 60),
        }
    mail = registry.AccountMail(
        kind=kind, recipient=email, person=person, dedupe_key=f"sign-in:{asked.pk}", context=context
    )
    registry.post(mail)
    return asked


def look_at_link(*, token: str, at: datetime | None = None) -> SignInRequest:
    """The request behind a link that still works; changes nothing. Raises :class:`Invalid`, always the same."""
    asked = SignInRequest.objects.filter(link_hash=_digest(token)).first()
    if asked is None or asked.used_at is not None or asked.expires_at <= (at or now()):
        raise _used_up()
    return asked


def use_link(*, token: str, at: datetime | None = None) -> SignInRequest:
    """Use the link up. Raises :class:`Invalid`, always the same, when it is unknown, used, or too old."""
    return _use(look_at_link(token=token, at=at), at=at)


def use_code(*, asked_id: int, code: str, caller: str, at: datetime | None = None) -> SignInRequest:
    """Use the code up that was sent for one request.

    Raises :class:`Invalid` and :class:`~.limits.TooMany`; neither tells whether the address has an account.
    """
    asked = SignInRequest.objects.filter(pk=asked_id).first()
    if asked is None or asked.used_at is not None or asked.expires_at <= (at or now()):
        # Compared all the same, so that the answer takes as long.
        limits.take_all((limits.WRONG_FROM_ADDRESS, caller), at=at)
        constant_time_compare(_code_digest(tidy_code(code)), "0" * 64)
        raise _used_up()
    tries = limits.take_all((limits.WRONG_FROM_ADDRESS, caller), (limits.WRONG_CODES, asked.email), at=at)
    if not constant_time_compare(_code_digest(tidy_code(code)), asked.code_hash):
        raise Invalid({"code": [_("This is not the code we sent. Check it and try again.")]})
    used = _use(asked, at=at)
    limits.give_back(*tries)
    return used


def tidy_code(code: str) -> str:
    """A code as typed: any case, with spaces or dashes."""
    return "".join(c for c in code.upper() if c.isalnum())[:64]


@transaction.atomic
def open_account(*, asked_id: int, name: str, at: datetime | None = None) -> Person:
    """Open the account that a used link or code vouches for. Once; raises :class:`Invalid` otherwise."""
    at = at or now()
    asked = SignInRequest.objects.select_for_update().filter(pk=asked_id).first()
    if (
        asked is None
        or asked.person_id is not None
        or asked.used_at is None
        or asked.account_opened_at is not None
        or asked.expires_at + VALID_FOR <= at
    ):
        raise _used_up()
    person = make_person(actor=Public(), email=asked.email, name=name, at=at)
    asked.account_opened_at = at
    asked.save(update_fields=["account_opened_at"])
    return person


def note_sign_in(*, person: Person, how: str, at: datetime | None = None) -> None:
    """Keep in the audit log that somebody signed in, and how."""
    keep(actor=PersonActor(who=person), action="person.sign_in", obj=person, changes={"by": [None, how]}, at=at)


def note_sign_out(*, person: Person, at: datetime | None = None) -> None:
    keep(actor=PersonActor(who=person), action="person.sign_out", obj=person, at=at)


def forget_old(*, at: datetime | None = None) -> int:
    """Delete requests more than a day old. Returns how many."""
    old = SignInRequest.objects.filter(created_at__lt=(at or now()) - timedelta(days=1))
    deleted, _each = old.delete()
    return deleted


@transaction.atomic
def _use(asked: SignInRequest, *, at: datetime | None) -> SignInRequest:
    at = at or now()
    # One statement decides: of a hundred at the same instant, one finds the row unused.
    won = SignInRequest.objects.filter(pk=asked.pk, used_at=None, expires_at__gt=at).update(used_at=at)
    if not won:
        raise _used_up()
    SignInRequest.objects.filter(email=asked.email, used_at=None).update(used_at=at)
    asked = SignInRequest.objects.select_related("person").get(pk=asked.pk)
    if asked.person is None:
        # The account may have been opened with another link meanwhile.
        asked.person = Person.objects.filter(email=asked.email).first()
        if asked.person is not None:
            asked.save(update_fields=["person"])
    if asked.person is not None and not asked.person.is_active:
        raise _used_up()
    return asked


def _digest(token: str) -> str:
    return sha256(token.encode("utf-8", "replace")).hexdigest()


def _code_digest(code: str) -> str:
    # Keyed: a code is short enough to be found from a plain digest.
    return salted_hmac("groundwork.accounts.code", code, algorithm="sha256").hexdigest()
