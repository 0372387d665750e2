"""``python server.py FOLDER``: a mail server in a process of its own that counts, and has bad days.

``FOLDER/faults`` maps recipients to what happens to their next messages, as :mod:`tests.notifications.sink` does it.
What it took is a line in ``FOLDER/taken``, written before it answers. SIGUSR1 ends the bad day. Prints its port.
"""

from __future__ import annotations

import asyncio
import json
import re
import signal
import sys
from pathlib import Path

STALL_SECONDS = 4.0
ANSWERS = {b"EHLO": b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME", b"QUIT": b"221 bye", b"DATA": b"354 go on"}

folder = Path(sys.argv[1])
faults: dict[str, list[str]] = json.loads((folder / "faults").read_text())


class Taking(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.line = transport
        self.held = b""
        self.recipients: list[str] = []
        self.in_message = False
        self.say(b"220 sink")

    def say(self, answer: bytes) -> None:
        if not self.line.is_closing():
            self.line.write(answer + b"\r\n")

    def data_received(self, data: bytes) -> None:
        self.held += data
        while True:
            end = b"\r\n.\r\n" if self.in_message else b"\r\n"
            said, found, rest = self.held.partition(end)
            if not found or self.line.is_closing():
                return
            self.held = rest
            if self.in_message:
                self.in_message = False
                self.take(said)
            else:
                self.answer(said)

    def next_fault(self, *those: str) -> str:
        """What happens now to the recipient, if it is one of those."""
        waiting = faults.get(self.recipients[0]) if self.recipients else None
        return waiting.pop(0) if waiting and waiting[0] in those else ""

    def answer(self, command: bytes) -> None:
        verb = command[:4].upper()
        if verb in (b"MAIL", b"RSET"):
            self.recipients = []
        elif verb == b"RCPT":
            self.recipients.append(command.partition(b"<")[2].partition(b">")[0].decode())
            fault = self.next_fault("421", "450", "550", "drop before")
            if fault == "drop before":
                self.line.abort()
                return
            if fault:
                self.recipients = []
                self.say(f"{fault} Not today".encode())
                if fault == "421":
                    self.line.close()
                return
        if verb == b"DATA" and not self.recipients:
            self.say(b"503 nobody was named")
            return
        self.in_message = verb == b"DATA"
        self.say(ANSWERS.get(verb, b"250 ok"))
        if verb == b"QUIT":
            self.line.close()

    def take(self, content: bytes) -> None:
        fault = self.next_fault("data 451", "data 554", "drop after", "stall")
        if fault.startswith("data "):
            self.say(f"{fault[5:]} Not this".encode())
            return
        named = re.search(rb"^Message-ID:\s*<([^@>]+)@", content, re.M | re.I)
        line = {"id": named[1].decode() if named else "", "to": self.recipients, "fault": fault}
        taken.write(json.dumps(line) + "\n")
        if fault == "drop after":
            self.line.abort()
        elif fault == "stall":
            asyncio.get_running_loop().call_later(STALL_SECONDS, self.say, b"250 taken at last")
        else:
            self.say(b"250 taken")


async def main() -> None:
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, faults.clear)
    server = await asyncio.get_running_loop().create_server(Taking, "127.0.0.1", 0)
    (folder / "port").write_text(str(server.sockets[0].getsockname()[1]))
    await server.serve_forever()


with (folder / "taken").open("w", buffering=1) as taken:
    asyncio.run(main())
