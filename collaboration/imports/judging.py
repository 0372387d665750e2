"""What each line would do: a new record, a change, nothing, or why it cannot be. Nothing is written here.

The page, the worker and the command ask the same questions, so that they cannot answer differently.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from collaboration.imports import cells, matching
from collaboration.imports.matching import Match, Wanted
from collaboration.imports.models import Import, ImportedLine
from collaboration.imports.queries import UNDERSTOOD
from collaboration.initiatives.models import Initiative
from collaboration.initiatives.services import stating
from collaboration.initiatives.services.stating import Plan, Statement
from groundwork.access.actors import Actor

Verdict = ImportedLine.Verdict

CHANGES_OF: Final = {"starts_on": "start", "ends_on": "end", "funding": "money"}
"""What the history of a record calls a column of ours otherwise."""


@dataclass(slots=True)
class Judged:
    """The verdict on one line. ``plan`` is what the register would do; None where nothing is asked of it."""

    wanted: Wanted
    initiative: Initiative | None = None
    problems: list[tuple[str, str]] = field(default_factory=list)
    changes: dict[str, list[Any]] = field(default_factory=dict)
    plan: Plan | None = None
    verdict: Verdict = Verdict.UNCHANGED

    @property
    def number(self) -> int:
        return self.wanted.number


def wanted(mapping: Mapping[str, str], number: int, texts: Sequence[str], unreadable: Mapping[Any, str]) -> Wanted:
    """A line by column: ``mapping`` is that of the import, ``unreadable`` by index of the cell."""
    found = Wanted(number, {})
    for index, column in mapping.items():
        position = int(index)
        found.cells[column] = texts[position] if position < len(texts) else ""
        problem = unreadable.get(index) or unreadable.get(position)
        if problem:
            found.unreadable[column] = problem
    return found


def judge(actor: Actor, lines: Sequence[Wanted], earlier: matching.Earlier) -> list[Judged]:
    """The verdict on each line of a part of a file, in their order; ``earlier`` knows the parts before."""
    return weigh(actor, matching.match(actor, lines, earlier))


def judge_again(actor: Actor, pairs: Sequence[tuple[Wanted, Initiative | None]]) -> list[Judged]:
    """The verdict on lines whose records are known, as those are this moment; new lines are matched once more."""
    new = [line for line, initiative in pairs if initiative is None]
    matches = {m.wanted.number: m for m in matching.match(actor, new, Nothing())} if new else {}
    texts = matching.exported(actor, [initiative for _wanted, initiative in pairs if initiative is not None])
    for line, initiative in pairs:
        if initiative is not None:
            matches[line.number] = Match(line, initiative, texts.get(initiative.pk, {}))
    return weigh(actor, [matches[line.number] for line, _known in pairs])


def weigh(actor: Actor, matches: Sequence[Match]) -> list[Judged]:
    """What the register would do with lines that are matched. One plan for all of them: constant queries."""
    judged: list[Judged] = []
    asked: list[tuple[Judged, tuple[Initiative | None, Statement]]] = []
    for each in matches:
        line = each.wanted
        result = Judged(line, each.initiative, list(line.unreadable.items()))
        judged.append(result)
        if each.problem is not None:
            result.problems.append(each.problem)
        differing = {column: text for column, text in each.differing.items() if column not in line.unreadable}
        if each.initiative is not None and not differing:
            continue
        said, unclear = cells.statements(differing)
        result.problems += unclear
        if each.problem is None and (said or each.initiative is None):
            # Also where some cells are unclear: everything wrong with a line is told at once.
            asked.append((result, (each.initiative, Statement(**said))))
    plans = stating.plan(actor=actor, items=[item for _result, item in asked])
    for (result, _item), plan in zip(asked, plans, strict=True):
        result.plan = plan
        result.changes = {
            CHANGES_OF.get(name, name): [readable(value) for value in pair] for name, pair in plan.changes.items()
        }
        told = {column for column, _sentence in result.problems}
        for name, sentences in plan.errors.items():
            # What could not be read at all needs no second sentence.
            if (column := _column(name)) not in told:
                result.problems += [(column, str(sentence)) for sentence in sentences]
        result.problems.sort(key=lambda problem: _place(problem[0]))
    for result in judged:
        result.verdict = _verdict(result)
    return judged


def _verdict(judged: Judged) -> Verdict:
    if judged.problems:
        return Verdict.REJECTED
    if judged.plan is None or judged.plan.is_unchanged:
        return Verdict.UNCHANGED
    return Verdict.NEW if judged.initiative is None else Verdict.CHANGED


def put_verdict(line: ImportedLine, judged: Judged) -> None:
    """What was found out of a line, on the line (not saved)."""
    record = judged.initiative
    line.verdict = judged.verdict
    line.title = (judged.wanted.title or (record.title if record else ""))[:200]
    line.likeness = matching.likeness(judged.wanted.title)
    line.problems = [list(problem) for problem in judged.problems]
    line.changes = judged.changes
    line.initiative = record
    line.version_before = record.version if record else None


def sentences(problems: Iterable[Sequence[str]], number: int, headings: Mapping[str, str] | None = None) -> list[str]:
    """The problems of a line as people read them below each other: "Line 7, lead: There is no …"."""
    told = []
    for column, sentence in problems:
        heading = (headings or {}).get(column, column)
        told.append(
            _("Line %(number)s, %(column)s: %(sentence)s") % {"number": number, "column": heading, "sentence": sentence}
            if column
            else _("Line %(number)s: %(sentence)s") % {"number": number, "sentence": sentence}
        )
    return told


def headings_of(imported: Import) -> dict[str, str]:
    """Under which heading each column stands in the file."""
    return {column: imported.headers[int(index)] for index, column in imported.mapping.items()}


def readable(value: Any) -> Any:
    """A value of a plan as JSON that people can read."""
    if isinstance(value, Promise):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, list | tuple | set | frozenset):
        return [readable(each) for each in value]
    if isinstance(value, dict):
        return {str(key): readable(each) for key, each in value.items()}
    return value


def _column(name: str) -> str:
    """The column in which a field of a statement is told."""
    head = name.partition(".")[0].partition("[")[0]
    return cells.COLUMN_OF.get(head, head if head in UNDERSTOOD else "")


def _place(column: str) -> int:
    return UNDERSTOOD.index(column) if column in UNDERSTOOD else -1


class Nothing:
    """No line stands above."""

    def titles(self, likenesses: Iterable[str]) -> dict[str, int]:
        return {}

    def records(self, ids: Iterable[int]) -> dict[int, int]:
        return {}


class Remembered:
    """The lines above, kept in memory: for a file that is judged from one end to the other."""

    def __init__(self) -> None:
        self._titles: dict[str, int] = {}
        self._records: dict[int, int] = {}

    def titles(self, likenesses: Iterable[str]) -> dict[str, int]:
        return {each: self._titles[each] for each in likenesses if each in self._titles}

    def records(self, ids: Iterable[int]) -> dict[int, int]:
        return {each: self._records[each] for each in ids if each in self._records}

    def note(self, judged: Iterable[Judged]) -> None:
        """Remember what these lines claimed, also those that are rejected: people fix one of the two."""
        for each in judged:
            if each.wanted.title:
                self._titles.setdefault(matching.likeness(each.wanted.title), each.number)
            if each.initiative is not None:
                self._records.setdefault(each.initiative.pk, each.number)


class Stored:
    """The lines above, as they were judged in steps before."""

    def __init__(self, imported: Import, before: int) -> None:
        self._above = ImportedLine.objects.filter(imported=imported, number__lte=before).order_by("-number")

    def titles(self, likenesses: Iterable[str]) -> dict[str, int]:
        return dict(self._above.filter(likeness__in=list(likenesses)).values_list("likeness", "number"))

    def records(self, ids: Iterable[int]) -> dict[int, int]:
        return dict(self._above.filter(initiative_id__in=list(ids)).values_list("initiative_id", "number"))
