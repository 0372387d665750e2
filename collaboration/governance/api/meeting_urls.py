"""The addresses of meetings in the API."""

from django.urls import URLPattern, path

from collaboration.governance.api import meetings

urlpatterns: list[URLPattern] = [
    path("meetings/", meetings.MeetingList.as_view(), name="api-meetings"),
    path("meetings/<uuid:id>/", meetings.MeetingDetail.as_view(), name="api-meeting"),
]
