"""The keys that let people in without an account, and the digests by which they are recognised.

All are made from the service's secret, or at random in somebody's browser; the database holds digests alone, so whoever
reads it gets into no workshop (promise S16).
"""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

if TYPE_CHECKING:
    from collaboration.workshops.models import CalendarLink, Participation, Workshop, WorkshopInvitation

_LEFT_OUT: Final = str.maketrans("", "", " \t\r\n\u00a0\u2009\u202f-\u2010\u2011\u2012\u2013\u2014_.·")


def tidy_code(typed: str) -> str:
    """A code as it is kept, however it was typed: in lower case, with spaces, hyphens or dots."""
    return typed[:60].translate(_LEFT_OUT).upper()


def digest(token: str) -> str:
    return sha256(token.encode("utf-8", "replace")).hexdigest()


def new_guest_secret() -> str:
    """256 random bits for one browser."""
    return secrets.token_urlsafe(32)


def guest_digest(secret: str, workshop: Workshop) -> str:
    """What a browser is known by in one workshop: nobody can tell from two of these that it is the same browser."""
    return digest(f"{secret}{workshop.uuid}")


def link_token(workshop: Workshop) -> str:
    """128 bits that stand in the link and the QR code of a workshop. Another ``link_version``, another token."""
    return _link_token(workshop, settings.SECRET_KEY)


def is_link(workshop: Workshop, token: str) -> bool:
    """Whether this is the token of the workshop's link (or was, under an earlier secret of the service)."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return any(constant_time_compare(_link_token(workshop, key), token) for key in keys)


def _link_token(workshop: Workshop, secret: str) -> str:
    known = f"{workshop.uuid}:{workshop.link_version}"
    made = salted_hmac("collaboration.workshops.link", known, secret=secret, algorithm="sha256").digest()[:16]
    return urlsafe_b64encode(made).decode().rstrip("=")


def invitation_token(invitation: WorkshopInvitation) -> str:
    """256 bits. Worked out again from the service's secret, so that a mail made twice holds the same link."""
    known = f"{invitation.pk}:{invitation.email}:{invitation.created_at.timestamp()}"
    return salted_hmac("collaboration.workshops.invitation", known, algorithm="sha256").hexdigest()


def return_token(participation: Participation) -> str:
    """256 bits: a participant's own way back on another phone."""
    known = f"{participation.pk}:{participation.key}"
    return salted_hmac("collaboration.workshops.return", known, algorithm="sha256").hexdigest()


def giver_digest(participation: Participation) -> str:
    """Who gave feedback, told by nobody without the service's secret: so that answering again replaces the answer."""
    return salted_hmac("collaboration.workshops.feedback", participation.key, algorithm="sha256").hexdigest()


def calendar_token(link: CalendarLink) -> str:
    """256 bits: the secret in the address of somebody's own calendar. Another ``version``, another one."""
    known = f"{link.pk}:{link.person_id}:{link.version}"
    return salted_hmac("collaboration.workshops.calendar", known, algorithm="sha256").hexdigest()
