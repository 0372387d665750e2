"""Making, changing and closing accounts."""

from __future__ import annotations

import unicodedata
from datetime import datetime

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from groundwork.access.actors import Actor, PersonActor
from groundwork.access.errors import Conflict, Invalid, NotFound
from groundwork.access.rules import require
from groundwork.accounts import registry
from groundwork.accounts.models import ApiToken, Person
from groundwork.audit.services import differences, keep
from groundwork.clock import now

NAME_LIMIT = 120


def clean_address(email: str) -> str:
    """An address in the one spelling it is kept in. Raises :class:`Invalid`."""
    email = unicodedata.normalize("NFKC", email).strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        email = ""
    if not email or len(email) > 254:
        raise Invalid({"email": [_("Enter an email address in the correct format, like name@example.com")]})
    return email


def clean_line(text: str, field: str, limit: int, *, missing: str = "") -> str:
    """One line of plain text. Raises :class:`Invalid` for control characters, too much, or (with ``missing``) none."""
    text = unicodedata.normalize("NFC", text).strip()
    if any(unicodedata.category(c) in ("Cc", "Cs", "Co", "Cn") or c in _TURNS for c in text):
        raise Invalid({field: [_("Use plain letters, numbers and punctuation, on one line")]})
    if len(text) > limit:
        raise Invalid({field: [_("Use %(limit)s characters or fewer") % {"limit": limit}]})
    if missing and not text:
        raise Invalid({field: [missing]})
    return text


_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that turn the direction of what follows: a name must not rewrite the sentence it stands in."""


def clean_name(name: str) -> str:
    return clean_line(name, "name", NAME_LIMIT, missing=_("Enter your full name"))


@transaction.atomic
def make_person(
    *,
    actor: Actor,
    email: str,
    name: str,
    job_title: str = "",
    is_demo: bool = False,
    is_operator: bool = False,
    at: datetime | None = None,
) -> Person:
    """Open an account for somebody who has shown that ``email`` is theirs, or whom the system vouches for.

    Raises :class:`Invalid`, or :class:`Conflict` when the address has an account already.
    """
    require(actor, "person.open")
    email = clean_address(email)
    try:
        with transaction.atomic():
            person = Person.objects.create_user(
                email,
                name=clean_name(name),
                job_title=clean_line(job_title, "job_title", NAME_LIMIT),
                is_demo=is_demo,
                is_operator=is_operator,
            )
    except IntegrityError as error:
        raise Conflict(_("There is already an account for this address. Sign in instead.")) from error
    EmailAddress.objects.create(user=person, email=email, verified=True, primary=True)
    keep(actor=actor if actor.is_system else PersonActor(who=person), action="person.open", obj=person, at=at)
    return person


@transaction.atomic
def change_details(*, actor: Actor, person: Person, name: str, job_title: str, at: datetime | None = None) -> Person:
    """Change what others see of a person."""
    person = _locked(person)
    require(actor, "person.edit", person)
    before = {"name": person.name, "job_title": person.job_title}
    person.name = clean_name(name)
    person.job_title = clean_line(job_title, "job_title", NAME_LIMIT)
    changes = differences(before, {"name": person.name, "job_title": person.job_title})
    if changes:
        person.save(update_fields=["name", "job_title"])
        keep(actor=actor, action="person.edit", obj=person, changes=changes, at=at)
    return person


@transaction.atomic
def end_sessions(*, actor: Actor, person: Person, at: datetime | None = None) -> None:
    """Sign a person out everywhere, at once."""
    require(actor, "person.end_sessions", person)
    Person.objects.filter(pk=person.pk).update(session_epoch=F("session_epoch") + 1)
    person.refresh_from_db(fields=["session_epoch"])
    registry.tell_access_ended([person.pk])
    keep(actor=actor, action="person.end_sessions", obj=person, at=at)


@transaction.atomic
def close(*, actor: Actor, person: Person, at: datetime | None = None) -> Person:
    """Close an account: nobody signs in with it any more, every session has ended, and no token works again.

    What else ends with it, other rooms say: see :func:`registry.on_closed`. Opening it again brings none of that back.
    """
    at = at or now()
    person = _locked(person)
    require(actor, "person.close", person)
    if not person.is_active:
        raise Conflict(_("This account is already closed."))
    person.is_active = False
    person.session_epoch += 1
    person.save(update_fields=["is_active", "session_epoch"])
    # For good: an account that is opened again later must not open a program's door nobody remembers.
    ApiToken.objects.filter(person=person, revoked_at=None).update(revoked_at=at)
    registry.tell_access_ended([person.pk])
    registry.tell_closed(actor, person, at)
    keep(actor=actor, action="person.close", obj=person, changes={"may sign in": [True, False]}, at=at)
    return person


@transaction.atomic
def reopen(*, actor: Actor, person: Person, at: datetime | None = None) -> Person:
    """Let somebody sign in again."""
    person = _locked(person)
    require(actor, "person.close", person)
    if person.is_active:
        raise Conflict(_("This account is open."))
    person.is_active = True
    person.save(update_fields=["is_active"])
    keep(actor=actor, action="person.reopen", obj=person, changes={"may sign in": [False, True]}, at=at)
    return person


def _locked(person: Person) -> Person:
    found = Person.objects.select_for_update().filter(pk=person.pk).first()
    if found is None:
        raise NotFound(_("There is no such person."))
    return found
