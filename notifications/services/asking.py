"""Addresses without accounts: asked once whether they want the digest, let go of when they do not answer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from groundwork.access.actors import Actor, Public
from groundwork.access.errors import Conflict, Invalid, NotFound
from groundwork.access.rules import require
from groundwork.accounts.services.limits import Limit, network_of, take_all
from groundwork.accounts.services.people import clean_address
from groundwork.audit.services import keep
from groundwork.clock import now
from groundwork.directory.queries import mandates_in_force
from groundwork.events.services import record
from notifications import events as happened
from notifications.models import Digest, Follow, FollowAsk, Frequency, Subscriber
from notifications.queries.drafting import stands
from notifications.services import resting
from notifications.services.subscribing import (
    FOR_ADDRESSES,
    account_of,
    add,
    locked,
    readable,
    reschedule,
    subscriber_of,
    uuid_of,
)

ANSWER_WITHIN: Final = timedelta(days=14)
MOST_AT_ONCE: Final = 20
"""Things that one question names."""

ASKS_OF_ADDRESS: Final = Limit("follow to", 3, 3_600)
"""For each inbox: giving somebody else's address must not become a way to flood it."""
ASKS_OF_ADDRESS_A_DAY: Final = Limit("follow to in a day", 6, 86_400)
ASKS_FROM_ADDRESS: Final = Limit("follow from", 60, 3_600)
"""For each network address. Generous: a library is one address."""

LINK_WORKS_FOR: Final = timedelta(days=400)
_SALT = "notifications.subscriber"


@transaction.atomic
def ask_address(
    email: str,
    queries: Iterable[str],
    frequency: str,
    *,
    caller: str,
    organisation: Any = None,
    actor: Actor | None = None,
) -> FollowAsk:
    """Ask the reader of an address whether they want to follow something. Nothing is sent but that question.

    ``caller`` is the network address that the wish came from. ``organisation``: the address is to stand for an
    organisation without accounts, and ``actor`` is who says so; its own work is followed when ``queries`` is empty.
    The answer is the same whoever reads there and whatever they follow already, so it tells nothing about them. Nothing
    goes to an address whose reader wants no more mail, or reported it as unwanted.

    Raises :class:`Invalid` by field, :class:`NotFound` for what the public may not see, :class:`NotAllowed`,
    :class:`Conflict` for an organisation that has accounts, and :class:`TooMany`.
    """
    errors: dict[str, list[str]] = {}
    try:
        email = clean_address(email)
    except Invalid as error:
        errors |= error.errors
    if frequency not in FOR_ADDRESSES:
        errors["frequency"] = [_("Choose how often you want an email")]
    wanted = list(dict.fromkeys(queries))
    if organisation is not None:
        require(actor or Public(), "organisation.ask_address", organisation)
        wanted = wanted or [f"organisation={organisation.slug}"]
        if mandates_in_force([organisation]).exists():
            raise Conflict(_("This organisation has accounts. Its people choose for themselves what they are sent."))
    if not wanted:
        errors["what"] = [_("Choose at least one thing to follow")]
    elif len(wanted) > MOST_AT_ONCE:
        errors["what"] = [_("Choose %(most)d things at most") % {"most": MOST_AT_ONCE}]
    if errors:
        raise Invalid(errors)
    # What a reader without an account follows, everybody may read.
    found = dict.fromkeys(readable(Public(), query).query for query in wanted)
    _take(email, caller)
    at = now()
    ask = FollowAsk(
        email=email,
        organisation=organisation,
        asked_by=actor.person if actor is not None else None,
        queries=list(found),
        frequency=frequency,
        asked_at=at,
        expires_at=at + ANSWER_WITHIN,
    )
    ask.token_digest = _digest(_token_of(ask))
    ask.save()
    if organisation is not None and actor is not None:
        keep(actor=actor, action="organisation.ask_address", obj=organisation, changes={"frequency": [None, frequency]})
    record(happened.AddressAsked(ask_id=str(ask.pk)), actor=actor or Public())
    return ask


