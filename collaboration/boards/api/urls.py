"""The addresses of boards, and of what came of them, in the API: each under its workshop."""

from django.urls import URLPattern, path

from collaboration.boards.api import views

_ONE = "workshops/<uuid:id>"

urlpatterns: list[URLPattern] = [
    path(f"{_ONE}/board/", views.BoardNow.as_view(), name="api-board"),
    path(f"{_ONE}/board/log/", views.Log.as_view(), name="api-board-log"),
    path(f"{_ONE}/board/ops/", views.Ops.as_view(), name="api-board-ops"),
    path(f"{_ONE}/board/ticket/", views.IssueTicket.as_view(), name="api-board-ticket"),
    path(f"{_ONE}/board/effects/", views.Effects.as_view(), name="api-board-effects"),
    path(f"{_ONE}/board/export/", views.Export.as_view(), name="api-board-export"),
    path(f"{_ONE}/board/import/", views.Import.as_view(), name="api-board-import"),
    path(f"{_ONE}/board/history/", views.History.as_view(), name="api-board-history"),
    path(f"{_ONE}/board/redact/", views.Redact.as_view(), name="api-board-redact"),
    path(f"{_ONE}/participants/<slug:key>/erase/", views.Erase.as_view(), name="api-participant-erase"),
    path(f"{_ONE}/report/", views.Report.as_view(), name="api-workshop-report"),
    path(f"{_ONE}/outcomes/", views.Outcomes.as_view(), name="api-outcomes"),
]
