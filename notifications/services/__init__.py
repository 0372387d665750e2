"""Writing mail, sending it, and looking after what did not arrive."""

from notifications.services.keeping import resend
from notifications.services.queueing import queue
from notifications.services.seeing import look_at, mark_messages_read
from notifications.services.sending import send_due

__all__ = ["look_at", "mark_messages_read", "queue", "resend", "send_due"]
