"""Every frame, both ways, in one file: what ``docs/protocol/board.md`` describes and TypeScript types are made from.

A frame is one JSON object with its sort under ``t``. WebSocket, server-sent events and polling carry the same frames.
"""

from __future__ import annotations

from typing import Any, Final, Literal, NotRequired, TypedDict

Stage = Literal[0, 1, 2, 3, 4, 5, 6, 7]
Role = Literal["participant", "facilitator", "observer", "screen"]
Mark = Literal["agree", "unsure", "disagree"]
Names = Literal["shown", "hidden"]
Grouping = Literal["everyone", "facilitator"]
Use = Literal["action", "initiative", "measure", "risk"]


class Timer(TypedDict):
    """``ends``: milliseconds since 1970 on the server's clock."""

    ends: int
    seconds: int
    on: NotRequired[str]


Thing = TypedDict(
    "Thing",
    {
        "type": Literal["board", "column", "group", "note", "comment", "action"],
        # Where it stands: the container's id and a key that sorts as text (by code units); ties by id.
        "in": NotRequired[str],
        "order": NotRequired[str],
        # What was written.
        "title": NotRequired[str],
        "prompt": NotRequired[str],
        "text": NotRequired[str],
        "what": NotRequired[str],
        "who": NotRequired[str],
        "name": NotRequired[str],
        "due": NotRequired[str],
        "pattern": NotRequired[int],
        "sources": NotRequired[list[str]],
        "as": NotRequired[Use],
        "on": NotRequired[str],
        "n": NotRequired[int],
        "paper": NotRequired[bool],
        "by": NotRequired[str],
        "at": NotRequired[int],
        "claimed_by": NotRequired[str],
        "shown": NotRequired[bool],
        "erased": NotRequired[bool],
        # In a bin.
        "deleted": NotRequired[int],
        "deleted_by": NotRequired[str],
        "into": NotRequired[str],
        "with": NotRequired[str],
        # Numbers for everybody.
        "votes": NotRequired[int],
        "room": NotRequired[int],
        "agree": NotRequired[int],
        "unsure": NotRequired[int],
        "disagree": NotRequired[int],
        # For the reader alone.
        "mine": NotRequired[bool],
        "my_votes": NotRequired[int],
        "my_mark": NotRequired[Mark],
        # The board itself.
        "stage": NotRequired[Stage],
        "stage_since": NotRequired[int],
        "names": NotRequired[Names],
        "budget": NotRequired[int],
        "most": NotRequired[int],
        "totals": NotRequired[Names],
        "grouping": NotRequired[Grouping],
        "timer": NotRequired[Timer],
        "locked": NotRequired[bool],
        "spotlight": NotRequired[str],
    },
)
"""Something on the board. ``null`` in a ``set`` takes a property away."""


class Counts(TypedDict):
    """What may be known of what is hidden. ``hidden``: notes by column."""

    hidden: dict[str, int]
    votes: int
    voters: int


# From the client


class Hello(TypedDict):
    """First of all. ``since`` and ``epoch``: what this client holds already. ``device``: the key it made for itself."""

    t: Literal["hello"]
    board: str
    since: NotRequired[int]
    epoch: NotRequired[str]
    device: NotRequired[str]


class AskedOp(TypedDict):
    """A change that is asked for. ``props`` by kind: see the protocol's page."""

    op_id: str
    base_seq: int
    kind: str
    target: str
    props: NotRequired[dict[str, Any]]
    board: NotRequired[str]


class OpFrame(AskedOp):
    """One op."""

    t: Literal["op"]


class OpsFrame(TypedDict):
    """Several ops, applied in this order; each is answered by itself. Also the body of ``POST …/ops``."""

    t: Literal["ops"]
    ops: list[AskedOp]


class Since(TypedDict):
    """The client saw a gap: everything after ``since``, please."""

    t: Literal["since"]
    since: int


