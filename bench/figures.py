"""What a bench says: one line for each figure, with its baseline of the same run."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One measurement. ``ratio`` is figure / baseline; ``target`` says in words what it is held to."""

    name: str
    figure: float
    unit: str
    baseline: float | None = None
    ratio: float | None = None
    target: str = ""
    met: bool | None = None
    """None where nothing is promised."""


def at_least(name: str, figure: float, unit: str, baseline: float, least: float) -> Figure:
    """A figure that must be at least ``least`` times its baseline."""
    ratio = figure / baseline
    return Figure(
        name=name,
        figure=round(figure, 2),
        unit=unit,
        baseline=round(baseline, 2),
        ratio=round(ratio, 3),
        target=f"≥ {least:g} × baseline",
        met=ratio >= least,
    )


def at_most_times(name: str, figure: float, unit: str, baseline: float, most: float) -> Figure:
    """A figure that must be at most ``most`` times its baseline."""
    ratio = figure / baseline
    return Figure(
        name=name,
        figure=round(figure, 2),
        unit=unit,
        baseline=round(baseline, 2),
        ratio=round(ratio, 3),
        target=f"≤ {most:g} × baseline",
        met=ratio <= most,
    )


def at_most(name: str, figure: float, unit: str, most: float) -> Figure:
    """A figure that must not exceed a fixed number."""
    return Figure(name=name, figure=round(figure, 2), unit=unit, target=f"≤ {most:g} {unit}", met=figure <= most)


def write(name: str, figures: Sequence[Figure], scale: float) -> Path:
    """Write ``<DATA_DIR or var>/bench/<name>.json``."""
    folder = Path(os.environ.get("DATA_DIR", "var")) / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.json"
    content = {
        "bench": name,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "scale": scale,
        "figures": [asdict(figure) for figure in figures],
    }
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n")
    return path


def show(name: str, figures: Sequence[Figure]) -> None:
    """Print the figures as a table."""
    heads = ("figure", "value", "unit", "baseline", "ratio", "target", "met")
    rows = [
        (
            figure.name,
            f"{figure.figure:,.2f}",
            figure.unit,
            "" if figure.baseline is None else f"{figure.baseline:,.2f}",
            "" if figure.ratio is None else f"{figure.ratio:.2f}",
            figure.target,
            {True: "yes", False: "NO", None: ""}[figure.met],
        )
        for figure in figures
    ]
    widths = [max(len(row[n]) for row in (heads, *rows)) for n in range(len(heads))]
    print(f"\n{name}")
    for row in (heads, *rows):
        print(
            "  ".join(
                cell.rjust(w) if n in (1, 3, 4) else cell.ljust(w)
                for n, (cell, w) in enumerate(zip(row, widths, strict=True))
            )
        )
