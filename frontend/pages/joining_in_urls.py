"""Addresses of taking part in a workshop: short, because people type them from a wall."""

from __future__ import annotations

from django.urls import URLPattern, path, re_path

from frontend.pages.joining_in import closing, invitations, joining, screen, simple, suggesting

_HERE = "w/<str:code>/"
_PLAIN = f"{_HERE}simple/"

urlpatterns: list[URLPattern] = [
    path("w/", joining.by_code, name="join-by-code"),
    path("w/invitation/<str:token>/", invitations.invitation, name="workshop-invited"),
    path("w/back/<str:token>/", joining.back, name="join-back"),
    path(_HERE, joining.join, name="join"),
    path(f"{_HERE}me/", joining.me, name="workshop-me"),
    path(f"{_HERE}feedback/", closing.feedback, name="workshop-feedback"),
    path(_PLAIN, simple.simple, name="board-simple"),
    path(f"{_PLAIN}item/<str:id>/", simple.item, name="board-item"),
    path(f"{_PLAIN}action/<str:id>/", simple.action, name="board-action"),
    path(f"{_PLAIN}column/<str:id>/", simple.column, name="board-column"),
    path(f"{_PLAIN}run/", simple.facilitate, name="board-facilitate"),
    path(f"{_PLAIN}suggestions/", suggesting.suggestions, name="board-suggestions"),
    path(f"{_PLAIN}bin/", simple.bin, name="board-bin"),
    path(f"{_HERE}screen/", screen.screen, name="board-screen"),
    path(f"{_HERE}<str:token>/screen/", screen.screen, name="board-screen-link"),
    # Last, and only what can be a token: other pages of a workshop stand beside it.
    re_path(r"^w/(?P<code>[^/]+)/(?P<token>[A-Za-z0-9_-]{20,64})/$", joining.join, name="join-by-link"),
]
