"""The ways around WebSockets, beside ``/live/<board>/socket`` (goldenthread.sockets)."""

from django.urls import path

from collaboration.boards.consumers.asking import effects_of_step
from collaboration.boards.consumers.events import events
from collaboration.boards.consumers.polling import poll
from collaboration.boards.consumers.posting import post_ops

urlpatterns = [
    path("<uuid:board_id>/ops", post_ops, name="board-ops"),
    path("<uuid:board_id>/poll", poll, name="board-poll"),
    path("<uuid:board_id>/events", events, name="board-events"),
    path("<uuid:board_id>/effects", effects_of_step, name="board-effects"),
]
