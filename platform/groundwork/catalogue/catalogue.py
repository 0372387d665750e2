"""``documents.yaml``: the sources a catalogue speaks of, so that a short reference becomes a full one."""

from __future__ import annotations

from typing import Any

from groundwork.catalogue.ledger import Ledger
from groundwork.catalogue.reading import Catalogue, Mapping
from groundwork.catalogue.registry import section


@section("documents")
class Documents:
    """Nothing is written: a document lives on in the ``source`` of what refers to it."""

    @staticmethod
    def read(catalogue: Catalogue) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        top = catalogue.file("documents.yaml")
        for row in top.mappings("documents", required=True) if top else []:
            key = row.slug("key", longest=60)
            catalogue.declare("document", key, row, on="key")
            found[key] = {
                "title": row.text("title", longest=300),
                "publisher": row.text_or_null("publisher", longest=200),
                "date": row.text_or_null("date", longest=40),
                "number": row.text_or_null("number", longest=20),
            }
        return found

    @staticmethod
    def write(read: dict[str, dict[str, Any]], ledger: Ledger) -> None:
        """Nothing of its own."""


def _cited(key: str, row: Mapping) -> dict[str, Any]:
    known = row.catalogue.parsed.get("documents", {}).get(key, {})
    return {"document": key, **{name: known.get(name) for name in ("title", "publisher", "date")}}


def source_of(row: Mapping, key: str = "source") -> dict[str, Any]:
    """Where something was found: ``{document, section}`` in the catalogue, with title, publisher and date added."""
    below = row.mapping(key)
    if below is None:
        return {}
    document = below.text("document", longest=60)
    row.catalogue.refer("document", document, below, on="document")
    section = below.text_or_null("section", longest=400)
    return {**_cited(document, row), "section": section}


def sources_of(row: Mapping, key: str) -> list[dict[str, Any]]:
    """A list of keys of documents, or of ``{document, section}``, each with title, publisher and date added."""
    found: list[dict[str, Any]] = []
    for entry in row.mixed(key):
        if isinstance(entry, Mapping):
            document = entry.text("document", longest=60)
            row.catalogue.refer("document", document, entry, on="document")
            section = entry.text_or_null("section", longest=400)
            found.append({**_cited(document, row), "section": section})
        else:
            row.catalogue.refer("document", entry[0], row, line=entry[1])
            found.append(_cited(entry[0], row))
    return found
