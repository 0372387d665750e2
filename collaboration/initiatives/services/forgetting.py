"""Letting go of addresses that were left for one purpose (UK GDPR Article 5(1)(e): storage limitation)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from collaboration.initiatives.models import Nomination, ProblemReport

KEPT_FOR = timedelta(days=365)
"""How long the address of somebody from the public is kept, as the forms say."""


@transaction.atomic
def forget_addresses(*, at: datetime) -> int:
    """Remove the addresses left with nominations and problem reports a year before ``at``. Returns how many."""
    return sum(
        model.objects.filter(at__lte=at - KEPT_FOR).exclude(email="").update(email="")
        for model in (Nomination, ProblemReport)
    )
