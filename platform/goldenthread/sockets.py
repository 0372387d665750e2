"""Which WebSocket addresses there are."""

from __future__ import annotations

from typing import Any


async def no_such_socket(_scope: Any, receive: Any, send: Any) -> None:
    """Refuse a handshake at an address that no part of the product answers (the browser sees HTTP 403)."""
    message = await receive()
    if message["type"] == "websocket.connect":
        await send({"type": "websocket.close", "code": 4404})
