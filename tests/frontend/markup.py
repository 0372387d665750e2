"""Reading pages in tests: markup as a tree, and GOV.UK Frontend's own examples to compare it with."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import html5lib  # type: ignore[import-untyped]
import pytest

FRONTEND = Path(__file__).resolve().parents[2] / "frontend"
COMPONENTS = FRONTEND / "node_modules/govuk-frontend/dist/govuk/components"

# What makes a control that control. Ids differ by convention (Django's `_helptext`, GOV.UK's `-hint`) and are
# checked to lead somewhere instead.
ESSENTIAL = (
    *("type", "role", "inputmode", "spellcheck", "autocapitalize", "rows", "data-module", "data-maxlength"),
    *("hidden", "checked", "disabled", "selected", "aria-hidden", "aria-current", "data-behaviour", "multiple"),
)


@dataclass
class Node:
    tag: str
    attrs: dict[str, str]
    children: list[Node | str] = field(default_factory=list)

    @property
    def classes(self) -> set[str]:
        return set(self.attrs.get("class", "").split())

    @property
    def elements(self) -> list[Node]:
        return [child for child in self.children if isinstance(child, Node)]

    def walk(self) -> Iterator[Node]:
        yield self
        for child in self.elements:
            yield from child.walk()

    @property
    def text(self) -> str:
        """All text below, with single spaces."""
        parts = [child if isinstance(child, str) else child.text for child in self.children]
        return " ".join(" ".join(parts).split())

    def all(self, selector: str) -> list[Node]:
        """Nodes by tag (``a``), class (``.govuk-tag``) or both (``a.govuk-link``)."""
        tag, _, wanted = selector.partition(".")
        return [n for n in self.walk() if (not tag or n.tag == tag) and (not wanted or wanted in n.classes)]

    def one(self, selector: str) -> Node:
        found = self.all(selector)
        assert len(found) == 1, f"{len(found)} of {selector} in {self.text[:200]}"
        return found[0]


def parse(markup: str) -> Node:
    """A fragment or page as a tree. Raises on markup a browser would have to repair."""
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False, strict=False)
    fragment = parser.parseFragment(markup)
    ignorable = {"unexpected-null-character"}
    broken = [error for _, error, _ in parser.errors if error not in ignorable]
    assert not broken, f"{broken} in {markup[:500]}"
    return _node(fragment)


def page(markup: str) -> Node:
    """A whole document as a tree."""
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False, strict=True)
    return _node(parser.parse(markup))


def _node(element: Any) -> Node:
    node = Node(str(element.tag), dict(element.attrib))
    if element.text and element.text.strip():
        node.children.append(element.text)
    for child in element:
        if isinstance(child.tag, str):
            node.children.append(_node(child))
        if child.tail and child.tail.strip():
            node.children.append(child.tail)
    return node


def example(component: str, name: str) -> dict[str, Any]:
    """An example that GOV.UK Frontend ships with a component: ``options`` and the ``html`` they make."""
    path = COMPONENTS / component / "fixtures.json"
    if not path.exists():
        pytest.skip("GOV.UK Frontend's examples are not here: run npm ci --prefix frontend")
    fixtures = json.loads(path.read_text())["fixtures"]
    return next(f for f in fixtures if f["name"] == name)


def assert_same_shape(ours: Node, theirs: Node, *, also: frozenset[str] = frozenset(), where: str = "") -> None:
    """The same elements, with the same GOV.UK classes, essential attributes and words.

    ``also`` lists classes that ours may have beyond theirs.
    """
    where = f"{where}/{theirs.tag}.{'.'.join(sorted(theirs.classes))}"
    assert ours.tag == theirs.tag, where
    assert theirs.classes <= ours.classes, f"{where}: {theirs.classes - ours.classes} missing"
    extra = {c for c in ours.classes - theirs.classes if c.startswith("govuk-")} - also
    assert not extra, f"{where}: {extra} too many"
    for name in ESSENTIAL:
        assert (ours.attrs.get(name), name) == (theirs.attrs.get(name), name), where
    described = len(ours.attrs.get("aria-describedby", "").split())
    assert described == len(theirs.attrs.get("aria-describedby", "").split()), f"{where}: aria-describedby"
    assert [n.tag for n in ours.elements] == [n.tag for n in theirs.elements], where
    if not theirs.elements:
        assert ours.text == theirs.text, where
    for mine, other in zip(ours.elements, theirs.elements, strict=True):
        assert_same_shape(mine, other, also=also, where=where)


def assert_references_lead_somewhere(tree: Node) -> None:
    """Ids are unique, and every ``for``, ``aria-describedby``, ``aria-labelledby``, ``aria-controls`` finds one."""
    ids = [n.attrs["id"] for n in tree.walk() if "id" in n.attrs]
    assert len(ids) == len(set(ids)), f"an id is used twice: {sorted(ids)}"
    for node in tree.walk():
        for name in ("for", "aria-describedby", "aria-labelledby", "aria-controls"):
            for target in node.attrs.get(name, "").split():
                assert target in ids, f"{name}={target} of {node.tag} leads nowhere"
