"""What one connected client says, and what it is answered."""

from __future__ import annotations

from django.conf import settings

from collaboration.boards.committing import Asked, actor_of, refusal
from collaboration.boards.consumers import saying
from collaboration.boards.consumers.hub import Hub
from collaboration.boards.consumers.hubs import Hubs
from collaboration.boards.consumers.listener import Listener
from collaboration.boards.consumers.pace import (
    ANSWERS_AT_ONCE,
    ANSWERS_PER_SECOND,
    NOT_UNDERSTOOD,
    OPS_TOO_FAST,
    PICTURES_AT_ONCE,
    PICTURES_PER_SECOND,
    Bucket,
    Strikes,
)
from collaboration.boards.engine.frames import Hello
from collaboration.boards.engine.ops import Op
from collaboration.boards.engine.reading import read_frame, read_op, read_ops
from collaboration.boards.engine.refusals import Rejected


class Conversation:
    """Over one socket. :meth:`heard` is called for each message and never waits."""

    __slots__ = (
        "_answers",
        "_hub",
        "_hubs",
        "_misunderstood",
        "_ops",
        "_pictures",
        "_too_fast",
        "greeted",
        "listener",
    )

    def __init__(self, hubs: Hubs, hub: Hub, listener: Listener) -> None:
        self._hubs = hubs
        self._hub = hub
        self.listener = listener
        self.greeted = False
        """Whether there was a ``hello``."""
        # Made when first needed: most connections only listen.
        self._ops: Bucket | None = None
        self._pictures: Bucket | None = None
        self._answers: Bucket | None = None
        self._misunderstood: Strikes | None = None
        self._too_fast: Strikes | None = None

    def heard(self, data: bytes | str) -> None:
        """One message."""
        listener = self.listener
        if not listener.open:
            return
        if self.greeted and (op := read_op(data, board=self._hub.board)) is not None:
            self._take_ops([(op.op_id, op)])
            return
        frame = read_frame(data)
        if isinstance(frame, Rejected):
            self._refuse(frame)
            return
        sort = frame["t"]
        if sort == "hello":
            self._hello(frame)  # type: ignore[arg-type]
        elif not self.greeted:
            # Nothing can be said before hello: it says from which device.
            self._refuse(Rejected("unknown_frame"))
        elif sort in ("op", "ops"):
            self._take_ops(read_ops(frame, board=self._hub.board))
        elif sort == "since":
            if self._may("_pictures", PICTURES_PER_SECOND, PICTURES_AT_ONCE):
                self._hub.resend(listener, frame["since"])  # type: ignore[typeddict-item]
        elif self._may("_answers", ANSWERS_PER_SECOND, ANSWERS_AT_ONCE):
            listener.say(saying.heartbeat(self._hub.epoch, self._hub.head))

    def _hello(self, hello: Hello) -> None:
        if hello["board"] != self._hub.board:
            self._refuse(Rejected("other_board"))
            return
        if not self._may("_pictures", PICTURES_PER_SECOND, PICTURES_AT_ONCE):
            return
        device = hello.get("device", "")
        listener = self.listener
        if not self.greeted:
            self.greeted = True
            listener.greet_by = None
            listener.device = device
            listener.viewer = actor_of(listener.standing, self._hub.board_id, device)
        elif device != listener.device:
            # One connection is one device: what another one wrote is not for its eyes.
            self._refuse(Rejected("no_device"))
            return
        listener.live = False
        self._hub.greet(listener, since=hello.get("since"), epoch=hello.get("epoch"))

    def _take_ops(self, ops: list[tuple[str | None, Op | Rejected]]) -> None:
        listener = self.listener
        listener.silent = False
        if self._ops is None:
            self._ops = Bucket(settings.BOARD_OPS_PER_SECOND, settings.BOARD_OPS_AT_ONCE)
        given = self._ops.take(len(ops))
        if given < len(ops):
            listener.answer([refusal(op_id, saying.SLOW_DOWN, listener.language) for op_id, _op in ops[given:]])
            if self._too_fast is None:
                self._too_fast = Strikes(*OPS_TOO_FAST)
            if self._too_fast.add():
                self._hub.dismiss(listener, 4029)
                return
            ops = ops[:given]
        if ops and not self._hubs.submit_more(ops, listener):
            asked = Asked(
                board_id=self._hub.board_id,
                participation_id=listener.standing.participation_id,
                device=listener.device,
                ops=ops,
                language=listener.language,
                holder=listener.holder,
                viewer=listener.viewer,
            )
            self._hubs.submit(asked, listener)

    def _may(self, name: str, rate: float, most: int) -> bool:
        bucket: Bucket | None = getattr(self, name)
        if bucket is None:
            bucket = Bucket(rate, most)
            setattr(self, name, bucket)
        if bucket.take(1):
            return True
        self._refuse(saying.SLOW_DOWN)
        return False

    def _refuse(self, rejected: Rejected) -> None:
        """Answer what could not be taken; too many of those end the connection."""
        if self._misunderstood is None:
            self._misunderstood = Strikes(*NOT_UNDERSTOOD)
        self.listener.answer([refusal(None, rejected, self.listener.language)])
        if self._misunderstood.add():
            self._hub.dismiss(self.listener, 4000)
