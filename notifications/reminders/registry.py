"""What a reminder is, and which there are.

A reminder finds what has waited for long, or is about to happen, and names the steps at which people are told: first
those who can answer, then whoever knows them or asked, then the partnership officers; and then it stops. A step is
taken once (:class:`notifications.models.Reminded`). Nobody is reminded of what was answered meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from notifications.rules import ANSWERING_ROLES


class To(StrEnum):
    """Whom a step of a reminder tells."""

    ANSWERS = "answers"
    """Those who can answer: who speaks for the organisations, or the people it names."""
    KNOWS = "knows"
    """Who keeps the relationship with the organisations, and who asked. Where there is none, those who can answer."""
    OFFICERS = "officers"
    """The partnership officers."""


@dataclass(frozen=True)
class Step:
    """``days`` after what the count began with, before it where negative."""

    days: int
    to: To = To.ANSWERS


def gently(first: int, second: int, third: int) -> tuple[Step, ...]:
    """Those who can answer, then who knows them, then the officers."""
    return Step(first), Step(second, To.KNOWS), Step(third, To.OFFICERS)


@dataclass(frozen=True, kw_only=True)
class Guest:
    """Somebody without an account, and their own way in."""

    email: str
    link: str


@dataclass(frozen=True, kw_only=True)
class Matter:
    """One thing to remind of, whoever is reminded.

    ``subject`` names it for good (``initiative:42``) and begins with the noun; ``began`` is the day, on the place's
    calendar, that the count begins with, and ``occasion`` what it began with: another one starts the steps anew.
    ``asks`` is the line that those read who can answer, ``tells`` the line for everybody else.
    """

    subject: str
    occasion: str
    began: date
    asks: str
    tells: str = ""
    facts: tuple[str, ...] = ()
    path: str
    label: str
    """Words of the link to ``path``, for those who can answer."""
    path_for_others: str = ""
    """Where everybody else reads about it, where it is not ``path``."""
    organisations: tuple[int, ...] = ()
    """Whose leads, approvers and officers can answer, and whose relationship owner knows them."""
    roles: tuple[str, ...] = ANSWERING_ROLES
    """Which of them can."""
    officers_answer: bool = False
    """What came with the place and belongs to nobody: the partnership officers answer."""
    people: tuple[int, ...] = ()
    """Who else can answer."""
    because: str = ""
    """Why they are told: completes "To you, because …"."""
    guests: tuple[Guest, ...] = ()
    asked_by: tuple[int, ...] = ()
    """Organisations that asked and wait for the answer."""
    asked_by_people: tuple[int, ...] = ()
    steps: tuple[Step, ...] | None = None
    """Where they are not those of the reminder: as the organisation's care says."""
    acts: tuple[tuple[str, str], ...] = ()
    """Acts from the mail for those who can answer: name and subject (:mod:`notifications.mail_acts`)."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Of the conversation that mail about the thing is in, for a mail about this alone."""
    seen_by: tuple[str, Any] | None = None
    """The rule and the thing: who may not see it is not told. None where everybody named takes part in it."""

    @property
    def pk(self) -> str:
        return self.subject.partition(":")[2]


Find = Callable[[datetime, Collection[int] | None], Iterable[Matter]]

_reminders: dict[str, Reminder] = {}


@dataclass(frozen=True, kw_only=True)
class Reminder:
    """One kind of reminder.

    ``title`` heads a list of such matters; ``when`` says in a sentence when it comes, for the page of the officers.
    ``find`` takes an instant, and numbers to look at alone or None, and gives the matters that stand then, in the
    order in which people should see them; some whose first step is still to come may be among them.
    ``towards``: the steps lead up to a day instead of counting from one. Of those that were missed only the last is
    taken, and none after that day.
    """

    name: str
    title: str | Promise
    when: str | Promise
    steps: tuple[Step, ...]
    find: Find
    towards: bool = False

    def __post_init__(self) -> None:
        if self.name in _reminders:
            raise LookupError(f"There are two reminders named {self.name}.")
        _reminders[self.name] = self

    def steps_of(self, matter: Matter) -> tuple[Step, ...]:
        return matter.steps or self.steps

    @property
    def rhythm(self) -> str:
        """Its days in words: ``after 7, 21 and 42 days``."""
        days = [abs(step.days) for step in self.steps]
        words = {"days": get_text_list([str(each) for each in days], _("and"))}
        if self.towards:
            return ngettext("%(days)s day before", "%(days)s days before", days[-1]) % words
        return ngettext("after %(days)s day", "after %(days)s days", days[-1]) % words


def reminders() -> tuple[Reminder, ...]:
    """Every reminder, in the order of registration: the most pressing first."""
    return tuple(_reminders.values())


def get(name: str) -> Reminder | None:
    """The reminder of a name that mail may still carry."""
    return _reminders.get(name)


def step_due(
    steps: tuple[Step, ...], began: date, taken: Mapping[int, date], today: date, *, until: date, towards: bool = False
) -> int | None:
    """The number (from 1) of the step to take today, or None.

    ``taken`` holds the day of each step that was taken. ``until`` is the day before reminders come again after today:
    steps towards a day that fall on a quiet day are taken before it. Steps that count from a day keep their distance,
    so that nobody is told three times in three days of what lay unseen for months.
    """
    last = max(taken, default=0)
    if towards:
        passed = [number for number, step in enumerate(steps, 1) if began + timedelta(days=step.days) <= until]
        return passed[-1] if passed and passed[-1] > last and today <= began else None
    if last >= len(steps):
        return None
    day = began + timedelta(days=steps[last].days)
    if last:
        day = max(day, taken[last] + timedelta(days=steps[last].days - steps[last - 1].days))
    return last + 1 if day <= today else None


def day_of(at: datetime) -> date:
    """The day of an instant on the place's own calendar."""
    return timezone.localdate(at)


def before(at: datetime, days: int) -> datetime:
    """The first instant, on the place's clock, of the day after the one that lies ``days`` before that of ``at``.

    What happened before it counts ``days`` days or more.
    """
    day = day_of(at) - timedelta(days=days - 1)
    return datetime(day.year, day.month, day.day, tzinfo=timezone.get_default_timezone())
