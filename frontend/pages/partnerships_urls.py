"""The addresses of partnership boards."""

from __future__ import annotations

from django.urls import URLPattern, path

from frontend.pages.partnering import doing, pack, seating, showing

_ONE = "partnerships/<slug:slug>/"
_SEAT = f"{_ONE}seats/<int:pk>/"

urlpatterns: list[URLPattern] = [
    path("partnerships/", showing.partnerships, name="partnerships"),
    path("partnerships/new/", doing.new, name="partnership-new"),
    path(_ONE, showing.partnership, name="partnership"),
    path(f"{_ONE}pack/", pack.pack, name="partnership-pack"),
    path(f"{_ONE}pack/choose/", pack.pack_choose, name="partnership-pack-choose"),
    path(f"{_ONE}pack/<str:month>/", pack.pack, name="partnership-pack-month"),
    path(f"{_ONE}edit/", doing.edit, name="partnership-edit"),
    path(f"{_ONE}terms/", doing.terms, name="partnership-terms"),
    path(f"{_ONE}activate/", doing.activate, name="partnership-activate"),
    path(f"{_ONE}renew/", doing.renew, name="partnership-renew"),
    path(f"{_ONE}close/", doing.close, name="partnership-close"),
    path(f"{_ONE}chair/", seating.chair, name="partnership-chair"),
    path(f"{_ONE}chair/<int:term>/end/", seating.end_term, name="partnership-chair-end"),
    path(f"{_ONE}seats/new/", seating.add, name="partnership-seat-new"),
    path(f"{_SEAT}fill/", seating.fill, name="partnership-seat-fill"),
    path(f"{_SEAT}leave/<int:holder>/", seating.leave, name="partnership-seat-leave"),
    path(f"{_SEAT}ask/", seating.ask, name="partnership-seat-ask"),
    path(f"{_SEAT}change/", seating.change, name="partnership-seat-change"),
    path(f"{_SEAT}end/", seating.end, name="partnership-seat-end"),
]
