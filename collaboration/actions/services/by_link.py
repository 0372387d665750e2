"""What an owner without an account does with the link in their mail. The link is the right: it came to their inbox.

Opening it changes nothing; each act is a button. It works until somebody else is asked, or its reader signs in and
takes the action on with their account.
"""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from collaboration.actions.models import Action, ActionUpdate
from collaboration.actions.queries import by_token
from collaboration.actions.services import working
from collaboration.actions.services.asking import accept_locked, decline_locked
from collaboration.actions.services.records import found_and_locked, token_of
from groundwork.access.actors import Public
from groundwork.clock import now

BY_MAIL = Public(via="mail")


def link_of(action: Action) -> str:
    """The whole address for the mail to an owner without an account."""
    return str(settings.BASE_URL) + reverse("action-answer", args=[token_of(action)])


def _locked(token: str) -> Action:
    """The row behind the link, looked for again once it is locked. Raises :class:`Invalid`."""
    found_and_locked(by_token(token))
    return by_token(token)


@transaction.atomic
def accept(*, token: str, at: datetime | None = None) -> Action:
    return accept_locked(actor=BY_MAIL, row=_locked(token), at=at or now())


@transaction.atomic
def decline(*, token: str, reason: str = "", at: datetime | None = None) -> Action:
    return decline_locked(actor=BY_MAIL, row=_locked(token), reason=reason, at=at or now())


@transaction.atomic
def finish(*, token: str, text: str = "", at: datetime | None = None) -> Action:
    return working.finish_locked(actor=BY_MAIL, row=_locked(token), text=text, at=at or now())


@transaction.atomic
def add_update(*, token: str, text: str, at: datetime | None = None) -> ActionUpdate:
    return working.update_locked(actor=BY_MAIL, row=_locked(token), text=text, at=at or now())
