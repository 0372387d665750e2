"""The record's own columns: its words, stage, days, contact, who is to see it, and where it was taken from."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _

from collaboration.initiatives.columns import LABELS, spoken_labels, spoken_source
from collaboration.initiatives.models import Scale, Stage, Visibility
from collaboration.initiatives.services import cleaning
from collaboration.initiatives.services.drafting import readable
from collaboration.initiatives.services.stating.labels import cleaned_labels
from collaboration.initiatives.services.stating.statements import UNSTATED
from collaboration.initiatives.services.stating.work import Work
from groundwork.audit.services import differences

LONGEST_SOURCE: Final = 500

_STATED_AS: Final = {"starts_on": "start", "ends_on": "end"}
"""What a statement calls a column of the record that is named otherwise."""


def say_about(work: Work) -> None:
    said, problems = work.statement, work.problems
    new: dict[str, Any] = {}

    def text(name: str, label: str, longest: int, *, lines: bool = False, required: bool = False) -> None:
        value = getattr(said, name)
        if value is not UNSTATED or (required and work.initiative is None):
            value = "" if value is UNSTATED else value
            new[name] = cleaning.text(
                value, field=name, label=label, longest=longest, problems=problems, lines=lines, required=required
            )

    text("title", _("The title"), 200, required=True)
    text("summary", _("The summary"), 4000, lines=True)
    text("difference", _("The difference"), 2000, lines=True)
    text("participation", _("How people take part"), 2000, lines=True)
    text("contact_role", _("The contact's role"), 120)
    if said.contact_email is not UNSTATED:
        new["contact_email"] = cleaning.email(said.contact_email, field="contact_email", problems=problems)
    if said.stage is not UNSTATED:
        new["stage"] = cleaning.choice(said.stage, Stage, field="stage", label=_("The stage"), problems=problems)
    if said.scale is not UNSTATED:
        new["scale"] = cleaning.choice(said.scale, Scale, field="scale", label=_("The scale"), problems=problems)
    if said.start is not UNSTATED:
        new["starts_on"] = _day(work, said.start, "start", _("The start"))
    if said.end is not UNSTATED:
        new["ends_on"] = _day(work, said.end, "end", _("The end"))
    if said.intended_visibility is not UNSTATED:
        if said.intended_visibility not in (Visibility.PARTNERS, Visibility.PUBLIC):
            problems.add("intended_visibility", _("Choose who can see it: partners, or everyone."))
        new["intended_visibility"] = said.intended_visibility
    _source(work, new)
    if not problems and ("starts_on" in new or "ends_on" in new):
        begin, end = new.get("starts_on", work.row.starts_on), new.get("ends_on", work.row.ends_on)
        cleaning.dates_in_order(begin, end, field="end", problems=problems)
    if problems:
        return
    changed = {name: value for name, value in new.items() if getattr(work.row, name) != value}
    if work.row.is_published and changed.get("intended_visibility", work.row.visibility) != work.row.visibility:
        changed["visibility"] = changed["intended_visibility"]
    if not changed:
        return
    work.target.fields = changed
    names = [name for name in changed if name not in ("source", "original_labels")]
    after = copy.copy(work.row)
    for name, value in changed.items():
        setattr(after, name, value)
    work.changes |= differences(readable(work.row, names), readable(after, names))
    for name, spoken in (("source", spoken_source), ("original_labels", spoken_labels)):
        if name in changed:
            work.changes[name] = [spoken(getattr(work.row, name)) or None, spoken(changed[name]) or None]
    for name in changed:
        if name != "visibility":
            work.inverse[_STATED_AS.get(name, name)] = getattr(work.row, name)


def _day(work: Work, value: Any, field: str, label: str) -> date | None:
    return cleaning.day(value or None, field=field, label=label, problems=work.problems)


def _source(work: Work, new: dict[str, Any]) -> None:
    said = work.statement
    if isinstance(said.source, dict):
        new["source"] = said.source
    elif said.source is not UNSTATED:
        words = cleaning.text(
            said.source, field="source", label=_("The source"), longest=LONGEST_SOURCE, problems=work.problems
        )
        if words != spoken_source(work.row.source):
            new["source"] = {"document": words} if words else {}
    if said.original_labels is not UNSTATED:
        labels = cleaned_labels(said.original_labels, work.problems)
        # The same list, whether or not the record names it.
        if labels.get(LABELS) is None or spoken_labels(labels) != spoken_labels(work.row.original_labels):
            new["original_labels"] = labels
