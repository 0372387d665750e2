"""Addresses of the pages on which officers plan how organisations and areas are succeeded."""

from django.urls import URLPattern, path

from frontend.pages import succeeding

urlpatterns: list[URLPattern] = [
    path("manage/successions/", succeeding.successions, name="successions"),
    path("manage/successions/new/", succeeding.begin, name="succession-new"),
    path("manage/successions/<int:number>/", succeeding.succession, name="succession"),
    path("manage/successions/<int:number>/change/", succeeding.change, name="succession-change"),
    path("manage/successions/<int:number>/cancel/", succeeding.cancel, name="succession-cancel"),
    path("manage/successions/<int:number>/successors/new/", succeeding.add_successor, name="succession-successor-new"),
    path(
        "manage/successions/<int:number>/successors/<int:row>/remove/",
        succeeding.remove_successor,
        name="succession-successor-remove",
    ),
    path(
        "manage/successions/<int:number>/replaced/new/", succeeding.add_predecessor, name="succession-predecessor-new"
    ),
    path(
        "manage/successions/<int:number>/replaced/<int:row>/remove/",
        succeeding.remove_predecessor,
        name="succession-predecessor-remove",
    ),
    path(
        "manage/successions/<int:number>/replaced/<int:row>/items/<slug:noun>/",
        succeeding.items,
        name="succession-items",
    ),
]
