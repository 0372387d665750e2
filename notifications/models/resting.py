"""Addresses that mail does not go to for the time being."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from groundwork.clock import now


class RestingAddress(models.Model):
    """Mail to this address rests, because it came back, was reported as unwanted or stopped. Service mail goes on.

    The address is kept lower case. Its person is told inside the product and may have it tried again, which sets
    ``ended_at``; another bounce begins a new rest in the same row.
    """

    class Reason(models.TextChoices):
        BOUNCE = "bounce", _("mail to it came back")
        COMPLAINT = "complaint", _("mail was reported as unwanted")
        STOPPED = "stopped", _("its reader wants no more mail")

    email = models.EmailField(unique=True)
    reason = models.CharField(max_length=9, choices=Reason.choices)
    detail = models.CharField(max_length=500, blank=True, help_text=_("What the mail server said."))
    since = models.DateTimeField(default=now)
    ended_at = models.DateTimeField(null=True, blank=True)
    times = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name_plural = "resting addresses"

    def __str__(self) -> str:
        return f"resting since {self.since:%Y-%m-%d}"
