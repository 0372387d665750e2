"""The addresses of the pages."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("frontend.pages.signing_in_urls")),
    path("", include("frontend.pages.messages_urls")),
    path("", include("frontend.pages.office_urls")),
    path("", include("frontend.pages.importing_urls")),
    path("", include("frontend.pages.manage_urls")),
    path("", include("frontend.pages.reminding_urls")),
    path("", include("frontend.pages.acting_urls")),
    path("", include("frontend.pages.acting_by_mail_urls")),
    path("", include("frontend.pages.organising_urls")),
    path("", include("frontend.pages.boarding_urls")),
    path("", include("frontend.pages.reporting_urls")),
    path("", include("frontend.pages.joining_in_urls")),
    path("", include("frontend.pages.following_urls")),
    path("", include("frontend.pages.partnerships_urls")),
    path("", include("frontend.pages.meetings_urls")),
    path("", include("frontend.pages.minuting_urls")),
    path("", include("frontend.pages.decisions_urls")),
    path("", include("frontend.pages.recommendations_urls")),
    path("", include("frontend.pages.succeeding_urls")),
    path("", include("frontend.pages.public_urls")),
]
