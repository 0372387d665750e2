"""Whoever looks at a workshop over a real connection, with every byte that they are told."""

from __future__ import annotations

import http.client
import io
import json
import re
import threading
import zipfile
from collections.abc import Callable
from contextlib import suppress
from http.cookies import SimpleCookie
from socket import SHUT_RDWR
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from websockets.sync.client import ClientConnection

from tests.collaboration.boards.hall import Hall
from tests.collaboration.boards.wire import Client

CSRF = "c" * 32


class Watcher:
    """One browser or program. ``heard`` is everything that came, with where from."""

    def __init__(self, name: str, address: str, *, cookies: dict[str, str] | None = None, token: str = "") -> None:
        self.name = name
        self.address = address
        self.cookies = {settings.CSRF_COOKIE_NAME: CSRF, **(cookies or {})}
        self.token = token
        self.device = ""
        self.heard: list[tuple[str, bytes]] = []
        self.socket: Client | None = None
        self._hang_up: Callable[[], None] = lambda: None
        self._line = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)

    # Pages and addresses for programs

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes, Any]:
        sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        sent |= {"Authorization": f"Bearer {self.token}"} if self.token else {}
        sent |= {"Board-Device": self.device} if self.device else {}
        sent |= {name.replace("_", "-"): it for name, it in headers.items()}
        try:
            answer, read = self._once(method, path, body, sent)
        except (OSError, http.client.RemoteDisconnected, http.client.CannotSendRequest):
            # A line that was idle for long is closed by the server just when it is used again.
            self._line.close()
            answer, read = self._once(method, path, body, sent)
        for line in answer.headers.get_all("Set-Cookie") or []:
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        self.heard.append((f"{method} {path} {answer.status}", read))
        self.heard.append((f"headers of {path}", str(answer.headers).encode()))
        self.heard += [(f"{path} {part}", it) for part, it in parts_of(read).items()]
        return answer.status, read, answer.headers

    def _once(self, method: str, path: str, body: bytes | None, sent: dict[str, str]) -> tuple[Any, bytes]:
        self._line.request(method, path, body, sent)
        answer = self._line.getresponse()
        return answer, answer.read()

    def get(self, path: str, follow: bool = True) -> SimpleNamespace:
        """As Django's test client answers, for those who read forms off pages."""
        return self._followed(*self.ask("GET", path))

    def post(self, path: str, data: dict[str, Any], follow: bool = True) -> SimpleNamespace:
        sent = urlencode({**data, "csrfmiddlewaretoken": CSRF}, doseq=True).encode()
        return self._followed(*self.ask("POST", path, sent, Content_Type="application/x-www-form-urlencoded"))

    def _followed(self, status: int, body: bytes, headers: Any) -> SimpleNamespace:
        chain: list[tuple[str, int]] = []
        while status in (301, 302, 303) and len(chain) < 5:
            chain.append((headers["Location"], status))
            status, body, headers = self.ask("GET", headers["Location"].split("#")[0])
        return SimpleNamespace(status_code=status, content=body, redirect_chain=chain)

    def send(self, board: Any, *ops: dict[str, Any]) -> list[dict[str, Any]]:
        """Ops by POST; their answers."""
        body = json.dumps({"t": "ops", "ops": ops}).encode()
        _status, read, _headers = self.ask(
            "POST", f"/live/{board}/ops", body, Content_Type="application/json", X_CSRFToken=CSRF
        )
        answers: list[dict[str, Any]] = json.loads(read)
        return answers

    # The live ways

    def connect(self, hall: Hall, device: str) -> Client:
        """Open the board's socket. Closed by :meth:`close`."""
        self.device = device
        self.socket = Client(self.address, hall, cookies=self.cookies)
        self.socket.device = device
        self.socket.socket = Tap(self.socket.socket, self.heard)  # type: ignore[assignment]
        return self.socket.hello()

    def stream(self, board: Any) -> None:
        """Listen to the board's events, in a thread, until the line is closed."""
        line = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=60)
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        line.request("GET", f"/live/{board}/events", headers={"Cookie": cookie})
        socket, answer = line.sock, line.getresponse()
        assert answer.status == 200, answer.read()

        def listen() -> None:
            with suppress(OSError, ValueError, http.client.HTTPException):
                while read := answer.readline():
                    self.heard.append(("events", read))

        listening = threading.Thread(target=listen, daemon=True)
        listening.start()

        def hang_up() -> None:
            with suppress(OSError):
                socket.shutdown(SHUT_RDWR)
            listening.join(5)
            answer.close()
            line.close()

        self._hang_up = hang_up

    def close(self) -> None:
        if self.socket is not None:
            self.socket.__exit__()
        self._hang_up()
        self._line.close()

    # What was told

    def told(self, words: str | bytes, *, but: str = "") -> list[str]:
        """Where these words came from; ``but``: a pattern of places that do not count."""
        sought = words.encode() if isinstance(words, str) else words
        return [where for where, read in self.heard if sought in read and not (but and re.search(but, where))]


def parts_of(read: bytes) -> dict[str, bytes]:
    """What is packed in a workbook, by name; nothing for what is none."""
    if not read.startswith(b"PK"):
        return {}
    with zipfile.ZipFile(io.BytesIO(read)) as parts:
        return {part: parts.read(part) for part in parts.namelist()}


class Tap:
    """A socket whose every message is kept."""

    def __init__(self, socket: ClientConnection, heard: list[tuple[str, bytes]]) -> None:
        self._socket, self._heard = socket, heard

    def recv(self, **options: Any) -> Any:
        read = self._socket.recv(**options)
        self._heard.append(("socket", read.encode() if isinstance(read, str) else read))
        return read

    def send(self, message: str) -> None:
        self._socket.send(message)
