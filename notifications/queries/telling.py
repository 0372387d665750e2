"""From acts to one line: what a thing was and what it is now, however often it was changed between."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from notifications.queries.changes import Act, Thing

MOST_PARTS: Final = 4
"""Of one line. The rest is counted."""
QUOTED: Final = 160
"""Characters of what somebody wrote that stand in a line; the page has the whole."""
SHORT: Final = 70
"""A value that is longer is not set beside what it was: the line says that it changed."""

_NOT_TOLD: Final = frozenset(
    {"initiative.verify", "initiative.draft", "initiative.ask_review", "join.ask", "join.answer", "partner.ask"}
)
"""Acts that change nothing a follower reads, or that those concerned are told of otherwise."""
_NEW: Final = frozenset({"initiative.publish", "initiative.load"})
_SAID_WHOLE: Final = frozenset(
    {
        "initiative.withdraw",
        "initiative.restore",
        "initiative.close_ask_or_offer",
        "workshop.open",
        "workshop.report",
        "workshop.cancel",
        "workshop.tell_next",
        "decision.make",
        "decision.not_agreed",
        "decision.supersede",
        "decision.review",
    }
)
"""Acts whose name says everything."""
_WRITTEN: Final = frozenset({"update", "learning", "ask", "offer", "challenge", "response", "good_practice"})
"""Fields that hold what somebody wrote: quoted, not compared."""
_PROSE: Final = frozenset({"summary", "difference", "participation"})
"""Fields of whole sentences: side by side nobody would see what differs."""
_SAID_BY_ACT: Final = frozenset(
    {"visibility", "reason", "health", "partner", "merged_from", "answer", "voices", "superseded by"}
)
"""Fields that the act itself says, or that stand with another."""


@dataclass(frozen=True)
class Part:
    """One change. ``text`` is "Idea → Active", what was added or taken out, or a quotation; it may be empty."""

    label: str
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One thing and what became of it. ``key`` is the same for readers who are told the same."""

    key: tuple[Any, ...]
    title: str
    reference: str
    path: str
    parts: tuple[Part, ...]
    more: int
    who: str
    at: datetime


def line(thing: Thing, acts: Sequence[Act]) -> Line | None:
    """What to tell of ``acts``, newest first, in one line; None when nothing of them is worth telling or left."""
    told = [act for act in acts if act.action not in _NOT_TOLD]
    if not told:
        return None
    new = next((act for act in told if act.action in _NEW), None)
    parts: list[Part] = []
    if new is not None:
        # What is new is read whole: what was changed on the way to it tells nothing.
        parts.append(Part(_("New in the register")))
    parts += _said(told)
    if new is None:
        parts += _compared(told)
    if not parts:
        return None
    named = list(dict.fromkeys(act.organisation for act in told if act.organisation))
    return Line(
        key=key_of(thing, told),
        title=thing.title,
        reference=thing.reference,
        path=thing.path,
        parts=tuple(parts[:MOST_PARTS]),
        more=max(len(parts) - MOST_PARTS, 0),
        who=", ".join(named[:2]),
        at=told[0].at,
    )


def key_of(thing: Thing, acts: Sequence[Act]) -> tuple[Any, ...]:
    """The same only for readers who are told the same acts, and of each the same fields: some are for keepers alone."""
    return (
        thing.subject,
        tuple((act.id, tuple(change.field for change in act.changes if change.told)) for act in acts),
    )


def _said(acts: Sequence[Act]) -> Iterable[Part]:
    """What acts say by themselves: somebody wrote, confirmed, withdrew. Of several that write alike, the newest."""
    counted: dict[str, int] = {}
    first: dict[str, Part] = {}
    for act in acts:
        values = {change.field: change.after for change in act.changes}
        if act.action == "partner.confirm":
            first[f"partner:{values.get('partner')}"] = Part(_("Partner confirmed"), str(values.get("partner") or ""))
        elif act.action in _SAID_WHOLE:
            first.setdefault(
                act.action, Part(act.label, str(values.get("voices") or values.get("superseded by") or ""))
            )
        for change in act.changes:
            if change.field not in _WRITTEN or not change.after:
                continue
            counted[change.field] = counted.get(change.field, 0) + 1
            words = _quoted(str(change.after))
            if change.field == "update" and values.get("health"):
                words = f"{values['health']}. {words}"
            first.setdefault(change.field, Part(change.label, words))
    for field, part in first.items():
        others = counted.get(field, 1) - 1
        if others > 0:
            more = ngettext("and %(count)d more", "and %(count)d more", others) % {"count": others}
            part = Part(part.label, f"{part.text} ({more})")
        yield part


def _compared(acts: Sequence[Act]) -> Iterable[Part]:
    """What fields were before the oldest act and are after the newest."""
    before: dict[str, Any] = {}
    newest: dict[str, Any] = {}
    for act in acts:
        for change in act.changes:
            if change.field in _WRITTEN or change.field in _SAID_BY_ACT:
                continue
            newest.setdefault(change.field, change)
            before[change.field] = change.before
    for field, change in newest.items():
        if not change.told:
            continue
        if before[field] != change.after:
            yield Part(change.label, _difference(before[field], change.after, is_prose=field in _PROSE))


def _difference(before: Any, after: Any, *, is_prose: bool = False) -> str:
    if isinstance(before, list) or isinstance(after, list):
        old, new = ([str(each) for each in value or ()] for value in (before, after))
        added = [each for each in new if each not in old]
        gone = [each for each in old if each not in new]
        said = []
        if added:
            said.append(_("added %(things)s") % {"things": _few(added)})
        if gone:
            said.append(_("taken out %(things)s") % {"things": _few(gone)})
        return "; ".join(said) or _("in another order")
    was, is_now = (_("not stated") if value in (None, "") else str(value) for value in (before, after))
    if is_prose or len(was) > SHORT or len(is_now) > SHORT or "\n" in was + is_now:
        return _("written") if before in (None, "") else _("taken out") if after in (None, "") else _("changed")
    return f"{was} → {is_now}"


def _few(things: list[str]) -> str:
    shown = [_shortened(each, SHORT) for each in things[:3]]
    if len(things) > 3:
        shown.append(ngettext("%(count)d more", "%(count)d more", len(things) - 3) % {"count": len(things) - 3})
    return ", ".join(shown)


def _quoted(text: str) -> str:
    return f"“{_shortened(' '.join(text.split()), QUOTED)}”"


def _shortened(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1].rsplit(" ", 1)[0].rstrip(",;:.") + "…"
