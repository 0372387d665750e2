"""The report as files: a sheet with a row for each note, a text in Markdown, a picture. All from a :class:`Report`,

so a file says to its reader what the page says to them, and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final
from xml.sax.saxutils import escape

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from collaboration.boards.afterwards.provenance import day_of
from collaboration.boards.afterwards.reading import Report
from collaboration.boards.outline import Group, Item, Note
from groundwork.sheets.columns import Column

COLUMNS: Final = (
    Column(name="id", kind="text", meaning=gettext_lazy("The id of the note on the board.")),
    Column(name="written", kind="moment", meaning=gettext_lazy("When it was written; empty where names are hidden.")),
    Column(name="stage", kind="text", meaning=gettext_lazy("The stage the board was in when this file was made.")),
    Column(name="stage_since", kind="moment", meaning=gettext_lazy("When that stage began.")),
    Column(name="column", kind="text", meaning=gettext_lazy("The column it stands in.")),
    Column(name="group", kind="text", meaning=gettext_lazy("The title of its group; empty when it is in none.")),
    Column(name="group_id", kind="text", meaning=gettext_lazy("The id of its group.")),
    Column(name="text", kind="text", meaning=gettext_lazy("What it says.")),
    Column(name="votes", kind="number", meaning=gettext_lazy("Votes on the note itself.")),
    Column(name="room_votes", kind="number", meaning=gettext_lazy("The tally for the room on the note itself.")),
    Column(name="group_votes", kind="number", meaning=gettext_lazy("Votes on its group and all notes in it.")),
    Column(name="group_room_votes", kind="number", meaning=gettext_lazy("The tally for the room on these.")),
    Column(name="agree", kind="number", meaning=gettext_lazy("How many agreed.")),
    Column(name="unsure", kind="number", meaning=gettext_lazy("How many were unsure.")),
    Column(name="disagree", kind="number", meaning=gettext_lazy("How many disagreed.")),
    Column(name="author", kind="text", meaning=gettext_lazy("Who wrote it; empty where names are not told.")),
    Column(name="organisation", kind="text", meaning=gettext_lazy("The organisation they came from.")),
    Column(name="from_paper", kind="yes_no", meaning=gettext_lazy("Whether it was typed in from paper.")),
    Column(name="comments", kind="list", meaning=gettext_lazy("What others said about it.")),
)


def rows(report: Report) -> Iterator[list[Any]]:
    """One line for each note that was revealed, column by column, in the order of :data:`COLUMNS`."""
    board = report.outline
    tells = board.tells_totals
    stage, since = _(board.stage.label), timezone.localtime(board.stage_since)
    for column in board.columns:
        for item in column.items:
            group = item if isinstance(item, Group) else None
            for note in group.notes if group is not None else (item,):
                assert isinstance(note, Note)  # noqa: S101 - groups hold notes
                yield [
                    note.id,
                    timezone.localtime(note.at) if note.at is not None else None,
                    stage,
                    since,
                    column.title,
                    group.title if group is not None else None,
                    group.id if group is not None else None,
                    note.text,
                    note.votes if tells else None,
                    note.room,
                    group.votes if group is not None and tells else None,
                    group.room if group is not None else None,
                    note.marks.agree,
                    note.marks.unsure,
                    note.marks.disagree,
                    note.name or None,
                    note.organisation or None,
                    note.paper,
                    "; ".join(comment.text for comment in note.comments) or None,
                ]


# Markdown

_MARKS: Final = re.compile(r"([\\`*_{}\[\]<>#|~!&])")
_AT_START: Final = re.compile(r"^(\s*)([-+=]|\d+(?=[.)]))", re.MULTILINE)


def marked(text: str) -> str:
    """Text that reads in Markdown as it was typed: nothing in it becomes a heading, a link, a list or HTML."""
    return _AT_START.sub(r"\1\\\2", _MARKS.sub(r"\\\1", text)) if not _is_numbered(text) else _numbered(text)


def _is_numbered(text: str) -> bool:
    return re.search(r"^\s*\d+[.)]", text, re.MULTILINE) is not None


def _numbered(text: str) -> str:
    """A line that begins like an item of a list: the point is what is escaped, a digit cannot be."""
    text = re.sub(r"^(\s*\d+)([.)])", r"\1\\\2", _MARKS.sub(r"\\\1", text), flags=re.MULTILINE)
    return re.sub(r"^(\s*)([-+=])", r"\1\\\2", text, flags=re.MULTILINE)


def _within(text: str, indent: str) -> str:
    """Several lines within an item of a list."""
    return f"  \n{indent}".join(marked(line) for line in text.splitlines()) if text else _("(removed)")


def votes_in_words(item: Item) -> str:
    """“14 votes, and 7 in the room”."""
    said = ngettext("%(count)s vote", "%(count)s votes", item.votes) % {"count": item.votes}
    if item.room:
        said += ngettext(", and %(count)s in the room", ", and %(count)s in the room", item.room) % {"count": item.room}
    return said


def markdown(report: Report) -> str:
    """The report as a text."""
    return "\n".join(_lines(report)).rstrip() + "\n"


def _lines(report: Report) -> Iterator[str]:
    board, workshop = report.outline, report.workshop
    yield f"# {marked(board.title)}"
    yield ""
    yield f"{marked(workshop.host.name)}, {date_format(day_of(workshop), 'j F Y')}"
    yield ""
    if board.prompt:
        yield marked(board.prompt)
        yield ""
    yield from _outcome_lines(report)
    if report.ranking:
        yield f"## {_('By votes')}"
        yield ""
        left_over = {note.id for _column, note in report.unplaced}
        for entry in (each for each in report.ranking if each.item.id not in left_over):
            tie = f" ({_('tied')})" if entry.tied else ""
            yield f"### {entry.place}\\. {marked(_one_line(entry.item.title))}{tie}"
            yield ""
            yield f"{marked(entry.column.title)}: {votes_in_words(entry.item)}"
            yield ""
            yield from _item_lines(entry.item)
    else:
        for column in board.columns:
            yield f"## {marked(column.title)}"
            yield ""
            for item in column.items:
                if isinstance(item, Group):
                    yield f"### {marked(_one_line(item.title))}"
                    yield ""
                yield from _item_lines(item)
    if report.ranking and report.unplaced:
        yield f"## {_('Notes in no group, without votes')}"
        yield ""
        for column, note in report.unplaced:
            who = f" — {marked(note.name)}" if note.name else ""
            yield f"- {_within(note.text, '  ')} ({marked(column.title)}){who}"
        yield ""
    if report.proposed:
        yield f"## {_('Proposed')}"
        yield ""
        for action in report.proposed:
            who = f" ({marked(action.who)})" if action.who else ""
            due = f", {date_format(action.due, 'j F Y')}" if action.due else ""
            yield f"- {_within(action.what, '  ')}{who}{due}"
        yield ""


def _outcome_lines(report: Report) -> Iterator[str]:
    if not report.outcomes:
        return
    yield f"## {_('What came of it')}"
    yield ""
    for came in report.outcomes:
        more = [each for each in (came.reference, came.status, came.who, came.sentence) if each]
        yield f"- **{marked(str(came.outcome.get_kind_display()))}**: {_within(came.outcome.title, '  ')}  "
        yield f"  {marked(' · '.join(more))}"
    yield ""


def _item_lines(item: Item) -> Iterator[str]:
    notes = item.notes if isinstance(item, Group) else (item,)
    for note in notes:
        who = ", ".join(each for each in (note.name, note.organisation) if each)
        yield f"- {_within(note.text, '  ')}{f' — {marked(who)}' if who else ''}"
        for comment in note.comments:
            yield f"  - {_within(comment.text, '    ')}"
    if isinstance(item, Group):
        for comment in item.comments:
            yield f"- {_('Comment')}: {_within(comment.text, '  ')}"
    yield ""


def _one_line(text: str) -> str:
    return " ".join(text.split())


# The picture

_WIDE, _GAP, _PAD, _LINE = 320, 16, 12, 20
_FITS: Final = 38
"""Characters on a line of a note, at 15 pixels."""


def picture(report: Report) -> str:
    """The board as an SVG picture: columns side by side, groups framed, votes beside. Nobody is named in it."""
    board = report.outline
    height = _GAP
    shapes: list[str] = []
    for number, column in enumerate(board.columns):
        x, y = _GAP + number * (_WIDE + _GAP), 76
        shapes.append(_words(x, y, _wrapped(column.title, 30), size=18, bold=True))
        y += 24 * max(len(_wrapped(column.title, 30)), 1)
        for item in column.items:
            y = _draw(shapes, item, x, y, board.tells_totals) + _GAP
        height = max(height, y)
    width = _GAP + len(board.columns) * (_WIDE + _GAP)
    title = _text(_one_line(board.title))
    head = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        ' role="img" font-family="Helvetica, Arial, sans-serif">',
        f"<title>{title}</title>",
        f"<desc>{_text(_said_in_one(report))}</desc>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        f'<text x="{_GAP}" y="40" font-size="24" font-weight="bold" fill="#0b0c0c">{title}</text>',
    ]
    return "\n".join([*head, *shapes, "</svg>"]) + "\n"


def _said_in_one(report: Report) -> str:
    notes = sum(1 for _note in report.outline.notes())
    return ngettext("A board with %(count)s note.", "A board with %(count)s notes.", notes) % {"count": notes}


def _draw(shapes: list[str], item: Item, x: int, y: int, tells: bool) -> int:
    """Draw one item with its top at ``y``; the bottom of it."""
    if isinstance(item, Note):
        return _draw_note(shapes, item, x, y, _WIDE, tells)
    at = len(shapes)
    inner = y + _PAD
    title = _wrapped(_one_line(item.title), _FITS)
    shapes.append(_words(x + _PAD, inner + 14, title, size=15, bold=True))
    inner += _LINE * len(title)
    if tells:
        shapes.append(_words(x + _PAD, inner + 14, [votes_in_words(item)], size=14))
        inner += _LINE
    for note in item.notes:
        inner = _draw_note(shapes, note, x + _PAD, inner + 6, _WIDE - 2 * _PAD, False)
    bottom = inner + _PAD
    frame = f'<rect x="{x}" y="{y}" width="{_WIDE}" height="{bottom - y}" fill="#f4f6f8" stroke="#0c2340"/>'
    shapes.insert(at, frame)
    return bottom


def _draw_note(shapes: list[str], note: Note, x: int, y: int, wide: int, tells: bool) -> int:
    lines = [part for line in note.text.splitlines() for part in _wrapped(line, _FITS * wide // _WIDE)]
    if tells and (note.votes or note.room):
        lines.append(votes_in_words(note))
    height = 2 * _PAD + _LINE * max(len(lines), 1)
    shapes.append(f'<rect x="{x}" y="{y}" width="{wide}" height="{height}" fill="#ffffff" stroke="#8a8d90"/>')
    shapes.append(_words(x + _PAD, y + _PAD + 14, lines, size=15))
    return y + height


def _words(x: int, y: int, lines: list[str], *, size: int, bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    spans = "".join(f'<tspan x="{x}" y="{y + n * _LINE}">{_text(line)}</tspan>' for n, line in enumerate(lines))
    return f'<text font-size="{size}"{weight} fill="#0b0c0c">{spans}</text>'


def _text(words: str) -> str:
    # XML 1.0 cannot hold these, in whatever form.
    return escape(re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]", "", words))


def _wrapped(text: str, fits: int) -> list[str]:
    """Lines of at most ``fits`` characters; longer words are cut."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        while len(word) > fits:
            if line:
                lines.append(line)
                line = ""
            lines.append(word[:fits])
            word = word[fits:]
        joined = f"{line} {word}" if line and word else line or word
        if len(joined) > fits:
            lines.append(line)
            line = word
        else:
            line = joined
    return [*lines, line] if line else lines
