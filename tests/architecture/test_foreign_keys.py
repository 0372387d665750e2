"""Foreign keys go down the house, as imports do: a lower floor knows nothing of a higher one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import models

from tests.architecture.sources import PACKAGES

FLOORS = ["groundwork", "vision", "collaboration", "notifications", "frontend", "goldenthread"]
ROOMS = [
    ("initiatives",),
    ("imports",),
    ("actions",),
    ("readiness", "equality", "learning"),
    ("governance",),
    ("workshops",),
    ("boards",),
    ("thread",),
]
"""Inside collaboration, from the bottom; rooms on one level know nothing of each other."""


def place(app: str) -> tuple[int, int, str]:
    """Floor, level on the floor, and room, of an app by its full name (``collaboration.actions``)."""
    floor, _, room = app.partition(".")
    level = next((i for i, rooms in enumerate(ROOMS) if room in rooms), 0) if floor == "collaboration" else 0
    return FLOORS.index(floor), level, room


def may_point(source: str, target: str) -> bool:
    """Whether a model of app ``source`` may have a foreign key to one of app ``target``."""
    if target.partition(".")[0] not in FLOORS:
        return True
    if source.partition(".")[0] not in FLOORS:
        return False
    here, there = place(source), place(target)
    if here[0] == there[0] == FLOORS.index("collaboration") and here[1] == there[1]:
        return here[2] == there[2]
    return here[:2] >= there[:2]


def ours() -> Iterator[type[models.Model]]:
    for model in apps.get_models(include_auto_created=True):
        if model.__module__.partition(".")[0] in PACKAGES:
            yield model


def test_foreign_keys_go_down() -> None:
    up = [
        f"{model._meta.label}.{field.name} → {field.related_model._meta.label}"
        for model in ours()
        for field in model._meta.get_fields()
        if field.is_relation and field.concrete and isinstance(field.related_model, type)
        if not may_point(
            apps.get_app_config(model._meta.app_label).name,
            apps.get_app_config(field.related_model._meta.app_label).name,
        )
    ]
    assert up == []


@pytest.mark.parametrize(
    ("source", "target", "allowed"),
    [
        ("collaboration.initiatives", "vision.frameworks", True),
        ("collaboration.thread", "collaboration.initiatives", True),
        ("notifications", "groundwork.accounts", True),
        ("groundwork.audit", "groundwork.directory", True),
        ("groundwork.directory", "django.contrib.contenttypes", True),
        ("groundwork.audit", "vision.frameworks", False),
        ("vision.frameworks", "collaboration.initiatives", False),
        ("collaboration.initiatives", "notifications", False),
        ("collaboration.initiatives", "collaboration.thread", False),
        ("collaboration.learning", "collaboration.equality", False),
        ("collaboration.actions", "collaboration.governance", False),
    ],
)
def test_that_rule_knows_up_from_down(source: str, target: str, allowed: bool) -> None:
    assert may_point(source, target) is allowed
