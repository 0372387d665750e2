"""The addresses of the pages."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("frontend.pages.signing_in_urls")),
    path("", include("frontend.pages.office_urls")),
    path("", include("frontend.pages.importing_urls")),
    path("", include("frontend.pages.manage_urls")),
    path("", include("frontend.pages.public_urls")),
]
