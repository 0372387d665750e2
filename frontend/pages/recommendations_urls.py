"""The addresses of recommendations, and of assemblies, briefings and letters."""

from __future__ import annotations

from django.urls import URLPattern, path

from frontend.pages.acting import of_board
from frontend.pages.recommending import doing, showing

_ONE = "recommendations/<slug:slug>/<str:code>/"

urlpatterns: list[URLPattern] = [
    path("partnerships/<slug:slug>/actions/", of_board.actions, name="partnership-actions"),
    path("recommendations/", showing.lists, name="recommendation-lists"),
    path("recommendations/<slug:slug>.csv", showing.list_csv, name="recommendations-csv"),
    path("recommendations/<slug:slug>/", showing.one_list, name="recommendations"),
    path(_ONE, showing.recommendation, name="recommendation"),
    path(f"{_ONE}assign/", doing.assign, name="recommendation-assign"),
    path(f"{_ONE}answer/", doing.answer, name="recommendation-answer"),
    path(f"{_ONE}report/", doing.report, name="recommendation-report"),
    path("engagements/", showing.engagements, name="engagements"),
    path("engagements/new/", doing.engagement_new, name="engagement-new"),
    path("engagements/<int:pk>/", showing.engagement, name="engagement"),
    path("engagements/<int:pk>/edit/", doing.engagement_edit, name="engagement-edit"),
    path("engagements/<int:pk>/promises/<int:promise>/", doing.promise, name="engagement-promise"),
]
