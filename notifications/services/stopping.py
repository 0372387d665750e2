"""The link by which every mail that is not service mail is stopped, for one kind of thing or for good.

It says whose mail, and which; it is signed with the secret of the installation and does not run out, because mail lies
in inboxes for years. Raising ``token_version`` of a subscriber ends all of theirs. Mail programs post to it without
cookies (RFC 8058): whoever holds the link can stop mail with it, begin what they stopped again or have it less often,
and do and read nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core import signing
from django.db import transaction
from django.utils.translation import gettext as _

from collaboration.governance.queries.board_months import boards_by_id
from groundwork.access.actors import Actor, PersonActor, Public
from groundwork.access.errors import Invalid, NotFound
from groundwork.audit.queries import history_of
from groundwork.audit.services import keep
from groundwork.clock import now
from groundwork.directory.queries import current_mandates
from notifications.models import Choice, Follow, Frequency, OutgoingMessage, RestingAddress, Subscriber, Topic
from notifications.queries.follows import shown
from notifications.queries.pack_readers import is_wanted
from notifications.rhythm import IN_DIGESTS
from notifications.services import asking, resting, subscribing
from notifications.services.choosing_packs import choose_by_link

SALT: Final = "notifications.stopping"
BY_MAIL: Final = Public(via="mail")
_SOONER: Final = tuple(Frequency.values)
"""From the soonest to never."""


@dataclass(frozen=True, kw_only=True)
class Stream:
    """The mail that one link is about. Exactly one of ``topic``, ``board``, ``subscriber`` and ``email`` is set.

    ``topic``: what ``person`` is told at once about one topic. ``board``: their monthly packs of it. ``subscriber``:
    the digests of a person or address, or, with ``follow``, what it says about one thing. ``email``: everything to an
    address without an account.
    """

    person: Any = None
    topic: str = ""
    board: Any | None = None
    subscriber: Subscriber | None = None
    follow: Follow | None = None
    email: str = ""

    @property
    def recipient(self) -> str:
        """The address that the mail goes to."""
        if self.person is not None:
            return str(self.person.email)
        return self.subscriber.email if self.subscriber is not None else self.email

    @property
    def named(self) -> str:
        """What it is about, as its reader knows it."""
        if self.topic:
            return str(Topic(self.topic).label)
        if self.board is not None:
            return _("Monthly pack of %(board)s") % {"board": self.board.name}
        if self.follow is not None:
            return shown(_actor(self), [self.follow.query])[self.follow.query].title
        return _("Your digest") if self.subscriber is not None else _("All email to this address")

    @property
    def settings_page(self) -> str:
        """The whole address of the page on which everything is chosen, behind a sign-in; "" for who has no account."""
        return f"{settings.BASE_URL}/account/notifications/" if self.person is not None else ""

    @property
    def may_ask_for_link(self) -> bool:
        """Whether everything is chosen by a link that is mailed to the reader. Never shown to who holds this one: mail
        that was passed on must not show and change all that its first reader follows."""
        return self.subscriber is not None and self.person is None


def link_for(
    *,
    person: Any = None,
    topic: str = "",
    board: Any | None = None,
    subscriber: Subscriber | None = None,
    follow: Follow | None = None,
    message_id: UUID | None = None,
) -> str:
    """The whole address by which mail is stopped.

    ``person`` and ``topic``: what they are told at once about it; with ``board``: their monthly packs of it.
    ``subscriber``: their digests, or with ``follow`` one line of them. ``message_id``: everything to the address of
    that message, whose reader has no account. One query at most, and none for a subscriber.
    """
    return f"{settings.BASE_URL}/u/{token_of(person, topic, subscriber, follow, message_id, board)}/"


def token_of(
    person: Any,
    topic: str,
    subscriber: Subscriber | None,
    follow: Follow | None,
    message_id: UUID | None,
    board: Any | None = None,
) -> str:
    if follow is not None and subscriber is not None:
        held = ["follow", follow.pk.hex, subscriber.token_version]
    elif subscriber is not None:
        held = ["digests", subscriber.pk.hex, subscriber.token_version]
    elif person is not None and topic:
        held = ["topic", person.pk, topic, _version_of(person)]
    elif person is not None and board is not None:
        held = ["pack", person.pk, board.pk, _version_of(person)]
    elif message_id is not None:
        held = ["address", message_id.hex]
    else:
        raise ValueError("A link that stops mail must say which.")
    return signing.Signer(salt=SALT, sep=".").sign_object(held)


def unsubscribe_headers(link: str) -> dict[str, str]:
    """RFC 8058: what mail programs need to offer one click that stops it, without opening a page."""
    return {"List-Unsubscribe": f"<{link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def read(token: str) -> Stream:
    """Which mail a link is about. Changes nothing.

    Raises :class:`NotFound`, always with the same sentence, for a link that is not ours or that was ended.
    """
    try:
        held = signing.Signer(salt=SALT, sep=".").unsign_object(token)
        found = _STREAMS[held[0]](*held[1:])
    except (signing.BadSignature, KeyError, ValueError, TypeError, IndexError):
        found = None
    if found is None:
        raise NotFound(_("This link does not work. It may not be complete, or the mail it stops is not sent any more."))
    return found


def frequency_of(stream: Stream) -> str:
    """How soon the mail of a link comes now; ``never`` once it is stopped."""
    if stream.topic:
        chosen = Choice.objects.filter(person=stream.person, topic=stream.topic).first()
        return chosen.frequency if chosen is not None else Frequency.AT_ONCE
    if stream.board is not None:
        return Frequency.MONTHLY if is_wanted(stream.person, stream.board) else Frequency.NEVER
    if stream.follow is not None:
        return stream.follow.frequency
    if stream.subscriber is not None:
        wanted = subscribing.frequencies_of(stream.subscriber)
        return next((each for each in _SOONER if each in wanted), Frequency.NEVER)
    rests = RestingAddress.objects.filter(email=stream.email, ended_at=None).exists()
    return Frequency.NEVER if rests else Frequency.AT_ONCE


def offered(stream: Stream) -> tuple[str, ...]:
    """How often instead of not at all, the soonest first; none where there is only all or nothing.

    Of whole digests, which hold many things, only what is rarer than now: each thing is chosen on the page of settings.
    """
    if stream.topic or (stream.follow is not None and stream.person is not None):
        return _SOONER[:-1]
    if stream.subscriber is None:
        return ()
    if stream.follow is not None:
        return tuple(subscribing.FOR_ADDRESSES)
    rarer = _SOONER[_SOONER.index(frequency_of(stream)) + 1 : -1]
    return rarer if stream.person is not None else tuple(each for each in rarer if each in subscribing.FOR_ADDRESSES)


def words_for(stream: Stream, frequency: str) -> str:
    """What a frequency means for the mail of a link, in words."""
    if frequency == Frequency.AT_ONCE and not stream.topic and stream.follow is None:
        return _("As it happens")
    if stream.topic and frequency in IN_DIGESTS:
        return _("%(often)s, in your digest") % {"often": Frequency(frequency).label}
    return str(Frequency(frequency).label)


@transaction.atomic
def stop(stream: Stream) -> None:
    """Send no more of it. Stopping twice is stopping once."""
    if stream.topic:
        _stop_topic(stream)
    elif stream.board is not None:
        choose_by_link(_actor(stream), stream.person, stream.board, wanted=False)
    elif stream.subscriber is not None:
        subscribing.stop(stream.subscriber, follow_id=stream.follow.pk if stream.follow is not None else None)
    else:
        resting.rest(stream.email, reason=RestingAddress.Reason.STOPPED)


@transaction.atomic
def begin_again(stream: Stream) -> None:
    """Take back :func:`stop`: what was chosen before it holds again. Does nothing to what is not stopped."""
    if stream.topic:
        chosen = Choice.objects.select_for_update().filter(person=stream.person, topic=stream.topic).first()
        if chosen is not None and chosen.frequency == Frequency.NEVER:
            frequency = _last_stop(chosen).get("frequency", Frequency.AT_ONCE)
            keep(actor=_actor(stream), action="mail.resume", obj=chosen, changes={"frequency": ["never", frequency]})
            _choose(chosen, frequency)
            _reschedule(stream)
    elif stream.board is not None:
        choose_by_link(_actor(stream), stream.person, stream.board, wanted=True)
    elif stream.subscriber is not None:
        before = _last_stop(stream.subscriber)
        if stream.follow is not None:
            before = {str(stream.follow.pk): before.get(str(stream.follow.pk), Frequency.WEEKLY)}
        subscribing.resume(stream.subscriber, before)
    else:
        mine = RestingAddress.objects.filter(email=stream.email, reason=RestingAddress.Reason.STOPPED, ended_at=None)
        row = mine.select_for_update().first()
        if row is not None:
            row.ended_at = now()
            row.save(update_fields=["ended_at"])
            keep(actor=BY_MAIL, action="mail.try_again", obj=row, changes={"rests": [True, False]})


def can_begin_again(subscriber: Subscriber) -> bool:
    """Whether :func:`begin_again` has something to take back for an address that stopped all of it. Two queries."""
    stopped = {str(pk) for pk in subscriber.follows.filter(frequency=Frequency.NEVER).values_list("pk", flat=True)}
    return bool(stopped & _last_stop(subscriber).keys())


@transaction.atomic
def have_less(stream: Stream, frequency: str) -> None:
    """Hear of it in another rhythm; of all that digests tell, what comes sooner than that.

    Raises :class:`Invalid` for a rhythm that cannot be chosen here.
    """
    if frequency not in offered(stream):
        raise Invalid({"frequency": [_("Choose how soon you want to hear of it.")]})
    subscriber = stream.subscriber or subscribing.subscriber_of(stream.person)
    hours = subscribing.Hours.of(subscriber)
    topics, follows = {}, {}
    if stream.topic:
        topics = {stream.topic: frequency}
    elif stream.follow is not None:
        follows = {str(stream.follow.pk): frequency}
    elif subscriber is not None:
        sooner = _SOONER[: _SOONER.index(frequency)]
        follows = {str(row.pk): frequency for row in subscriber.follows.filter(frequency__in=sooner)}
        digested = Choice.objects.filter(person=stream.person, frequency__in=sooner) if stream.person else ()
        topics = {chosen.topic: frequency for chosen in digested if chosen.frequency != Frequency.AT_ONCE}
    if stream.person is not None:
        subscribing.save_settings(_actor(stream), hours, topics, follows)
    elif subscriber is not None:
        subscribing.save_by_link(subscriber, hours, follows)


def send_link(stream: Stream, *, caller: str) -> None:
    """Mail the reader the link by which they choose everything; ``caller`` is the network address of who wants it.

    Raises :class:`NotFound` where there is no such link, and :class:`TooMany`.
    """
    if not stream.may_ask_for_link:
        raise NotFound(_("There is no such link. Whoever has an account signs in."))
    asking.send_link(stream.recipient, caller=caller)


def _stop_topic(stream: Stream) -> None:
    chosen, _is_new = Choice.objects.select_for_update().get_or_create(
        person=stream.person, topic=stream.topic, defaults={"frequency": Frequency.AT_ONCE}
    )
    if chosen.frequency == Frequency.NEVER:
        return
    keep(
        actor=_actor(stream),
        action="mail.stop",
        obj=chosen,
        changes={"frequency": [str(chosen.frequency), str(Frequency.NEVER)]},
    )
    _choose(chosen, Frequency.NEVER)
    _reschedule(stream)


def _choose(chosen: Choice, frequency: str) -> None:
    # The row stays also for "at once": what is in the audit log is about it.
    chosen.frequency = frequency if frequency in Frequency.values else Frequency.AT_ONCE
    chosen.save(update_fields=["frequency"])


def _reschedule(stream: Stream) -> None:
    subscriber = subscribing.subscriber_of(stream.person)
    if subscriber is not None:
        subscribing.reschedule(subscriber)


def _last_stop(obj: Choice | Subscriber) -> dict[str, str]:
    """What was chosen before mail was stopped the last time, by name."""
    last = history_of(obj).filter(action="mail.stop").first()
    changes: Mapping[str, list[str]] = last.changes if last is not None else {}
    return {name: before for name, (before, _after) in changes.items()}


def _actor(stream: Stream) -> Actor:
    person = stream.person
    return PersonActor(who=person, under=current_mandates(person).first(), via="mail") if person else BY_MAIL


def _version_of(person: Any) -> int:
    """Who never chose anything has the version that everybody begins with."""
    return Subscriber.objects.filter(person=person).values_list("token_version", flat=True).first() or 1


def _topic_stream(person_id: int, topic: str, version: int) -> Stream | None:
    person = get_user_model().objects.filter(pk=person_id, is_active=True).first()
    if person is None or topic not in Topic.values or _version_of(person) != version:
        return None
    return Stream(person=person, topic=topic)


def _pack_stream(person_id: int, board_id: int, version: int) -> Stream | None:
    person = get_user_model().objects.filter(pk=person_id, is_active=True).first()
    board = boards_by_id([board_id]).get(board_id)
    if person is None or board is None or _version_of(person) != version:
        return None
    return Stream(person=person, board=board)


def _digests_stream(subscriber_id: str, version: int) -> Stream | None:
    found = Subscriber.objects.select_related("person", "organisation").filter(pk=subscriber_id, token_version=version)
    subscriber = found.first()
    return Stream(person=subscriber.person, subscriber=subscriber) if subscriber is not None else None


def _follow_stream(follow_id: str, version: int) -> Stream | None:
    found = Follow.objects.select_related("subscriber__person", "subscriber__organisation").filter(
        pk=follow_id, subscriber__token_version=version
    )
    follow = found.first()
    if follow is None:
        return None
    return Stream(person=follow.subscriber.person, subscriber=follow.subscriber, follow=follow)


def _address_stream(message_id: str) -> Stream | None:
    message = OutgoingMessage.objects.filter(pk=message_id).first()
    return Stream(email=message.recipient.lower()) if message is not None else None


_STREAMS: Final[dict[str, Callable[..., Stream | None]]] = {
    "topic": _topic_stream,
    "pack": _pack_stream,
    "digests": _digests_stream,
    "follow": _follow_stream,
    "address": _address_stream,
}
