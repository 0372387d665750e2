"""The addresses of decisions."""

from __future__ import annotations

from django.urls import URLPattern, path

from frontend.pages import office_urls  # noqa: F401 - registers the converter of references
from frontend.pages.deciding import declaring, doing, listing, showing

_ACTS = (
    ("edit", doing.edit),
    ("open", doing.open_for_voices),
    ("voice", doing.voice),
    ("voices", doing.room),
    ("make", doing.make),
    ("not-agreed", doing.not_agreed),
    ("take-back", doing.take_back),
    ("defer", doing.defer),
    ("withdraw", doing.withdraw),
    ("supersede", doing.supersede),
    ("review", doing.review),
    ("changes", doing.changes),
    ("declare", declaring.declare),
    ("declare-another", declaring.declare_for_another),
)

urlpatterns: list[URLPattern] = [
    path("decisions/", listing.decisions, name="decisions"),
    path("decisions.atom", listing.decisions_atom, name="decisions-atom"),
    path("decisions/new/", doing.new, name="decision-new"),
    path("decisions/interests/", listing.interests, name="interests"),
    path("decisions/interests/<int:pk>/take-back/", declaring.take_back, name="interest-take-back"),
    path("decisions/items/<uuid:uuid>/declare/", declaring.declare_in_item, name="item-declare"),
    path(
        "decisions/items/<uuid:uuid>/declare-another/",
        declaring.declare_for_another_in_item,
        name="item-declare-another",
    ),
    path("decisions/<reference:reference>/", showing.decision, name="decision"),
    *(path(f"decisions/<reference:reference>/{act}/", view, name=f"decision-{act}") for act, view in _ACTS),
]
