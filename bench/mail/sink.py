"""``python -m bench.mail.sink``: a mail server that takes every message and keeps none. Prints its port."""

from __future__ import annotations

import asyncio


class Taking(asyncio.Protocol):
    """As much of SMTP (RFC 5321) as the bench's senders speak, one message after the other on each connection."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.held = b""
        self.in_message = False
        self._say(b"220 sink")

    def _say(self, line: bytes) -> None:
        self.transport.write(line + b"\r\n")

    def data_received(self, data: bytes) -> None:
        self.held += data
        while True:
            if self.in_message:
                end = self.held.find(b"\r\n.\r\n")
                if end < 0:
                    return
                self.held, self.in_message = self.held[end + 5 :], False
                self._say(b"250 taken")
                continue
            line, found, rest = self.held.partition(b"\r\n")
            if not found:
                return
            self.held = rest
            self._answer(line[:4].upper())

    def _answer(self, verb: bytes) -> None:
        if verb == b"DATA":
            self.in_message = True
            self._say(b"354 go on")
        elif verb == b"QUIT":
            self._say(b"221 bye")
            self.transport.close()
        elif verb == b"EHLO":
            # As the common mail servers do; the naive loop's library makes no use of it.
            self._say(b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME")
        else:
            self._say(b"250 ok")


async def main() -> None:
    server = await asyncio.get_running_loop().create_server(Taking, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
