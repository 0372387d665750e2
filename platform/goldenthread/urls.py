"""Every address of the product. `/healthz` and `/readyz` are answered before these (goldenthread.health)."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("account/", include("allauth.urls")),
    path("", include("frontend.urls")),
]

handler400 = "frontend.pages.errors.bad_request"
handler403 = "frontend.pages.errors.permission_denied"
handler404 = "frontend.pages.errors.not_found"
handler500 = "frontend.pages.errors.server_error"
