"""What waits for somebody, in one shape whatever it is, so that many rooms are asked in one statement."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final, NamedTuple

from django.db.models import CharField, DateField, DateTimeField, F, IntegerField, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast


class Waiting(NamedTuple):
    """One thing that waits. ``kind`` says what is wanted; the rest says of whom and about what.

    It waits for an organisation (``owner_id`` or ``lead_id``; for partnership officers when ``is_unowned``), or for a
    person (``person_id``, or whoever reads ``email``). ``since`` is when it began, ``due_on`` a day by which it is to
    be done, ``starts`` an instant at which it begins. ``who`` is an organisation that is named with it.
    """

    kind: str
    id: int
    owner_id: int | None
    lead_id: int | None
    person_id: int | None
    email: str
    reference: str
    title: str
    who: str
    since: datetime | None
    due_on: date | None
    starts: datetime | None

    @property
    def is_unowned(self) -> bool:
        return self.owner_id is None and self.person_id is None and not self.email


_TYPES: Final[dict[str, Any]] = {
    "kind": CharField(),
    "id": IntegerField(),
    "owner_id": IntegerField(),
    "lead_id": IntegerField(),
    "person_id": IntegerField(),
    "email": CharField(),
    "reference": CharField(),
    "title": CharField(),
    "who": CharField(),
    "since": DateTimeField(),
    "due_on": DateField(),
    "starts": DateTimeField(),
}


def waiting(rows: QuerySet[Any], kind: str, **columns: str | Combinable) -> QuerySet[Any, tuple[Any, ...]]:
    """``rows`` as plain rows of :class:`Waiting`, to be put together with others' by ``union(all=True)``.

    Each of ``columns`` names a field of the row or is an expression; those that are left out are empty, and ``id`` is
    then the key of the row.
    """
    given: dict[str, Any] = {}
    for name, column_type in _TYPES.items():
        expression: Any = columns.get(name)
        if name == "kind":
            expression = Value(kind)
        elif name == "id":
            expression = expression or F("pk")
        elif expression is None:
            expression = Value("" if isinstance(column_type, CharField) else None)
        if isinstance(expression, str):
            expression = F(expression)
        # Written out even where the type is clear: PostgreSQL takes a bare NULL for text.
        given[f"w_{name}"] = Cast(expression, column_type)
    return rows.order_by().annotate(**given).values_list(*given)
