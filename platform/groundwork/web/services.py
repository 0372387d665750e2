"""Writing idempotency keys."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, connection, transaction

from groundwork.accounts.models import ApiToken
from groundwork.clock import now
from groundwork.web.models import IdempotencyKey

KEPT_FOR = timedelta(hours=48)


def claim_key(*, token: ApiToken, key: str, at: datetime | None = None) -> tuple[IdempotencyKey, bool]:
    """The row of a key, and whether the caller is to do what was asked and then :func:`keep_answer`.

    Within the transaction of the effect. Somebody who is at it with the same key is waited for: PostgreSQL holds the
    second insert back until the first is decided, SQLite lets one transaction write at a time.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("An idempotency key was claimed outside the transaction of its effect.")
    at = at or now()
    try:
        with transaction.atomic():
            return IdempotencyKey.objects.create(token=token, key=key, created_at=at), True
    except IntegrityError:
        row = IdempotencyKey.objects.select_for_update().get(token=token, key=key)
    if row.created_at >= at - KEPT_FOR:
        return row, False
    row.created_at = at
    row.save(update_fields=["created_at"])
    return row, True


def keep_answer(row: IdempotencyKey, *, fingerprint: str, status: int, headers: dict[str, str], body: str) -> None:
    """Remember what was answered."""
    row.fingerprint, row.status, row.headers, row.body = fingerprint, status, headers, body
    row.save(update_fields=["fingerprint", "status", "headers", "body"])


def forget_old_keys(*, at: datetime | None = None) -> int:
    """Delete keys that are older than :data:`KEPT_FOR`. Returns how many."""
    deleted, _each = IdempotencyKey.objects.filter(created_at__lt=(at or now()) - KEPT_FOR).delete()
    return deleted
