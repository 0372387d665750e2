"""Markdown that people wrote, as HTML that is safe to show: papers, minutes, terms of reference.

No HTML of theirs passes (it is shown as it was typed), no images are loaded from elsewhere, and links lead to web and
mail addresses only (promise S23). Headings begin below those of the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, Final

from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

DEEPEST: Final = 6
LOOKS: Final = {
    "paragraph_open": "govuk-body",
    "bullet_list_open": "govuk-list govuk-list--bullet",
    "ordered_list_open": "govuk-list govuk-list--number",
    "blockquote_open": "govuk-inset-text",
    "hr": "govuk-section-break govuk-section-break--m govuk-section-break--visible",
    "table_open": "govuk-table",
    "thead_open": "govuk-table__head",
    "tbody_open": "govuk-table__body",
    "tr_open": "govuk-table__row",
    "th_open": "govuk-table__header",
    "td_open": "govuk-table__cell",
}
SIZES: Final = ("l", "m", "s", "s", "s", "s")
ADDRESSES: Final = ("https://", "http://", "mailto:", "/")


class _Renderer(RendererHTML):
    """A code block can be scrolled by keyboard: nothing in it is out of reach on a phone."""

    def code_block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return f'<pre tabindex="0">{super().code_block(tokens, idx, options, env)[4:]}'

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        tokens[idx].info = ""  # It would become a class of ours.
        return f'<pre tabindex="0">{super().fence(tokens, idx, options, env)[4:]}'


@cache
def _reader() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": False, "breaks": True, "maxNesting": 20}, renderer_cls=_Renderer)
    reader.enable("table")
    reader.disable("image")
    reader.validateLink = _leads_somewhere  # type: ignore[assignment,method-assign]
    return reader


def _leads_somewhere(address: str) -> bool:
    known = address.strip().lower()
    return known.startswith(ADDRESSES) and not known.startswith("//")


def prose(text: str, *, below: int = 1) -> SafeString:
    """``text`` as HTML. ``below`` is the level of the page's heading over it: its own first level is one more."""
    tokens = _reader().parse(text or "")
    steps = _steps(tokens, below)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(steps[int(token.tag[1])], DEEPEST)}"
            if token.nesting == 1:
                token.attrSet("class", f"govuk-heading-{SIZES[min(int(token.tag[1]), DEEPEST) - 1]}")
        elif token.type in LOOKS:
            token.attrSet("class", LOOKS[token.type])
        for inner in token.children or ():
            if inner.type == "link_open":
                inner.attrSet("class", "govuk-link")
                inner.attrSet("rel", "noopener noreferrer nofollow ugc")
    html: Any = _reader().renderer.render(tokens, _reader().options, {})
    return mark_safe(html)  # noqa: S308 - made by the renderer, which escapes whatever was typed.


def _steps(tokens: Sequence[Token], below: int) -> dict[int, int]:
    """Which level each level of heading in the text gets, so that none is skipped on the page."""
    used = sorted({int(token.tag[1]) for token in tokens if token.type == "heading_open"})
    return {level: below + number for number, level in enumerate(used, start=1)}
