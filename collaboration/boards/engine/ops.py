"""What a client may ask for: one shape per kind of op, read strictly, with a name for everything that is wrong.

An op is ``{op_id, base_seq, kind, target, props}`` and may say its ``board``. Reading looks at the op alone: whether
its target exists, and whether this person may, is decided in :mod:`.deciding` against the board's state.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from msgspec import Struct

from collaboration.boards.engine import limits
from collaboration.boards.engine.checks import (
    Check,
    day_or_none,
    id_or_none,
    ids,
    one_id,
    one_of,
    person_key,
    some_ids,
    within,
    words,
    words_or_none,
    yes_no,
)
from collaboration.boards.engine.refusals import Refused, Rejected, refuse
from collaboration.boards.engine.texts import BOARD, number

Target = Literal["new", "thing", "board"]
"""Whether an op makes its target, changes it, or is about the whole board."""


class Op(Struct, frozen=True, gc=False):
    """A change that was asked for and is well formed. ``props`` is not to be changed."""

    op_id: str
    base_seq: int
    kind: str
    target: str
    props: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Shape:
    """What an op of one kind holds. ``any_of``: at least one of the optional props must be there."""

    target: Target
    required: Mapping[str, Check]
    optional: Mapping[str, Check]
    any_of: bool = False
    checks: Mapping[str, Check] = field(init=False)
    """Of both."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "checks", {**self.required, **self.optional})


_NOTE = words(limits.LONGEST_NOTE, lines=True)
_COMMENT = words(limits.LONGEST_COMMENT, lines=True)
_TITLE = words(limits.LONGEST_TITLE)
_TITLE_OR_NONE = words_or_none(limits.LONGEST_TITLE)
_PROMPT = words_or_none(limits.LONGEST_PROMPT, lines=True)
_WHAT = words(limits.LONGEST_ACTION, lines=True)
_WHO = words_or_none(limits.LONGEST_NAME)
_PATTERN = within(0, limits.PATTERNS - 1)
_COUNT = within(1, limits.MOST_BUDGET)
_AS = one_of("action", "initiative", "measure", "risk")
_ON = {"on": one_id}
_INTO = {"into": one_id}
_AFTER: Mapping[str, Check] = {"after": id_or_none}
_NONE: Mapping[str, Check] = {}

SHAPES: Final[Mapping[str, Shape]] = {
    "note.add": Shape("new", {"column": one_id, "text": _NOTE}, {"after": id_or_none, "pattern": _PATTERN}),
    "paper.add": Shape(
        "new",
        {"column": one_id, "text": _NOTE},
        {"after": id_or_none, "pattern": _PATTERN, "for": person_key, "name": words(limits.LONGEST_NAME)},
    ),
    "note.edit": Shape("thing", _NONE, {"text": _NOTE, "pattern": _PATTERN}, any_of=True),
    "note.move": Shape("thing", _INTO, _AFTER),
    "note.delete": Shape("thing", _NONE, _NONE),
    "restore": Shape("thing", _NONE, _NONE),
    "column.add": Shape("new", {"title": _TITLE}, {"prompt": _PROMPT, "after": id_or_none}),
    "column.edit": Shape("thing", _NONE, {"title": _TITLE, "prompt": _PROMPT}, any_of=True),
    "column.move": Shape("thing", _AFTER, _NONE),
    "column.delete": Shape("thing", _NONE, _NONE),
    "group.make": Shape("new", {"notes": ids}, {"title": _TITLE_OR_NONE}),
    "group.join": Shape("thing", {"notes": ids}, _NONE),
    "group.name": Shape("thing", {"title": _TITLE_OR_NONE}, _NONE),
    "group.move": Shape("thing", _INTO, _AFTER),
    "group.split": Shape("thing", {"as": one_id, "notes": ids}, {"title": _TITLE_OR_NONE}),
    "ungroup": Shape("thing", _NONE, {"notes": ids}),
    "merge": Shape("thing", _INTO, _NONE),
    "vote": Shape("thing", _NONE, {"count": _COUNT}),
    "unvote": Shape("thing", _NONE, {"count": _COUNT}),
    "room.votes": Shape("thing", {"count": within(0, limits.MOST_ROOM_VOTES)}, _NONE),
    "comment.add": Shape("new", {"on": one_id, "text": _COMMENT}, _NONE),
    "comment.edit": Shape("thing", {"text": _COMMENT}, _NONE),
    "comment.delete": Shape("thing", _NONE, _NONE),
    "react": Shape("thing", {"mark": one_of("agree", "unsure", "disagree", "none")}, _NONE),
    "action.propose": Shape("new", {"what": _WHAT}, {"sources": some_ids, "who": _WHO, "due": day_or_none, "as": _AS}),
    "action.edit": Shape("thing", _NONE, {"what": _WHAT, "who": _WHO, "due": day_or_none, "as": _AS}, any_of=True),
    "action.claim": Shape("thing", _NONE, _NONE),
    "action.release": Shape("thing", _NONE, _NONE),
    "action.delete": Shape("thing", _NONE, _NONE),
    "stage.next": Shape("board", {"from": within(0, 7)}, _NONE),
    "stage.back": Shape("board", {"from": within(0, 7)}, _NONE),
    "timer.start": Shape("board", {"seconds": within(5, limits.LONGEST_TIMER)}, _ON),
    "timer.extend": Shape("board", {"seconds": within(1, limits.LONGEST_TIMER)}, _NONE),
    "timer.stop": Shape("board", _NONE, _NONE),
    "reveal": Shape("board", _NONE, {"columns": ids}),
    "lock": Shape("board", {"editing": yes_no}, _NONE),
    "spotlight": Shape("board", {"on": id_or_none}, _NONE),
    "settings": Shape(
        "board",
        _NONE,
        {
            "names": one_of("shown", "hidden"),
            "budget": within(1, limits.MOST_BUDGET),
            "most": within(1, limits.MOST_BUDGET),
            "totals": one_of("shown", "hidden"),
            "grouping": one_of("everyone", "facilitator"),
        },
        any_of=True,
    ),
    "board.edit": Shape("board", _NONE, {"title": _TITLE, "prompt": _PROMPT}, any_of=True),
    "redact": Shape("board", {"things": ids}, _NONE),
    "bin.empty": Shape("board", _NONE, _NONE),
    "undo": Shape("board", _NONE, {"seq": within(1, limits.LARGEST_NUMBER)}),
    "redo": Shape("board", _NONE, {"seq": within(1, limits.LARGEST_NUMBER)}),
}
"""Shape by kind of op. Exactly the kinds of :data:`~.stages.PERMITTED`."""

