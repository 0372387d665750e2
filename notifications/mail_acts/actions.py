"""Answering for an action, and saying how it went.

The subject is its reference, ``A-0042``. That of more time also names the day it was due, ``A-0042/2027-03-31``
(:func:`more_time_for`), so that one link pressed twice gives seven days and not fourteen.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from collaboration.actions import queries as actions
from collaboration.actions.services import asking, working
from groundwork.access.errors import NotFound
from groundwork.access.rules import can
from notifications.mail_acts.registry import Asked, Held, Offer, mail_act

DAYS = 30


@mail_act("action.accept", label=gettext_lazy("I take it on"), days=DAYS)
def accept(held: Held) -> Offer:
    action, shown = _action(held, "action.answer")
    if action.status == "accepted":
        shown["already"] = _("You have taken this on already.")
    return Offer(
        **shown,
        heading=_("Will you take this on?"),
        button=_("Yes, I take it on"),
        says=_("It is yours then, and whoever asked is told."),
        done=_("It is yours now. Whoever asked is told."),
        do=lambda _words: asking.accept(actor=held.actor, action=action),
    )


@mail_act("action.not_me", label=gettext_lazy("Not me"), days=DAYS)
def not_me(held: Held) -> Offer:
    action, shown = _action(held, "action.answer")
    if action.status == "declined":
        shown["already"] = _("You have said that this is not for you. Whoever asked has been told.")
    return Offer(
        **shown,
        heading=_("Is this not for you?"),
        button=_("No, this is not for me"),
        says=_("Nobody has this action then. Whoever asked is told, and can ask somebody else."),
        asks=Asked(label=_("Why? Do you know who could do it?")),
        done=_("Thank you. Whoever asked is told."),
        do=lambda words: asking.decline(actor=held.actor, action=action, reason=words),
    )


@mail_act("action.done", label=gettext_lazy("Done"), days=DAYS)
def done(held: Held) -> Offer:
    action, shown = _action(held, "action.finish")
    return Offer(
        **shown,
        heading=_("Is this done?"),
        button=_("Yes, it is done"),
        asks=Asked(label=_("What came of it?"), longest=working.LONGEST_UPDATE),
        says=_("Whoever asked is told."),
        done=_("Thank you. It is marked as done."),
        do=lambda words: working.finish(actor=held.actor, action=action, text=words),
    )


@mail_act("action.seven_more", label=gettext_lazy("Seven more days"), days=DAYS)
def seven_more(held: Held) -> Offer:
    reference, _slash, was_due = held.subject.partition("/")
    action, shown = _action(held, "action.postpone", reference)
    due_on = _day(was_due)
    if not shown["already"] and action.due_on != due_on:
        shown["already"] = (
            _("It is due on %(day)s by now.") % {"day": _spoken(action.due_on)}
            if action.due_on
            else _("It has no date any more.")
        )
    later = working.seven_days_later(due_on)
    shown["rows"] = [
        *(row for row in shown["rows"] if row[0] != _("Due")),
        (_("Due until now"), _spoken(due_on)),
        (_("Due then"), _spoken(later)),
    ]
    return Offer(
        **shown,
        heading=_("Seven more days?"),
        button=_("Yes, seven more days"),
        says=_("Those who keep the action see the new day."),
        done=_("It is due on %(day)s now.") % {"day": _spoken(later)},
        do=lambda _words: working.postpone(actor=held.actor, action=action, from_day=due_on),
    )


def more_time_for(reference: str, due_on: date) -> str:
    """The subject of a link that gives an action seven more days than ``due_on``."""
    return f"{reference}/{due_on.isoformat()}"


def _action(held: Held, verb: str, reference: str = "") -> tuple[Any, dict[str, Any]]:
    """The action, and what all pages show of it."""
    action = actions.get(held.actor, reference or held.subject)
    ended = {
        "done": _("It is marked as done. There is nothing left to do."),
        "dropped": _("It is no longer needed. There is nothing left to do."),
    }
    return action, {
        "rows": [
            (_("Action"), f"{action.what} ({action.reference})"),
            (_("Details"), action.details),
            (_("Due"), _spoken(action.due_on) if action.due_on else ""),
            (_("Asked by"), action.asked_by.display_name if action.asked_by else ""),
        ],
        "page": action.get_absolute_url(),
        "already": ended.get(action.status, ""),
        "refused": can(held.actor, verb, action).reason,
    }


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise NotFound(_("This link does not say which day it is about.")) from None


def _spoken(day: date) -> str:
    return date_format(day, "l j F Y")
