"""Nothing leaves a real server that its reader may not see (experiment E23), by whatever way it is asked for.

Workshops of random acts over real connections: sockets, events, polling, posts, plain forms. Two in the suite, six that
look at everything under ``make drill``, as many as GT_DRILL_SESSIONS says; the engine's own test runs a thousand.
Meanwhile everybody else (facilitators, observers, the screen, organisers, officers, people who wait, neighbours and
strangers) looks at every address there is of a workshop and its board, found in the address book of the product itself,
so that a page that is added tomorrow is looked at too. Every byte is kept and searched for canaries.
"""

from __future__ import annotations

import json
import os
import random
import re
import secrets
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.test import Client as Browser

from collaboration.boards import states
from collaboration.boards.committing import actor_of
from collaboration.boards.engine.people import EVERYBODY
from collaboration.boards.engine.projecting import picture
from collaboration.boards.engine.texts import device_hash
from collaboration.boards.standing import standing_of
from collaboration.workshops import queries
from collaboration.workshops.models import Participation
from collaboration.workshops.tokens import guest_digest
from frontend.pages.joining_in.here import device_key
from groundwork.accounts.services import tokens
from tests.collaboration.boards.hall import Hall
from tests.collaboration.boards.watching import Watcher, parts_of
from tests.collaboration.boards.wire import DIRECT
from tests.collaboration.workshops.ground import Ground, lay
from tests.frontend.every_route import Route, routes
from tests.frontend.plain_board import Browser as PlainBrowser
from tests.serving import served

DRILL = bool(os.environ.get("GT_DRILL"))
SESSIONS = int(os.environ.get("GT_DRILL_SESSIONS") or (6 if DRILL else 2))
SEED = int(os.environ.get("GT_DRILL_SEED") or 0)
MUCH, LITTLE = (1_000, 8) if DRILL else (8, 2)
"""At how many addresses each looks at a turn, chosen anew each time: before something is revealed, and else."""
OF_PEOPLE = (
    r"/(people|participants|invitations|team|me|activity|history|open|lobby)\b|GET /workshops/[^/]+/ |/simple/run"
)
"""Where facilitators find who takes part. That leads to no note: that is what is shown here."""

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def address(transactional_db: None, django_db_blocker: object) -> Iterator[str]:
    from goldenthread.asgi import application

    with served(application, django_db_blocker, **DIRECT) as where:
        yield where


