"""How an operation of the API describes itself: the parts of the OpenAPI description that every operation shares.

A view says in :func:`operation` what is its own. What all have in common is added here once: the one shape of
refusals, the headers, and whether a token is needed. The description is English: it is read by people who program.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema, inline_serializer
from rest_framework import serializers

from groundwork.web.api.problems import CONTENT_TYPE

_PROBLEM = {"$ref": "#/components/schemas/Problem"}
"""See :mod:`groundwork.web.api.schema`."""

_TEXT = "^[^\\u0000-\\u001f\\u007f-\\u009f]*$"
"""What a parameter may hold: no control characters."""

Parameter = OpenApiParameter
Serializer = type[serializers.BaseSerializer[Any]] | serializers.BaseSerializer[Any] | dict[str, Any]


_REFUSALS: Mapping[int, str] = {
    400: "The request cannot be understood: a parameter or the body is malformed, or a parameter does not exist.",
    401: "The token is missing where one is needed, or is unknown, taken back or past its expiry.",
    403: "You may see this but not do this to it. `detail` says why.",
    404: "There is nothing at this address, or you may not see it.",
    406: "Answers come as JSON only.",
    409: "It is in a state in which this cannot be done, or changed meanwhile.",
    410: "It was public once and has been withdrawn.",
    412: "It changed since you read it: read it again and repeat your change.",
    413: "The body is larger than 1 MB.",
    415: "Bodies are taken as `application/json` in UTF-8 only.",
    422: "A value cannot be accepted. `errors` says which, and why.",
    428: "Send `If-Match` with the `ETag` you read.",
    429: "Too often. Wait as long as `Retry-After` says, or a few minutes; nothing was done.",
}

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]([ -~]*[!-~])?$"},
    OpenApiParameter.HEADER,
    description="A name of your choice for this request. Sent again within 48 hours with the same body it has no "
    "second effect and gets the first answer again; with another body it is refused (422).",
)


def _if_match(*, required: bool) -> OpenApiParameter:
    return OpenApiParameter(
        "If-Match",
        {"type": "string", "pattern": r'^(\*|"[!#-~]+")$'},
        OpenApiParameter.HEADER,
        required=required,
        description="The `ETag` of what you read, so that nobody's change meanwhile is lost; `*` for whatever it is "
        "now.",
        examples=[OpenApiExample("As it was read", value='"3"')],
    )


IF_MATCH = _if_match(required=True)
IF_MATCH_OR_NOT = _if_match(required=False)
CURSOR = OpenApiParameter(
    "cursor",
    {"type": "string", "minLength": 1},
    description="Where to go on. Take it from `next`; a cursor belongs to its list and its filters.",
)
LIMIT = OpenApiParameter(
    "limit",
    {"type": "integer", "minimum": 1, "maximum": 100, "default": 25},
    description="How many results one answer holds.",
)


def chosen(name: str, description: str, *, schema: Mapping[str, Any] | None = None, example: str = "") -> Parameter:
    """A parameter in the query. ``schema`` when it is not simply text."""
    examples = [OpenApiExample(example, value=example)] if example else None
    return OpenApiParameter(
        name,
        dict(schema or {"type": "string", "minLength": 1, "pattern": _TEXT}),
        description=description,
        examples=examples,
    )


def header(name: str, description: str, *, on: Sequence[int]) -> Parameter:
    """A header of the answers with the statuses ``on``."""
    return OpenApiParameter(name, OpenApiTypes.STR, OpenApiParameter.HEADER, description=description, response=list(on))


def page_of(item: type[serializers.BaseSerializer[Any]]) -> serializers.BaseSerializer[Any]:
    """What a list answers: its results and where the next ones are."""
    name = item.__name__.removesuffix("Serializer")
    return inline_serializer(
        f"{name}Page",
        {
            "results": item(many=True),
            "next": serializers.URLField(
                allow_null=True, help_text="The address of the next results; null at the end."
            ),
        },
    )


def operation(
    identifier: str,
    *,
    tag: str,
    summary: str,
    description: str,
    answers: Mapping[int, tuple[str, Serializer]],
    refusals: Iterable[int] = (),
    parameters: Iterable[Parameter] = (),
    body: Serializer | None = None,
    elsewhere: Mapping[int, str] | None = None,
    examples: Sequence[OpenApiExample] = (),
    token: bool = False,
) -> Callable[[Any], Any]:
    """Describe a method of a view.

    ``answers``: by status, what it means and its shape. ``elsewhere``: statuses that send on, without a body.
    ``refusals``: the statuses of problems besides those that any
    request can meet. ``token``: whether it writes, and so needs one. Raises ``KeyError`` for a status
    that has no words yet.
    """
    responses: dict[Any, Any] = {
        (status, "application/json"): OpenApiResponse(shape, description=meaning)
        for status, (meaning, shape) in answers.items()
    }
    responses |= {status: OpenApiResponse(description=meaning) for status, meaning in (elsewhere or {}).items()}
    always = {400, 401, 406} | ({403, 413, 415} if token else set())
    problems = sorted(always | set(refusals))
    for status in problems:
        responses[status, CONTENT_TYPE] = OpenApiResponse(_PROBLEM, description=_REFUSALS[status])
    shared = [
        header("Link", 'The licence of the data: `<address>; rel="license"`.', on=list(answers)),
        header("X-Request-ID", "Finds this request in our logs.", on=[*answers, *problems]),
        header("WWW-Authenticate", "How to authenticate: `Bearer`.", on=[401]),
    ]
    decorated: Callable[[Any], Any] = extend_schema(
        operation_id=identifier,
        tags=[tag],
        summary=summary,
        description=description,
        parameters=[*parameters, *shared],
        request={"application/json": body} if body is not None else None,
        responses=responses,
        examples=list(examples),
    )
    return decorated


def close_bodies(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """A hook of drf-spectacular: bodies name every field they may have, because unknown ones are refused."""
    _forget_marks(result)
    schemas = result.get("components", {}).get("schemas", {})
    waiting = [
        media.get("schema", {})
        for path in result["paths"].values()
        for each in path.values()
        for media in each.get("requestBody", {}).get("content", {}).values()
    ]
    seen: set[str] = set()
    while waiting:
        schema = waiting.pop()
        if "$ref" in schema:
            name = schema["$ref"].rsplit("/", 1)[1]
            if name not in seen:
                seen.add(name)
                waiting.append(schemas[name])
            continue
        if schema.get("type") == "object" and "properties" in schema:
            schema["additionalProperties"] = False
        waiting += [each for each in schema.get("properties", {}).values() if isinstance(each, dict)]
        waiting += [schema["items"]] if isinstance(schema.get("items"), dict) else []
        waiting += [each for key in ("allOf", "anyOf", "oneOf") for each in schema.get(key, [])]
    return result


def _forget_marks(of: Any) -> None:
    """Take out what drf-spectacular notes for itself beside each list of choices."""
    if isinstance(of, dict):
        of.pop("x-spec-enum-id", None)
        for each in of.values():
            _forget_marks(each)
    elif isinstance(of, list):
        for each in of:
            _forget_marks(each)
