"""A client of a board for tests: it speaks as ``docs/protocol/board.md`` says, and keeps a picture by its one rule."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.conf import settings
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from collaboration.workshops.models import Participation
from collaboration.workshops.tokens import guest_digest
from tests.collaboration.boards.hall import Hall, device

PLAIN = {"ws": "websockets-sansio"}
DIRECT = {"ws": "goldenthread.frames:BoardProtocol", "http": "goldenthread.pages:PageProtocol", "ws_max_size": 65_536}
"""How the product serves: whole frames past ASGI. ``PLAIN`` is how any other server would."""


def guest(hall: Hall, role: str = "participant", **fields: Any) -> tuple[Participation, str]:
    """Somebody without an account, and what their browser holds."""
    secret = secrets.token_urlsafe(32)
    digest = guest_digest(secret, hall.workshop)
    return hall.join(role, guest_digest=digest, **fields), secret


class Client:
    """One connection. ``frames`` is everything that came, ``things`` the picture, ``seq`` what is held."""

    def __init__(
        self,
        address: str,
        hall: Hall,
        *,
        secret: str = "",
        cookies: dict[str, str] | None = None,
        origin: str | None = "",
        subprotocols: list[str] | None = None,
        who: object = "",
        board: str = "",
        query: str = "",
        **options: Any,
    ) -> None:
        self.board = board or str(hall.board_id)
        held = dict(cookies or {})
        if secret:
            held[settings.GUEST_COOKIE_NAME] = secret
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in held.items())} if held else {}
        self.device = device(who or secret[:8])
        self.frames: list[dict[str, Any]] = []
        self.things: dict[str, dict[str, Any]] = {}
        self.seq = 0
        self.epoch = ""
        self.closed: int | None = None
        self._opened = connect(
            f"{address.replace('http', 'ws')}/live/{self.board}/socket{query}",
            origin=address if origin == "" else origin,  # type: ignore[arg-type]
            additional_headers=headers,
            subprotocols=subprotocols,  # type: ignore[arg-type]
            open_timeout=20,
            close_timeout=2,
            compression=None,
            **options,
        )
        self.socket: ClientConnection = self._opened.__enter__()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.__exit__(None, None, None)

    def send(self, **frame: Any) -> None:
        self.socket.send(json.dumps(frame))

    def hello(self, **more: Any) -> Client:
        """Say hello and take what it brings."""
        self.send(t="hello", board=self.board, device=self.device, **more)
        welcome = self.until("welcome")
        if welcome["resume"] != "tail":
            self.until("yours")
        return self

    def op(self, kind: str, target: str = "board", *, op_id: str = "", **props: Any) -> str:
        raw = self.raw(kind, target, op_id=op_id, **props)
        self.send(t="op", **raw)
        return str(raw["op_id"])

    def raw(self, kind: str, target: str = "board", *, op_id: str = "", **props: Any) -> dict[str, Any]:
        named = {name.rstrip("_"): value for name, value in props.items()}
        return {"op_id": op_id or str(uuid4()), "base_seq": self.seq, "kind": kind, "target": target, "props": named}

    def do(self, kind: str, target: str = "board", **props: Any) -> dict[str, Any]:
        """Send an op and wait for its answer."""
        op_id = self.op(kind, target, **props)
        return self.until(lambda frame: frame["t"] in ("ack", "rejected") and frame["op_id"] == op_id)

    def next(self, within: float = 10.0) -> dict[str, Any] | None:
        """The next frame, taken in; None when nothing came, or the connection was closed."""
        try:
            frame = json.loads(self.socket.recv(timeout=within))
        except TimeoutError:
            return None
        except ConnectionClosed as closed:
            self.closed = closed.rcvd.code if closed.rcvd else 1006
            return None
        self.frames.append(frame)
        self._take(frame)
        return dict(frame)

    def until(self, wanted: str | Callable[[dict[str, Any]], bool], within: float = 10.0) -> dict[str, Any]:
        """The next frame of a sort, or of which something is true."""
        look = (lambda frame: frame["t"] == wanted) if isinstance(wanted, str) else wanted
        end = time.monotonic() + within
        while time.monotonic() < end and self.closed is None:
            frame = self.next(max(0.01, end - time.monotonic()))
            if frame is not None and look(frame):
                return frame
        raise AssertionError(f"no {wanted}; closed: {self.closed}; last: {self.frames[-3:]}")

    def reach(self, seq: int, within: float = 10.0) -> Client:
        """Hear until the picture is of at least this seq."""
        end = time.monotonic() + within
        while self.seq < seq:
            assert self.closed is None, (self.seq, seq, self.closed, self.frames[-3:])
            assert time.monotonic() < end, (self.seq, seq, self.frames[-3:])
            self.next(max(0.01, end - time.monotonic()))
        return self

    def drain(self, seconds: float = 0.3) -> list[dict[str, Any]]:
        """Everything that comes until it is quiet for so long."""
        before = len(self.frames)
        while self.next(seconds) is not None:
            pass
        return self.frames[before:]

    def goodbye(self, within: float = 10.0) -> tuple[int | None, int | None]:
        """Hear until the end: the code of ``bye`` if one was said, and the one the socket was closed with."""
        said = None
        end = time.monotonic() + within
        while self.closed is None and time.monotonic() < end:
            frame = self.next(max(0.01, end - time.monotonic()))
            if frame is not None and frame["t"] == "bye":
                said = frame["code"]
        return said, self.closed

    def _take(self, frame: dict[str, Any]) -> None:
        self.epoch = frame.get("epoch", self.epoch)
        if frame["t"] == "snapshot":
            self.things = {id: dict(thing) for id, thing in frame["things"].items()}
            self.seq = frame["seq"]
        elif frame["t"] == "yours":
            self._set(frame["set"])
        elif frame["t"] == "ops":
            for op in frame["ops"]:
                if op["seq"] <= self.seq:
                    continue
                assert op["seq"] == self.seq + 1, ("a gap", self.seq, op["seq"])
                self.seq = op["seq"]
                self._set(op.get("set", {}))
                for id in op.get("gone", ()):
                    self.things.pop(id, None)

    def _set(self, put: dict[str, dict[str, Any]]) -> None:
        for id, props in put.items():
            thing = self.things.setdefault(id, {})
            for key, value in props.items():
                if value is None:
                    thing.pop(key, None)
                else:
                    thing[key] = value
