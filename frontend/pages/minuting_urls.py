"""Addresses of meetings as they are run, and of their minutes."""

from __future__ import annotations

from django.urls import URLPattern, path

from frontend.pages.minuting import attendance, reading, running, writing

urlpatterns: list[URLPattern] = [
    path("meetings/<uuid:uuid>/run/", running.run, name="meeting-run"),
    path("meetings/<uuid:uuid>/run/begin/", running.begin, name="meeting-begin"),
    path("meetings/<uuid:uuid>/run/close/", running.close, name="meeting-close"),
    path("meetings/<uuid:uuid>/run/attendance/", attendance.attendance, name="meeting-attendance"),
    path("meetings/<uuid:uuid>/minutes/", reading.minutes, name="meeting-minutes"),
    path("meetings/<uuid:uuid>/minutes/items/<uuid:item>/", writing.item, name="minutes-item"),
    path("meetings/<uuid:uuid>/minutes/summary/", writing.summary, name="minutes-summary"),
    path("meetings/<uuid:uuid>/minutes/circulate/", writing.circulate, name="minutes-circulate"),
    path("meetings/<uuid:uuid>/minutes/comment/", writing.comment, name="minutes-comment"),
    path("meetings/<uuid:uuid>/minutes/comments/<int:number>/", writing.settle, name="minutes-settle"),
    path("meetings/<uuid:uuid>/minutes/approve/", writing.approve, name="minutes-approve"),
    path("meetings/<uuid:uuid>/minutes/publish/", writing.publish, name="minutes-publish"),
]
