"""Digests on real workers and beats while these are killed, Redis forgets and the mail server has a bad day.

On PostgreSQL and Redis with several processes, on SQLite with one. The suite holds a form with 50 kills, among 300
digests there and 150 here: a minute and a half. ``make drill`` runs experiments E1, E12 and E14 of the promises: 10,000
digests and 1,000 kills by default (a tenth of the kills and a third of the digests on SQLite), chosen otherwise by
GT_DRILL_MAILS, GT_DRILL_KILLS and GT_DRILL_SEED. The processes live on a clock of which a minute passes in a second.
Most kills are at named points (:mod:`tests.goldenthread.mail_faults.points`), the others whenever it hits. What is left
is in ``var/drill``.
"""

from __future__ import annotations

import json
import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.db.models import Count

from collaboration.initiatives.indexing import reindex
from collaboration.initiatives.models import Initiative
from collaboration.initiatives.services import keeping
from groundwork.clock import now
from groundwork.schedule.models import JobRun
from notifications.following import Followed
from notifications.models import Digest, Follow, OutgoingMessage, RestingAddress, Subscriber
from tests.goldenthread.mail_faults.points import POINTS
from tests.goldenthread.mail_faults.state import State
from tests.goldenthread.mail_site import MailServer, Site, seconds_of_cpu
from tests.goldenthread.processes import ROOT
from tests.notifications.ground import Ground, lay

DRILL = bool(os.environ.get("GT_DRILL"))
SEVERAL = connection.vendor == "postgresql"
KILLS = int(os.environ.get("GT_DRILL_KILLS") or ((1_000 if SEVERAL else 100) if DRILL else 50))
MAILS = int(os.environ.get("GT_DRILL_MAILS") or ((10_000 if SEVERAL else 3_333) if DRILL else 300 if SEVERAL else 150))
SEED = os.environ.get("GT_DRILL_SEED") or (str(time.time_ns() % 1_000_000) if DRILL else "4")
WORKERS, BEATS = (2, 5) if DRILL else (1, 2)
AT_ONCE = 3 * WORKERS if SEVERAL else 4
"""Jobs that the processes do at the same time, each of which may be handing a message over."""

FAULTS = ("421", "450", "550", "data 451", "data 554", "drop before", "drop after", "stall")
FAULTY = 0.05 if DRILL else 0.02
"""The share of mail that meets each of these."""
LOST_ANSWERS = ("drop after", "stall")
PATIENCE = 60.0
"""Seconds within which mail goes on after Redis is back, and all is settled after the last fault."""

TUESDAY = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
WEEK = timedelta(days=7)
Status = OutgoingMessage.Status
ENDS = (Status.SENT, Status.SUPPRESSED, Status.UNCERTAIN, Status.DEAD)

pytestmark = pytest.mark.drill


def subscribe_many() -> list[Subscriber]:
    """Addresses that follow an area, each week on Tuesday at eight, and were told everything until now."""
    rows = [
        Subscriber(
            email=f"reader{n}@example.org",
            confirmed_at=now(),
            quiet_from=0,
            quiet_until=0,
            quiet_weekends=False,
            next_at=TUESDAY,
        )
        for n in range(MAILS)
    ]
    Subscriber.objects.bulk_create(rows, batch_size=1_000)
    it = Followed.parse("area=V1")
    told = now() - timedelta(seconds=1)
    follows = [Follow(subscriber=row, query=it.query, anchor=it.anchor, reported_until=told) for row in rows]
    Follow.objects.bulk_create(follows, batch_size=1_000)
    return rows


