"""One list."""

from django.urls import path

from bench.bare.views import InitiativeList

urlpatterns = [path("initiatives/", InitiativeList.as_view())]
