"""What was reminded of, and how the organisations that are reminded are looked after."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from groundwork.clock import now


class Reminded(models.Model):
    """One step of one reminder about one thing was taken. A new ``occasion`` starts the steps anew.

    ``kind`` is the reminder's name, ``subject`` the thing (``initiative:42``), ``occasion`` what the count began with
    (the day it was last verified, say), ``step`` counts from 1.
    """

    kind = models.CharField(max_length=60)
    subject = models.CharField(max_length=80)
    occasion = models.CharField(max_length=40)
    step = models.PositiveSmallIntegerField()
    at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "subject", "occasion", "step"], name="reminded_once"),
        ]
        indexes = [models.Index(fields=["at"], name="reminded_age")]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject} {self.step}"


class Care(models.Model):
    """How one organisation is looked after: who keeps the relationship, and when its records count as old."""

    organisation = models.OneToOneField("directory.Organisation", on_delete=models.CASCADE, related_name="care")
    relationship_owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Who knows them, and is asked to speak with them before a stranger writes."),
    )
    first_days = models.PositiveSmallIntegerField(default=30, help_text=_("Days without a word until a reminder."))
    second_days = models.PositiveSmallIntegerField(default=60)
    third_days = models.PositiveSmallIntegerField(default=90)

    class Meta:
        verbose_name_plural = "care"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(first_days__lt=models.F("second_days"), second_days__lt=models.F("third_days")),
                name="care_days_rise",
            )
        ]

    def __str__(self) -> str:
        return f"care for {self.organisation_id}"
