"""What a program may say of a workshop. Shapes are checked here; what may be said is decided by the services."""

from __future__ import annotations

from typing import Any, Final

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from collaboration.actions.api.bodies import ReasonBody
from collaboration.initiatives.api.bodies import Choice, NothingBody, Text, choice, text
from collaboration.workshops.addresses import LONGEST_NAME, MOST_AT_ONCE
from collaboration.workshops.models import CODE_LENGTH, Participation, Workshop
from collaboration.workshops.services.agenda import LONGEST_STAGE, MOST_BUDGET, MOST_SUBJECTS
from collaboration.workshops.shipped import LONGEST_PROMPT, LONGEST_TITLE, MOST_COLUMNS
from collaboration.workshops.stages import STAGES
from groundwork.web.api.serializers import StrictSerializer

__all__ = [
    "CopyBody",
    "FeedbackBody",
    "InviteBody",
    "JoinBody",
    "JoinByKeyBody",
    "MeBody",
    "NeededReasonBody",
    "NewWorkshopBody",
    "NothingBody",
    "ReasonBody",
    "RenameBody",
    "ReportBody",
    "RoleBody",
    "RulesBody",
    "StageBody",
    "TeamBody",
    "WorkshopBody",
]

LONGEST_ADDRESS: Final = 254
LONGEST_TOKEN: Final = 200
LONGEST_REASON: Final = 500


class Whole(serializers.IntegerField):
    """A JSON number without a fraction; no text that looks like one, and no truth value."""

    def to_internal_value(self, data: Any) -> int:
        if type(data) is not int:
            self.fail("invalid")
        return super().to_internal_value(data)


@extend_schema_field({"type": "boolean"})
class Truth(serializers.Field[Any, Any, Any, Any]):
    """``true`` or ``false``, and no word for either."""

    default_error_messages = {"invalid": "Must be true or false."}

    def to_internal_value(self, data: Any) -> bool:
        if type(data) is not bool:
            self.fail("invalid")
        return bool(data)


def truth(words: str) -> Truth:
    return Truth(required=False, help_text=words)


def _codes(words: str) -> serializers.ListField:
    return serializers.ListField(
        child=Text(max_length=100), required=False, max_length=MOST_SUBJECTS, help_text=f"{words} The whole list."
    )


class StageBody(StrictSerializer):
    stage = Whole(min_value=0, max_value=len(STAGES) - 1, help_text="0 lobby … 7 close.")
    minutes = Whole(required=False, min_value=0, max_value=LONGEST_STAGE, help_text="0: no timing.")
    note = text(500, "A note for the team.")


class ColumnBody(StrictSerializer):
    title = Text(max_length=LONGEST_TITLE, help_text="What stands over the column.")
    prompt = text(LONGEST_PROMPT, "What to write there.")


class RulesBody(StrictSerializer):
    """How people take part. What is left out stays as it is. Once it is open the rules are changed on the board."""

    names = choice(["shown", "hidden"], "Whether one sees who wrote what.")
    budget = Whole(required=False, min_value=1, max_value=MOST_BUDGET, help_text="Votes of each person.")
    most = Whole(
        required=False, min_value=1, max_value=MOST_BUDGET, help_text="The most votes of one person on one item."
    )
    totals = choice(["shown", "hidden"], "Whether totals are seen while people vote.")
    grouping = choice(["everyone", "facilitator"], "Who groups notes.")


