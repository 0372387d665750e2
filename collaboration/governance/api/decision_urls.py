"""The addresses of decisions in the API."""

from django.urls import URLPattern, path

from collaboration.governance.api import decisions

urlpatterns: list[URLPattern] = [
    path("decisions/", decisions.DecisionList.as_view(), name="api-decisions"),
    path("decisions/<str:ref>/", decisions.DecisionDetail.as_view(), name="api-decision"),
]
