"""The description of the API: kept in the repository, complete, true to its form, and the same in every process."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.urls import resolve
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema
from jsonschema import Draft202012Validator

from goldenthread.management.commands.describe_api import SNAPSHOT, as_text
from groundwork.web.api.description import METHODS, description, operations
from tests.api.place import Place
from tests.api.test_permission_matrix import FOR_ALL, IN_THEIR_OWN, OF_ONE

ROOT = Path(__file__).resolve().parents[2]
REFUSALS_OF_ALL = {"400", "401", "406"}
NEED_A_TOKEN = {"post", "patch"}


def every() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in description()["paths"].items():
        for method in METHODS:
            if method in methods:
                yield path, method, methods[method]


def test_the_snapshot_is_as_the_api_is() -> None:
    kept = (ROOT / SNAPSHOT).read_text("utf-8") if (ROOT / SNAPSHOT).exists() else ""
    assert kept == as_text(), (
        "The description of the API has changed. If that was meant: .venv/bin/goldenthread describe-api --keep "
        f"and commit {SNAPSHOT}. Programs of others are built on it: take nothing away without a new version."
    )


def test_it_has_the_form_of_openapi_3_1() -> None:
    assert description()["openapi"] == "3.1.0"
    validate_schema(description())


def test_making_it_gives_no_warning() -> None:
    GENERATOR_STATS.reset()
    with GENERATOR_STATS.silence():
        SchemaGenerator().get_schema(request=None, public=True)
    assert dict(GENERATOR_STATS._warn_cache) == {}
    assert dict(GENERATOR_STATS._error_cache) == {}


def test_every_route_is_described() -> None:
    there = {"{id}": "00000000-0000-4000-8000-000000000000", "{number}": "1"}
    described = set()
    for path in description()["paths"]:
        for name, value in there.items():
            path = path.replace(name, value)
        described.add(resolve(path.replace("{", "").replace("}", "")).url_name)
    # The page about the API is no operation of it.
    assert described == (FOR_ALL.keys() | OF_ONE | IN_THEIR_OWN) - {"api-docs"}


def test_every_operation_says_all_of_itself() -> None:
    identifiers = [said["operationId"] for _path, _method, said in every()]
    assert len(set(identifiers)) == len(identifiers)
    known = {tag["name"] for tag in description()["tags"]}
    for path, method, said in every():
        where = f"{method} {path}"
        assert said["summary"], where
        assert said["description"], where
        assert said["tags"][0] in known, where
        assert said["security"] == ([{"token": []}] if method in NEED_A_TOKEN else [{}, {"token": []}]), where
        assert said["responses"].keys() >= REFUSALS_OF_ALL, where
        for status, answer in said["responses"].items():
            assert answer["description"], where
            expected = {"2": ["application/json"], "3": [], "4": ["application/problem+json"]}[status[0]]
            assert list(answer.get("content", {})) == expected, (where, status)
        assert all(each["description"] for each in said.get("parameters", []) if each["in"] != "path"), where
        if "requestBody" in said:
            assert "415" in said["responses"], where


def test_examples_are_of_the_shape_they_show() -> None:
    shapes = description()["components"]["schemas"]
    seen = 0
    for _path, _method, said in every():
        media = [each for answer in said["responses"].values() for each in answer.get("content", {}).values()]
        media += said.get("requestBody", {}).get("content", {}).values()
        for each in media:
            for example in each.get("examples", {}).values():
                whole = {**each["schema"], "components": {"schemas": shapes}}
                Draft202012Validator(whole).validate(example["value"])
                seen += 1
    assert seen > 8


@pytest.mark.parametrize(
    "name", ["InitiativeBody", "NewInitiativeBody", "PartnershipBody", "MainStrandBody", "PublishBody"]
)
def test_bodies_have_no_fields_but_those_described(name: str) -> None:
    assert description()["components"]["schemas"][name]["additionalProperties"] is False


def test_it_is_served(place: Place) -> None:
    answer = place.program("public").get("openapi.json")
    assert answer["Content-Type"] == "application/json"
    assert json.loads(answer.content) == description()


def test_the_page_tells_every_operation_without_scripts(place: Place) -> None:
    page = place.program("public").get("docs/")
    text = unescape(page.content.decode())
    for _tag, listed in operations():
        for operation in listed:
            assert f'<code class="gt-address">{operation.method} {operation.path}</code> – {operation.summary}' in text
            for name, _meaning, _needed in operation.parameters:
                assert f'<code class="gt-address">{name}</code>' in text
    assert '<a href="#main-content" class="govuk-skip-link"' in text
    assert "<style" not in text
    assert "style=" not in text
    assert "onclick" not in text
    assert "img-src 'self' data:" in page["Content-Security-Policy"]
    assert "unsafe" not in page["Content-Security-Policy"]
