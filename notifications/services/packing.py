"""Writing the monthly packs of partnership boards.

On the first working morning of a month, whoever holds a seat on a board, its chair and its secretary among them, is
sent the month that ended, and so is who asked for it. A pack says what its reader may read when it is sent: it is
written anew then.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from collaboration.governance.queries.board_months import Month, boards_by_id
from groundwork.clock import now, today
from groundwork.directory.queries import days_kept
from groundwork.events.wake import wake
from notifications.kinds.registry import Class, Kind
from notifications.models import BoardPack, OutgoingMessage, Subscriber
from notifications.queries import packs
from notifications.queries.pack_readers import readers_among, wanted_on
from notifications.queries.packs import Pack
from notifications.rules import condition, of_many
from notifications.services.pack_words import Section, facts, month_words, path_of, sections
from notifications.services.queueing import LANGUAGE, Written, one_line, out_of_quiet_hours, root_of, write
from notifications.services.rewriting import rewrites
from notifications.services.stopping import link_for

log = structlog.get_logger(__name__)

LAST_DAY: Final = 10
"""Of a month, on which packs of the month before are still written: for who was away, and where nothing ran."""
USEFUL_FOR: Final = timedelta(days=14)
HOURS: Final = range(8, 17)
MOST: Final = 7
"""Things under one heading of a mail; the page has the others."""
KEPT_FOR: Final = timedelta(days=400)

PACK = Kind(
    name="board.pack",
    mail_class=Class.DIGEST,
    template="board_pack",
    reason=gettext_lazy("you hold a seat on this board, or asked for its monthly pack"),
)


def wake_maker() -> None:
    """Ask a worker to write what is due. Losing this costs ten minutes: the next look asks again."""
    wake("packs.make", queue="mail")


def make(at: datetime | None = None) -> int:
    """Write the packs of the month before that of ``at`` that nobody looked at yet. Returns how many messages.

    Nothing at a weekend, on a holiday, outside working hours and after the tenth. Each person's pack of a board is a
    transaction of its own, unique by its row: whoever calls this at the same time writes none of them twice.
    """
    at = at or now()
    month, written = Month.of(localdate(at)).before, 0
    for person, board in readers_among(_waiting(at)):
        try:
            written += _make_one(person, board, month, at)
        except SoftTimeLimitExceeded:
            raise
        except Exception:
            # One that cannot be written must not stop the others; it is tried again at the next look.
            log.exception("pack_not_written", person=person.pk, board=board.slug)
    return written


@dataclass(frozen=True, kw_only=True)
class Planned:
    """What would be sent to one reader. ``says`` is empty when there is nothing to say."""

    address: str
    board: str
    month: str
    says: str
    reason: str


def plan(at: datetime) -> Iterator[Planned]:
    """What :func:`make` would do at ``at``, to whom and why, as things are now. Changes nothing."""
    month = Month.of(localdate(at)).before
    for person, board in readers_among(_waiting(at)):
        actor = packs.reader_of(person, board)
        if actor is None or out_of_quiet_hours(person, at) >= at + USEFUL_FOR:
            continue
        pack = packs.read(actor, board, month, at)
        with translation.override(LANGUAGE):
            yield Planned(
                address=person.email,
                board=board.name,
                month=month_words(pack),
                says="" if pack.is_empty else ", ".join(facts(pack)),
                reason=str(PACK.reason),
            )


def are_due(at: datetime) -> bool:
    """Whether somebody's pack is still to be written at ``at``. Four queries at most, and none after the tenth."""
    return bool(_waiting(at))


def _waiting(at: datetime) -> set[tuple[int, int]]:
    """Person and board of each pack that is to be written now."""
    local = localtime(at)
    day = local.date()
    if day.day > LAST_DAY or day.weekday() > 4 or local.hour not in HOURS or day in days_kept(around=day)["holiday"]:
        return set()
    looked_at = BoardPack.objects.filter(month=str(Month.of(day).before))
    return wanted_on(day) - set(looked_at.values_list("person_id", "board_id"))


@transaction.atomic
def _make_one(person: Any, board: Any, month: Month, at: datetime) -> int:
    try:
        with transaction.atomic():
            row = BoardPack.objects.create(person=person, board=board, month=str(month), made_at=at)
    except IntegrityError:
        return 0
    actor = packs.reader_of(person, board)
    due_at = out_of_quiet_hours(person, at)
    if actor is None or due_at >= at + USEFUL_FOR:
        return 0
    pack = packs.read(actor, board, month, at)
    if pack.is_empty:
        return 0
    row.message = PACK.write_to(
        person.email,
        person=person,
        about=f"{board.pk}:{month}",
        context=context(pack),
        conditions={
            "useful_until": {"until": (at + USEFUL_FOR).isoformat()},
            "person_reads": {"person_id": person.pk, "email": person.email},
            "pack_wanted": {"person_id": person.pk, "board_id": board.pk, "month": str(month)},
        },
        headers=root_of("pack", board.slug),
        due_at=due_at,
        stop_link=link_for(person=person, board=board),
    )
    row.save(update_fields=["message"])
    return 1


