"""What the API remembers of requests that may come twice."""

from __future__ import annotations

from django.db import models

from groundwork.clock import now


class IdempotencyKey(models.Model):
    """What was answered to a request that its caller marked as one and the same, however often it is sent.

    Made in the transaction of the effect itself: there is a row if and only if it was done.
    """

    token = models.ForeignKey("accounts.ApiToken", on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64, blank=True, help_text="Digest of method, address and body.")
    status = models.PositiveSmallIntegerField(default=0, help_text="0: not answered yet.")
    headers = models.JSONField(default=dict)
    body = models.TextField(blank=True)
    created_at = models.DateTimeField(default=now, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token", "key"], name="idempotency_key_once")]

    def __str__(self) -> str:
        return f"idempotency key {self.pk}"
