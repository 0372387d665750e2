"""Decisions in the API: their list and one of them, read as the pages show them to whoever asks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Final

from django.db.models import DateField, Value
from django.db.models.functions import Coalesce
from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from collaboration.governance.checklist import IMPLICATIONS
from collaboration.governance.decision_exports import records
from collaboration.governance.models import Access, Decision, PartnershipBoard
from collaboration.governance.queries import decisions as queries
from collaboration.governance.queries.decisions import DecisionFilters
from collaboration.governance.queries.voices import tally_of, voices
from collaboration.governance.rules.decisions import SETTLED
from groundwork.access.actors import Actor
from groundwork.web.api.describing import CURSOR, LIMIT, chosen, header, operation, page_of
from groundwork.web.api.pages import CursorPages
from groundwork.web.api.questions import Misunderstood, asked
from groundwork.web.api.views import ApiView

NOT_YET: Final = date(9999, 12, 31)
"""Stands for no day where decisions are put in order: before all others."""
TAG: Final = "Decisions"
Absolute = Callable[[str], str]


class DecisionSerializer(serializers.Serializer[Any]):
    """One decision as lists give it."""

    ref = serializers.CharField(help_text="Its reference. It never changes.")
    title = serializers.CharField()
    text = serializers.CharField(help_text="What is decided.")
    board = serializers.SlugField(help_text="The partnership board that decides.")
    status = serializers.ChoiceField(choices=list(Decision.Status.values))
    decided_on = serializers.DateField(allow_null=True)
    how = serializers.ChoiceField(choices=list(PartnershipBoard.Deciding.values))
    accords = serializers.ChoiceField(
        choices=list(Decision.Accord.values), help_text="Whether it accords with the strategy. Empty: not stated."
    )
    accords_reason = serializers.CharField(help_text="Why it is contrary. Empty: it is not, or not stated.")
    elements = serializers.ListField(child=serializers.CharField(), help_text="Codes of what it is about.")
    supersedes = serializers.CharField(allow_null=True, help_text="The decision it took the place of.")
    superseded_by = serializers.CharField(allow_null=True, help_text="The decision that took its place.")
    review_on = serializers.DateField(allow_null=True)
    visibility = serializers.ChoiceField(choices=list(Access.values))
    address = serializers.URLField(help_text="Its page.")


class OptionSerializer(serializers.Serializer[Any]):
    title = serializers.CharField()
    text = serializers.CharField()
    chosen = serializers.BooleanField()


class VoiceSerializer(serializers.Serializer[Any]):
    organisation = serializers.SlugField()
    choice = serializers.ChoiceField(choices=["for", "against", "abstain"])


class DecisionDetailSerializer(DecisionSerializer):
    """One decision with everything its page shows to whoever asks, without names of people."""

    version = serializers.IntegerField(help_text="Grows with every change.")
    rationale = serializers.CharField(help_text="Why. Empty: not stated.")
    options = OptionSerializer(many=True, help_text="The options considered.")
    result = serializers.CharField(help_text="How the voices came out, in words. Empty: it is not open yet.")
    voices = VoiceSerializer(many=True, help_text="One for each organisation.")
    implications = serializers.DictField(
        child=serializers.CharField(), help_text="What it means, by field. Empty: not stated."
    )


RECORD: Final[dict[str, Any]] = {
    "ref": "D-0007",
    "title": "One budget for school readiness",
    "text": "The partners pay for school readiness out of one budget.",
    "board": "ready-for-school",
    "status": "made",
    "decided_on": "2027-03-12",
    "how": "consensus",
    "accords": "accords",
    "accords_reason": "",
    "elements": ["FOE-A2"],
    "supersedes": None,
    "superseded_by": None,
    "review_on": "2028-03-12",
    "visibility": "public",
    "address": "https://thread.example.org/decisions/D-0007/",
}
DETAIL: Final[dict[str, Any]] = {
    **RECORD,
    "version": 4,
    "rationale": "Three budgets paid for the same families.",
    "options": [{"title": "One budget", "text": "", "chosen": True}],
    "result": "Agreed by consensus: 3 for, 0 against.",
    "voices": [{"organisation": "essex-county-council", "choice": "for"}],
    "implications": dict.fromkeys(IMPLICATIONS, "None."),
}


class DecisionList(ApiView):
    @operation(
        "decisions_list",
        tag=TAG,
        summary="List decisions",
        description="The decisions of partnership boards that you may see: what is not settled first, then the newest. "
        "Without a token: what boards made public.",
        answers={200: ("Decisions.", page_of(DecisionSerializer))},
        parameters=[
            chosen("board", "Only those of this board, by slug.", example="ready-for-school"),
            chosen("ambition", "Only those about this element, or something below it, by code.", example="FOE-A2"),
            chosen("organisation", "Only those of boards it sits on, or that change something about it, by slug."),
            chosen("year", "Only those decided in this year.", schema={"type": "string", "pattern": "^[0-9]{4}$"}),
            chosen(
                "status",
                "Only those in this state.",
                schema={"type": "string", "enum": list(DecisionFilters.STATUSES)},
            ),
            chosen("contrary", "Only those contrary to the strategy.", schema={"type": "string", "enum": ["yes"]}),
            chosen("q", "Words that stand in them."),
            CURSOR,
            LIMIT,
        ],
        examples=[OpenApiExample("One page", value={"results": [RECORD], "next": None}, response_only=True)],
    )
    def get(self, request: Request) -> Response:
        names = DecisionFilters.__dataclass_fields__
        query = asked(request.query_params, (*CursorPages.PARAMETERS, *names))
        filters, problems = DecisionFilters.from_query(self.actor, query)
        if problems:
            raise Misunderstood({"": problems})
        pages = CursorPages(request, "decisions")
        day = Coalesce("decided_on", Value(NOT_YET, DateField()))
        rows = queries.listed(self.actor, filters).prefetch_related("elements")
        found, following = pages.cut(rows.annotate(day=day).order_by("-day", "-pk"))
        return pages.answer_with(told(self.actor, list(found), request.build_absolute_uri), following)


class DecisionDetail(ApiView):
    @operation(
        "decisions_read",
        tag=TAG,
        summary="Read one decision",
        description="One decision with everything its page shows you.",
        answers={200: ("The decision.", DecisionDetailSerializer)},
        refusals=[404],
        parameters=[header("ETag", "The version of the record.", on=[200])],
        examples=[OpenApiExample("A decision", value=DETAIL, response_only=True, status_codes=["200"])],
    )
    def get(self, request: Request, ref: str) -> Response:
        asked(request.query_params, ())
        found = queries.get(self.actor, ref)
        row = queries.listed(self.actor, DecisionFilters()).prefetch_related("elements").get(pk=found.pk)
        (record,) = told(self.actor, [row], request.build_absolute_uri)
        is_open = found.status in (*SETTLED, Decision.Status.OPEN)
        answer = {
            **record,
            "version": found.version,
            "rationale": found.rationale,
            "options": [{"title": o["title"], "text": o["text"], "chosen": o["chosen"]} for o in found.options],
            "result": tally_of(found).in_words if is_open else "",
            "voices": [{"organisation": v.organisation.slug, "choice": v.choice} for v in voices(found)],
            "implications": {name: getattr(found, name) for name in IMPLICATIONS},
        }
        return Response(answer, headers={"ETag": self.etag(found.version)})


def told(actor: Actor, rows: list[Decision], absolute: Absolute) -> list[dict[str, Any]]:
    """What lists tell ``actor`` of these rows of :func:`queries.listed`."""
    by_reference = {each.reference: each for each in rows}
    return [
        {
            "ref": record["reference"],
            "title": record["title"],
            "text": record["text"],
            "board": record["board"],
            "status": record["status"],
            "decided_on": record["decided"],
            "how": record["how"],
            "accords": record["accords"],
            "accords_reason": record["accords_reason"],
            "elements": record["elements"],
            "supersedes": record["supersedes"] or None,
            "superseded_by": record["superseded_by"] or None,
            "review_on": record["review"],
            "visibility": record["visible_to"],
            "address": absolute(by_reference[record["reference"]].get_absolute_url()),
        }
        for record in records(actor, rows)
    ]
