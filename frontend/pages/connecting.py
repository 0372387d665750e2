"""Help for people who bring the register to where they work: Excel, Power BI, a program, or a spreadsheet of their own.

The queries and examples on these pages are files: ``connecting/*.pq`` beside the templates and ``docs/examples/``. Only
the address of this installation is filled in, so that what a page shows is what the tests have run.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from collaboration.imports.template import how_to_fill
from collaboration.initiatives.columns import COLUMNS
from frontend.context import address

QUERIES = Path(__file__).parents[1] / "templates" / "frontend" / "connecting"
EXAMPLES = Path(settings.ROOT) / "docs" / "examples"
WRITTEN_SITE = "https://thread.example.org"
"""The address in the queries as they lie in their files."""

SHEETS = (
    ("initiatives-csv", "", gettext_lazy("Initiatives")),
    ("organisations-csv", "", gettext_lazy("Organisations")),
    ("areas-csv", "", gettext_lazy("Areas")),
    ("ambitions-csv", "", gettext_lazy("Ambitions")),
    ("building-blocks-csv", "", gettext_lazy("Building blocks")),
    ("frameworks-csv", "", gettext_lazy("Elements of all frameworks")),
    ("coverage-csv", "", gettext_lazy("Coverage by building block")),
    ("coverage-csv", "?columns=area", gettext_lazy("Coverage by area")),
    ("gaps-csv", "", gettext_lazy("Gaps: where nothing is registered")),
    ("updates-csv", "", gettext_lazy("Latest changes")),
)
"""The lists that are spreadsheets too: the name of the address, what is asked for, the words."""

SHOWN_EXAMPLES = (
    ("list_initiatives.sh", gettext_lazy("List initiatives with curl")),
    ("register_initiative.sh", gettext_lazy("Register an initiative with curl")),
    ("list_initiatives.py", gettext_lazy("List initiatives with Python")),
    ("register_and_publish.py", gettext_lazy("Register, correct and publish with Python")),
    ("take_part_in_a_workshop.py", gettext_lazy("Take part in a workshop with Python")),
    ("coverage_to_csv.py", gettext_lazy("Coverage as a spreadsheet with Python")),
)

IMPORTING = """\
goldenthread import-initiatives work.xlsx --dry-run
goldenthread import-initiatives work.xlsx --as somebody@council.example
goldenthread import-initiatives work.xlsx --as somebody@council.example --skip-bad
"""
"""Importing on the command line: look first; then everything or nothing; then what is good of it."""


@require_safe
def connect_excel(request: HttpRequest) -> HttpResponse:
    context = {
        "title": _("Connect Excel"),
        "sheets": _sheets(),
        "initiatives_query": query("initiatives"),
        "drafts_query": query("drafts"),
        "columns": _columns(),
    }
    return render(request, "frontend/connecting/excel.html", _common() | context)


@require_safe
def connect_power_bi(request: HttpRequest) -> HttpResponse:
    context = {
        "title": _("Connect Power BI"),
        "sheets": _sheets(),
        "initiatives_query": query("initiatives"),
        "elements_query": query("elements"),
        "strands_query": query("strands"),
        "coverage_query": query("coverage"),
        "spreadsheet_query": query("spreadsheet"),
        "drafts_query": query("drafts"),
        "columns": _columns(),
    }
    return render(request, "frontend/connecting/power_bi.html", _common() | context)


@require_safe
def use_the_api(request: HttpRequest) -> HttpResponse:
    context = {
        "title": _("Use the API"),
        "environment": f"export GOLDENTHREAD_URL={settings.BASE_URL}\nexport GOLDENTHREAD_TOKEN=gt_…\n",
        "examples": [{"name": name, "title": title, "code": example(name)} for name, title in SHOWN_EXAMPLES],
    }
    return render(request, "frontend/connecting/api.html", _common() | context)


@require_safe
def import_help(request: HttpRequest) -> HttpResponse:
    context = {
        "title": _("Import a spreadsheet"),
        "columns": how_to_fill(),
        "commands": IMPORTING,
        "imports": address("imports"),
        "template_csv": address("import-template-csv"),
        "template_xlsx": address("import-template-xlsx"),
    }
    return render(request, "frontend/connecting/import.html", _common() | context)


def query(name: str) -> str:
    """A query in Power Query's language, with the address of this installation."""
    return _written(QUERIES / f"{name}.pq").replace(WRITTEN_SITE, settings.BASE_URL.replace('"', '""'))


def example(name: str) -> str:
    """An example, exactly as it lies in ``docs/examples``."""
    return _written(EXAMPLES / name)


@cache
def _written(path: Path) -> str:
    return path.read_text("utf-8")


def _sheets() -> list[dict[str, str]]:
    return [
        {"text": str(words), "href": settings.BASE_URL + href + asked}
        for name, asked, words in SHEETS
        if (href := address(name))
    ]


def _columns() -> list[dict[str, str]]:
    """The columns of an initiative, for the table that says what each means."""
    kinds = {
        "text": _("text"),
        "code": _("code"),
        "list": _("list, separated by semicolons"),
        "number": _("number"),
        "date": _("date"),
        "moment": _("date and time"),
        "yes_no": _("yes or no"),
        "address": _("address of a page"),
    }
    return [
        {"name": column.name, "meaning": str(column.meaning), "kind": kinds[column.kind], "unit": str(column.unit)}
        for column in COLUMNS
    ]


def _common() -> dict[str, Any]:
    return {
        "base_url": settings.BASE_URL,
        "api_root": address("api-index") or "/api/v1/",
        "api_columns": address("api-columns") or "/api/v1/columns/",
        "api_docs": address("api-docs"),
        "api_description": address("api-openapi"),
        "tokens": address("account-tokens"),
    }
