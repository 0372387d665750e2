"""Outgoing mail, as rows before it is mail."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.db.models import Q

from groundwork.clock import now
from groundwork.ids import uuid7


class OutgoingMessage(models.Model):
    """One message to one address. Written first, sent by id with a Message-ID that never changes."""

    class Status(models.TextChoices):
        DUE = "due"
        SENDING = "sending"
        SENT = "sent"
        SUPPRESSED = "suppressed"
        UNCERTAIN = "uncertain"
        DEAD = "dead"

    class Class(models.TextChoices):
        """What kind of mail it is in law and in fact (PECR regulation 22: service messages stay neutral)."""

        SERVICE = "service"
        ASKED = "asked"
        DIGEST = "digest"
        PROMOTIONAL = "promotional"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=60)
    mail_class = models.CharField(max_length=11, choices=Class.choices)
    topic = models.CharField(
        max_length=10, blank=True, help_text="What people choose it by; empty for service mail and digests."
    )
    dedupe_key = models.CharField(max_length=200, unique=True, help_text="One message per key, however often asked.")
    recipient = models.EmailField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="messages")
    reason = models.CharField(max_length=300, help_text="Why this person gets it, in words they read.")
    sender = models.CharField(max_length=120, blank=True, help_text="Whose name stands before “via Golden Thread”.")
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField()
    calendar = models.TextField(
        blank=True, help_text="A calendar entry that goes with it (RFC 5545), which names its own method."
    )
    headers = models.JSONField(default=dict)
    conditions = models.JSONField(default=dict, help_text="What must still hold when it is sent: {rule, ids}.")
    holds_secret = models.BooleanField(
        default=False, help_text="The text holds a one-time link or code, and is removed once it is no longer needed."
    )
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DUE)
    created_at = models.DateTimeField(default=now)
    due_at = models.DateTimeField(default=now)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    unknown_answers = models.PositiveSmallIntegerField(
        default=0, help_text="How often it was handed over and no answer came back (RFC 1047)."
    )
    sent_at = models.DateTimeField(null=True, blank=True)
    last_answer = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(status__in=("due", "sending")), name="mail_to_send"),
            models.Index(fields=["person", "-created_at"], name="mail_of_person"),
            models.Index(
                fields=["-created_at"], condition=Q(status__in=("uncertain", "dead")), name="mail_needing_attention"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} ({self.status})"

    @property
    def message_id(self) -> str:
        """The same for every attempt, so that a repeat is recognised as one."""
        return f"<{self.id}@{mail_host()}>"


def mail_host() -> str:
    """The host after the @ of our message ids and in our list ids: that of the one configured address."""
    return urlsplit(settings.BASE_URL).hostname or "localhost"
