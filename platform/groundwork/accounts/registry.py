"""What others fill in when they become ready: the mail of the sign-in pages, and words no password is made of.

The kinds of mail, and what their ``context`` holds:

``account.sign_in``
    Sign in to an account that exists: ``link``, ``code`` (``BCDF-GHJK``), ``minutes`` they work for.
``account.open``
    There is no account for this address; the link opens one: ``link``, ``code``, ``minutes``.
``account.closed``
    The account of this address has been closed: nothing more to say.
``account.password_reset``
    Choose a new password: ``link``, ``minutes``.
``account.no_account``
    A new password was asked for, but this address has no account: ``link`` to the sign-in page.
``account.confirm_address``
    Confirm a changed address: ``link``, ``days``.
``account.notice``
    Something about the account's security changed: ``heading``, ``sentences`` (a list), ``link`` to the account page.

All of them are service messages: sent at once, whatever a person's preferences.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

    from groundwork.access.actors import Actor
    from groundwork.accounts.models import Person

KINDS = (
    "account.sign_in",
    "account.open",
    "account.closed",
    "account.password_reset",
    "account.no_account",
    "account.confirm_address",
    "account.notice",
)


@dataclass(frozen=True, kw_only=True)
class AccountMail:
    """One message about an account, to one address. The same ``dedupe_key`` is sent once."""

    kind: str
    recipient: str
    dedupe_key: str
    person: Person | None = None
    context: dict[str, Any] = field(default_factory=dict)


Mailer = Callable[[AccountMail], object]
_mailers: list[Mailer] = []


def mailer(function: Mailer) -> Mailer:
    """Register the decorated function as the one that sends these messages."""
    if function not in _mailers:
        if _mailers:
            raise LookupError("There are two mailers for the sign-in pages.")
        _mailers.append(function)
    return function


def post(mail: AccountMail) -> None:
    """Hand ``mail`` to the mailer, in the caller's transaction where there is one."""
    if mail.kind not in KINDS:
        raise LookupError(f"There is no account mail of kind {mail.kind}.")
    if not _mailers:
        raise LookupError("Nobody sends the mail of the sign-in pages: no mailer was registered.")
    _mailers[0](mail)


Words = Callable[[], Iterable[str]]
_words: list[Words] = []


def words_to_avoid(function: Words) -> Words:
    """Register a source of words that are guessed first here: the names of the place."""
    if function not in _words:
        _words.append(function)
    return function


def context_words() -> list[str]:
    """Every word a password must not be made of."""
    return [word for source in _words for word in source()]


AccessEnded = Callable[[Iterable[int]], None]
_access_ended: list[AccessEnded] = []


def on_access_ended(function: AccessEnded) -> AccessEnded:
    """Register what happens when sessions, accounts or mandates of people (ids) have ended: open connections end too.

    Called in the transaction of the change, so that nothing is accepted from them after it (promise S5).
    """
    if function not in _access_ended:
        _access_ended.append(function)
    return function


def tell_access_ended(person_ids: Iterable[int]) -> None:
    ids = list(person_ids)
    for function in _access_ended:
        function(ids)


Closed = Callable[["Actor", "Person", "datetime"], None]
_closed: list[Closed] = []


def on_closed(function: Closed) -> Closed:
    """Register what else ends with an account that is closed: places on teams, open invitations, what somebody owns.

    Called in the transaction of closing, with who closed it, whose it was, and when.
    """
    if function not in _closed:
        _closed.append(function)
    return function


def tell_closed(actor: Actor, person: Person, at: datetime) -> None:
    for function in _closed:
        function(actor, person, at)
