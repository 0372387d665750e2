"""Reading the audit log."""

from __future__ import annotations

from django.db import models
from django.db.models import QuerySet

from groundwork.audit.models import AuditEntry


def history_of(obj: models.Model) -> QuerySet[AuditEntry]:
    """Every act on one object, newest first, with who and for whom."""
    return AuditEntry.objects.filter(object_type=obj._meta.label_lower, object_id=str(obj.pk)).select_related(
        "person", "organisation"
    )
