"""A small interpreter of the part of M, Power Query's language, that the help pages use.

Excel and Power BI do not run here, so the queries that the pages show are run by this instead: read strictly (an
unbalanced bracket, an unknown name or a wrong field is an error) after Microsoft's description of the language, with
the functions of the library that they call. What it cannot show is what a later version of Excel does.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections import ChainMap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

TOKENS = re.compile(
    r"""\s+|//[^\n]*
    |(?P<text>"(?:[^"]|"")*")
    |(?P<number>\d+(?:\.\d+)?)
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*)
    |(?P<sign>=>|<>|[()\[\]{},=&])""",
    re.VERBOSE,
)
KEYWORDS = {"let", "in", "each", "if", "then", "else", "type", "as", "null", "true", "false", "and", "or", "not"}
TYPES = {"text", "number", "date", "datetime", "datetimezone", "logical", "list", "record", "table", "any", "nullable"}

Scope = Mapping[str, Any]
Ask = Callable[[str, Mapping[str, str]], bytes]
"""Fetches an address with headers."""


class MError(Exception):
    """What Power Query would refuse."""


@dataclass(frozen=True)
class Type:
    name: str


@dataclass
class Table:
    columns: list[str]
    rows: list[dict[str, Any]]


class Parser:
    """Reads an expression into a function of its scope."""

    def __init__(self, source: str) -> None:
        self.tokens: list[tuple[str, str]] = []
        at = 0
        while at < len(source):
            found = TOKENS.match(source, at)
            if found is None or found.end() == at:
                raise MError(f"cannot be read: {source[at : at + 30]!r}")
            if found.lastgroup:
                self.tokens.append((found.lastgroup, found.group()))
            at = found.end()
        self.at = 0

    def whole(self) -> Callable[[Scope], Any]:
        expression = self.expression()
        if self.at != len(self.tokens):
            raise MError(f"ends before {self.tokens[self.at][1]!r}")
        return expression

    def peek(self, ahead: int = 0) -> str:
        return self.tokens[self.at + ahead][1] if self.at + ahead < len(self.tokens) else ""

    def take(self, wanted: str = "") -> str:
        kind_and_text = self.tokens[self.at] if self.at < len(self.tokens) else ("", "the end")
        if wanted and kind_and_text[1] != wanted:
            raise MError(f"expected {wanted!r}, found {kind_and_text[1]!r}")
        self.at += 1
        return kind_and_text[1]

    def name(self) -> str:
        if self.at >= len(self.tokens) or self.tokens[self.at][0] != "name" or self.peek() in KEYWORDS:
            raise MError(f"expected a name, found {self.peek() or 'the end'!r}")
        return self.take()

    def expression(self) -> Callable[[Scope], Any]:
        match self.peek():
            case "let":
                return self.let()
            case "each":
                self.take()
                body = self.expression()
                return lambda scope: lambda it: body(ChainMap({"_": it}, scope))
            case "if":
                self.take()
                test = self.expression()
                self.take("then")
                good = self.expression()
                self.take("else")
                other = self.expression()
                return lambda scope: (good if _logical(test(scope)) else other)(scope)
            case "(" if self._is_function():
                return self.function()
        return self.compared()

    def let(self) -> Callable[[Scope], Any]:
        self.take("let")
        steps = self._pairs(until="in")
        self.take("in")
        result = self.expression()

        def value(scope: Scope) -> Any:
            # Steps may use each other in any order and are computed when they are first needed.
            return result(_Steps(scope, steps))

        return value

    def _pairs(self, until: str) -> dict[str, Callable[[Scope], Any]]:
        pairs: dict[str, Callable[[Scope], Any]] = {}
        while self.peek() != until:
            name = self.name()
            if name in pairs:
                raise MError(f"{name} is there twice")
            self.take("=")
            pairs[name] = self.expression()
            if self.peek() != until:
                self.take(",")
                if self.peek() == until:
                    raise MError("a comma before the end")
        return pairs

    def _is_function(self) -> bool:
        depth, ahead = 0, 0
        while self.at + ahead < len(self.tokens):
            depth += {"(": 1, ")": -1}.get(self.peek(ahead), 0)
            ahead += 1
            if depth == 0:
                return self.peek(ahead) in ("=>", "as")
        raise MError("a bracket that is never closed")

    def function(self) -> Callable[[Scope], Any]:
        self.take("(")
        parameters: list[str] = []
        while self.peek() != ")":
            parameters.append(self.name())
            self._type_follows()
            if self.peek() != ")":
                self.take(",")
        self.take(")")
        self._type_follows()
        self.take("=>")
        body = self.expression()

        def value(scope: Scope) -> Any:
            def call(*given: Any) -> Any:
                if len(given) != len(parameters):
                    raise MError(f"{len(given)} arguments for {len(parameters)} parameters")
                return body(ChainMap(dict(zip(parameters, given, strict=True)), scope))

            return call

        return value

    def _type_follows(self) -> None:
        if self.peek() == "as":
            self.take()
            self.type_name()

    def type_name(self) -> Type:
        name = self.take()
        if name not in TYPES:
            raise MError(f"there is no type {name}")
        return Type(name)

    def compared(self) -> Callable[[Scope], Any]:
        left = self.joined()
        if self.peek() in ("=", "<>"):
            sign, right = self.take(), self.joined()
            return lambda scope: (left(scope) == right(scope)) is (sign == "=")
        return left

    def joined(self) -> Callable[[Scope], Any]:
        parts = [self.postfix()]
        while self.peek() == "&":
            self.take()
            parts.append(self.postfix())
        if len(parts) == 1:
            return parts[0]

        def value(scope: Scope) -> str:
            texts = [part(scope) for part in parts]
            if not all(isinstance(text, str) for text in texts):
                raise MError("& joins texts")
            return "".join(texts)

        return value

    def postfix(self) -> Callable[[Scope], Any]:
        value = self.primary()
        while self.peek() in ("(", "[", "{"):
            value = self._after(value)
        return value

    def _after(self, value: Callable[[Scope], Any]) -> Callable[[Scope], Any]:
        match self.take():
            case "(":
                arguments = self._until(")")
                return lambda scope: value(scope)(*(argument(scope) for argument in arguments))
            case "[":
                name = self.name()
                self.take("]")
                return lambda scope: _field(value(scope), name)
        index = self.expression()
        self.take("}")
        return lambda scope: _item(value(scope), index(scope))

    def _until(self, end: str) -> list[Callable[[Scope], Any]]:
        listed = []
        while self.peek() != end:
            listed.append(self.expression())
            if self.peek() != end:
                self.take(",")
                if self.peek() == end:
                    raise MError("a comma before the end")
        self.take(end)
        return listed

    def primary(self) -> Callable[[Scope], Any]:
        if self.at >= len(self.tokens):
            raise MError("ends too soon")
        kind, text = self.tokens[self.at]
        if kind == "text":
            self.take()
            return lambda scope: text[1:-1].replace('""', '"')
        if kind == "number":
            self.take()
            return lambda scope: float(text) if "." in text else int(text)
        if text in ("null", "true", "false"):
            self.take()
            return lambda scope: {"null": None, "true": True, "false": False}[text]
        if text == "type":
            self.take()
            named = self.type_name()
            return lambda scope: named
        if text == "(":
            self.take()
            inner = self.expression()
            self.take(")")
            return inner
        if text == "{":
            self.take()
            listed = self._until("}")
            return lambda scope: [item(scope) for item in listed]
        if text == "[":
            return self._record_or_field()
        name = self.name()
        return lambda scope: _looked_up(scope, name)

    def _record_or_field(self) -> Callable[[Scope], Any]:
        if self.peek(2) == "]" and self.peek(1) != "]":
            # [name] alone is a field of what "each" has in hand.
            self.take("[")
            name = self.name()
            self.take("]")
            return lambda scope: _field(_looked_up(scope, "_"), name)
        self.take("[")
        fields = self._pairs(until="]")
        self.take("]")
        return lambda scope: {name: field(scope) for name, field in fields.items()}


class _Steps(Mapping[str, Any]):
    """The names of a ``let``: computed once, when they are first asked for."""

    def __init__(self, outer: Scope, steps: Mapping[str, Callable[[Scope], Any]]) -> None:
        self.outer, self.steps, self.done = outer, steps, dict[str, Any]()

    def __getitem__(self, name: str) -> Any:
        if name not in self.steps:
            return self.outer[name]
        if name not in self.done:
            self.done[name] = self.steps[name](self)
        return self.done[name]

    def __contains__(self, name: object) -> bool:
        return name in self.steps or name in self.outer

    def __iter__(self) -> Iterator[str]:
        return iter([*self.steps, *self.outer])

    def __len__(self) -> int:
        return len(self.steps) + len(self.outer)


def _looked_up(scope: Scope, name: str) -> Any:
    if name in scope:
        return scope[name]
    raise MError(f"there is no {name}")


def _logical(value: Any) -> bool:
    if not isinstance(value, bool):
        raise MError("a test that is neither true nor false")
    return value


def _field(value: Any, name: str) -> Any:
    if isinstance(value, Table):
        return [row[name] for row in value.rows]
    if not isinstance(value, Mapping) or name not in value:
        raise MError(f"there is no field {name}")
    return value[name]


def _item(value: Any, index: Any) -> Any:
    if isinstance(value, list) and isinstance(index, int) and 0 <= index < len(value):
        return value[index]
    raise MError(f"there is no item {index}")


def _web_contents(ask: Ask) -> Callable[..., bytes]:
    def contents(url: str, options: Mapping[str, Any] | None = None) -> bytes:
        options = options or {}
        if unknown := set(options) - {"RelativePath", "Query", "Headers"}:
            raise MError(f"Web.Contents has no option {unknown}")
        address = url
        if path := options.get("RelativePath"):
            address = address.rstrip("/") + "/" + path.lstrip("/")
        if asked := options.get("Query"):
            if not all(isinstance(value, str) for value in asked.values()):
                raise MError("a value in Query that is no text")
            address += "?" + urlencode(asked)
        return ask(address, options.get("Headers") or {})

    return contents


def _generate(initial: Callable[[], Any], condition: Any, following: Any) -> list[Any]:
    made, state = [], initial()
    while _logical(condition(state)):
        made.append(state)
        state = following(state)
    return made


def _from_records(records: list[Mapping[str, Any]], columns: list[str], missing: str) -> Table:
    if missing != "MissingField.UseNull":
        raise MError("missing fields are errors")
    return Table(list(columns), [{name: record.get(name) for name in columns} for record in records])


def _typed(value: Any, type_: Type) -> Any:
    if value is None or value == "":
        return None
    match type_.name:
        case "date":
            return date.fromisoformat(value)
        case "datetimezone":
            moment = datetime.fromisoformat(value)
            if moment.tzinfo is None:
                raise MError(f"{value!r} says no zone")
            return moment
        case "number" if isinstance(value, int | float) and not isinstance(value, bool):
            return value
        case "logical" if isinstance(value, bool):
            return value
        case "whole" if isinstance(value, int) and not isinstance(value, bool):
            return value
        case "text" if isinstance(value, str):
            return value
        case "list" if isinstance(value, list):
            return value
    raise MError(f"{value!r} is no {type_.name}")


def _checked(table: Table, names: Sequence[str]) -> None:
    if missing := [name for name in names if name not in table.columns]:
        raise MError(f"there are no columns {missing}")


def _change_types(table: Table, changes: list[list[Any]], culture: str = "") -> Table:
    _checked(table, [name for name, _type in changes])
    to = dict(changes)
    return Table(
        table.columns,
        [{name: _typed(cell, to[name]) if name in to else cell for name, cell in row.items()} for row in table.rows],
    )


def _change_columns(table: Table, changes: list[list[Any]]) -> Table:
    _checked(table, [change[0] for change in changes])
    by = {change[0]: change[1] for change in changes}
    return Table(
        table.columns,
        [{name: by[name](cell) if name in by else cell for name, cell in row.items()} for row in table.rows],
    )


def _select(table: Table, names: list[str]) -> Table:
    _checked(table, names)
    return Table(names, [{name: row[name] for name in names} for row in table.rows])


def _expand(table: Table, name: str) -> Table:
    _checked(table, [name])
    return Table(table.columns, [{**row, name: item} for row in table.rows for item in (row[name] or [None])])


def _rename(table: Table, changes: list[list[str]]) -> Table:
    _checked(table, [old for old, _new in changes])
    new = dict(changes)
    return Table(
        [new.get(name, name) for name in table.columns],
        [{new.get(name, name): cell for name, cell in row.items()} for row in table.rows],
    )


def _csv(file: bytes, options: Mapping[str, Any]) -> list[list[str]]:
    if options.get("Encoding") != 65001:
        raise MError("another encoding")
    return list(csv.reader(io.StringIO(file.decode("utf-8-sig"), newline=""), delimiter=options["Delimiter"]))


def _promote(lines: list[list[str]], options: Mapping[str, Any]) -> Table:
    head, *rows = lines
    return Table(head, [dict(zip(head, row, strict=True)) for row in rows])


def _parts(address: str) -> dict[str, Any]:
    query = parse_qs(urlsplit(address).query, keep_blank_values=True)
    return {"Query": {name: values[0] if len(values) == 1 else values for name, values in query.items()}}


def library(ask: Ask) -> dict[str, Any]:
    return {
        "Csv.Document": _csv,
        "Int64.Type": Type("whole"),
        "Json.Document": json.loads,
        "List.Combine": lambda lists: [item for listed in lists for item in listed],
        "List.Generate": _generate,
        "List.Positions": lambda listed: list(range(len(listed))),
        "List.Transform": lambda listed, by: [by(item) for item in listed],
        "MissingField.UseNull": "MissingField.UseNull",
        "QuoteStyle.Csv": "QuoteStyle.Csv",
        "Table.ExpandListColumn": _expand,
        "Table.FromRecords": _from_records,
        "Table.PromoteHeaders": _promote,
        "Table.RenameColumns": _rename,
        "Table.SelectColumns": _select,
        "Table.TransformColumnTypes": _change_types,
        "Table.TransformColumns": _change_columns,
        "Text.Combine": lambda texts, between: between.join(texts),
        "Text.Split": lambda text, by: text.split(by),
        "Uri.Parts": _parts,
        "Web.Contents": _web_contents(ask),
    }


def run(source: str, ask: Ask, **others: Any) -> Any:
    """What a query gives. ``others``: the other queries of the workbook by name. Raises :class:`MError`."""
    return Parser(source).whole()({**library(ask), **others})
