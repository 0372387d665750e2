"""Minutes that draft themselves: what was marked in a meeting, as the words of its minutes. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.utils.formats import date_format
from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """One mark. ``reference`` names the action or the decision it became; ``owner`` is an organisation, or "".

    People are not named in a draft: minutes may be published, and names of people are for partners.
    """

    id: int
    kind: Literal["note", "action", "decision"] | str
    text: str
    reference: str = ""
    owner: str = ""
    due_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """An action of an earlier meeting that is still open."""

    reference: str
    what: str
    owner: str = ""
    due_on: date | None = None


def draft(marks: Iterable[Marked], *, outcome: str = "", arising: Sequence[Open] = ()) -> str:
    """What the minutes say of one item, as Markdown.

    Notes are paragraphs in the order they were marked, then what was decided, then what is to be done; ``arising`` are
    the open actions that the item on matters arising looked at. Nothing marked of an item that was taken is said too.
    """
    marks = list(marks)
    parts: list[str] = []
    if arising:
        parts.append(_("Still open from earlier meetings:"))
        parts.append("\n".join(f"- {_action(each.reference, each.what, each.owner, each.due_on)}" for each in arising))
    parts += [line(mark) for mark in marks if mark.kind == "note"]
    for kind in ("decision", "action"):
        listed = [line(mark) for mark in marks if mark.kind == kind]
        if listed:
            parts.append("\n".join(listed))
    if outcome == "deferred":
        parts.append(_("Deferred to the next meeting."))
    elif outcome == "withdrawn":
        parts.append(_("Withdrawn."))
    elif outcome == "taken" and not parts:
        parts.append(_("Taken. Nothing was noted."))
    return "\n\n".join(parts)


def line(mark: Marked) -> str:
    """One mark as it stands in the minutes."""
    if mark.kind == "action":
        return f"- {_action(mark.reference, mark.text, mark.owner, mark.due_on)}"
    if mark.kind == "decision":
        return "- " + _("Decision %(reference)s: %(text)s") % {"reference": mark.reference, "text": mark.text}
    return mark.text


def since(marks: Iterable[Marked], upto: int) -> list[Marked]:
    """What was marked after whoever wrote the minute had looked: offered to them, never put in by itself."""
    return [mark for mark in marks if mark.id > upto]


def added(minute: str, marks: Iterable[Marked]) -> str:
    """``minute`` with these marks at its end."""
    return "\n\n".join(part for part in (minute.strip(), draft(marks)) if part)


def _action(reference: str, what: str, owner: str, due_on: date | None) -> str:
    said = _("Action %(reference)s: %(what)s") % {"reference": reference, "what": what}
    facts = [owner] if owner else []
    if due_on is not None:
        facts.append(_("by %(day)s") % {"day": date_format(due_on, "j F Y")})
    return f"{said} ({', '.join(facts)})" if facts else said
