"""What the operations on workshops say of themselves in the description of the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from drf_spectacular.utils import OpenApiExample

from collaboration.workshops.api import bodies, serializers
from collaboration.workshops.queries import LISTS
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

TAG: Final = "Workshops"

RECORD: Final[dict[str, Any]] = {
    "id": "5b0f6f2e-6b7c-4c57-9a54-0f6f2e5b0f6f",
    "code": "K7MPQ4RT",
    "title": "Getting to the clinic",
    "purpose": "Why people miss appointments, and what would help.",
    "host": "essex-county-council",
    "template": "barriers-and-enablers",
    "status": "planned",
    "visibility": "partners",
    "starts_at": "2027-03-12T14:00:00+00:00",
    "ends_at": "2027-03-12T16:00:00+00:00",
    "venue": "Village hall",
    "rehearsal": False,
    "locked": False,
    "people": 3,
    "address": "https://thread.example.org/workshops/K7MPQ4RT/",
}

_RULES: Final = {"names": "shown", "budget": 5, "most": 3, "totals": "hidden", "grouping": "everyone"}

DETAIL: Final[dict[str, Any]] = {
    **RECORD,
    "version": 4,
    "prompt": "What stands in the way?",
    "link": "",
    "rehearses": None,
    "cancelled_reason": "",
    "opened": None,
    "reported": None,
    "plan": [
        {"stage": 0, "name": "Lobby", "minutes": 5, "note": ""},
        {"stage": 1, "name": "Write", "minutes": 10, "note": ""},
        {"stage": 7, "name": "Close", "minutes": 5, "note": ""},
    ],
    "columns": [{"title": "In the way", "prompt": ""}, {"title": "What helps", "prompt": ""}],
    "rules": _RULES,
    "frameworks": [],
    "elements": ["FOE-A2.2"],
    "initiatives": [],
    "you": {"state": "not_open", "key": "9f86d081884c7d65", "role": "participant", "name": "Ann Osei"},
    "ways_in": None,
    "organising": None,
}

_ONE = OpenApiExample("A workshop", value=DETAIL, response_only=True, status_codes=["200", "201"])
_ETAG = header("ETag", "The version of the record, for `If-Match`.", on=[200, 201])
_LOCATION = header("Location", "The address of the workshop.", on=[201])

TEMPLATES: Final = operation(
    "workshop_templates_list",
    tag=TAG,
    summary="List templates",
    description="What a workshop can be made from. Columns that come from the place are read from its frameworks.",
    answers={200: ("Templates.", serializers.TemplatesSerializer)},
)

LIST: Final = operation(
    "workshops_list",
    tag=TAG,
    summary="List workshops",
    description="The workshops you may know of. Those to come and open ones with the soonest first, all others with "
    "the newest first. Rehearsals are listed under `which=mine` alone.",
    answers={200: ("Workshops.", page_of(serializers.WorkshopSerializer))},
    parameters=[
        chosen(
            "which",
            "`mine`: those you take part in, or look after for your organisation. Left out: all.",
            schema={"type": "string", "enum": list(LISTS)},
        ),
        chosen("words", "Only those with these words.", schema={"type": "string", "minLength": 1, "maxLength": 200}),
        CURSOR,
        LIMIT,
    ],
    examples=[OpenApiExample("One page", value={"results": [RECORD], "next": None}, response_only=True)],
)

CREATE: Final = operation(
    "workshops_create",
    tag=TAG,
    summary="Plan a workshop",
    description="Made from a template; what else is sent takes the place of what the template says. Your organisation "
    "hosts it, and you are its first facilitator.",
    answers={201: ("The workshop.", serializers.WorkshopDetailSerializer)},
    refusals=[404, 409, 422],
    parameters=[IDEMPOTENCY_KEY, _ETAG, _LOCATION],
    body=bodies.NewWorkshopBody,
    examples=[
        OpenApiExample(
            "A new workshop",
            value={
                "title": "Getting to the clinic",
                "template": "barriers-and-enablers",
                "starts_at": "2027-03-12T14:00:00Z",
                "ends_at": "2027-03-12T16:00:00Z",
                "visibility": "partners",
                "rules": {"names": "hidden"},
            },
            request_only=True,
        ),
        _ONE,
    ],
    token=True,
)

READ: Final = operation(
    "workshops_read",
    tag=TAG,
    summary="Read one workshop",
    description="One workshop with what its page shows you: the ways in for those who run it, what only organisers "
    "know for those who organise it, and who you are in it.",
    answers={200: ("The workshop.", serializers.WorkshopDetailSerializer)},
    refusals=[404],
    parameters=[_ETAG],
    examples=[_ONE],
)

EDIT: Final = operation(
    "workshops_edit",
    tag=TAG,
    summary="Change a workshop",
    description="Changes what is sent and leaves the rest as it is. Its organisers may. Columns and rules are changed "
    "here until it is open, and on the board from then on. Send `If-Match` with the `ETag` you read.",
    answers={200: ("The workshop as it is now.", serializers.WorkshopDetailSerializer)},
    refusals=[404, 409, 412, 422, 428],
    parameters=[IF_MATCH, _ETAG],
    body=bodies.WorkshopBody,
    examples=[OpenApiExample("Another place", value={"venue": "Library"}, request_only=True), _ONE],
    token=True,
)


def _act(
    identifier: str,
    summary: str,
    description: str,
    body: Any = bodies.NothingBody,
    *,
    makes: bool = False,
    keyed: bool = True,
) -> Callable[[Any], Any]:
    return operation(
        f"workshops_{identifier}",
        tag=TAG,
        summary=summary,
        description=description,
        answers={201: ("The new workshop.", serializers.WorkshopDetailSerializer)}
        if makes
        else {200: ("The workshop as it is now.", serializers.WorkshopDetailSerializer)},
        refusals=[404, 409, 422],
        parameters=[*([IDEMPOTENCY_KEY] if keyed else []), _ETAG, *([_LOCATION] if makes else [])],
        body=body,
        examples=[_ONE],
        token=True,
    )


OPEN: Final = _act("open", "Open it", "People may join from now on, and the board can be written on. Twice is once.")
LOCK: Final = _act("lock", "Lock joining", "Nobody new may join. Whoever is in stays in and may come back.")
UNLOCK: Final = _act("unlock", "Unlock joining", "People may join again.")
CLOSE: Final = _act(
    "report",
    "Close it and send its report",
    "Nobody joins or writes any more, and the report can be read. Those who left an address are sent a link to it.",
    bodies.ReportBody,
)
REOPEN: Final = _act("reopen", "Open it again", "A reported workshop goes on, and is reported anew.")
ARCHIVE: Final = _act("archive", "Put it away", "Its report can still be read, and nothing about it changes any more.")
CANCEL: Final = _act(
    "cancel", "Cancel it", "It does not take place. Whoever was invited is told, with the reason.", bodies.ReasonBody
)
HOLD: Final = _act(
    "hold",
    "Keep what was said",
    "Whatever the clock that removes it says. Partnership officers may, and leads of the host.",
    bodies.NeededReasonBody,
)
RELEASE: Final = _act("release", "End the hold", "The clock that removes what was said counts again.")
RENEW_LINK: Final = _act(
    "renew_link", "Make links given out invalid", "Whoever is in stays in; code and invitations work on."
)
TELL_NEXT: Final = _act(
    "tell_next",
    "Tell what happened next",
    "Those who left an address are sent `next_text`. Told once; a second time tells nobody again.",
)
REHEARSE: Final = _act(
    "rehearse",
    "Rehearse it on a copy",
    "A workshop with the same plan and team. It mails nobody, and nothing in it counts.",
    makes=True,
)
COPY: Final = _act(
    "copy",
    "Plan another one like it",
    "The same plan, columns, rules and subjects; no dates, no people. Your organisation hosts it.",
    bodies.CopyBody,
    makes=True,
)
ME: Final = _act("me", "Change how you take part", "Your name there, and where the report is sent.", bodies.MeBody)
FEEDBACK: Final = _act(
    "feedback",
    "Answer the question at the end",
    "Answering again replaces the answer; answering nothing takes it back. Neither who nor when is kept.",
    bodies.FeedbackBody,
    keyed=False,
)

_JOINED: Final = {
    200: ("You had joined before: the place you have.", serializers.JoinedSerializer),
    201: ("You take part, or wait in the lobby: see `you.state`.", serializers.JoinedSerializer),
}

JOIN: Final = operation(
    "workshops_join",
    tag=TAG,
    summary="Join a workshop you may know of",
    description="The person of the token takes part, under the mandate of the token. Joining twice is joining once.",
    answers=_JOINED,
    refusals=[404, 409, 422],
    parameters=[IDEMPOTENCY_KEY],
    body=bodies.JoinBody,
    token=True,
)

JOIN_BY_KEY: Final = operation(
    "workshops_join_by_key",
    tag=TAG,
    summary="Join by a code, a link or an invitation",
    description="For workshops that you were told of and cannot find in the list. Wrong codes are counted; after too "
    "many no code is looked at for a while (429). Guests without an account use the pages.",
    answers=_JOINED,
    refusals=[404, 409, 422, 429],
    body=bodies.JoinByKeyBody,
    examples=[OpenApiExample("By code", value={"code": "K7MP Q4RT"}, request_only=True)],
    token=True,
)


def _person(
    identifier: str, summary: str, description: str, body: Any = bodies.NothingBody, shape: Any = None
) -> Callable[[Any], Any]:
    return operation(
        identifier,
        tag=TAG,
        summary=summary,
        description=description,
        answers={200: ("As it is now.", shape or serializers.ParticipantSerializer)},
        refusals=[404, 409, 422],
        parameters=[IDEMPOTENCY_KEY],
        body=body,
        token=True,
    )


LEAVE: Final = _person("workshops_leave", "Leave", "What you wrote stays. You can join again.")
PARTICIPANTS: Final = operation(
    "participants_list",
    tag=TAG,
    summary="List who takes part",
    description="Everybody who joined, whatever became of them, in the order of joining. For those who run it.",
    answers={200: ("People.", page_of(serializers.ParticipantSerializer))},
    refusals=[403, 404],
    parameters=[CURSOR, LIMIT],
)
ADMIT_ALL: Final = _person(
    "participants_admit",
    "Let everybody in who waits",
    "Of the lobby of an open workshop.",
    shape=serializers.CountSerializer,
)
ADMIT: Final = _person("participant_admit", "Let somebody in", "From the lobby, or back in who was removed.")
REMOVE: Final = _person(
    "participant_remove", "Remove somebody", "They leave the board at once and cannot come back. What they wrote stays."
)
CHANGE_ROLE: Final = _person(
    "participant_role", "Change what somebody is", "Participant, facilitator or observer.", bodies.RoleBody
)
RENAME: Final = _person(
    "participant_rename", "Change somebody’s name", "For instance when it offends.", bodies.RenameBody
)
TEAM: Final = _person(
    "team_add",
    "Add a facilitator",
    "At once if they have an account here, otherwise by an invitation. Either is mailed.",
    bodies.TeamBody,
    serializers.AddedSerializer,
)
INVITATIONS: Final = operation(
    "invitations_list",
    tag=TAG,
    summary="List invitations",
    description="Everybody who was invited, by address, those taken back included. For its organisers.",
    answers={200: ("Invitations.", page_of(serializers.InvitationSerializer))},
    refusals=[403, 404],
    parameters=[CURSOR, LIMIT],
)
INVITE: Final = _person(
    "invitations_send",
    "Invite people",
    "Each by a mail of their own. Whoever holds an invitation that works is not written to again.",
    bodies.InviteBody,
    serializers.InvitedSerializer,
)
SEND_AGAIN: Final = _person(
    "invitation_send_again",
    "Send an invitation again",
    "The same link, to somebody who has not come in or declined; at most three mails in a day.",
    shape=serializers.InvitationSerializer,
)
WITHDRAW: Final = _person(
    "invitation_withdraw",
    "Take an invitation back",
    "Its link stops working at once. Whoever has come in by it stays.",
    shape=serializers.InvitationSerializer,
)
