"""Loading place catalogues in tests."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from io import StringIO
from pathlib import Path

from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

import vision
from groundwork.access.actors import SystemActor
from groundwork.catalogue.reading import Catalogue
from groundwork.catalogue.services import Outcome, load_catalogue, read_catalogue

ESSEX = Path(vision.__file__).parent / "places" / "essex"
WESTMERE = Path(__file__).parent / "places" / "westmere"
OPERATOR = SystemActor(name="a test", via="command")


def copy_of(place: Path, folder: Path) -> Path:
    """A copy of a catalogue that a test may change."""
    copy = folder / place.name
    shutil.copytree(place, copy)
    return copy


def change(place: Path, file: str, old: str, new: str) -> None:
    """Replace one text in one file of a catalogue. The text must be there."""
    path = place / file
    text = path.read_text()
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
    path.write_text(text.replace(old, new))


@cache
def essex() -> Catalogue:
    """The Essex catalogue, read once: what was read is never changed by loading it."""
    return read_catalogue(ESSEX)


def load(place: Path) -> Outcome:
    return load_catalogue(essex() if place == ESSEX else read_catalogue(place), actor=OPERATOR)


def command(*arguments: str) -> str:
    """What ``load-place`` prints."""
    out = StringIO()
    call_command("load_place", *arguments, stdout=out, no_color=True)
    return out.getvalue()


@contextmanager
def no_writes() -> Iterator[None]:
    """Fails when anything within writes to the database."""
    with CaptureQueriesContext(
        connection,
    ) as queries:
        yield
    written = [q["sql"] for q in queries if q["sql"].lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE"))]
    assert written == []
