"""Addresses of the pages of actions."""

from django.urls import URLPattern, path

from frontend.pages import office_urls  # noqa: F401 - registers the converter of references
from frontend.pages.acting import by_link, chasing, doing, listing, showing

_ACTS = (
    ("reply", doing.reply),
    ("claim", doing.claim),
    ("done", doing.done),
    ("update", doing.update),
    ("block", doing.block),
    ("unblock", doing.unblock),
    ("ask", doing.ask),
    ("change", doing.change),
    ("drop", doing.drop),
    ("reopen", doing.reopen),
)

urlpatterns: list[URLPattern] = [
    path("actions/", listing.actions, name="actions"),
    path("actions.csv", listing.csv, name="actions-csv"),
    path("actions.xlsx", listing.xlsx, name="actions-xlsx"),
    path("actions/new/", doing.new, name="action-new"),
    path("actions/chase/", chasing.chase, name="actions-chase"),
    path("actions/answer/<slug:token>/", by_link.answer, name="action-answer"),
    path("actions/<reference:reference>/", showing.action, name="action"),
    *(path(f"actions/<reference:reference>/{act}/", view, name=f"action-{act}") for act, view in _ACTS),
]
