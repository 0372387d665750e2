"""What somebody who connects is given: the ops they lack, or the whole board."""

from __future__ import annotations

from typing import Literal

Resume = Literal["tail", "snapshot", "epoch"]


def resume(*, since: int | None, epoch: str | None, head: int, horizon: int, current: str) -> Resume:
    """How to bring a client up to ``head``.

    ``since`` is the last seq it holds and ``epoch`` where it has it from; ``horizon`` is the seq of the oldest snapshot
    kept, before which no ops are told any more. ``"epoch"``: what it holds is of another history (the server was
    restored, or something was erased); it must throw it away and take the snapshot that follows. Ops in its outbox
    stay good: they are found by their ids.
    """
    if since is None or epoch is None:
        return "snapshot"
    if epoch != current or since > head:
        return "epoch"
    return "snapshot" if since < horizon else "tail"
