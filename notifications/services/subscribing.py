"""Following things, and choosing when to hear of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from collaboration.governance.queries import boards as partnerships
from collaboration.initiatives import queries as initiatives
from collaboration.workshops import queries as workshops
from groundwork.access.actors import Actor, Public
from groundwork.access.errors import Conflict, Invalid, NotFound
from groundwork.access.rules import require
from groundwork.audit.services import keep
from groundwork.clock import now, today
from notifications.following import Followed
from notifications.models import BoardPack, Choice, Follow, Frequency, PackChoice, Subscriber, Topic
from notifications.queries.clocks import clock
from notifications.rhythm import next_at
from notifications.services.waiting import move_waiting

MOST: Final = 100
"""Things that one subscriber follows. Who wants more follows a wider view."""

FOR_ADDRESSES: Final = (Frequency.WEEKLY, Frequency.MONTHLY)
"""What somebody without an account can choose, besides stopping."""

LONGEST_PAUSE: Final = timedelta(days=366)


@dataclass(frozen=True, kw_only=True)
class Hours:
    """When mail may come, on the place's clock: see :class:`notifications.models.Subscriber`."""

    weekday: int = 1
    hour: int = 8
    quiet_from: int = 18
    quiet_until: int = 8
    quiet_weekends: bool = True
    quiet_holidays: bool = True
    paused_until: date | None = None

    @classmethod
    def of(cls, subscriber: Subscriber | None) -> Hours:
        """Those of a subscriber; what everybody begins with, for none."""
        return cls(**{name: getattr(subscriber, name) for name in cls.__dataclass_fields__}) if subscriber else cls()


def subscriber_of(person: Any, *, create: bool = False) -> Subscriber | None:
    """The subscriber that a person with an account is; None when they never chose anything, unless ``create``.

    Whoever followed things by their address before they had an account finds them in it.
    """
    found = Subscriber.objects.filter(person=person).first()
    if found is not None or not create:
        return found
    try:
        with transaction.atomic():
            made = Subscriber.objects.create(person=person, confirmed_at=now())
            _take_over(made, person.email)
    except IntegrityError:
        # Two windows at the same instant.
        return Subscriber.objects.get(person=person)
    return made


@transaction.atomic
def follow(actor: Actor, query: str, frequency: str = Frequency.WEEKLY) -> Follow:
    """Follow what ``query`` says. Following it already changes how often.

    Raises :class:`Invalid` for what means nothing, :class:`NotFound` for what the actor may not see, and
    :class:`Conflict` above :data:`MOST`.
    """
    subscriber = _mine(actor)
    followed = readable(actor, query)
    row = add(subscriber, followed, _one_of(frequency, Frequency.values))
    keep(actor=actor, action="mail.follow", obj=subscriber, changes={row.query: [None, row.frequency]})
    reschedule(subscriber)
    return row


@transaction.atomic
def answer_first(actor: Actor, *, yes: bool) -> Subscriber:
    """What a partner said when they were asked whether they want the weekly digest; they are not asked again.

    Yes begins with what their organisation takes part in. Nobody gets a digest without having said so.
    """
    subscriber = _mine(actor)
    keep(actor=actor, action="mail.first", obj=subscriber, changes={"digest": [None, "yes" if yes else "no"]})
    if yes and actor.organisation is not None:
        add(subscriber, Followed.parse(f"organisation={actor.organisation.slug}"), Frequency.WEEKLY)
    reschedule(subscriber)
    return subscriber


@transaction.atomic
def unfollow(actor: Actor, follow_id: UUID | str) -> None:
    """Follow something no longer. Raises :class:`NotFound` for what is not followed, or by somebody else."""
    row = _own(actor, follow_id)
    keep(actor=actor, action="mail.unfollow", obj=row.subscriber, changes={row.query: [row.frequency, None]})
    row.delete()
    reschedule(row.subscriber)


