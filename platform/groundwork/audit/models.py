"""Who did what, for whom."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from groundwork.clock import now
from groundwork.ids import uuid7


class AuditEntry(models.Model):
    """One act. Rows are only ever added."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField(default=now)
    action = models.CharField(max_length=60)
    object_type = models.CharField(max_length=60)
    object_id = models.CharField(max_length=40)
    changes = models.JSONField(default=dict, help_text="{field: [before, after]}, as shown to people")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    organisation = models.ForeignKey("directory.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    mandate = models.ForeignKey("directory.Mandate", null=True, on_delete=models.SET_NULL, related_name="+")
    acted_as = models.CharField(max_length=60, blank=True, help_text="The system actor's name, when it was one.")
    via = models.CharField(max_length=10, default="web")
    correlation_id = models.CharField(max_length=40, blank=True)

    class Meta:
        verbose_name_plural = "audit entries"
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["object_type", "object_id", "-at"], name="audit_of_object"),
            models.Index(fields=["organisation", "-at"], name="audit_of_organisation"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.object_type} {self.object_id}"
