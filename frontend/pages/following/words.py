"""What somebody's choices mean, in sentences: which mail comes when, and when it rests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from notifications.rhythm import AT_ONCE, DAILY, IN_DIGESTS, MONTHLY, WEEKLY, Rhythm, next_at

WEEKDAYS = (
    gettext_lazy("Monday"),
    gettext_lazy("Tuesday"),
    gettext_lazy("Wednesday"),
    gettext_lazy("Thursday"),
    gettext_lazy("Friday"),
    gettext_lazy("Saturday"),
    gettext_lazy("Sunday"),
)
TOPICS = {
    "asked": gettext_lazy("what your organisation is asked"),
    "actions": gettext_lazy("your actions"),
    "workshops": gettext_lazy("your workshops"),
    "reminders": gettext_lazy("reminders"),
}
"""Topics as they stand within a sentence."""


def hour_words(hour: int) -> str:
    """An hour as people say it: 8am, midday, 6pm, midnight."""
    if hour in (0, 12):
        return _("midnight") if hour == 0 else _("midday")
    return _("%(hour)dam") % {"hour": hour} if hour < 12 else _("%(hour)dpm") % {"hour": hour - 12}


def day_words(day: date) -> str:
    return date_format(day, "l j F Y")


def sentences(
    rhythm: Rhythm, follows: Iterable[Any], topics: Mapping[str, str], at: datetime, *, packs: Sequence[str] = ()
) -> list[str]:
    """What will happen, from what was chosen: at once, in the digest, what rests when, and when the next comes.

    ``follows`` have a ``title`` and a ``frequency``. ``packs``: the names of boards whose monthly pack comes.
    """
    follows = [each for each in follows if each.frequency != "never"]
    told: list[str] = []
    if rhythm.paused_until is not None and rhythm.paused_until > rhythm.day_of(at):
        told.append(
            _("Everything rests until %(day)s. Only messages about the safety of your account still come.")
            % {"day": day_words(rhythm.paused_until)}
        )
    at_once = [str(TOPICS[topic]) for topic in TOPICS if topics.get(topic) == AT_ONCE]
    at_once += [each.title for each in follows if each.frequency == AT_ONCE]
    if at_once:
        told.append(_("You get an email at once about %(things)s.") % {"things": _listed(at_once)})
    for frequency in (DAILY, WEEKLY, MONTHLY):
        things = [str(TOPICS[topic]) for topic in TOPICS if topics.get(topic) == frequency]
        things += [each.title for each in follows if each.frequency == frequency]
        if things:
            told.append(_SENTENCES[frequency](rhythm) % {"things": _listed(things)})
    if packs:
        told.append(
            _("You get the pack of the month before at the beginning of each month, from %(boards)s.")
            % {"boards": _listed(list(packs))}
        )
    never = [str(TOPICS[topic]) for topic in TOPICS if topics.get(topic) == "never"]
    if never:
        told.append(
            _("You get no email about %(things)s. You find it under “Your work” when you sign in.")
            % {"things": _listed(never)}
        )
    wanted = {each.frequency for each in follows} | set(topics.values())
    if not packs and not wanted & {AT_ONCE, *IN_DIGESTS}:
        return [*told, _("You get no email but messages about the safety of your account.")] if topics else told
    told.append(_quiet(rhythm))
    following = next_at(rhythm, wanted, at)
    if following is not None:
        told.append(
            _("Next: %(day)s at %(hour)s. When there is nothing to tell, nothing comes.")
            % {
                "day": day_words(rhythm.day_of(following)),
                "hour": hour_words(following.astimezone(rhythm.zone).hour),
            }
        )
    return told


def _daily(rhythm: Rhythm) -> str:
    hour = hour_words(rhythm.digest_hour)
    if rhythm.quiet_weekends:
        return _("You get one email each working day at %(hour)s about %%(things)s.") % {"hour": hour}
    return _("You get one email each day at %(hour)s about %%(things)s.") % {"hour": hour}


def _weekly(rhythm: Rhythm) -> str:
    return _("You get one email each %(weekday)s at %(hour)s about %%(things)s.") % {
        "weekday": WEEKDAYS[rhythm.weekday],
        "hour": hour_words(rhythm.digest_hour),
    }


def _monthly(rhythm: Rhythm) -> str:
    return _("You get one email on the first of each month at %(hour)s about %%(things)s.") % {
        "hour": hour_words(rhythm.digest_hour)
    }


_SENTENCES = {DAILY: _daily, WEEKLY: _weekly, MONTHLY: _monthly}


def _quiet(rhythm: Rhythm) -> str:
    when = []
    if rhythm.quiet_from != rhythm.quiet_until:
        when.append(
            _("between %(start)s and %(end)s")
            % {"start": hour_words(rhythm.quiet_from), "end": hour_words(rhythm.quiet_until)}
        )
    if rhythm.quiet_weekends:
        when.append(_("at weekends"))
    if rhythm.quiet_holidays:
        when.append(_("on bank holidays"))
    if not when:
        return _("Email may come at any hour of any day.")
    return _("Nothing comes %(when)s: it waits until that is over.") % {"when": _listed(when, last=_("or"))}


def _listed(things: list[str], *, last: str = "", most: int = 4) -> str:
    """Several things in one sentence; of many the first and how many more."""
    if len(things) > most:
        more = len(things) - most + 1
        shown = things[: most - 1]
        return ", ".join(shown) + " " + ngettext("and %(more)d more", "and %(more)d more", more) % {"more": more}
    if len(things) == 1:
        return things[0]
    return _("%(several)s %(and)s %(last)s") % {
        "several": ", ".join(things[:-1]),
        "and": last or _("and"),
        "last": things[-1],
    }
