"""Bytes from a client, read as a frame or refused: nothing that arrives may raise, hang, or be believed.

Size is looked at before decoding, depth before anything is kept, and every key is known by name.
"""

from __future__ import annotations

import json
from typing import Any, Final, Literal, NoReturn, cast

from msgspec import UNSET, Struct, UnsetType
from msgspec.json import Decoder

from collaboration.boards.engine import limits
from collaboration.boards.engine.frames import ClientFrame
from collaboration.boards.engine.ops import Op, checked, depth, parse, plain
from collaboration.boards.engine.refusals import Refused, Rejected, refuse
from collaboration.boards.engine.texts import is_id, number

_KEYS: Final[dict[str, tuple[frozenset[str], frozenset[str]]]] = {
    "hello": (frozenset({"t", "board"}), frozenset({"since", "epoch", "device"})),
    "ops": (frozenset({"t", "ops"}), frozenset()),
    "since": (frozenset({"t", "since"}), frozenset()),
    "ping": (frozenset({"t"}), frozenset()),
}
"""Required and optional keys by sort of frame. What an ``op`` holds, :mod:`.ops` says."""


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


_DECODER: Final = json.JSONDecoder(parse_constant=_no_constant)


def _decode(data: bytes | str) -> Any:
    # A character takes four bytes at most: only long text need be encoded to know.
    if len(data) > limits.MOST_BYTES or (
        len(data) * 4 > limits.MOST_BYTES
        and isinstance(data, str)
        and len(data.encode("utf-8", "replace")) > limits.MOST_BYTES
    ):
        refuse("too_large", most=limits.MOST_BYTES)
    try:
        return _DECODER.decode(data if isinstance(data, str) else str(data, "utf-8"))
    except (ValueError, RecursionError):
        refuse("not_json")


class _OneOp(Struct, forbid_unknown_fields=True, frozen=True, gc=False):
    """All that an ``op`` frame may hold."""

    t: Literal["op"]
    op_id: str
    base_seq: int
    kind: str
    target: str
    props: dict[str, Any] = {}
    board: str | UnsetType = UNSET


_ONE_OP: Final = Decoder(_OneOp)


def read_op(data: bytes | str, *, board: str) -> Op | None:
    """The op of an ``op`` frame in which nothing is wrong, several times as fast as by :func:`read_frame`.

    ``None`` for everything else, which is to be read again to say what it is. Takes nothing that would be refused
    there. Never raises.
    """
    if len(data) * 4 > limits.MOST_BYTES:
        return None
    try:
        frame = _ONE_OP.decode(data)
        if frame.board is not UNSET and frame.board != board:
            return None
        return checked(frame.op_id, frame.base_seq, frame.kind, frame.target, frame.props)
    except (ValueError, RecursionError, Refused):
        return None


def read_frame(data: bytes | str) -> ClientFrame | Rejected:
    """One frame. Ops in it are still to be read, each by itself, with :func:`read_ops`. Never raises."""
    try:
        return _read(_decode(data))
    except Refused as no:
        return no.rejected


def _read(frame: Any) -> ClientFrame:
    if not isinstance(frame, dict):
        refuse("wrong_type", key="frame", expected="an object")
    sort = frame.get("t")
    if sort == "op":
        return cast(ClientFrame, frame)
    if not isinstance(sort, str) or sort not in _KEYS:
        refuse("unknown_frame")
    required, optional = _KEYS[sort]
    for key in frame:
        if key not in required and key not in optional:
            refuse("unknown_key", key=plain(key))
    for key in sorted(required):
        if key not in frame:
            refuse("missing_key", key=key)
    if sort == "ops":
        ops = frame["ops"]
        if not isinstance(ops, list):
            refuse("wrong_type", key="ops", expected="a list of ops")
        if len(ops) > limits.MOST_OPS_IN_A_FRAME:
            refuse("too_many", key="ops", most=limits.MOST_OPS_IN_A_FRAME)
    elif depth(frame, 1) > 1:
        refuse("too_deep", most=1)
    if "since" in frame:
        number(frame["since"], "since", 0)
    for key in ("board", "epoch"):
        if key in frame and not is_id(frame[key]):
            refuse("not_an_id", key=key)
    device = frame.get("device", "-" * 22)
    if not (isinstance(device, str) and device.isascii() and 22 <= len(device) <= limits.LONGEST_KEY):
        refuse("not_an_id", key="device")
    return cast(ClientFrame, frame)


def read_ops(frame: ClientFrame, *, board: str) -> list[tuple[str | None, Op | Rejected]]:
    """The ops of an ``op`` or ``ops`` frame, in order, each with its id if it has a readable one. Never raises."""
    if frame["t"] == "op":
        return [_one(frame, board)]
    if frame["t"] == "ops":
        return [_one(each, board) for each in frame["ops"]]
    return []


def _one(raw: object, board: str) -> tuple[str | None, Op | Rejected]:
    op_id = raw.get("op_id") if isinstance(raw, dict) else None
    return (op_id if is_id(op_id) else None), parse(raw, board=board)
