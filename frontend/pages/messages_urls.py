"""Addresses of what was written to me, and of what I have seen."""

from django.urls import URLPattern, path

from frontend.pages import messages

urlpatterns: list[URLPattern] = [
    path("account/messages/", messages.messages_page, name="messages"),
    path("account/messages/read/", messages.mark_read, name="messages-read"),
    path("account/messages/<uuid:message_id>/", messages.message_page, name="message"),
    path("seen/", messages.seen, name="seen"),
]
