"""Partnership boards in the API: their list, and one with its seats. Reading only; people are not named."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from collaboration.governance.models import Access, PartnershipBoard, Seat
from collaboration.governance.queries import board_lists, boards
from collaboration.governance.queries.board_lists import Filters
from groundwork.web.api.describing import CURSOR, LIMIT, chosen, operation, page_of
from groundwork.web.api.pages import CursorPages
from groundwork.web.api.questions import Misunderstood, asked
from groundwork.web.api.views import ApiView

TAG: Final = "Partnership boards"
LONGEST_WORDS: Final = 100


class PartnershipBoardSerializer(serializers.Serializer[Any]):
    """One board as lists give it."""

    key = serializers.SlugField(help_text="The word its address ends with. It never changes.")
    name = serializers.CharField()
    abbreviation = serializers.CharField(help_text="Empty: none.")
    kind = serializers.ChoiceField(choices=list(PartnershipBoard.Kind.values))
    status = serializers.ChoiceField(choices=list(PartnershipBoard.Status.values))
    access = serializers.ChoiceField(choices=list(Access.values), help_text="Who can see it.")
    purpose = serializers.CharField(help_text="Empty: not stated.")
    lead = serializers.SlugField(allow_null=True, help_text="Its lead partner; null: not stated.")
    parent = serializers.SlugField(  # type: ignore[assignment]
        allow_null=True, help_text="The board it reports to; null: none that you may see."
    )
    starts_on = serializers.DateField(allow_null=True)
    ends_on = serializers.DateField(allow_null=True, help_text="The day until which it is set up; null: no end.")
    closed_on = serializers.DateField(allow_null=True)
    elements = serializers.ListField(child=serializers.CharField(), help_text="Codes of what it serves.")
    areas = serializers.ListField(child=serializers.CharField(), help_text="Codes of the areas it is for.")
    organisations = serializers.ListField(child=serializers.SlugField(), help_text="Those with a seat today.")
    chair = serializers.SlugField(allow_null=True, help_text="The organisation that has the chair today.")
    seats = serializers.IntegerField(help_text="How many seats it has today.")
    vacant = serializers.IntegerField(help_text="How many of them nobody fills.")
    address = serializers.URLField(help_text="Its page.")


class BoardSeatSerializer(serializers.Serializer[Any]):
    organisation = serializers.SlugField()
    role = serializers.ChoiceField(choices=list(Seat.Role.values))
    title = serializers.CharField(help_text="What the seat is for. Empty: not stated.")
    vacant = serializers.BooleanField(help_text="Nobody fills it.")
    chairs = serializers.ChoiceField(choices=["", "chair", "vice"], help_text="Whether it has the chair today.")


class ChairTurnSerializer(serializers.Serializer[Any]):
    organisation = serializers.SlugField()
    role = serializers.ChoiceField(choices=["chair", "vice"])
    begins = serializers.DateField()
    ends = serializers.DateField(allow_null=True, help_text="The day it ends, not included; null: no end.")


class PartnershipBoardDetailSerializer(PartnershipBoardSerializer):
    """One board with everything its page shows, without names of people."""

    version = serializers.IntegerField()
    terms = serializers.CharField(help_text="Its terms of reference, as Markdown. Empty: not stated.")
    terms_agreed_on = serializers.DateField(allow_null=True)
    deciding = serializers.ChoiceField(choices=list(PartnershipBoard.Deciding.values))
    quorum_organisations = serializers.IntegerField(help_text="0: no such rule.")
    quorum_sectors = serializers.IntegerField(help_text="0: no such rule.")
    members = BoardSeatSerializer(many=True, help_text="Its seats today.")
    chairs = ChairTurnSerializer(many=True, help_text="Whose turn it is to chair, now and later.")


RECORD: Final[dict[str, Any]] = {
    "key": "ready-for-school",
    "name": "Ready for School Partnership",
    "abbreviation": "",
    "kind": "board",
    "status": "active",
    "access": "public",
    "purpose": "Children arrive at school ready to learn.",
    "lead": "essex-county-council",
    "parent": None,
    "starts_on": "2027-01-04",
    "ends_on": None,
    "closed_on": None,
    "elements": ["FOE-A3"],
    "areas": [],
    "organisations": ["essex-county-council", "nhs"],
    "chair": "nhs",
    "seats": 2,
    "vacant": 0,
    "address": "https://thread.example.org/partnerships/ready-for-school/",
}
DETAIL: Final[dict[str, Any]] = {
    **RECORD,
    "version": 4,
    "terms": "## Purpose\n\nTo bring together those who work with families.",
    "terms_agreed_on": "2027-01-04",
    "deciding": "consensus",
    "quorum_organisations": 2,
    "quorum_sectors": 0,
    "members": [
        {"organisation": "essex-county-council", "role": "secretary", "title": "", "vacant": False, "chairs": ""},
        {"organisation": "nhs", "role": "member", "title": "Health", "vacant": False, "chairs": "chair"},
    ],
    "chairs": [{"organisation": "nhs", "role": "chair", "begins": "2027-01-04", "ends": None}],
}


def _told(record: dict[str, Any], absolute: Callable[[str], str]) -> dict[str, Any]:
    path = record.pop("path")
    return {**record, "address": absolute(path)}


class PartnershipList(ApiView):
    @operation(
        "partnerships_list",
        tag=TAG,
        summary="List partnership boards",
        description="The boards you may see, by name: proposed and active ones unless you ask for others.",
        answers={200: ("Boards.", page_of(PartnershipBoardSerializer))},
        parameters=[
            chosen(
                "status",
                "`open`: proposed and active, as when it is left out. `limited`: active, for a time.",
                schema={"type": "string", "enum": list(Filters.STATUSES)},
            ),
            chosen(
                "kind",
                "Only those of this kind.",
                schema={"type": "string", "enum": list(PartnershipBoard.Kind.values)},
            ),
            chosen("q", "Only those with these words.", schema={"type": "string", "minLength": 1, "maxLength": 100}),
            CURSOR,
            LIMIT,
        ],
        examples=[OpenApiExample("One page", value={"results": [RECORD], "next": None}, response_only=True)],
    )
    def get(self, request: Request) -> Response:
        query = asked(request.query_params, (*CursorPages.PARAMETERS, "status", "kind", "q"))
        errors: dict[str, list[str]] = {}
        known = {"status": list(Filters.STATUSES), "kind": list(PartnershipBoard.Kind.values)}
        for name, words in known.items():
            if query.get(name) and query[name] not in words:
                errors[name] = [_("Ask for one of: %(known)s.") % {"known": ", ".join(words)}]
        if len(query.get("q", "")) > LONGEST_WORDS:
            errors["q"] = [_("Ask for at most %(most)s characters.") % {"most": LONGEST_WORDS}]
        if errors:
            raise Misunderstood(errors)
        filters, _problems = Filters.from_query(query)
        pages = CursorPages(request, "partnerships")
        found, following = pages.cut(board_lists.listed(self.actor, filters).prefetch_related("elements", "areas"))
        told = [_told(each, request.build_absolute_uri) for each in board_lists.records_of(self.actor, list(found))]
        return pages.answer_with(told, following)


class PartnershipDetail(ApiView):
    @operation(
        "partnerships_read",
        tag=TAG,
        summary="Read one partnership board",
        description="One board with its seats, its terms of reference, and whose turn it is to chair.",
        answers={200: ("The board.", PartnershipBoardDetailSerializer)},
        refusals=[404],
        examples=[OpenApiExample("A board", value=DETAIL, response_only=True)],
    )
    def get(self, request: Request, key: str) -> Response:
        asked(request.query_params, ())
        board = boards.get(self.actor, key)
        (record,) = board_lists.records_of(self.actor, [board])
        return Response(
            {
                **_told(record, request.build_absolute_uri),
                "version": board.version,
                "terms": board.terms,
                "terms_agreed_on": board.terms_agreed_on,
                "deciding": board.deciding,
                "quorum_organisations": board.quorum_organisations,
                "quorum_sectors": board.quorum_sectors,
                "members": [
                    {
                        "organisation": row.organisation.slug,
                        "role": row.seat.role,
                        "title": row.seat.title,
                        "vacant": row.is_vacant,
                        "chairs": row.chairs,
                    }
                    for row in boards.sitting(board)
                ],
                "chairs": [
                    {
                        "organisation": term.seat.organisation.slug,
                        "role": term.role,
                        "begins": term.valid_from,
                        "ends": term.valid_to,
                    }
                    for term in boards.terms_of(board)
                ],
            }
        )
