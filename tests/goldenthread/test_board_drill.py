"""Live boards on two web processes, PostgreSQL and Redis, while all of that is broken: nothing acknowledged is lost.

A small form runs in the suite. ``make drill`` runs experiments E2 and E4 of the promises: 200 kills and 100,000 ops by
default, which takes about twenty minutes. Chosen otherwise by GT_DRILL_KILLS, GT_DRILL_OPS and GT_DRILL_SEED; the seed
decides what people and faults do, though not how the machine times it. The whole history is kept in ``var/drill``.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.db import connection, connections

from collaboration.boards import oplog, states
from collaboration.boards.committing import actor_of
from collaboration.boards.engine.projecting import picture
from collaboration.boards.engine.snapshots import freeze
from collaboration.boards.engine.state import State, fold
from collaboration.boards.standing import standing_of
from collaboration.workshops.models import Participation
from tests.collaboration.boards.hall import Hall, seqs_of
from tests.collaboration.boards.wire import guest
from tests.goldenthread.board_faults import Faults, Redis, Web
from tests.goldenthread.board_phones import History, Phone
from tests.goldenthread.processes import ROOT, environment

DRILL = bool(os.environ.get("GT_DRILL"))
KILLS = int(os.environ.get("GT_DRILL_KILLS") or (200 if DRILL else 2))
OPS = int(os.environ.get("GT_DRILL_OPS") or (100_000 if DRILL else 200))
SEED = os.environ.get("GT_DRILL_SEED") or (str(time.time_ns() % 1_000_000) if DRILL else "4")
REDIS_EACH = max(1, KILLS // 10)
HALLS = 4 if DRILL else 2
SETTLED = 15.0
"""Seconds within which every client must hold what the server shows it, once everything runs again."""

FAILED = ("board_work_failed", "board_watch_failed", "ops_not_committed", "hint_not_taken")
"""What a log says of what nobody foresaw. That Redis or a client is away is foreseen."""

pytestmark = [
    pytest.mark.redis,
    pytest.mark.postgres,
    pytest.mark.drill,
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def site(transactional_db: None, tmp_path: Path) -> Iterator[tuple[list[Web], Redis]]:
    """Two web processes on the test's database, joined by a Redis."""
    it = connection.settings_dict
    hints = Redis(str(settings.ENVIRONMENT.redis_url), tmp_path)
    more = {
        "DJANGO_SETTINGS_MODULE": "goldenthread.settings",
        "DATABASE_URL": f"postgres://{it['USER']}:{it['PASSWORD']}@{it['HOST']}:{it['PORT']}/{it['NAME']}",
        "REDIS_URL": hints.url,
    }
    webs = [Web(name, data_dir=tmp_path, env=environment(tmp_path, **more)) for name in ("one", "two")]
    try:
        hints.start()
        for web in webs:
            web.start()
        yield webs, hints
    finally:
        for web in webs:
            web.end()
        hints.end()


def crowd(hall: Hall, number: int, ports: list[int], history: History) -> list[tuple[Participation, Phone]]:
    """A leading facilitator, another one, some who take part, one of them on two devices, and one who watches."""
    roles = ["facilitator", "facilitator", *["participant"] * (8 if DRILL else 4), "observer"]
    seats = []
    for place, role in enumerate(roles):
        who, secret = guest(hall, role)
        for device in range(2 if place == 2 else 1):
            name = f"{role}-{number}-{place}-{device}"
            phone = Phone(
                name=name,
                board=str(hall.board_id),
                tag=f"BOARD{number}",
                other_tags=[f"BOARD{other}" for other in range(HALLS) if other != number],
                cookie=f"{settings.GUEST_COOKIE_NAME}={secret}",
                # One person's two devices are one person; what is theirs under a hidden name is each device's own.
                device=f"device-of-{name}".ljust(22, "-"),
                role=role,
                ports=ports,
                seed=f"{SEED}:{name}",
                history=history,
                a_second=5.0,
                step_seconds=(4.0 if DRILL else 1.0) if place == 0 else 0.0,
            )
            seats.append((who, phone))
    return seats


def heads(boards: list[UUID]) -> dict[str, int]:
    """In a thread: how far the boards are."""
    try:
        return {str(board): head.head_seq for board, head in oplog.heads(boards).items()}
    finally:
        connections.close_all()


