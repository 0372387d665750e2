"""Reading the mail."""

from notifications.queries.attention import (
    Health,
    OfKind,
    Unreached,
    by_kind,
    health,
    needing_attention,
    waiting,
    with_nobody_to_ask,
)
from notifications.queries.composing import compose
from notifications.queries.mailbox import header_lines, mailbox, message_in_mailbox, recipients
from notifications.queries.messages import About, Message, last_messages, message_to, unread, unread_in_words
from notifications.queries.pacing import not_before
from notifications.queries.resting import resting_address_of, resting_addresses
from notifications.queries.samples import Sample, all_samples, sample, sample_names

__all__ = [
    "About",
    "Health",
    "Message",
    "OfKind",
    "Sample",
    "Unreached",
    "all_samples",
    "by_kind",
    "compose",
    "header_lines",
    "health",
    "last_messages",
    "mailbox",
    "message_in_mailbox",
    "message_to",
    "needing_attention",
    "not_before",
    "recipients",
    "resting_address_of",
    "resting_addresses",
    "sample",
    "sample_names",
    "unread",
    "unread_in_words",
    "waiting",
    "with_nobody_to_ask",
]
