"""What the place aims at as tables people can take away: elements of all frameworks, ambitions, building blocks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from groundwork.sheets.chunks import in_chunks
from groundwork.sheets.columns import LICENCE, Column, Table, register_table
from vision.frameworks.models import Framework
from vision.frameworks.queries import ambitions, building_blocks, elements_in_print, endorsement_register

_COUNT: Final = Column(
    name="initiatives",
    kind="number",
    unit=_("public initiatives"),
    meaning=_("How many public initiatives contribute to it."),
)

FRAMEWORKS: Final = register_table(
    Table(
        name="frameworks",
        title=_("Elements of all frameworks"),
        address="/frameworks",
        columns=(
            Column(name="framework", kind="code", meaning=_("The key of the framework that says it.")),
            Column(name="framework_title", kind="text", meaning=_("The title of that framework.")),
            Column(name="owner", kind="text", meaning=_("The organisation that owns the framework.")),
            Column(name="code", kind="code", meaning=_("The code of the element, the same in every list and filter.")),
            Column(name="title", kind="text", meaning=_("Its title. Empty: the source does not state it.")),
            Column(
                name="kind", kind="text", meaning=_("What it is: ambition, strand, building block, recommendation, …")
            ),
            Column(name="parent", kind="code", meaning=_("The code of the element it stands below.")),
            Column(name="level", kind="number", meaning=_("1 at the top of its framework, 2 below that, and so on.")),
            Column(name="summary", kind="text", meaning=_("What it says, in short.")),
            Column(name="also_called", kind="list", meaning=_("Other titles it is known and found by.")),
            Column(name="address", kind="address", meaning=_("The page of the golden thread through it.")),
            LICENCE,
        ),
    )
)

AMBITIONS: Final = register_table(
    Table(
        name="ambitions",
        title=_("Ambitions"),
        address="/ambitions",
        columns=(
            Column(name="code", kind="code", meaning=_("The code of the ambition.")),
            Column(name="title", kind="text", meaning=_("Its title.")),
            Column(name="summary", kind="text", meaning=_("What it says, in short.")),
            Column(name="strands", kind="list", meaning=_("The codes of its strands.")),
            _COUNT,
            Column(name="address", kind="address", meaning=_("Its page here.")),
            LICENCE,
        ),
    )
)

BUILDING_BLOCKS: Final = register_table(
    Table(
        name="building-blocks",
        title=_("Building blocks"),
        address="/building-blocks",
        columns=(
            Column(name="code", kind="code", meaning=_("The code of the building block.")),
            Column(name="title", kind="text", meaning=_("Its title.")),
            Column(name="summary", kind="text", meaning=_("What it says, in short.")),
            _COUNT,
            Column(name="address", kind="address", meaning=_("Its page here.")),
            LICENCE,
        ),
    )
)


ENDORSEMENTS: Final = register_table(
    Table(
        name="endorsements",
        title=_("Endorsements"),
        address="/endorsements",
        columns=(
            Column(name="framework", kind="code", meaning=_("The key of the framework that is endorsed.")),
            Column(name="organisation", kind="code", meaning=_("The code of the organisation.")),
            Column(name="organisation_name", kind="text", meaning=_("Its name today.")),
            Column(name="status", kind="code", meaning=_("endorsed, or withdrawn.")),
            Column(name="endorsed_on", kind="date", meaning=_("The day of the decision.")),
            Column(name="minute_reference", kind="text", meaning=_("The reference of the minute.")),
            Column(name="minute", kind="address", meaning=_("Where the minute can be read.")),
            Column(name="lead_office", kind="text", meaning=_("The office that leads on it there.")),
            Column(name="address", kind="address", meaning=_("The page of the register.")),
            LICENCE,
        ),
    )
)


def element_records(*, framework: str = "") -> Iterator[dict[str, Any]]:
    """Every element in force, framework by framework as printed; of one framework when its key is given."""
    for each in in_chunks(elements_in_print(framework)):
        yield {
            "framework": each.framework.key,
            "framework_title": each.framework.title,
            "owner": each.framework.owner.name if each.framework.owner else None,
            "code": each.code,
            "title": each.title,
            "kind": each.kind,
            "parent": each.parent.code if each.parent else None,
            "level": each.depth + 1,
            "summary": each.summary,
            "also_called": [alias.title for alias in each.aliases.all()],
            "address": settings.BASE_URL + reverse("thread-element", args=[each.code]),
        }


def ambition_records(initiatives: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    """The ambitions in order; ``initiatives`` counts the public ones by code."""
    for each in ambitions():
        yield {
            "code": each.code,
            "title": each.title,
            "summary": each.summary,
            "strands": [strand.code for strand in each.strands_in_order],  # type: ignore[attr-defined] # prefetched
            "initiatives": initiatives.get(each.code, 0),
            "address": settings.BASE_URL + reverse("ambition", args=[each.slug]),
        }


def building_block_records(initiatives: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    """The building blocks in order; ``initiatives`` counts the public ones by code."""
    for each in building_blocks():
        yield {
            "code": each.code,
            "title": each.title,
            "summary": each.summary,
            "initiatives": initiatives.get(each.code, 0),
            "address": settings.BASE_URL + reverse("building-block", args=[each.slug]),
        }


def endorsement_records(of: Framework) -> Iterator[dict[str, Any]]:
    """The public register of one framework, by organisation. Whoever leads is named by their office only."""
    for each in in_chunks(endorsement_register(of)):
        yield {
            "framework": each.framework.key,
            "organisation": each.organisation.slug,
            "organisation_name": each.organisation.name,
            "status": each.status,
            "endorsed_on": each.endorsed_on,
            "minute_reference": each.minute_reference,
            "minute": each.link,
            "lead_office": each.lead_office,
            "address": settings.BASE_URL + reverse("endorsements", args=[each.framework.key]),
        }
