"""What the operations on initiatives say of themselves in the description of the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from drf_spectacular.utils import OpenApiExample

from collaboration.initiatives.api.bodies import InitiativeBody, NewInitiativeBody, NothingBody, PublishBody
from collaboration.initiatives.api.serializers import InitiativeDetailSerializer, InitiativeSerializer
from collaboration.initiatives.models import Stage
from groundwork.web.api.describing import (
    CURSOR,
    IDEMPOTENCY_KEY,
    IF_MATCH,
    IF_MATCH_OR_NOT,
    LIMIT,
    chosen,
    header,
    operation,
    page_of,
)

TAG: Final = "Initiatives"

RECORD: Final[dict[str, Any]] = {
    "ref": "ESX-0042",
    "title": "Warm homes on prescription",
    "summary": "Surgeries refer people whose health suffers from cold homes to council energy advisers.",
    "stage": "active",
    "lead": "rochford-district-council",
    "partners": ["essex-county-council"],
    "strands": ["FOE-A2.2", "FOE-A2.3"],
    "blocks": ["CBB-2"],
    "areas": ["E07000075"],
    "start": "2026-04-01",
    "end": None,
    "money": 120000,
    "contact": "Housing team",
    "contact_email": "housing@example.org",
    "source": "",
    "original_labels": {},
    "difference": "Fewer people are admitted to hospital in winter.",
    "scale": "district",
    "participation": "",
    "ambitions": ["FOE-A2"],
    "principles": [],
    "elements": [],
    "verified": "2026-11-02",
    "published": "2026-05-11",
    "changed": "2026-11-02T09:30:00+00:00",
    "visibility": "public",
    "exemplar": False,
    "address": "https://thread.example.org/initiatives/ESX-0042/",
}

DETAIL: Final[dict[str, Any]] = {
    **RECORD,
    "version": 3,
    "owner": "rochford-district-council",
    "intended_visibility": "public",
    "main_strands": [{"code": "FOE-A2.2", "contribution": "Homes stop making people ill."}],
    "partnerships": [
        {
            "organisation": "essex-county-council",
            "name": "Essex County Council",
            "role": "funder",
            "contribution": "Pays for the advisers.",
            "is_group": False,
            "confirmed": True,
            "asked": False,
            "since": None,
            "until": None,
        }
    ],
    "funding": [{"amount": 120000, "source": "essex-county-council", "period_from": None, "period_to": None}],
    "exemplar_reason": "",
    "withdrawn": None,
    "health": "on_track",
    "updates": [
        {
            "at": "2026-11-02T09:30:00+00:00",
            "body": "Two more surgeries refer to us.",
            "organisation": "rochford-district-council",
            "health": "on_track",
        }
    ],
    "learning": [],
    "asks_and_offers": [],
    "challenges": [],
}

NEW: Final[dict[str, Any]] = {
    "title": "Warm homes on prescription",
    "summary": "Surgeries refer people whose health suffers from cold homes to council energy advisers.",
    "stage": "active",
    "lead": "Rochford District Council",
    "partnerships": [
        {"organisation": "essex-county-council", "role": "funder", "contribution": "Pays for the advisers."}
    ],
    "main_strands": [{"code": "FOE-A2.2", "contribution": "Homes stop making people ill."}],
    "blocks": ["CBB-2"],
    "areas": ["E07000075"],
    "scale": "district",
    "start": "2026-04-01",
    "money": 120000,
    "contact": "Housing team",
    "contact_email": "housing@example.org",
}

_ONE = OpenApiExample("An initiative", value=DETAIL, response_only=True, status_codes=["200", "201"])
_ETAG = header("ETag", "The version of the record, for `If-Match`.", on=[200, 201])

LIST: Final = operation(
    "initiatives_list",
    tag=TAG,
    summary="List initiatives",
    description="Published initiatives, the most recently changed first: public ones, and with a token also those "
    "shared among partners. Filters are those of the page; every one that is given must hold. With "
    "`visibility=draft`: the drafts that you can work on.",
    answers={200: ("Initiatives.", page_of(InitiativeSerializer))},
    parameters=[
        chosen("ambition", "Only those that serve this ambition of the vision, by code.", example="FOE-A2"),
        chosen("strand", "Only those that serve this strand, by code."),
        chosen("block", "Only those that strengthen this building block, by code.", example="CBB-2"),
        chosen("element", "Only those that answer to this element of any framework, by code."),
        chosen("area", "Only those that happen in this area, by GSS code.", example="E07000075"),
        chosen("organisation", "Only those that this organisation leads or takes part in, by slug."),
        chosen("sector", "Only those with an organisation of this sector, by code."),
        chosen("stage", "Only those at this stage.", schema={"type": "string", "enum": list(Stage.values)}),
        chosen(
            "year",
            "Only those that run in this year.",
            schema={"type": "string", "pattern": "^[12][0-9]{3}$"},
            example="2026",
        ),
        chosen("exemplar", "Only those that show good practice.", schema={"type": "string", "enum": ["yes"]}),
        chosen("words", "Only those with these words.", schema={"type": "string", "minLength": 1, "maxLength": 200}),
        chosen("q", "The same as `words`.", schema={"type": "string", "minLength": 1, "maxLength": 200}),
        chosen(
            "visibility",
            "`draft`: the drafts you can work on, instead of what is published. Without a token there are none.",
            schema={"type": "string", "enum": ["draft"]},
        ),
        CURSOR,
        LIMIT,
    ],
    examples=[OpenApiExample("One page", value={"results": [RECORD], "next": None}, response_only=True)],
)

CREATE: Final = operation(
    "initiatives_create",
    tag=TAG,
    summary="Register an initiative",
    description="Makes a draft that belongs to the organisation of the token. What is left out is not stated. Names "
    "are found by identifier, name or alias; a name that is not found is refused with the nearest one that is.",
    answers={201: ("The draft.", InitiativeDetailSerializer)},
    refusals=[409, 422],
    parameters=[IDEMPOTENCY_KEY, _ETAG, header("Location", "The address of the draft.", on=[201])],
    body=NewInitiativeBody,
    examples=[OpenApiExample("A new initiative", value=NEW, request_only=True), _ONE],
    token=True,
)

READ: Final = operation(
    "initiatives_read",
    tag=TAG,
    summary="Read one initiative",
    description="One initiative with everything its page shows you. What was merged into another leads there (308); "
    "what was public and has been withdrawn is gone (410).",
    answers={200: ("The initiative.", InitiativeDetailSerializer)},
    refusals=[404, 410],
    parameters=[_ETAG, header("Location", "The address of the initiative it was merged into.", on=[308])],
    elsewhere={308: "It was merged into another initiative, which `Location` names."},
    examples=[_ONE],
)

EDIT: Final = operation(
    "initiatives_edit",
    tag=TAG,
    summary="Change an initiative",
    description="Changes what is sent and leaves the rest as it is. Only people of the organisation that owns or leads "
    "it may. Send `If-Match` with the `ETag` you read.",
    answers={200: ("The initiative as it is now.", InitiativeDetailSerializer)},
    refusals=[404, 409, 410, 412, 422, 428],
    parameters=[IF_MATCH, _ETAG],
    body=InitiativeBody,
    examples=[
        OpenApiExample("It has begun", value={"stage": "active", "start": "2026-04-01"}, request_only=True),
        _ONE,
    ],
    token=True,
)


def _act(identifier: str, summary: str, description: str, body: Any = NothingBody, *also: Any) -> Callable[[Any], Any]:
    return operation(
        identifier,
        tag=TAG,
        summary=summary,
        description=description,
        answers={200: ("The initiative as it is now.", InitiativeDetailSerializer)},
        refusals=[404, 409, 410, 422, *([412, 428] if also else [])],
        parameters=[IDEMPOTENCY_KEY, *also, _ETAG],
        body=body,
        examples=[_ONE],
        token=True,
    )


PUBLISH: Final = _act(
    "initiatives_publish",
    "Publish an initiative",
    "Shows the draft to whom it is meant for, and asks every named partner to confirm. Only a lead or an approver of "
    "the organisation that owns or leads it may. While something is missing it is refused (422) with what. Published "
    "twice it is once. With `If-Match` only what you read is published.",
    PublishBody,
    IF_MATCH_OR_NOT,
)
CONFIRM: Final = _act(
    "initiatives_confirm",
    "Confirm your organisation's part",
    "The organisation of the token agrees to every part it was asked about here. Only a lead or an approver may answer "
    "for it. When nothing is waiting: 409.",
)
VERIFY: Final = _act(
    "initiatives_verify",
    "Say that it is still accurate",
    "Renews the date on which somebody last called the record accurate. Its owner, its lead and its confirmed partners "
    "may.",
)
