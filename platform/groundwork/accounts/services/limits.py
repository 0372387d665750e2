"""How often something may be tried (promise S8).

A try is taken *before* the guess is looked at and given back when the guess was right, so that fifty guesses at the
same instant are counted like fifty guesses one after the other. The counters live behind a row lock in the database.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from ipaddress import IPv4Address, ip_address, ip_network

from django.db import transaction
from django.utils.translation import gettext as _

from groundwork.access.errors import DomainError
from groundwork.accounts.models import Tries
from groundwork.clock import now


class TooMany(DomainError):
    """Tried too often; the sentence says how long to wait."""

    status = 429


@dataclass(frozen=True)
class Limit:
    """At most ``times`` in any ``seconds``, for each subject."""

    name: str
    times: int
    seconds: int


WRONG_PASSWORDS = Limit("password", 10, 300)
"""For each account (Cyber Essentials v3.3: at most ten guesses in five minutes)."""
WRONG_CODES = Limit("code", 10, 300)
"""For each account or address: codes sent by email."""
WRONG_SECOND_FACTORS = Limit("second factor", 10, 300)
"""For each account."""
WRONG_FROM_ADDRESS = Limit("from address", 100, 300)
"""For each network address. Generous: a whole council is one address."""
MAILS_TO_ADDRESS = Limit("mail to", 5, 600)
"""For each inbox: asking must not become a way to flood it."""
MAILS_FROM_ADDRESS = Limit("mail from", 100, 600)


def network_of(address: str) -> str:
    """What counts as one network address. Whoever has IPv6 has a network of 2^64 addresses, and is one caller."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    if isinstance(known, IPv4Address):
        return str(known)
    if known.ipv4_mapped is not None:
        return str(known.ipv4_mapped)
    return str(ip_network((int(known) >> 64 << 64, 64)))


@dataclass(frozen=True)
class Try:
    """One try that was taken."""

    key: str
    moment: float


def take(limit: Limit, subject: str, *, at: datetime | None = None) -> Try | None:
    """Count one try for ``subject``; None, and nothing counted, when there are too many already."""
    key = sha256(f"{limit.name}\0{subject.strip().lower()}".encode()).hexdigest()
    moment = (at or now()).timestamp()
    with transaction.atomic():
        row, _created = Tries.objects.select_for_update().get_or_create(key=key)
        recent = [m for m in row.moments if m > moment - limit.seconds]
        if len(recent) >= limit.times:
            return None
        row.moments = [*recent, moment]
        row.touched_at = at or now()
        row.save(update_fields=["moments", "touched_at"])
    return Try(key, moment)


def take_all(*wanted: tuple[Limit, str], at: datetime | None = None) -> list[Try]:
    """Count one try for each of ``wanted``, or none at all. Raises :class:`TooMany`."""
    taken: list[Try] = []
    for limit, subject in wanted:
        one = take(limit, subject, at=at)
        if one is None:
            give_back(*taken)
            if limit.seconds >= 86_400:
                raise TooMany(_("That was tried too often today. Try again tomorrow."))
            minutes = -(-limit.seconds // 60)
            raise TooMany(
                _("That was tried too often. Wait %(minutes)s minutes, then try again.") % {"minutes": minutes}
            )
        taken.append(one)
    return taken


def give_back(*tries: Try) -> None:
    """The guess was right, or never looked at: it does not count."""
    for one in tries:
        with transaction.atomic():
            row = Tries.objects.select_for_update().filter(key=one.key).first()
            if row is not None and one.moment in row.moments:
                row.moments.remove(one.moment)
                row.save(update_fields=["moments"])


def forget_old(*, at: datetime | None = None) -> int:
    """Delete counters nobody has touched for a day. Returns how many."""
    deleted, _each = Tries.objects.filter(touched_at__lt=(at or now()) - timedelta(days=1)).delete()
    return deleted