def plan(chance: random.Random, batches: int) -> dict[str, list[tuple[str, int]]]:
    """At which points how many die: a tenth each while making and at ticks, most while sending.

    Each waits for its point to be passed so often that the mail lasts for all of them.
    """
    share = {"making": KILLS // 10, "ticking": KILLS // 10 if SEVERAL else 0}
    share["sending"] = KILLS - sum(share.values()) - len(outer_kills())
    apart = {
        "making": max(1, int(batches / max(share["making"], 1))),
        "sending": max(1, int(1.2 * MAILS / max(share["sending"], 1))),
        "ticking": 2,
    }
    # Everything is met once before anything is met again by chance.
    return {
        sort: [
            (point, chance.randint(1, apart[sort]))
            for point in (POINTS[sort] * (share[sort] // len(POINTS[sort])))
            + chance.sample(POINTS[sort], share[sort] % len(POINTS[sort]))
        ]
        for sort in POINTS
    }


def outer_kills() -> list[str]:
    return ["worker"] * max(2, KILLS * 6 // 100) + ["beat"] * max(1, KILLS * 4 // 100) if SEVERAL else []


@pytest.fixture
def begun(transactional_db: None, tmp_path: Path) -> Iterator[tuple[Ground, Site, MailServer, State]]:
    chance = random.Random(f"{SEED}:plan")
    folder = tmp_path / "drill"
    folder.mkdir()
    with time_machine.travel(TUESDAY - timedelta(hours=20), tick=False):
        ground = lay()
        other = Initiative.objects.create(
            id=703,
            number=44,
            reference="VAL-0044",
            title="Winter coats",
            visibility="public",
            owner=ground.council,
            lead=ground.council,
            published_at=now() - WEEK,
        )
        for each in (ground.initiative, other):
            each.areas.add(ground.area)
            reindex([each.pk])
        rows = subscribe_many()
        keeping.add_update(actor=ground.people["lead"], initiative=ground.initiative, body="The first thing.")
    faults = {}
    for fault in FAULTS:
        for row in chance.sample(rows, int(FAULTY * MAILS)):
            faults.setdefault(row.email, []).append(fault)
    batch = max(5, MAILS // (400 if DRILL else 30))
    planned = plan(chance, MAILS // batch)
    for points in planned.values():
        chance.shuffle(points)
    state = State.begin(folder, planned, TUESDAY.timestamp())
    server = MailServer(folder, faults)
    it = connection.settings_dict
    site = Site(
        "several" if SEVERAL else "one",
        folder=tmp_path,
        state=state,
        redis_url=str(settings.ENVIRONMENT.redis_url),
        workers=WORKERS,
        beats=BEATS,
        DATABASE_URL=f"postgres://{it['USER']}:{it['PASSWORD']}@{it['HOST']}:{it['PORT']}/{it['NAME']}"
        if SEVERAL
        else f"sqlite:///{it['NAME']}",
        SMTP_URL=f"smtp://127.0.0.1:{server.port}?tls=no",
        GT_DRILL_BATCH=str(batch),
        GT_DRILL_LEASE="5" if SEVERAL else "2.5",
    )
    try:
        yield ground, site, server, state
    finally:
        site.end()
        server.end()


def something_is_due(at: datetime) -> bool:
    """Whether there is mail to go or a digest to make now, not only later: what was put off is waited for anyway."""
    mail = OutgoingMessage.objects.filter(status__in=(Status.DUE, Status.SENDING), due_at__lte=at)
    return mail.exists() or Subscriber.objects.filter(next_at__lte=at).exists()


def settle(site: Site, server: MailServer, outer: list[tuple[float, str]], chance: random.Random, digests: int) -> bool:
    """Let everything work until it is done, with the outer faults when so much of it is. Returns whether it was."""
    state = site.state
    planned = sum(len(points) for points in state.plan.values()) or 1
    over = time.monotonic() + 120 + 3 * KILLS + MAILS / 10
    while time.monotonic() < over:
        site.look_after()
        open_rows = OutgoingMessage.objects.exclude(status__in=ENDS).count()
        made = Digest.objects.count()
        site.time_the_wait(server, due=something_is_due(datetime.fromtimestamp(state.now(), UTC)))
        progress = max(len(state.killed()) / planned, (made - open_rows) / digests)
        while outer and outer[0][0] <= progress:
            site.do(outer.pop(0)[1], chance, server)
        if made == digests and not open_rows and not outer:
            return True
        time.sleep(0.1)
    return False


def judge(rows: list[OutgoingMessage], copies: Counter[str], found: Counter[str]) -> list[str]:
    """What is wrong with what is left, in words; ``found`` counts each sort of it."""
    wrong = []

    def count(what: str, which: Any) -> None:
        found[what] += 1
        wrong.append(f"{what}: {which}")

    for row in rows:
        number = copies[str(row.pk)]
        if row.status not in ENDS:
            count("left over", (row.recipient, row.status, row.last_answer))
        if number > 1:
            count("doubled", (row.recipient, row.status, number))
        if row.status == Status.SENT and number == 0:
            count("lost mail", (row.recipient, row.last_answer))
        if row.status in (Status.DEAD, Status.SUPPRESSED) and number:
            count("arrived and not said to have", (row.recipient, row.status, row.last_answer))
    for key in copies.keys() - {str(row.pk) for row in rows}:
        count("sent by nobody", key)
    for each in Digest.objects.values("subscriber", "period").annotate(n=Count("pk")).filter(n__gt=1):
        count("doubled", each)
    return wrong


def judge_items(rows: list[OutgoingMessage], things: tuple[str, ...], found: Counter[str]) -> list[str]:
    """Whether everybody was told everything once, or will be by the next digest; what is uncertain is not enough."""
    wrong = []
    of_each: dict[str, list[OutgoingMessage]] = {}
    for row in sorted(rows, key=lambda row: row.created_at):
        if row.kind == "digest.due":
            of_each.setdefault(row.recipient, []).append(row)
    for recipient, mails in of_each.items():
        for thing in things:
            told = [row.status for row in mails if thing in row.text]
            sent = told.count(Status.SENT)
            # What did not arrive is told again by the digest after it: only the newest may hold it alone.
            if sent > 1 or (not sent and thing not in mails[-1].text):
                what = "items told twice" if sent else "lost items"
                found[what] += 1
                wrong.append(f"{what}: {(recipient, thing, told)}")
    if len(of_each) != MAILS:
        found["lost items"] += MAILS - len(of_each)
        wrong.append(f"lost items: {MAILS - len(of_each)} had no digest")
    return wrong


@pytest.mark.skipif(SEVERAL and settings.ENVIRONMENT.redis_url is None, reason="needs Redis: set REDIS_URL")
def test_no_item_is_lost_and_no_mail_doubled_whatever_dies(
    begun: tuple[Ground, Site, MailServer, State], capsys: pytest.CaptureFixture[str]
) -> None:
    ground, site, server, state = begun
    chance = random.Random(f"{SEED}:outer")
    kinds = outer_kills() + ["clock"] * max(2, KILLS // 100)
    kinds += [kind for kind in (site.redis.kinds if site.redis else []) for _ in range(max(3, KILLS // 100))]
    outer = sorted((chance.uniform(0.05, 0.95), kind) for kind in kinds)
    planned = sum(len(points) for points in state.plan.values())
    kills_of_workers = kinds.count("worker")

    began = time.monotonic()
    first = settle(site, server, outer, chance, MAILS)
    took = time.monotonic() - began
    killed = Counter(state.killed())
    uncertain = list(OutgoingMessage.objects.filter(status=Status.UNCERTAIN))
    resting = set(RestingAddress.objects.values_list("email", flat=True))

    # A week later nobody dies, and what did not arrive is told again beside what is new.
    server.be_well()
    with time_machine.travel(TUESDAY + timedelta(days=5), tick=False):
        coats = Initiative.objects.get(pk=703)
        keeping.add_update(actor=ground.people["lead"], initiative=coats, body="The second thing.")
    if first:
        state.set_clock((TUESDAY + WEEK).timestamp())
    second = first and settle(site, server, [], chance, 2 * MAILS)

    orphans = site.children_without_parent()
    # Before anything is counted: where time ran out, they would go on meanwhile, and what is seen would not fit.
    site.end()
    rows = list(OutgoingMessage.objects.all())
    taken = server.taken()
    copies = Counter(line["id"] for line in taken)
    found: Counter[str] = Counter()
    things = ("The first thing.", "The second thing.") if second else ("The first thing.",)
    wrong = judge(rows, copies, found) + (judge_items(rows, things, found) if first else [])
    lost_answers = sum(line["fault"] in LOST_ANSWERS for line in taken)
    by_death = [row for row in uncertain if "process ended" in row.last_answer]
    # The one message that each process may hold between handing it over and recording the answer.
    gap = sum(killed[point] for point in POINTS["sending"]) * (1 if SEVERAL else AT_ONCE) + AT_ONCE * kills_of_workers
    ticks = JobRun.objects.values("job", "period").annotate(n=Count("pk")).filter(n__gt=1).count()
    figures = {
        "seed": SEED,
        "digests": MAILS,
        "kills": sum(killed.values()) + site.did["worker"] + site.did["beat"],
        "kills at points": dict(sorted(killed.items())),
        "other faults": dict(sorted(site.did.items())),
        "first week": dict(Counter(str(row.status) for row in rows if row.created_at < TUESDAY + WEEK)),
        "second week": dict(Counter(str(row.status) for row in rows if row.created_at >= TUESDAY + WEEK)),
        "taken by the server": len(taken),
        "answers lost by the server": lost_answers,
        "uncertain": len(uncertain),
        "uncertain because a process died": len(by_death),
        "of these, the server had": sum(copies[str(row.pk)] for row in by_death),
        "lost items": found["lost items"],
        "lost mail": found["lost mail"],
        "doubled": found["doubled"] + found["items told twice"],
        "left over": found["left over"],
        "jobs run twice": ticks,
        "resting addresses": len(resting),
        "children left without a parent": orphans,
        "seconds of work": round(took, 1),
        "waits after Redis": site.waits,
        "seconds of processor": round(seconds_of_cpu(), 1),
    }
    kept = keep(figures, wrong, uncertain, site.printed())
    with capsys.disabled():
        if DRILL:
            print(f"\n{json.dumps(figures, indent=2)}\nWhat was printed is in {kept}")
    assert first, figures
    assert second, figures
    assert not wrong, "\n".join([json.dumps(figures), *wrong[:20]])
    assert len(by_death) <= gap, figures
    assert ticks == 0
    assert figures["kills"] >= planned, figures
    assert site.longest_wait <= PATIENCE, figures


def keep(figures: dict[str, Any], wrong: list[str], uncertain: list[OutgoingMessage], printed: str) -> Path:
    """The evidence: the figures, what is uncertain and why, what is wrong, and what the processes printed."""
    folder = ROOT / "var" / "drill"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"mail-{SEED}.json"
    listed = [(str(row.pk), row.recipient, row.last_answer) for row in uncertain]
    path.write_text(json.dumps({"figures": figures, "uncertain": listed, "wrong": wrong}, indent=1))
    path.with_suffix(".log").write_text(printed)
    return path
