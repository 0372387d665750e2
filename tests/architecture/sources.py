"""The sources that the rules of the house speak of."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = {
    "goldenthread": ROOT / "platform" / "goldenthread",
    "groundwork": ROOT / "platform" / "groundwork",
    "vision": ROOT / "vision",
    "collaboration": ROOT / "collaboration",
    "notifications": ROOT / "notifications",
    "frontend": ROOT / "frontend",
}


def modules() -> Iterator[Path]:
    """Every module of the product: no tests, no migrations, nothing built or installed."""
    for package in PACKAGES.values():
        for source in sorted(package.rglob("*.py")):
            if not {"migrations", "node_modules"} & set(source.parts):
                yield source


def tree(source: Path) -> ast.Module:
    return ast.parse(source.read_text("utf-8"), filename=str(source))


def kept_files() -> Iterator[Path]:
    """Every file that is, or is about to be, committed."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for name in listed.stdout.decode().split("\0"):
        path = ROOT / name
        if name and path.is_file():
            yield path


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()