def context(pack: Pack) -> dict[str, Any]:
    """What the pair of templates shows."""
    with translation.override(LANGUAGE):
        said, month = facts(pack), month_words(pack)
        return {
            "board": one_line(pack.of.board.name, 120),
            "month": month,
            "facts": ", ".join(said),
            "few_facts": ", ".join(said[:2]),
            "sections": [_in_mail(each, path_of(pack)) for each in sections(pack) if not each.is_empty],
            "page": f"{settings.BASE_URL}{path_of(pack)}",
            "settings": f"{settings.BASE_URL}/account/notifications/#packs",
        }


def _in_mail(section: Section, page: str) -> dict[str, Any]:
    parts = [
        {"title": part.title, "things": part.things[:MOST], "more": _more(len(part.things) - MOST)}
        for part in section.parts
        if part.things
    ]
    left = section.standing[MOST * 2 :]
    return {
        "title": section.title,
        "note": section.note,
        "standing": [(row.name or _("Nobody’s yet"), standing_words(row)) for row in section.standing[: MOST * 2]],
        "more_standing": _more(len(left)),
        "parts": parts,
        "page": f"{settings.BASE_URL}{page}#{section.key}",
    }


def standing_words(row: Any) -> str:
    """``5 open, 2 overdue, 1 blocked, 3 done``."""
    said = [_("%(n)d open") % {"n": row.open}]
    if row.late:
        said.append(_("%(n)d overdue") % {"n": row.late})
    if row.blocked:
        said.append(_("%(n)d blocked") % {"n": row.blocked})
    if row.done:
        said.append(_("%(n)d done") % {"n": row.done})
    return ", ".join(said)


def _more(number: int) -> str:
    return ngettext("+ %(count)d more", "+ %(count)d more", number) % {"count": number} if number > 0 else ""


@condition("pack_wanted")
def pack_is_wanted(*, person_id: int, board_id: int, month: str) -> str:
    """Its reader still wants it and may still see the board, and mail comes to them just now."""
    return packs_are_wanted([{"person_id": person_id, "board_id": board_id, "month": month}])[0]


@of_many("pack_wanted")
def packs_are_wanted(asked: Sequence[Mapping[str, Any]]) -> list[str]:
    """Five queries, and for each reader those that say whether they may see the board."""
    people = get_user_model().objects.filter(is_active=True).in_bulk({each["person_id"] for each in asked})
    boards = boards_by_id({each["board_id"] for each in asked})
    wanted = wanted_on(today())
    paused = set(
        Subscriber.objects.filter(person_id__in=people, paused_until__gt=today()).values_list("person_id", flat=True)
    )

    def reason(each: Mapping[str, Any]) -> str:
        person, board = people.get(each["person_id"]), boards.get(each["board_id"])
        if person is None or board is None:
            return "The reader or the board is not there any more."
        if (person.pk, board.pk) not in wanted:
            return "The reader does not want the pack of this board, or no longer sits on it."
        if person.pk in paused:
            return "The reader has paused their mail."
        return "" if packs.reader_of(person, board) is not None else "The reader may not see the board any more."

    return [reason(each) for each in asked]


@rewrites(PACK.name)
def as_it_stands_now(message: OutgoingMessage) -> Written | None:
    """The pack as its reader may read it at the moment at which it goes."""
    asked = message.conditions["pack_wanted"]
    board = boards_by_id([asked["board_id"]]).get(asked["board_id"])
    actor = packs.reader_of(message.person, board) if board is not None else None
    if board is None or actor is None:
        return None
    pack = packs.read(actor, board, Month.parse(asked["month"]), now())
    return write(
        PACK.template,
        {
            **context(pack),
            "reason": message.reason,
            "recipient": message.recipient,
            "reader": message.person,
            "stop_link": link_for(person=message.person, board=board),
        },
    )


def forget_old(at: datetime | None = None) -> int:
    """Which pack went a year ago needs no row. Returns how many went."""
    return BoardPack.objects.filter(made_at__lt=(at or now()) - KEPT_FOR).delete()[0]
