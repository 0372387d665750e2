"""What the operations on actions say of themselves in the description of the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from drf_spectacular.utils import OpenApiExample

from collaboration.actions.api.bodies import (
    ActionBody,
    AskBody,
    BlockBody,
    DoneBody,
    NewActionBody,
    NothingBody,
    ReasonBody,
    UpdateBody,
)
from collaboration.actions.api.serializers import ActionDetailSerializer, ActionSerializer
from collaboration.actions.queries import Filters
from groundwork.web.api.describing import (
    CURSOR,
    IDEMPOTENCY_KEY,
    IF_MATCH,
    LIMIT,
    chosen,
    header,
    operation,
    page_of,
)

TAG: Final = "Actions"

RECORD: Final[dict[str, Any]] = {
    "ref": "A-0042",
    "what": "Ask the bus company for a stop at the clinic",
    "details": "",
    "status": "accepted",
    "visibility": "partners",
    "owner": "Ann Osei",
    "mine": False,
    "organisation": "essex-county-council",
    "initiative": None,
    "due_on": "2027-04-30",
    "late": False,
    "blocked": "",
    "made": "2027-03-12T15:20:00+00:00",
    "changed": "2027-03-14T09:00:00+00:00",
    "done": None,
    "origin": {
        "kind": "workshop",
        "label": "from 14 votes on “Transport to clinics”, 12 March 2027 workshop",
        "address": "https://thread.example.org/w/K7MPQ4RT/report",
    },
    "address": "https://thread.example.org/actions/A-0042/",
}
DETAIL: Final[dict[str, Any]] = {
    **RECORD,
    "version": 3,
    "declined_reason": "",
    "evidence": "",
    "updates": [{"at": "2027-03-20T09:00:00+00:00", "text": "They answer by May.", "by": "Ann Osei"}],
    "acts": ["update", "done"],
}

_ONE = OpenApiExample("An action", value=DETAIL, response_only=True, status_codes=["200", "201"])
_ETAG = header("ETag", "The version of the record, for `If-Match`.", on=[200, 201])

LIST: Final = operation(
    "actions_list",
    tag=TAG,
    summary="List actions",
    description="The actions you may see, what is due first, first; what has no day comes last. Without a token: those "
    "that everybody sees, without names of people.",
    answers={200: ("Actions.", page_of(ActionSerializer))},
    parameters=[
        chosen(
            "whose",
            "`mine`: those you have or were asked to take on. `made`: those you made or asked for. `ours`: your "
            "organisation’s. `all`: all you may see, as when it is left out.",
            schema={"type": "string", "enum": list(Filters.WHOSE)},
        ),
        chosen(
            "state",
            "`late`: open after the day they were due. `any`: in any state, as when it is left out.",
            schema={"type": "string", "enum": list(Filters.STATES)},
        ),
        chosen("initiative", "Only those of this initiative, by reference.", example="ESX-0042"),
        CURSOR,
        LIMIT,
    ],
    examples=[OpenApiExample("One page", value={"results": [RECORD], "next": None}, response_only=True)],
)

CREATE: Final = operation(
    "actions_create",
    tag=TAG,
    summary="Make an action",
    description="Something that somebody is to do. Whoever is named by address is asked by mail, and it is theirs once "
    "they have accepted. It is your organisation’s.",
    answers={201: ("The action.", ActionDetailSerializer)},
    refusals=[409, 422],
    parameters=[IDEMPOTENCY_KEY, _ETAG, header("Location", "The address of the action.", on=[201])],
    body=NewActionBody,
    examples=[
        OpenApiExample(
            "A new action",
            value={
                "what": "Ask the bus company for a stop at the clinic",
                "due_on": "2027-04-30",
                "email": "ann@council.example.org",
                "name": "Ann Osei",
            },
            request_only=True,
        ),
        _ONE,
    ],
    token=True,
)

READ: Final = operation(
    "actions_read",
    tag=TAG,
    summary="Read one action",
    description="One action with everything its page shows you, and what you may do with it now.",
    answers={200: ("The action.", ActionDetailSerializer)},
    refusals=[404],
    parameters=[_ETAG],
    examples=[_ONE],
)

EDIT: Final = operation(
    "actions_edit",
    tag=TAG,
    summary="Change an action",
    description="Changes what is sent and leaves the rest as it is. Those who keep it may. Send `If-Match` with the "
    "`ETag` you read.",
    answers={200: ("The action as it is now.", ActionDetailSerializer)},
    refusals=[404, 409, 412, 422, 428],
    parameters=[IF_MATCH, _ETAG],
    body=ActionBody,
    examples=[OpenApiExample("Another day", value={"due_on": "2027-05-31"}, request_only=True), _ONE],
    token=True,
)


def _act(identifier: str, summary: str, description: str, body: Any = NothingBody) -> Callable[[Any], Any]:
    return operation(
        f"actions_{identifier}",
        tag=TAG,
        summary=summary,
        description=description,
        answers={200: ("The action as it is now.", ActionDetailSerializer)},
        refusals=[404, 409, 422],
        parameters=[IDEMPOTENCY_KEY, _ETAG],
        body=body,
        examples=[_ONE],
        token=True,
    )


ACCEPT: Final = _act("accept", "Take on what you were asked to", "Only whoever was asked can. Twice is once.")
DECLINE: Final = _act(
    "decline", "Say no", "Only whoever was asked can, also after having accepted. Whoever asked is told.", ReasonBody
)
CLAIM: Final = _act(
    "claim", "Take on what nobody has taken on", "When somebody has it, or was asked, it is refused (409)."
)
ASK: Final = _act(
    "ask",
    "Ask somebody to take it on",
    "They are asked by mail, in the place of whoever had it. Its owner hands it over so. Asking the same person again "
    "changes nothing.",
    AskBody,
)
UPDATE: Final = _act("update", "Say how it is going", "Its owner and those who keep it can.", UpdateBody)
BLOCK: Final = _act(
    "block",
    "Say what stands in the way",
    "Its owner and those who keep it can. Who asked for it is told. Said again, the newer words stand.",
    BlockBody,
)
UNBLOCK: Final = _act(
    "unblock", "Say that the way is free again", "Its owner and those who keep it can. Twice is once."
)
DONE: Final = _act("done", "Say that it is done", "Its owner and those who keep it can. Twice is once.", DoneBody)
DROP: Final = _act(
    "drop",
    "Say that it is no longer needed",
    "Those who keep it can. Whoever had taken it on, or was asked, is told.",
    ReasonBody,
)
REOPEN: Final = _act("reopen", "Take it up again", "After it was done or dropped: by its owner, or by nobody yet.")
