"""Asking and insisting: refusals say why, and what may not be seen does not exist."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from groundwork.access.actors import Actor, Public, SystemActor
from groundwork.access.errors import Invalid, NotAllowed, NotFound
from groundwork.access.rules import Allowed, Decision, Denied, can, require, rule, verbs


@dataclass
class Box:
    secret: bool = False


@rule("testbox.view")
def view(actor: Actor, box: Box) -> Decision:
    return Denied("It is secret.") if box.secret and not actor.is_system else Allowed()


@rule("testbox.open")
def open_box(actor: Actor, box: Box) -> Decision:
    return Allowed() if actor.is_system else Denied("Only the system opens boxes.")


def test_a_refusal_carries_its_sentence() -> None:
    decision = can(Public(), "testbox.open", Box())
    assert not decision
    assert decision.reason == "Only the system opens boxes."
    with pytest.raises(NotAllowed, match=r"^Only the system opens boxes\.$"):
        require(Public(), "testbox.open", Box())


def test_what_may_not_be_seen_does_not_exist() -> None:
    with pytest.raises(NotFound):
        require(Public(), "testbox.open", Box(secret=True))
    with pytest.raises(NotFound):
        require(Public(), "testbox.view", Box(secret=True))


def test_what_is_allowed_passes() -> None:
    require(SystemActor(), "testbox.open", Box(secret=True))


def test_a_verb_without_a_rule_is_a_mistake_of_ours() -> None:
    with pytest.raises(LookupError):
        can(Public(), "testbox.paint", Box())
    assert {"testbox.view", "testbox.open"} <= set(verbs())


def test_there_is_one_rule_for_a_verb() -> None:
    with pytest.raises(LookupError, match=r"two rules for testbox\.open"):
        rule("testbox.open")(lambda actor, box: Allowed())


def test_invalid_keeps_each_field_and_reads_as_one_sentence() -> None:
    error = Invalid({"title": ["Enter a title."], "": ["Nothing was saved."]})
    assert error.errors["title"] == ["Enter a title."]
    assert error.message == "Enter a title. Nothing was saved."
    assert Invalid("Too much.").errors == {"": ["Too much."]}
