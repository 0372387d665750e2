"""Lines of an import as a page shows them: what each would do or did, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from collaboration.imports import queries
from frontend.pages.importing import words


@dataclass(frozen=True)
class Change:
    """A field of a record, before and after, as people read it."""

    label: Any
    before: str
    after: str


@dataclass(frozen=True)
class Problem:
    """A sentence about a line, and the column it is about ("" for the line as a whole)."""

    column: Any
    sentence: str


@dataclass(frozen=True, kw_only=True)
class Line:
    number: int
    verdict: str
    title: str
    reference: str
    href: str
    problems: list[Problem]
    changes: list[Change]
    facts: str
    outcome: str
    note: str


IN_SHORT = ("stage", "lead", "areas")
"""What is told of a new line at once; the rest can be unfolded."""


def show(line: Any, headings: Mapping[str, str] | None = None) -> Line:
    """One line of an import, ready for its row. Its initiative is linked where the line has one.

    ``headings`` are the words of the file for our columns: a problem is told in the words of whoever can mend it.
    """
    it = line.initiative
    changes = {name: Change(words.field(name), _text(pair[0]), _text(pair[1])) for name, pair in line.changes.items()}
    return Line(
        number=line.number,
        verdict=line.verdict,
        title=line.title,
        reference=it.reference if it else "",
        href=it.get_absolute_url() if it and it.withdrawn_at is None else "",
        problems=[Problem(_where(column, headings), sentence) for column, sentence in line.problems],
        changes=[change for name, change in changes.items() if name != "title" or line.verdict != "new"],
        facts=" · ".join(changes[name].after for name in IN_SHORT if name in changes),
        outcome=line.outcome,
        note=line.outcome_note if line.outcome == "kept" else "",
    )


def lines_context(request: HttpRequest, imported: Any, *, heading: str, outcome: str) -> dict[str, Any]:
    """What the list of lines needs: the page of it that was asked for, and the filter by verdict with its counts.

    ``heading`` stands over the list, ``outcome`` over its last column.
    """
    verdict = request.GET.get("lines", "")
    if verdict not in words.VERDICTS:
        verdict = ""
    counts = {name: int(imported.counts.get(name, 0)) for name in words.VERDICTS}
    filters = [{"text": _with_count(_("All"), sum(counts.values())), "href": "?", "current": not verdict}]
    filters += [
        {"text": _with_count(text, counts[name]), "href": f"?lines={name}", "current": verdict == name}
        for name, (text, _colour) in words.VERDICTS.items()
        if counts[name] or verdict == name
    ]
    found: Any = queries.page_of_lines(imported, verdict, request.GET.get("page", 1))
    found.object_list = [show(line, headings_of(imported)) for line in found.object_list]
    return {"lines": found, "filters": filters, "line_heading": heading, "line_outcome": outcome}


def rejected_lines(imported: Any) -> Iterator[list[Any]]:
    """Each rejected line as it came, after its number and the reasons; read in pieces, however many there are."""
    width, after, headings = len(imported.headers), 0, headings_of(imported)
    while some := queries.lines(imported, "rejected", after=after, size=500):
        for line in some:
            cells = [*line.cells, *[""] * width][:width]
            yield [line.number, reasons(line.problems, headings), *cells]
        after = some[-1].number


def reasons(problems: Iterable[Any], headings: Mapping[str, str]) -> str:
    """All that is wrong with a line as one cell."""
    told = [(_where(column, headings), sentence) for column, sentence in problems]
    return " ".join(f"{where}: {sentence}" if where else sentence for where, sentence in told)


def headings_of(imported: Any) -> dict[str, str]:
    """What the file calls each of our columns that it has."""
    return {column: imported.headers[int(index)] for index, column in imported.mapping.items() if column}


def _where(column: str, headings: Mapping[str, str] | None) -> Any:
    """What a problem is about: the heading of the file, else our word; "" for the line as a whole."""
    return ((headings or {}).get(column) or words.field(column)) if column else ""


def _with_count(text: Any, count: int) -> str:
    return f"{text} ({number_format(count, force_grouping=True)})"


def _text(value: Any) -> str:
    """A value of a change as text; a list as people write one."""
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return "; ".join(str(each) for each in value)
    return str(value)