_KEYS: Final = frozenset({"t", "op_id", "base_seq", "kind", "target", "props", "board"})


def depth(value: Any, most: int) -> int:
    """How many lists and objects stand inside each other; counting stops one past ``most``."""
    if most > 1 and type(value) is dict and _is_shallow(value):
        return 1 if not any(type(each) is dict for each in value.values()) else 2
    found = 0
    row = [value]
    while found <= most:
        row = [each for each in row if isinstance(each, dict | list)]
        if not row:
            break
        found += 1
        row = [inner for outer in row for inner in (outer.values() if isinstance(outer, dict) else outer)]
    return found


def _is_shallow(value: dict[str, Any]) -> bool:
    """Whether it is at most an object of objects of plain values, as nearly every op is."""
    for each in value.values():
        sort = type(each)
        if sort is list or (sort is dict and any(type(inner) in _NESTS for inner in each.values())):
            return False
    return True


_NESTS: Final = frozenset({dict, list})


def plain(key: object) -> str:
    """A key that came from outside, short and plain enough to be said back."""
    shown = str(key)[:40]
    return shown if shown.isascii() and shown.isprintable() else "?"


def _read(raw: object, board: str | None) -> Op:
    if not isinstance(raw, dict):
        refuse("wrong_type", key="op", expected="an object")
    if depth(raw, limits.MOST_DEPTH) > limits.MOST_DEPTH:
        refuse("too_deep", most=limits.MOST_DEPTH)
    for key in raw:
        if key not in _KEYS:
            refuse("unknown_key", key=plain(key))
    for key in ("op_id", "base_seq", "kind", "target"):
        if key not in raw:
            refuse("missing_key", key=key)
    if board is not None and raw.get("board", board) != board:
        refuse("other_board")
    return checked(raw["op_id"], raw["base_seq"], raw["kind"], raw["target"], raw.get("props", {}))


def checked(op_id: Any, base_seq: Any, kind: Any, target: Any, props: Any) -> Op:
    """An op of these parts. Raises :class:`~.refusals.Refused`; what no kind of op allows is not in it."""
    shape = SHAPES.get(kind) if isinstance(kind, str) else None
    if shape is None:
        refuse("unknown_kind")
    one_id(op_id, "op_id")
    number(base_seq, "base_seq", 0)
    if shape.target == "board":
        if target != BOARD:
            refuse("wrong_type", key="target", expected=BOARD)
    else:
        one_id(target, "target")
    return Op(op_id, base_seq, kind, target, _props(props, shape))


def _props(sent: object, shape: Shape) -> dict[str, Any]:
    if not isinstance(sent, dict):
        refuse("wrong_type", key="props", expected="an object")
    kept: dict[str, Any] = {}
    for key, value in sent.items():
        check = shape.checks.get(key)
        if check is None:
            refuse("unknown_key", key=plain(key))
        kept[key] = check(value, key)
    for key in shape.required:
        if key not in kept:
            refuse("missing_key", key=key)
    if shape.any_of and not kept:
        refuse("missing_key", key=" · ".join(shape.optional))
    return kept


def parse(raw: object, *, board: str | None = None) -> Op | Rejected:
    """Read one op, already decoded from JSON. ``board``: the id of the board it came to. Never raises."""
    try:
        return _read(raw, board)
    except Refused as no:
        return no.rejected
