"""``joint_working.yaml``: a printed table of joint work that arrives with the place, one initiative per row.

What the table does not say (lead, stage, dates, areas) stays "not stated". Nobody is asked to confirm what it says of
them. Labels are kept exactly as printed, so that the table can be given back in its own layout. Once loaded, an
initiative belongs to people: a later load only brings what the *catalogue* changed, and leaves what people changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import Q

from collaboration.initiatives import indexing
from collaboration.initiatives.models import Alignment, Initiative, Partner, Visibility
from collaboration.initiatives.services.records import next_reference
from groundwork.access.actors import SystemActor
from groundwork.audit.services import keep
from groundwork.catalogue.catalogue import source_of
from groundwork.catalogue.ledger import Kept, Ledger
from groundwork.catalogue.reading import Catalogue, Mapping
from groundwork.catalogue.registry import after_load, section
from groundwork.directory.catalogue.dated import organisations_called
from groundwork.directory.models import Area, Organisation
from vision.frameworks.models import Element

LEFT_CATALOGUE: Final = "No longer in the place catalogue."
"""The reason kept with an initiative whose row left the catalogue; a row that returns brings it back."""


@dataclass
class WorkRow:
    key: str
    ambition: str
    strand: str
    title: str
    summary: str
    source: dict[str, Any]
    labels: dict[str, Any]
    partners: list[tuple[str, str]] = field(default_factory=list)
    """(organisation, label as printed)."""


@section("joint working", after=("organisations", "elements"))
class JointWorking:
    """A place may have no such table."""

    @staticmethod
    def read(catalogue: Catalogue) -> list[WorkRow]:
        top = catalogue.file("joint_working.yaml")
        if top is None:
            return []
        source = source_of(top)
        introduction = top.text_or_empty("introduction", longest=500)
        strands = {e.code: e for row in catalogue.parsed["frameworks"] for e in row.elements}
        rows = [_read_row(catalogue, entry, source, introduction) for entry in top.mappings("rows", required=True)]
        for row, entry in rows:
            strand = strands.get(row.strand)
            if strand and strand.parent != row.ambition:
                entry.problem(f"“{row.strand}” is not a strand of the ambition “{row.ambition}”.", "strand")
            if row.ambition in strands:
                row.labels["ambition"] = strands[row.ambition].values["title"]
        return [row for row, _entry in rows]

    @staticmethod
    def write(rows: list[WorkRow], ledger: Ledger) -> None:
        elements = {each.code: each for each in Element.objects.filter(code__in={row.strand for row in rows})}
        slugs = {slug for row in rows for slug, _label in row.partners}
        organisations = organisations_called(slugs)
        known = {
            each.catalogue_key: each
            for each in Initiative.objects.exclude(catalogue_key=None).prefetch_related(
                "alignments__element", "partners__organisation"
            )
        }
        for row in rows:
            initiative = _settle_row(row, known.get(row.key), ledger)
            _settle_strand(row, initiative, elements[row.strand], ledger)
            _settle_partners(row, initiative, organisations, ledger)
        for key in sorted({str(key) for key in known} - {row.key for row in rows}):
            _withdraw(key, known[key], ledger)
        _keep_history(ledger)


def _read_row(
    catalogue: Catalogue, entry: Mapping, source: dict[str, Any], introduction: str
) -> tuple[WorkRow, Mapping]:
    key = entry.text("key", longest=60)
    catalogue.declare("row", key, entry, on="key")
    ambition, strand = entry.text("ambition"), entry.text("strand")
    catalogue.refer("element", ambition, entry, on="ambition")
    catalogue.refer("element", strand, entry, on="strand")
    theme = entry.text("theme", longest=200)
    examples = entry.texts("examples", longest=300)
    partners: list[tuple[str, str]] = []
    for below in entry.mappings("partners"):
        organisation, label = below.text("organisation"), below.text("printed_as", longest=200)
        catalogue.refer("organisation", organisation, below, on="organisation")
        if organisation in [slug for slug, _label in partners]:
            below.problem(f"“{organisation}” stands twice in this row.", "organisation")
        partners.append((organisation, label))
    labels = {
        "ambition": None,
        "strand_as_printed": entry.text("strand_as_printed", longest=300),
        "theme": theme,
        "examples": examples,
        "partners": [label for _slug, label in partners],
        **entry.plain("facts"),
    }
    listed = "\n".join(f"- {example}" for example in examples)
    summary = "\n".join(part for part in (introduction, listed) if part) if examples else ""
    return WorkRow(key, ambition, strand, theme, summary, {**source, "row": key}, labels, partners), entry


def _settle_row(row: WorkRow, found: Initiative | None, ledger: Ledger) -> Initiative:
    values = {"title": row.title, "summary": row.summary, "source": row.source, "original_labels": row.labels}
    birth: dict[str, Any] = {}
    if found is None:
        number, reference = next_reference()
        birth = {
            "number": number,
            "reference": reference,
            "catalogue_key": row.key,
            "visibility": Visibility.PUBLIC,
            "intended_visibility": Visibility.PUBLIC,
            "published_at": ledger.at,
            "created_at": ledger.at,
            "changed_at": ledger.at,
        }
    elif found.withdrawn_at is not None and found.withdrawn_reason == LEFT_CATALOGUE:
        ledger.settle(
            Initiative, "initiative", row.key, found, {"withdrawn_at": None, "withdrawn_reason": ""}
        )  # fmt: skip
    return ledger.settle(Initiative, "initiative", row.key, found, values, at_birth=birth, people_may_edit=True)


def _settle_strand(row: WorkRow, initiative: Initiative, strand: Element, ledger: Ledger) -> None:
    said = ledger.last_said("initiative", row.key, "strand")
    if said == row.strand:
        return
    held = {alignment.element.code: alignment for alignment in initiative.alignments.all()}
    old = held.get(said or "")
    if old is not None and not old.contribution:
        old.delete()
    elif said is not None:
        # Somebody removed it or wrote a sentence to it: the record has gone its own way.
        ledger.kept.append(Kept("initiative", row.key, "strand", sorted(held), row.strand))
        return
    if row.strand not in held:
        Alignment.objects.create(initiative=initiative, element=strand, is_main=True)
    ledger.note("initiative", row.key, "changed", {"strand": [said, row.strand]})


def _settle_partners(
    row: WorkRow, initiative: Initiative, organisations: dict[str, Organisation], ledger: Ledger
) -> None:
    now_said = [list(pair) for pair in row.partners]
    said = ledger.last_said("initiative", row.key, "partners", [])
    if said == now_said:
        return
    open_ones = {each.organisation.slug: each for each in initiative.partners.all() if each.valid_to is None}
    labels, labels_before = dict(row.partners), dict(said)
    for slug, label in labels_before.items():
        partner = open_ones.get(slug)
        if partner is None or labels.get(slug) == label:
            continue
        if slug in labels:
            if partner.printed_as == label:
                partner.printed_as = labels[slug]
                partner.save(update_fields=["printed_as"])
        elif partner.confirmation == Partner.Confirmation.NOT_ASKED and not partner.role:
            partner.delete()
        else:
            ledger.kept.append(Kept("initiative", row.key, "partners", slug, None))
    for slug, label in row.partners:
        if slug not in open_ones and slug not in labels_before:
            Partner.objects.create(initiative=initiative, organisation=organisations[slug], printed_as=label)
    ledger.note("initiative", row.key, "changed", {"partners": [said, now_said]})


def _withdraw(key: str, initiative: Initiative, ledger: Ledger) -> None:
    if initiative.withdrawn_at is not None or initiative.merged_into_id is not None:
        return
    if initiative.owner_id is not None:
        ledger.kept.append(Kept("initiative", key, "withdrawn", initiative.reference, LEFT_CATALOGUE))
        return
    ledger.withdraw("initiative", key, initiative, {"withdrawn_at": ledger.at, "withdrawn_reason": LEFT_CATALOGUE})


def _keep_history(ledger: Ledger) -> None:
    """What the load did to each initiative, in the history people read, and in its version."""
    actor = SystemActor(name="place catalogue", via="command")
    touched = {change.key: change for change in ledger.changes if change.kind == "initiative"}
    for initiative in Initiative.objects.filter(catalogue_key__in=touched):
        change = touched[str(initiative.catalogue_key)]
        if change.what != "added":
            initiative.version += 1
            initiative.changed_at = ledger.at
            initiative.save(update_fields=["version", "changed_at"])
        told = {n: pair for n, pair in change.differences.items() if n in ("title", "summary", "strand", "partners")}
        if "partners" in told:
            told["partners"] = [[label for _slug, label in side] for side in told["partners"]]
        keep(actor=actor, action=f"initiative.{_ACTS[change.what]}", obj=initiative, changes=told, at=ledger.at)


_ACTS: Final = {"added": "load", "changed": "reload", "withdrawn": "withdraw"}


@after_load("initiatives.index")
def index_again(ledger: Ledger) -> None:
    """What was loaded, and whatever shows a thing by the name it had before, is found by its new words."""
    indexing.reindex(
        Initiative.objects.filter(catalogue_key__in=ledger.keys_of("initiative")).values_list("pk", flat=True)
    )
    renamed = {
        kind: {c.key for c in ledger.changes if c.kind == kind and c.what == "changed"}
        for kind in ("organisation", "element", "area")
    }
    if any(renamed.values()):
        indexing.reindex_named(
            organisations=Organisation.objects.filter(slug__in=renamed["organisation"]).values_list("pk", flat=True),
            elements=Element.objects.filter(code__in=renamed["element"]).values_list("pk", flat=True),
            areas=Area.objects.filter(code__in=renamed["area"]).values_list("pk", flat=True),
        )


PRINTED_COLUMNS: Final = ("Ambition", "Strand", "Theme", "Examples of joint working", "Partners")


@dataclass(frozen=True)
class PrintedRow:
    """One row of the table as its source prints it."""

    ambition: str
    strand: str
    theme: str
    examples: list[str]
    partners: list[str]

    def cells(self) -> tuple[str | list[str], ...]:
        """The row in the order of :data:`PRINTED_COLUMNS`."""
        return self.ambition, self.strand, self.theme, self.examples, self.partners


def rows_as_printed() -> Iterator[PrintedRow]:
    """The table of joint work in its own layout and order, whatever became of its rows in the register since.

    Rows whose initiative was withdrawn or made less than public are left out: what is printed here is public.
    """
    public = Q(visibility=Visibility.PUBLIC, withdrawn_at=None)
    for labels in (
        Initiative.objects.filter(public).exclude(catalogue_key=None).order_by("number").values_list(
            "original_labels", flat=True
        )
    ):  # fmt: skip
        yield PrintedRow(
            ambition=labels.get("ambition") or "",
            strand=labels.get("strand_as_printed") or "",
            theme=labels.get("theme") or "",
            examples=list(labels.get("examples") or []),
            partners=list(labels.get("partners") or []),
        )
