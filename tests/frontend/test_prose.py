"""Markdown of people as HTML: what it may hold, and that nothing they type runs (promise S23)."""

from __future__ import annotations

import re

import html5lib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frontend.prose import prose

ALLOWED = {
    "p", "br", "em", "strong", "a", "ul", "ol", "li", "h2", "h3", "h4", "h5", "h6", "pre", "code", "blockquote", "hr",
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
ATTRIBUTES = {"class", "href", "rel", "title", "start", "tabindex", "style"}


def elements(html: str) -> list:
    tree = html5lib.parseFragment(html, namespaceHTMLElements=False)
    return [each for each in tree.iter() if isinstance(each.tag, str) and each is not tree]


def is_safe(html: str) -> bool:
    for each in elements(html):
        if each.tag not in ALLOWED | {"DOCUMENT_FRAGMENT"} or not set(each.attrib) <= ATTRIBUTES:
            return False
        href = each.attrib.get("href", "/").strip().lower()
        if not href.startswith(("https://", "http://", "mailto:", "/")) or href.startswith("//"):
            return False
        if not re.fullmatch(r"(text-align:(left|right|center))?", each.attrib.get("style", "")):
            return False
    return True


def test_what_people_write() -> None:
    html = prose("# Costs\n\nWe *pay* **more**.\n\n- one\n- two\n\n### Deep\n\n| a | b |\n|---|--:|\n| 1 | 2 |")
    assert '<h2 class="govuk-heading-m">Costs</h2>' in html
    assert '<h3 class="govuk-heading-s">Deep</h3>' in html, "No level is skipped."
    assert '<ul class="govuk-list govuk-list--bullet">' in html
    assert '<table class="govuk-table">' in html
    assert is_safe(html)


@pytest.mark.parametrize(
    "typed",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[a](javascript:alert(1))",
        "[a](JaVaScRiPt:alert(1))",
        "[a](data:text/html;base64,PHN2Zz4=)",
        "[a](//evil.example/)",
        "[a]: javascript:alert(1)\n\n[a]",
        "![a](https://evil.example/pixel.png)",
        '<https://ok.example/" onmouseover=alert(1)>',
        '```"><script>alert(1)</script>\nx\n```',
        "<a href='javascript:alert(1)'>a</a>",
        "&lt;script&gt; <svg/onload=alert(1)>",
        "|a|\n|-|\n|<b onclick=x>|",
    ],
)
def test_nothing_runs(typed: str) -> None:
    assert is_safe(prose(typed)), prose(typed)


@settings(max_examples=80, deadline=None)
@given(st.text(alphabet="<>[]()`\"'!#*_|-:/=\n javscript&;x", max_size=80))
def test_nothing_runs_whatever_is_typed(typed: str) -> None:
    assert is_safe(prose(typed)), prose(typed)


def test_deep_nesting_ends() -> None:
    assert is_safe(prose(">" * 5000 + "x"))
    assert is_safe(prose("[" * 5000))
