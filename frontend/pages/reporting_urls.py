"""Addresses of a workshop's report and its files."""

from django.urls import URLPattern, path

from frontend.pages.reporting import downloads, outcome, report

_HERE = "w/<str:code>/"

urlpatterns: list[URLPattern] = [
    path(f"{_HERE}report/", report.report, name="workshop-report"),
    path(f"{_HERE}report/outcome/", outcome.outcome, name="workshop-outcome"),
    path(f"{_HERE}export.csv", downloads.csv, name="workshop-export-csv"),
    path(f"{_HERE}export.xlsx", downloads.xlsx, name="workshop-export-xlsx"),
    path(f"{_HERE}export.md", downloads.markdown, name="workshop-export-md"),
    path(f"{_HERE}export.json", downloads.json, name="workshop-export-json"),
    path(f"{_HERE}picture.svg", downloads.picture, name="workshop-picture"),
]
