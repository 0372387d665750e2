"""How fast and how many on a live board (requirement S19), and how commits are gathered."""

from goldenthread.settings import ENVIRONMENT

BOARD_OPS_PER_SECOND = ENVIRONMENT.board_ops_per_second
BOARD_OPS_AT_ONCE = 2 * BOARD_OPS_PER_SECOND
BOARD_SOCKETS_PER_PERSON = ENVIRONMENT.board_sockets_per_person
BOARD_SOCKETS_PER_BOARD = ENVIRONMENT.board_sockets_per_board
# What waits on all boards is committed together, after at least so long since the last commit. 0 commits at once.
BOARD_COMMIT_GAP_MS = ENVIRONMENT.board_commit_gap_ms
