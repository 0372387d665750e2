"""Who somebody is that knocks at a board: by session, by the secret of a guest's browser, or by a ticket.

The same question for sockets and for the ways around them, and never answered from an address: those are logged.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.db import DEFAULT_DB_ALIAS
from django.http import HttpRequest, HttpResponse
from django.http.cookie import parse_cookie
from django.utils.translation import get_language_from_request, gettext, override

from collaboration.boards import oplog
from collaboration.boards.services import api_token_of, use_ticket
from collaboration.boards.standing import Holder, Standing, standings, standings_of_guests
from collaboration.workshops import queries as workshops
from collaboration.workshops.models import Participation, Workshop
from collaboration.workshops.tokens import guest_digest
from groundwork.accounts.middleware import SessionLimits
from groundwork.accounts.models import Person
from groundwork.accounts.rules import has_second_factor, needs_second_factor
from groundwork.directory.queries import actor_for
from groundwork.web.middleware import MANDATE_KEY

MOST_KNOWN = 1_000
LONGEST_SECRET = 128
LONGEST_LANGUAGE = 35


@dataclass(frozen=True, slots=True)
class Knock:
    """What somebody brings along."""

    board_id: UUID
    cookies: Mapping[str, str]
    accept_language: str = ""
    ticket: str = ""


@dataclass(frozen=True, slots=True)
class Admitted:
    standing: Standing
    holder: Holder
    language: str


class TurnedAway(Exception):
    """They may not come in; ``code`` and ``sentence`` are those of a ``bye``."""

    def __init__(self, code: int, language: str, sentence: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.language = language
        self.sentence = sentence


def cookies_of(header: str) -> dict[str, str]:
    """Those that matter here."""
    wanted = (settings.SESSION_COOKIE_NAME, settings.GUEST_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME)
    return {name: value for name, value in parse_cookie(header).items() if name in wanted}


# By board: a workshop's identity, which never changes. Nothing else of it is to be read from here.
_known: OrderedDict[UUID, Workshop] = OrderedDict()


def _workshops(board_ids: set[UUID]) -> dict[UUID, Workshop]:
    lacking = [board_id for board_id in board_ids if board_id not in _known]
    if lacking:
        for board_id, (pk, uuid) in oplog.workshops_of(lacking).items():
            # All that is not named is read from the database should anybody look at it.
            _known[board_id] = Workshop.from_db(DEFAULT_DB_ALIAS, ["id", "uuid"], [pk, uuid])
    found = {board_id: known for board_id in board_ids if (known := _known.get(board_id)) is not None}
    while len(_known) > MOST_KNOWN:
        _known.popitem(last=False)
    return found


def admit(knocks: Sequence[Knock]) -> list[Admitted | Exception]:
    """Who each of these is. Guests, of whom a hall is full, are looked up together. Blocks: call it in a thread."""
    known = _workshops({knock.board_id for knock in knocks})
    digests: dict[int, str] = {}
    for place, knock in enumerate(knocks):
        secret = guest_secret(knock.cookies)
        if knock.board_id in known and secret and not _session_key(knock) and not knock.ticket:
            digests[place] = guest_digest(secret, known[knock.board_id])
    there = standings_of_guests(set(digests.values()))
    lacking = {digest for digest in digests.values() if digest not in there}
    waiting = _waiting(lacking) if lacking else {}
    answers: list[Admitted | Exception] = []
    for place, knock in enumerate(knocks):
        language = language_of(knock)
        digest = digests.get(place)
        if digest is not None:
            board_id, standing = there.get(digest, (None, None))
            if standing is not None and board_id == knock.board_id:
                answers.append(Admitted(standing, Holder(standing.participation_id, guest=digest), language))
            else:
                answers.append(_turned_away(waiting.get(digest), language))
            continue
        try:
            answers.append(_one(knock, known.get(knock.board_id), language))
        except TurnedAway as refused:
            answers.append(refused)
    return answers


def _waiting(digests: set[str]) -> dict[str, str]:
    """The status of each of these guests, admitted or not."""
    found = Participation.objects.filter(person=None, guest_digest__in=digests)
    return {str(digest): status for digest, status in found.values_list("guest_digest", "status")}


def _session_key(knock: Knock) -> str:
    return knock.cookies.get(settings.SESSION_COOKIE_NAME, "")


def guest_secret(cookies: Mapping[str, str]) -> str:
    """What a guest's browser holds, or ""."""
    held = cookies.get(settings.GUEST_COOKIE_NAME, "")
    return held if len(held) <= LONGEST_SECRET and held.isascii() and held.isprintable() else ""