class Ping(TypedDict):
    """Answered by a heartbeat."""

    t: Literal["ping"]


# From the server


class Welcome(TypedDict):
    """The answer to hello. ``resume``: whether ops or a snapshot follow; ``epoch`` means: throw away what you hold."""

    t: Literal["welcome"]
    board: str
    epoch: str
    head_seq: int
    now: int
    role: Role
    you: str
    resume: Literal["tail", "snapshot", "epoch"]


class Snapshot(TypedDict):
    """The whole board as all of this role see it. ``yours`` follows."""

    t: Literal["snapshot"]
    epoch: str
    seq: int
    counts: Counts
    things: dict[str, Thing]


class Yours(TypedDict):
    """What is the reader's own beside the snapshot: taken in like the ``set`` of an op."""

    t: Literal["yours"]
    seq: int
    set: dict[str, Thing]


class ToldOp(TypedDict):
    """What became true. ``op_id`` only for its own maker."""

    t: Literal["op"]
    seq: int
    kind: str
    at: int
    by: NotRequired[str]
    op_id: NotRequired[str]
    undoes: NotRequired[int]
    set: NotRequired[dict[str, dict[str, Any]]]
    gone: NotRequired[list[str]]


class Redacted(TypedDict):
    """Something happened that is not for this reader. It counts."""

    t: Literal["redacted"]
    seq: int


class ToldOps(TypedDict):
    """Consecutive entries of the log, oldest first."""

    t: Literal["ops"]
    epoch: str
    ops: list[ToldOp | Redacted]


class Ack(TypedDict):
    """Kept for good: said after the commit, and the same again for the same op sent again."""

    t: Literal["ack"]
    op_id: str
    seq: int
    epoch: str


class Refusal(TypedDict):
    """Not applied. ``text``: whether the client keeps the op and sends it again, or puts its text into the drafts."""

    t: Literal["rejected"]
    op_id: str | None
    code: str
    sentence: str
    text: Literal["drafts", "kept"]


class Hint(TypedDict):
    """There is more than you have, up to ``head_seq``."""

    t: Literal["hint"]
    epoch: str
    head_seq: int


class Heartbeat(TypedDict):
    """Every ten seconds: what the last seq is, and what the server's clock shows (milliseconds since 1970)."""

    t: Literal["heartbeat"]
    epoch: str
    head_seq: int
    now: int


class CountsFrame(TypedDict):
    """Numbers about what is hidden, at most once a second."""

    t: Literal["counts"]
    seq: int
    counts: Counts


class Person(TypedDict):
    """Somebody of the workshop. ``key`` is what ``by`` says; ``name`` is what they call themselves."""

    key: str
    name: str
    here: bool


class Presence(TypedDict):
    """Who is here. ``people`` only where names are shown; changes only, unless ``all``."""

    t: Literal["presence"]
    here: int
    all: NotRequired[bool]
    people: NotRequired[list[Person]]


class Bye(TypedDict):
    """Said before the socket is closed with the same ``code``. ``after``: milliseconds to wait before coming back."""

    t: Literal["bye"]
    code: int
    sentence: str
    after: NotRequired[int]


ClientFrame = Hello | OpFrame | OpsFrame | Since | Ping
ServerFrame = Welcome | Snapshot | Yours | ToldOps | Ack | Refusal | Hint | Heartbeat | CountsFrame | Presence | Bye

BYE: Final[dict[int, str]] = {
    1012: "The server restarts. Come back after the time said.",
    4000: "Too many messages that could not be understood.",
    4001: "This connection was open for eight hours. Come back at once.",
    4003: "You may not be here any more: removed, signed out, or the workshop was closed.",
    4004: "There is no such board, or not for you.",
    4008: "Too slow to listen. Come back and resume.",
    4009: "Too many connections of this person, or of this board.",
    4029: "Far too fast for too long.",
}
"""Codes with which a socket is closed, and why. After 4003 and 4004 a client does not come back by itself."""
