"""One thing of a digest in words: what waits for its reader, and what is coming."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime

from collaboration.governance.queries.waiting import MeetingAhead
from collaboration.workshops.queries import Coming
from groundwork.waiting import Waiting
from notifications.queries.drafting import Draft
from notifications.queries.needs import Found
from notifications.services.mail_acts import links
from notifications.services.queueing import LANGUAGE
from notifications.services.queueing import in_mail as _


@dataclass(kw_only=True)
class Item:
    """One thing, as the templates of items take it."""

    title: str
    url: str
    reference: str = ""
    lead: str = ""
    parts: Sequence[tuple[str, str]] = ()
    small: str = ""
    acts: Sequence[Any] = ()


def waiting(draft: Draft, need: Found) -> Item:
    """Something that waits for the reader, with what they can do about it straight from the mail."""
    row = need.row
    of_record = f"{settings.BASE_URL}/initiatives/{row.reference}/"
    offered: tuple[tuple[str, object], ...] = ()
    if row.kind == "partner.asked":
        item = Item(
            title=row.title,
            url=f"{of_record}partners/{row.id}/answer/",
            reference=row.reference,
            lead=_("Is %(organisation)s a partner in this?") % {"organisation": row.who},
        )
        offered = (("partner.confirm", row.id), ("partner.decline", row.id))
    elif row.kind == "join.asked":
        lead = _("%(organisation)s asks to join:") % {"organisation": row.who}
        item = Item(title=row.title, url=f"{of_record}join/{row.id}/", reference=row.reference, lead=lead)
    elif row.kind == "challenge.raised":
        lead = _("Scrutiny waits for an answer:")
        item = Item(title=row.title, url=f"{of_record}challenge/{row.id}/", reference=row.reference, lead=lead)
    elif row.kind == "initiative.review_asked":
        lead = _("Waits for you to publish it:")
        item = Item(title=row.title, url=f"{of_record}edit/check/", reference=row.reference, lead=lead)
    elif row.kind == "join_request.made":
        slug = getattr(getattr(need.mandate, "organisation", None), "slug", "")
        item = Item(
            title=row.title,
            url=f"{settings.BASE_URL}/organisations/{slug}/people/",
            lead=_("Asks to act for %(organisation)s:") % {"organisation": row.who},
        )
    elif row.kind.startswith("action."):
        item = Item(title=row.title, url=f"{settings.BASE_URL}/actions/{row.reference}/", reference=row.reference)
        if row.kind == "action.asked":
            item.lead = _("Will you take this on?")
            item.small = _("To be done by %(day)s") % {"day": spoken_day(row.due_on)} if row.due_on else ""
            offered = (("action.accept", row.reference), ("action.not_me", row.reference))
        else:
            day = draft.rhythm.day_of(draft.at)
            item.lead = _("Due today:") if row.due_on == day else _("Overdue:")
            item.small = _("It was to be done by %(day)s") % {"day": spoken_day(row.due_on)} if row.due_on else ""
            due_on = row.due_on.isoformat() if row.due_on else ""
            offered = (("action.done", row.reference), ("action.seven_more", f"{row.reference}/{due_on}"))
    elif row.kind in _OF_BOARDS:
        item = _of_board(row)
    else:
        item = Item(
            title=row.title or _("a workshop of %(host)s") % {"host": row.who},
            url=f"{settings.BASE_URL}/workshops/{row.reference}/",
            lead=_("You are invited and have not answered:"),
            small=spoken_moment(row.starts) if row.starts else "",
        )
    if row.since is not None and not item.small:
        item.small = _("Waiting since %(day)s") % {"day": spoken_day(row.since)}
    if offered and draft.subscriber.person is not None:
        item.acts = links(draft.subscriber.person, need.mandate, *offered)
    return item


_OF_BOARDS = frozenset(
    {
        "decision.voice_asked",
        "meeting.invited",
        "minutes.to_comment",
        "paper.asked",
        "recommendation.overdue",
        "seat.vacant",
    }
)


def _of_board(row: Waiting) -> Item:
    """What partnership boards wait for."""
    day = spoken_day(row.due_on) if row.due_on else ""
    if row.kind == "decision.voice_asked":
        return Item(
            title=row.title,
            url=f"{settings.BASE_URL}/decisions/{row.reference}/",
            reference=row.reference,
            lead=_("Waits for the voice of %(organisation)s:") % {"organisation": row.who},
            small=_("If you have an interest in it, declare that first."),
        )
    if row.kind == "recommendation.overdue":
        return Item(
            title=row.title,
            url=f"{settings.BASE_URL}/recommendations/{row.who}/{row.reference}/",
            reference=row.reference,
            lead=_("A recommendation that you answer for:"),
            small=_("It was to be done by %(day)s") % {"day": day} if day else _("Nobody has taken it on yet"),
        )
    if row.kind == "seat.vacant":
        return Item(
            title=row.title,
            url=f"{settings.BASE_URL}/partnerships/{row.reference}/seats/{row.id}/fill/",
            lead=_("The seat of %(organisation)s is vacant:") % {"organisation": row.who},
        )
    meeting = f"{settings.BASE_URL}/meetings/{UUID(row.reference)}/"
    if row.kind == "minutes.to_comment":
        return Item(
            title=row.title or row.who,
            url=f"{meeting}minutes/",
            lead=_("Minutes to comment on:"),
            small=_("%(board)s, until %(day)s") % {"board": row.who, "day": day},
        )
    if row.kind == "paper.asked":
        return Item(
            title=row.title,
            url=meeting,
            lead=_("A paper you were asked for:"),
            small=_("%(board)s, due on %(day)s") % {"board": row.who, "day": day},
        )
    return Item(
        title=row.title or row.who,
        url=meeting,
        lead=_("You are invited and have not answered:"),
        small=f"{spoken_moment(row.starts)}, {row.who}" if row.starts else row.who,
    )


def coming(draft: Draft, each: Found | Coming | MeetingAhead) -> Item:
    """Something the reader goes to, or may come to."""
    if isinstance(each, MeetingAhead):
        return Item(
            title=each.title or each.board,
            url=f"{settings.BASE_URL}{each.path}",
            small=f"{spoken_moment(each.starts_at)}, {each.board}",
        )
    if isinstance(each, Coming):
        title = _("A workshop of %(host)s") % {"host": each.host} if each.sensitive else each.title
        return Item(
            title=title,
            url=f"{settings.BASE_URL}/workshops/{each.code}/",
            small=f"{spoken_moment(each.starts_at)}, {each.host}",
        )
    row = each.row
    if row.kind == "action.due":
        day = spoken_day(row.due_on) if row.due_on else ""
        return Item(
            title=row.title,
            url=f"{settings.BASE_URL}/actions/{row.reference}/",
            reference=row.reference,
            small=_("Yours, due on %(day)s") % {"day": day},
        )
    when = spoken_moment(row.starts) if row.starts else ""
    if row.kind == "meeting.coming":
        url = f"{settings.BASE_URL}/meetings/{UUID(row.reference)}/"
        return Item(title=row.title or row.who, url=url, small=f"{when}, {row.who}")
    return Item(
        title=row.title or _("A workshop of %(host)s") % {"host": row.who},
        url=f"{settings.BASE_URL}/workshops/{row.reference}/",
        small=f"{when}, {row.who}",
    )


def spoken_day(at: datetime | date) -> str:
    """``Tuesday 24 November``, on the place's clock."""
    return _spoken(localtime(at).date() if isinstance(at, datetime) else at)


@lru_cache(maxsize=1_000)
def _spoken(day: date) -> str:
    with translation.override(LANGUAGE):
        return date_format(day, "l j F")


def spoken_moment(at: datetime) -> str:
    """``Tuesday 24 November at 9:30am``, as GOV.UK writes times."""

    local = localtime(at)
    hour = f"{local.hour % 12 or 12}{f':{local.minute:02d}' if local.minute else ''}{'am' if local.hour < 12 else 'pm'}"
    return _("%(day)s at %(time)s") % {"day": spoken_day(local.date()), "time": hour}