def _one(knock: Knock, workshop: Workshop | None, language: str) -> Admitted:
    if workshop is None:
        raise TurnedAway(4004, language)
    if knock.ticket:
        let_in = use_ticket(board_id=knock.board_id, token=knock.ticket)
        if let_in is None:
            with override(language):
                raise TurnedAway(4003, language, gettext("This ticket was used before, or is older than a minute."))
        return admitted(knock.board_id, let_in.pk, Holder(let_in.pk, api_token_id=api_token_of(knock.ticket)), language)
    request = _request(knock)
    person = _person(request)
    participation = workshops.participation_for(workshop, person=person, guest_secret=guest_secret(knock.cookies))
    if participation is None:
        raise TurnedAway(4004, language)
    if participation.person_id is None:
        holder = Holder(participation.pk, guest=participation.guest_digest or "")
    else:
        holder = Holder(participation.pk, session_key=_session_key(knock))
    return admitted(knock.board_id, participation.pk, holder, language)


def admitted(board_id: UUID, participation_id: int, holder: Holder, language: str) -> Admitted:
    """Whoever this participation is, if they may be on the board now. Raises :class:`TurnedAway`."""
    standing = standings(board_id, [participation_id]).get(participation_id)
    if standing is None:
        raise _not_there(participation_id, language)
    return Admitted(standing, holder, language)


def _not_there(participation_id: int, language: str) -> TurnedAway:
    status = Participation.objects.filter(pk=participation_id).values_list("status", flat=True).first()
    return _turned_away(status, language)


def _turned_away(status: str | None, language: str) -> TurnedAway:
    """What somebody is told who may not be there. ``status``: of their participation, if they have one."""
    if status is None:
        return TurnedAway(4004, language)
    if status == Participation.Status.WAITING:
        with override(language):
            return TurnedAway(4003, language, gettext("A facilitator has not let you in yet. Wait on the page before."))
    return TurnedAway(4003, language)


def _request(knock: Knock) -> HttpRequest:
    """What Django's own machinery wants to look at."""
    request = HttpRequest()
    request.method = "GET"
    request.COOKIES = dict(knock.cookies)
    request.META = {"HTTP_ACCEPT_LANGUAGE": knock.accept_language, "REMOTE_ADDR": "", "SERVER_NAME": "localhost"}
    return request


def language_of(knock: Knock) -> str:
    return _language(knock.cookies.get(settings.LANGUAGE_COOKIE_NAME, "")[:LONGEST_LANGUAGE], knock.accept_language)


@lru_cache(maxsize=500)
def _language(chosen: str, accepted: str) -> str:
    cookies = {settings.LANGUAGE_COOKIE_NAME: chosen} if chosen else {}
    return str(get_language_from_request(_request(Knock(UUID(int=0), cookies, accept_language=accepted))))


def _person(request: Any) -> Person | None:
    """Whose session this is, by the same rules as for pages: ended when idle or old, and with a second factor where one
    is asked for."""
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    if not key:
        return None
    request.session = SessionStore(key)
    request.user = get_user(request)
    if not request.user.is_authenticated:
        return None
    request.actor = actor_for(request.user, mandate_id=request.session.get(MANDATE_KEY))
    SessionLimits(lambda _request: HttpResponse())(request)
    if request.session.modified and not request.session.is_empty():
        request.session.save()
    if not request.user.is_authenticated:
        return None
    person: Person = request.user
    if needs_second_factor(request.actor) and not has_second_factor(person):
        return None
    return person
