"""The report as files. Each is made of what its reader's page of the report shows."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from collaboration.boards import services as boards
from collaboration.boards.afterwards import files
from collaboration.boards.afterwards.reading import Report, read
from frontend.pages.joining_in.here import Here
from frontend.pages.reporting.reaching import reading
from groundwork.access.rules import require
from groundwork.sheets.writing import xlsx_file
from groundwork.web.exports import CONTENT_TYPES, csv_response

_HEADERS = [column.name for column in files.COLUMNS]


LONGEST_TITLE = 60


def _name(report: Report, ending: str) -> str:
    """Its title and the day it took place, and never the code: whoever is handed the file is not handed the way in.

    Of a sensitive workshop the title stays inside: names of files are read over shoulders and kept in lists.
    """
    workshop = report.workshop
    begun = workshop.starts_at or workshop.opened_at or workshop.created_at
    title = "" if workshop.sensitive else slugify(workshop.title)[:LONGEST_TITLE].strip("-")
    return f"{title or 'workshop'}-{timezone.localtime(begun):%Y-%m-%d}.{ending}"


def _attached(response: HttpResponseBase, name: str) -> HttpResponseBase:
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@reading
@require_safe
def csv(request: HttpRequest, here: Here) -> HttpResponseBase:
    report = read(actor=here.actor, workshop=here.workshop)
    return csv_response(request, filename=_name(report, "csv"), headers=_HEADERS, rows=files.rows(report))


@reading
@require_safe
def xlsx(request: HttpRequest, here: Here) -> HttpResponseBase:
    report = read(actor=here.actor, workshop=here.workshop)
    kinds = [column.kind for column in files.COLUMNS]
    about = {"title": report.outline.title}
    with xlsx_file(_HEADERS, files.rows(report), sheet_name=_("Notes"), kinds=kinds, about=about) as file:
        # Read here: an open file cannot be sent piece by piece by a server that is asynchronous.
        response = HttpResponse(file.read(), content_type=CONTENT_TYPES["xlsx"])
    return _attached(response, _name(report, "xlsx"))


@reading
@require_safe
def markdown(request: HttpRequest, here: Here) -> HttpResponseBase:
    report = read(actor=here.actor, workshop=here.workshop)
    response = HttpResponse(files.markdown(report), content_type="text/markdown; charset=utf-8")
    return _attached(response, _name(report, "md"))


@reading
@require_safe
def json(request: HttpRequest, here: Here) -> HttpResponseBase:
    """The board, for another workshop to begin with: what everybody in the room may see."""
    require(here.actor, "report.take_file", here.workshop)
    report = read(actor=here.actor, workshop=here.workshop)
    response = JsonResponse(boards.export_board(here.workshop), json_dumps_params={"ensure_ascii": False, "indent": 1})
    return _attached(response, _name(report, "json"))


@reading
@require_safe
def picture(request: HttpRequest, here: Here) -> HttpResponseBase:
    """The board as a picture that names nobody."""
    report = read(actor=here.actor, workshop=here.workshop)
    response = HttpResponse(files.picture(report), content_type="image/svg+xml; charset=utf-8")
    response["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'self'; sandbox"
    return _attached(response, _name(report, "svg"))
