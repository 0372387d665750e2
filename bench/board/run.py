"""Ours and the peers through every scenario, in shuffled rounds; figures are ratios of one run."""

from __future__ import annotations

import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.board.databases import stores
from bench.board.rounds import CORES, OURS, PEERS, SCENARIOS, migrate, one_run, prepare
from bench.figures import Figure, at_least, at_most, at_most_times

AGAINST = "hocuspocus-db"
ROUNDS = 3
Runs = Sequence[Mapping[str, Any]]

CEILINGS: Mapping[str, tuple[float, float]] = {"S1": (1.2, 2.0), "S2": (1.2, 20.0), "S3": (1.2, 3.0)}
"""Least ratios of deliveries per second: to the peer that persists, and to socket.io."""


def _chosen(variable: str, known: Mapping[str, Any]) -> list[str]:
    """``BENCH_BOARD_SERVERS`` and ``BENCH_BOARD_SCENARIOS`` choose a few of them."""
    names = [name for name in os.environ.get(variable, "").split(",") if name]
    unknown = [name for name in names if name not in known]
    if unknown:
        raise RuntimeError(f"{variable} names {', '.join(unknown)}. There are: {', '.join(known)}.")
    return names or list(known)


def run(scale: float) -> list[Figure]:
    """Three rounds of everything take about an hour; at a small ``scale``, one round of short steps."""
    if (os.cpu_count() or 1) < 2:
        raise RuntimeError("The board's bench needs two cores: one for the server, one for the generator.")
    folder = Path(os.environ.get("DATA_DIR", "var")).resolve() / "bench" / "board"
    binary = prepare(folder / "kit")
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    rounds = ROUNDS if scale >= 1 else 1
    cells = [
        (name, scenario)
        for name in _chosen("BENCH_BOARD_SERVERS", PEERS)
        for scenario in _chosen("BENCH_BOARD_SCENARIOS", SCENARIOS)
    ]
    order = [(turn, *cell) for turn in range(rounds) for cell in random.sample(cells, len(cells))]
    runs: list[dict[str, Any]] = []
    with stores(CORES[0]) as ours, tempfile.TemporaryDirectory(prefix="gt-bench-data-") as data:
        migrate(ours, Path(data))
        for turn, name, scenario in order:
            try:
                result = one_run(binary, ours, folder / "kit", name, scenario, min(1.0, max(scale, 0.1)))
            except (RuntimeError, OSError, subprocess.SubprocessError, ValueError) as error:
                result = {"error": str(error)}
            runs.append({"round": turn, "server": name, "scenario": scenario, "load": os.getloadavg()[0], **result})
            said = result.get("error", "done")
            print(f"board: {len(runs)}/{len(order)} {name} {scenario} {said}", file=sys.stderr, flush=True)
            (folder / "runs.json").write_text(json.dumps(runs, indent=1))
    return figures(runs)


def _best(run: Mapping[str, Any], key: str) -> float | None:
    """One run's figure, of its fastest step that passed."""
    passed = [step for step in run.get("steps", ()) if step["ok"]]
    if not passed:
        return None
    value: float = max(passed, key=lambda step: step["rate"])[key]
    return value


def _median(runs: Runs, name: str, scenario: str, read: Callable[[Mapping[str, Any]], float | None]) -> float | None:
    of_cell = [run for run in runs if (run["server"], run["scenario"]) == (name, scenario) and "error" not in run]
    values = [value for run in of_cell if (value := read(run)) is not None]
    return statistics.median(values) if values else None


def figures(runs: Runs) -> list[Figure]:
    """What was seen, in ratios. Where one of the two was not run, there is no ratio."""
    made: list[Figure] = []
    scenarios = [name for name in SCENARIOS if any(run["scenario"] == name for run in runs)]

    def figure(name: str, scenario: str, key: str) -> float | None:
        return _median(runs, name, scenario, lambda run: _best(run, key))

    for scenario in scenarios:
        of_ours = [run for run in runs if (run["server"], run["scenario"]) == (OURS, scenario)]
        if of_ours:
            passed = sum(_best(run, "rate") is not None for run in of_ours if "error" not in run)
            made.append(Figure(name=f"{scenario} runs of ours that passed", figure=passed, unit=f"of {len(of_ours)}"))
        if scenario in CEILINGS:
            ceiling = figure(OURS, scenario, "dps")
            for peer, least in zip((AGAINST, "socketio"), CEILINGS[scenario], strict=True):
                theirs = figure(peer, scenario, "dps")
                if ceiling and theirs:
                    made.append(at_least(f"{scenario} ceiling v {peer}", ceiling, "deliveries/s", theirs, least))
            for peer in ("ws", "ywebsocket"):
                theirs = figure(peer, scenario, "dps")
                if ceiling and theirs:
                    ratio = round(ceiling / theirs, 3)
                    said = f"{scenario} ceiling v {peer}"
                    made.append(
                        Figure(name=said, figure=round(ceiling), unit="deliveries/s", baseline=theirs, ratio=ratio)
                    )
        elif scenario.startswith("F"):
            cpu, theirs = figure(OURS, scenario, "cpu_frac"), figure(AGAINST, scenario, "cpu_frac")
            if cpu is not None and theirs:
                made.append(at_most_times(f"{scenario} CPU v {AGAINST}", cpu, "cores", theirs, 1.0))
            for key, most in (("p50", 25.0), ("p99", 60.0)):
                value = figure(OURS, scenario, key)
                if value is not None:
                    made.append(at_most(f"{scenario} {key}", value, "ms", most))
        elif scenario == "S4":
            made += _idle(runs)
    return made


def _idle(runs: Runs) -> list[Figure]:
    made = []
    rates = [_median(runs, name, "S4", lambda run: run["connects_per_s"]) for name in (OURS, AGAINST)]
    memory = [_median(runs, name, "S4", lambda run: run["kb_per_conn"]) for name in (OURS, AGAINST)]
    if rates[0] and rates[1]:
        made.append(at_least(f"S4 connects v {AGAINST}", rates[0], "a second", rates[1], 1.5))
    if memory[0] and memory[1]:
        made.append(at_most_times(f"S4 memory of an idle connection v {AGAINST}", memory[0], "KB", memory[1], 1.0))
    return made
