"""Where something came from, said in a sentence, to those who may read it there.

The sentence quotes what was said in a room, so it follows the report: who may not read that is told nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from collaboration.boards.afterwards.rules import readable_by
from collaboration.boards.models import Outcome
from collaboration.initiatives.models import Initiative
from collaboration.workshops.models import Workshop
from groundwork.access.actors import Actor

KIND: Final = "workshop"
"""Of an action's origin; its id is the workshop's uuid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CameFrom:
    """``sentence`` says from what; ``path`` leads to the report it stands in. ``kind`` is what was made."""

    kind: str
    sentence: str
    workshop: str
    path: str


def day_of(workshop: Workshop) -> date:
    """The day a workshop took place, as far as is known."""
    at = workshop.starts_at or workshop.opened_at or workshop.created_at
    return timezone.localtime(at).date()


def sentence(*, votes: int, title: str, day: date) -> str:
    """What something came from: ``from 14 votes on “Transport to clinics”, 12 March 2027 workshop``."""
    about = {"votes": votes, "title": title, "day": date_format(day, "j F Y")}
    if not title:
        return _("from the %(day)s workshop") % about
    if not votes:
        return _("from “%(title)s”, %(day)s workshop") % about
    return (
        ngettext(
            "from %(votes)s vote on “%(title)s”, %(day)s workshop",
            "from %(votes)s votes on “%(title)s”, %(day)s workshop",
            votes,
        )
        % about
    )


def sentence_of(outcome: Outcome, workshop: Workshop) -> str:
    return sentence(votes=outcome.votes, title=outcome.source_title, day=day_of(workshop))


def report_path(workshop: Workshop) -> str:
    """The address of the report, or "" where this installation has no such page."""
    try:
        return reverse("workshop-report", args=[workshop.code])
    except NoReverseMatch:
        return ""


def of_initiative(actor: Actor, initiative: Initiative) -> list[CameFrom]:
    """From what an initiative's draft was made, as far as the actor may read it (one query)."""
    rows = (
        Outcome.objects.filter(initiative=initiative, board__workshop__in=readable_by(actor).order_by().values("pk"))
        .select_related("board__workshop")
        .order_by("pk")
    )
    found: list[CameFrom] = []
    for row in rows:
        workshop = row.board.workshop
        said = sentence_of(row, workshop)
        found.append(CameFrom(kind=row.kind, sentence=said, workshop=workshop.title, path=report_path(workshop)))
    return found


def seen(actor: Actor, ids: Collection[str]) -> set[str]:
    """Of these workshops (uuids), those whose report the actor may read."""
    found = readable_by(actor).filter(uuid__in=_uuids(ids))
    return {str(uuid) for uuid in found.values_list("uuid", flat=True)}


def sensitive(ids: Collection[str]) -> set[str]:
    """Of these workshops (uuids), those which mail must not quote. One that is gone counts as such."""
    plain = Workshop.objects.filter(uuid__in=_uuids(ids), sensitive=False)
    return set(ids) - {str(uuid) for uuid in plain.values_list("uuid", flat=True)}


def _uuids(ids: Collection[str]) -> list[UUID]:
    """Those that are ids of workshops: what names none is shown to nobody, and mail does not quote it."""
    found = []
    for id in ids:
        with suppress(ValueError):
            found.append(UUID(id))
    return found
