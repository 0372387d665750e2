"""``goldenthread audit``: what it says, and with what it ends."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError

from groundwork.audit.management.commands import audit as command
from groundwork.audit.models import AuditChain, AuditEntry
from groundwork.audit.services.sealing import seal_all
from tests.groundwork.audit.log import by_hand, seal_of, some_acts
from tests.groundwork.directory.town import Town


@pytest.fixture
def town(db: None) -> Town:
    return Town()


def run(*arguments: str) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("audit", *arguments, stdout=out, stderr=out)
    except SystemExit as ended:
        return int(ended.code or 0), out.getvalue()
    except CommandError as error:
        return error.returncode, str(error)
    return 0, out.getvalue()


def test_a_chain_that_holds_ends_with_0_and_says_its_head(town):
    some_acts(town)
    assert run("head") == (0, "Nothing is sealed yet.\n")
    code, said = run("verify")
    assert (code, "not sealed yet" in said) == (0, True)
    code, said = run("verify", "--seal")
    chain = AuditChain.objects.get()
    head = f"{chain.number}:{chain.hash}"
    assert (code, said) == (0, f"The chain holds: {chain.number} acts are as they were sealed. Head {head}\n")
    assert run("head") == (0, f"{chain.number}:{chain.hash}\n")
    assert run("verify", "--head", f"{chain.number}:{chain.hash}")[0] == 0
    assert run("verify", "--head", f"{chain.number}:{chain.hash[:12]}")[0] == 0
    assert (chain.verified_number, chain.problems) == (chain.number, 0)


def test_a_tampered_row_is_named_with_what_differs_and_ends_with_1(town):
    acts = some_acts(town)
    assert run("seal") == (0, f"{AuditEntry.objects.count()} acts were sealed.\n")
    with by_hand():
        AuditEntry.objects.filter(pk=acts[2].pk).update(action="organisation.nothing")
        code, said = run("verify")
        assert code == 1
        assert f"TAMPERED  row {seal_of(acts[2]).number}, entry {acts[2].pk}: differs: action\n" in said
        assert "does not hold: 1 problems" in said
        assert AuditChain.objects.get().problems == 1


def test_a_head_that_the_chain_does_not_reach_ends_with_1(town):
    some_acts(town)
    seal_all()
    assert run("verify", "--head", "9999:" + "a" * 64)[0] == 1


def test_what_cannot_look_ends_with_2(town, monkeypatch):
    assert run("verify", "--head", "the last one")[0] == 2
    assert run("verify", "--head", "7:abc")[0] == 2
    assert run("nonsense")[0] in (1, 2)

    def refuses(**_: Any) -> None:
        raise DatabaseError("no such table")

    monkeypatch.setattr(command, "verify", refuses)
    code, said = run("verify")
    assert (code, "Run migrate" in said) == (2, True)
