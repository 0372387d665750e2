"""How much of everything: the numbers that the rules, the refusals and the protocol's page all read.

They are here so that a refusal can name the number, and so that nobody looks for it twice. Times are in milliseconds
where they meet entries (``at``), in seconds where people say them.
"""

from __future__ import annotations

from typing import Final

MOST_NOTES: Final = 2_000
"""Notes on a board, not counting the bin."""
MOST_BINNED: Final = 4_000
"""Things in the bin of a board. The oldest leave it after :data:`BIN_DAYS`."""
MOST_COLUMNS: Final = 50
MOST_GROUPS: Final = 500
MOST_COMMENTS: Final = 5_000
MOST_COMMENTS_ON_ONE: Final = 200
MOST_ACTIONS: Final = 500
MOST_AT_ONCE: Final = 200
"""Things that one op may name."""

LONGEST_NOTE: Final = 2_000
LONGEST_COMMENT: Final = 1_000
LONGEST_ACTION: Final = 500
LONGEST_PROMPT: Final = 1_000
LONGEST_TITLE: Final = 200
LONGEST_NAME: Final = 120
LONGEST_KEY: Final = 64
"""Characters of the key of a person or a device."""
LONGEST_ORDER: Final = 24
"""Characters of an order key. What would be longer has its row numbered anew."""

MOST_BYTES: Final = 64 * 1024
"""Of one frame from a client."""
MOST_DEPTH: Final = 4
"""Of an op: the op, its props, a list in them, and one more."""
MOST_OPS_IN_A_FRAME: Final = 50
LARGEST_NUMBER: Final = 2**53 - 1
"""What every client's numbers hold exactly."""

PATTERNS: Final = 8
"""Patterns of a note, so that colour never carries a meaning alone."""
MOST_BUDGET: Final = 100
MOST_ROOM_VOTES: Final = 10_000
LONGEST_TIMER: Final = 24 * 60 * 60
"""Seconds."""

UNDO_STEPS: Final = 50
FACILITATOR_UNDO_MS: Final = 10 * 60 * 1000
BIN_DAYS: Final = 30
BIN_MS: Final = BIN_DAYS * 24 * 60 * 60 * 1000
ROUNDING_MS: Final = 5 * 60 * 1000
"""Times of what is done where names are hidden are rounded down to this."""
REMEMBERED_OPS: Final = 2_000
"""Latest op ids that the engine knows by itself; older ones are in the log's unique index."""
FEWEST_VOTERS: Final = 3
"""A tally of an organisation or a sector never tells of fewer, where names are hidden."""

# Kept by whoever holds the sockets; here because the protocol's page and the tests of a hub read them too (S19).
OPS_PER_SECOND: Final = 20
OPS_AT_ONCE: Final = 40
SOCKETS_PER_PERSON: Final = 5
SOCKETS_PER_BOARD: Final = 500
HEARTBEAT_SECONDS: Final = 10
