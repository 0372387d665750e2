"""The address that exists in a demo only."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from goldenthread.demo import pages

urlpatterns: list[URLPattern | URLResolver] = [
    path("sign-in/", pages.sign_in, name="demo_sign_in"),
]
