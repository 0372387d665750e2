"""Finding Chromium, and the questions every page is asked in it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "frontend/node_modules/axe-core/axe.min.js"
BUILT = ROOT / "frontend/static/build/main.css"

RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
# The rule wants every word inside a landmark; GOV.UK's skip link and phase banner stand outside on purpose.
LEFT_OUT = ("region",)


def unavailable(reason: str) -> None:
    """Skip, with the reason; where a browser is promised (GT_REQUIRE_BROWSER=1), fail instead."""
    if os.environ.get("GT_REQUIRE_BROWSER") == "1":
        pytest.fail(f"{reason} GT_REQUIRE_BROWSER=1 says it must be here.")
    pytest.skip(reason)


def chromium() -> str:
    """The browser's path: CHROMIUM from the environment, else one of the usual names."""
    named = os.environ.get("CHROMIUM")
    if named:
        if not Path(named).is_file():
            unavailable(f"CHROMIUM is {named}, and there is no such file.")
        return named
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        if found := shutil.which(name):
            return found
    unavailable("No Chromium found: install chromium, or set CHROMIUM to its path.")
    raise AssertionError  # unavailable() never returns


def assert_accessible(page: Page) -> None:
    """Zero violations of axe's WCAG 2.2 AA rules and its best practices, each told with the elements at fault."""
    if not AXE.exists():
        unavailable("axe-core is not here: run npm ci --prefix frontend.")
    page.wait_for_load_state("load")
    page.evaluate(AXE.read_text())
    found: list[dict[str, Any]] = page.evaluate(
        """async ([tags, left_out]) => {
            const rules = Object.fromEntries(left_out.map((rule) => [rule, { enabled: false }]));
            return (await axe.run(document, { runOnly: { type: "tag", values: tags }, rules })).violations;
        }""",
        [list(RULES), list(LEFT_OUT)],
    )
    told = [
        f"{violation['id']} ({violation['impact']}): {violation['help']}\n    {violation['helpUrl']}\n"
        + "\n".join(
            f"    {node['html'][:200]}\n        {' '.join(str(node.get('failureSummary', '')).split())[:400]}"
            for node in violation["nodes"][:5]
        )
        for violation in found
    ]
    assert not told, f"{page.url} is not accessible:\n" + "\n".join(told)


def assert_fits(page: Page) -> None:
    """Nothing makes the page itself scroll sideways (WCAG 1.4.10)."""
    wide = page.evaluate(
        """() => {
            const width = document.documentElement.clientWidth;
            if (document.documentElement.scrollWidth <= width) return [];
            return [...document.querySelectorAll("main *, header *, footer *")]
                .filter((e) => e.getBoundingClientRect().right > width + 1)
                .slice(0, 5).map((e) => e.outerHTML.slice(0, 160));
        }"""
    )
    assert not wide, f"{page.url} is wider than its window:\n" + "\n".join(wide)


def assert_targets(page: Page, *, at_least: int = 44) -> None:
    """Every control is at least so many CSS pixels high and wide: 44 on our phones.

    Links within text are exempt, as in WCAG 2.5.8, whose 24 pixels or spacing axe checks on every page. A label is
    part of its control; a card is part of its link.
    """
    small = page.evaluate(
        """(least) => {
            const parts = (e) => [e, ...(e.labels ?? []), e.matches(".gt-card__link") ? e.closest(".gt-card") : e];
            const boxes = (e) => parts(e).map((part) => part.getBoundingClientRect());
            const inText = (e) => e.matches("a") && getComputedStyle(e).display === "inline"
                && !e.matches(".gt-card__link");
            return [...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
                .filter((e) => e.checkVisibility({ visibilityProperty: true }) && e.type !== "hidden")
                .filter((e) => !inText(e) && !e.matches(".govuk-skip-link"))
                .filter((e) => !boxes(e).some((box) => box.width + 0.5 >= least && box.height + 0.5 >= least))
                .slice(0, 8)
                .map((e) => { const box = e.getBoundingClientRect();
                    return `${Math.round(box.width)}x${Math.round(box.height)} ${e.outerHTML.slice(0, 140)}`; });
        }""",
        at_least,
    )
    assert not small, f"{page.url} has targets below {at_least} px:\n" + "\n".join(small)


class Faults(list[str]):
    """What a browser complained of. ``allow`` says which complaints belong to what a test does on purpose.

    They are left out at the end and not taken away before it: a browser may tell of a refusal seconds later.
    """

    def __init__(self) -> None:
        super().__init__()
        self._allowed: list[str] = []

    def allow(self, *texts: str) -> None:
        self._allowed += texts

    def unexpected(self) -> list[str]:
        return [fault for fault in self if not any(text in fault for text in self._allowed)]
