"""The addresses of frameworks and their elements in the API."""

from django.urls import URLPattern, path

from vision.frameworks.api import views

urlpatterns: list[URLPattern] = [
    path("frameworks/", views.FrameworkList.as_view(), name="api-frameworks"),
    path("frameworks/<slug:key>/", views.FrameworkDetail.as_view(), name="api-framework"),
    path("elements/", views.ElementList.as_view(), name="api-elements"),
    path("elements/<str:code>/", views.ElementDetail.as_view(), name="api-element"),
    path("endorsements/", views.EndorsementList.as_view(), name="api-endorsements"),
]