class Session:
    """A workshop, those who write in it, and those who look."""

    def __init__(self, address: str, ground: Ground, seed: int, stack: ExitStack) -> None:
        self.chance = random.Random(seed)
        self.address, self.stack = address, stack
        # Every other one without names, every third one with totals that everybody sees grow.
        rules: dict[str, Any] = {
            "names": ("hidden", "shown")[seed % 2],
            "totals": "shown" if seed % 3 == 2 else "hidden",
        }
        self.hall = Hall(host=ground.council, visibility=self.chance.choice(["invited", "partners", "public"]), **rules)
        self.nameless = rules["names"] == "hidden"
        self.people: dict[str, Participation] = {}
        self.hidden: dict[str, tuple[str, str]] = {}
        """Text of each note that was not revealed, and its writer, by id."""
        self.dropped: list[tuple[str, str]] = []
        """Words that were changed or deleted before anybody else was to see them, and their writer."""
        self.number = 0
        self.writers = [self.guest(name) for name in ("ann", "ben", "cat")]
        self.fay = self.guest("fay", "facilitator")
        for each in (*self.writers, self.fay):
            each.connect(self.hall, device_key(each.cookies[settings.GUEST_COOKIE_NAME], self.hall.workshop.uuid))
        self.observer = self.guest("observer", "observer")
        self.observer.stream(self.hall.board_id)
        host = ground["member"]
        self.people["host"] = self.hall.join("facilitator", person=host.who, mandate=host.under)
        self.host = self.account("host", host)
        waiting = self.guest("waiting", status=Participation.Status.WAITING)
        neighbour = self.watcher("neighbour", cookies={settings.GUEST_COOKIE_NAME: secrets.token_urlsafe(32)})
        self.wall = self.watcher("the wall")
        self.others = [
            *(self.fay, self.observer, self.host, self.account("officer", ground["officer"]), self.wall),
            *(self.program("host's program", host), self.program("nurse's program", ground["nurse"])),
            *(waiting, neighbour, self.watcher("stranger")),
        ]
        self.routes = [route for route in routes() if is_of_a_workshop(route)]

    def watcher(self, name: str, **options: Any) -> Watcher:
        made = Watcher(name, self.address, **options)
        self.stack.callback(made.close)
        return made

    def guest(self, name: str, role: str = "participant", **fields: Any) -> Watcher:
        secret = secrets.token_urlsafe(32)
        who = self.hall.join(role, guest_digest=guest_digest(secret, self.hall.workshop), **fields)
        who.name = f"NAME{name}{self.chance.getrandbits(40)}"
        who.save()
        self.people[name] = who
        return self.watcher(name, cookies={settings.GUEST_COOKIE_NAME: secret})

    def account(self, name: str, actor: Any) -> Watcher:
        browser = Browser()
        browser.force_login(actor.who, backend=settings.AUTHENTICATION_BACKENDS[0])
        session = browser.cookies[settings.SESSION_COOKIE_NAME].value
        return self.watcher(name, cookies={settings.SESSION_COOKIE_NAME: session})

    def program(self, name: str, actor: Any) -> Watcher:
        _token, secret = tokens.create(actor=actor, name=f"{name} {self.hall.workshop.code}", scope="write")
        return self.watcher(name, token=secret)

    # Looking

    def paths(self) -> list[str]:
        """Every address of this workshop; what has an id of a note in it, with one that is hidden if there is one."""
        hall = self.hall
        ids = [*self.hidden] or [hall.column()]
        values = {
            "code": hall.workshop.code,
            "token": queries.link_token(hall.workshop),
            "board_id": hall.board_id,
            "board": hall.board_id,
            "uuid": hall.workshop.uuid,
            "number": self.people["ann"].pk,
            "key": self.people["ann"].key,
        }
        found = []
        for route in self.routes:
            own = {"id": hall.workshop.uuid if route.template.startswith("api/") else self.chance.choice(ids)}
            found.append(route.path({**dict.fromkeys(route.parameters, "1"), **own, **values}))
        for stage in (2, 5):
            found.append(f"/live/{hall.board_id}/effects?to={stage}")
        return [path for path in found if not path.endswith("/events")]

    def look(self, watchers: Iterable[Watcher], most: int) -> None:
        """Each looks around; and those who listen hear what came meanwhile."""
        paths = self.paths()
        always = [path for path in paths if re.search(r"/simple/$|/poll$", path)] if most == MUCH else []
        for watcher in watchers:
            for path in {*always, *self.chance.sample(paths, min(most, len(paths)))}:
                watcher.get(path)
        token = queries.link_token(self.hall.workshop)
        self.wall.get(f"/w/{self.hall.workshop.code}/{token}/screen/")
        self.hear()

    def hear(self) -> None:
        with states.held(self.hall.board_id) as held:
            head = held.head[1]
        for watcher in (*self.writers, self.fay):
            assert watcher.socket is not None
            watcher.socket.reach(head)

    # Writing, in private

    def words(self) -> str:
        self.number += 1
        return f"CANARY{self.number}W{self.chance.getrandbits(60)}"

    def do(self, writer: Watcher, kind: str, target: str, **props: Any) -> dict[str, Any]:
        """By socket or by post, as it comes."""
        assert writer.socket is not None
        if self.chance.random() < 0.5:
            return writer.socket.do(kind, target, **props)
        return writer.send(self.hall.board_id, writer.socket.raw(kind, target, **props))[0]

    def write(self, writer: Watcher) -> None:
        words = self.words()
        columns = [self.hall.column(0), self.hall.column(1)]
        if self.chance.random() < 0.3:
            page = PlainBrowser(client=writer)  # type: ignore[arg-type]
            page.go(f"/w/{self.hall.workshop.code}/simple/").press(
                "write", text=words, column=self.chance.choice(columns)
            )
            assert page.status == 200
            found = [id for id, thing in self.hall.state().things.items() if thing.get("text") == words]
            assert len(found) == 1, page.text
            self.hidden[found[0]] = (words, writer.name)
            return
        id = str(UUID(int=self.chance.getrandbits(128), version=4))
        answer = self.do(writer, "note.add", id, column=self.chance.choice(columns), text=words)
        assert answer["t"] == "ack", answer
        self.hidden[id] = (words, writer.name)

    def change(self, writer: Watcher) -> None:
        """Something of one's own: edited, deleted, undone, moved. Or something of another's, which does not exist."""
        own = [id for id, (_words, name) in self.hidden.items() if name == writer.name]
        others = [id for id in self.hidden if id not in own]
        act = self.chance.choice(["edit", "edit", "delete", "undo", "move", "spy"])
        if act == "spy" or not own:
            if others:
                self.spy(writer, self.chance.choice(others))
        elif act == "undo":
            assert self.do(writer, "undo", "board")["t"] == "ack"
            self.find_what_is_hidden()
        else:
            id = self.chance.choice(own)
            words, _name = self.hidden[id]
            if act == "edit":
                fresh = self.words()
                assert self.do(writer, "note.edit", id, text=fresh)["t"] == "ack"
                self.dropped.append((words, writer.name))
                self.hidden[id] = (fresh, writer.name)
            elif act == "move":
                assert self.do(writer, "note.move", id, into=self.hall.column(1))["t"] == "ack"
            else:
                assert self.do(writer, "note.delete", id)["t"] == "ack"
                self.find_what_is_hidden()

    def find_what_is_hidden(self) -> None:
        """After an undo or a deletion: what stands there now, and what does not stand there any more."""
        things = self.hall.state().things
        owner = dict([*self.hidden.values(), *self.dropped])
        live = {
            id: thing["text"] for id, thing in things.items() if thing["type"] == "note" and not thing.get("deleted")
        }
        standing = {id: (words, owner[words]) for id, words in live.items()}
        gone = [pair for pair in [*self.hidden.values(), *self.dropped] if pair not in standing.values()]
        self.hidden, self.dropped = standing, list(dict.fromkeys(gone))

    def spy(self, thief: Watcher, id: str) -> None:
        """What is another's and hidden is answered as what does not exist."""
        kind, props = self.chance.choice(
            [("note.edit", {"text": "mine"}), ("note.delete", {}), ("note.move", {"into": self.hall.column()})]
        )
        thief = self.chance.choice([thief, self.fay])
        there, nowhere = (
            self.do(thief, kind, target, **props)
            for target in (id, str(UUID(int=self.chance.getrandbits(128), version=4)))
        )
        assert there["code"] == nowhere["code"] == "unknown_thing"
        assert (there["sentence"], there["text"]) == (nowhere["sentence"], nowhere["text"])

    # Judging

    @property
    def everybody(self) -> list[Watcher]:
        return [*self.writers, *self.others]

    def assert_untold(self, secrets_: Iterable[tuple[str, str]]) -> None:
        """Nobody but its writer was ever told any of these words."""
        secrets_ = [*secrets_]
        for watcher in self.everybody:
            for words, writer in secrets_:
                if watcher.name != writer:
                    assert not watcher.told(words), (watcher.name, writer, watcher.told(words)[:5])

    def assert_nameless(self) -> None:
        """Where names are hidden nothing on the board leads to who wrote, for anybody, at any time."""
        for writer in self.writers:
            who = self.people[writer.name]
            digest = device_hash(str(self.hall.board_id), writer.device)
            for watcher in self.everybody:
                if watcher is writer:
                    continue
                for secret in (writer.device, digest, who.guest_digest, writer.cookies[settings.GUEST_COOKIE_NAME]):
                    assert not watcher.told(str(secret)), (watcher.name, writer.name, watcher.told(str(secret))[:5])
                for secret in (who.key, who.name):
                    told = watcher.told(secret, but=OF_PEOPLE)
                    # Addresses that were asked with the key in them, and say it back.
                    told = [where for where in told if secret not in where]
                    assert not told, (watcher.name, writer.name, secret, told[:5])

    def assert_answered(self) -> None:
        """Whatever was asked, no page broke: an error page tells nothing, and would pass for secrecy."""
        for watcher in self.everybody:
            broken = [where for where, _read in watcher.heard if re.search(r" 5\d\d$", where)]
            assert not broken, (watcher.name, broken[:5])

    def assert_exact(self) -> None:
        """Everybody holds what the server would show them."""
        self.hear()
        for watcher in (*self.writers, self.fay):
            assert watcher.socket is not None
            standing = standing_of(self.hall.board_id, self.people[watcher.name].pk)
            assert standing is not None
            with states.held(self.hall.board_id) as held:
                shown = picture(held.state, actor_of(standing, self.hall.board_id, watcher.device))
            assert watcher.socket.things == shown


