"""What a program may say of an action. Shapes are checked here; what may be said is decided by the services."""

from __future__ import annotations

from rest_framework import serializers

from collaboration.actions.models import Action
from collaboration.actions.services.asking import LONGEST_REASON
from collaboration.actions.services.making import LONGEST_DETAILS, LONGEST_WHAT
from collaboration.actions.services.working import LONGEST_EVIDENCE, LONGEST_UPDATE
from collaboration.actions.services.working import LONGEST_REASON as LONGEST_BLOCK
from collaboration.initiatives.api.bodies import NothingBody, Text, choice, text
from groundwork.web.api.serializers import StrictSerializer

__all__ = [
    "ActionBody",
    "AskBody",
    "BlockBody",
    "DoneBody",
    "NewActionBody",
    "NothingBody",
    "ReasonBody",
    "UpdateBody",
]

LONGEST_ADDRESS = 254
LONGEST_NAME = 120


class ActionBody(StrictSerializer):
    """What is said of an action. What is left out stays as it is."""

    what = Text(required=False, min_length=1, max_length=LONGEST_WHAT, help_text="What is to be done.")
    details = text(LONGEST_DETAILS, "What else whoever does it should know.")
    due_on = serializers.DateField(required=False, allow_null=True, help_text="The day it is due; null: no day.")
    visibility = choice(
        list(Action.Visibility.values),
        "Who sees it: those involved, partners of the place, or everybody. Names are told to partners only.",
    )


class NewActionBody(ActionBody):
    """A new action. Only `what` is needed."""

    what = Text(min_length=1, max_length=LONGEST_WHAT, help_text="What is to be done.")
    email = text(LONGEST_ADDRESS, "Whom to ask, by address. They need no account. Your own: you take it on.")
    name = text(LONGEST_NAME, "The name of whoever is to do it. A name alone asks nobody.")
    initiative = text(20, "The reference of the initiative it belongs to, if you may write there.")


class AskBody(StrictSerializer):
    """Whom to ask."""

    email = Text(min_length=1, max_length=LONGEST_ADDRESS, help_text="Their address. They need no account.")
    name = text(LONGEST_NAME, "Their name.")


class ReasonBody(StrictSerializer):
    reason = text(LONGEST_REASON, "Why, in a sentence. May be left out.")


class BlockBody(StrictSerializer):
    reason = Text(min_length=1, max_length=LONGEST_BLOCK, help_text="What stands in the way, in a sentence.")


class UpdateBody(StrictSerializer):
    text = Text(min_length=1, max_length=LONGEST_UPDATE, help_text="How it is going, in a sentence or two.")


class DoneBody(StrictSerializer):
    evidence = text(LONGEST_EVIDENCE, "What shows it. May be left out.")
    text = text(LONGEST_UPDATE, "What came of it. May be left out.")