@transaction.atomic
def set_frequency(actor: Actor, follow_id: UUID | str, frequency: str) -> Follow:
    """Hear of something more or less often; never keeps it in the list, so that it can be taken up again."""
    row = _own(actor, follow_id)
    frequency = _one_of(frequency, Frequency.values)
    if row.frequency != frequency:
        keep(actor=actor, action="mail.set", obj=row.subscriber, changes={row.query: [row.frequency, frequency]})
        _set(row, frequency)
        reschedule(row.subscriber)
    return row


@transaction.atomic
def save_settings(
    actor: Actor, hours: Hours, topics: Mapping[str, str], follows: Mapping[str, str] | None = None
) -> Subscriber:
    """Keep everything that one page of settings says, or nothing.

    ``topics`` maps topics to frequencies, ``follows`` ids of follows to frequencies; what is not named stays as it is,
    and a follow that went meanwhile is passed over. Raises :class:`Invalid` by field.
    """
    subscriber = _mine(actor)
    _check(hours)
    for topic, frequency in topics.items():
        if topic not in Topic.values or frequency not in Frequency.values:
            raise Invalid(_("Choose how soon you want to hear of each thing."))
    changes = _set_follows(subscriber, follows or {}, Frequency.values) | _set_hours(subscriber, hours)
    before = dict(Choice.objects.filter(person=actor.person).values_list("topic", "frequency"))
    for topic, frequency in topics.items():
        was = before.get(topic, Frequency.AT_ONCE)
        if was == frequency:
            continue
        changes[topic] = [str(was), str(frequency)]
        if frequency == Frequency.AT_ONCE:
            Choice.objects.filter(person=actor.person, topic=topic).delete()
        else:
            Choice.objects.update_or_create(person=actor.person, topic=topic, defaults={"frequency": frequency})
    if changes:
        keep(actor=actor, action="mail.set", obj=subscriber, changes=changes)
    reschedule(subscriber)
    move_waiting(subscriber)
    return subscriber


@transaction.atomic
def save_by_link(subscriber: Subscriber, hours: Hours, follows: Mapping[str, str]) -> Subscriber:
    """What somebody without an account chose on the page behind the link in their mail, which named the subscriber."""
    subscriber = locked(subscriber)
    _check(hours)
    changes = _set_follows(subscriber, follows, (*FOR_ADDRESSES, Frequency.NEVER)) | _set_hours(subscriber, hours)
    if changes:
        keep(actor=Public(via="mail"), action="mail.set", obj=subscriber, changes=changes)
    reschedule(subscriber)
    return subscriber


@transaction.atomic
def stop(subscriber: Subscriber, *, follow_id: UUID | str | None = None, via: str = "mail") -> dict[str, str]:
    """Send no digest any more, or none about one thing. Returns what was chosen before, for :func:`resume`.

    The caller has seen a token that names the subscriber. Stopping twice is stopping once. Where a person has what
    they are asked in the digest, that rests too: they see it when they sign in.
    """
    subscriber = locked(subscriber)
    rows = subscriber.follows.exclude(frequency=Frequency.NEVER)
    if follow_id is not None:
        rows = rows.filter(pk=uuid_of(follow_id))
    before = {str(row.pk): str(row.frequency) for row in rows}
    rows.update(frequency=Frequency.NEVER)
    if follow_id is None and subscriber.person_id is not None:
        digested = Choice.objects.filter(
            person_id=subscriber.person_id, frequency__in=(Frequency.DAILY, Frequency.WEEKLY, Frequency.MONTHLY)
        )
        before |= dict(digested.values_list("topic", "frequency"))
        digested.update(frequency=Frequency.NEVER)
    if before:
        changes = {name: [frequency, str(Frequency.NEVER)] for name, frequency in before.items()}
        keep(actor=Public(via=via), action="mail.stop", obj=subscriber, changes=changes)
    reschedule(subscriber)
    return before


