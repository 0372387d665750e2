"""Links in mail that do one thing: making them, knowing them again, and doing what they say.

A link says who may do what with which thing, under which mandate, and since when; it is signed with the secret of the
installation (HMAC-SHA256) and kept nowhere. It stops working when its days are over, when the account is closed or has
another address, and when the mandate ends. Opening it changes nothing: mail scanners open everything.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core import signing
from django.utils import translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from groundwork.access.actors import PersonActor
from groundwork.access.errors import DomainError, Invalid, NotAllowed, NotFound
from groundwork.clock import now
from groundwork.directory.queries import current_mandates
from notifications import mail_acts  # noqa: F401 - importing registers the acts
from notifications.mail_acts import registry
from notifications.mail_acts.registry import Held, Offer

SALT = "notifications.mail_acts"


class Refused(DomainError):
    """A link that does nothing (any more); ``message`` says why. ``is_forged``: its signature is not ours."""

    status = 410

    def __init__(self, message: str, *, is_forged: bool = False) -> None:
        super().__init__(message)
        self.is_forged = is_forged


def link(act: str, *, person: Any, mandate: Any, subject: object) -> str:
    """The whole address of the page on which ``person`` does ``act`` with ``subject``, under ``mandate``.

    ``subject`` is as the module of the act says: a reference, a number. Without a mandate they act under the first that
    holds then, if any. Costs no query. Raises :class:`LookupError` for an act nobody registered.
    """
    return f"{settings.BASE_URL}/act/{token_of(act, person, mandate, str(subject))}/"


@dataclass(frozen=True)
class ActLink:
    """One act as a mail offers it."""

    label: str
    url: str
    days: int
    """How long the link works."""


def links(person: Any, mandate: Any, *acts: tuple[str, object]) -> list[ActLink]:
    """The acts that a mail offers to ``person``, in their order: names of acts and their subjects."""
    stamp, language = _stamp(person), translation.get_language()
    return [
        ActLink(
            _label(act, language),
            f"{settings.BASE_URL}/act/{token_of(act, person, mandate, str(subject), stamp)}/",
            registry.get(act).days,
        )
        for act, subject in acts
    ]


@lru_cache(maxsize=200)
def _label(act: str, _language: str | None) -> str:
    return str(registry.get(act).label)


def token_of(act: str, person: Any, mandate: Any, subject: str, stamp: str = "") -> str:
    """``stamp``: that of the person, when somebody who makes several links worked it out already."""
    known = registry.get(act)
    held = [known.name, person.pk, mandate.pk if mandate else 0, subject, int(now().timestamp())]
    held.append(stamp or _stamp(person))
    return signing.Signer(salt=SALT, sep=".").sign_object(held)


def read(token: str) -> Held:
    """What a link holds. Changes nothing.

    Raises :class:`Refused` with a sentence that says how to go on: for a link that is not ours, one whose days are
    over, and one whose account or mandate has ended.
    """
    try:
        name, person_id, mandate_id, subject, made, stamp = signing.Signer(salt=SALT, sep=".").unsign_object(token)
        act = registry.get(name)
    except (signing.BadSignature, LookupError, ValueError) as error:
        raise Refused(_("This link is not complete, or was changed on its way."), is_forged=True) from error
    made_at = datetime.fromtimestamp(made, UTC)
    if now() > made_at + timedelta(days=act.days):
        raise Refused(_("This link has run out. It worked for %(days)s days.") % {"days": act.days})
    person = get_user_model().objects.filter(pk=person_id, is_active=True).first()
    if person is None or stamp != _stamp(person):
        raise Refused(_("This link does not work any more: the account it was sent to is closed or has a new address."))
    mandates = current_mandates(person)
    mandate = mandates.filter(pk=mandate_id).first() if mandate_id else mandates.first()
    if mandate_id and mandate is None:
        raise Refused(_("You do not act for the organisation any more for which this was asked of you."))
    return Held(act=act, actor=PersonActor(who=person, under=mandate, via="mail"), subject=subject, made_at=made_at)


def offer(held: Held) -> Offer:
    """What the page of the act shows to who holds its link. Raises :class:`Refused` for what they may not see."""
    try:
        return held.act.offer(held)
    except NotFound as error:
        raise Refused(_("What this link is about is not there any more, or is not shown to you.")) from error


def do(held: Held, *, words: str = "") -> Offer:
    """Do what the link says, as its person and under its mandate. Returns what was offered.

    What was done already is not done again. Raises :class:`Refused`, :class:`NotAllowed`, :class:`Conflict` and
    :class:`Invalid` (under ``words``), as the service of the act does.
    """
    offered = offer(held)
    if offered.already:
        return offered
    if offered.refused:
        raise NotAllowed(offered.refused)
    words = words.strip()
    if offered.asks is not None and offered.asks.required and not words:
        raise Invalid({"words": [_("Write one sentence that says why.")]})
    try:
        offered.do(words if offered.asks is not None else "")
    except Invalid as error:
        raise Invalid({"words": [sentence for each in error.errors.values() for sentence in each]}) from error
    return offered


def _stamp(person: Any) -> str:
    """Changes with the address of the account: what lies in an old inbox opens nothing."""
    return salted_hmac(f"{SALT}.address", person.email.lower(), algorithm="sha256").hexdigest()[:10]
