"""Kinds of event, and who handles them.

An event is a frozen dataclass of ids and small facts::

    class InitiativePublished(Event, name="initiative.published"):
        initiative_id: int
        reference: str

A handler is named for good (the name is kept in the database) and takes an :class:`Envelope`::

    @handles("initiative.published", name="thread.recount")
    def recount(envelope: Envelope) -> None: ...

Handlers run in a transaction with their ``Handled`` row and may run again after a crash: make them idempotent.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, dataclass_transform
from uuid import UUID

_events: dict[str, type[Event]] = {}
_handlers: dict[str, dict[str, Handler]] = {}


@dataclass_transform(frozen_default=True, kw_only_default=True)
class Event:
    """The base of all events. Fields hold JSON values only: text, whole numbers, booleans, null and lists of these."""

    event_name: ClassVar[str]
    event_version: ClassVar[int]

    def __init_subclass__(cls, *, name: str, version: int = 1) -> None:
        super().__init_subclass__()
        if name in _events:
            raise LookupError(f"There are two events named {name}.")
        cls.event_name = name
        cls.event_version = version
        dataclass(frozen=True, kw_only=True)(cls)
        _events[name] = cls

    def payload(self) -> dict[str, Any]:
        return dataclasses.asdict(self)  # type: ignore[call-overload]


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """An event as a handler receives it: what happened, when, by whom and for whom."""

    id: UUID
    name: str
    version: int
    payload: dict[str, Any]
    recorded_at: datetime
    person_id: int | None
    organisation_id: int | None
    mandate_id: int | None
    via: str
    correlation_id: str


Handler = Callable[[Envelope], None]


def handles(*events: str, name: str) -> Callable[[Handler], Handler]:
    """Register the decorated function as the handler called ``name`` for each of ``events``."""

    def register(function: Handler) -> Handler:
        for event in events:
            known = _handlers.setdefault(event, {})
            if known.get(name, function) is not function:
                raise LookupError(f"There are two handlers named {name} for {event}.")
            known[name] = function
        return function

    return register


def handlers_of(event: str) -> dict[str, Handler]:
    return dict(_handlers.get(event, {}))


def known_events() -> tuple[str, ...]:
    return tuple(sorted(_events))


def handled_events() -> tuple[str, ...]:
    """Every name some handler waits for; a test holds that each of them exists."""
    return tuple(sorted(_handlers))