async def drill(faults: Faults, phones: list[Phone], history: History, boards: list[UUID]) -> dict[str, float]:
    """Break things while everybody works; then let everything settle. How long each took, in seconds."""
    took = {}
    await faults.calm()
    began = time.monotonic()
    living = [asyncio.create_task(phone.live()) for phone in phones]

    async def enough() -> None:
        while sum(len(phone.acked) for phone in phones) < OPS:
            for task in living:
                if task.done():
                    task.result()
            await asyncio.sleep(0.2)

    try:
        async with asyncio.timeout(120 + 10 * KILLS + OPS / 20):
            await asyncio.gather(faults.go(kills=KILLS, redis_each=REDIS_EACH), enough())
            await faults.calm()
        took["work"] = time.monotonic() - began
        for phone in phones:
            phone.acting = phone.rough = False
        history.note("drill", "calm")
        calm = time.monotonic()
        while time.monotonic() - calm < 4 * SETTLED:
            if not any(phone.outbox for phone in phones):
                so_far = await asyncio.to_thread(heads, boards)
                if all(phone.seq == so_far[phone.board] and phone.held_back is None for phone in phones):
                    break
            await asyncio.sleep(0.1)
        took["settled"] = time.monotonic() - calm
    finally:
        for phone in phones:
            phone.over = True
        _done, slow = await asyncio.wait(living, timeout=5)
        for task in slow:
            task.cancel()
    return took


def judge(hall: Hall, seats: list[tuple[Participation, Phone]], found: Counter[str]) -> list[str]:
    """What is wrong with one board in the end; ``found`` counts each sort of it."""
    wrong: list[str] = []

    def count(what: str, which: Any) -> None:
        found[what] += 1
        wrong.append(f"{what}: {which}")

    log = list(oplog.read_all(hall.board_id))
    if [entry.seq for entry in log] != list(range(1, len(log) + 1)):
        count("holes in the log", hall.board_id)
    places: dict[str, list[int]] = {}
    for entry in log:
        places.setdefault(entry.op_id, []).append(entry.seq)
    for op_id, seqs in places.items():
        if len(seqs) > 1:
            count("applied twice", (op_id, seqs))
    phones = [phone for _who, phone in seats]
    for phone in phones:
        wrong += phone.wrong
        for op_id, (seq, _op) in phone.acked.items():
            if places.get(op_id) != [seq]:
                count("acknowledged and missing", (phone.name, op_id, seq, places.get(op_id)))
        found["refused, and there"] += sum(op_id in places for op_id in phone.refused)
        for op_id in phone.outbox:
            count("never answered", (phone.name, op_id))
    state = fold(log, board=str(hall.board_id))
    twice = Counter(thing["text"] for thing in state.things.values() if thing["type"] == "comment")
    for text, times in twice.items():
        if times > 1:
            count("applied twice", text)
    for difference in votes(state, seats):
        count("applied twice", difference)
    with states.held(hall.board_id) as held:
        if freeze(held.state) != freeze(state):
            count("not what the log folds to", hall.board_id)
    for who, phone in seats:
        standing = standing_of(hall.board_id, who.pk)
        assert standing is not None
        shown = picture(state, actor_of(standing, hall.board_id, phone.device))
        if phone.things != shown:
            differing = [id for id in {*shown, *phone.things} if shown.get(id) != phone.things.get(id)]
            first = [(id, shown.get(id), phone.things.get(id)) for id in differing[:2]]
            count("clients that differ", (phone.name, phone.seq, len(differing), first))
    return wrong


def votes(state: State, seats: list[tuple[Participation, Phone]]) -> list[Any]:
    """Whether everybody has the votes that follow from what they were answered, and no other.

    Nothing that has votes is deleted, undone or merged in a drill, so given and taken back is all there is.
    """
    wrong = []
    given: dict[str, Counter[str]] = {}
    for who, phone in seats:
        mine = given.setdefault(who.key, Counter())
        for _seq, op in phone.acked.values():
            mine[op["target"]] += {"vote": 1, "unvote": -1}.get(op["kind"], 0)
    for who, _phone in seats:
        counted = {target: many for target, many in given[who.key].items() if many}
        kept = {target: ballots[who.key] for target, ballots in state.ballots.items() if ballots.get(who.key)}
        if counted != kept:
            wrong.append((who.key, counted, kept))
    return wrong


