"""Every address of the product. `/healthz` and `/readyz` are answered before these (goldenthread.health)."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/", include("goldenthread.api_urls")),
    path("live/", include("collaboration.boards.consumers.urls")),
    path("", include("frontend.urls")),
]

if settings.ENVIRONMENT.is_demo:
    # Signs anybody in as a made-up person: the address does not exist anywhere else.
    urlpatterns.insert(0, path("demo/", include("goldenthread.demo.urls")))

handler400 = "frontend.pages.errors.bad_request"
handler403 = "frontend.pages.errors.permission_denied"
handler404 = "frontend.pages.errors.not_found"
handler500 = "frontend.pages.errors.server_error"
