"""Our own colours pass WCAG 2.2 AA on the grounds they stand on, computed from the style sheet's source."""

from __future__ import annotations

import re

import pytest

from tests.frontend.markup import FRONTEND

SOURCE = (FRONTEND / "assets/styles/_ours.scss").read_text()
COLOURS = dict(re.findall(r"^\$([a-z0-9-]+): (#[0-9a-f]{6});", SOURCE, re.MULTILINE)) | {"white": "#ffffff"}
TEXT, SHAPE = 4.5, 3.0  # success criteria 1.4.3 and 1.4.11


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it, 0 (black) to 1 (white)."""
    channels = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG's contrast ratio of two colours by name, 1 to 21."""
    dark, light = sorted(luminance(COLOURS[name]) for name in (one, other))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(
    ("text", "ground"),
    [
        *(("ink", f"heat-{n}") for n in (1, 2, 3)),
        *(("white", f"heat-{n}") for n in (4, 5, 6)),
        *(("muted", ground) for ground in ("white", "mist")),
        *(("ink", ground) for ground in ("white", "mist", "line")),
        *(("white", ground) for ground in ("navy", "navy-soft")),
    ],
)
def test_text_can_be_read(text: str, ground: str) -> None:
    assert contrast(text, ground) >= TEXT


def test_neighbouring_tints_can_be_told_apart_by_their_text_colour_or_number() -> None:
    """Tints need no contrast with each other, because each cell carries its number; the gold line is decoration."""
    assert contrast("gold", "white") < TEXT, "gold would now do as text: see product.md, decision 0"


@pytest.mark.parametrize(("shape", "ground"), [("gold", "navy"), ("navy", "white"), ("muted", "mist")])
def test_lines_that_mean_something_can_be_seen(shape: str, ground: str) -> None:
    assert contrast(shape, ground) >= SHAPE


def test_gold_is_never_a_text_colour() -> None:
    for path in (FRONTEND / "assets/styles").glob("*.scss"):
        assert not re.search(r"(?<![-\w])color:[^;]*\$gold", path.read_text()), path.name


def test_the_levels_of_the_heat_map_use_the_text_colours_checked_here() -> None:
    source = (FRONTEND / "assets/styles/_heat-map.scss").read_text()
    levels = re.findall(r"level\(ours\.\$heat-(\d), (ours\.\$ink|ours\.govuk-colour\(\"white\"\))\)", source)
    assert [(n, "ink" if "ink" in colour else "white") for n, colour in levels] == [
        *((str(n), "ink") for n in (1, 2, 3)),
        *((str(n), "white") for n in (4, 5, 6)),
    ]
