"""Rules that keep a reader able to guess the file from the question."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.sources import PACKAGES, ROOT, kept_files, modules, name_of, tree

LONGEST = 450
"""About 400 lines, with some patience."""
LONGER: dict[str, str] = {}
"""Modules that are longer than :data:`LONGEST`, each with the reason why splitting it by noun would not help."""

ANNOUNCERS = {
    "platform/groundwork/events/wake.py": "wakes the relay",
    "platform/goldenthread/celery.py": "the beat's first round",
    "platform/goldenthread/canary.py": "a worker's message to itself",
}
"""The only modules that may put a message into a queue. Everything else records an event."""

NAMELESS = {"utils", "util", "helpers", "helper", "common", "misc", "shared", "lib"}
SIGNALS = {"pre_save", "post_save", "pre_delete", "post_delete", "m2m_changed"}


def sends(source: ast.AST) -> Iterator[int]:
    """Lines on which something is put into a queue."""
    for node in ast.walk(source):
        match node:
            case ast.Call(func=ast.Attribute(attr="delay" | "apply_async" | "send_task")):
                yield node.lineno


def test_only_the_relay_and_the_beat_put_messages_into_queues() -> None:
    found = {name_of(source) for source in modules() if any(sends(tree(source)))}
    assert found - set(ANNOUNCERS) == set(), "record an event instead; the relay sees to the rest"
    assert set(ANNOUNCERS) <= found, "an exception that nothing needs any more"


@pytest.mark.parametrize("call", ["task.delay(1)", "task.apply_async(kwargs={})", "app.send_task('x')"])
def test_that_rule_sees_each_way_of_sending(call: str) -> None:
    assert list(sends(ast.parse(call))) == [1]
    assert list(sends(ast.parse("clock.delayed(1); transaction.on_commit(wake)"))) == []


def receives_saves(source: ast.AST) -> Iterator[int]:
    # A field of a model has a method of that name as well; a signal is never called.
    called = {id(node.func) for node in ast.walk(source) if isinstance(node, ast.Call)}
    for node in ast.walk(source):
        if isinstance(node, ast.ImportFrom) and {alias.name for alias in node.names} & SIGNALS:
            yield node.lineno
        if isinstance(node, ast.Attribute) and node.attr in SIGNALS and id(node) not in called:
            yield node.lineno


def test_nothing_happens_behind_a_save() -> None:
    assert {name_of(source) for source in modules() if any(receives_saves(tree(source)))} == set()


def test_that_rule_sees_a_receiver() -> None:
    assert list(receives_saves(ast.parse("from django.db.models.signals import post_save"))) == [1]
    assert list(receives_saves(ast.parse("signals.post_save.connect(f)"))) == [1]


WRITERS = ("platform/groundwork/audit/services/",)
_WRITES = {"create", "bulk_create", "update", "bulk_update", "delete", "get_or_create", "update_or_create", "aupdate"}


def writes_acts(source: ast.AST) -> Iterator[int]:
    """Lines on which an act or a seal is made, changed or deleted by name."""
    for node in ast.walk(source):
        if not isinstance(node, ast.Call):
            continue
        match node.func:
            case ast.Name(id="AuditEntry" | "AuditSeal") | ast.Attribute(attr="AuditEntry" | "AuditSeal"):
                yield node.lineno
            case ast.Attribute(attr=what, value=value) if what in _WRITES:
                named = {each.id for each in ast.walk(value) if isinstance(each, ast.Name)}
                if named & {"AuditEntry", "AuditSeal"}:
                    yield node.lineno


def test_only_the_audit_log_writes_the_audit_log() -> None:
    found = {name_of(source) for source in modules() if any(writes_acts(tree(source)))}
    assert {name for name in found if not name.startswith(WRITERS)} == set()
    assert found, "the rule sees those who may"


@pytest.mark.parametrize(
    "line",
    [
        "AuditEntry(action='x')",
        "models.AuditEntry(action='x')",
        "AuditEntry.objects.create(action='x')",
        "AuditEntry.objects.filter(pk=1).update(action='x')",
        "AuditSeal.objects.all().delete()",
    ],
)
def test_that_rule_sees_each_way_of_writing(line: str) -> None:
    assert list(writes_acts(ast.parse(line))) == [1]
    assert list(writes_acts(ast.parse("AuditEntry.objects.filter(pk=1).first()"))) == []


ENGINE = "collaboration.boards.engine"


def brought_in(source: ast.AST) -> set[str]:
    """The modules that a module imports, by full name."""
    found: set[str] = set()
    for node in ast.walk(source):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found


def test_the_engine_of_the_board_stands_on_nothing_but_python() -> None:
    """Neither Django nor Channels nor Celery: it is tried by itself, and is the same behind a socket and a form.

    What reads and writes JSON for it is a library that does nothing else.
    """
    engine = [source for source in modules() if "engine" in source.parts and "boards" in source.parts]
    foreign = {
        f"{name_of(source)}: {name}"
        for source in engine
        for name in brought_in(tree(source))
        if name.partition(".")[0] not in {*sys.stdlib_module_names, "msgspec"} and not name.startswith(ENGINE)
    }
    assert engine
    assert foreign == set()


def test_that_rule_sees_what_is_brought_in() -> None:
    assert brought_in(ast.parse("import django.db, json\nfrom channels import layers")) == {
        "django.db",
        "json",
        "channels",
    }


def test_no_module_is_called_after_nothing() -> None:
    named = {name_of(source) for source in modules() if {source.stem, *source.parent.parts} & NAMELESS}
    assert named == set(), "name it after what it is about"


def test_no_module_is_too_long_to_read() -> None:
    long = {name_of(source) for source in modules() if len(source.read_text("utf-8").splitlines()) > LONGEST}
    assert long - set(LONGER) == set(), f"split by noun what passes {LONGEST} lines"
    assert set(LONGER) <= long, "an exception that nothing needs any more"


def test_platform_stays_a_plain_folder() -> None:
    """With an ``__init__.py`` it would shadow the standard library's ``platform``."""
    assert not (ROOT / "platform" / "__init__.py").exists()
    assert not (ROOT / "tests" / "platform").exists()


