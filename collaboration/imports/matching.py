"""Which record of the register a line is about.

By its reference; else by its source and title; else by a source that names one row of a document; else by its title
among what the actor's organisation keeps. Two lines never mean one record: the second is told which line was first.

Another organisation's record of the same title is the same work when the line says nothing else of it, or names the
organisation that leads or owns it; otherwise two bodies simply chose the same words.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from collaboration.imports import cells
from collaboration.initiatives.columns import COLUMNS, spoken_source
from collaboration.initiatives.finding.downloads import rows_of
from collaboration.initiatives.models import Initiative
from collaboration.initiatives.queries import visible_to
from collaboration.initiatives.rules import EDITORS, keeps
from collaboration.initiatives.services.stating.naming import LONGEST_NAME
from groundwork.access.actors import Actor
from groundwork.directory.models import OrganisationName
from groundwork.directory.queries import fold
from groundwork.sheets.cells import read_cell, safe_cell

LONGEST_REFERENCE: Final = 20
LONGEST_COMPARED: Final = 1_000
"""Characters of a title that are compared with others."""


@dataclass(slots=True)
class Wanted:
    """A line with its cells by column, as far as they are matched and filled."""

    number: int
    cells: dict[str, str]
    unreadable: dict[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        return " ".join(self.cells.get("title", "").split())


@dataclass(slots=True)
class Match:
    """What a line means: a record (with the cells an export would write for it), a new one (None), or a problem."""

    wanted: Wanted
    initiative: Initiative | None = None
    exported: dict[str, str] = field(default_factory=dict)
    problem: tuple[str, str] | None = None

    @property
    def differing(self) -> dict[str, str]:
        """The filled cells that say something else than the record: all of them where there is none yet."""
        if self.initiative is None:
            return {column: text for column, text in self.wanted.cells.items() if text}
        return {
            column: text
            for column, text in self.wanted.cells.items()
            if text and column != "ref" and not says_the_same(column, text, self.exported.get(column, ""))
        }


class Earlier(Protocol):
    """What the lines above have already claimed. ``note`` is called for each line in the order of the file."""

    def titles(self, likenesses: Iterable[str]) -> dict[str, int]: ...

    def records(self, ids: Iterable[int]) -> dict[int, int]: ...


def likeness(title: str) -> str:
    """What two titles have in common that are the same title: no case, no repeated spaces. "" for none."""
    # No title is as long as that, and some signs become twenty when they are written out.
    bare = " ".join(unicodedata.normalize("NFKC", title[:LONGEST_COMPARED]).casefold().split())
    return bare if len(bare) <= 200 else hashlib.sha256(bare.encode()).hexdigest()


def as_exported(value: Any) -> str:
    """What reading gives for a value that an export has written."""
    return read_cell(safe_cell(value))


def says_the_same(column: str, text: str, exported: str) -> bool:
    """Whether a cell says of a record what an export would write there."""
    if text == exported:
        return True
    if not exported:
        return False
    try:
        match column:
            case "money":
                return cells.money(text) == cells.money(exported)
            case "start" | "end":
                return cells.day(text) == cells.day(exported)
            case "stage":
                return cells.stage(text) == exported
            case "strands" | "blocks" | "areas" | "partners":
                return _folded(text) == _folded(exported)
    except cells.Unclear:
        return False
    return False


def _folded(text: str) -> list[str]:
    return [" ".join(part.casefold().split()) for part in cells.several(text)]


def match(actor: Actor, lines: Sequence[Wanted], earlier: Earlier) -> list[Match]:
    """What each of ``lines`` is about, in their order. A constant number of queries, however many they are."""
    candidates = _Candidates(actor, lines)
    titles = dict(earlier.titles({likeness(line.title) for line in lines if line.title}))
    taken = dict(earlier.records(candidates.by_id))
    found = []
    for line in lines:
        result = _by_reference(line, candidates) if line.cells.get("ref") else _by_words(line, candidates, taken)
        alike = likeness(line.title) if line.title else ""
        initiative = result.initiative
        if result.problem is None and initiative is not None and initiative.pk in taken:
            result.problem = (
                "",
                _("Line %(first)s is about the same initiative (%(ref)s). Keep one of the two.")
                % {"first": taken[initiative.pk], "ref": initiative.reference},
            )
        elif result.problem is None and initiative is None and alike in titles:
            result.problem = (
                "title",
                _("Line %(first)s has the same title. Keep one of the two, or give them different titles.")
                % {"first": titles[alike]},
            )
        if initiative is not None:
            taken.setdefault(initiative.pk, line.number)
        if alike:
            titles.setdefault(alike, line.number)
        found.append(result)
    return found


def exported(actor: Actor, initiatives: Iterable[Initiative]) -> dict[int, dict[str, str]]:
    """The cells an export would write for each, by primary key and column."""
    names = [column.name for column in COLUMNS]
    return {
        row.id: {name: as_exported(value) for name, value in zip(names, row.cells(""), strict=True)}
        for row in rows_of(actor, [each.pk for each in initiatives])
    }


class _Candidates:
    """The records that any of some lines could be about, read in one go."""

    def __init__(self, actor: Actor, lines: Sequence[Wanted]) -> None:
        self.actor = actor
        references = {reference for line in lines if (reference := _reference(line))}
        titles = {line.title for line in lines if line.title}
        sources = {source for line in lines if (source := line.cells.get("source", ""))}
        seen = visible_to(actor).select_related("lead", "owner", "merged_into")
        # Sheets made on some machines write accents apart; the register keeps them composed.
        titles |= {unicodedata.normalize("NFC", title) for title in titles}
        # Each database lowers in its own way: SQLite ASCII only, PostgreSQL by its locale, neither quite as Python
        # (the Turkish İ). So the exact title is looked for too, and likeness() decides.
        lowered = {title.lower() for title in titles} | {_ascii_lower(title) for title in titles}
        rows = {each.pk: each for each in seen.filter(reference__in=references)}
        live = seen.filter(withdrawn_at=None, merged_into=None)
        rows |= {
            each.pk: each for each in live.alias(low=Lower("title")).filter(Q(low__in=lowered) | Q(title__in=titles))
        }
        spoken = self._sources(live, sources)
        rows |= {each.pk: each for each in seen.filter(pk__in=[pk for pks in spoken.values() for pk in pks])}
        self.by_id = rows
        self.exported = exported(actor, rows.values())
        self.by_reference = {each.reference: each for each in rows.values()}
        self.by_title: dict[str, list[Initiative]] = defaultdict(list)
        self.by_source: dict[str, list[Initiative]] = {
            source: [rows[pk] for pk in pks if pk in rows] for source, pks in spoken.items()
        }
        for each in sorted(rows.values(), key=lambda row: row.number):
            if each.is_live:
                self.by_title[likeness(each.title)].append(each)
        self.sources_of_lines: dict[str, int] = defaultdict(int)
        for line in lines:
            self.sources_of_lines[line.cells.get("source", "")] += 1
        others = {pk for each in rows.values() for pk in (each.lead_id, each.owner_id) if pk}
        self.names: dict[int, set[str]] = defaultdict(set)
        for pk, folded in OrganisationName.objects.filter(organisation_id__in=others).values_list(
            "organisation_id", "folded"
        ):
            self.names[pk].add(folded)

    @staticmethod
    def _sources(live: Any, sources: set[str]) -> dict[str, list[int]]:
        """The records with each of these sources. A source is kept in parts, so it is put into words to compare."""
        found: dict[str, list[int]] = defaultdict(list)
        if sources:
            for pk, source in live.exclude(source={}).order_by("number").values_list("pk", "source"):
                if (words := as_exported(spoken_source(source))) in sources:
                    found[words].append(pk)
        return found

    def ours(self, initiative: Initiative) -> bool:
        """Whether the actor's organisation keeps it; the system keeps what nobody owns."""
        if self.actor.is_system:
            return initiative.owner_id is None
        return keeps(self.actor, initiative, *EDITORS)

    def names_its_body(self, line: Wanted, initiative: Initiative) -> bool:
        """Whether the line names, as its lead, the organisation that leads or owns the record."""
        said = line.cells.get("lead", "")
        if not said or len(said) > LONGEST_NAME:
            return False
        bodies = [body for body in (initiative.lead, initiative.owner) if body is not None]
        return any(
            said.casefold() == body.slug or fold(said) in {*self.names[body.pk], fold(body.name)} for body in bodies
        )


