"""A GOV.UK Notify of our own: its API as documented, and what may go wrong with it."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from time import sleep
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from notifications.transports.contract import Transport
from notifications.transports.mailbox import Mailbox
from notifications.transports.notify import Account, Notify

SERVICE = "26785a09-ab16-4eb0-8407-a37497a57506"
SECRET = "3d844edf-8d35-48ac-975b-e847b4f122b0"
TEMPLATE = "f33517ff-2a88-4f6e-b855-c550268ce08a"
KEY = f"our-key-{SERVICE}-{SECRET}"


@dataclass
class Notified:
    """``faults`` are what happens to the next messages: a status to answer with, ``drop before`` (taken by nobody, no
    answer), ``drop after`` (taken, no answer) or ``stall`` (taken, answered too late)."""

    port: int = 0
    faults: list[str] = field(default_factory=list)
    taken: list[dict[str, Any]] = field(default_factory=list)
    states: dict[str, str] = field(default_factory=dict)
    """What became of a message, by reference; ``sending`` where nothing is said."""
    asked: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def transport(self, *, for_the_rest: Transport | None = None) -> Notify:
        address = f"http://127.0.0.1:{self.port}"
        account = Account(service=SERVICE, secret=SECRET, template_id=TEMPLATE, address=address)
        return Notify(account, for_the_rest=for_the_rest or Mailbox(), seconds=0.5)

    def knows(self, header: str) -> bool:
        """Whether a request is signed as the documentation asks: HS256, our service, within 30 seconds."""
        head, claims, signature = (header.removeprefix("Bearer ") + "..").split(".")[:3]
        wanted = hmac.digest(SECRET.encode(), f"{head}.{claims}".encode(), "sha256")
        if not hmac.compare_digest(_decoded(signature), wanted):
            return False
        return json.loads(_decoded(head)) == {"typ": "JWT", "alg": "HS256"} and (
            json.loads(_decoded(claims))["iss"] == SERVICE
        )


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@contextmanager
def running() -> Iterator[Notified]:
    told = Notified()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            pass

        def answer(self, status: int, body: Any) -> None:
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def refuse(self, status: int, error: str, message: str) -> None:
            told.refused.append(message)
            self.answer(status, {"status_code": status, "errors": [{"error": error, "message": message}]})

        def do_POST(self) -> None:
            given = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if not told.knows(self.headers["Authorization"]):
                return self.refuse(403, "AuthError", "Invalid token: signature, api token not found")
            if self.path != "/v2/notifications/email":
                return self.refuse(404, "NotFound", "Not found")
            fault = told.faults.pop(0) if told.faults else ""
            if fault == "drop before":
                self.connection.close()
                return None
            if fault == "429":
                return self.refuse(429, "TooManyRequestsError", "Exceeded send limits (50) for today")
            if fault == "400":
                return self.refuse(400, "ValidationError", "email_address Not a valid email address")
            if fault.isdigit():
                return self.refuse(int(fault), "Exception", "Internal server error")
            identifier = str(uuid4())
            told.taken.append({"id": identifier, **given})
            if fault == "drop after":
                self.connection.close()
                return None
            if fault == "stall":
                sleep(0.8)
            with suppress(OSError):
                self.answer(201, {"id": identifier, "reference": given["reference"], "content": {}, "uri": ""})
            return None

        def do_GET(self) -> None:
            if not told.knows(self.headers["Authorization"]):
                return self.refuse(403, "AuthError", "Invalid token: signature, api token not found")
            reference = parse_qs(urlsplit(self.path).query).get("reference", [""])[0]
            told.asked.append(reference)
            found = [each for each in told.taken if each["reference"] == reference]
            rows = [
                {"id": each["id"], "reference": reference, "status": told.states.get(reference, "sending")}
                for each in found
            ]
            return self.answer(200, {"notifications": rows, "links": {}})

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """Lines are cut here on purpose."""

    server = Quiet(("127.0.0.1", 0), Handler)
    told.port = server.server_address[1]
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
