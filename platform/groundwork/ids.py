"""Identifiers that sort by the time they were made."""

from uuid import UUID

import uuid_utils


def uuid7() -> UUID:
    """A version 7 UUID (RFC 9562): 48 bits of Unix milliseconds, then random bits."""
    return UUID(int=uuid_utils.uuid7().int)
