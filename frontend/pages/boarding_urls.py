"""The address of the live board."""

from django.urls import URLPattern, path

from frontend.pages.boarding import page

urlpatterns: list[URLPattern] = [
    path("w/<str:code>/board", page.board, name="board"),
]
