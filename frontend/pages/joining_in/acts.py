"""What a plain form of the board asks for, as ops of the engine: one small function for each act.

A form sends ``act``: its name, and after a colon the id of what it is about. Whether somebody may, and whether the
words fit, is the engine's to say; here a form only becomes an op.

A form may come twice, by a double click or because a phone lost the answer. So the page it stands on carries a random
mark, and the id of the op (and of a new note) is made from that mark and from all that was sent: the same form sent
again is the same op and takes effect once, and a form sent again with other words is another op.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from django.http import QueryDict

from collaboration.boards.engine.texts import BOARD
from collaboration.boards.outline import Group, Outline

LONGEST_MARK: Final = 64
_NOT_SAID: Final = frozenset({"csrfmiddlewaretoken", "seq"})


def new_mark() -> str:
    """A mark for a page: 128 random bits."""
    return secrets.token_urlsafe(16)


@dataclass(frozen=True, slots=True)
class Asked:
    """One form that was sent. ``said`` is what it holds after reading, by field."""

    name: str
    target: str
    said: Mapping[str, Any]
    sent: QueryDict
    board: Outline

    def made(self, what: str) -> str:
        """A random-looking UUID (version 4) that this very form gives each time it is sent. ``what``: op, thing…"""
        parts = [what, self.sent.get("mark", "")[:LONGEST_MARK]]
        for key in sorted(self.sent.keys() - _NOT_SAID - {"mark"}):
            parts += [key, *self.sent.getlist(key)]
        digest = sha256("\0".join(f"{len(part)} {part}" for part in parts).encode("utf-8", "surrogatepass")).digest()
        return str(UUID(bytes=digest[:16], version=4))

    def text(self, key: str) -> str:
        return str(self.said.get(key) or "")

    def op(self) -> dict[str, Any]:
        """The op that this form asks for."""
        kind, target, props = ACTS[self.name](self)
        return {
            "op_id": self.made("op"),
            "base_seq": min(_whole(self.sent.get("seq", ""), self.board.head), self.board.head),
            "kind": kind,
            "target": target,
            "props": {key: value for key, value in props.items() if value is not ...},
        }


Op = tuple[str, str, dict[str, Any]]
"""Kind, target, and props; a prop that is ``...`` is left out."""


def _whole(typed: str, otherwise: int) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 16 else otherwise


def _or_none(words: str) -> str | None:
    return words or None


def _or_left_out(words: str) -> Any:
    return words or ...


def _pattern(asked: Asked) -> Any:
    typed = asked.text("pattern")
    return int(typed) if typed.isascii() and typed.isdigit() else ...


def _write(asked: Asked) -> Op:
    props = {"column": asked.text("column"), "text": asked.text("text"), "pattern": _pattern(asked)}
    return "note.add", asked.made("thing"), props


def _paper(asked: Asked) -> Op:
    props: dict[str, Any] = {"column": asked.text("column"), "text": asked.text("text")}
    if whose := asked.text("whose"):
        props["for"] = whose
    elif name := asked.text("name"):
        props["name"] = name
    return "paper.add", asked.made("thing"), props


def _edit(asked: Asked) -> Op:
    return "note.edit", asked.target, {"text": asked.text("text"), "pattern": _pattern(asked)}


def _kind_of(asked: Asked) -> str:
    return "group" if isinstance(asked.board.find(asked.target), Group) else "note"


def _move(asked: Asked) -> Op:
    props: dict[str, Any] = {"into": asked.text("into")}
    if asked.text("place") == "first":
        props["after"] = None
    return f"{_kind_of(asked)}.move", asked.target, props


def _step(row: Sequence[str], id: str, by: int) -> str | None:
    """Behind which of its siblings ``id`` comes to stand when it goes one place up (-1) or down (1)."""
    at = row.index(id) if id in row else 0
    rest = [other for other in row if other != id]
    place = min(max(at + by, 0), len(rest))
    return rest[place - 1] if place else None


def _shift(by: int) -> Callable[[Asked], Op]:
    def shift(asked: Asked) -> Op:
        board, id = asked.board, asked.target
        if any(column.id == id for column in board.columns):
            return "column.move", id, {"after": _step([column.id for column in board.columns], id, by)}
        into, row = "", [id]
        for column in board.columns:
            if any(item.id == id for item in column.items):
                into, row = column.id, [item.id for item in column.items]
            for group in column.groups:
                if any(note.id == id for note in group.notes):
                    into, row = group.id, [note.id for note in group.notes]
        return f"{_kind_of(asked)}.move", id, {"into": into, "after": _step(row, id, by)}

    return shift


def _group(asked: Asked) -> Op:
    """This with that: a note joins a group, two notes become one."""
    this, other = asked.target, asked.text("other")
    if isinstance(asked.board.find(other), Group):
        return "group.join", other, {"notes": [this]}
    if _kind_of(asked) == "group":
        return "group.join", this, {"notes": [other]}
    return "group.make", asked.made("thing"), {"notes": [other, this]}


def _several(asked: Asked) -> Op:
    props = {"notes": asked.sent.getlist("notes"), "title": _or_left_out(asked.text("title"))}
    return "group.make", asked.made("thing"), props


def _gather_into(asked: Asked) -> Op:
    return "group.join", asked.target, {"notes": asked.sent.getlist("notes")}


def _split(asked: Asked) -> Op:
    props = {
        "as": asked.made("thing"),
        "notes": asked.sent.getlist("notes"),
        "title": _or_left_out(asked.text("title")),
    }
    return "group.split", asked.target, props


def _action(asked: Asked) -> dict[str, Any]:
    due = asked.said.get("due")
    return {
        "what": asked.text("what"),
        "who": _or_none(asked.text("who")),
        "due": due.isoformat() if isinstance(due, date) else None,
        "as": _or_left_out(asked.text("sort")),
    }


def _propose(asked: Asked) -> Op:
    source = asked.text("source")
    return "action.propose", asked.made("thing"), _action(asked) | {"sources": [source] if source else ...}


def _rules(asked: Asked) -> Op:
    said = asked.said
    return "settings", BOARD, {key: said.get(key) for key in ("names", "budget", "most", "totals", "grouping")}


def _plain(kind: str, **props: Any) -> Callable[[Asked], Op]:
    """About what the form names, with nothing more to say."""
    return lambda asked: (kind, asked.target, props)


def _board(kind: str, **props: Any) -> Callable[[Asked], Op]:
    """About the whole board."""
    return lambda asked: (kind, BOARD, props)


def _worded(kind: str, *keys: str) -> Callable[[Asked], Op]:
    """About what the form names, with words of the form; an empty one takes its property away."""
    return lambda asked: (kind, asked.target, {key: _or_none(asked.text(key)) for key in keys})


ACTS: Final[Mapping[str, Callable[[Asked], Op]]] = {
    "write": _write,
    "paper": _paper,
    "edit": _edit,
    "move": _move,
    "up": _shift(-1),
    "down": _shift(1),
    "delete": _plain("note.delete"),
    "restore": _plain("restore"),
    "add-column": lambda asked: (
        "column.add",
        asked.made("thing"),
        {"title": asked.text("title"), "prompt": _or_left_out(asked.text("prompt"))},
    ),
    "edit-column": lambda asked: (
        "column.edit",
        asked.target,
        {"title": asked.text("title"), "prompt": _or_none(asked.text("prompt"))},
    ),
    "delete-column": _plain("column.delete"),
    "group": _group,
    "several": _several,
    "gather": _several,
    "gather-into": _gather_into,
    "name": _worded("group.name", "title"),
    "split": _split,
    "take-out": lambda asked: ("ungroup", asked.target, {"notes": asked.sent.getlist("notes")}),
    "apart": _plain("ungroup"),
    "merge": lambda asked: ("merge", asked.target, {"into": asked.text("other")}),
    "vote": _plain("vote"),
    "unvote": _plain("unvote"),
    "room": lambda asked: ("room.votes", asked.target, {"count": asked.said.get("count") or 0}),
    "comment": lambda asked: (
        "comment.add",
        asked.made("thing"),
        {"on": asked.target, "text": asked.text("text")},
    ),
    "edit-comment": lambda asked: ("comment.edit", asked.target, {"text": asked.text("text")}),
    "delete-comment": _plain("comment.delete"),
    "agree": _plain("react", mark="agree"),
    "unsure": _plain("react", mark="unsure"),
    "disagree": _plain("react", mark="disagree"),
    "unmark": _plain("react", mark="none"),
    "propose": _propose,
    "edit-action": lambda asked: ("action.edit", asked.target, _action(asked)),
    "claim": _plain("action.claim"),
    "release": _plain("action.release"),
    "delete-action": _plain("action.delete"),
    "on": lambda asked: ("stage.next", BOARD, {"from": _whole(asked.target, 99)}),
    "back": lambda asked: ("stage.back", BOARD, {"from": _whole(asked.target, 99)}),
    "timer": lambda asked: (
        "timer.start",
        BOARD,
        {"seconds": 60 * int(asked.said.get("minutes") or 0), "on": _or_left_out(asked.target)},
    ),
    "minute": _board("timer.extend", seconds=60),
    "minutes": _board("timer.extend", seconds=300),
    "stop": _board("timer.stop"),
    "reveal": lambda asked: ("reveal", BOARD, {"columns": [asked.target] if asked.target else ...}),
    "lock": _board("lock", editing=True),
    "unlock": _board("lock", editing=False),
    "spotlight": lambda asked: ("spotlight", BOARD, {"on": asked.target or None}),
    "rules": _rules,
    "words": lambda asked: (
        "board.edit",
        BOARD,
        {"title": asked.text("title"), "prompt": _or_none(asked.text("prompt"))},
    ),
    "redact": lambda asked: ("redact", BOARD, {"things": [asked.target]}),
    "undo": lambda asked: ("undo", BOARD, {"seq": _whole(asked.target, 0) or ...}),
    "redo": _board("redo"),
}
"""Op by name of the act."""
