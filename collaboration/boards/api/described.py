"""What the operations on boards say of themselves in the description of the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from drf_spectacular.utils import OpenApiExample, OpenApiParameter

from collaboration.boards.api import bodies, serializers
from collaboration.boards.engine.limits import LONGEST_KEY
from collaboration.workshops.api.bodies import NothingBody
from collaboration.workshops.api.serializers import ParticipantSerializer, WorkshopDetailSerializer
from groundwork.web.api.describing import IDEMPOTENCY_KEY, chosen, header, operation

TAG: Final = "Boards"

DEVICE: Final = OpenApiParameter(
    "Board-Device",
    {"type": "string", "pattern": "^[!-~]*$", "minLength": 22, "maxLength": LONGEST_KEY},
    OpenApiParameter.HEADER,
    description="22 to 64 characters that your program makes up at random and keeps. Where names are hidden it is what "
    "makes a note yours.",
)

_OP: Final = {
    "op_id": "0e4f2b1c-93f5-4a53-8b7e-2f0d5a1c9e77",
    "base_seq": 12,
    "kind": "note.add",
    "target": "6a2f3c9d-1b5e-4f70-9c8d-3e2a1b0c4d5f",
    "props": {"column": "b1d2c3e4-5f60-4a7b-8c9d-0e1f2a3b4c5d", "text": "No bus after six"},
}

BOARD: Final = operation(
    "board_read",
    tag=TAG,
    summary="Read the board",
    description="As you may see it now: what is hidden from you is not in it. For those who are in the workshop.",
    answers={200: ("The board.", serializers.BoardSerializer)},
    refusals=[403, 404, 429],
    parameters=[DEVICE],
)

LOG: Final = operation(
    "board_log",
    tag=TAG,
    summary="Hear what changed",
    description="Frames of the protocol of the board (docs/protocol/board.md): `welcome` and what it announces, or a "
    "`heartbeat` when nothing changed. Ask again every few seconds with the last `seq` and `epoch` you took in; a "
    "socket hears sooner.",
    answers={200: ("Frames.", serializers.FrameSerializer)},
    refusals=[403, 404, 429],
    parameters=[
        chosen(
            "since",
            "The seq that you hold. Left out, with `epoch`: the whole board.",
            schema={"type": "integer", "minimum": 0},
        ),
        chosen("epoch", "The epoch that you hold it of.", schema={"type": "string", "format": "uuid"}),
        DEVICE,
    ],
)

OPS: Final = operation(
    "board_ops",
    tag=TAG,
    summary="Write on the board",
    description="Up to 50 ops of the protocol, done in order. Each is answered by itself: `ack` once it is kept for "
    "good, or `rejected` with a sentence. Send an op again, with the same `op_id`, until it is answered: it is done "
    "once. At most 20 a second, 40 at once (429).",
    answers={200: ("An answer for each.", serializers.AnswersSerializer)},
    refusals=[404, 422, 429],
    parameters=[DEVICE],
    body=bodies.OpsBody,
    examples=[
        OpenApiExample("A note", value={"ops": [_OP]}, request_only=True),
        OpenApiExample(
            "It is kept",
            value={
                "answers": [
                    {"t": "ack", "op_id": _OP["op_id"], "seq": 13, "epoch": "7c9e6679-7425-40de-944b-e07fc1f90ae7"}
                ]
            },
            response_only=True,
        ),
    ],
    token=True,
)

TICKET: Final = operation(
    "board_ticket",
    tag=TAG,
    summary="Get a ticket for a socket",
    description="Opens one socket, once, within a minute. Show it as a subprotocol: `golden-thread.board, "
    "ticket.<ticket>`. It is never put into an address: those are logged.",
    answers={201: ("The ticket.", serializers.TicketSerializer)},
    refusals=[404, 422],
    parameters=[DEVICE],
    body=NothingBody,
    token=True,
)

EFFECTS: Final = operation(
    "board_effects",
    tag=TAG,
    summary="What a step would do",
    description="What going one stage on or back will do, in sentences. For facilitators.",
    answers={200: ("Sentences.", serializers.EffectsSerializer)},
    refusals=[403, 404, 409],
    parameters=[
        OpenApiParameter(
            "to", {"type": "integer", "minimum": 0, "maximum": 7}, required=True, description="The number of the stage."
        ),
        DEVICE,
    ],
)

EXPORT: Final = operation(
    "board_export",
    tag=TAG,
    summary="Take the board along",
    description="What everybody in the room may see, as a file from which another workshop can begin with the "
    "identical board. For those who were there.",
    answers={200: ("The file.", serializers.DictionarySerializer)},
    refusals=[403, 404],
)


def _act(
    identifier: str,
    summary: str,
    description: str,
    body: Any,
    answers: dict[int, tuple[str, Any]],
    *also: Any,
    keyed: bool = True,
) -> Callable[[Any], Any]:
    return operation(
        identifier,
        tag=TAG,
        summary=summary,
        description=description,
        answers=answers,
        refusals=[404, 409, 422],
        parameters=[*([IDEMPOTENCY_KEY] if keyed else []), *also],
        body=body,
        token=True,
    )


_WORKSHOP: Final = {200: ("Its workshop as it is now.", WorkshopDetailSerializer)}
_ETAG: Final = header("ETag", "The version of the workshop.", on=[200])

IMPORT: Final = _act(
    "board_import",
    "Begin with a board that was taken along",
    "The board of a planned workshop, on which nothing was written yet, begins as the file says. Its organisers may.",
    bodies.FileBody,
    _WORKSHOP,
    _ETAG,
)
HISTORY: Final = _act(
    "board_history",
    "Take the full history",
    "Everything that ever happened on the board, hidden and deleted things too, for those who answer questions under "
    "the law: partnership officers. It is noted who took it.",
    NothingBody,
    {200: ("The history.", serializers.DictionarySerializer)},
    keyed=False,
)
REDACT: Final = _act(
    "board_redact",
    "Remove words for good",
    "From the board, its history, and what was made of it. Facilitators and partnership officers may.",
    bodies.RedactBody,
    _WORKSHOP,
    _ETAG,
)
ERASE: Final = _act(
    "participant_erase",
    "Make somebody unknown",
    "Their name and addresses go, and their key on the board is replaced. What they wrote stays as a former "
    "participant’s. The person and partnership officers may.",
    NothingBody,
    {200: ("What is left of them.", ParticipantSerializer)},
)
REPORT: Final = operation(
    "report_read",
    tag=TAG,
    summary="Read the report",
    description="What everybody in the room may see, for those who take part or organise it; once it is reported, also "
    "for those who may know of it, without names.",
    answers={200: ("The report.", serializers.ReportSerializer)},
    refusals=[403, 404],
)
OUTCOMES: Final = operation(
    "outcomes_list",
    tag=TAG,
    summary="List what came of it",
    description="Actions, drafts, notes: with what each was made of, and how it stands. For those who may read the "
    "report.",
    answers={200: ("What came of it.", serializers.OutcomesSerializer)},
    refusals=[403, 404],
)
MAKE_OUTCOME: Final = _act(
    "outcomes_create",
    "Make something of what was said",
    "An action, the draft of an initiative, a learning note, a principle, an idea for a measure, or a risk. It keeps "
    "from which notes it came, and how many votes these had. Its facilitators may.",
    bodies.OutcomeBody,
    {201: ("What was made.", serializers.OutcomeSerializer)},
    header("Location", "The address of the list it stands in.", on=[201]),
)
