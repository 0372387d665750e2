"""Which part of the product reads and writes which part of a place catalogue.

An app says so in its ``catalogue.py``, which is imported when the product starts::

    @section("areas")
    class Areas:
        @staticmethod
        def read(catalogue: Catalogue) -> list[AreaRow]: ...

        @staticmethod
        def write(rows: list[AreaRow], ledger: Ledger) -> None: ...

Sections run in the order in which the apps are installed, lower apps first; ``after`` names the sections one relies
on, and is checked. The ground therefore never imports what stands on it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from groundwork.catalogue.ledger import Ledger
    from groundwork.catalogue.reading import Catalogue


class SectionType(Protocol):
    """How one part of a catalogue is read, without touching the database, and written, inside the load."""

    @staticmethod
    def read(catalogue: Catalogue) -> Any: ...

    @staticmethod
    def write(read: Any, ledger: Ledger) -> None: ...


@dataclass(frozen=True)
class Section:
    name: str
    reader: Callable[[Catalogue], Any]
    writer: Callable[[Any, Ledger], None]


_S = TypeVar("_S", bound=SectionType)
_AfterLoad = Callable[["Ledger"], None]
_F = TypeVar("_F", bound=_AfterLoad)
_sections: dict[str, Section] = {}
_after_load: dict[str, _AfterLoad] = {}


def section(name: str, *, after: tuple[str, ...] = ()) -> Callable[[type[_S]], type[_S]]:
    """Register the decorated class (``read`` and ``write``) as the section ``name``.

    Raises :class:`LookupError` for a second section of the name, or when one named in ``after`` is not registered yet.
    """

    def register(cls: type[_S]) -> type[_S]:
        missing = [other for other in after if other not in _sections]
        if name in _sections or missing:
            raise LookupError(f"Section {name}: there are two, or it comes before {', '.join(missing)}.")
        _sections[name] = Section(name, cls.read, cls.write)
        return cls

    return register


def sections() -> tuple[Section, ...]:
    """All sections, in the order in which they are read and written."""
    return tuple(_sections.values())


def after_load(name: str) -> Callable[[_F], _F]:
    """Register the decorated function to run at the end of a load that changed something, in its transaction.

    For what is derived from loaded things: search texts, counters. It gets the load's ledger.
    """

    def register(function: _F) -> _F:
        if _after_load.get(name, function) is not function:
            raise LookupError(f"There are two functions named {name} to run after a load.")
        _after_load[name] = function
        return function

    return register


def functions_after_load() -> tuple[_AfterLoad, ...]:
    return tuple(_after_load.values())
