"""What a program may say to a board. What an op may hold, the engine checks, as it does for sockets."""

from __future__ import annotations

from typing import Any, Final

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from collaboration.actions.models import Action
from collaboration.boards.afterwards.making import MOST_SOURCES
from collaboration.boards.engine.limits import MOST_AT_ONCE, MOST_OPS_IN_A_FRAME
from collaboration.boards.models import Outcome
from collaboration.initiatives.api.bodies import Choice, NothingBody, Text, choice, text
from collaboration.workshops.api.bodies import truth
from groundwork.web.api.serializers import StrictSerializer

__all__ = ["FileBody", "NothingBody", "OpsBody", "OutcomeBody", "RedactBody"]

LONGEST_ID: Final = 36


@extend_schema_field({"type": "object", "additionalProperties": True})
class Anything(serializers.Field[Any, Any, Any, Any]):
    """Any JSON value, read by whoever it is for."""

    def to_internal_value(self, data: Any) -> Any:
        return data


class OpsBody(StrictSerializer):
    """An `ops` frame of the protocol of the board: at most 50 ops, done in order, each answered by itself."""

    t = choice(["ops"], "The sort of the frame. May be left out.")
    ops = serializers.ListField(
        child=Anything(),
        min_length=1,
        max_length=MOST_OPS_IN_A_FRAME,
        help_text="Each with `op_id`, `base_seq`, `kind`, `target`, `props`; see docs/protocol/board.md.",
    )


class FileBody(StrictSerializer):
    file = Anything(help_text="What `board/export/` gave.")


class RedactBody(StrictSerializer):
    things = serializers.ListField(
        child=Text(max_length=LONGEST_ID),
        min_length=1,
        max_length=MOST_AT_ONCE,
        help_text="Ids of what is to go.",
    )


class OutcomeBody(StrictSerializer):
    """What is made, and of what: `sources`, or a `proposal` of the board with what it names."""

    kind = Choice(choices=list(Outcome.Kind.values), help_text="What it becomes.")
    sources = serializers.ListField(
        child=Text(max_length=LONGEST_ID), required=False, max_length=MOST_SOURCES, help_text="Ids of groups and notes."
    )
    proposal = text(LONGEST_ID, "The id of an action on the board. It becomes one outcome, however often it is sent.")
    title = text(500, "What it says. Left out: what the sources say.")
    due_on = serializers.DateField(required=False, allow_null=True, help_text="Of an action: the day it is due.")
    ask_claimant = truth("Of an action: ask whoever claimed the proposal on the board.")
    participant = text(16, "Of an action: the key of somebody who took part under an account, to be asked.")
    email = text(254, "Of an action: whom to ask, by address.")
    name = text(120, "Of an action: the name of whoever is to do it.")
    visibility = choice(list(Action.Visibility.values), "Of an action: who sees it. Left out: as the workshop.")
    initiative = text(20, "The reference of the initiative that the action belongs to, or something was learned in.")
    text = text(4000, "Details.")
