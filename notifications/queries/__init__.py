"""Reading the mail."""

from notifications.queries.attention import (
    Health,
    Unreached,
    health,
    needing_attention,
    waiting,
    with_nobody_to_ask,
)
from notifications.queries.composing import compose
from notifications.queries.mailbox import header_lines, mailbox, message_in_mailbox, recipients

__all__ = [
    "Health",
    "Unreached",
    "compose",
    "header_lines",
    "health",
    "mailbox",
    "message_in_mailbox",
    "needing_attention",
    "recipients",
    "waiting",
    "with_nobody_to_ask",
]
