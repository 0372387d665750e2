"""Addresses that stand in mail: each does one thing, or stops mail."""

from django.urls import URLPattern, path

from frontend.pages.by_mail import acting, stopping

urlpatterns: list[URLPattern] = [
    path("act/<str:token>/", acting.act, name="mail-act"),
    path("u/<str:token>/", stopping.stop, name="mail-stop"),
    path("u/<str:token>/change/", stopping.change, name="mail-change"),
]