def confirm_link(ask: FollowAsk) -> str:
    """The whole address to put into the question. Worked out again each time: the database keeps only its digest."""
    return str(settings.BASE_URL) + reverse("follow-confirm", args=[_token_of(ask)])


def look_at(token: str) -> FollowAsk:
    """The question behind a link that still works; changes nothing.

    Raises :class:`Conflict` when it was answered already, :class:`NotFound` for every other link, always the same.
    """
    return _open(FollowAsk.objects.select_related("organisation").filter(token_digest=_digest(token)).first())


@transaction.atomic
def confirm(token: str) -> Subscriber:
    """Say yes: what the question named is followed from now on. Raises as :func:`look_at` does.

    Whoever has an account under that address follows with it: one person gets one digest.
    """
    ask = _open(
        FollowAsk.objects.select_for_update(of=("self",))
        .select_related("organisation")
        .filter(token_digest=_digest(token))
        .first()
    )
    ask.used_at = now()
    ask.save(update_fields=["used_at"])
    person = account_of(ask.email) if ask.organisation is None else None
    made = subscriber_of(person, create=True) if person is not None else _of_address(ask.email, ask.organisation)
    subscriber = locked(made or _of_address(ask.email, ask.organisation))
    resting.end_because_asked_for(ask.email, actor=Public(via="mail"), at=ask.used_at)
    if subscriber.confirmed_at is None:
        subscriber.confirmed_at = ask.used_at
        subscriber.save(update_fields=["confirmed_at"])
    for query in ask.queries:
        try:
            followed = readable(Public(), query)
        except (Invalid, NotFound):
            # Withdrawn since it was asked for.
            continue
        add(subscriber, followed, ask.frequency)
    keep(
        actor=Public(via="mail"),
        action="mail.confirm",
        obj=subscriber,
        changes={query: [None, ask.frequency] for query in ask.queries},
    )
    reschedule(subscriber)
    return subscriber


@transaction.atomic
def end_address(actor: Actor, organisation: Any, address_id: UUID | str) -> None:
    """Let an address stand for an organisation no longer, or not be asked any more whether it wants to.

    Raises :class:`NotAllowed`, and :class:`NotFound` for what is no address of this organisation.
    """
    require(actor, "organisation.ask_address", organisation)
    for model in (Subscriber, FollowAsk):
        row = model.objects.select_for_update(of=("self",)).filter(pk=uuid_of(address_id), organisation=organisation)
        if (found := row.first()) is not None:
            _end(actor, found, organisation)
            return
    raise NotFound(_("This address gets nothing for this organisation any more."))


def send_link(email: str, *, caller: str) -> None:
    """Mail a link to their page to whoever follows by this address; to nobody else, and nobody is told which.

    Raises :class:`Invalid` and :class:`TooMany`.
    """
    email = clean_address(email)
    _take(email, caller)
    with transaction.atomic():
        for subscriber in Subscriber.objects.filter(person=None, email=email, confirmed_at__isnull=False):
            record(happened.LinkWanted(subscriber_id=str(subscriber.pk), asked_at=now().isoformat()), actor=Public())


def manage_token(subscriber: Subscriber) -> str:
    """What the page of a subscriber without an account is reached by. Ends with ``token_version``."""
    return signing.dumps([subscriber.pk.hex, subscriber.token_version], salt=_SALT)


def manage_link(subscriber: Subscriber) -> str:
    """The whole address of the page on which a subscriber changes what they get: in the account, for a person."""
    if subscriber.person_id is not None:
        return str(settings.BASE_URL) + reverse("account-notifications")
    return str(settings.BASE_URL) + reverse("follow-manage", args=[manage_token(subscriber)])


