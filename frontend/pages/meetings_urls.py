"""The addresses of meetings."""

from __future__ import annotations

from django.urls import URLPattern, path

from frontend.pages.convening import listing, naming, planning, preparing, showing

_HERE = "meetings/<uuid:uuid>/"
_ITEM = f"{_HERE}plan/items/<uuid:item>/"
_PAPER = f"{_HERE}papers/<uuid:paper>/"

urlpatterns: list[URLPattern] = [
    path("meetings/", listing.meetings, name="meetings"),
    path("meetings.ics", listing.meetings_ics, name="meetings-ics"),
    path("meetings/feed.atom", listing.meetings_atom, name="meetings-atom"),
    path("meetings/rsvp/<slug:token>/", showing.rsvp, name="meeting-rsvp"),
    path("partnerships/<slug:slug>/meetings/new/", planning.new, name="meeting-new"),
    path("partnerships/<slug:slug>/meetings.ics", listing.partnership_ics, name="partnership-ics"),
    path(_HERE, showing.meeting, name="meeting"),
    path(f"{_HERE}calendar.ics", listing.meeting_ics, name="meeting-ics"),
    path(f"{_HERE}answer/", showing.answer, name="meeting-answer"),
    path(f"{_HERE}plan/", planning.plan, name="meeting-plan"),
    path(f"{_HERE}plan/details/", planning.edit, name="meeting-edit"),
    path(f"{_HERE}plan/call/", planning.call, name="meeting-call"),
    path(f"{_HERE}plan/publish/", planning.publish, name="meeting-publish"),
    path(f"{_HERE}plan/cancel/", planning.cancel, name="meeting-cancel"),
    path(f"{_HERE}plan/invitations/", planning.invitations, name="meeting-invitations"),
    path(f"{_HERE}plan/people/", naming.meeting_named, name="meeting-named"),
    path(f"{_HERE}plan/order/", preparing.order, name="meeting-order"),
    path(f"{_HERE}plan/suggestions/", preparing.suggestions, name="meeting-suggestions"),
    path(f"{_HERE}plan/items/new/", preparing.item_new, name="meeting-item-new"),
    path(_ITEM, preparing.item, name="meeting-item"),
    path(f"{_ITEM}people/", naming.item_named, name="meeting-item-named"),
    path(f"{_ITEM}remove/", preparing.item_remove, name="meeting-item-remove"),
    path(f"{_HERE}plan/papers/new/", preparing.paper_new, name="meeting-paper-new"),
    path(_PAPER, showing.paper, name="meeting-paper"),
    path(f"{_PAPER}edit/", preparing.paper_edit, name="meeting-paper-edit"),
    path(f"{_PAPER}remove/", preparing.paper_remove, name="meeting-paper-remove"),
]
