"""The outbox: what happened, kept in the transaction in which it happened, until every handler has had it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from groundwork.clock import now
from groundwork.ids import uuid7


class OutboxEvent(models.Model):
    """One recorded event. The row is the truth; Celery and Redis only make somebody look sooner."""

    class Status(models.TextChoices):
        WAITING = "waiting"
        DONE = "done"
        PARKED = "parked"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=80)
    version = models.PositiveSmallIntegerField(default=1)
    payload = models.JSONField(default=dict)
    person_id = models.BigIntegerField(null=True, blank=True)
    organisation_id = models.BigIntegerField(null=True, blank=True)
    mandate_id = models.BigIntegerField(null=True, blank=True)
    via = models.CharField(max_length=10, default="web")
    correlation_id = models.CharField(max_length=40, blank=True)
    recorded_at = models.DateTimeField(default=now)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=now)
    lease_until = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], condition=Q(status="waiting"), name="outbox_waiting"),
            models.Index(fields=["status", "recorded_at"], name="outbox_status"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.id}"


class Handled(models.Model):
    """One handler has had one event. Committed together with the handler's effect, so that it happens once."""

    event = models.ForeignKey(OutboxEvent, on_delete=models.CASCADE, related_name="handled")
    handler = models.CharField(max_length=100)
    at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "handler"], name="handled_once")]

    def __str__(self) -> str:
        return f"{self.handler}: {self.event_id}"
