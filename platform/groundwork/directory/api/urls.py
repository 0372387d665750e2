"""The addresses of areas and organisations in the API."""

from django.urls import URLPattern, path

from groundwork.directory.api import views

urlpatterns: list[URLPattern] = [
    path("areas/", views.AreaList.as_view(), name="api-areas"),
    path("areas/<slug:code>/", views.AreaDetail.as_view(), name="api-area"),
    path("organisations/", views.OrganisationList.as_view(), name="api-organisations"),
    path("organisations/<slug:slug>/", views.OrganisationDetail.as_view(), name="api-organisation"),
]
