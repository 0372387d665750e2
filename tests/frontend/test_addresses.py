"""Every address that a template or a view names exists: a wrong name would be a 500 on some page, some day."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.urls import get_resolver

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = [*ROOT.glob("frontend/templates/**/*.html"), *ROOT.glob("notifications/templates/**/*")]
CODE = [*ROOT.glob("frontend/**/*.py"), *ROOT.glob("notifications/**/*.py"), *ROOT.glob("platform/**/*.py")]


ONLY_IN_A_DEMO = {"demo_sign_in"}


def names() -> set[str]:
    return {name for name in get_resolver().reverse_dict if isinstance(name, str)} | ONLY_IN_A_DEMO


@pytest.mark.parametrize("path", [p for p in TEMPLATES if p.is_file()], ids=lambda p: p.name)
def test_templates_name_addresses_that_exist(path: Path) -> None:
    # With "as" a missing address is an empty one: pages that only a demo has are asked for so.
    used = set(re.findall(r"{% url ['\"]([\w-]+)['\"](?:(?! as )[^%])*%}", path.read_text()))
    assert used - names() == set()


def test_code_names_addresses_that_exist() -> None:
    used = {
        (path.relative_to(ROOT).as_posix(), name)
        for path in CODE
        if "node_modules" not in path.parts
        for name in re.findall(r"\b(?:reverse|redirect)\(\s*\"([\w-]+)\"", path.read_text())
    }
    assert used, "the pattern finds nothing any more"
    assert sorted((where, name) for where, name in used if name not in names()) == []
