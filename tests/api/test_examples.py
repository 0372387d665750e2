"""The examples in `docs/examples` are run as their readers run them: as programs, against a real server."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command

from collaboration.boards import services as boards
from collaboration.boards import states
from collaboration.initiatives.models import Initiative
from collaboration.thread.queries import coverage
from collaboration.workshops import services as workshops
from tests.collaboration.ground import initiative
from tests.frontend.reading import Vale, vale
from tests.serving import served
from tests.settings import forget_cache
from vision.frameworks.models import Element

pytestmark = pytest.mark.django_db(transaction=True)

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"
needs_curl = pytest.mark.skipif(
    shutil.which("curl") is None, reason="SKIPPED LOUDLY: there is no curl, so the examples with curl were not run"
)

Done = subprocess.CompletedProcess[str]
Run = Callable[..., Done]


@pytest.fixture(scope="module")
def address(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    from goldenthread.asgi import application

    with served(application, django_db_blocker) as where:
        yield where


@pytest.fixture
def place(address: str, transactional_db: None) -> Vale:
    forget_cache()
    made = vale()
    Element.objects.filter(framework__part="vision", depth=1).update(kind="strand")
    return made


@pytest.fixture
def run(address: str, place: Vale) -> Run:
    """Runs an example with nothing in its environment but what its first lines ask for."""

    def one(name: str, *arguments: str, token: str = "", patience: str = "") -> Done:
        command = ["sh"] if name.endswith(".sh") else [sys.executable]
        told = {"GOLDENTHREAD_URL": address} | ({"GOLDENTHREAD_TOKEN": token} if token else {})
        told |= {"PATIENCE_SECONDS": patience} if patience else {}
        return subprocess.run(
            [*command, str(EXAMPLES / name), *arguments],
            env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **told},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return one


def token(place: Vale, who: str, scope: str = "write") -> str:
    """A token as an operator makes one."""
    printed = io.StringIO()
    call_command("create_token", place.world[who].who.email, scope=scope, stdout=printed, stderr=io.StringIO())
    return printed.getvalue().strip()


def refs(**filters: Any) -> set[str]:
    return set(Initiative.objects.filter(visibility="public", **filters).values_list("reference", flat=True))


def a_hundred_more(place: Vale) -> None:
    for n in range(101):
        initiative(place.world.ground, f'Work {n} with "quotes", a \\ and a café', codes=("V-A1.1",))


def succeeded(done: Done) -> str:
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


@needs_curl
def test_listing_with_curl_follows_every_page(place: Vale, run: Run) -> None:
    a_hundred_more(place)
    pages = [json.loads(line) for line in succeeded(run("list_initiatives.sh")).splitlines()]
    assert len(pages) == 2
    listed = [each["ref"] for page in pages for each in page["results"]]
    assert len(listed) == len(set(listed))
    assert set(listed) == refs()
    (page,) = succeeded(run("list_initiatives.sh", "stage=active&words=homes")).splitlines()
    assert [each["ref"] for each in json.loads(page)["results"]] == [place.full.reference]


@needs_curl
def test_a_refusal_is_told_by_curl(place: Vale, run: Run) -> None:
    done = run("list_initiatives.sh", "stage=nonsense")
    assert done.returncode == 1
    assert json.loads(done.stderr.splitlines()[-1])["errors"]["stage"]
    assert "Set GOLDENTHREAD_TOKEN" in run("register_initiative.sh", "our-row-17").stderr
    assert "our-row-17" in run("register_initiative.sh", token=token(place, "owner:member")).stderr


@needs_curl
def test_registering_with_curl_makes_one_draft_however_often_it_is_sent(place: Vale, run: Run) -> None:
    secret = token(place, "owner:member")
    before = Initiative.objects.count()
    first = json.loads(succeeded(run("register_initiative.sh", "our-row-17", token=secret)))
    again = json.loads(succeeded(run("register_initiative.sh", "our-row-17", token=secret)))
    assert again == first
    assert Initiative.objects.count() == before + 1
    made = Initiative.objects.get(reference=first["ref"])
    assert (made.visibility, made.stage, made.owner) == ("draft", "proposed", place.world.bodies["owner"])
    other = json.loads(succeeded(run("register_initiative.sh", "our-row-18", token=secret)))
    assert other["ref"] != first["ref"]


@needs_curl
def test_a_token_that_may_only_read_registers_nothing(place: Vale, run: Run) -> None:
    before = Initiative.objects.count()
    done = run("register_initiative.sh", "our-row-17", token=token(place, "owner:member", "read"))
    assert done.returncode != 0
    assert json.loads(done.stdout)["status"] == 403
    assert Initiative.objects.count() == before


def test_listing_with_python_follows_every_page(place: Vale, run: Run) -> None:
    a_hundred_more(place)
    lines = succeeded(run("list_initiatives.py")).splitlines()
    assert {line.split(" ", 1)[0] for line in lines} == refs()
    assert len(lines) == len(refs())
    assert f"{place.full.reference} {place.full.title}" in lines
    assert succeeded(run("list_initiatives.py", "stage=active", "words=homes")).splitlines() == [
        f"{place.full.reference} {place.full.title}"
    ]
    refused = run("list_initiatives.py", "stage=nonsense")
    assert refused.returncode == 1
    assert refused.stderr.startswith("400: ")
    assert "Traceback" not in refused.stderr


def test_registering_and_publishing_with_python(place: Vale, run: Run) -> None:
    secret = token(place, "owner:lead")
    before = Initiative.objects.count()
    done = run("register_and_publish.py", "our-row-17", "Warm rooms in village halls", token=secret)
    ref, visibility = succeeded(done).split()
    made = Initiative.objects.get(reference=ref)
    assert (visibility, made.visibility, made.stage) == ("public", "public", "active")
    assert made.lead == made.owner == place.world.bodies["owner"]
    # Once more, as after a lost answer: the same record, once.
    again = run("register_and_publish.py", "our-row-17", "Warm rooms in village halls", token=secret)
    assert succeeded(again) == done.stdout
    assert Initiative.objects.count() == before + 1
    # The same word for another record is refused with a sentence.
    other = run("register_and_publish.py", "our-row-17", "Another title", token=secret)
    assert other.returncode == 1
    assert other.stderr.startswith("422: ")


def test_who_may_not_publish_is_told_and_keeps_the_draft(place: Vale, run: Run) -> None:
    done = run("register_and_publish.py", "our-row-17", "Warm rooms", token=token(place, "owner:member"))
    assert done.returncode == 1
    assert done.stderr.startswith("403: ")
    assert Initiative.objects.get(title="Warm rooms").visibility == "draft"
    assert run("register_and_publish.py", "x", "Warm rooms", token="gt_nothing").stderr.startswith("401: ")
    assert "python3 register_and_publish.py" in run("register_and_publish.py").stderr


def test_taking_part_in_a_workshop_adds_one_note_however_often_it_is_run(place: Vale, run: Run) -> None:
    planner = place.world["owner:member"]
    workshop = workshops.plan_workshop(actor=planner, title="Getting to the clinic", template="barriers-and-enablers")
    workshop = workshops.open_workshop(actor=planner, workshop=workshop)
    secret = token(place, "partner:lead")
    words = (workshop.code, "No bus after six", "our-note-17")
    early = run("take_part_in_a_workshop.py", *words, token=secret, patience="0")
    assert (early.returncode, early.stderr) == (1, "Nobody may write yet. Run this again later.\n")
    facilitator = workshop.participations.get(person=planner.who)
    step = {"op_id": str(uuid4()), "base_seq": 1, "kind": "stage.next", "target": "board", "props": {"from": 0}}
    # It asks every few seconds, and hears that people may write.
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(run, "take_part_in_a_workshop.py", *words, token=secret, patience="60")
        (answer,) = boards.perform(participation=facilitator, device="", ops=[step])
        assert answer["t"] == "ack"
        done = succeeded(waiting.result(60))
    assert done == "ack: entry 3 of “Getting to the clinic”\n"
    assert succeeded(run("take_part_in_a_workshop.py", *words, token=secret)) == done
    assert workshop.board.head_seq == 3
    with states.held(workshop.board.pk) as held:
        notes = [thing["text"] for thing in held.state.things.values() if thing["type"] == "note"]
    assert notes == ["No bus after six"]
    refused = run("take_part_in_a_workshop.py", "ZZZZZZZZ", *words[1:], token=secret)
    assert refused.stderr.startswith("404: ")
    assert "python3 take_part_in_a_workshop.py" in run("take_part_in_a_workshop.py").stderr


def test_coverage_with_python_is_the_table_of_the_page(place: Vale, run: Run) -> None:
    for columns in ("area", "block"):
        head, *rows = csv.reader(io.StringIO(succeeded(run("coverage_to_csv.py", columns))))
        table = coverage(columns, "initiatives")  # type: ignore[arg-type]
        assert head == ["code", "ambition", *(column.title for column in table.columns)]
        assert [row[0] for row in rows] == [row.code for row in table.rows]
        assert [[int(cell) for cell in row[2:]] for row in rows] == [list(cells) for cells in table.cells]
        assert any(int(cell) for row in rows for cell in row[2:])
    refused = run("coverage_to_csv.py", "nonsense")
    assert refused.returncode == 1
    assert refused.stderr.startswith("400: ")
