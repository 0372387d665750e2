"""When each reader looked at what, read with the reader: one object in a column, whatever it holds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.db.models import Aggregate, JSONField, OuterRef, Subquery

from notifications.models import Follow, Seen


class _ByName(Aggregate):
    """Of many rows one object: of each its name, and a value."""

    function = "JSONB_OBJECT_AGG"
    output_field = JSONField()

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return self.as_sql(compiler, connection, function="JSON_GROUP_OBJECT", **more)


def looks() -> Subquery:
    """A column of subscribers: what the person looked at since any of their follows was told. None when nothing."""
    oldest = Follow.objects.filter(subscriber=OuterRef(OuterRef("pk"))).order_by("reported_until")
    found = Seen.objects.filter(person=OuterRef("person"), at__gt=Subquery(oldest.values("reported_until")[:1]))
    return Subquery(found.order_by().values("person").annotate(by=_ByName("subject", "at")).values("by"))


def looked_at(column: Mapping[str, str] | None) -> dict[str, datetime]:
    """What :func:`looks` found, as subjects and instants."""
    return {subject: _moment(at) for subject, at in (column or {}).items()}


def _moment(written: str) -> datetime:
    """An instant as databases write it into JSON; SQLite writes it in UTC and does not say so."""
    at = datetime.fromisoformat(written)
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)
