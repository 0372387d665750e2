"""What people chose to be told and how soon, and what they have already seen."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from groundwork.clock import now


class Topic(models.TextChoices):
    """What mail is about, as people choose it. A kind of mail names one; service mail names none."""

    ASKED = "asked", _("What your organisation is asked")
    ACTIONS = "actions", _("Your actions")
    WORKSHOPS = "workshops", _("Your workshops")
    REMINDERS = "reminders", _("Reminders")


class Choice(models.Model):
    """How soon a person hears of one topic. No row: at once.

    Anything but at once means: in the digest of that rhythm, under "needs you". Never means not by mail at all.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mail_choices")
    topic = models.CharField(max_length=10, choices=Topic.choices)
    frequency = models.CharField(max_length=7)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "topic"], name="chosen_once")]

    def __str__(self) -> str:
        return f"{self.topic}: {self.frequency}"


class Seen(models.Model):
    """A person looked at something, so that a digest need not tell them what it said then.

    ``subject`` is ``initiative:42``, ``workshop:<id>``, or ``messages`` for the page of mail behind the bell.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="seen")
    subject = models.CharField(max_length=60)
    at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "subject"], name="seen_once")]

    def __str__(self) -> str:
        return self.subject