class WorkshopBody(StrictSerializer):
    """What is said of a workshop. What is left out stays as it is."""

    title = Text(required=False, min_length=1, max_length=200, help_text="What it is called.")
    purpose = text(2000, "What it is for.")
    prompt = text(LONGEST_PROMPT, "The question on the board.")
    feedback_question = text(200, "The question at the end. Empty: the usual one.")
    starts_at = serializers.DateTimeField(required=False, allow_null=True, help_text="When it begins.")
    ends_at = serializers.DateTimeField(required=False, allow_null=True, help_text="When it ends.")
    venue = text(300, "Where it is.")
    link = text(200, "The address of a video call. Told to those who take part.")
    visibility = choice(list(Workshop.Visibility.values), "Who may know of it and read its report.")
    has_lobby = truth("Whether a facilitator lets each person in.")
    sensitive = truth("Whether mail about it carries links only.")
    plan = StageBody(  # type: ignore[call-arg]  # of the list
        many=True, required=False, max_length=len(STAGES), help_text="Its stages and timings. The whole plan."
    )
    columns = ColumnBody(  # type: ignore[call-arg]  # of the list
        many=True,
        required=False,
        max_length=MOST_COLUMNS,
        help_text="Columns of the board, in order. Once it is open they are changed on the board.",
    )
    rules = RulesBody(required=False, help_text="How people take part.")
    frameworks = _codes("Frameworks that it inquires into, by key.")
    elements = _codes("Elements of frameworks that it inquires into, by code.")
    initiatives = _codes("Initiatives that it inquires into, by reference.")
    next_on = serializers.DateField(
        required=False, allow_null=True, help_text="When people are to be told what happened next."
    )
    next_text = text(4000, "What happened next. It may be written later.")
    tell = truth("Whether invited people are mailed another time, place or title. Left out: they are.")


class NewWorkshopBody(WorkshopBody):
    """A new workshop: a title, and the template it is made from."""

    title = Text(min_length=1, max_length=200, help_text="What it is called.")
    template = Text(min_length=1, max_length=60, help_text="Key of a template, from `workshop-templates/`.")


class ReportBody(StrictSerializer):
    tell = truth("Whether those who left an address are sent the report. Left out: they are.")


class NeededReasonBody(StrictSerializer):
    reason = Text(min_length=1, max_length=LONGEST_REASON, help_text="Why, in a sentence.")


class CopyBody(StrictSerializer):
    title = text(200, "What the copy is called. Left out: the same.")


class RoleBody(StrictSerializer):
    role = Choice(choices=list(Participation.Role.values), help_text="What they are in the workshop.")


class RenameBody(StrictSerializer):
    name = text(LONGEST_NAME, "The name they take part under.")
    anonymous = truth("Without a name.")


class TeamBody(StrictSerializer):
    email = Text(min_length=1, max_length=LONGEST_ADDRESS, help_text="The address of a new facilitator.")
    name = text(LONGEST_NAME, "Their name, for the invitation.")


class InviteeBody(StrictSerializer):
    email = Text(min_length=1, max_length=LONGEST_ADDRESS, help_text="Their address.")
    name = text(LONGEST_NAME, "Their name.")
    role = choice(list(Participation.Role.values), "What they will be. Left out: participant.")


class InviteBody(StrictSerializer):
    people = InviteeBody(  # type: ignore[call-arg]  # of the list
        many=True, max_length=MOST_AT_ONCE, help_text="Whom to invite. Each is sent one mail."
    )


class JoinBody(StrictSerializer):
    """How one takes part. What is left out is taken from the account."""

    name = text(LONGEST_NAME, "The name to take part under. Left out: your own.")
    anonymous = truth("Take part without a name.")
    organisation = text(100, "An organisation of the directory, by slug. Left out: the one of the token.")
    email = text(LONGEST_ADDRESS, "Where else to send the report; nothing else is sent there.")


class JoinByKeyBody(JoinBody):
    """Coming in by what one was given: a code, a code with the token of its link, or an invitation."""

    code = text(CODE_LENGTH * 3, "The code, as it stands on the screen or the poster.")
    link = text(LONGEST_TOKEN, "The last part of the workshop’s link, with its `code`.")
    invitation = text(LONGEST_TOKEN, "The last part of the link in an invitation.")


class MeBody(StrictSerializer):
    """What you change about taking part. What is left out stays."""

    name = text(LONGEST_NAME, "The name to take part under.")
    anonymous = truth("Take part without a name.")
    email = text(LONGEST_ADDRESS, "Where to send the report. Empty: nowhere.")


class FeedbackBody(StrictSerializer):
    worth_it = Whole(required=False, allow_null=True, min_value=1, max_value=5, help_text="1 to 5.")
    text = text(1000, "A sentence or two.")
