"""Letting go of what stood in files once nothing can be undone any more (UK GDPR Article 5(1)(e))."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from collaboration.imports.models import Import, ImportedLine, KeptFile
from collaboration.imports.queries import UNDO_FOR
from collaboration.imports.services.stepping import Status

BATCH = 5_000


@transaction.atomic
def forget_lines(*, at: datetime) -> int:
    """Delete the lines of imports that were done, or left lying, :data:`UNDO_FOR` before ``at``. Returns how many.

    That there was an import, whose, and what came of it in numbers is kept. One that a worker is going through keeps
    its lines until it is done.
    """
    long_ago = at - UNDO_FOR
    working = Q(status__in=(Status.IMPORTING, Status.UNDOING))
    old = Q(imported_at__lt=long_ago) | Q(imported_at=None, created_at__lt=long_ago)
    due = list(Import.objects.select_for_update().filter(old, forgotten_at=None).exclude(working))
    for imported in due:
        while ids := list(ImportedLine.objects.filter(imported=imported).values_list("pk", flat=True)[:BATCH]):
            ImportedLine.objects.filter(pk__in=ids).delete()
        KeptFile.objects.filter(imported=imported).delete()
        if imported.confirmed_at is None:
            imported.status, imported.step = Status.CANCELLED, ""
            imported.round += 1
        imported.forgotten_at = at
        imported.save()
    return len(due)
