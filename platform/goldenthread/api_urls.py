"""Every address under /api/: the first version of the API, and its documentation.

Each app keeps the addresses of what it owns; here they come together. Names begin with ``api-``.
"""

from django.urls import URLPattern, URLResolver, include, path, re_path, reverse_lazy
from django.views.generic import RedirectView

from frontend.pages.api_docs import docs
from goldenthread import api_about
from groundwork.web.api.unknown import nothing_here

_version_1: list[URLPattern | URLResolver] = [
    path("", api_about.Index.as_view(), name="api-index"),
    path("", include("vision.frameworks.api.urls")),
    path("", include("groundwork.directory.api.urls")),
    path("", include("collaboration.initiatives.api.urls")),
    path("", include("collaboration.actions.api.urls")),
    path("", include("collaboration.governance.api.decision_urls")),
    path("", include("collaboration.governance.api.meeting_urls")),
    path("", include("collaboration.governance.api.partnership_urls")),
    path("", include("collaboration.workshops.api.urls")),
    path("", include("collaboration.boards.api.urls")),
    path("", include("collaboration.thread.api.urls")),
    path("columns/", api_about.Columns.as_view(), name="api-columns"),
    path("openapi.json", api_about.Description.as_view(), name="api-openapi"),
    path("docs/", docs, name="api-docs"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    # Who comes to look wants to read about it; programs know their address.
    path("", RedirectView.as_view(url=reverse_lazy("api-docs")), name="api"),
    path("v1/", include(_version_1)),
    re_path(r"", nothing_here, name="api-nothing"),
]
