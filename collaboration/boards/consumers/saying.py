"""What the server says, as bytes: made once, framed once, and shared by all who are told the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.utils.translation import gettext, override
from msgspec import msgpack

from collaboration.boards.engine.delivery import Batch, encode
from collaboration.boards.engine.entries import Entry
from collaboration.boards.engine.frames import BYE
from collaboration.boards.engine.people import ANY_FACILITATOR, EVERYBODY, Actor
from collaboration.boards.engine.refusals import Rejected
from groundwork.clock import now


class Said:
    """One frame. ``framed`` is the same as a whole WebSocket frame: final, text, not masked (RFC 6455, 5.2)."""

    __slots__ = ("_framed", "payload", "seq")

    def __init__(self, payload: bytes, seq: int | None = None) -> None:
        self.payload = payload
        self.seq = seq
        """For frames that bring a picture up to a seq: what the id of a server-sent event says."""
        self._framed: bytes | None = None

    @property
    def framed(self) -> bytes:
        if self._framed is None:
            size = len(self.payload)
            if size < 126:
                head = bytes((0x81, size))
            elif size < 65_536:
                head = b"\x81\x7e" + size.to_bytes(2, "big")
            else:
                head = b"\x81\x7f" + size.to_bytes(8, "big")
            self._framed = head + self.payload
        return self._framed


def _cost(entries: Sequence[Entry]) -> int:
    texts = facts = 0
    for entry in entries:
        facts += len(entry.facts)
        for fact in entry.facts:
            for value in fact.get("set", _NOTHING).values():
                if type(value) is str:
                    texts += len(value)
    return 600 * len(entries) + 4 * texts + 200 * facts


_NOTHING: Final[Mapping[str, Any]] = {}
_entries: Final = msgpack.Decoder(tuple[Entry, ...])


class Told:
    """Consecutive entries of the log, as each viewer is told of them.

    A process keeps thousands for those who are a little behind, and nearly nobody is. So once it is told it is put
    away (:meth:`put_away`): the frames that all share, and the entries as MessagePack. As objects they were most of a
    process's memory, and while they are young each look for cycles goes through all of them: with twenty busy boards
    everybody waited a tenth of a second for it.
    """

    __slots__ = ("_batch", "_concerned", "_forms", "_packed", "epoch", "first", "last", "size")

    def __init__(self, entries: Sequence[Entry], epoch: str) -> None:
        self.epoch = epoch
        self.first = entries[0].seq
        self.last = entries[-1].seq
        self._batch: Batch | None = Batch(entries, epoch)
        self._packed = b""
        # Of all entries at once: nearly nobody is concerned by any, and that is asked for each listener.
        self._concerned = self._batch.concerned
        self._forms: dict[bool, Said] = {}
        self.size = _cost(entries)
        """About how many bytes keeping it costs."""

    def put_away(self) -> None:
        if self._batch is not None:
            self._packed = msgpack.encode(self._batch.entries)
            self._batch = None

    def _whole(self) -> Batch:
        if self._batch is not None:
            return self._batch
        return Batch(_entries.decode(self._packed), self.epoch)

    def for_(self, viewer: Actor) -> Said:
        """The frame for one viewer: the very same object for all who share a form."""
        if not viewer.keys.isdisjoint(self._concerned):
            return Said(self._whole().bytes_for(viewer), self.last)
        facilitates = viewer.role == "facilitator"
        said = self._forms.get(facilitates)
        if said is None:
            shared = ANY_FACILITATOR if facilitates else EVERYBODY
            said = self._forms[facilitates] = Said(self._whole().bytes_for(shared), self.last)
        return said

    def since(self, seq: int) -> Told:
        """What is left of it for somebody who holds ``seq`` already. ``first - 1 <= seq < last``."""
        if seq == self.first - 1:
            return self
        return Told(self._whole().entries[seq - self.first + 1 :], self.epoch)


def clock() -> int:
    """Milliseconds since 1970, of the server."""
    return int(now().timestamp() * 1000)


def welcome(*, board: str, epoch: str, head: int, viewer: Actor, resume: str) -> Said:
    # Ids, numbers and names of ours: nothing in them needs escaping.
    said = (
        f'{{"t":"welcome","board":"{board}","epoch":"{epoch}","head_seq":{head},"now":{clock()},'
        f'"role":"{viewer.role}","you":"{viewer.person}","resume":"{resume}"}}'
    )
    return Said(said.encode())


def heartbeat(epoch: str, head: int) -> Said:
    return Said(b'{"t":"heartbeat","epoch":"%s","head_seq":%d,"now":%d}' % (epoch.encode(), head, clock()))


def counts(seq: int, numbers: Mapping[str, Any]) -> Said:
    return Said(encode({"t": "counts", "seq": seq, "counts": numbers}))


def answer(frame: Mapping[str, Any]) -> Said:
    """An ``ack`` or ``rejected``. Nearly all are acks, and an ack's values are ids and a number."""
    if frame["t"] == "ack":
        return Said(
            b'{"t":"ack","op_id":"%s","seq":%d,"epoch":"%s"}'
            % (frame["op_id"].encode(), frame["seq"], str(frame["epoch"]).encode())
        )
    return Said(encode(frame))


SLOW_DOWN: Final = Rejected("slow_down")


def bye(code: int, language: str, *, after: int | None = None, sentence: str = "") -> Said:
    """Why the socket is closed next. ``after``: milliseconds to wait before coming back."""
    return Said(encode(bye_frame(code, language, after=after, sentence=sentence)))


def bye_frame(code: int, language: str, *, after: int | None = None, sentence: str = "") -> dict[str, Any]:
    if not sentence:
        with override(language):
            sentence = gettext(BYE[code])
    frame: dict[str, Any] = {"t": "bye", "code": code, "sentence": sentence}
    if after is not None:
        frame["after"] = after
    return frame
