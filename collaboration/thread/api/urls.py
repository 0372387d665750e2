"""The address of the coverage table in the API."""

from django.urls import URLPattern, path

from collaboration.thread.api import views

urlpatterns: list[URLPattern] = [path("coverage/", views.Coverage.as_view(), name="api-coverage")]
