"""The live board's client: its types are the engine's, and its tests hold in Node against the engine itself."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from collaboration.boards.engine.typescript import typescript
from frontend.pages.boarding.words import words

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "frontend" / "assets" / "board"
ESBUILD = ROOT / "frontend" / "node_modules" / ".bin" / "esbuild"
SAID = re.compile(r"\b(?:said|counted)\(([^{}()]*?)[,)]")
SHORT = re.compile(r"SHORT[^{]*{(.*?)};", re.DOTALL)
QUOTED = re.compile(r'(?<!=== )"(\w+)"(?!:)')
TESTS = sorted(path.name for path in (SOURCE / "tests").glob("*.test.ts"))


def test_the_clients_types_are_the_engines() -> None:
    """Make them anew with ``python -m tests.frontend.test_board_client`` after a change of the frames."""
    assert (SOURCE / "protocol.ts").read_text() == typescript()


def test_every_sentence_that_is_said_is_among_the_pages_words() -> None:
    source = (SOURCE / "announcing.ts").read_text()
    told = {f"say_{key}" for call in SAID.findall(source) + SHORT.findall(source) for key in QUOTED.findall(call)}
    assert len(told) > 25
    told |= {f"say_{key}" for key in ("note_added", "moved", "deleted", "saved", "joined", "left", "came", "went")}
    told |= {f"say_role_{role}" for role in ("participant", "facilitator", "observer", "screen")}
    known = {key.removesuffix(".other") for key in words()}
    assert told - known == set()
    assert {"too_large", *(f"stage_{stage}" for stage in range(8))} <= known


@pytest.mark.parametrize("name", TESTS)
def test_the_client_in_node(name: str, tmp_path: Path) -> None:
    """Each file of ``frontend/assets/board/tests``: a client, a network that misbehaves, and the engine behind it."""
    node = shutil.which("node")
    if node is None or not ESBUILD.exists():
        pytest.skip("Node or esbuild is not here: run npm ci --prefix frontend.")
    bundle = tmp_path / f"{name}.mjs"
    built = [ESBUILD, SOURCE / "tests" / name, "--bundle", "--platform=node", "--format=esm", "--target=node20"]
    subprocess.run([*built, f"--outfile={bundle}", "--log-level=warning", "--sourcemap=inline"], check=True)
    ran = subprocess.run(
        [node, "--enable-source-maps", "--test", str(bundle)],
        env={**os.environ, "PYTHON": sys.executable, "ROOT": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-6000:] + ran.stderr[-2000:]


if __name__ == "__main__":
    (SOURCE / "protocol.ts").write_text(typescript())
