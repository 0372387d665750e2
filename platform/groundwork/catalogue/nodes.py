"""YAML as nodes: every value keeps its file and line, and nothing is guessed.

Values are taken as written. ``null`` means "not stated", ``true`` and ``false`` are the only yes and no, and days are
text like ``2017-09-19``: YAML's own guesses (``no`` as false, ``12:30`` as a number, anchors) are switched off.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

LARGEST_FILE = 10_000_000
"""Bytes. Far above any real catalogue; keeps a mistaken path from filling the memory."""

DEEPEST = 40
"""Levels of nesting."""


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong with a catalogue, and where."""

    file: str
    line: int
    sentence: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.sentence}"


class Loader(yaml.SafeLoader):
    """YAML whose plain values are null, true, false, whole numbers or text, and nothing else."""


Loader.yaml_implicit_resolvers = {}
Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:~|null|)$"), ["~", "n", ""])
Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), ["t", "f"])
Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^-?(?:0|[1-9][0-9]*)$"), list("-0123456789"))


def plain(node: yaml.Node) -> Any:
    """A node as Python's own values."""
    if isinstance(node, yaml.MappingNode):
        return {key.value: plain(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [plain(item) for item in node.value]
    kind = node.tag.rpartition(":")[2]
    if kind == "null":
        return None
    if kind == "bool":
        return node.value == "true"
    return int(node.value) if kind == "int" else node.value


def line_of(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def called(node: yaml.Node) -> str:
    """What a node is, in words for a sentence."""
    if isinstance(node, yaml.MappingNode):
        return "a set of keys"
    if isinstance(node, yaml.SequenceNode):
        return "a list"
    kind = node.tag.rpartition(":")[2]
    text = str(node.value)
    shown = text if len(text) <= 40 else text[:40] + "…"
    return {"null": "null", "bool": shown, "int": f"the number {shown}"}.get(kind, f"“{shown}”")


def wrong_with(node: yaml.ScalarNode) -> str:
    """Why a single value cannot be kept, or ""."""
    kind = node.tag.rpartition(":")[2] if node.tag.startswith("tag:yaml.org,2002:") else node.tag
    if kind not in ("str", "null", "bool", "int"):
        return f"The tag “{node.tag}” is not read here."
    if kind == "int" and not re.fullmatch("-?[0-9]{1,18}", node.value):
        return "This is not a whole number of at most 18 figures."
    if any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t" for c in node.value):
        return "There is a control character in this text."
    return ""


def compose(path: Path, name: str) -> tuple[yaml.MappingNode | None, list[Problem]]:
    """The set of keys that a file holds, or None and why not. ``name`` is how sentences call the file."""
    problems: list[Problem] = []
    try:
        node = _compose(path)
    except _Unreadable as why:
        return None, [Problem(name, why.line, why.sentence)]
    if not _is_sound(node, name, problems):
        return None, problems
    if not isinstance(node, yaml.MappingNode):
        return None, [Problem(name, line_of(node), f"The file must be a set of keys, not {called(node)}.")]
    return node, problems


class _Unreadable(Exception):
    def __init__(self, line: int, sentence: str) -> None:
        self.line, self.sentence = line, sentence
        super().__init__(sentence)


def _compose(path: Path) -> yaml.Node:
    text = ""
    try:
        raw = path.read_bytes()
        if len(raw) > LARGEST_FILE:
            raise _Unreadable(1, f"The file is larger than {LARGEST_FILE // 1_000_000} MB.")
        text = raw.decode("utf-8-sig")
        for event in yaml.parse(text, Loader=Loader):
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                line = event.start_mark.line + 1 if event.start_mark else 1
                raise _Unreadable(line, "Anchors and aliases (& and *) are not read here: write the value out.")
        node: yaml.Node | None = yaml.compose(text, Loader=Loader)
    except OSError as error:
        raise _Unreadable(1, f"The file cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise _Unreadable(error.object[: error.start].count(b"\n") + 1, "The file is not UTF-8 text.") from error
    except yaml.reader.ReaderError as error:
        line = text[: error.position].count("\n") + 1
        raise _Unreadable(line, "There is a control character, which YAML does not allow.") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        why = (error.problem or error.context or "something is wrong").rstrip(".")
        raise _Unreadable(mark.line + 1 if mark else 1, f"This is not YAML: {why}.") from error
    except RecursionError as error:
        raise _Unreadable(1, "The file is nested too deeply to be read.") from error
    if node is None:
        raise _Unreadable(1, "The file is empty.")
    return node


def _is_sound(node: yaml.Node, name: str, problems: list[Problem], depth: int = 0) -> bool:
    """Keys are plain words and stand once, values can be kept, nothing is nested beyond reason. Notes every problem."""

    def refuse(at: yaml.Node, sentence: str) -> bool:
        problems.append(Problem(name, line_of(at), sentence))
        return False

    if depth > DEEPEST:
        return refuse(node, f"This is nested more than {DEEPEST} levels deep.")
    if isinstance(node, yaml.ScalarNode):
        wrong = wrong_with(node)
        return refuse(node, wrong) if wrong else True
    if node.tag not in ("tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"):
        return refuse(node, f"The tag “{node.tag}” is not read here.")
    if isinstance(node, yaml.SequenceNode):
        found = [_is_sound(item, name, problems, depth + 1) for item in node.value]
        return all(found)
    sound = True
    seen: dict[str, int] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode) or wrong_with(key):
            return refuse(key, "A key must be a plain word.")
        if key.value in seen:
            sound = refuse(key, f"“{key.value}” stands here twice (first on line {seen[key.value]}).")
        seen.setdefault(key.value, line_of(key))
        sound = _is_sound(value, name, problems, depth + 1) and sound
    return sound
