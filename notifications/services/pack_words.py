"""A board's month in words: the sections that its mail and its page show alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.conf import settings
from django.template.defaultfilters import capfirst
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from collaboration.actions.queries import OfOrganisation
from collaboration.governance.queries.board_months import ListState
from collaboration.thread.queries import Gap
from notifications.queries.packs import Pack
from notifications.queries.telling import Line

QUOTED = 200
"""Characters of a decision's text. Its page has the whole."""


@dataclass(frozen=True, kw_only=True)
class Thing:
    """One thing of a section, as the templates of digests take items too."""

    title: str
    path: str
    reference: str = ""
    lead: str = ""
    parts: Sequence[tuple[str, str]] = ()
    small: str = ""
    acts: Sequence[object] = ()

    @property
    def url(self) -> str:
        return f"{settings.BASE_URL}{self.path}"


@dataclass(frozen=True, kw_only=True)
class Part:
    """Things of one sort under a heading of their own, or under that of the section where ``title`` is empty."""

    title: str = ""
    things: Sequence[Thing] = ()


@dataclass(frozen=True, kw_only=True)
class Section:
    """``none`` is the sentence for a page on which nothing stands here; mail leaves such a section out."""

    key: str
    title: str
    none: str
    note: str = ""
    standing: Sequence[OfOrganisation] = ()
    parts: Sequence[Part] = field(default_factory=tuple)
    path: str = ""
    """Where the register of such things is."""

    @property
    def is_empty(self) -> bool:
        return not self.standing and not any(part.things for part in self.parts)


def month_words(pack: Pack) -> str:
    """``October 2026``."""
    return date_format(pack.of.month.first, "F Y")


def path_of(pack: Pack) -> str:
    """The page of this pack, without host."""
    return reverse("partnership-pack-month", args=[pack.of.board.slug, str(pack.of.month)])


def facts(pack: Pack) -> list[str]:
    """What is in it, counted, for a heading. What there is none of is left out."""
    of = pack.of
    late, blocked, done = (sum(getattr(row, name) for row in of.standing) for name in ("late", "blocked", "done"))
    overdue = sum(len(each.late) for each in of.recommendations)
    made, to_come, vacant, changed = (len(each) for each in (of.decided, of.meetings, of.vacant, pack.changed))
    counted = {
        ngettext("%(n)d decision", "%(n)d decisions", made): made,
        ngettext("%(n)d action overdue", "%(n)d actions overdue", late): late,
        ngettext("%(n)d action blocked", "%(n)d actions blocked", blocked): blocked,
        ngettext("%(n)d action done", "%(n)d actions done", done): done,
        ngettext("%(n)d meeting to come", "%(n)d meetings to come", to_come): to_come,
        ngettext("%(n)d recommendation overdue", "%(n)d recommendations overdue", overdue): overdue,
        ngettext("%(n)d vacant seat", "%(n)d vacant seats", vacant): vacant,
        ngettext("%(n)d initiative changed", "%(n)d initiatives changed", changed): changed,
    }
    return [words % {"n": number} for words, number in counted.items() if number]


def sections(pack: Pack) -> list[Section]:
    """Everything it tells, in the order in which it is read."""
    board, month = pack.of.board, month_words(pack)
    today = timezone.localdate(pack.of.at)
    late = [_late(each, today) for each in pack.of.late]
    blocked = [_blocked(each) for each in pack.of.blocked]
    done = [_done(each) for each in pack.of.done]
    return [
        Section(
            key="decided",
            title=_("Decided in %(month)s") % {"month": month},
            none=_("No decision was made."),
            parts=[Part(things=[_decision(each) for each in pack.of.decided])],
            path=f"{reverse('decisions')}?board={board.slug}",
        ),
        Section(
            key="actions",
            title=_("Actions"),
            none=_("No action is open, and none was done."),
            note=_("Done: in %(month)s. Everything else as it stands today.") % {"month": month},
            standing=pack.of.standing,
            parts=[
                Part(title=_("Overdue"), things=late),
                Part(title=_("Blocked"), things=blocked),
                Part(title=_("Done"), things=done),
            ],
            path=reverse("partnership-actions", args=[board.slug]),
        ),
        Section(
            key="meetings",
            title=_("Meetings to come"),
            none=_("No meeting is announced for the next two months."),
            parts=[Part(things=[_meeting(each, today) for each in pack.of.meetings])],
            path=f"{board.get_absolute_url()}#meetings",
        ),
        Section(
            key="recommendations",
            title=_("Recommendations"),
            none=_("It has made none."),
            parts=[
                Part(things=[_list(each) for each in pack.of.recommendations]),
                Part(
                    title=_("Overdue"),
                    things=[_recommendation(row, today) for each in pack.of.recommendations for row in each.late],
                ),
            ],
            path=reverse("recommendation-lists"),
        ),
        Section(
            key="vacant",
            title=_("Vacant seats"),
            none=_("No seat is vacant."),
            parts=[Part(things=[_seat(seat, since) for seat, since in pack.of.vacant])],
            path=f"{board.get_absolute_url()}#seats",
        ),
        Section(
            key="changed",
            title=_("What changed in initiatives under its ambitions"),
            none=_("Nothing changed in %(month)s.") % {"month": month},
            parts=[Part(things=[_line(each) for each in pack.changed])],
            path=reverse("initiatives"),
        ),
        Section(
            key="gaps",
            title=_("What nobody owns yet"),
            none=_("No gap is known under its ambitions."),
            note=_("No public initiative is registered for these."),
            parts=[Part(things=[_gap(each) for each in pack.gaps])],
            path=reverse("coverage"),
        ),
    ]


