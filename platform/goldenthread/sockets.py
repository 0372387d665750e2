"""Which WebSocket addresses there are."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from collaboration.boards.consumers.socket import board_socket
from notifications.consumers.bell import bell_socket

BELL = "/live/me/socket"
_BOARD = re.compile(r"/live/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/socket")


async def sockets(scope: Any, receive: Any, send: Any) -> None:
    """Every handshake: to its board, to the bell, or refused."""
    board = _BOARD.fullmatch(scope["path"])
    if board is not None:
        await board_socket(scope, receive, send, board_id=UUID(board[1]))
    elif scope["path"] == BELL:
        await bell_socket(scope, receive, send)
    else:
        await no_such_socket(scope, receive, send)


async def no_such_socket(_scope: Any, receive: Any, send: Any) -> None:
    """Refuse a handshake at an address that no part of the product answers (the browser sees HTTP 403)."""
    message = await receive()
    if message["type"] == "websocket.connect":
        await send({"type": "websocket.close", "code": 4404})
