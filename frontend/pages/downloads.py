"""Every public list as a file: CSV, Excel and JSON, chosen as on its page, with nothing that the page would not show.

A choice that cannot be understood is refused: the file would mean something else than who asked for it believes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from collaboration.governance.board_exports import PARTNERSHIPS, partnership_records
from collaboration.governance.decision_exports import DECISIONS, decision_records
from collaboration.governance.meeting_exports import MEETINGS, meeting_records
from collaboration.governance.queries.board_lists import Filters as BoardFilters
from collaboration.governance.queries.decisions import DecisionFilters
from collaboration.governance.queries.meeting_lists import MeetingFilters
from collaboration.initiatives.catalogue import rows_as_printed
from collaboration.initiatives.exports import INITIATIVES, JOINT_WORKING, UPDATES, update_cells, update_record
from collaboration.initiatives.finding import KINDS, Filters, find_all
from collaboration.thread.exports import COVERAGE, GAPS, coverage_records, gap_records
from collaboration.thread.queries import COLUMNS, totals
from collaboration.workshops.exports import WORKSHOPS, workshop_records
from collaboration.workshops.queries import LISTS
from frontend.pages import filtering
from frontend.pages.coverage import asked_day
from groundwork.directory.exports import AREAS, ORGANISATIONS, area_records, organisation_records
from groundwork.directory.queries import sectors, the_place
from groundwork.sheets.columns import Table
from groundwork.web.exports import FORMATS, Format, download
from vision.frameworks.exports import (
    AMBITIONS,
    BUILDING_BLOCKS,
    ENDORSEMENTS,
    FRAMEWORKS,
    ambition_records,
    building_block_records,
    element_records,
    endorsement_records,
)
from vision.frameworks.queries import ambitions as all_ambitions
from vision.frameworks.queries import framework as framework_by_key
from vision.frameworks.queries import frameworks as all_frameworks
from vision.frameworks.queries import vision as the_vision

MOST_WORDS = 200


@require_safe
def initiatives(request: HttpRequest, format: Format) -> HttpResponseBase:
    filters, problems, _known = filtering.asked(request)
    if problems:
        return refused(problems)
    licence = _licence()
    return download(
        request,
        format=format,
        name=INITIATIVES.name,
        title=str(INITIATIVES.title),
        columns=INITIATIVES.columns,
        rows=find_all(request.actor, filters),  # type: ignore[attr-defined]
        cells=lambda row: row.cells(licence),
        record=lambda row: {**row.record, "licence": licence},
    )


@require_safe
def updates(request: HttpRequest, format: Format) -> HttpResponseBase:
    licence = _licence()
    return download(
        request,
        format=format,
        name=UPDATES.name,
        title=str(UPDATES.title),
        columns=UPDATES.columns,
        rows=find_all(request.actor, Filters()),  # type: ignore[attr-defined]
        cells=lambda row: update_cells(row, licence),
        record=lambda row: update_record(row, licence),
    )


@require_safe
def joint_working(request: HttpRequest, format: Format) -> HttpResponseBase:
    """The joint work that came with the place, in the layout and words of the table it was printed in."""
    return download(
        request,
        format=format,
        name=JOINT_WORKING.name,
        title=str(JOINT_WORKING.title),
        columns=JOINT_WORKING.columns,
        rows=rows_as_printed(),
        cells=lambda row: row.cells(),
        record=lambda row: dict(zip(JOINT_WORKING.headers, row.cells(), strict=True)),
    )


@require_safe
def organisations(request: HttpRequest, format: Format) -> HttpResponseBase:
    words, sector, problems = asked_of_organisations(request, {each.code for each in sectors()})
    if problems:
        return refused([_("%s Leave sector out to get organisations of every sector.") % each for each in problems])
    return _of_records(request, format, ORGANISATIONS, organisation_records(words=words, sector=sector))


@require_safe
def areas(request: HttpRequest, format: Format) -> HttpResponseBase:
    return _of_records(request, format, AREAS, area_records(totals("area")))


@require_safe
def frameworks(request: HttpRequest, format: Format) -> HttpResponseBase:
    """One line for each element of every framework, or of the one asked for."""
    key = request.GET.get("framework", "")
    if key and key not in {each.key for each in all_frameworks()}:
        return refused([_("There is no such framework. Leave framework out to get the elements of all of them.")])
    return _of_records(request, format, FRAMEWORKS, element_records(framework=key))


@require_safe
def endorsements(request: HttpRequest, format: Format) -> HttpResponseBase:
    """Who endorses the framework asked for; the vision where none is."""
    key = request.GET.get("framework", "")
    if key and key not in {each.key for each in all_frameworks()}:
        return refused([_("There is no such framework. Leave framework out to get who endorses the vision.")])
    found = framework_by_key(key) if key else the_vision()
    return _of_records(request, format, ENDORSEMENTS, endorsement_records(found) if found else ())


@require_safe
def ambitions(request: HttpRequest, format: Format) -> HttpResponseBase:
    return _of_records(request, format, AMBITIONS, ambition_records(totals("ambition")))


@require_safe
def building_blocks(request: HttpRequest, format: Format) -> HttpResponseBase:
    return _of_records(request, format, BUILDING_BLOCKS, building_block_records(totals("block")))


@require_safe
def coverage(request: HttpRequest, format: Format) -> HttpResponseBase:
    """One line for each cell of a table, with its figures."""
    columns = request.GET.get("columns") or "block"
    if columns not in COLUMNS:
        return refused([_("columns must be block or area.")])
    on, wrong = asked_day(request)
    if wrong:
        return refused([_("on must be a day like 2027-06-01.")])
    return _of_records(request, format, COVERAGE[columns], coverage_records(columns, on), name=f"coverage-{columns}")


@require_safe
def gaps(request: HttpRequest, format: Format) -> HttpResponseBase:
    """Where nothing is registered, of every ambition or of the one asked for."""
    code = request.GET.get("ambition", "")
    if code and code not in {each.code for each in all_ambitions()}:
        return refused([_("There is no such ambition. Leave ambition out to get the gaps of all of them.")])
    return _of_records(request, format, GAPS, gap_records(ambition=code))


@require_safe
def workshops(request: HttpRequest, format: Format) -> HttpResponseBase:
    """What the reader may know of, chosen as on its page."""
    which = request.GET.get("when", "")
    if which and which not in LISTS:
        return refused([_("when must be one of: %s.") % ", ".join(LISTS)])
    words = request.GET.get("q", "").replace("\x00", "").strip()[:MOST_WORDS]
    found = workshop_records(request.actor, which or None, words=words)  # type: ignore[attr-defined]
    return _of_records(request, format, WORKSHOPS, found)


@require_safe
def decisions(request: HttpRequest, format: Format) -> HttpResponseBase:
    """The register of decisions, chosen as on its page."""
    filters, problems = DecisionFilters.from_query(request.actor, request.GET.dict())  # type: ignore[attr-defined]
    if problems:
        return refused(problems)
    return _of_records(request, format, DECISIONS, decision_records(request.actor, filters))  # type: ignore[attr-defined]


@require_safe
def meetings(request: HttpRequest, format: Format) -> HttpResponseBase:
    """The meetings the reader may know of, chosen as on their page."""
    actor = request.actor  # type: ignore[attr-defined]
    filters, problems = MeetingFilters.from_query(actor, request.GET.dict())
    if problems:
        return refused(problems)
    return _of_records(request, format, MEETINGS, meeting_records(actor, filters))


@require_safe
def partnerships(request: HttpRequest, format: Format) -> HttpResponseBase:
    """The boards the reader may see, chosen as on their page."""
    filters, problems = BoardFilters.from_query(request.GET.dict())
    if problems:
        return refused(problems)
    return _of_records(request, format, PARTNERSHIPS, partnership_records(request.actor, filters))  # type: ignore[attr-defined]


@dataclass(frozen=True)
class File:
    view: Callable[..., HttpResponseBase]
    chosen_by: tuple[str, ...] = ()
    """The parameters that narrow it. Any other is refused: a misspelt filter would give everything."""


FILES: dict[str, File] = {
    "initiatives": File(initiatives, (*KINDS, "words", "q", "sort", "page")),
    "updates": File(updates),
    "joint-working": File(joint_working),
    "organisations": File(organisations, ("words", "sector")),
    "areas": File(areas),
    "frameworks": File(frameworks, ("framework",)),
    "endorsements": File(endorsements, ("framework",)),
    "ambitions": File(ambitions),
    "building-blocks": File(building_blocks),
    "coverage": File(coverage, ("columns", "on")),
    "gaps": File(gaps, ("ambition",)),
    "workshops": File(workshops, ("when", "q")),
    "decisions": File(decisions, ("board", "ambition", "organisation", "year", "status", "contrary", "q", "page")),
    "meetings": File(meetings, ("when", "board", "q", "page")),
    "partnerships": File(partnerships, ("status", "kind", "whose", "q")),
}


def _of(file: File) -> Callable[..., HttpResponseBase]:
    @wraps(file.view)
    def asked(request: HttpRequest, format: Format) -> HttpResponseBase:
        unknown = sorted(set(request.GET) - set(file.chosen_by))
        if unknown:
            has = _("It can be narrowed by: %s.") % ", ".join(file.chosen_by) if file.chosen_by else ""
            told = [_("This list cannot be narrowed by “%s”.") % _shown(name) for name in unknown[:5]]
            return refused([*told, has] if has else told)
        return file.view(request, format)

    return asked


def _shown(name: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in name[:40])


urlpatterns: list[URLPattern] = [
    path(f"{name}.{format}", _of(file), {"format": format}, name=f"{name}-{format}")
    for name, file in FILES.items()
    for format in FORMATS
]


def asked_of_organisations(request: HttpRequest, sector_codes: Iterable[str]) -> tuple[str, str, list[str]]:
    """The words and the sector that an address asks for, and a sentence for what could not be understood."""
    words = request.GET.get("words", "").replace("\x00", "").strip()[:MOST_WORDS]
    sector = request.GET.get("sector", "")
    if sector and sector not in set(sector_codes):
        return words, "", [_("There is no such sector.")]
    return words, sector, []


def refused(problems: list[str]) -> HttpResponse:
    """An answer to who asked for a file that cannot be made: why, in sentences."""
    return HttpResponse("\n".join(problems) + "\n", status=400, content_type="text/plain; charset=utf-8")


def _of_records(
    request: HttpRequest, format: Format, table: Table, records: Iterable[dict[str, Any]], *, name: str = ""
) -> HttpResponseBase:
    licence = _licence()
    return download(
        request,
        format=format,
        name=name or table.name,
        title=str(table.title),
        columns=table.columns,
        rows=({**record, "licence": licence} for record in records),
        cells=lambda record: [record[name] for name in table.headers],
        record=lambda record: record,
    )


def _licence() -> str:
    place = the_place()
    return place.data_licence if place else ""
