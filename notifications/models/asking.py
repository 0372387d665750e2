"""Addresses that somebody gave in order to follow something, until whoever reads their mail says yes."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from groundwork.clock import now
from groundwork.ids import uuid7
from notifications.models.subscribing import Frequency


class FollowAsk(models.Model):
    """An address was given, and its reader asked once whether they want the digest: nothing else is sent to it.

    The link in the question works once and for 14 days; only the digest of its secret is kept. A row that nobody
    answered is deleted with the address in it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(help_text=_("Lower case."))
    organisation = models.ForeignKey(
        "directory.Organisation", null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Who gave the address of an organisation; nobody when somebody gave their own."),
    )
    queries = models.JSONField(default=list, help_text=_("What to follow, canonical; may be none for an organisation."))
    frequency = models.CharField(max_length=7, choices=Frequency.choices, default=Frequency.WEEKLY)
    token_digest = models.CharField(max_length=64, unique=True)
    asked_at = models.DateTimeField(default=now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="follow_ask_age")]

    def __str__(self) -> str:
        return f"follow ask {self.pk}"
