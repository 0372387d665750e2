"""The addresses of partnership boards in the API."""

from django.urls import URLPattern, path

from collaboration.governance.api import partnerships

urlpatterns: list[URLPattern] = [
    path("partnerships/", partnerships.PartnershipList.as_view(), name="api-partnerships"),
    path("partnerships/<str:key>/", partnerships.PartnershipDetail.as_view(), name="api-partnership"),
]
