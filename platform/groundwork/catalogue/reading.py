"""Reading a place catalogue so that every complaint can name its file and line.

Sections (see ``registry``) ask a :class:`Mapping` for the keys they know, with the type they expect. A wrong or missing
value is noted as a :class:`Problem` and a harmless stand-in is returned, so that one reading finds every problem there
is. What nobody asked for is a problem too: a misspelt key or file must never be passed over in silence.
"""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from django.db import models

from groundwork.access.errors import Invalid
from groundwork.catalogue.nodes import Problem, called, compose, line_of, plain


def longest(model: type[models.Model], name: str) -> int | None:
    """How many characters a field of a model can keep; None where there is no limit."""
    found: int | None = getattr(model._meta.get_field(name), "max_length", None)
    return found


def _a(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


class BrokenCatalogue(Invalid):
    """A catalogue that cannot be loaded. ``problems`` holds everything that was found, in reading order."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__({"": [str(problem) for problem in self.problems]})


class Mapping:
    """A set of keys in a catalogue file, read key by key."""

    def __init__(self, catalogue: Catalogue, node: yaml.MappingNode, file: str) -> None:
        self.catalogue = catalogue
        self.file = file
        self.line = line_of(node)
        self._nodes: dict[str, yaml.Node] = {key.value: value for key, value in node.value}
        self._key_lines: dict[str, int] = {key.value: line_of(key) for key, value in node.value}
        self._asked: set[str] = set()
        catalogue.opened.append(self)

    def problem(self, sentence: str, key: str = "") -> None:
        """Note what is wrong, at the line of ``key`` or, without one, at the line where this begins."""
        self.catalogue.problems.append(Problem(self.file, self._key_lines.get(key, self.line), sentence))

    def line_of(self, key: str) -> int:
        return self._key_lines.get(key, self.line)

    def has(self, key: str) -> bool:
        """Whether the key is written at all, be it with null."""
        return key in self._nodes

    def _take(self, key: str) -> yaml.Node | None:
        """The node of a key that is there and not null."""
        self._asked.add(key)
        node = self._nodes.get(key)
        return None if node is None or node.tag.endswith(":null") else node

    def _missing(self, key: str) -> None:
        self.problem(f"“{key}” is null, but must be stated." if self.has(key) else f"“{key}” is missing.", key)

    def _text_of(self, node: yaml.Node, key: str, longest: int | None) -> str:
        if not isinstance(node, yaml.ScalarNode) or node.tag.endswith(":bool"):
            self.problem(f"“{key}” must be text, not {called(node)}.", key)
            return ""
        text = str(node.value).strip()
        if longest is not None and len(text) > longest:
            self.problem(f"“{key}” is {len(text)} characters long; at most {longest} can be kept.", key)
            return ""
        return text

    def text(self, key: str, *, longest: int | None = None) -> str:
        """Text that must be stated. Numbers are taken as they are written."""
        node = self._take(key)
        if node is None:
            self._missing(key)
            return ""
        text = self._text_of(node, key, longest)
        if not text and isinstance(node, yaml.ScalarNode) and not node.value.strip():
            self.problem(f"“{key}” is empty.", key)
        return text

    def text_or_null(self, key: str, *, longest: int | None = None) -> str | None:
        """Text, or None where the catalogue says null or nothing: not stated."""
        node = self._take(key)
        return None if node is None else self._text_of(node, key, longest) or None

    def text_or_empty(self, key: str, *, longest: int | None = None) -> str:
        """Text, or "" where the catalogue says null or nothing."""
        return self.text_or_null(key, longest=longest) or ""

    def one_of(self, key: str, choices: tuple[str, ...], default: str) -> str:
        """One of a few words, or ``default`` where it is not stated."""
        text = self.text_or_null(key)
        if text is None:
            return default
        if text not in choices:
            self.problem(f"“{key}” is “{text}”; it must be one of: {', '.join(c for c in choices if c)}.", key)
            return default
        return text

    def matching(self, key: str, pattern: str, meaning: str, *, longest: int | None = None) -> str:
        """Text that must be stated and match ``pattern``; ``meaning`` says in words what that is."""
        text = self.text(key, longest=longest)
        if text and not re.fullmatch(pattern, text):
            self.problem(f"“{key}” is “{text}”; it must be {meaning}.", key)
        return text

    def slug(self, key: str, *, longest: int) -> str:
        """A word for addresses: small letters, figures and hyphens."""
        return self.matching(key, "[a-z0-9]+(?:-[a-z0-9]+)*", "small letters, figures and hyphens", longest=longest)

    def flag(self, key: str, *, default: bool = False) -> bool:
        node = self._take(key)
        if node is None:
            return default
        if not node.tag.endswith(":bool"):
            self.problem(f"“{key}” must be true or false, not {called(node)}.", key)
            return default
        return bool(plain(node))

    def whole(self, key: str, *, least: int = 0, most: int = 32_767) -> int | None:
        """A whole number, or None where it is not stated."""
        node = self._take(key)
        if node is None:
            return None
        if not node.tag.endswith(":int"):
            self.problem(f"“{key}” must be a whole number, not {called(node)}.", key)
            return None
        number = int(plain(node))
        if not least <= number <= most:
            self.problem(f"“{key}” is {number}; it must be from {least} to {most}.", key)
            return None
        return number

    def day(self, key: str) -> date | None:
        """A day like 2017-09-19, or None where it is not stated."""
        text = self.text_or_null(key)
        if text is None:
            return None
        try:
            if not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
                raise ValueError
            return date.fromisoformat(text)
        except ValueError:
            self.problem(f"“{key}” is “{text}”; it must be a day like 2017-09-19, or null.", key)
            return None

    def days(self) -> tuple[date | None, date | None]:
        """``valid_from`` (inclusive) and ``valid_to`` (exclusive) of something dated."""
        begins, ends = self.day("valid_from"), self.day("valid_to")
        if begins and ends and ends <= begins:
            self.problem("“valid_to” must be a later day than “valid_from”.", "valid_to")
            return begins, None
        return begins, ends

    def _items(self, key: str) -> list[yaml.Node]:
        node = self._take(key)
        if node is None:
            return []
        if not isinstance(node, yaml.SequenceNode):
            self.problem(f"“{key}” must be a list, not {called(node)}.", key)
            return []
        return list(node.value)

    def texts(self, key: str, *, longest: int | None = None) -> list[str]:
        """A list of texts, empty where the catalogue says null or nothing."""
        return [text for text, _ in self.texts_with_lines(key, longest=longest)]

    def texts_with_lines(self, key: str, *, longest: int | None = None) -> list[tuple[str, int]]:
        """A list of texts, each with its line."""
        found: list[tuple[str, int]] = []
        for node in self._items(key):
            line = line_of(node)
            if not isinstance(node, yaml.ScalarNode) or node.tag.endswith((":bool", ":null")):
                self._at(line, f"“{key}” must hold texts only, not {called(node)}.")
            elif not node.value.strip():
                self._at(line, f"“{key}” holds an empty text.")
            elif longest is not None and len(node.value) > longest:
                self._at(
                    line, f"A text in “{key}” is {len(node.value)} characters long; at most {longest} can be kept."
                )
            else:
                found.append((node.value.strip(), line))
        return found

    def wholes(self, key: str, *, count: int, most: int = 32_767) -> list[int] | None:
        """A list of exactly ``count`` whole numbers, or None where it is not stated."""
        items = self._items(key)
        if not items:
            return None
        if len(items) != count or not all(i.tag.endswith(":int") and 0 <= int(i.value) <= most for i in items):
            self.problem(f"“{key}” must be {count} whole numbers from 0 to {most}.", key)
            return None
        return [int(item.value) for item in items]

    def mapping(self, key: str, *, required: bool = False) -> Mapping | None:
        """A set of keys below this one, or None where it is not stated."""
        node = self._take(key)
        if node is None:
            if required:
                self._missing(key)
            return None
        if not isinstance(node, yaml.MappingNode):
            self.problem(f"“{key}” must be a set of keys, not {called(node)}.", key)
            return None
        return Mapping(self.catalogue, node, self.file)

    def mappings(self, key: str, *, required: bool = False) -> list[Mapping]:
        """A list of sets of keys, empty where the catalogue says null or nothing."""
        if required and not self.has(key):
            self._missing(key)
        found: list[Mapping] = []
        for node in self._items(key):
            if isinstance(node, yaml.MappingNode):
                found.append(Mapping(self.catalogue, node, self.file))
            else:
                self._at(line_of(node), f"“{key}” must hold sets of keys only, not {called(node)}.")
        return found

    def mixed(self, key: str) -> list[Mapping | tuple[str, int]]:
        """A list in which a short entry is a text (given with its line) and a longer one a set of keys."""
        found: list[Mapping | tuple[str, int]] = []
        for node in self._items(key):
            if isinstance(node, yaml.MappingNode):
                found.append(Mapping(self.catalogue, node, self.file))
            elif isinstance(node, yaml.ScalarNode) and not node.tag.endswith((":bool", ":null")):
                found.append((node.value.strip(), line_of(node)))
            else:
                self._at(line_of(node), f"“{key}” must hold texts or sets of keys, not {called(node)}.")
        return found

    def plain(self, key: str) -> dict[str, Any]:
        """A set of keys that is kept as it is written, whatever it holds."""
        node = self._take(key)
        if node is None:
            return {}
        if not isinstance(node, yaml.MappingNode):
            self.problem(f"“{key}” must be a set of keys, not {called(node)}.", key)
            return {}
        value: dict[str, Any] = plain(node)
        return value

    def words(self, key: str) -> dict[str, tuple[str, int]]:
        """A set of keys each of which holds one text: ``{key: (text, line)}``."""
        below = self.mapping(key)
        return {k: (below.text(k), below.line_of(k)) for k in below._nodes} if below else {}

    def _at(self, line: int, sentence: str) -> None:
        self.catalogue.problems.append(Problem(self.file, line, sentence))

    def passed_over(self) -> Iterator[Problem]:
        """A problem for each key that no section asked for."""
        for key, line in self._key_lines.items():
            if key in self._asked:
                continue
            near = difflib.get_close_matches(key, sorted(self._asked - set(self._nodes)), n=1)
            hint = f"; did you mean “{near[0]}”?" if near else "."
            yield Problem(self.file, line, f"“{key}” is not known here{hint}")


@dataclass
class _Reference:
    kind: str
    key: str
    file: str
    line: int


@dataclass
class Catalogue:
    """A directory of catalogue files while it is being read."""

    directory: Path
    shown_as: str
    """How sentences name the directory."""
    place: str = ""
    """The key of the place, set by the section that reads it."""
    problems: list[Problem] = field(default_factory=list)
    opened: list[Mapping] = field(default_factory=list)
    parsed: dict[str, Any] = field(default_factory=dict)
    """What each section read, by the section's name; later sections may look."""
    _files: dict[str, Mapping | None] = field(default_factory=dict)
    _declared: dict[str, dict[str, tuple[str, int]]] = field(default_factory=dict)
    _references: list[_Reference] = field(default_factory=list)
    _checks: list[Callable[[], None]] = field(default_factory=list)
    _unread: bool = False

    def name(self, path: Path) -> str:
        return f"{self.shown_as}/{path.relative_to(self.directory).as_posix()}"

    def file(self, name: str, *, required: bool = False) -> Mapping | None:
        """The keys of one file, or None where there is no such file. Reading it twice gives the same object."""
        if name not in self._files:
            path = self.directory / name
            self._files[name] = None
            if path.is_file():
                shown_as = self.name(path)
                node, problems = compose(path, shown_as)
                self.problems += problems
                self._files[name] = Mapping(self, node, shown_as) if node else None
                self._unread = self._unread or node is None
            elif required:
                self._miss(name)
        return self._files[name]

    def files(self, name: str) -> list[Mapping]:
        """The file ``<name>.yaml`` and every file in the directory ``<name>/``, by name. There must be one."""
        below = sorted(p.relative_to(self.directory).as_posix() for p in (self.directory / name).glob("*.yaml"))
        if not below:
            top = self.file(f"{name}.yaml", required=True)
            return [top] if top else []
        read = [self.file(each) for each in (f"{name}.yaml", *below)]
        return [each for each in read if each is not None]

    def _miss(self, name: str) -> None:
        self._unread = True
        self.problems.append(Problem(f"{self.shown_as}/{name}", 1, "This file is missing."))

    def declare(self, kind: str, key: str, at: Mapping, *, on: str = "") -> bool:
        """Note that ``kind`` ``key`` is defined here. A second definition is a problem; returns whether it is new."""
        if not key:
            return False
        known = self._declared.setdefault(kind, {})
        if key in known:
            file, line = known[key]
            where = f"line {line}" if file == at.file else f"{file}, line {line}"
            at.problem(f"There is already {_a(kind)} “{key}” ({where}).", on)
            return False
        known[key] = (at.file, at.line_of(on))
        return True

    def refer(self, kind: str, key: str | None, at: Mapping, *, on: str = "", line: int | None = None) -> None:
        """Note that ``kind`` ``key`` is spoken of here; whether it is defined is checked when all is read."""
        if key:
            self._references.append(_Reference(kind, key, at.file, line or at.line_of(on)))

    def declares(self, kind: str, key: str) -> bool:
        return key in self._declared.get(kind, {})

    def at_the_end(self, check: Callable[[], None]) -> None:
        """Run ``check`` when every section has read its part: for what needs to know all of them."""
        self._checks.append(check)

    def finish(self) -> None:
        """Raise :class:`BrokenCatalogue` unless everything read is sound and nothing was left unread."""
        for check in self._checks:
            check()
        # A file that could not be read at all defines nothing: blaming those who refer to it would bury the cause.
        for reference in [] if self._unread else self._references:
            if not self.declares(reference.kind, reference.key):
                near = difflib.get_close_matches(reference.key, self._declared.get(reference.kind, {}), n=1)
                hint = f"; did you mean “{near[0]}”?" if near else "."
                sentence = f"There is no {reference.kind} “{reference.key}” in the catalogue{hint}"
                self.problems.append(Problem(reference.file, reference.line, sentence))
        for mapping in self.opened:
            self.problems.extend(mapping.passed_over())
        for path in sorted(self.directory.rglob("*")):
            name = path.relative_to(self.directory).as_posix()
            if path.suffix in (".yaml", ".yml") and name not in self._files:
                self.problems.append(Problem(self.name(path), 1, "No part of the product reads a file of this name."))
        if self.problems:
            raise BrokenCatalogue(self.problems)

    def digest(self) -> str:
        """SHA-256 over the names and contents of the files that were read."""
        total = hashlib.sha256()
        for name in sorted(name for name, content in self._files.items() if content is not None):
            content = (self.directory / name).read_bytes()
            total.update(f"{name}\0{len(content)}\0".encode() + content)
        return total.hexdigest()
