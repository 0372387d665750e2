"""What is due to whom, and what it would say: digests before they are words. Reads only.

A draft is made from what subscribers follow and chose, what changed since each follow was told, and what waits for its
reader. The number of queries is the same for one subscriber and for a thousand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.timezone import localtime

from collaboration.governance.queries.waiting import MeetingAhead
from collaboration.workshops import queries as workshops
from groundwork.access.actors import Actor, PersonActor, Public
from groundwork.directory.queries import mandates_of, organisations_with_accounts
from notifications.models import Choice, Digest, Follow, Frequency, OutgoingMessage, Subscriber, Topic
from notifications.queries.changes import Act, Thing, understood
from notifications.queries.looks import looked_at, looks
from notifications.queries.needs import COMING, Found, Needs
from notifications.queries.reading import SETTLING, Reading
from notifications.queries.telling import Line
from notifications.rhythm import DAILY, IN_DIGESTS, Rhythm, due_since, first_allowed, next_at

AT_ONCE_A_DAY: Final = 5
"""Mails of things that are followed at once, on one day. What comes later is in one mail of the next morning."""
AHEAD: Final = timedelta(days=14)
"""How far ahead digests look; to the next digest at least."""
MOST: Final = 7
"""Things in one section of a digest; of what is more, the number is said, and what changed is told by the next one."""
HORIZON: Final = timedelta(days=35)
"""How far ahead what waits is read: a month and a bit, until the next digest of whoever waits longest for it."""

_MOMENT: Final = timedelta(microseconds=1)
Status = OutgoingMessage.Status
_TOPICS: Final = tuple(Topic.values)
_LOST: Final = (Status.UNCERTAIN, Status.DEAD, Status.SUPPRESSED)


@dataclass(kw_only=True)
class Draft:
    """One digest of one subscriber, before it is words. ``follows`` are those it tells of, with how far it tells."""

    subscriber: Subscriber
    rhythm: Rhythm
    kind: str
    period: str
    at: datetime
    until: datetime
    next_at: datetime | None
    follows: list[Follow] = field(default_factory=list)
    decided: list[Line] = field(default_factory=list)
    """What boards decided, of what is followed; everything else that changed is ``changed``."""
    changed: list[Line] = field(default_factory=list)
    concerned: list[Follow] = field(default_factory=list)
    """Of ``follows``, those in which something changed."""
    named: dict[str, set[int]] = field(default_factory=dict)
    """Ids of everything it names, by sort, so that whether its reader still sees them can be asked again."""
    needs: list[Found] = field(default_factory=list)
    topics: tuple[str, ...] = ()
    """What its reader chose to be told in digests, of what it tells."""
    coming: list[Found | workshops.Coming | MeetingAhead] = field(default_factory=list)
    is_pressing: bool = False
    """Whether something that needs its reader, or is coming, is reason enough to write."""
    quiet: tuple[date, date] | None = None
    """From when to when there was nothing to tell, although a digest was due."""
    given: dict[UUID, list[UUID]] = field(default_factory=dict)
    """For each digest that did not arrive: the follows of which this one tells it again."""
    left: dict[str, str] = field(default_factory=dict)
    """What is only counted, and what was before and is still not told: subjects, and since when."""
    begun: dict[str, datetime] = field(default_factory=dict)
    """Subjects that the one before only counted, and since when it tells of them."""

    @property
    def is_empty(self) -> bool:
        return not self.changed and not self.decided and not self.is_pressing

    @property
    def since(self) -> dict[str, str]:
        """How far each follow had been told before, and each subject that the one before only counted."""
        begun = {str(row.pk): row.reported_until for row in self.follows} | self.begun
        return {key: at.isoformat() for key, at in begun.items()}


def stands() -> Q:
    """Subscribers who are not an address whose organisation has accounts meanwhile, or is closed.

    Its people then choose for themselves; nobody else is told what it is asked.
    """
    ended = Q(organisation__in=organisations_with_accounts()) | Q(organisation__status="closed")
    return Q(organisation=None) | ~ended


def subscribers(at: datetime) -> QuerySet[Subscriber]:
    """Subscribers with what a draft needs to know of each, besides what they follow: one query."""
    digests = Digest.objects.filter(subscriber=OuterRef("pk")).order_by("-made_at")
    regular = digests.filter(kind=Digest.Kind.DIGEST)
    at_once = Digest.objects.filter(subscriber=OuterRef("pk"), kind=Digest.Kind.AT_ONCE, message__isnull=False)
    today = localtime(at).date()
    choices = Choice.objects.filter(person=OuterRef("person"))
    chosen = {f"chose_{topic}": Subquery(choices.filter(topic=topic).values("frequency")[:1]) for topic in Topic.values}
    return (
        Subscriber.objects.filter(confirmed_at__isnull=False)
        .filter(Q(person=None) | Q(person__is_active=True))
        .filter(stands())
        .select_related("person", "organisation")
        .annotate(
            last_made=Subquery(regular.values("made_at")[:1]),
            last_said=Subquery(regular.filter(message__isnull=False).values("made_at")[:1]),
            has_lost=Exists(
                Digest.objects.filter(subscriber=OuterRef("pk"), rolled_back_at=None, message__status__in=_LOST)
            ),
            left=Subquery(digests.values("left")[:1]),
            seen=looks(),
            made_today=Exists(regular.filter(period=today.isoformat())),
            told_today=Coalesce(
                Subquery(
                    at_once.filter(period__startswith=today.isoformat())
                    .order_by()
                    .values("subscriber")
                    .annotate(n=Count("pk"))
                    .values("n")
                ),
                0,
            ),
            **chosen,
        )
    )


def due(at: datetime) -> QuerySet[Subscriber]:
    """Those whose next digest is to be looked at, the longest waiting first."""
    return subscribers(at).filter(next_at__lte=at).order_by("next_at", "pk")


@dataclass
class _Reader:
    """A subscriber and all that is particular to them."""

    subscriber: Any
    rhythm: Rhythm
    follows: list[Follow]
    actors: tuple[Actor, ...] = (Public(via="mail"),)
    mandates: list[Any] = field(default_factory=list)
    seen: Mapping[str, datetime] = field(default_factory=dict)
    lost: list[Digest] = field(default_factory=list)

    @cached_property
    def chosen(self) -> dict[str, str]:
        """How soon the reader wants each topic; those not chosen are wanted at once."""
        return {topic: often for topic in _TOPICS if (often := getattr(self.subscriber, f"chose_{topic}", None))}

    @property
    def frequencies(self) -> set[str]:
        return {row.frequency for row in self.follows} | set(self.chosen.values())

    @cached_property
    def left(self) -> dict[str, datetime]:
        """What the last digest only counted, and since when that is to be told."""
        return {name: datetime.fromisoformat(since) for name, since in (self.subscriber.left or {}).items()}

    def windows(self, row: Follow, until: datetime) -> tuple[tuple[datetime, datetime], ...]:
        """The times that a follow is to be told of: since it was told, and what was told and did not arrive."""
        if not self.lost:
            return ((row.reported_until, until),)
        found = [(row.reported_until, until)]
        for digest in self.lost:
            if began := digest.since.get(str(row.pk)):
                found.append((datetime.fromisoformat(began), digest.until))
        return tuple(found)


def build(reading: Reading, rows: Sequence[Subscriber]) -> list[Draft]:
    """A draft for each of ``rows`` (from :func:`subscribers`), also for those to whom there is nothing to say.

    Four queries at most, however many there are, and the first time those of each source of changes.
    """
    readers = _readers(reading, rows)
    drafts = [(reader, draft) for reader in readers if (draft := _outline(reading, reader)) is not None]
    _fill_changes(reading, [(reader, draft) for reader, draft in drafts if draft.follows])
    _fill_needs(reading, [(reader, draft) for reader, draft in drafts if draft.kind == Digest.Kind.DIGEST])
    return [draft for _reader, draft in drafts]


def _readers(reading: Reading, rows: Sequence[Subscriber]) -> list[_Reader]:
    ids = [row.pk for row in rows]
    people = [row.person_id for row in rows if row.person_id is not None]
    follows: dict[UUID, list[Follow]] = {}
    for follow in Follow.objects.filter(subscriber_id__among=ids).exclude(frequency=Frequency.NEVER):
        follows.setdefault(follow.subscriber_id, []).append(follow)
    lost: dict[UUID, list[Digest]] = {}
    if losers := [row.pk for row in rows if row.has_lost]:  # type: ignore[attr-defined]
        found = Digest.objects.filter(subscriber_id__among=losers, rolled_back_at=None, message__status__in=_LOST)
        for digest in found:
            lost.setdefault(digest.subscriber_id, []).append(digest)
    mandates: dict[int, list[Any]] = {}
    if people:
        for mandate in mandates_of(people):
            mandates.setdefault(mandate.person_id, []).append(mandate)
    readers = []
    for row in rows:
        reader = _Reader(row, reading.clock.rhythm_of(row), follows.get(row.pk, []), lost=lost.get(row.pk, []))
        if row.person is not None:
            reader.mandates = mandates.get(row.person.pk, [])
            reader.actors = tuple(
                PersonActor(who=row.person, under=mandate, via="mail") for mandate in reader.mandates or [None]
            )
            reader.seen = looked_at(row.seen)  # type: ignore[attr-defined]
        readers.append(reader)
    return readers


def _outline(reading: Reading, reader: _Reader) -> Draft | None:
    """Whether a digest is due to a reader, and of what it tells. What is only moved on has no kind."""
    row, at, rhythm = reader.subscriber, reading.at, reader.rhythm
    wanted = reader.frequencies
    draft = Draft(
        subscriber=row,
        rhythm=rhythm,
        kind="",
        period="",
        at=at,
        until=reading.until,
        next_at=next_at(rhythm, wanted, at),
    )
    allowed = first_allowed(rhythm, at)
    if allowed > at:
        # Something was due in a time without mail, because nobody looked before it began.
        draft.next_at = allowed
        return draft
    told = row.last_made or row.confirmed_at or row.created_at
    falls_due = {each for each in wanted & IN_DIGESTS if due_since(rhythm, each, told, at)}
    at_once = [follow for follow in reader.follows if follow.frequency == Frequency.AT_ONCE]
    day = rhythm.day_of(at)
    if falls_due and not row.made_today:
        draft.kind, draft.period = Digest.Kind.DIGEST, day.isoformat()
        draft.follows = [follow for follow in reader.follows if follow.frequency in falls_due] + at_once
        draft.topics = tuple(topic for topic, frequency in reader.chosen.items() if frequency in falls_due)
        if row.last_made is not None and (row.last_said is None or row.last_made > row.last_said):
            begun = row.last_said or row.confirmed_at or row.created_at
            draft.quiet = (rhythm.day_of(begun), rhythm.day_of(row.last_made))
    elif at_once and row.told_today < AT_ONCE_A_DAY:
        draft.kind, draft.period = Digest.Kind.AT_ONCE, at.astimezone(rhythm.zone).strftime("%Y-%m-%dT%H:%M")
        draft.follows = at_once
    elif at_once:
        draft.next_at = next_at(rhythm, wanted | {DAILY}, at)
    return draft


def _fill_changes(reading: Reading, drafts: list[tuple[_Reader, Draft]]) -> None:
    starts = [begin for r, d in drafts for row in d.follows for begin, _until in r.windows(row, d.until)]
    if not starts:
        return
    starts += [since for r, _d in drafts for since in r.left.values()]
    changes = reading.changes(min(starts))
    changes.look_up([row.query for _r, d in drafts for row in d.follows if changes.may_concern(row.anchor)])
    for reader, draft in drafts:
        told: dict[str, tuple[Thing, list[tuple[Act, ...]]]] = {}
        left = dict(reader.left)
        for row in draft.follows:
            windows = reader.windows(row, draft.until)
            found = False
            for thing in changes.found(row.query):
                since = reader.left.get(thing.subject)
                left.pop(thing.subject, None)
                if not thing.is_seen_by(reader.actors):
                    continue
                acts = thing.acts_for(reader.actors)
                if row.frequency == Frequency.AT_ONCE and _is_unsettled(acts, draft):
                    # Whoever wants it at once is not left to wait for the next thing that happens.
                    soon = first_allowed(draft.rhythm, draft.at + SETTLING)
                    draft.next_at = min(draft.next_at or soon, soon)
                # Not the reader's own, and not what they saw since.
                own, seen = draft.subscriber.person_id, reader.seen.get(thing.subject)
                those = windows
                if since is not None:
                    those, draft.begun[thing.subject] = (*those, (since, draft.until)), since
                for digest in reader.lost:
                    if began := digest.since.get(thing.subject):
                        those = (*those, (datetime.fromisoformat(began), digest.until))
                if news := reading.news(acts, those, own=own, seen=seen):
                    told.setdefault(thing.subject, (thing, []))[1].append(news)
                    found = True
            if found:
                draft.concerned.append(row)
            for digest in reader.lost:
                if str(row.pk) in digest.since:
                    draft.given.setdefault(digest.pk, []).append(row.pk)
        lines = [(said, thing, parts) for thing, parts in told.values() if (said := reading.line(thing, parts))]
        lines.sort(key=lambda each: (each[0].at, each[0].reference), reverse=True)
        for said, thing, parts in lines:
            sort = thing.subject.partition(":")[0]
            section = draft.decided if sort == "decision" else draft.changed
            section.append(said)
            if len(section) <= MOST:
                draft.named.setdefault(sort, set()).add(thing.id)
            else:
                left[thing.subject] = min(act.at for acts in parts for act in acts) - _MOMENT
        oldest = draft.at - HORIZON
        draft.left = {subject: since.isoformat() for subject, since in left.items() if since > oldest}


def _is_unsettled(acts: Iterable[Act], draft: Draft) -> bool:
    """Whether something happened to a thing so lately that it is left to the next digest."""
    return any(act.at > draft.until and act.person_id != draft.subscriber.person_id for act in acts)


def _fill_needs(reading: Reading, drafts: list[tuple[_Reader, Draft]]) -> None:
    if not drafts:
        return
    at = reading.at
    horizon = at + HORIZON
    people = {d.subscriber.person.pk: d.subscriber.person for _r, d in drafts if d.subscriber.person is not None}
    mandates = [mandate for r, _d in drafts for mandate in r.mandates]
    organisations = {mandate.organisation_id for mandate in mandates}
    organisations |= {d.subscriber.organisation_id for _r, d in drafts} - {None}
    needs = Needs.read(
        at=at,
        until=horizon,
        last_day=horizon.astimezone(reading.clock.zone).date(),
        organisations=organisations,
        people=people.keys(),
        addresses={person.email for person in people.values()},
        officers=any(mandate.role == "officer" for mandate in mandates),
    )
    for reader, draft in drafts:
        ahead = max(at + AHEAD, draft.next_at or at)
        found: list[Found] = []
        row = draft.subscriber
        if row.person is not None:
            found = needs.for_person(
                row.person.pk, row.person.email, [(m.organisation_id, m.role, m) for m in reader.mandates]
            )
        elif row.organisation_id is not None:
            found = needs.for_organisation(row.organisation_id)
            draft.is_pressing = bool(found)
        _sort_needs(reader, draft, found, ahead)
        _add_coming(reading, reader, draft, horizon, ahead)


def _sort_needs(reader: _Reader, draft: Draft, found: list[Found], ahead: datetime) -> None:
    """What needs the reader now, and what is only coming. What they want at once is named too, and is no reason."""
    day = draft.rhythm.day_of(draft.at)
    last = draft.rhythm.day_of(ahead)
    for each in found:
        frequency = reader.chosen.get(each.topic, Frequency.AT_ONCE)
        if frequency != Frequency.AT_ONCE and each.topic not in draft.topics:
            continue
        row = each.row
        is_coming = row.kind in COMING or (row.kind == "action.due" and row.due_on and row.due_on > day)
        if is_coming:
            if (row.starts is not None and row.starts <= ahead) or (row.due_on is not None and row.due_on <= last):
                draft.coming.append(each)
        else:
            draft.needs.append(each)
        if each.topic in draft.topics and (not is_coming or _is_before_the_next(draft, row.starts, row.due_on)):
            draft.is_pressing = True
    draft.needs.sort(key=lambda each: (each.row.due_on or date.max, each.row.since or draft.at, each.row.id))


def _is_before_the_next(draft: Draft, starts: datetime | None, due_on: date | None) -> bool:
    """Whether the next digest would tell it too late."""
    after = draft.next_at
    if after is None:
        return True
    return starts <= after if starts is not None else due_on is not None and due_on <= draft.rhythm.day_of(after)


def _add_coming(reading: Reading, reader: _Reader, draft: Draft, horizon: datetime, ahead: datetime) -> None:
    """Meetings of boards that the reader follows, and workshops about what they follow, if anybody or any partner may
    come."""
    if draft.follows:
        _add_meetings(reading, reader, draft, horizon, ahead)
    _add_workshops(reading, reader, draft, horizon, ahead)
    draft.coming.sort(key=lambda each: _when(each, draft))


def _add_meetings(reading: Reading, reader: _Reader, draft: Draft, horizon: datetime, ahead: datetime) -> None:
    followed = {
        row.anchor.removeprefix("partnership:") for row in draft.follows if row.anchor.startswith("partnership:")
    }
    if not followed:
        return
    found = [each for each in [*draft.coming, *draft.needs] if isinstance(each, Found)]
    going = {each.row.lead_id for each in found if each.row.kind.startswith("meeting.")}
    is_partner = any(actor.is_partner for actor in reader.actors)
    for meeting in reading.meetings(horizon):
        if meeting.board_slug not in followed or meeting.id in going or meeting.starts_at > ahead:
            continue
        if not meeting.is_public and not is_partner:
            continue
        draft.coming.append(meeting)
        draft.named.setdefault("meeting", set()).add(meeting.id)
        if _is_before_the_next(draft, meeting.starts_at, None):
            draft.is_pressing = True


def _add_workshops(reading: Reading, reader: _Reader, draft: Draft, horizon: datetime, ahead: datetime) -> None:
    if reader.chosen.get(Topic.WORKSHOPS) == Frequency.NEVER or not draft.follows:
        return
    found = [each for each in [*draft.coming, *draft.needs] if isinstance(each, Found)]
    going = {each.row.lead_id for each in found if each.row.kind.startswith("workshop.")}
    is_partner = any(actor.is_partner for actor in reader.actors)
    for workshop in reading.coming(horizon).values():
        if workshop.id in going or workshop.starts_at > ahead:
            continue
        if workshop.visibility != "public" and not is_partner:
            continue
        if any(_is_about(workshop, row) for row in draft.follows):
            draft.coming.append(workshop)
            draft.named.setdefault("workshop", set()).add(workshop.id)
            if _is_before_the_next(draft, workshop.starts_at, None):
                draft.is_pressing = True


def _when(each: Found | workshops.Coming | MeetingAhead, draft: Draft) -> tuple[date, str]:
    if isinstance(each, Found):
        row = each.row
        return (row.due_on or (draft.rhythm.day_of(row.starts) if row.starts else date.max), row.title)
    return (draft.rhythm.day_of(each.starts_at), each.title)


def _is_about(workshop: workshops.Coming, row: Follow) -> bool:
    kind, _colon, value = row.anchor.partition(":")
    if (kind, value) not in workshop.terms:
        return False
    followed = understood(row.query)
    return followed is not None and not followed.words and all(term in workshop.terms for term in followed.terms)
