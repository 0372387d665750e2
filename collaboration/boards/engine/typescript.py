"""The frames as TypeScript types, so that the client's compiler knows the protocol and a test sees a difference."""

from __future__ import annotations

import types
import typing
from typing import Any, Final, Literal, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

from collaboration.boards.engine import frames
from collaboration.boards.engine.refusals import SENTENCES
from collaboration.boards.engine.stages import PERMITTED

_PLAIN: Final = {str: "string", int: "number", bool: "boolean", type(None): "null", Any: "unknown"}


def typescript() -> str:
    """A module of types: one interface per frame, and unions of the kinds of ops and the codes of refusals."""
    named = {value: name for name, value in vars(frames).items() if is_typeddict(value)}
    parts = ["// Made from collaboration/boards/engine/frames.py. Change it there.\n"]
    parts.append(f"export type Kind = {_union(PERMITTED)};\n")
    parts.append(f"export type Code = {_union(SENTENCES)};\n")
    for name in ("Stage", "Role", "Mark", "Names", "Grouping", "Use"):
        parts.append(f"export type {name} = {_union(get_args(getattr(frames, name)))};\n")
    for frame, name in named.items():
        hints = get_type_hints(frame, include_extras=True)
        lines = [f"  {key}{'?' if _is_optional(hint) else ''}: {_type(hint, named)};" for key, hint in hints.items()]
        parts.append(f"export interface {name} {{\n" + "\n".join(lines) + "\n}\n")
    for name in ("ClientFrame", "ServerFrame"):
        parts.append(f"export type {name} = {' | '.join(named[each] for each in get_args(getattr(frames, name)))};\n")
    return "\n".join(parts)


def _union(values: typing.Iterable[object]) -> str:
    return " | ".join(f'"{value}"' if isinstance(value, str) else str(value) for value in values)


def _is_optional(hint: Any) -> bool:
    return get_origin(hint) is NotRequired


def _type(hint: Any, named: dict[Any, str]) -> str:
    if hint in named:
        return named[hint]
    if hint in _PLAIN:
        return _PLAIN[hint]
    origin, inner = get_origin(hint), get_args(hint)
    if origin is NotRequired:
        return _type(inner[0], named)
    if origin is Literal:
        return _union(inner)
    if origin is list:
        each = _type(inner[0], named)
        return f"({each})[]" if "|" in each else f"{each}[]"
    if origin is dict:
        return f"Record<string, {_type(inner[1], named)}>"
    if origin in (Union, types.UnionType):
        return " | ".join(_type(each, named) for each in inner)
    raise TypeError(f"no TypeScript for {hint!r}")
