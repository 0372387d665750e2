"""One list, as a page, from an API and as a spreadsheet."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from bench.bare.api import InitiativeViewSet
from bench.bare.views import InitiativeList, initiatives_csv

router = SimpleRouter()
router.register("initiatives", InitiativeViewSet)

urlpatterns = [
    path("initiatives/", InitiativeList.as_view()),
    path("initiatives.csv", initiatives_csv),
    path("api/", include(router.urls)),
]
