"""The import contracts of pyproject.toml hold, and each of them fails when it is broken."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, modules, name_of

LINT = Path(sys.executable).parent / "lint-imports"


def lint(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [LINT, "--no-cache", *arguments],
        cwd=root,
        # In front of the installed one, so that the copy is what is looked at.
        env={**os.environ, "PYTHONPATH": f"{root}{os.pathsep}{root / 'platform'}", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_they_hold() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy of all modules, for a test to break."""
    root = tmp_path_factory.mktemp("house")
    shutil.copy(ROOT / "pyproject.toml", root)
    for source in modules():
        target = root / name_of(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)
    yield root
    left = lint(root)
    assert left.returncode == 0, f"the copy was not put back: {left.stdout}"


BREAKS = [
    ("house", "platform/groundwork/ids.py", "import vision.frameworks.models"),
    ("house", "vision/frameworks/models.py", "import collaboration.initiatives.models"),
    ("house", "collaboration/initiatives/models.py", "import notifications.models"),
    ("house", "notifications/models.py", "import frontend.context"),
    ("house", "frontend/context.py", "import goldenthread.health"),
    ("collaboration", "collaboration/initiatives/models.py", "import collaboration.thread.models"),
    ("collaboration", "collaboration/actions/__init__.py", "import collaboration.boards"),
    ("collaboration", "collaboration/equality/__init__.py", "import collaboration.learning"),
    ("app", "platform/groundwork/events/models.py", "from groundwork.events import services"),
    ("app", "platform/groundwork/schedule/queries.py", "from groundwork.schedule import services"),
    ("app", "collaboration/thread/models.py", "from collaboration.thread import rules"),
    ("app", "collaboration/actions/services.py", "from collaboration.actions import tasks"),
    ("app", "collaboration/actions/tasks.py", "from collaboration.actions import api"),
    ("app", "vision/measures/queries.py", "from vision.measures import handlers"),
    ("app", "notifications/models.py", "from notifications import queries"),
    ("models", "notifications/models.py", "from collaboration.initiatives import models"),
    ("models", "frontend/context.py", "import vision.frameworks.models"),
    ("models", "frontend/context.py", "import groundwork.events.models"),
]


@pytest.mark.parametrize(("contract", "where", "line"), BREAKS)
def test_each_fails_when_it_is_broken(copied: Path, contract: str, where: str, line: str) -> None:
    added: list[Path] = []

    def ensure(module: Path) -> None:
        """The module, and the packages around it, exist in the copy; apps that are still to come are made up."""
        for folder in reversed(module.relative_to(copied).parents):
            package = copied / folder
            if folder.parts and folder.parts != ("platform",) and not (package / "__init__.py").exists():
                package.mkdir(exist_ok=True)
                added.append(package / "__init__.py")
                added[-1].touch()
        if not module.exists():
            added.append(module)
            module.touch()

    target = copied / where
    ensure(target)
    imported = line.replace("from ", "").replace("import ", "").replace(" ", ".").split(".")
    source_root = "platform" if imported[0] in ("goldenthread", "groundwork") else ""
    wanted = copied.joinpath(source_root, *imported)
    if not wanted.with_suffix(".py").exists() and not wanted.is_dir():
        ensure(wanted.with_suffix(".py"))
    before = target.read_text("utf-8")
    try:
        # At the front; a `from __future__` further down does not matter to what reads the imports.
        target.write_text(f"{line}\n{before.replace('from __future__ import annotations', '')}", "utf-8")
        broken = lint(copied, "--contract", contract)
        assert broken.returncode == 1, broken.stdout + broken.stderr
        assert "BROKEN" in broken.stdout
        assert "1 broken" in broken.stdout
    finally:
        target.write_text(before, "utf-8")
        for path in reversed(added):
            path.unlink(missing_ok=True)
            if path.name == "__init__.py":
                shutil.rmtree(path.parent)
