"""Papers for a meeting: asked for, written here as Markdown or linked to, handed in by a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from collaboration.governance.events.meetings import PaperAsked, PaperSubmitted
from collaboration.governance.models import AgendaItem, Meeting, Paper
from collaboration.governance.services.clicks import made_just_now
from collaboration.governance.services.meeting_records import Status, locked, must_be, same_version
from collaboration.governance.services.planning import web_address
from collaboration.initiatives.services import cleaning
from groundwork.access.actors import Actor
from groundwork.access.errors import Conflict, NotFound
from groundwork.access.rules import can, require
from groundwork.accounts.models import Person
from groundwork.audit.services import differences, keep
from groundwork.clock import now
from groundwork.directory.models import Organisation
from groundwork.events.services import record

MOST_PAPERS: Final = 100
FIELDS: Final = frozenset({"title", "body", "link", "item", "exempt", "exempt_reason", "author_organisation"})
_OPEN: Final = (Status.PLANNED, Status.CALLED, Status.RUNNING)


@transaction.atomic
def ask(
    *,
    actor: Actor,
    meeting: Meeting,
    title: str,
    of: Person,
    at: datetime | None = None,
    **fields: Any,
) -> Paper:
    """Ask somebody with an account for a paper. They are told by mail, and reminded before it is due.

    Raises :class:`Invalid` by field, :class:`Conflict` once the meeting is over.
    """
    at = at or now()
    row = locked(meeting, actor=actor, verb="meeting.edit")
    problems = cleaning.Problems()
    if not isinstance(of, Person) or not of.is_active:
        problems.add("asked_of", _("Choose who is asked for it."))
    new = _cleaned({"title": title, **fields}, problems, meeting=row, runs=True)
    problems.raise_if_any()
    known = row.papers.filter(title=new["title"], asked_of=of).first()
    if known is not None:
        return known
    paper = _put(row, {**new, "asked_of": of}, actor=actor, at=at)
    record(PaperAsked(meeting_id=row.pk, paper_id=paper.pk, person_id=of.pk), actor=actor)
    return paper


@transaction.atomic
def add(*, actor: Actor, meeting: Meeting, title: str, at: datetime | None = None, **fields: Any) -> Paper:
    """Add a paper that is there already: its text, or the address where it lies. Raises :class:`Invalid` by field.

    The same from the same person within ten seconds is a double click and gives the same paper.
    """
    at = at or now()
    row = locked(meeting, actor=actor, verb="meeting.edit")
    problems = cleaning.Problems()
    new = _cleaned({"title": title, "body": "", "link": "", **fields}, problems, meeting=row, runs=True)
    _says_something(new, None, problems)
    problems.raise_if_any()
    known = made_just_now(row.papers.filter(**new), actor=actor, act="paper.add", at=at)
    if known is not None:
        return known
    paper = _put(row, {**new, "submitted_at": at, "submitted_by": actor.person}, actor=actor, at=at)
    record(PaperSubmitted(meeting_id=row.pk, paper_id=paper.pk, late=paper.is_late), actor=actor)
    return paper


@transaction.atomic
def submit(*, actor: Actor, paper: Paper, version: int | None, at: datetime | None = None, **fields: Any) -> Paper:
    """Hand in a paper that was asked for, or change one that is in. The first time counts for whether it is late.

    Where a paper stands on the agenda and whether it is exempt, those decide who run the meeting; who was asked may
    make it exempt, but not open what is. Raises :class:`Conflict` when ``version`` is not the present one.
    """
    at = at or now()
    row = _locked(paper, actor)
    runs = _runs(actor, row.meeting)
    problems = cleaning.Problems()
    new = _cleaned(fields, problems, meeting=row.meeting, runs=runs)
    if not runs:
        new.pop("item", None)
        new.pop("author_organisation", None)
        if row.exempt and not new.get("exempt", True):
            problems.add("exempt", _("Only those who run the meeting can open an exempt paper to the public."))
    _says_something(new, row, problems)
    problems.raise_if_any()
    must_be(row.meeting, *_OPEN)
    same_version(row, version, actor=actor)
    first = row.submitted_at is None
    different = sorted(name for name, value in new.items() if getattr(row, name) != value)
    if not different and not first:
        return row
    before = _readable(row, different)
    for name in different:
        setattr(row, name, new[name])
    if first:
        row.submitted_at, row.submitted_by = at, actor.person
    row.version += 1
    row.save()
    changes = differences(before, _readable(row, different))
    keep(actor=actor, action="paper.submit" if first else "paper.edit", obj=row, changes=changes, at=at)
    if first:
        record(PaperSubmitted(meeting_id=row.meeting_id, paper_id=row.pk, late=row.is_late), actor=actor)
    return row


@transaction.atomic
def remove(*, actor: Actor, paper: Paper, at: datetime | None = None) -> None:
    """Take a paper, or the asking for one, away again."""
    row = _locked(paper, actor)
    require(actor, "meeting.edit", row.meeting)
    must_be(row.meeting, Status.PLANNED, Status.CALLED)
    keep(actor=actor, action="paper.remove", obj=row, changes={"title": [row.title, None]}, at=at or now())
    row.delete()


def _runs(actor: Actor, meeting: Meeting) -> bool:
    return bool(can(actor, "meeting.edit", meeting))


def _locked(paper: Paper, actor: Actor) -> Paper:
    """The paper with its meeting, both locked, the meeting first."""
    meeting = Meeting.objects.select_for_update(of=("self",)).select_related("board").get(pk=paper.meeting_id)
    row = Paper.objects.select_for_update(of=("self",)).select_related("item").filter(pk=paper.pk).first()
    if row is None:
        raise NotFound(_("There is no such paper."))
    row.meeting = meeting
    if row.item is not None:
        row.item.meeting = meeting
    require(actor, "paper.submit", row)
    return row


def _put(meeting: Meeting, new: dict[str, Any], *, actor: Actor, at: datetime) -> Paper:
    must_be(meeting, *_OPEN)
    number = meeting.papers.count()
    if number >= MOST_PAPERS:
        raise Conflict(_("A meeting has at most %(most)s papers.") % {"most": MOST_PAPERS})
    paper = Paper.objects.create(meeting=meeting, order=number + 1, **new)
    paper.meeting = meeting
    keep(actor=actor, action="paper.add", obj=paper, changes={"title": [None, paper.title]}, at=at)
    return paper


def _cleaned(fields: Mapping[str, Any], problems: cleaning.Problems, *, meeting: Meeting, runs: bool) -> dict[str, Any]:
    if unknown := fields.keys() - FIELDS:
        raise TypeError(f"A paper has no {sorted(unknown)[0]}.")
    texts = {
        "title": (_("The title"), 200, False, True),
        "body": (_("The text"), 100_000, True, False),
        "exempt_reason": (_("The reason"), 300, False, False),
    }
    new: dict[str, Any] = {}
    for name, value in fields.items():
        if name in texts:
            label, longest, lines, required = texts[name]
            new[name] = cleaning.text(
                value, field=name, label=label, longest=longest, problems=problems, lines=lines, required=required
            )
        elif name == "link":
            label = _("The address of the paper")
            new[name] = web_address(value, field=name, label=label, problems=problems)
        elif name == "exempt":
            new[name] = value is True
        elif name == "item":
            if value is not None and (not isinstance(value, AgendaItem) or value.meeting_id != meeting.pk):
                problems.add(name, _("Choose an item of this agenda."))
            new[name] = value
        else:
            if value is not None and not isinstance(value, Organisation):
                problems.add(name, _("Choose an organisation from those offered."))
            new[name] = value
    if new.get("exempt") and not new.get("exempt_reason") and "exempt_reason" not in problems.errors:
        problems.add("exempt_reason", _("Say why the public does not see this paper. They are shown the reason."))
    return new


def _says_something(new: Mapping[str, Any], row: Paper | None, problems: cleaning.Problems) -> None:
    body = new.get("body", row.body if row else "")
    link = new.get("link", row.link if row else "")
    if not body and not link and not problems.errors.keys() & {"body", "link"}:
        problems.add("body", _("Write the paper here, or give the address where it lies."))


def _readable(row: Paper, names: list[str]) -> dict[str, Any]:
    """What the audit log keeps: of a long text, only how long it was."""
    shown: dict[str, Any] = {}
    for name in names:
        value = getattr(row, name)
        if name == "body":
            value = _("%(count)s characters") % {"count": len(value)}
        elif value is not None and not isinstance(value, str | bool):
            value = str(value)
        shown[name] = value
    return shown
