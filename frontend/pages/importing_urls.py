"""The addresses of the import of a spreadsheet."""

from django.urls import URLPattern, path

from frontend.pages.importing import deciding, looking, matching, uploading

urlpatterns: list[URLPattern] = [
    path("import/", uploading.imports, name="imports"),
    path("import/template.csv", uploading.template_csv, name="import-template-csv"),
    path("import/template.xlsx", uploading.template_xlsx, name="import-template-xlsx"),
    path("import/<uuid:identifier>/", looking.one, name="import"),
    path("import/<uuid:identifier>/columns/", matching.columns, name="import-columns"),
    path("import/<uuid:identifier>/rejected.csv", looking.rejected, name="import-rejected"),
    path("import/<uuid:identifier>/confirm/", deciding.confirm, name="import-confirm"),
    path("import/<uuid:identifier>/cancel/", deciding.cancel, name="import-cancel"),
    path("import/<uuid:identifier>/undo/", deciding.undo, name="import-undo"),
]