def is_of_a_workshop(route: Route) -> bool:
    """Addresses of one workshop, its board or what came of it, that need nothing else to be named."""
    ours = ("w/%(code)s", "workshops/%(code)s", "api/v1/workshops/%(", "live/%(")
    return route.template.startswith(ours) and not {"outcome", "invitation"} & {*route.parameters}


def voting(session: Session) -> dict[str, int]:
    """Votes move from one item to another, and nobody else can tell: each page is the same byte for byte."""
    hall, chance = session.hall, session.chance
    state = hall.state()
    items = [id for id, thing in state.things.items() if thing["type"] == "note" and not thing.get("deleted")]
    ann, ben, _cat = session.writers
    first, second = chance.sample(items, 2)
    marks = {watcher.name: len(watcher.heard) for watcher in session.everybody}
    assert session.do(ben, "vote", chance.choice(items))["t"] == "ack"
    assert session.do(ann, "vote", first, count=3)["t"] == "ack"
    lookers = [watcher for watcher in session.everybody if watcher is not ann]
    compared = chance.sample(lookers, 5)
    paths = session.paths()
    if not DRILL:
        paths = chance.sample(paths, 8)
    before = pages(session, compared, paths)
    assert session.do(ann, "unvote", first, count=3)["t"] == "ack"
    assert session.do(ann, "vote", second, count=3)["t"] == "ack"
    after = pages(session, compared, paths)
    session.hear()
    if state.things["board"]["totals"] == "hidden":
        numbers = "|".join(str(head) for head in {before.pop(("", "")), after.pop(("", ""))})
        for key, page in before.items():
            assert plain(page, numbers) == plain(after[key], numbers), (key, "tells of votes while people vote")
    for watcher in lookers:
        frames = [
            frame
            for where, read in watcher.heard[marks[watcher.name] :]
            for frame in frames_of(where, read)
            if frame["t"] == "ops"
        ]
        for op in (op for frame in frames for op in frame["ops"]):
            if op["t"] == "redacted" or op["kind"] not in ("vote", "unvote"):
                assert op.keys() == {"t", "seq"} or op["t"] == "op"
                continue
            own = "op_id" in op
            assert own or "by" not in op, (watcher.name, "is told who voted", op)
            assert own or state.things["board"]["totals"] == "shown", (watcher.name, "is told of a vote", op)
            assert own or all({*props} <= {"votes"} for props in op["set"].values()), op
    return dict(hall.state().total)


