"""A board behind two pipes: the engine itself, for the client's tests in Node, which are the network between both.

One JSON value a line, one answer a line. ``python -m tests.frontend.board_room QUESTIONS ANSWERS`` serves until the
first pipe closes.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

from collaboration.boards.engine.applying import Applied, Repeated
from collaboration.boards.engine.delivery import Batch
from collaboration.boards.engine.founding import Rules
from collaboration.boards.engine.ops import Op
from collaboration.boards.engine.people import Actor
from collaboration.boards.engine.projecting import counts, picture
from collaboration.boards.engine.reading import read_frame, read_ops
from collaboration.boards.engine.refusals import Rejected
from collaboration.boards.engine.resuming import resume
from collaboration.boards.engine.state import fold
from collaboration.boards.engine.texts import device_hash
from tests.collaboration.boards.engine.room import BOARD_ID, EPOCH, Room

TEXT_KEPT = frozenset({"slow_down", "not_saved"})


class Hub:
    """What a hub does, and no more: connections by name, each with what it was sent last."""

    def __init__(self, *, rules: dict[str, Any], seed: int) -> None:
        self.room = Room(Rules(**rules), seed=seed)
        self.epoch = EPOCH
        self.horizon = 0
        self.tired: str | None = None
        self.viewers: dict[str, Actor] = {}
        self.sent: dict[str, int] = {}

    def started(self) -> dict[str, Any]:
        return {"board": BOARD_ID, "epoch": self.epoch, "columns": self.room.columns, "now": self.room.now}

    def hear(self, name: str, person: str, role: Any, frame: object) -> list[list[Any]]:
        """What goes to whom because ``name`` sent this. Ops of others are told by :meth:`fan`."""
        read = read_frame(json.dumps(frame, ensure_ascii=False))
        if isinstance(read, Rejected):
            return [[name, self._refusal(None, read)]]
        if read["t"] == "hello":
            self.meet(name, person, role, read.get("device"))
            return [[name, each] for each in self.greet(name, read.get("since"), read.get("epoch"))]
        if read["t"] == "since":
            how = resume(
                since=read["since"],
                epoch=self.epoch,
                head=self.room.state.head,
                horizon=self.horizon,
                current=self.epoch,
            )
            return [[name, each] for each in self.frames(name, read["since"], how)]
        if read["t"] == "ping":
            return [[name, self.heartbeat()]]
        out = []
        for op_id, op in read_ops(read, board=BOARD_ID):
            out.append([name, self._answer(name, op_id, op)])
        return out

    def meet(self, name: str, person: str, role: Any, device: str | None) -> None:
        self.viewers[name] = Actor(person, role, device_hash(BOARD_ID, device) if device else "")

    def _answer(self, name: str, op_id: str | None, op: Op | Rejected) -> dict[str, Any]:
        if self.tired and self.room.chance.random() < 0.5:
            return self._refusal(op_id, Rejected(self.tired))
        if isinstance(op, Rejected):
            return self._refusal(op_id, op)
        answer = self.room.send(self.viewers[name], op)
        if isinstance(answer, Applied | Repeated):
            seq = answer.entry.seq if isinstance(answer, Applied) else answer.seq
            return {"t": "ack", "op_id": op.op_id, "seq": seq, "epoch": self.epoch}
        return self._refusal(op_id, answer)

    def _refusal(self, op_id: str | None, no: Rejected) -> dict[str, Any]:
        text = "kept" if no.code in TEXT_KEPT else "drafts"
        return {"t": "rejected", "op_id": op_id, "code": no.code, "sentence": no.sentence, "text": text}

    def heartbeat(self) -> dict[str, Any]:
        return {"t": "heartbeat", "epoch": self.epoch, "head_seq": self.room.state.head, "now": self.room.now}

    def greet(self, name: str, since: int | None, epoch: str | None) -> list[Any]:
        head, viewer = self.room.state.head, self.viewers[name]
        how = resume(since=since, epoch=epoch, head=head, horizon=self.horizon, current=self.epoch)
        welcome = {
            "t": "welcome",
            "board": BOARD_ID,
            "epoch": self.epoch,
            "head_seq": head,
            "now": self.room.now,
            "role": viewer.role,
            "you": viewer.person,
            "resume": how,
        }
        return [welcome, *self.frames(name, since, how)]

    def frames(self, name: str, since: int | None, how: str) -> list[Any]:
        viewer = self.viewers[name]
        self.sent[name] = self.room.state.head
        if how == "tail":
            return self._ops(since or 0, viewer)
        snapshot = self.room.display.snapshot(self.epoch, facilitates=viewer.facilitates)
        return [json.loads(snapshot), json.loads(self.room.display.yours(viewer))]

    def _ops(self, since: int, viewer: Actor) -> list[Any]:
        entries = self.room.log[since:]
        return [json.loads(Batch(entries, self.epoch).bytes_for(viewer))] if entries else []

    def fan(self, names: list[str]) -> list[list[Any]]:
        """To everybody connected what they have not been sent yet."""
        out = []
        for name in names:
            if name in self.sent:
                out += [[name, each] for each in self._ops(self.sent[name], self.viewers[name])]
                self.sent[name] = self.room.state.head
        return out

    def forget(self, name: str) -> None:
        self.sent.pop(name, None)

    def restore(self, upto: int) -> dict[str, Any]:
        """From a backup: another history begins, without what came after ``upto``."""
        self.room.log[upto:] = []
        self.room.crash()
        self.epoch = str(UUID(int=random.Random(self.epoch).getrandbits(128), version=4))
        self.sent.clear()
        return {"epoch": self.epoch}

    def compact(self) -> None:
        self.horizon = self.room.state.head

    def tire(self, code: str | None) -> None:
        """Answer every second op with this, as a server that has too much to do."""
        self.tired = code

    def pass_time(self, now: int) -> None:
        self.room.now = now

    def sees(self, name: str) -> dict[str, Any]:
        return {
            "things": picture(self.room.state, self.viewers[name]),
            "counts": counts(self.room.state),
            "seq": self.room.state.head,
        }

    def texts(self) -> list[str]:
        """Every text of the log's own folding, so also of what is in the bin: nothing twice, nothing lost."""
        state = fold(self.room.log, board=BOARD_ID)
        assert [entry.seq for entry in self.room.log] == [*range(1, len(self.room.log) + 1)]
        return sorted(thing["text"] for thing in state.things.values() if "text" in thing)


def serve(questions: Path, answers: Path) -> None:
    hub: Hub | None = None
    with questions.open() as asked, answers.open("w") as told:
        for line in asked:
            name, arguments = json.loads(line)
            if name == "start":
                hub = Hub(**arguments)
                answer: Any = hub.started()
            else:
                doing: Callable[..., Any] = getattr(hub, name)
                answer = doing(**arguments)
            told.write(json.dumps(answer) + "\n")
            told.flush()


if __name__ == "__main__":
    serve(Path(sys.argv[1]), Path(sys.argv[2]))
