"""The page of the live board: who gets it, what its script is told, and that it has every word the script says."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import translation

from collaboration.boards.engine.stages import PERMITTED, Stage
from collaboration.workshops.models import Participation, PlannedStage
from frontend.pages.boarding.words import forms, words
from frontend.pages.joining_in.here import device_key
from tests.collaboration.boards.hall import Hall
from tests.collaboration.boards.wire import guest
from tests.frontend.markup import FRONTEND, assert_references_lead_somewhere
from tests.frontend.markup import page as tree
from tests.frontend.reading import queries

pytestmark = pytest.mark.django_db(transaction=True)

SCRIPTS = sorted((FRONTEND / "assets/board").glob("*.ts*"))
SAID = "".join(path.read_text() for path in SCRIPTS)


class _Config(HTMLParser):
    inside = False
    text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside = ("id", "board-config") in attrs

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.text += data
        self.inside = False


def config(page: str) -> dict[str, Any]:
    parser = _Config()
    parser.feed(page)
    read: dict[str, Any] = json.loads(parser.text)
    return read


def sat(hall: Hall, role: str = "participant", **fields: Any) -> tuple[Client, Participation, str]:
    who, secret = guest(hall, role, **fields)
    client = Client()
    client.cookies[settings.GUEST_COOKIE_NAME] = secret
    return client, who, secret


def address(hall: Hall) -> str:
    return reverse("board", args=[hall.workshop.code])


def test_a_guest_gets_the_board_and_the_script_what_it_needs() -> None:
    hall = Hall()
    PlannedStage.objects.create(workshop=hall.workshop, stage=1, minutes=8, note="Quietly")
    client, who, secret = sat(hall)
    answer = client.get(address(hall))
    assert answer.status_code == 200
    page = answer.content.decode()
    assert_references_lead_somewhere(tree(page))
    told = config(page)
    board = str(hall.board_id)
    assert (told["board"], told["you"], told["role"]) == (board, who.key, "participant")
    assert told["device"] == device_key(secret, hall.workshop.uuid), "the plain pages use the same"
    assert told["socket"] == f"/live/{board}/socket"
    assert told["effects"] == reverse("board-effects", args=[board])
    assert [reverse(f"board-{name}", args=[board]) for name in ("ops", "poll", "events")] == [
        told[name] for name in ("ops", "poll", "events")
    ]
    assert told["plan"] == {"1": 8}
    assert "Quietly" not in page, "what the plan reminds of is for facilitators"
    assert told["links"]["join"] == reverse("join", args=[hall.workshop.code])
    assert reverse("board-simple", args=[hall.workshop.code]) in page
    assert "no-store" in answer["Cache-Control"]


def test_the_live_regions_and_the_way_without_a_script_are_in_the_first_html() -> None:
    hall = Hall()
    page = sat(hall)[0].get(address(hall)).content.decode()
    assert 'role="status" id="board-status"' in page
    assert 'role="alert"' in page
    noscript = page[page.index("<noscript>") : page.index("</noscript>")]
    assert reverse("board-simple", args=[hall.workshop.code]) in noscript
    assert 'id="board-late"' in page


def test_who_is_not_in_it_is_sent_to_the_page_for_joining() -> None:
    hall = Hall()
    join = reverse("join", args=[hall.workshop.code])
    assert Client().get(address(hall))["Location"] == join
    for status in ("waiting", "removed"):
        assert sat(hall, status=status)[0].get(address(hall))["Location"] == join
    nothing = reverse("board", args=["ABCD2345"])
    assert Client().get(nothing).status_code == Client().get(address(hall)).status_code == 302
    assert Client().post(address(hall)).status_code in (302, 403, 405)


def test_only_facilitators_are_led_to_the_screen() -> None:
    hall = Hall()
    screen = reverse("board-screen", args=[hall.workshop.code])
    assert screen not in sat(hall)[0].get(address(hall)).content.decode()
    page = sat(hall, "facilitator")[0].get(address(hall)).content.decode()
    assert screen in page
    assert config(page)["role"] == "facilitator"


def test_facilitators_have_their_reminders_beside_the_board() -> None:
    hall = Hall()
    PlannedStage.objects.create(workshop=hall.workshop, stage=1, minutes=8, note="Quietly")
    assert "Quietly" in sat(hall, "facilitator")[0].get(address(hall)).content.decode()


def test_who_takes_part_without_a_name_is_not_told_that_it_will_be_shown() -> None:
    hall = Hall()
    client, who, _secret = sat(hall)
    Participation.objects.filter(pk=who.pk).update(name="Ann")
    assert "will see your name" in config(client.get(address(hall)).content.decode())["words"]["names_shown"]
    Participation.objects.filter(pk=who.pk).update(name="")
    assert "without a name" in config(client.get(address(hall)).content.decode())["words"]["names_shown"]


def test_everybody_watches_when_the_workshop_is_not_open() -> None:
    hall = Hall(status="reported")
    page = sat(hall, "facilitator")[0].get(address(hall)).content.decode()
    assert config(page)["role"] == "observer"
    assert reverse("board-screen", args=[hall.workshop.code]) in page, "and facilitators keep their ways"


def test_the_script_knows_the_rights_of_the_engine() -> None:
    hall = Hall()
    rights = config(sat(hall)[0].get(address(hall)).content.decode())["rights"]
    for kind, it in PERMITTED.items():
        right = rights.get(kind, {})
        for name, stages in (("p", it.participant), ("o", it.own), ("f", it.facilitator)):
            assert {stage for stage in Stage if right.get(name, 0) & (1 << stage)} == stages, (kind, name)
        if right:
            assert [right.get(name, False) for name in ("locked", "limited", "undo")] == [
                it.locked,
                it.limited,
                it.undo,
            ]


def test_a_page_costs_the_same_with_many_people() -> None:
    hall = Hall()
    client, _who, _secret = sat(hall)
    client.get(address(hall))
    few = queries(client, address(hall))
    for _ in range(3):
        hall.join()
    PlannedStage.objects.bulk_create(PlannedStage(workshop=hall.workshop, stage=n, minutes=5) for n in (1, 2, 3))
    assert queries(client, address(hall)) == few


def test_every_word_that_the_script_says_is_there() -> None:
    there = words()
    plain = {key.rsplit(".", 1)[0] if key.endswith((".one", ".other")) else key for key in there}
    asked = set(re.findall(r'\b(?:say|tell)\(\s*"([a-z_]+)"', SAID)) | set(
        re.findall(r'\b(?:text|area|number|date)Field\("\w+", "(\w+)"', SAID)
    )
    # With conditions and templates in the call: every literal that is only a key.
    for call in re.findall(r"\b(?:say|tell|titled)\(([^()]*\?[^()]*)[,)]", SAID):
        asked |= set(re.findall(r'[?:] "([a-z_]+)"', call))
    announced = (FRONTEND / "assets/board/announcing.ts").read_text()
    asked |= {f"say_{key}" for key in re.findall(r'\b(?:said|counted)\("(\w+)"', announced)}
    assert len(asked) > 150
    assert sorted(asked - plain) == []
    for prefix, values in {
        "stage_": range(8),
        "task_": range(8),
        "state_": ("saved", "sending", "kept"),
        "connection_": ("connecting", "live", "streaming", "polling", "offline", "ended"),
        "did_": (kind for kind, it in PERMITTED.items() if it.undo),
    }.items():
        assert [value for value in values if f"{prefix}{value}" not in there] == [], prefix


def test_no_word_is_there_for_nothing() -> None:
    made = re.compile(r"^(stage|task|state|connection|did|say|act|pattern|letter|key|as|place|marks|mark_yours)_")
    unused = [
        key
        for key in {key.rsplit(".", 1)[0] if key.endswith((".one", ".other")) else key for key in words()}
        if not made.match(key) and f'"{key}"' not in SAID and not re.search(r"_(title|submit|with|intro)$", key)
    ]
    assert unused == []


def test_what_fills_a_sentence_is_the_same_in_all_its_forms() -> None:
    for key, sentence in words().items():
        assert "%(" not in re.sub(r"%\(\w+\)s", "", sentence), key
    assert forms("x", lambda n: "one" if n == 1 else "many") == {"x.one": "one", "x.other": "many"}


def test_the_words_are_made_for_the_language_of_the_reader() -> None:
    with translation.override("cy"):
        assert words().keys() == words().keys()


def test_the_script_brings_no_styles_and_no_words_of_its_own() -> None:
    for path in SCRIPTS:
        text = path.read_text()
        assert "innerHTML" not in text.replace("dangerouslySetInnerHTML", "innerHTML"), path.name
        assert not re.search(r"\bstyle=", text), path.name
        if path.suffix == ".tsx":
            assert not re.search(r">\s*[A-Z][a-z]+ [a-z]+[^<>{}=;]*</", text), path.name


def test_a_facilitator_hears_on_the_board_that_people_wait_outside() -> None:
    hall = Hall()
    leads, _who, _secret = sat(hall, "facilitator")
    sits, _who, _secret = sat(hall)
    hall.workshop.has_lobby = True
    hall.workshop.save()
    assert "to be let in" not in leads.get(address(hall)).content.decode()
    for _guest in range(2):
        who, _secret = guest(hall)
        Participation.objects.filter(pk=who.pk).update(status="waiting")
    page = leads.get(address(hall)).content.decode()
    assert "2 people wait to be let in." in page
    assert reverse("board-facilitate", args=[hall.workshop.code]) in page
    assert "to be let in" not in sits.get(address(hall)).content.decode()
