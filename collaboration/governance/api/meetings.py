"""Meetings of partnership boards in the API: their list, and one with its agenda, papers and minutes.

Reading only, each part as its page shows it to whoever asks; people are not named.
"""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from drf_spectacular.utils import OpenApiExample
from rest_framework.request import Request
from rest_framework.response import Response

from collaboration.governance.api import meeting_shapes as shapes
from collaboration.governance.models import Meeting, Minutes
from collaboration.governance.queries import meeting_lists, meetings, minutes
from collaboration.governance.queries.meeting_lists import MeetingFilters
from groundwork.access.rules import can
from groundwork.web.api.describing import CURSOR, LIMIT, chosen, header, operation, page_of
from groundwork.web.api.pages import CursorPages
from groundwork.web.api.questions import Misunderstood, asked
from groundwork.web.api.views import ApiView

TAG: Final = "Meetings"


class MeetingList(ApiView):
    @operation(
        "meetings_list",
        tag=TAG,
        summary="List meetings",
        description="The meetings of partnership boards that you may see. Without a token: those that everybody may "
        "read of.",
        answers={200: ("Meetings.", page_of(shapes.MeetingSerializer))},
        parameters=[
            chosen(
                "when",
                "`upcoming`: to come, the next first, as when it is left out. `past`: the last first. `all`: both, the "
                "latest first. `mine`: to come, to which you were invited or of boards on which you sit.",
                schema={"type": "string", "enum": list(MeetingFilters.WHEN)},
            ),
            chosen("board", "Only those of this board, by slug.", example="ready-for-school"),
            chosen("q", "Only those with these words in the title or in the board’s name."),
            CURSOR,
            LIMIT,
        ],
        examples=[OpenApiExample("One page", value={"results": [shapes.RECORD], "next": None}, response_only=True)],
    )
    def get(self, request: Request) -> Response:
        query = asked(request.query_params, (*CursorPages.PARAMETERS, *MeetingFilters.__dataclass_fields__))
        filters, problems = MeetingFilters.from_query(self.actor, query)
        if problems:
            raise Misunderstood({"": problems})
        pages = CursorPages(request, "meetings")
        found, following = pages.cut(meeting_lists.listed(self.actor, filters))
        return pages.answer_with(shapes.records(self.actor, found, request.build_absolute_uri), following)


class MeetingDetail(ApiView):
    @operation(
        "meetings_read",
        tag=TAG,
        summary="Read one meeting",
        description="One meeting with its agenda, its papers and, once you may read them, its minutes and which "
        "organisations came. Of an exempt item you are told the number and the reason alone, unless you may see it; an "
        "item for named people leaves its number out.",
        answers={200: ("The meeting.", shapes.MeetingDetailSerializer)},
        refusals=[404],
        parameters=[header("ETag", "The version of the record.", on=[200])],
        examples=[OpenApiExample("A meeting", value=shapes.DETAIL, response_only=True, status_codes=["200"])],
    )
    def get(self, request: Request, id: UUID) -> Response:
        asked(request.query_params, ())
        found = meetings.find(self.actor, id)
        absolute = request.build_absolute_uri
        (record,) = shapes.records(self.actor, [found], absolute)
        written = minutes.visible_to(self.actor).select_related("approved_in").filter(meeting=found).first()
        agenda = meetings.agenda(self.actor, found)
        sees_call = bool(can(self.actor, "meeting.see_call", found))
        answer = {
            **record,
            "version": found.version,
            "papers_due_on": found.papers_due_on,
            "call": found.link if sees_call else "",
            "notes": found.notes if sees_call else "",
            "cancelled_reason": found.cancelled_reason,
            "agenda": [shapes.line(each, written, absolute) for each in agenda.lines],
            "papers": [shapes.paper(each, absolute) for each in agenda.papers],
            "withheld": agenda.withheld,
            "attendance": shapes.attendance(minutes.attendance_of(found)) if written else [],
            "minutes": self._minutes(found, written),
        }
        return Response(answer, headers={"ETag": self.etag(found.version)})

    def _minutes(self, meeting: Meeting, written: Minutes | None) -> dict[str, Any] | None:
        if written is None:
            return None
        return shapes.minutes(written, written.quorum_said or minutes.quorum_of(meeting).sentence)