def subscriber_by_token(token: str) -> Subscriber:
    """Whose page a link is; changes nothing. Raises :class:`NotFound`, always the same."""
    try:
        identifier, version = signing.loads(token, salt=_SALT, max_age=LINK_WORKS_FOR)
        found = Subscriber.objects.select_related("organisation").filter(
            pk=identifier, token_version=version, person=None
        )
        subscriber = found.first()
    except (signing.BadSignature, ValueError, TypeError):
        subscriber = None
    if subscriber is None:
        raise NotFound(_("This link does not work any more. Give your address, and a new one is sent to it."))
    return subscriber


def let_go(*, at: datetime | None = None) -> int:
    """Delete addresses that were asked and did not answer within 14 days, and those that get nothing any more.

    Those of organisations that need none any more go too. Whoever stopped everything has 14 days to take it back.
    Returns how many addresses went.
    """
    at = at or now()
    since = at - ANSWER_WITHIN
    count, _each = FollowAsk.objects.filter(expires_at__lte=at).delete()
    told = Digest.objects.filter(made_at__gt=since).values("subscriber")
    wanted = Follow.objects.exclude(frequency=Frequency.NEVER).values("subscriber")
    idle = Subscriber.objects.filter(person=None, created_at__lte=since).filter(
        Q(confirmed_at=None) | (~Q(pk__in=wanted) & ~Q(pk__in=told))
    )
    for subscriber in idle[:1_000]:
        count += subscriber.delete()[0] > 0
    return count + _end_those_without_reason()


def _take(email: str, caller: str) -> None:
    """Count one mail that somebody wants sent to an address. Raises :class:`TooMany`."""
    take_all((ASKS_FROM_ADDRESS, network_of(caller)), (ASKS_OF_ADDRESS, email), (ASKS_OF_ADDRESS_A_DAY, email))


def _end_those_without_reason() -> int:
    """Addresses of organisations whose people have accounts by now, or that are closed: they end, and it is kept."""
    count = 0
    for subscriber in Subscriber.objects.exclude(stands()).select_related("organisation")[:1_000]:
        with transaction.atomic():
            _end(resting.POST, subscriber, subscriber.organisation)
        count += 1
    return count


def _end(actor: Actor, row: Subscriber | FollowAsk, organisation: Any) -> None:
    """What was asked of the same reader for the same organisation goes too: no link in their inbox begins it again."""
    asks = FollowAsk.objects.filter(organisation=organisation, email=row.email)
    is_asked = isinstance(row, FollowAsk)
    row.delete()
    asks.delete()
    keep(
        actor=actor,
        action="organisation.end_address",
        obj=organisation,
        changes={"address": ["asked" if is_asked else "confirmed", None]},
    )


def _of_address(email: str, organisation: Any) -> Subscriber:
    known = Subscriber.objects.filter(person=None, email=email, organisation=organisation)
    found = known.first()
    if found is not None:
        return found
    try:
        with transaction.atomic():
            return Subscriber.objects.create(email=email, organisation=organisation)
    except IntegrityError:
        return known.get()


def _open(ask: FollowAsk | None) -> FollowAsk:
    if ask is None or ask.expires_at <= now():
        raise NotFound(
            _("This link does not work any more: it works for 14 days. Choose again what you want to follow.")
        )
    if ask.organisation is not None and not _needs_address(ask.organisation):
        raise NotFound(
            _("%(organisation)s needs no such address any more: it has accounts by now, or is closed.")
            % {"organisation": ask.organisation.name}
        )
    if ask.used_at is not None:
        raise Conflict(_("You have said yes already. Every email you get says how to change or stop it."))
    return ask


def _needs_address(organisation: Any) -> bool:
    return organisation.status != "closed" and not mandates_in_force([organisation]).exists()


def _token_of(ask: FollowAsk) -> str:
    """256 bits, known to nobody without the service's secret."""
    known = f"{ask.pk}:{ask.email}:{ask.asked_at.timestamp()}"
    return salted_hmac("notifications.follow_ask", known, algorithm="sha256").hexdigest()


def _digest(token: str) -> str:
    return sha256(token.encode("utf-8", "replace")).hexdigest()
