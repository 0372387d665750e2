"""The one clock. Everything that needs the time asks here, so that tests can travel."""

from datetime import date, datetime

from django.utils import timezone


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return timezone.now()


def today() -> date:
    """The present date on the place's own calendar (``settings.TIME_ZONE``)."""
    return timezone.localdate()