def _decision(row: Any) -> Thing:
    parts = [(capfirst(row.get_status_display()), _shortened(row.text))]
    if row.accords == "contrary":
        parts.append((_("Contrary to the strategy"), _shortened(row.accords_reason)))
    return Thing(
        title=row.title,
        path=row.get_absolute_url(),
        reference=row.reference,
        parts=parts,
        small=_day(row.decided_on) if row.decided_on else "",
    )


def _late(row: Any, today: date) -> Thing:
    late = (today - row.due_on).days
    small = ngettext(
        "Due on %(day)s, %(late)d day late", "Due on %(day)s, %(late)d days late", late
    ) % {"day": _day(row.due_on), "late": late}  # fmt: skip
    return _action(row, small)


def _blocked(row: Any) -> Thing:
    since = _("Since %(day)s") % {"day": _day(timezone.localdate(row.blocked_at))} if row.blocked_at else ""
    return _action(row, since, [(_("What stands in the way"), row.blocked_reason)] if row.blocked_reason else ())


def _done(row: Any) -> Thing:
    done = _("Done on %(day)s") % {"day": _day(timezone.localdate(row.done_at))} if row.done_at else ""
    return _action(row, done, [(_("What shows it"), _shortened(row.evidence))] if row.evidence else ())


def _action(row: Any, small: str, parts: Sequence[tuple[str, str]] = ()) -> Thing:
    who = row.organisation.name if row.organisation is not None else ""
    return Thing(
        title=row.what,
        path=row.get_absolute_url(),
        reference=row.reference,
        parts=parts,
        small=". ".join(filter(None, [who, small])),
    )


def _meeting(row: Any, today: date) -> Thing:
    begins = timezone.localtime(row.starts_at)
    when = _("%(day)s at %(time)s") % {"day": _day(begins.date()), "time": date_format(begins, "H:i")}
    small = ""
    if row.papers_due_on is not None:
        said = _("Papers were due on %(day)s") if row.papers_due_on < today else _("Papers are due on %(day)s")
        small = said % {"day": _day(row.papers_due_on)}
    return Thing(
        title=when,
        path=row.get_absolute_url(),
        parts=[(row.title, "")] if row.title else (),
        small=small or _("No day is set for papers"),
    )


def _list(state: ListState) -> Thing:
    made = state.of
    said = [
        ngettext("%(n)d recommendation", "%(n)d recommendations", state.number) % {"n": state.number},
        _("%(n)d open") % {"n": state.open},
        _("%(n)d overdue") % {"n": len(state.late)},
        ngettext("%(n)d has no owner", "%(n)d have no owner", state.unowned) % {"n": state.unowned},
    ]
    return Thing(title=made.title, path=made.get_absolute_url(), small=", ".join(said))


def _recommendation(row: Any, today: date) -> Thing:
    late = (today - row.due_on).days
    small = ngettext(
        "Due on %(day)s, %(late)d day late", "Due on %(day)s, %(late)d days late", late
    ) % {"day": _day(row.due_on), "late": late}  # fmt: skip
    owner = row.owner.name if row.owner is not None else _("Nobody yet")
    return Thing(
        title=row.title,
        path=row.get_absolute_url(),
        reference=row.code,
        small=f"{owner}. {capfirst(row.get_status_display())}. {small}",
    )


def _seat(seat: Any, since: date) -> Thing:
    return Thing(
        title=seat.organisation.name,
        path=seat.organisation.get_absolute_url(),
        parts=[(seat.title, "")] if seat.title else (),
        small=_("Vacant since %(day)s") % {"day": _day(since)},
    )


def _gap(gap: Gap) -> Thing:
    is_strand = gap.columns_are == "strand"
    path = reverse("thread-element", args=[gap.row.code]) if is_strand else reverse("ambition", args=[gap.row.slug])
    if gap.column is None:
        return Thing(title=gap.row.title, path=path)
    joined = _("%(ambition)s in %(area)s") if gap.columns_are == "area" else _("%(ambition)s: %(block)s")
    words = {"ambition": gap.row.title, "area": gap.column.title, "block": gap.column.title}
    return Thing(title=joined % words, path=path)


def _line(line: Line) -> Thing:
    parts = [(part.label, part.text) for part in line.parts]
    if line.more:
        more = ngettext("%(count)d more change", "%(count)d more changes", line.more) % {"count": line.more}
        parts.append((_("And"), more))
    return Thing(
        title=line.title,
        path=line.path,
        reference=line.reference,
        parts=parts,
        small=", ".join(filter(None, [line.who, _day(timezone.localdate(line.at))])),
    )


def _day(day: date) -> str:
    return date_format(day, "l j F Y")


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= QUOTED else text[: QUOTED - 1].rsplit(" ", 1)[0].rstrip(",;:.") + "…"