@transaction.atomic
def resume(subscriber: Subscriber, before: Mapping[str, str], *, via: str = "mail") -> None:
    """Take back :func:`stop`: what it returned holds again, but for what was chosen anew meanwhile."""
    subscriber = locked(subscriber)
    changes = {}
    for row in subscriber.follows.filter(frequency=Frequency.NEVER):
        frequency = before.get(str(row.pk), "")
        if frequency in Frequency.values:
            changes[row.query] = [str(Frequency.NEVER), frequency]
            # Not as if chosen anew: what happened before they stopped has not been told yet.
            row.frequency = frequency
            row.save(update_fields=["frequency"])
    if subscriber.person_id is not None:
        for choice in Choice.objects.filter(person_id=subscriber.person_id, frequency=Frequency.NEVER):
            frequency = before.get(choice.topic, "")
            if frequency in Frequency.values:
                changes[choice.topic] = [str(Frequency.NEVER), frequency]
                choice.frequency = frequency
                choice.save(update_fields=["frequency"])
    if changes:
        keep(actor=Public(via=via), action="mail.resume", obj=subscriber, changes=changes)
    reschedule(subscriber)


@transaction.atomic
def lead_on(reference: str, into: str) -> None:
    """An initiative was merged into another: whoever followed it follows that one (three statements)."""
    before, after = Followed(initiative=reference), Followed(initiative=into)
    rows = Follow.objects.filter(query=before.query)
    rows.filter(subscriber__in=Follow.objects.filter(query=after.query).values("subscriber")).delete()
    rows.update(query=after.query, anchor=after.anchor)


def forget_person(_actor: Actor, person: Any, _at: datetime) -> None:
    """What a person chose about their mail goes with their account."""
    Choice.objects.filter(person=person).delete()
    PackChoice.objects.filter(person=person).delete()
    BoardPack.objects.filter(person=person).delete()
    Subscriber.objects.filter(person=person).delete()


def reschedule(subscriber: Subscriber, at: datetime | None = None) -> datetime | None:
    """Work out when a subscriber's next digest is looked at, and keep it. Returns it.

    What waits to be told at once keeps an earlier moment: looking too early finds nothing due and costs little.
    """
    at = at or now()
    wanted = frequencies_of(subscriber)
    moment = next_at(clock(at).rhythm_of(subscriber), wanted, at) if subscriber.confirmed_at else None
    earlier = subscriber.next_at
    if Frequency.AT_ONCE in wanted and earlier is not None and earlier >= at and (moment is None or earlier < moment):
        moment = earlier
    if subscriber.next_at != moment:
        subscriber.next_at = moment
        subscriber.save(update_fields=["next_at"])
    return moment


def frequencies_of(subscriber: Subscriber) -> set[str]:
    """Every frequency at which something is to be told to a subscriber (two queries at most)."""
    wanted = set(subscriber.follows.order_by().values_list("frequency", flat=True).distinct())
    if subscriber.person_id is not None:
        # What they are asked at once is mail of its own.
        chosen = Choice.objects.filter(person_id=subscriber.person_id).exclude(frequency=Frequency.AT_ONCE)
        wanted |= set(chosen.values_list("frequency", flat=True))
    return wanted - {Frequency.NEVER}


def readable(actor: Actor, query: str) -> Followed:
    """What ``query`` says, if ``actor`` may read it; of a merged initiative, the one it leads to.

    Raises :class:`Invalid` and :class:`NotFound`.
    """
    followed = Followed.parse(query)
    if followed.initiative:
        found = initiatives.survivor_of(initiatives.get(actor, followed.initiative))
        # The survivor may be somebody's draft.
        return Followed(initiative=initiatives.get(actor, found.reference).reference)
    if followed.workshop and not workshops.visible_to(actor).filter(pk=followed.workshop).exists():
        raise NotFound(_("There is no such workshop, or you may not see it."))
    if followed.partnership:
        partnerships.get(actor, followed.partnership)
    return followed


def locked(subscriber: Subscriber) -> Subscriber:
    """The row as it is now, held until the transaction ends. Raises :class:`NotFound` when it went meanwhile."""
    found = Subscriber.objects.select_for_update(of=("self",)).filter(pk=subscriber.pk).first()
    if found is None:
        raise NotFound(_("Nothing is sent to this address any more."))
    return found


