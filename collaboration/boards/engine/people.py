"""Who acts and who looks. The engine knows keys and roles; names, sessions and mandates belong to others."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b

from collaboration.boards.engine.stages import Role
from collaboration.boards.engine.texts import DEVICE


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody at a board, as actor and as viewer.

    ``person`` is an opaque key of a person or guest, the same on all of their devices; "" for a screen. ``device`` is
    :func:`~.texts.device_hash` of a key this device holds; it stands for its writer where names are hidden, and the
    server keeps no list of whose it is. Whoever makes an ``Actor`` has checked both and the role, for every op anew.
    """

    person: str
    role: Role = "participant"
    device: str = ""
    proposer: str = field(init=False)
    """Stands for the same device on actions. Who claims what they just proposed does so under their name; that must
    not lead on to the notes they wrote."""
    keys: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        hashed = blake2b(b"actions:" + self.device.encode(), digest_size=16).hexdigest()
        object.__setattr__(self, "proposer", DEVICE + hashed if self.device else "")
        keys = (self.person, self.device, self.proposer)
        object.__setattr__(self, "keys", frozenset(key for key in keys if key))

    @property
    def facilitates(self) -> bool:
        return self.role == "facilitator"


EVERYBODY = Actor("", "screen")
"""Sees what everybody may see: the shared form of an entry or a snapshot."""
ANY_FACILITATOR = Actor("", "facilitator")
"""Sees what every facilitator may see."""
SERVER = Actor("", "system")