def _reference(line: Wanted) -> str:
    text = line.cells.get("ref", "").strip().upper()
    return text if text.isascii() and text.isprintable() and len(text) <= LONGEST_REFERENCE else ""


def _by_reference(line: Wanted, candidates: _Candidates) -> Match:
    record = candidates.by_reference.get(_reference(line))
    if record is None:
        return Match(
            line,
            problem=(
                "ref",
                _("There is no initiative “%(ref)s” that you can see. Leave the cell empty for a new one.")
                % {"ref": cells.shown(line.cells["ref"])},
            ),
        )
    if record.merged_into is not None:
        return Match(
            line,
            problem=(
                "ref",
                _("%(ref)s was merged into %(into)s. Use that reference, or take the line out.")
                % {"ref": record.reference, "into": record.merged_into.reference},
            ),
        )
    return Match(line, record, candidates.exported.get(record.pk, {}))


def _by_words(line: Wanted, candidates: _Candidates, taken: Mapping[int, int]) -> Match:
    """By source and title. Where several records fit, the one that says exactly the same, else none."""
    alike = candidates.by_title.get(likeness(line.title), []) if line.title else []
    source = line.cells.get("source", "")
    sourced = candidates.by_source.get(source, []) if source else []
    both = [each for each in sourced if each in alike]
    if both:
        return _one_of(line, both, candidates, taken)
    if len(sourced) == 1 and candidates.sources_of_lines[source] == 1 and sourced[0].source.get("row"):
        # The source names one row of a document, and this line alone says that it is that row.
        return Match(line, sourced[0], candidates.exported.get(sourced[0].pk, {}))
    if not line.title:
        return Match(line, problem=("title", _("The line has no title. Write what the work is called.")))
    ours = [each for each in alike if candidates.ours(each)]
    if ours:
        return _one_of(line, ours, candidates, taken)
    for each in alike:
        same = Match(line, each, candidates.exported.get(each.pk, {}))
        if not same.differing and each.pk not in taken:
            return same
    named = next((each for each in alike if candidates.names_its_body(line, each)), None)
    if named is not None:
        keeper = named.owner or named.lead
        return Match(
            line,
            problem=(
                "title",
                _(
                    "“%(title)s” is registered already as %(ref)s, and %(keeper)s keeps it. Ask them to change it, or "
                    "take the line out."
                )
                % {"title": cells.shown(line.title), "ref": named.reference, "keeper": keeper or _("the partnership")},
            ),
        )
    return Match(line)


def _one_of(line: Wanted, records: list[Initiative], candidates: _Candidates, taken: Mapping[int, int]) -> Match:
    matches = [Match(line, each, candidates.exported.get(each.pk, {})) for each in records]
    if len(matches) == 1:
        return matches[0]
    same = next((m for m in matches if not m.differing and m.initiative and m.initiative.pk not in taken), None)
    if same is not None:
        return same
    return Match(
        line,
        problem=(
            "title",
            _("There are several initiatives with this title: %(refs)s. Say which one in a column “ref”.")
            % {"refs": ", ".join(each.reference for each in records[:5])},
        ),
    )


def _ascii_lower(text: str) -> str:
    return "".join(c.lower() if c.isascii() else c for c in text)