def pages(session: Session, watchers: list[Watcher], paths: list[str]) -> dict[tuple[str, str], Any]:
    with states.held(session.hall.board_id) as held:
        got: dict[tuple[str, str], Any] = {("", ""): held.head[1]}
    for watcher in watchers:
        for path in paths:
            read = watcher.get(path).content
            got[watcher.name, path] = b"".join(parts_of(read).values() or [read]).decode("utf-8", "replace")
    return got


def plain(page: str, numbers: str) -> str:
    """A page without what differs each time it is asked for: tokens, moments, and how far the log is."""
    page = re.sub(r"[A-Za-z0-9_-]{20,}", "…", page)
    page = re.sub(r"\d{4}-\d\d-\d\d[T ][\d:.+Z]+|\d{1,2}:\d\d(:\d\d)?(am|pm)?|\b1[78]\d{11}\b", "…", page)
    return re.sub(rf"\b({numbers})\b", "#", page)


def frames_of(where: str, read: bytes) -> list[dict[str, Any]]:
    if where == "socket":
        return [json.loads(read)]
    if where == "events" and read.startswith(b"data: "):
        return [json.loads(read[6:])]
    if "/poll" in where and where.endswith("200"):
        return [*json.loads(read)]
    return []


def session(address: str, ground: Ground, seed: int) -> None:
    with ExitStack() as stack:
        it = Session(address, ground, seed, stack)
        hall, chance = it.hall, it.chance
        hall.go(1)
        for _ in range(chance.randint(6, 12)):
            writer = chance.choice(it.writers)
            it.write(writer) if chance.random() < 0.6 else it.change(writer)
            it.look([chance.choice(it.everybody)], LITTLE)
        for writer in it.writers:
            # So that there is always something to hide, and to vote on.
            it.write(writer)
        it.look(it.everybody, MUCH)
        it.assert_untold([*it.hidden.values(), *it.dropped])

        hall.go(2)
        it.look(it.everybody, LITTLE)
        it.assert_untold([*it.hidden.values(), *it.dropped])
        assert hall.do(hall.facilitator, "reveal", columns=[hall.column(0)])["t"] == "ack"
        it.look(it.everybody, LITTLE)
        state = hall.state()
        still = {id: pair for id, pair in it.hidden.items() if not state.things[id].get("shown")}
        it.assert_untold([*still.values(), *it.dropped])

        hall.go(4)
        total = voting(it)
        hall.go(5)
        it.look(it.everybody, LITTLE)
        it.assert_exact()
        it.assert_untold(it.dropped)
        if it.nameless:
            it.assert_nameless()
        told_in_full(it, total)
        it.assert_answered()
        removed_for_good(it)


