"""Reminding: once each working morning, what is due to each person, in one mail.

The steps are claimed (:class:`notifications.models.Reminded`) in the transaction that writes the mail, and a second
mail of one morning to one person has the key of the first: two beats at once do it once. What was answered before the
mail goes is left out of it; a mail in which nothing is left is not sent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import groupby
from typing import Any, Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import translation

from groundwork.clock import now
from groundwork.directory.queries import days_kept
from notifications import reminders as _registered  # noqa: F401 - importing registers them
from notifications.kinds.registry import Reader
from notifications.kinds.reminders import BY_LINK, MORNING
from notifications.models import OutgoingMessage, Reminded
from notifications.reminders import registry
from notifications.reminders.readers import Readers, Told
from notifications.reminders.registry import Matter, Reminder, To, day_of, step_due
from notifications.rules import condition
from notifications.services.mail_acts import ActLink, links
from notifications.services.queueing import LANGUAGE, Written, root_of, write
from notifications.services.rewriting import rewrites
from notifications.services.stopping import link_for

IN_A_GROUP: Final = 7
IN_A_MAIL: Final = 20
"""So many are written out, the others counted: a mail stays far below 90 KB."""
KEPT_FOR: Final = timedelta(days=800)
"""What nobody answered for more than two years is reminded of again."""


@dataclass(frozen=True, kw_only=True)
class Due:
    """One step of one reminder about one matter, and whom it tells."""

    reminder: Reminder
    matter: Matter
    number: int

    @property
    def to(self) -> To:
        return self.reminder.steps_of(self.matter)[self.number - 1].to


@dataclass(frozen=True, kw_only=True)
class Item:
    """One matter as one reader is told of it."""

    reminder: Reminder
    matter: Matter
    to: To
    told: Told

    @property
    def line(self) -> str:
        return self.matter.asks if self.told.answers or not self.matter.tells else self.matter.tells

    @property
    def url(self) -> str:
        if self.told.link:
            return self.told.link
        others = not self.told.answers and self.matter.path_for_others
        return f"{settings.BASE_URL}{others or self.matter.path}"

    @property
    def label(self) -> str:
        if self.told.answers or not self.matter.path_for_others:
            return self.matter.label
        return translation.gettext("Read more")

    @cached_property
    def acts(self) -> list[ActLink]:
        """What the reader can do straight from the mail: the same links in both its twins."""
        if not self.told.answers or self.told.person is None:
            return []
        return links(self.told.person, self.told.mandate, *self.matter.acts)

    @property
    def kept(self) -> dict[str, str]:
        """What the message keeps of it, so that it can be asked again when it is sent."""
        known = {"kind": self.reminder.name, "subject": self.matter.subject, "occasion": self.matter.occasion}
        return {**known, "to": self.to.value}


def remind(at: datetime | None = None) -> int:
    """Write the mail of the morning of ``at`` and claim its steps. Returns how many messages.

    Nothing at a weekend and on a holiday: what is due then comes on the next working day. A period before an election
    holds none of it, because it is work between partners.
    """
    at = at or now()
    today = day_of(at)
    holidays = days_kept(around=today)["holiday"]
    if _rests(today, holidays):
        return 0
    until = today
    while _rests(until + timedelta(days=1), holidays):
        until += timedelta(days=1)
    with translation.override(LANGUAGE):
        try:
            with transaction.atomic():
                due = list(_due(at, today, until))
                _claim(due, at)
                return _write(due, today)
        except IntegrityError:
            # Somebody took the same steps at the same instant, and writes the mail.
            return 0


def forget_reminded(at: datetime | None = None) -> int:
    """Steps that were taken long ago need no row. Returns how many went."""
    deleted, _by_model = Reminded.objects.filter(at__lt=(at or now()) - KEPT_FOR).delete()
    return deleted


def _rests(day: date, holidays: frozenset[date]) -> bool:
    return day.weekday() > 4 or day in holidays


def _due(at: datetime, today: date, until: date) -> Iterable[Due]:
    found = [(reminder, list(reminder.find(at, None))) for reminder in registry.reminders()]
    taken = _taken({matter.subject for _reminder, matters in found for matter in matters})
    for reminder, matters in found:
        for matter in matters:
            number = step_due(
                reminder.steps_of(matter),
                matter.began,
                taken.get((reminder.name, matter.subject, matter.occasion), {}),
                today,
                until=until,
                towards=reminder.towards,
            )
            if number is not None:
                yield Due(reminder=reminder, matter=matter, number=number)


def _taken(subjects: set[str]) -> dict[tuple[str, str, str], dict[int, date]]:
    taken: dict[tuple[str, str, str], dict[int, date]] = defaultdict(dict)
    ordered = sorted(subjects)
    for start in range(0, len(ordered), 5_000):
        rows = Reminded.objects.filter(subject__in=ordered[start : start + 5_000])
        for kind, subject, occasion, step, at in rows.values_list("kind", "subject", "occasion", "step", "at"):
            taken[kind, subject, occasion][step] = day_of(at)
    return taken


def _claim(due: Sequence[Due], at: datetime) -> None:
    """Steps that tell nobody are taken too: the next ones keep their days."""
    Reminded.objects.bulk_create(
        [
            Reminded(
                kind=each.reminder.name,
                subject=each.matter.subject,
                occasion=each.matter.occasion,
                step=each.number,
                at=at,
            )
            for each in due
        ],
        batch_size=1_000,
    )


def _write(due: Sequence[Due], today: date) -> int:
    readers = Readers(each.matter for each in due)
    letters: dict[tuple[object, ...], list[Item]] = defaultdict(list)
    for each in due:
        for told in readers.of(each.matter, each.to):
            # What goes to somebody without an account is deleted with the thing it is about: one mail for each.
            letter = told.key if told.person is not None else (*told.key, each.matter.subject)
            letters[letter].append(Item(reminder=each.reminder, matter=each.matter, to=each.to, told=told))
    for items in letters.values():
        told = items[0].told
        kept = [item.kept for item in items]
        if told.person is not None:
            MORNING.tell(
                Reader(person=told.person),
                about=today.isoformat(),
                context=_context(items),
                conditions={"reminders_hold": {"person_id": told.person.pk, "email": "", "items": kept}},
                headers=(len(items) == 1 and items[0].matter.headers) or root_of("reminders", told.person.pk),
            )
        else:
            BY_LINK.write_to(
                told.email,
                about=f"{today.isoformat()}:{items[0].matter.subject}",
                context=_context(items),
                conditions={"reminders_hold": {"person_id": None, "email": told.email, "items": kept}},
                headers=items[0].matter.headers,
            )
    return len(letters)


def _context(items: Sequence[Item]) -> dict[str, Any]:
    """What the pair of templates shows: groups in the order of the reminders, the first ones written out."""
    groups, left = [], IN_A_MAIL
    for reminder, of_it in groupby(items, key=lambda item: item.reminder):
        all_of_it = list(of_it)
        shown = all_of_it[: min(IN_A_GROUP, left)]
        left -= len(shown)
        groups.append({"title": reminder.title, "items": shown, "more": len(all_of_it) - len(shown)})
    shown_acts = [act for group in groups for item in group["items"] for act in item.acts]
    return {
        "groups": groups,
        "number": len(items),
        "others": len(items) - 1,
        "only": items[0] if len(items) == 1 else None,
        "first": items[0],
        "days": min((act.days for act in shown_acts), default=0),
        "home": f"{settings.BASE_URL}/home/",
        "is_guest": items[0].told.person is None,
    }


def _that_hold(items: Sequence[dict[str, str]], key: tuple[str, int | str], at: datetime) -> list[Item]:
    """Of what a message names, what still stands and still is its reader's."""
    asked: dict[str, dict[str, dict[str, str]]] = defaultdict(dict)
    for item in items:
        asked[item["kind"]][item["subject"]] = item
    standing: list[tuple[Reminder, Matter, To]] = []
    for name, by_subject in asked.items():
        reminder = registry.get(name)
        if reminder is None:
            continue
        numbers = [int(subject.partition(":")[2]) for subject in by_subject]
        for matter in reminder.find(at, numbers):
            kept = by_subject.get(matter.subject)
            if kept is not None and kept["occasion"] == matter.occasion:
                standing.append((reminder, matter, To(kept["to"])))
    readers = Readers(matter for _reminder, matter, _to in standing)
    return [
        Item(reminder=reminder, matter=matter, to=to, told=told)
        for reminder, matter, to in standing
        for told in readers.of(matter, to)
        if told.key == key
    ]


def _key(person_id: int | None, email: str) -> tuple[str, int | str]:
    return ("person", person_id) if person_id is not None else ("guest", email.lower())


@condition("reminders_hold")
def some_still_hold(*, person_id: int | None, email: str, items: list[dict[str, str]]) -> str:
    """Something of what the message reminds of still waits for its reader."""
    with translation.override(LANGUAGE):
        return "" if _that_hold(items, _key(person_id, email), now()) else "What it reminds of has been settled."


@rewrites(MORNING.name, BY_LINK.name)
def without_what_is_settled(message: OutgoingMessage) -> Written | None:
    """The message without what was settled since it was written; None where all of it still waits."""
    asked = message.conditions["reminders_hold"]
    with translation.override(LANGUAGE):
        items = _that_hold(asked["items"], _key(asked["person_id"], asked["email"]), now())
        if not items or len(items) == len(asked["items"]):
            return None
        person = message.person
        return write(
            MORNING.template,
            {
                **_context(items),
                "reason": message.reason,
                "recipient": message.recipient,
                "reader": person,
                "stop_link": link_for(person=person, topic=message.topic, message_id=message.pk),
            },
        )