def test_nothing_acknowledged_is_lost_and_everybody_holds_the_same(
    site: tuple[list[Web], Redis], capsys: pytest.CaptureFixture[str]
) -> None:
    webs, hints = site
    history = History()
    halls = [
        Hall(columns=3, names=("shown", "hidden")[n % 2], totals=("hidden", "shown")[n // 2]) for n in range(HALLS)
    ]
    for hall in halls:
        hall.go(1)
    crowds = [crowd(hall, n, [web.port for web in webs], history) for n, hall in enumerate(halls)]
    phones = [phone for seats in crowds for _who, phone in seats]
    faults = Faults(webs, hints, f"{SEED}:faults", history)
    took = asyncio.run(drill(faults, phones, history, [hall.board_id for hall in halls]))

    found: Counter[str] = Counter()
    wrong = [each for hall, seats in zip(halls, crowds, strict=True) for each in judge(hall, seats, found)]
    wrong += faults.stopped_badly
    printed = "\n".join(web.all_printed for web in webs)
    failures = sum(printed.count(event) for event in FAILED)
    lines = Counter(key for phone in phones for key in phone.counted.elements())
    figures = {
        "seed": SEED,
        "clients": len(phones),
        "boards": HALLS,
        "asked": sum(len(phone.acked) + len(phone.refused) + len(phone.outbox) for phone in phones),
        "acknowledged": sum(len(phone.acked) for phone in phones),
        "refused": dict(Counter(code for phone in phones for code, _op in phone.refused.values())),
        "log": sum(len(seqs_of(hall.board_id)) for hall in halls),
        "faults": dict(faults.did),
        "lines": dict(sorted(lines.items())),
        "acknowledged and missing": found["acknowledged and missing"],
        "applied twice": found["applied twice"],
        "clients that differ": found["clients that differ"],
        "refused, and there": found["refused, and there"],
        "seconds of work": round(took["work"], 1),
        "seconds until all agree": round(took["settled"], 1),
        "failures in the logs": failures,
    }
    kept = keep(figures, history, printed if failures else "", wrong)
    with capsys.disabled():
        if DRILL:
            print(f"\n{json.dumps(figures, indent=2)}\nThe history is in {kept}")
    assert not wrong, "\n".join([json.dumps(figures), *wrong[:20]])
    assert took["settled"] <= SETTLED, figures
    assert not failures, f"see the log beside {kept}"


def test_while_redis_answers_nothing_the_boards_go_on(site: tuple[list[Web], Redis]) -> None:
    """A Redis that hangs holds whoever asks it; people come in, write and hear of each other all the same (E4)."""
    webs, hints = site
    if hints.process is None:
        pytest.skip("needs a Redis of its own to hold: install redis-server")
    history = History()
    halls = [Hall() for _ in range(12)]
    for hall in halls:
        hall.go(1)
        hall.note(hall.facilitator, "before")

    def phone(hall: Hall, place: int, role: str = "participant") -> Phone:
        _who, secret = guest(hall, role)
        return Phone(
            name=f"{role} {place}",
            board=str(hall.board_id),
            tag="note",
            other_tags=[],
            cookie=f"{settings.GUEST_COOKIE_NAME}={secret}",
            device=f"device-of-{place}".ljust(22, "-"),
            role=role,
            # Each pair meets through different servers.
            ports=[webs[place % 2].port],
            seed=f"{place}",
            history=history,
            a_second=4.0,
            rough=False,
            acting=role == "facilitator",
        )

    early = [phone(hall, place, "facilitator") for place, hall in enumerate(halls)]
    late = [phone(hall, place + 1) for place, hall in enumerate(halls)]
    later = [phone(hall, place) for place, hall in enumerate(halls)]

    async def hang() -> tuple[float, float]:
        await asyncio.gather(*(web.serving() for web in webs))
        living = [asyncio.create_task(each.live()) for each in early]
        await until(lambda: all(each.acked for each in early))
        assert hints.process is not None
        hints.process.send_signal(signal.SIGSTOP)
        try:
            living += [asyncio.create_task(each.live()) for each in late]
            await until(lambda: all(each.things for each in late))
            # By now every board has something to say to Redis about who is here, in both processes.
            await asyncio.sleep(3)
            living += [asyncio.create_task(each.live()) for each in later]
            asked = time.monotonic()
            await until(lambda: all(each.things for each in later))
            came_in = time.monotonic() - asked
            marks = [len(each.acked) for each in early]
            await until(lambda: all(len(it.acked) > mark for it, mark in zip(early, marks, strict=True)))
            for each in early:
                each.acting = False
            asked = time.monotonic()
            await until(lambda: all(not e.outbox and one.seq == e.seq for e, one in zip(early, late, strict=True)))
            return came_in, time.monotonic() - asked
        finally:
            hints.process.send_signal(signal.SIGCONT)
            for each in (*early, *late, *later):
                each.over = True
            await asyncio.wait(living, timeout=5)

    came_in, heard = asyncio.run(hang())
    assert came_in < 3, "nobody gets in while Redis hangs"
    assert heard < 5, "nobody hears of the other server while Redis hangs"
    assert not any(event in web.all_printed for web in webs for event in FAILED)


async def until(so: Callable[[], bool], within: float = 45.0) -> None:
    async with asyncio.timeout(within):
        while not so():
            await asyncio.sleep(0.02)


def keep(figures: dict[str, Any], history: History, printed: str, wrong: list[str]) -> Path:
    """The evidence: one line for everything that was asked, answered and broken, and the figures behind it."""
    folder = ROOT / "var" / "drill"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"boards-{SEED}.jsonl"
    with path.open("w") as out:
        for line in [*history.lines, {"figures": figures}, *({"wrong": each} for each in wrong)]:
            out.write(json.dumps(line, default=str) + "\n")
    if printed:
        path.with_suffix(".log").write_text(printed)
    return path