def test_every_folder_of_modules_is_a_package() -> None:
    """A forgotten ``__init__.py`` hides a folder from the import contracts, the types and the tests."""
    tests = [path for path in (ROOT / "tests").rglob("*.py") if "node_modules" not in path.parts]
    folders = {source.parent for source in [*modules(), *tests]}
    assert {name_of(folder) for folder in folders if not (folder / "__init__.py").exists()} == set()


def test_test_folders_mirror_the_packages() -> None:
    known = {*PACKAGES, "architecture", "e2e", "bench", "drills", "api"}
    folders = {path.name for path in (ROOT / "tests").iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders - known == set()


# What must not stand in any file of the repository.

ADDRESS = re.compile(
    r'"resolved":\s*"|^\s*(--index-url|--extra-index-url|--find-links|--trusted-host|-i )', re.MULTILINE
)
# Spelt in pieces, so that this file does not contain what it looks for.
MACHINE = re.compile(
    "|".join((r"/" + "work/", r"/" + r"root/", r"/" + "tmp/gt", r"/" + r"home/[a-z]", r"/" + "opt/wheels"))
)


def texts() -> Iterator[tuple[Path, str]]:
    for path in kept_files():
        try:
            yield path, path.read_text("utf-8")
        except UnicodeDecodeError:
            continue


OTHER_SPELLING = re.compile(r"(?<![A-Za-z-])e-mail", re.IGNORECASE)


def test_email_is_spelt_in_one_way() -> None:
    """As GOV.UK spells it. A heading that somebody else's spreadsheet may have is theirs."""
    theirs = {"tests/collaboration/imports/test_headings.py", "tests/architecture/test_rules_of_the_house.py"}
    found = {name_of(path) for path, text in texts() if OTHER_SPELLING.search(text)}
    assert found <= theirs


def test_no_file_carries_the_path_of_a_machine() -> None:
    assert {name_of(path) for path, text in texts() if MACHINE.search(text)} == set()


LOCKS = ["requirements/base.txt", "requirements/dev.txt", "requirements/node.txt", "frontend/package-lock.json"]


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_carries_hashes_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    assert not ADDRESS.search(text)
    if lock.endswith(".txt"):
        assert "://" not in text
        pins = re.findall(r"^[A-Za-z0-9_.\[\]-]+==\S+.*(?:\n {4}--hash=sha256:[0-9a-f]{64}.*)+", text, re.MULTILINE)
        assert len(pins) == len(re.findall(r"^[A-Za-z0-9_.\[\]-]+==", text, re.MULTILINE)) > 0
    else:
        assert '"integrity": "sha512-' in text


@pytest.mark.parametrize(
    "line", ["--index-url https://example.org/simple", '  "resolved": "https://example.org/a.tgz"']
)
def test_that_rule_sees_an_address(line: str) -> None:
    assert ADDRESS.search(f"a==1\n{line}\n")
    assert MACHINE.search("see /" + "root/.venv") is not None


def test_the_locks_agree_with_each_other() -> None:
    """`make test` installs the dev lock over the base lock: what both name must be the same."""
    pins = [
        dict(re.findall(r"^([A-Za-z0-9_.-]+)(?:\[[^\]]*\])?==(\S+)", (ROOT / lock).read_text("utf-8"), re.MULTILINE))
        for lock in LOCKS[:2]
    ]
    assert {name: pin for name, pin in pins[0].items() if pins[1].get(name) != pin} == {}
