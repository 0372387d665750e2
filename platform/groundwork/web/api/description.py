"""The description of the whole API (OpenAPI 3.1), made once in each process from what the views say of themselves."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer

METHODS = ("get", "post", "patch", "put", "delete")


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One operation, for a reader. ``needs_token``: it cannot be asked for without."""

    identifier: str
    method: str
    path: str
    summary: str
    description: str
    needs_token: bool
    parameters: tuple[tuple[str, str, bool], ...]
    """Of each parameter its name, what it does, and whether it is needed."""


@cache
def description() -> dict[str, Any]:
    """The description as JSON values. The same for everybody: it tells addresses, not what is behind them."""
    made = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    # By way of text, so that what is left is what JSON has.
    whole: dict[str, Any] = json.loads(OpenApiJsonRenderer().render(made))
    return whole


@cache
def as_bytes() -> bytes:
    """The description as it is served."""
    return json.dumps(description(), ensure_ascii=False).encode()


def operations() -> Iterator[tuple[str, list[Operation]]]:
    """Every operation, by the headings and in the order of the description."""
    described = description()
    found: dict[str, list[Operation]] = {tag["name"]: [] for tag in described.get("tags", [])}
    for path, methods in described["paths"].items():
        for method in METHODS:
            if method in methods:
                each = methods[method]
                found.setdefault(each["tags"][0], []).append(_operation(path, method, each))
    yield from ((tag, listed) for tag, listed in found.items() if listed)


def _operation(path: str, method: str, said: dict[str, Any]) -> Operation:
    return Operation(
        identifier=said["operationId"],
        method=method.upper(),
        path=path,
        summary=said["summary"],
        description=said["description"],
        needs_token={} not in said["security"],
        parameters=tuple(
            (each["name"], each.get("description", ""), bool(each.get("required")))
            for each in said.get("parameters", [])
            if each["in"] != "path"
        ),
    )
