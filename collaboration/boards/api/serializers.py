"""The shapes in which the API tells of boards. Made from outlines and reports alone, which hold only what their reader
may see; nothing here looks at a board by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers

from collaboration.boards.afterwards.provenance import day_of
from collaboration.boards.afterwards.reading import Came, Report, Split
from collaboration.boards.models import Outcome
from collaboration.boards.outline import ActionItem, Comment, Group, Item, Marks, Outline
from collaboration.workshops.api.serializers import RulesSerializer

Absolute = Callable[[str], str]


class CommentSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    text = serializers.CharField()
    by = serializers.CharField(help_text="A key. Empty: not told.")
    name = serializers.CharField(help_text="Empty: not told, or without a name.")
    at = serializers.DateTimeField()
    mine = serializers.BooleanField()


class MarksSerializer(serializers.Serializer[Any]):
    agree = serializers.IntegerField()
    unsure = serializers.IntegerField()
    disagree = serializers.IntegerField()


class NoteSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=["note", "group"])
    text = serializers.CharField(help_text="What it says; of a group its title, or what its first note says.")
    by = serializers.CharField(help_text="A key. Empty: not told, or a group.")
    name = serializers.CharField(help_text="Empty: not told, or without a name.")
    organisation = serializers.CharField()
    at = serializers.DateTimeField(allow_null=True, help_text="Null: not told, or a group.")
    shown = serializers.BooleanField(help_text="False: it is yours and nobody else has it.")
    mine = serializers.BooleanField()
    paper = serializers.BooleanField(help_text="Typed in from paper.")
    votes = serializers.IntegerField(help_text="Of a group with those on its notes. 0 while totals are not told.")
    room = serializers.IntegerField(help_text="The tally for the room, beside the votes and never in them.")
    my_votes = serializers.IntegerField()
    marks = MarksSerializer()
    my_mark = serializers.CharField()
    comments = CommentSerializer(many=True)


class BoardItemSerializer(NoteSerializer):
    notes = NoteSerializer(many=True, help_text="Of a group.")


class BoardColumnSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    title = serializers.CharField()
    prompt = serializers.CharField()
    hidden = serializers.IntegerField(help_text="How many notes wait here to be revealed, your own included.")
    items = BoardItemSerializer(many=True, help_text="Groups, and notes in none, in order.")


class ProposalSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    what = serializers.CharField()
    who = serializers.CharField(help_text="Who is to do it, as it was said.")
    due = serializers.DateField(allow_null=True)
    becomes = serializers.ChoiceField(choices=["action", "initiative", "measure", "risk"])
    sources = serializers.ListField(child=serializers.CharField())
    claimed_by = serializers.CharField(help_text="A key. Empty: nobody, or not told.")
    claimed_name = serializers.CharField()
    mine = serializers.BooleanField()


class TimerSerializer(serializers.Serializer[Any]):
    ends = serializers.DateTimeField()
    seconds = serializers.IntegerField()
    on = serializers.CharField(help_text="The id of what it is about, or empty.")


class CountsSerializer(serializers.Serializer[Any]):
    hidden = serializers.IntegerField()
    votes = serializers.IntegerField()
    voters = serializers.IntegerField()


class PictureSerializer(serializers.Serializer[Any]):
    """The part of a board that is the same to read for everybody who may see the same."""

    title = serializers.CharField()
    prompt = serializers.CharField()
    stage = serializers.IntegerField(help_text="0 lobby … 7 close.")
    stage_name = serializers.CharField()
    stage_since = serializers.DateTimeField()
    rules = RulesSerializer()
    tells_totals = serializers.BooleanField()
    counts = CountsSerializer(help_text="What everybody may know of what is hidden.")
    columns = BoardColumnSerializer(many=True)
    actions = ProposalSerializer(many=True, help_text="What was proposed on the board.")


class PersonSerializer(serializers.Serializer[Any]):
    key = serializers.CharField()
    name = serializers.CharField()
    organisation = serializers.CharField()


class BinSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    kind = serializers.CharField()
    text = serializers.CharField()
    deleted_at = serializers.DateTimeField()


class BoardSerializer(PictureSerializer):
    """The board as you may see it now."""

    id = serializers.UUIDField()
    epoch = serializers.UUIDField(help_text="Names this history.")
    head_seq = serializers.IntegerField(help_text="What it was read at: the `since` of `board/log/`.")
    you = serializers.CharField(help_text="Your key.")
    role = serializers.ChoiceField(choices=["participant", "facilitator", "observer"], help_text="What you are now.")
    timer = TimerSerializer(allow_null=True)
    locked = serializers.BooleanField(help_text="Only facilitators may write.")
    spotlight = serializers.CharField(help_text="The id of what a facilitator points at, or empty.")
    budget_left = serializers.IntegerField(help_text="Votes that you still have.")
    bin = BinSerializer(many=True, help_text="What you can take out of the bin again.")
    people = PersonSerializer(many=True, help_text="Names by key. Empty where names are hidden.")


class FrameSerializer(serializers.Serializer[Any]):
    frames = serializers.ListField(
        child=serializers.DictField(), help_text="Frames of the protocol of the board (docs/protocol/board.md)."
    )


class AnswersSerializer(serializers.Serializer[Any]):
    answers = serializers.ListField(
        child=serializers.DictField(), help_text="An `ack` or a `rejected` with a sentence for each op, in order."
    )


class TicketSerializer(serializers.Serializer[Any]):
    ticket = serializers.CharField(help_text="Opens one socket, once: it is shown as a subprotocol, `ticket.…`.")
    expires_in = serializers.IntegerField(help_text="Seconds.")
    board = serializers.UUIDField()
    socket = serializers.CharField(help_text="The address of the socket.")


class EffectsSerializer(serializers.Serializer[Any]):
    sentences = serializers.ListField(child=serializers.CharField())


class OutcomeSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=list(Outcome.Kind.values))
    title = serializers.CharField()
    text = serializers.CharField()
    sources = serializers.ListField(child=serializers.CharField(), help_text="Ids of the notes and groups.")
    votes = serializers.IntegerField()
    came_from = serializers.CharField(help_text="In a sentence.")
    ref = serializers.CharField(help_text="Of the action or initiative it became, if you may open it.")
    address = serializers.CharField(help_text="Of the same.")
    status = serializers.CharField(help_text="How the action stands, in words.")
    who = serializers.CharField(help_text="Empty: nobody, or names are not told to you.")
    due = serializers.DateField(allow_null=True)


class OutcomesSerializer(serializers.Serializer[Any]):
    results = OutcomeSerializer(many=True)
    next = serializers.URLField(allow_null=True, help_text="Always null: this list is told whole.")


class RankedSerializer(serializers.Serializer[Any]):
    place = serializers.IntegerField(help_text="Shared by items with equally many votes.")
    tied = serializers.BooleanField()
    id = serializers.UUIDField()


class SplitSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(help_text="Of the group or note.")
    by = serializers.DictField(child=serializers.IntegerField())
    others = serializers.IntegerField(help_text="Votes that must not be told apart.")


class FeedbackToldSerializer(serializers.Serializer[Any]):
    answers = serializers.IntegerField()
    marks = serializers.ListField(child=serializers.IntegerField(), help_text="How many gave 1, 2, 3, 4, 5.")
    texts = serializers.ListField(child=serializers.CharField(), help_text="For its organisers alone.")


class ReportSerializer(serializers.Serializer[Any]):
    """What everybody in the room may see; names, and votes by organisation, for those who were there."""

    workshop = serializers.UUIDField()
    title = serializers.CharField()
    day = serializers.DateField()
    over = serializers.BooleanField(help_text="False: the workshop goes on, and this may change.")
    people = serializers.IntegerField(help_text="How many took part.")
    board = PictureSerializer()
    ranking = RankedSerializer(many=True, help_text="By votes; empty while they are not told.")
    by_organisation = SplitSerializer(many=True)
    by_sector = SplitSerializer(many=True)
    outcomes = OutcomeSerializer(many=True)
    unplaced = serializers.ListField(
        child=serializers.CharField(),
        help_text="Where there are groups: ids of notes in none that nobody voted for.",
    )
    feedback = FeedbackToldSerializer(allow_null=True, help_text="Null until it is over.")
    next_text = serializers.CharField(help_text="What happened next, once it was told.")


class DictionarySerializer(serializers.Serializer[Any]):
    """A file: see docs/protocol/board.md and the page on exports."""

    format = serializers.CharField()
    version = serializers.IntegerField()


def _at(moment: datetime | None) -> datetime | None:
    return timezone.localtime(moment) if moment is not None else None


def picture(of: Outline) -> dict[str, Any]:
    """What is read the same by all who see the same."""
    return {
        "title": of.title,
        "prompt": of.prompt,
        "stage": int(of.stage),
        "stage_name": _(of.stage.label),
        "stage_since": _at(of.stage_since),
        "rules": asdict(of.rules),
        "tells_totals": of.tells_totals,
        "counts": asdict(of.counts),
        "columns": [
            {
                "id": column.id,
                "title": column.title,
                "prompt": column.prompt,
                "hidden": column.hidden,
                "items": [_item(item) for item in column.items],
            }
            for column in of.columns
        ],
        "actions": [_proposal(each) for each in of.actions],
    }


def board_record(of: Outline, *, names: Mapping[str, Any], **about: Any) -> dict[str, Any]:
    """The board for one viewer. ``names``: who may be told by key to everybody here."""
    return {
        **about,
        **picture(of),
        "head_seq": of.head,
        "timer": {"ends": _at(of.timer.ends), "seconds": of.timer.seconds, "on": of.timer.on} if of.timer else None,
        "locked": of.locked,
        "spotlight": of.spotlight,
        "budget_left": of.budget_left,
        "bin": [
            {"id": each.id, "kind": each.kind, "text": each.text, "deleted_at": _at(each.deleted_at)} for each in of.bin
        ],
        "people": [{"key": key, "name": who.name, "organisation": who.organisation} for key, who in names.items()],
    }


def _item(of: Item) -> dict[str, Any]:
    if isinstance(of, Group):
        nobody = {"by": "", "name": "", "organisation": "", "at": None, "shown": True, "mine": False, "paper": False}
        return {**_shared(of), **nobody, "notes": [_note(note) for note in of.notes]}
    return {**_note(of), "notes": []}


def _note(of: Any) -> dict[str, Any]:
    return {
        **_shared(of),
        "by": of.by,
        "name": of.name,
        "organisation": of.organisation,
        "at": _at(of.at),
        "shown": of.shown,
        "mine": of.mine,
        "paper": of.paper,
    }


def _shared(of: Item) -> dict[str, Any]:
    return {
        "id": of.id,
        "kind": of.kind,
        "text": of.title,
        "votes": of.votes,
        "room": of.room,
        "my_votes": of.my_votes,
        "marks": _marks(of.marks),
        "my_mark": of.my_mark,
        "comments": [_comment(each) for each in of.comments],
    }


def _marks(of: Marks) -> dict[str, int]:
    return {"agree": of.agree, "unsure": of.unsure, "disagree": of.disagree}


def _comment(of: Comment) -> dict[str, Any]:
    return {"id": of.id, "text": of.text, "by": of.by, "name": of.name, "at": _at(of.at), "mine": of.mine}


def _proposal(of: ActionItem) -> dict[str, Any]:
    return {
        "id": of.id,
        "what": of.what,
        "who": of.who,
        "due": of.due,
        "becomes": of.what_as,
        "sources": list(of.sources),
        "claimed_by": of.claimed_by,
        "claimed_name": of.claimed_name,
        "mine": of.mine,
    }


def outcome_record(of: Came, absolute: Absolute) -> dict[str, Any]:
    return {
        "id": of.outcome.pk,
        "kind": of.outcome.kind,
        "title": of.outcome.title,
        "text": of.outcome.text,
        "sources": list(of.outcome.sources),
        "votes": of.outcome.votes,
        "came_from": of.sentence,
        "ref": of.reference,
        "address": absolute(of.path) if of.path else "",
        "status": of.status,
        "who": of.who,
        "due": of.due,
    }


def report_record(of: Report, absolute: Absolute, *, tells_texts: bool) -> dict[str, Any]:
    """The report as its page shows it to the same reader."""
    return {
        "workshop": str(of.workshop.uuid),
        "title": of.outline.title,
        "day": day_of(of.workshop),
        "over": of.is_over,
        "people": of.people,
        "board": picture(of.outline),
        "ranking": [{"place": each.place, "tied": each.tied, "id": each.item.id} for each in of.ranking],
        "by_organisation": _splits(of.organisations),
        "by_sector": _splits(of.sectors),
        "outcomes": [outcome_record(each, absolute) for each in of.outcomes],
        "unplaced": [note.id for _column, note in of.unplaced],
        "feedback": {
            "answers": of.feedback.answers,
            "marks": list(of.feedback.marks),
            "texts": list(of.feedback.texts) if tells_texts else [],
        }
        if of.is_over
        else None,
        "next_text": of.workshop.next_text if of.workshop.next_told_at else "",
    }


def _splits(of: Mapping[str, Split]) -> list[dict[str, Any]]:
    return [{"id": id, "by": dict(split.by), "others": split.others} for id, split in of.items() if split.by]
