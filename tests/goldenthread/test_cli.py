"""One set of commands, two spellings."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from goldenthread.cli import commands, overview
from tests.goldenthread.processes import ROOT, environment, manage

GOLDENTHREAD = Path(sys.executable).parent / "goldenthread"


def goldenthread(*arguments: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run([GOLDENTHREAD, *arguments], env=env, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("help_of", [(), ("--help",), ("-h",), ("help",)])
def test_help_lists_every_command_with_a_line_of_meaning_even_without_settings(
    help_of: tuple[str, ...], tmp_path: Path
) -> None:
    shown = goldenthread(*help_of, env={**environment(tmp_path), "GOLDENTHREAD_MODE": "production"})
    assert shown.returncode == 0
    lines = {line.split()[0]: line.split()[1:] for line in shown.stdout.splitlines() if line.startswith("  ")}
    assert {"serve", "worker", "beat", "demo", "doctor", "migrate"} <= set(lines)
    assert all(meaning for meaning in lines.values()), overview()
    assert not any("_" in name for name in lines)


def test_every_command_of_ours_has_a_meaning_of_one_line() -> None:
    for name, meaning in commands().items():
        assert meaning, f"{name} does not say what it does"
        assert len(meaning) <= 110, f"{name}: {len(meaning)} characters"


def test_both_spellings_run_the_same_command(tmp_path: Path) -> None:
    env = environment(tmp_path)
    kebab = goldenthread("load-place", "--help", env=env)
    snake = manage("load_place", "--help", env=env)
    assert kebab.returncode == snake.returncode == 0, kebab.stderr + snake.stderr
    # The name of the program is as long as it is, and the lines break accordingly.
    said = [" ".join(shown.stdout.split("load_place", 1)[1].split()) for shown in (kebab, snake)]
    assert said[0] == said[1]
    assert "--dry-run" in said[0]


@pytest.mark.parametrize("name", ["launch-rockets", "--launch"])
def test_an_unknown_command_is_refused_with_a_sentence(name: str, tmp_path: Path) -> None:
    refused = goldenthread(name, env=environment(tmp_path))
    assert refused.returncode != 0
    assert "Traceback" not in refused.stderr
    assert refused.stderr.strip()


def test_the_standard_librarys_platform_is_not_shadowed(tmp_path: Path) -> None:
    env = environment(tmp_path)
    ask = "import platform; print(platform.python_version(), platform.__file__)"
    by_manage = manage("shell", "--no-imports", "-c", ask, env=env)
    assert by_manage.stdout.startswith(sys.version.split()[0]), by_manage.stderr
    by_celery = subprocess.run(
        [sys.executable, "-m", "celery", "-A", "goldenthread.celery", "report"],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert by_celery.returncode == 0, by_celery.stderr
    assert f"py:{sys.version.split()[0]}" in by_celery.stdout
