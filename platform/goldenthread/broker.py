"""Redis as Celery's broker, for :mod:`goldenthread.settings.work`: a message that could not be acknowledged is noticed.

Kombu logs that an acknowledgement met a broken connection, and goes on. The message keeps its place among those that a
worker holds at once and is never acknowledged again. When all places are taken like that the worker asks Redis for
nothing more, so that it does not even learn that its connection is gone: it lives, and does nothing (F13 of the
promises; the canary would end it after four minutes). Here it counts as what it is, a lost connection: the worker makes
a new one, and Redis gives it again what was not acknowledged.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kombu.transport import redis


class QoS(redis.QoS):
    """The messages that a worker holds."""

    lost: Exception | None = None

    def ack(self, delivery_tag: str) -> None:
        self._try(super().ack, delivery_tag)

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:
        self._try(super().reject, delivery_tag, requeue)

    def can_consume(self) -> bool:
        """Asked by the worker's loop, which takes the error for what it is and connects anew."""
        if self.lost is not None:
            raise self.lost
        return bool(super().can_consume())

    def _try(self, act: Callable[..., None], *arguments: Any) -> None:
        try:
            act(*arguments)
        except Transport.connection_errors as error:
            self.lost = error
            raise


class Channel(redis.Channel):
    QoS = QoS


class Transport(redis.Transport):
    Channel = Channel
