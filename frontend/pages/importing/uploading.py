"""The first page of an import: what it does, the templates, the upload, and what was imported before."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from collaboration.imports import queries, services, template
from frontend.pages.gate import actor_of, signed_in
from frontend.pages.importing import words
from frontend.pages.importing.forms import UploadForm
from groundwork.access.errors import Invalid
from groundwork.access.rules import require

IMPORTS_ON_A_PAGE = 20
TEMPLATE_NAME = "golden-thread-template"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """Choose a file. Posting reads it and leads to its columns; a file that cannot be read says why."""
    actor = actor_of(request)
    require(actor, "import.start")
    form, status = UploadForm(), 200
    if request.method == "POST":
        form, status = UploadForm(request.POST, request.FILES), 422
        if form.is_valid():
            file = form.cleaned_data["file"]
            try:
                imported = services.upload(actor=actor, file=file, name=file.name)
            except Invalid as error:
                form.refuse(error)
            else:
                return redirect("import-columns", imported.pk)
    before = Paginator(queries.imports_of(actor), IMPORTS_ON_A_PAGE).get_page(request.GET.get("page"))
    columns = [{"name": name, "text": words.COLUMNS[name], "how": how} for name, how in template.how_to_fill().items()]
    context = {"form": form, "columns": columns, "imports": before}
    return render(request, "frontend/importing/start.html", context, status=status)


@require_safe
def template_csv(request: HttpRequest) -> HttpResponse:
    """An empty sheet with the headings that an import understands."""
    return _file(template.csv_template(), "text/csv; charset=utf-8", "csv")


@require_safe
def template_xlsx(request: HttpRequest) -> HttpResponse:
    """The same for Excel."""
    return _file(template.xlsx_template(), XLSX, "xlsx")


def _file(content: bytes, kind: str, ending: str) -> HttpResponse:
    disposition = f'attachment; filename="{TEMPLATE_NAME}.{ending}"'
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": disposition})
