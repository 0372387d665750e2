"""Long lists, a page at a time: each page says where the next begins.

A cursor is the place after the last row that was told, signed, so that nobody can make one up, and bound to the list
and its filters, so that a page never continues another list. Rows that come or go meanwhile shift nothing: none is
told twice, and none is left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.core import signing
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from groundwork.web.api.problems import Malformed

DEFAULT_SIZE = 25
MOST = 100
_LONGEST = 2_000

Position = tuple[Any, ...]
"""Where a page ended: the values the list is ordered by, of the last row told. Numbers, texts, dates and moments."""

M = TypeVar("M", bound=Model)


class CursorPages:
    """The paging of one answer.

    ``name`` is the list's, the same for ever; the filters are every other parameter of the address. :meth:`answer`
    does all of it for an ordered queryset. A query of one's own takes ``after`` and ``limit``, and its rows go to
    :meth:`answer_with` together with the position from which to go on. Raises :class:`Malformed` for a ``limit`` or a
    ``cursor`` that cannot be used.
    """

    PARAMETERS = ("cursor", "limit")

    def __init__(self, request: Request, name: str, *, default: int = DEFAULT_SIZE, most: int = MOST) -> None:
        self.request = request
        self.name = name
        self.limit = _limit(request, default, most)
        """How many rows this answer holds at most."""
        self._filters = sorted(
            (key, values) for key, values in request.query_params.lists() if key not in self.PARAMETERS and any(values)
        )
        given = request.query_params.get("cursor", "")
        self.after: Position | None = self.decode(given) if given else None
        """The position after which this answer begins; None: at the start."""

    def answer(self, rows: QuerySet[M], record: Callable[[M], Any]) -> Response:
        """One page of an ordered queryset, each row as ``record`` has it. One query; see :meth:`cut`."""
        found, following = self.cut(rows)
        return self.answer_with([record(row) for row in found], following)

    def answer_with(self, results: Sequence[Any], following: Position | None) -> Response:
        """A page that was read elsewhere, and the position from which the next goes on (None: this was the last)."""
        return Response({"results": results, "next": self.next_address(following)})

    def next_address(self, position: Position | None) -> str | None:
        """The whole address of the page after ``position``; None where there is none."""
        if position is None:
            return None
        kept = [
            (key, value) for key, values in self.request.query_params.lists() if key != "cursor" for value in values
        ]
        kept.append(("cursor", self.encode(position)))
        return self.request.build_absolute_uri(f"{self.request.path}?{urlencode(kept)}")

    def cut(self, rows: QuerySet[M]) -> tuple[list[M], Position | None]:
        """One page of an ordered queryset, and the position from which the next goes on (None: nowhere).

        It must be ordered by columns without nulls that say together which row it is (``"name", "pk"``); those of
        related rows are fetched with them. One query.
        """
        keys = [str(key) for key in rows.query.order_by or rows.model._meta.ordering or ()]
        if self.after is not None:
            if len(self.after) != len(keys):
                raise _unusable()
            rows = rows.filter(_beyond(keys, self.after))
        found = list(rows[: self.limit + 1])
        if len(found) <= self.limit:
            return found, None
        found.pop()
        return found, tuple(_value(found[-1], key.lstrip("-")) for key in keys)

    def encode(self, position: Position) -> str:
        """The cursor for a position in this list."""
        return signing.dumps([self._digest(), [_plain(value) for value in position]], salt=self._salt())

    def decode(self, cursor: str) -> Position:
        """The position that a cursor of this list stands for. Raises :class:`Malformed`."""
        if len(cursor) > _LONGEST:
            raise _unusable()
        try:
            filters, values = signing.loads(cursor, salt=self._salt())
        except (signing.BadSignature, ValueError) as error:
            raise _unusable() from error
        if filters != self._digest():
            raise Malformed(
                _("This cursor belongs to other filters. Follow “next” as it is, or begin again without a cursor."),
                "cursor",
                errors={"cursor": [_("Leave this out to begin again.")]},
            )
        return tuple(_rich(value) for value in values)

    def _salt(self) -> str:
        return f"groundwork.web.api.cursors:{self.name}"

    def _digest(self) -> str:
        return sha256(json.dumps(self._filters).encode()).hexdigest()[:16]


def _unusable() -> Malformed:
    return Malformed(
        _("This cursor is not one of this list, or no longer works. Begin again without it, then follow “next”."),
        "cursor",
        errors={"cursor": [_("Leave this out to begin again.")]},
    )


def _limit(request: Request, default: int, most: int) -> int:
    given = request.query_params.get("limit")
    if given is None or given == "":
        return default
    if not re.fullmatch(r"[0-9]{1,9}", given) or not 1 <= int(given) <= most:
        sentence = _("Ask for a whole number of rows from 1 to %(most)s.") % {"most": most}
        raise Malformed(sentence, errors={"limit": [sentence]})
    return int(given)


def _beyond(keys: Sequence[str], position: Position) -> Q:
    """Rows that come after a position in that order: further in one key, and equal in those before it."""
    found, equal = Q(), Q()
    for key, value in zip(keys, position, strict=True):
        name, further = key.lstrip("-"), "lt" if key.startswith("-") else "gt"
        found |= equal & Q(**{f"{name}__{further}": value})
        equal &= Q(**{name: value})
    return found


def _value(row: Any, name: str) -> Any:
    for step in name.split("__"):
        row = getattr(row, step)
    return row


def _plain(value: Any) -> Any:
    """A value as JSON: what JSON has no word for, with the letter of its kind."""
    if isinstance(value, datetime):
        return ["t", value.isoformat()]
    if isinstance(value, date):
        return ["d", value.isoformat()]
    if isinstance(value, Decimal):
        return ["n", str(value)]
    if value is None or isinstance(value, str | int | float):
        return value
    raise TypeError(f"A list cannot be ordered by a {type(value).__name__}.")


def _rich(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    kind, text = value
    readers: dict[str, Callable[[str], Any]] = {"t": datetime.fromisoformat, "d": date.fromisoformat, "n": Decimal}
    return readers[kind](text)