def told_in_full(it: Session, total: dict[str, int]) -> None:
    """After the reveal, and after the vote: all of it, to all who are in the room, by every way."""
    hall = it.hall
    with states.held(hall.board_id) as held:
        shown = picture(held.state, EVERYBODY)
    assert {id for id, thing in shown.items() if thing["type"] == "note"} == {*it.hidden}
    for id in it.hidden:
        assert shown[id]["text"] == it.hidden[id][0]
        assert shown[id].get("votes", 0) == total.get(id, 0)
    code = hall.workshop.code
    for watcher in (*it.writers, it.fay, it.observer, it.host):
        for path in (f"/w/{code}/simple/", f"/live/{hall.board_id}/poll"):
            while (answer := watcher.get(path)).status_code == 429:
                time.sleep(0.2)
            read = answer.content.decode()
            assert all(words in read for words, _name in it.hidden.values()), (watcher.name, path)
    for path in ("export.csv", "export.md", "export.json", "report/"):
        read = it.host.get(f"/w/{code}/{path}").content.decode()
        assert all(words in read for words, _name in it.hidden.values()), path


def removed_for_good(it: Session) -> None:
    """Words that are removed are told to nobody any more."""
    hall = it.hall
    id = it.chance.choice([*it.hidden])
    words, _name = it.hidden.pop(id)
    assert hall.do(hall.facilitator, "redact", things=[id])["t"] == "ack"
    it.hear()
    for watcher in it.everybody:
        watcher.heard.clear()
    it.look(it.everybody, LITTLE)
    for watcher in it.everybody:
        assert not watcher.told(words), (watcher.name, watcher.told(words))


@pytest.mark.drill
def test_no_canary_leaves_the_server(address: str) -> None:
    ground = lay()
    for seed in range(SEED, SEED + SESSIONS):
        try:
            session(address, ground, seed)
        except AssertionError as error:
            raise AssertionError(f"in the session of seed {seed}: {error}") from error


def test_every_address_of_a_workshop_is_looked_at() -> None:
    """Else a page could be added that nobody here asks."""
    seen = {route.name for route in routes() if is_of_a_workshop(route)}
    assert {"board", "board-simple", "board-item", "board-bin", "board-screen", "board-poll"} <= seen
    assert {"workshop-report", "workshop-export-csv", "workshop-export-xlsx", "workshop-picture", "workshop"} <= seen