def add(subscriber: Subscriber, followed: Followed, frequency: str) -> Follow:
    """A follow of a subscriber whose row is held; with another frequency when there is one already."""
    row = subscriber.follows.filter(query=followed.query).first()
    if row is not None:
        if row.frequency != frequency:
            _set(row, frequency)
        return row
    if subscriber.follows.count() >= MOST:
        raise Conflict(
            _("You follow %(most)d things already. Stop following one of them, or follow a wider view.")
            % {"most": MOST}
        )
    return Follow.objects.create(
        subscriber=subscriber, query=followed.query, anchor=followed.anchor, frequency=frequency, reported_until=now()
    )


def _mine(actor: Actor) -> Subscriber:
    """The actor's own subscriber, made if need be, its row held."""
    require(actor, "mail.follow")
    subscriber_of(actor.person, create=True)
    return Subscriber.objects.select_for_update(of=("self",)).get(person=actor.person)


def _set(row: Follow, frequency: str) -> None:
    if row.frequency == Frequency.NEVER:
        # What happened while they wanted to hear nothing is not news to them.
        row.reported_until = now()
    row.frequency = frequency
    row.save(update_fields=["frequency", "reported_until"])


def _set_follows(subscriber: Subscriber, wanted: Mapping[str, str], allowed: Iterable[str]) -> dict[str, list[Any]]:
    allowed = tuple(allowed)
    changes: dict[str, list[Any]] = {}
    for row in subscriber.follows.all():
        frequency = wanted.get(str(row.pk))
        if frequency is None or frequency == row.frequency:
            continue
        changes[row.query] = [str(row.frequency), _one_of(frequency, allowed)]
        _set(row, frequency)
    return changes


def _set_hours(subscriber: Subscriber, hours: Hours) -> dict[str, list[Any]]:
    before, after = asdict(Hours.of(subscriber)), asdict(hours)
    changed = [name for name in after if before[name] != after[name]]
    for name in changed:
        setattr(subscriber, name, after[name])
    if changed:
        subscriber.save(update_fields=changed)
    return {name: [_plain(before[name]), _plain(after[name])] for name in changed}


def _check(hours: Hours) -> None:
    errors: dict[str, list[str]] = {}
    if hours.weekday not in range(7):
        errors["weekday"] = [_("Choose a day of the week")]
    for name in ("hour", "quiet_from", "quiet_until"):
        if getattr(hours, name) not in range(24):
            errors[name] = [_("Choose an hour")]
    if hours.paused_until is not None:
        if hours.paused_until <= today():
            errors["paused_until"] = [_("The day on which email comes again must be after today")]
        elif hours.paused_until > today() + LONGEST_PAUSE:
            errors["paused_until"] = [_("Email can rest for a year at most. To end it, choose “Never”")]
    if errors:
        raise Invalid(errors)


def _own(actor: Actor, follow_id: UUID | str) -> Follow:
    """A follow of the actor's own, its subscriber's row held."""
    row = Follow.objects.select_related("subscriber").filter(pk=uuid_of(follow_id)).first()
    if row is None or not actor.is_signed_in or row.subscriber.person_id != getattr(actor.person, "pk", None):
        raise NotFound(_("You do not follow this."))
    row.subscriber = locked(row.subscriber)
    require(actor, "subscriber.change", row.subscriber)
    return row


def _one_of(frequency: str, allowed: Iterable[str]) -> str:
    if frequency not in tuple(allowed):
        raise Invalid({"frequency": [_("Choose how often you want to hear of it")]})
    return str(frequency)


def uuid_of(text: UUID | str) -> UUID:
    """The id that a text holds; for any other text one that nothing has."""
    try:
        return text if isinstance(text, UUID) else UUID(text)
    except ValueError:
        return UUID(int=0)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _take_over(subscriber: Subscriber, email: str) -> None:
    """What the same reader followed by their address is theirs now that they have an account."""
    earlier = Subscriber.objects.filter(person=None, organisation=None, email=email.lower()).first()
    if earlier is not None:
        earlier.follows.update(subscriber=subscriber)
        earlier.delete()


def account_of(email: str) -> Any:
    """The active person whose address this is, or None."""
    return get_user_model().objects.filter(email=email.lower(), is_active=True).first()
