"""What somebody states of an initiative, and what that would change."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any, Final

from collaboration.initiatives.models import Alignment, FundingLine, Initiative, Partner
from groundwork.directory.models import Area, Organisation


class Unstated(Enum):
    """Nothing is said of this: it stays as it is."""

    UNSTATED = "unstated"


UNSTATED: Final = Unstated.UNSTATED


@dataclass(frozen=True, kw_only=True)
class PartnerStatement:
    """An organisation by slug, identifier or name. A ``role`` or ``contribution`` of None stays as it is."""

    organisation: str
    role: str | None = None
    contribution: str | None = None


@dataclass(frozen=True, kw_only=True)
class Statement:
    """What is said of an initiative. What is :data:`UNSTATED` stays; "" and None mean "not stated".

    Elements, areas and organisations are named by code, slug, identifier, name or another name they are known by.
    """

    title: str | Unstated = UNSTATED
    summary: str | Unstated = UNSTATED
    difference: str | Unstated = UNSTATED
    stage: str | Unstated = UNSTATED
    scale: str | Unstated = UNSTATED
    participation: str | Unstated = UNSTATED
    contact_role: str | Unstated = UNSTATED
    contact_email: str | Unstated = UNSTATED
    intended_visibility: str | Unstated = UNSTATED
    start: date | str | Unstated | None = UNSTATED
    end: date | str | Unstated | None = UNSTATED
    money: Decimal | str | int | Unstated | None = UNSTATED
    """Pounds in all. Refused where the record has several lines of funding, or says where its money comes from."""
    lead: str | Unstated = UNSTATED
    partners: Sequence[PartnerStatement] | Unstated = UNSTATED
    """All of them; whom this leaves out is no longer named. The lead need not be among them."""
    strands: Sequence[str] | Unstated = UNSTATED
    """All strands, or whole ambitions, the main ones first. Main ones stay main; of a record without any, the first
    three strands become so."""
    main: Sequence[tuple[str, str]] | Unstated = UNSTATED
    """All main strands, each with its sentence. With ``strands``, those are the further ones."""
    blocks: Sequence[str] | Unstated = UNSTATED
    areas: Sequence[str] | Unstated = UNSTATED
    elements: Sequence[str] | Unstated = UNSTATED
    principles: Sequence[str] | Unstated = UNSTATED
    source: str | dict[str, Any] | Unstated = UNSTATED
    original_labels: dict[str, Any] | list[str] | Unstated = UNSTATED

    def to_json(self) -> dict[str, Any]:
        """What is stated, as JSON values."""
        kept: dict[str, Any] = {}
        for each in dataclasses.fields(self):
            value = getattr(self, each.name)
            if value is UNSTATED:
                continue
            if isinstance(value, date):
                value = value.isoformat()
            elif isinstance(value, Decimal):
                value = str(value)
            elif each.name == "partners":
                value = [dataclasses.asdict(partner) for partner in value]
            elif isinstance(value, tuple | list):
                value = [list(item) if isinstance(item, tuple) else item for item in value]
            kept[each.name] = value
        return kept

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Statement:
        """The inverse of :meth:`to_json`."""
        values = dict(data)
        if "partners" in values:
            values["partners"] = [PartnerStatement(**partner) for partner in values["partners"]]
        if "main" in values:
            values["main"] = [(code, sentence) for code, sentence in values["main"]]
        return cls(**values)


@dataclass
class Target:
    """What has to be written, worked out. Rows are as the database has them now, or not saved yet."""

    fields: dict[str, Any] = field(default_factory=dict)
    """Columns of the initiative itself that change."""
    new_partners: list[Partner] = field(default_factory=list)
    reworded: list[Partner] = field(default_factory=list)
    """With their new contribution."""
    gone_partners: list[Partner] = field(default_factory=list)
    new_alignments: list[Alignment] = field(default_factory=list)
    changed_alignments: list[Alignment] = field(default_factory=list)
    gone_alignments: list[Alignment] = field(default_factory=list)
    new_areas: list[Area] = field(default_factory=list)
    gone_areas: list[Area] = field(default_factory=list)
    new_funding: list[FundingLine] = field(default_factory=list)
    changed_funding: list[FundingLine] = field(default_factory=list)
    gone_funding: list[FundingLine] = field(default_factory=list)


@dataclass
class Plan:
    """What saying ``statement`` of ``initiative`` (None: of a new one) would change, or why it cannot be said."""

    initiative: Initiative | None
    statement: Statement
    errors: dict[str, list[str]] = field(default_factory=dict)
    """Sentences by field of the statement (``partners.0`` for the first partner); "" is the whole."""
    changes: dict[str, list[Any]] = field(default_factory=dict)
    """{field: [before, after]} as the history shows it to people; empty when nothing changes."""
    inverse: Statement = field(default_factory=Statement)
    """What would take the change back."""
    target: Target = field(default_factory=Target)

    @property
    def is_rejected(self) -> bool:
        return bool(self.errors)

    @property
    def is_new(self) -> bool:
        return self.initiative is None and not self.errors

    @property
    def is_unchanged(self) -> bool:
        return self.initiative is not None and not self.changes and not self.errors

    @property
    def is_change(self) -> bool:
        return self.initiative is not None and bool(self.changes) and not self.errors


@dataclass
class Present:
    """What a record says now, read for many at once. Of a new one: nothing."""

    alignments: list[Alignment] = field(default_factory=list)
    partners: list[Partner] = field(default_factory=list)
    """Open ones, those that declined among them."""
    areas: list[Area] = field(default_factory=list)
    funding: list[FundingLine] = field(default_factory=list)
    lead: Organisation | None = None
