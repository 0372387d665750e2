"""The addresses of initiatives in the API."""

from django.urls import URLPattern, path

from collaboration.initiatives.api import views

urlpatterns: list[URLPattern] = [
    path("initiatives/", views.InitiativeList.as_view(), name="api-initiatives"),
    path("initiatives/<str:ref>/", views.InitiativeDetail.as_view(), name="api-initiative"),
    path("initiatives/<str:ref>/publish/", views.Publish.as_view(), name="api-initiative-publish"),
    path("initiatives/<str:ref>/confirm/", views.Confirm.as_view(), name="api-initiative-confirm"),
    path("initiatives/<str:ref>/verify/", views.Verify.as_view(), name="api-initiative-verify"),
]
