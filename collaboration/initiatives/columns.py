"""The columns of an initiative: what a spreadsheet, the API and the dictionary of columns say of it, and in what words.

There is one record of each initiative. A JSON answer gives its codes; a cell of a sheet gives names where people read
names. Both are made here, once, when an initiative is indexed, so that a download reads them and computes nothing.
What is empty or null is not stated.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from collaboration.initiatives.models import Initiative, Partner
from groundwork.directory.models import Organisation
from groundwork.sheets.columns import Column
from vision.frameworks.models import Element, Framework

COLUMNS: Final = (
    Column(name="ref", kind="code", meaning=_("The reference of the initiative. It never changes.")),
    Column(name="title", kind="text", meaning=_("What it is called.")),
    Column(name="summary", kind="text", meaning=_("What it is, in a few plain sentences.")),
    Column(
        name="stage",
        kind="code",
        meaning=_("How far it is: idea, proposed, active, paused, completed, or ended early (ended)."),
    ),
    Column(name="lead", kind="text", meaning=_("The organisation that leads it. In JSON its code.")),
    Column(
        name="partners",
        kind="list",
        meaning=_("The other organisations in it, each with its role in brackets where it is stated. In JSON codes."),
    ),
    Column(
        name="strands",
        kind="list",
        meaning=_("Codes of the strands of the vision, or of whole ambitions, it contributes to; the main ones first."),
    ),
    Column(name="blocks", kind="list", meaning=_("Codes of the building blocks of working together it strengthens.")),
    Column(name="areas", kind="list", meaning=_("The areas where it happens. In JSON their official (GSS) codes.")),
    Column(name="start", kind="date", meaning=_("The day it began or begins.")),
    Column(name="end", kind="date", meaning=_("The day it ended or is to end.")),
    Column(name="money", kind="number", unit=_("pounds sterling"), meaning=_("All stated funding together.")),
    Column(
        name="contact",
        kind="text",
        meaning=_("The role to contact, with its email address; in JSON the role, and contact_email. Never a name."),
    ),
    Column(name="source", kind="text", meaning=_("The document and row it was taken from, where it was.")),
    Column(name="original_labels", kind="text", meaning=_("Labels exactly as that source prints them.")),
    Column(name="difference", kind="text", meaning=_("What difference it should make.")),
    Column(
        name="scale",
        kind="code",
        meaning=_("How far it reaches: neighbourhood, town, district, several (districts), county."),
    ),
    Column(name="participation", kind="text", meaning=_("How people take part in it.")),
    Column(name="ambitions", kind="list", meaning=_("Codes of the ambitions its strands belong to.")),
    Column(name="principles", kind="list", meaning=_("Codes of the principles it follows.")),
    Column(
        name="elements",
        kind="list",
        meaning=_("Codes of what else it answers to: commitments, priorities and the like."),
    ),
    Column(name="verified", kind="date", meaning=_("The day somebody last said that the record is still accurate.")),
    Column(name="published", kind="date", meaning=_("The day it was published.")),
    Column(name="changed", kind="moment", meaning=_("When the record last changed, by the clock of the place.")),
    Column(
        name="visibility", kind="code", meaning=_("Who can see it: public, partners (signed in), or draft (its owner).")
    ),
    Column(name="exemplar", kind="yes_no", meaning=_("Whether a partnership officer marked it as good practice.")),
    Column(name="address", kind="address", meaning=_("The page of the initiative.")),
    Column(name="licence", kind="text", meaning=_("The licence under which the data may be used.")),
)

TEMPLATE: Final = (
    "title",
    "summary",
    "stage",
    "lead",
    "partners",
    "strands",
    "blocks",
    "areas",
    "start",
    "end",
    "money",
    "contact",
    "source",
    "original_labels",
)
"""The columns that an import understands, besides ``ref``. The others only tell."""

SEPARATOR: Final = "; "


@dataclass(frozen=True)
class Aligned:
    """The elements an initiative answers to, by code and by the part their framework plays, main strands first."""

    ambitions: dict[str, Element]
    strands: dict[str, Element]
    """Strands, and ambitions that are named as a whole: what the vision says that was chosen."""
    blocks: dict[str, Element]
    principles: dict[str, Element]
    others: dict[str, Element]


def aligned(initiative: Initiative, elements: dict[int, Element]) -> Aligned:
    """Sort the alignments of an initiative; ``elements`` are all elements by primary key, with their frameworks."""
    found = Aligned({}, {}, {}, {}, {})
    for alignment in initiative.alignments.all():
        element = elements[alignment.element_id]
        if element.kind == "principle":
            found.principles[element.code] = element
        elif element.framework.part == Framework.Part.VISION:
            top = element
            while top.parent_id is not None:
                top = elements[top.parent_id]
            found.ambitions[top.code] = top
            found.strands[element.code] = element
        elif element.framework.part == Framework.Part.BUILDING_BLOCKS:
            found.blocks[element.code] = element
        else:
            found.others[element.code] = element
    return found


def said(initiative: Initiative, partners: Iterable[Partner], elements: dict[int, Element]) -> dict[str, Any]:
    """The record of an initiative: ``{"record": codes, "names": what a sheet says instead}``, as JSON values.

    ``partners`` are those to be shown. Alignments, areas, funding and lead are read from the initiative; whoever
    makes many has prefetched them.
    """
    answers = aligned(initiative, elements)
    lead = initiative.lead
    others = [p for p in partners if not (p.role == Partner.Role.LEAD and p.organisation_id == initiative.lead_id)]
    areas = list(initiative.areas.all())
    amounts = [line.amount for line in initiative.funding.all() if line.amount is not None]
    record = {
        "ref": initiative.reference,
        "title": initiative.title,
        "summary": initiative.summary,
        "stage": initiative.stage,
        "lead": lead.slug if lead else None,
        "partners": list(dict.fromkeys(p.organisation.slug for p in others)),
        "strands": list(answers.strands),
        "blocks": list(answers.blocks),
        "areas": [area.code for area in areas],
        "start": initiative.starts_on.isoformat() if initiative.starts_on else None,
        "end": initiative.ends_on.isoformat() if initiative.ends_on else None,
        "money": _number(sum(amounts, Decimal(0))) if amounts else None,
        "contact": initiative.contact_role,
        "contact_email": initiative.contact_email,
        "source": spoken_source(initiative.source),
        "original_labels": initiative.original_labels,
        "difference": initiative.difference,
        "scale": initiative.scale,
        "participation": initiative.participation,
        "ambitions": list(answers.ambitions),
        "principles": list(answers.principles),
        "elements": list(answers.others),
        "verified": _day(initiative.verified_at),
        "published": _day(initiative.published_at),
        "changed": timezone.localtime(initiative.changed_at).isoformat(timespec="seconds"),
        "visibility": initiative.visibility,
        "exemplar": initiative.is_exemplar,
    }
    names = {
        "lead": _named(lead) if lead else "",
        "partners": [_named(p.organisation) + (f" ({p.role})" if p.role else "") for p in others],
        "areas": [area.name if ";" not in area.name else area.code for area in areas],
    }
    return {"record": record, "names": names}


def cells(said: dict[str, Any], licence: str) -> list[Any]:
    """A record as a line of a sheet, in the order of :data:`COLUMNS`."""
    record, names = said["record"], said["names"]
    shown = {
        **record,
        **names,
        "contact": spoken_contact(record["contact"], record["contact_email"]),
        "original_labels": spoken_labels(record["original_labels"]),
        "address": address(record["ref"]),
        "licence": licence,
    }
    return [shown[column.name] for column in COLUMNS]


def address(reference: str) -> str:
    """Where the page of an initiative is."""
    return settings.BASE_URL + reverse("initiative", args=[reference])


def spoken_contact(role: str, email: str) -> str:
    """``Partnership manager <partnerships@example.org>``, or what of it is stated."""
    return f"{role} <{email}>".strip() if email else role


def spoken_source(source: dict[str, Any]) -> str:
    """Where something was found, in one line: the document, its section, the row."""
    document, section, row = (str(source.get(key) or "") for key in ("document", "section", "row"))
    return ", ".join(part for part in (document, section, f"row {row}" if row else "") if part)


LABELS: Final = "labels"
"""The key under which labels are kept that a sheet gave as a plain list."""


def spoken_labels(labels: dict[str, Any]) -> str:
    """Labels as one cell: the list as it was given, or JSON where the source named each."""
    if not labels:
        return ""
    listed = labels.get(LABELS)
    if list(labels) == [LABELS] and isinstance(listed, list):
        return SEPARATOR.join(str(each) for each in listed)
    return json.dumps(labels, ensure_ascii=False)


def _named(organisation: Organisation) -> str:
    # A name with a semicolon would fall apart in a list.
    return organisation.name if ";" not in organisation.name else organisation.slug


def _number(amount: Decimal) -> int | float:
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def _day(moment: Any) -> str | None:
    return timezone.localtime(moment).date().isoformat() if moment else None


def names_of(columns: Sequence[Column]) -> tuple[str, ...]:
    return tuple(column.name for column in columns)
