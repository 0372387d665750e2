"""What was written to somebody, for themselves: the number beside the bell, the last thirty messages, and one of them.

What was sent is theirs. What was not is shown only as far as they may see what it is about now: between the writing of
a mail and its sending rights end and records are withdrawn, and that it was held back is then all there is to say.
Links and codes to sign in are in none of this.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Case, Count, DateTimeField, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from collaboration.actions import queries as actions
from collaboration.governance.queries import decisions
from collaboration.initiatives import queries as initiatives
from collaboration.workshops import queries as workshops
from groundwork.access.actors import Actor
from groundwork.access.errors import NotFound
from groundwork.access.rules import require
from groundwork.clock import now
from groundwork.directory.queries import current_mandates
from notifications.models import OutgoingMessage, Seen
from notifications.rules import no_longer_wanted

Status = OutgoingMessage.Status

SHOWN: Final = 30
"""How many messages the page lists, and beyond how many unread ones are not counted."""
MESSAGES: Final = "messages"
"""The subject of :class:`Seen` for the page of messages."""

FRESH: Final = timedelta(minutes=5)
"""For how long what was just written is shown in the list as it was written."""

_LONG_AGO: Final = datetime(2000, 1, 1, tzinfo=UTC)
_SENT: Final = frozenset({Status.SENT, Status.UNCERTAIN})
_ROOT: Final = re.compile(r"<(initiative|workshop|action|decision)-([0-9a-f-]{1,36})@")


@dataclass(frozen=True, kw_only=True)
class About:
    """What a message is about, as far as its reader may see it."""

    title: str
    href: str


@dataclass(frozen=True, kw_only=True)
class Message:
    """One message as its reader sees it. ``subject`` is "" where they may not know (any more) what it says."""

    id: UUID
    subject: str
    topic: str
    reason: str
    status: str
    created_at: datetime
    due_at: datetime
    sent_at: datetime | None
    attempts: int
    why_not: str
    """Why it was not sent, as it was kept; never shown as it is."""
    is_unread: bool
    about: About | None
    text: str = ""
    """Of one that is read by itself; "" where it is no longer kept, or held a one-time link."""


def unread(person: Any) -> int:
    """How many messages to a person they have not read; more than :data:`SHOWN` are one more than that. One query."""
    seen = Seen.objects.filter(person=person, subject=MESSAGES).values("at")[:1]
    return _unread_after(seen).filter(person=person)[: SHOWN + 1].count()


def unread_by_person(person_ids: Collection[int]) -> dict[int, int]:
    """The same for many people, in one query."""
    seen = Seen.objects.filter(person=OuterRef("person"), subject=MESSAGES).values("at")[:1]
    rows = _unread_after(seen).filter(person__in=person_ids).values_list("person").annotate(Count("pk"))
    return dict.fromkeys(person_ids, 0) | {person_id: min(count, SHOWN + 1) for person_id, count in rows}


def unread_in_words(count: int, *, short: bool = False) -> str:
    """What stands beside the bell. ``short``: as far as it is seen, the beginning of what is read aloud."""
    if not count:
        return _("Messages")
    if short:
        return (_("Over %(number)d unread") if count > SHOWN else _("%(number)d unread")) % {
            "number": min(count, SHOWN)
        }
    if count > SHOWN:
        return _("Over %(number)d unread messages") % {"number": SHOWN}
    return ngettext("%(number)d unread message", "%(number)d unread messages", count) % {"number": count}


def last_messages(actor: Actor) -> list[Message]:
    """The last :data:`SHOWN` messages to the actor, newest first, in as many queries for thirty as for one."""
    require(actor, "messages.read")
    keeps_text = Case(When(text="", then=Value(False)), default=Value(True))
    rows = list(
        _listed()
        .filter(person=actor.person)
        .annotate(keeps_text=keeps_text)
        .defer("text", "html", "calendar")
        .order_by("-created_at", "-pk")[:SHOWN]
    )
    read_until = _read_until(actor)
    about = _about(actor, rows)
    mandates = _mandates(actor, rows)
    return [_message(row, about.get(row.pk), read_until, known=_may_know(row, about, mandates)) for row in rows]


def message_to(actor: Actor, message_id: UUID) -> Message:
    """One message to the actor, with its text. Raises :class:`NotFound` for one that is not theirs."""
    require(actor, "messages.read")
    row = _listed().filter(person=actor.person, pk=message_id).first()
    if row is None:
        raise NotFound(_("There is no such message."))
    about = _about(actor, [row]).get(row.pk)
    known = row.status in _SENT or _still_holds(row)
    text = row.text if known and not row.holds_secret else ""
    return _message(row, about, _read_until(actor), known=known, text=text)


def _listed() -> QuerySet[OutgoingMessage]:
    return OutgoingMessage.objects.exclude(kind__startswith="account.", holds_secret=True)


def _unread_after(seen: QuerySet[Seen, Any]) -> QuerySet[OutgoingMessage]:
    """Messages after each instant of ``seen``, or all; what was held back calls for nobody."""
    read_until = Coalesce(Subquery(seen), Value(_LONG_AGO), output_field=DateTimeField())
    return _listed().filter(created_at__gt=read_until).exclude(status=Status.SUPPRESSED).order_by()


def _read_until(actor: Actor) -> datetime:
    at = Seen.objects.filter(person=actor.person, subject=MESSAGES).values_list("at", flat=True).first()
    return at or _LONG_AGO


def _message(
    row: OutgoingMessage, about: About | None, read_until: datetime, *, known: bool, text: str = ""
) -> Message:
    return Message(
        id=row.pk,
        subject=row.subject if known else "",
        topic=row.topic,
        reason=row.reason,
        status=row.status,
        created_at=row.created_at,
        due_at=row.due_at,
        sent_at=row.sent_at,
        attempts=row.attempts,
        why_not=row.last_answer,
        is_unread=row.created_at > read_until and row.status != Status.SUPPRESSED,
        about=about,
        text=text,
    )


def _about(actor: Actor, rows: Iterable[OutgoingMessage]) -> dict[UUID, About]:
    """What each is about, by the conversation it stands in, where the actor may see that. Four queries at most."""
    wanted: dict[str, dict[UUID, str]] = {"initiative": {}, "workshop": {}, "action": {}, "decision": {}}
    for row in rows:
        root = _ROOT.match(_root_of(row))
        if root is not None:
            wanted[root[1]][row.pk] = root[2]
    found: dict[tuple[str, str], About] = {}
    if keys := _numbers(wanted["initiative"]):
        for each in initiatives.visible_to(actor).filter(number__in=keys):
            found["initiative", str(each.number)] = _link(f"{each.title} ({each.reference})", each)
    if keys := _numbers(wanted["action"]):
        for action in actions.visible_to(actor).filter(number__in=keys):
            found["action", str(action.number)] = _link(f"{action.what} ({action.reference})", action)
    if keys := _numbers(wanted["decision"]):
        for decision in decisions.visible_decisions(actor).filter(number__in=keys):
            found["decision", str(decision.number)] = _link(f"{decision.title} ({decision.reference})", decision)
    if ids := _uuids(wanted["workshop"]):
        for workshop in workshops.visible_to(actor).filter(uuid__in=ids):
            found["workshop", str(workshop.uuid)] = _link(workshop.title, workshop)
    return {pk: found[kind, key] for kind, those in wanted.items() for pk, key in those.items() if (kind, key) in found}


def _root_of(row: OutgoingMessage) -> str:
    return str(row.headers.get("References", ""))


def _link(title: str, record: Any) -> About:
    return About(title=title, href=record.get_absolute_url())


def _numbers(keys: dict[UUID, str]) -> set[int]:
    return {int(key) for key in keys.values() if key.isdigit() and len(key) <= 9}


def _uuids(keys: dict[UUID, str]) -> set[UUID]:
    found = set()
    for key in keys.values():
        try:
            found.add(UUID(key))
        except ValueError:
            continue
    return found


def _mandates(actor: Actor, rows: Sequence[OutgoingMessage]) -> set[int]:
    """The actor's mandates in force, where a message that was not sent depends on one."""
    if not any("person_acts" in row.conditions for row in rows if row.status not in _SENT):
        return set()
    assert actor.person is not None  # noqa: S101 - the rule asks for one
    return set(current_mandates(actor.person).values_list("pk", flat=True))


def _may_know(row: OutgoingMessage, about: dict[UUID, About], mandates: set[int]) -> bool:
    """Whether its reader may be told the subject. Of what was not sent: only if they may see what it is about."""
    if row.status in _SENT or row.mail_class == OutgoingMessage.Class.SERVICE:
        return True
    mandate = row.conditions.get("person_acts", {}).get("mandate_id")
    if mandate is not None and mandate not in mandates:
        return False
    if _ROOT.match(_root_of(row)):
        return row.pk in about
    # What it is about is not looked up here; whatever must hold held when it was written.
    return row.status in (Status.DUE, Status.SENDING) and now() - row.created_at < FRESH


def _still_holds(row: OutgoingMessage) -> bool:
    try:
        return not no_longer_wanted(row.conditions)
    except LookupError:
        # Written by a version that knew a condition which this one does not.
        return False
