"""Reading a long list in parts, so that a file of it needs no more memory for a hundred thousand rows than for ten."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from django.db.models import Model, QuerySet

CHUNK = 500

_M = TypeVar("_M", bound=Model)


def in_chunks(found: QuerySet[_M], size: int = CHUNK) -> Iterator[_M]:
    """The rows of ``found`` in its order, read ``size`` at a time with what it prefetches.

    Which rows there are is read first, as numbers. No cursor stays open while a slow reader takes the file; a row that
    is gone when its turn comes is left out.
    """
    keys = list(found.values_list("pk", flat=True))
    for start in range(0, len(keys), size):
        some = keys[start : start + size]
        rows = {row.pk: row for row in found.filter(pk__in=some).order_by()}
        yield from (rows[key] for key in some if key in rows)
