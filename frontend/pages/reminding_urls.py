"""Addresses of the pages on which officers look after reminders."""

from django.urls import URLPattern, path

from frontend.pages import reminding

urlpatterns: list[URLPattern] = [
    path("manage/reminders/", reminding.overview, name="manage-reminders"),
    path("manage/reminders/organisations/<slug:slug>/", reminding.care, name="manage-care"),
    path("manage/reminders/days/new/", reminding.add_days, name="manage-days-new"),
    path("manage/reminders/days/<int:number>/remove/", reminding.remove_days, name="manage-days-remove"),
]
